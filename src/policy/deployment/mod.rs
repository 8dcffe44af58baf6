//! What goes from code repositories to where: environments, repositories, the
//! items that a path concerns, and the key that makes a deployment one change.

mod key;
mod settings;

pub use key::key;
pub(in crate::policy) use settings::matches;
pub use settings::{
    DeployRule, DeploymentSettings, Environment, GateAt, PathRule, Repository, SettingsFault, Tier,
    WhenUnknown,
};

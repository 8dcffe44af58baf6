//! What goes from code repositories to where: environments, repositories, the
//! items that a path concerns, the key that makes a deployment one change, what
//! stands in an environment, and what commits say.

mod key;
mod mention;
mod range;
mod settings;
mod standing;

pub use key::key;
pub use mention::{Mention, mentions};
pub use range::{Lie, range};
pub(in crate::policy) use settings::matches;
pub use settings::{
    DeployRule, DeploymentSettings, Environment, GateAt, PathRule, Repository, SettingsFault, Tier,
    WhenUnknown,
};
pub use standing::{Deployed, Standing};

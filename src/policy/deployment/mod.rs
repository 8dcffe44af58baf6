//! What goes from code repositories to where: environments, repositories, the
//! items that a path concerns, the key that makes a deployment one change, what
//! stands in an environment, what commits say, how a raised change goes on by
//! itself, and whether one covers what was deployed.

mod cover;
mod key;
mod mention;
mod range;
mod settings;
mod standing;
mod way;

pub use cover::{Cover, cover};
pub use key::key;
pub use mention::{Mention, mentions};
pub use range::{Lie, range};
pub(in crate::policy) use settings::matches;
pub use settings::{
    DeployRule, DeploymentSettings, Environment, GateAt, PathRule, Repository, SettingsFault, Tier,
    WhenUnknown,
};
pub use standing::{Deployed, Standing, went_well};
pub use way::{Planned, Way, planned_after};

//! The built-in settings, as files that a desk can copy and change.

use crate::model::Kind;

/// The default roles, as YAML.
pub const ROLES: &str = include_str!("roles.yaml");

/// The questions and thresholds by which the risk of changes is found, as YAML.
pub const RISK: &str = include_str!("risk.yaml");

/// The default workflow of records of type `kind`, as YAML.
pub const fn workflow(kind: Kind) -> &'static str {
    match kind {
        Kind::Incident => include_str!("incident.yaml"),
        Kind::Request => include_str!("request.yaml"),
        Kind::Problem => include_str!("problem.yaml"),
        Kind::Change => include_str!("change.yaml"),
        Kind::Ci => include_str!("ci.yaml"),
    }
}

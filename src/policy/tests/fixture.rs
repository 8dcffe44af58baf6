//! A desk for the tests of rules: what is built in, with these people.

use super::{Policy, PriorityMatrix, Workflow, Workflows, defaults, roles, template};
use crate::format;
use crate::model::{DeskSettings, FORMAT_VERSION, Kind, Profile};

/// The built-in workflow of records of type `kind`.
pub(crate) fn workflow(kind: Kind) -> Workflow {
    format::read_built_in(defaults::workflow(kind)).expect("a workflow")
}

/// The built-in roles.
pub(crate) fn built_in_roles() -> roles::RoleSettings {
    format::read_built_in(defaults::ROLES).expect("the default roles read")
}

/// What `text` says, as a file of settings would.
pub(crate) fn settings<T: serde::de::DeserializeOwned>(text: &str) -> T {
    format::read_settings("test", text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

/// A desk on which `people` are listed, as YAML; none, if it is empty.
pub(crate) fn desk(people: &str) -> Policy {
    Policy {
        settings: DeskSettings {
            format: FORMAT_VERSION,
            id: ulid::Ulid::from(1u128),
            name: "test".into(),
            trunk: "main".into(),
            time_zone: "UTC".into(),
            profile: Profile::Itsm,
            practices: Profile::Itsm.practices(),
            domains: indexmap::IndexMap::new(),
            custom_fields: indexmap::IndexMap::new(),
        },
        people: if people.is_empty() { Vec::new() } else { settings(people) },
        teams: Vec::new(),
        priorities: PriorityMatrix::default(),
        workflows: Workflows::new([], workflow),
        roles: roles::Roles::new(None, built_in_roles),
        models: template::Models::default(),
    }
}

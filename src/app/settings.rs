//! Loading the desk's settings, with the built-in defaults where it has none.

use std::collections::HashSet;

use serde::de::DeserializeOwned;

use super::error::{bad_workflow, unreadable};
use crate::error::CommandError;
use crate::format;
use crate::model::{DeskSettings, FORMAT_VERSION, Kind, StateName};
use crate::policy::roles::{RoleSettings, Roles};
use crate::policy::{Policy, PriorityMatrix, Workflow, Workflows, defaults};
use crate::store::Snapshot;

/// Where the settings lie.
pub(super) const DESK: &str = ".gitsm/desk.yaml";
pub(super) const PEOPLE: &str = ".gitsm/people.yaml";
pub(super) const TEAMS: &str = ".gitsm/teams.yaml";
pub(super) const PRIORITIES: &str = ".gitsm/priorities.yaml";
pub(super) const ROLES: &str = ".gitsm/roles.yaml";
pub(super) const WORKFLOWS: &str = ".gitsm/workflows";

/// Where the workflow of a record type lies.
pub(super) fn workflow_path(kind: Kind) -> String {
    format!("{WORKFLOWS}/{kind}.yaml")
}

/// Where the workflow of a record type in `domain` lies.
pub(super) fn domain_path(domain: &StateName, kind: Kind) -> String {
    format!("{WORKFLOWS}/{domain}/{kind}.yaml")
}

/// Gives a file's bytes, or nothing if there is no such file.
pub(super) type ReadFile<'a> = dyn FnMut(&str) -> Result<Option<Vec<u8>>, CommandError> + 'a;

/// The settings that the rules depend on, as of `snapshot`.
///
/// # Errors
///
/// A settings file cannot be read, or is of a newer format.
pub(super) fn policy(snapshot: &Snapshot<'_>) -> Result<Policy, CommandError> {
    let workflows = snapshot.entries(WORKFLOWS)?.into_iter().map(|entry| entry.path).collect();
    policy_from(&mut |path| Ok(snapshot.file(path)?), Some(&workflows))
}

/// As [`policy`], from whatever gives the files' bytes. There are no workflows
/// but those among `workflows`, if it is known.
pub(super) fn policy_from(
    read: &mut ReadFile<'_>,
    workflows: Option<&HashSet<String>>,
) -> Result<Policy, CommandError> {
    let settings = read(DESK)?.ok_or_else(|| {
        CommandError::not_found(format!("there is no {DESK}"))
            .hint("start a desk with `gitsm init`")
    })?;
    let settings = desk(&settings)?;
    let people = file(read, PEOPLE)?.unwrap_or_default();
    let teams = file(read, TEAMS)?.unwrap_or_default();
    let priorities = file(read, PRIORITIES)?.unwrap_or_else(PriorityMatrix::default);
    let (mut own, mut of_domains) = (Vec::new(), Vec::new());
    let mut workflow = |kind: Kind, path: &str| {
        if workflows.is_some_and(|known| !known.contains(path)) {
            return Ok(None);
        }
        let workflow = file::<Workflow>(read, path)?;
        if let Some(workflow) = &workflow {
            workflow.validate(kind).map_err(|error| bad_workflow(path, &error))?;
        }
        Ok::<_, CommandError>(workflow)
    };
    for kind in Kind::ALL {
        own.extend(workflow(kind, &workflow_path(kind))?);
        for domain in settings.domains.keys() {
            let found = workflow(kind, &domain_path(domain, kind))?;
            of_domains.extend(found.map(|workflow| (domain.clone(), workflow)));
        }
    }
    let workflows = Workflows::new(own, built_in).with_domains(of_domains);
    let roles = Roles::new(file::<RoleSettings>(read, ROLES)?, built_in_roles);
    Ok(Policy { settings, people, teams, priorities, workflows, roles })
}

/// The built-in roles.
pub(super) fn built_in_roles() -> RoleSettings {
    format::read_built_in(defaults::ROLES).unwrap_or_default()
}

/// The built-in workflow of records of type `kind`.
pub(super) fn built_in(kind: Kind) -> Workflow {
    // `tests/workflow.rs` reads and checks all of them.
    format::read_built_in(defaults::workflow(kind)).unwrap_or_else(|_| Workflow::empty(kind))
}

/// Reads the desk's own settings.
pub(super) fn desk(bytes: &[u8]) -> Result<DeskSettings, CommandError> {
    let settings: DeskSettings =
        format::read_settings(DESK, bytes).map_err(|error| unreadable(DESK, &error))?;
    if settings.format > FORMAT_VERSION {
        let message = format!(
            "this desk has format {}, and this gitsm knows formats up to {FORMAT_VERSION}",
            settings.format
        );
        return Err(CommandError::invalid(message).hint("install a newer gitsm"));
    }
    Ok(settings)
}

fn file<T: DeserializeOwned>(
    read: &mut ReadFile<'_>,
    path: &str,
) -> Result<Option<T>, CommandError> {
    let Some(bytes) = read(path)? else { return Ok(None) };
    format::read_settings(path, &bytes).map(Some).map_err(|error| unreadable(path, &error))
}

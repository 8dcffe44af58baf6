//! Loading the desk's settings, with the built-in defaults where it has none.

use std::collections::HashSet;

use serde::de::DeserializeOwned;

use super::error::{MEND, unreadable};
use super::nearest::nearest;
use super::{models, workflow};
use crate::error::{CommandError, ErrorKind};
use crate::format::{self, FormatError};
use crate::model::{DeskSettings, FIELDS, FORMAT_VERSION, Kind, StateName};
use crate::outcome::{Finding, Severity};
use crate::policy::roles::{RoleSettings, Roles};
use crate::policy::{Policy, PriorityMatrix, Workflow, WorkflowError, Workflows, defaults};
use crate::store::{Snapshot, Store};

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

/// A settings file that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Broken {
    pub path: String,
    pub line: Option<usize>,
    /// The rule that it breaks, as `check` names it.
    pub rule: &'static str,
    pub message: String,
    pub hint: Option<String>,
}

impl Broken {
    /// A file of settings that cannot be read.
    pub fn unreadable(path: &str, error: &FormatError) -> Self {
        let (path, message) = (path.to_owned(), error.message.to_string());
        let (line, hint) = (error.line, error.hint().map(str::to_owned));
        Self { path, line, rule: "settings-unreadable", message, hint }
    }

    /// File, line and what is wrong.
    fn text(&self) -> String {
        match self.line {
            Some(line) => format!("{}:{line}: {}", self.path, self.message),
            None => format!("{}: {}", self.path, self.message),
        }
    }

    /// What is said where the file is needed.
    pub fn error(&self) -> CommandError {
        let error = CommandError::invalid(self.text());
        match &self.hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
        .hint(MEND)
    }

    /// What is said where one can go on without it.
    pub fn warning(&self) -> String {
        let hint = self.hint.as_ref().map(|hint| format!(" ({hint})")).unwrap_or_default();
        let meanwhile = match self.path.as_str() {
            PEOPLE => "nobody is listed",
            TEAMS => "there are no teams",
            _ => "the built-in one counts",
        };
        format!("{}{hint}; until it is mended {meanwhile}, see `gitsm check`", self.text())
    }

    pub fn finding(&self) -> Finding {
        let message = match &self.hint {
            Some(hint) => format!("{} ({hint})", self.message),
            None => self.message.clone(),
        };
        let (path, line, rule) = (self.path.clone(), self.line, self.rule);
        Finding { path, line, severity: Severity::Error, rule, message }
    }

    /// Whether nobody's rights are known without it.
    fn is_of_rights(&self) -> bool {
        [PEOPLE, TEAMS, ROLES].contains(&self.path.as_str())
    }

    /// Whether changes of records of type `kind` cannot be judged without it.
    pub fn concerns(&self, kind: Kind) -> bool {
        self.is_of_rights()
            || (self.path == PRIORITIES && kind != Kind::Ci)
            || self.path.ends_with(&format!("/{kind}.yaml"))
    }
}

/// The settings that the rules depend on, as of `snapshot`. In place of files
/// that cannot be used there is what is built in; which files these are comes
/// with it.
///
/// # Errors
///
/// The desk's own settings cannot be read, or the repository.
pub(super) fn lenient(snapshot: &Snapshot<'_>) -> Result<(Policy, Vec<Broken>), CommandError> {
    let workflows = snapshot.entries(WORKFLOWS)?.into_iter().map(|entry| entry.path).collect();
    let mut read = |path: &str| Ok(snapshot.file(path)?);
    let models = models::paths(snapshot)?;
    lenient_from(&mut read, Some(&workflows), &models)
}

/// As [`lenient`], but for writing: where people, teams or roles cannot be
/// used, the last ones that could be still count, so that a broken file gives
/// nobody rights, and takes none from those who can mend it.
///
/// # Errors
///
/// As [`lenient`]; and where there never were any that could be used.
pub(super) fn for_writing(
    store: &Store,
    snapshot: &Snapshot<'_>,
) -> Result<(Policy, Vec<Broken>), CommandError> {
    let (mut policy, broken) = lenient(snapshot)?;
    let Some(first) = broken.iter().find(|broken| broken.is_of_rights()) else {
        return Ok((policy, broken));
    };
    let mut at = snapshot.commit();
    while let Some(commit) = at {
        let parent = store.commit_info(commit)?.parents.first().copied();
        let Some(parent) = parent else { break };
        let earlier = store.snapshot_at(parent)?;
        at = Some(parent);
        let mut is_other = false;
        for path in [PEOPLE, TEAMS, ROLES] {
            is_other |= earlier.blob_of(path)? != snapshot.blob_of(path)?;
        }
        if is_other
            && let Ok((old, still)) = lenient(&earlier)
            && !still.iter().any(Broken::is_of_rights)
        {
            let Policy { people, teams, roles, .. } = old;
            (policy.people, policy.teams, policy.roles) = (people, teams, roles);
            return Ok((policy, broken));
        }
    }
    Err(first.error().hint("no commit has one that can be read: mend it with `git commit`"))
}

/// As [`lenient`], from whatever gives the files' bytes. There are no workflows
/// but those among `workflows`, if it is known; the change models are those at
/// `models`.
pub(super) fn lenient_from(
    read: &mut ReadFile<'_>,
    workflows: Option<&HashSet<String>>,
    models: &[String],
) -> Result<(Policy, Vec<Broken>), CommandError> {
    let settings = read(DESK)?.ok_or_else(|| {
        CommandError::not_found(format!("there is no {DESK}"))
            .hint("start a desk with `gitsm init`")
    })?;
    let settings = desk(&settings)?;
    let mut broken = Vec::new();
    let people = file(read, PEOPLE, &mut broken)?.unwrap_or_default();
    let teams = file(read, TEAMS, &mut broken)?.unwrap_or_default();
    let priorities = file(read, PRIORITIES, &mut broken)?.unwrap_or_else(PriorityMatrix::default);
    let (mut own, mut of_domains) = (Vec::new(), Vec::new());
    let mut flow = |kind: Kind, path: &str, broken: &mut Vec<Broken>| {
        if workflows.is_some_and(|known| !known.contains(path)) {
            return Ok(None);
        }
        let Some(workflow) = file::<Workflow>(read, path, broken)? else { return Ok(None) };
        Ok::<_, CommandError>(match workflow.validate(kind) {
            Ok(()) => Some(workflow),
            Err(error) => {
                let bytes = read(path)?.unwrap_or_default();
                broken.push(misfit(path, &bytes, &workflow, &error));
                None
            }
        })
    };
    for kind in Kind::ALL {
        own.extend(flow(kind, &workflow_path(kind), &mut broken)?);
        for domain in settings.domains.keys() {
            let found = flow(kind, &domain_path(domain, kind), &mut broken)?;
            of_domains.extend(found.map(|workflow| (domain.clone(), workflow)));
        }
    }
    let workflows = Workflows::new(own, built_in).with_domains(of_domains);
    let roles = Roles::new(file::<RoleSettings>(read, ROLES, &mut broken)?, built_in_roles);
    let models = models::load(read, models, &settings.time_zone)?;
    Ok((Policy { settings, people, teams, priorities, workflows, roles, models }, broken))
}

/// A workflow whose parts do not fit together.
pub(super) fn misfit(path: &str, bytes: &[u8], flow: &Workflow, error: &WorkflowError) -> Broken {
    let message = error.to_string();
    let near = |wanted: &str, names: Vec<&str>| match nearest(wanted, names.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", names.join(", ")),
    };
    let (mark, hint) = match error {
        WorkflowError::WrongKind { found, wanted } => {
            ("kind", format!("write `kind: {wanted}`, or call the file {}", workflow_path(*found)))
        }
        WorkflowError::NoEntry => ("entry", "for example `entry: [new]`".to_owned()),
        WorkflowError::NoEnd => ("states", "for example `closed: {category: closed}`".to_owned()),
        WorkflowError::UnknownState { state, .. } => (
            state.as_str(),
            near(state.as_str(), flow.states.keys().map(StateName::as_str).collect()),
        ),
        WorkflowError::UnknownAction { action } => (
            action.as_str(),
            near(action.as_str(), flow.transitions.keys().map(StateName::as_str).collect()),
        ),
        WorkflowError::UnknownField { field, .. } => {
            (field.as_str(), near(field, FIELDS.iter().map(|field| field.name).collect()))
        }
    };
    let line = workflow::line_with(bytes, mark);
    let (path, hint) = (path.to_owned(), Some(hint));
    Broken { path, line, rule: "workflow-invalid", message, hint }
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
    let settings: Result<DeskSettings, _> = format::read_settings(DESK, bytes);
    // A newer format may say things that are unknown here.
    let format = match &settings {
        Ok(settings) => settings.format,
        Err(_) => {
            let only: Result<OnlyFormat, _> = format::read_settings(DESK, bytes);
            only.map(|only| only.format).unwrap_or_default()
        }
    };
    if format > FORMAT_VERSION {
        let message = format!(
            "this desk has format {format}, and this gitsm knows formats up to {FORMAT_VERSION}",
        );
        return Err(CommandError::invalid(message).hint("install a newer gitsm"));
    }
    settings.map_err(|error| unreadable(DESK, &error))
}

/// What is wrong with the desk's own settings, which `error` says.
pub(super) fn of_desk(bytes: Option<Vec<u8>>, error: CommandError) -> Finding {
    match bytes.map(|bytes| format::read_settings::<DeskSettings>(DESK, &bytes)) {
        Some(Err(found)) if error.message.starts_with(DESK) => {
            Broken::unreadable(DESK, &found).finding()
        }
        _ => {
            let (path, line, rule) = (DESK.to_owned(), None, "settings-unreadable");
            Finding { path, line, severity: Severity::Error, rule, message: error.message }
        }
    }
}

/// The desk's own settings, whatever else they say.
#[derive(serde::Deserialize)]
struct OnlyFormat {
    format: u32,
}

fn file<T: DeserializeOwned>(
    read: &mut ReadFile<'_>,
    path: &str,
    broken: &mut Vec<Broken>,
) -> Result<Option<T>, CommandError> {
    let bytes = match read(path) {
        Ok(Some(bytes)) => bytes,
        Ok(None) => return Ok(None),
        // A folder in its place, or far too much of it.
        Err(error) if error.kind == ErrorKind::Invalid => {
            let (path, rule, message) = (path.to_owned(), "settings-unreadable", error.message);
            broken.push(Broken { path, line: None, rule, message, hint: None });
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    match format::read_settings(path, &bytes) {
        Ok(read) => Ok(Some(read)),
        Err(error) => {
            broken.push(Broken::unreadable(path, &error));
            Ok(None)
        }
    }
}

//! What hooks ask of the desk, and tell it: the one place that knows how pushes
//! become changes.

use std::path::{Path, PathBuf};

use super::input::RefUpdate;
use super::spool::Pusher;
use crate::app::deploy::{self, RaiseOptions};
use crate::app::gate::{GateRequest, WentOn, gate_unnoted};
use crate::app::{Session, SessionOptions, deployments};
use crate::config::Environment;
use crate::error::CommandError;
use crate::model::Timestamp;
use crate::outcome::{GateView, RaiseResult};
use crate::policy::deployment::{DeployRule, DeploymentSettings, Repository};
use crate::store::Mode;
use crate::store::hooks::CodeRepository;

/// A desk, seen from a code repository.
#[derive(Debug)]
pub struct Desk {
    pub session: Session,
    settings: DeploymentSettings,
    /// How the session was opened; the gate opens one of its own.
    opened: (Environment, SessionOptions),
    /// The name under which the desk knows the code repository.
    pub name: String,
}

/// The folder of the desk that a repository's hooks work for. What its
/// configuration says comes before the environment, which whoever pushes may
/// have made.
pub fn folder(repository: &CodeRepository, named: Option<&Path>) -> Option<PathBuf> {
    let configured = repository.config("gitsm.desk").map(|path| repository.root().join(path));
    configured.or_else(|| named.map(Path::to_owned))
}

impl Desk {
    /// Opens the desk in `folder` for a hook of `repository`, which is at
    /// `places` as well. The hook's own environment does not say who acts: the
    /// configuration does, and where that is silent, `by`.
    ///
    /// # Errors
    ///
    /// It cannot be opened, or is the code repository itself.
    pub fn open(
        environment: &Environment,
        folder: &Path,
        repository: &CodeRepository,
        places: &[String],
        by: Option<&Pusher>,
    ) -> Result<Self, CommandError> {
        let mut nobody = Environment {
            author: (None, None),
            committer: (None, None),
            cwd: repository.common_dir().to_owned(),
            ..environment.clone()
        };
        let options = SessionOptions { desk: Some(folder.to_owned()) };
        let mut session = Session::open(&nobody, &options)?;
        if session.identity().is_err()
            && let Some(by) = by
        {
            let email = by.email.clone().unwrap_or_else(|| format!("{}@localhost", by.name));
            let author = (Some(by.name.clone()), Some(email));
            nobody = Environment { author, ..nobody };
            session = Session::open(&nobody, &options)?;
        }
        let store = &session.store;
        let lies = store.git_dir().canonicalize();
        if lies.is_ok_and(|lies| lies == repository.common_dir()) && store.mode() != Mode::Branch {
            let message = "the desk is the repository whose hook this is";
            return Err(CommandError::refused(message)
                .hint("keep the desk on a branch of its own (git config gitsm.branch NAME)"));
        }
        let settings = deployments::settings(&session.snapshot()?)?;
        let name = name_of(&settings, repository, places);
        Ok(Self { session, settings, opened: (nobody, options), name })
    }

    /// What the desk says about the repository, if anything.
    pub fn entry(&self) -> Option<&Repository> {
        self.settings.repositories.get(&self.name)
    }

    /// What a push of `reference` deploys.
    pub fn rules(&self, reference: &str) -> Vec<&DeployRule> {
        self.entry().map(|entry| entry.deploys_of(reference)).unwrap_or_default()
    }

    /// Whether a push of any of these references deploys anything.
    pub fn watches(&self, updates: &[RefUpdate]) -> bool {
        let moved = updates.iter().filter(|update| update.new.is_some());
        moved.into_iter().any(|update| !self.rules(&update.reference).is_empty())
    }

    /// The patterns of the references whose push itself is the deployment.
    pub fn gated(&self) -> Vec<&str> {
        let rules = self.entry().map(|entry| entry.deploys.as_slice()).unwrap_or_default();
        let gated = rules.iter().filter(|rule| !rule.gate.is_deploy());
        gated.map(|rule| rule.reference.as_str()).collect()
    }
}

/// The name that the repository's configuration gives it; else the one under
/// which the desk lists where it lies; else the last part of its path.
fn name_of(
    settings: &DeploymentSettings,
    repository: &CodeRepository,
    places: &[String],
) -> String {
    if let Some(name) = repository.config("gitsm.repository") {
        return name;
    }
    let root = repository.root();
    let mut all = vec![
        root.to_string_lossy().into_owned(),
        repository.common_dir().to_string_lossy().into_owned(),
    ];
    all.extend(places.iter().cloned());
    all.extend(repository.remotes());
    if let Some(name) = settings.repository_at(all.iter().map(String::as_str)) {
        return name.to_owned();
    }
    let last = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
    last.strip_suffix(".git").filter(|name| !name.is_empty()).unwrap_or(&last).to_owned()
}

/// What the gate ends with where something may go.
const GO: u8 = 0;
/// And where an override that was recorded lets it go.
const GO_BY_OVERRIDE: u8 = 12;

/// The gate's answer in few lines.
fn told(view: &GateView, reference: &str) -> Vec<String> {
    let change = view.short.as_deref().unwrap_or("no change");
    let mut lines =
        vec![format!("{}: {reference} to {} ({change})", view.verdict, view.environment)];
    for reason in view.reasons.iter().take(2) {
        lines.push(reason.text.clone());
        lines.extend(reason.hint.iter().map(|hint| format!("next: {hint}")));
    }
    lines
}

/// What the gate says about one reference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    pub allowed: bool,
    /// Why, and what to do.
    pub lines: Vec<String>,
    /// What goes on though nobody can tell whether it may.
    pub went_on: Vec<WentOn>,
}

impl Desk {
    /// Raises the changes for one reference that was pushed; says which.
    ///
    /// # Errors
    ///
    /// As raising a change.
    pub fn raise(
        &self,
        code: &CodeRepository,
        update: &RefUpdate,
        by: Option<&Pusher>,
        at: Timestamp,
    ) -> Result<Vec<String>, CommandError> {
        if update.new.is_none() || self.rules(&update.reference).is_empty() {
            return Ok(Vec::new());
        }
        let by = by.map(|by| deploy::Pusher {
            name: by.name.clone(),
            email: by.email.clone().unwrap_or_default(),
        });
        let push = deploy::Push {
            repository: code.common_dir().to_owned(),
            objects: Vec::new(),
            reference: update.reference.clone(),
            old: update.old.clone(),
            new: update.new.clone(),
            by,
            at,
        };
        let view = deploy::raise(&self.session, &RaiseOptions::from(push))?;
        let mut lines = Vec::new();
        for change in &view.changes {
            let word = match change.result {
                RaiseResult::Raised => "raised",
                RaiseResult::Completed => "completed",
                RaiseResult::Unchanged => "known already:",
            };
            let (id, to) = (&change.short, &change.deployment.environment);
            lines.push(format!("{word} {id} ({to}, {}): {}", change.status, change.title));
            lines.extend(change.next.iter().take(1).map(|next| format!("next: {next}")));
        }
        lines.extend(view.notices);
        Ok(lines)
    }

    /// Asks the gate about one reference that is being pushed.
    ///
    /// # Errors
    ///
    /// The gate cannot tell.
    pub fn ask(
        &self,
        code: &CodeRepository,
        objects: &[PathBuf],
        update: &RefUpdate,
    ) -> Result<Verdict, CommandError> {
        let Some(new) = &update.new else {
            return Ok(Verdict { allowed: true, ..Verdict::default() });
        };
        // A tag is not what is deployed, but the commit that it names.
        let commit = code.commit_of(new, objects)?;
        let mut verdict = Verdict { allowed: true, ..Verdict::default() };
        for rule in self.rules(&update.reference) {
            if rule.gate.is_deploy() {
                continue;
            }
            let request = GateRequest {
                environment: Some(rule.to.clone()),
                repository: Some(self.name.clone()),
                commit: Some(commit.clone()),
                ..GateRequest::default()
            };
            let open = || Session::open(&self.opened.0, &self.opened.1);
            let view = gate_unnoted(&request, None, self.session.clock(), open);
            verdict.went_on.extend(WentOn::of(&view, &request));
            verdict.allowed &= matches!(view.exit_code, GO | GO_BY_OVERRIDE);
            verdict.lines.extend(told(&view, &update.reference));
        }
        Ok(verdict)
    }
}

//! Deployments: the changes that stand for them, and what became of them.

use std::path::PathBuf;

use super::Session;
use crate::error::CommandError;
use crate::model::{RecordId, Timestamp};
use crate::outcome::RaiseView;

/// Who pushed, or started a pipeline, as the code repository knows them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pusher {
    pub name: String,
    pub email: String,
}

/// A branch or tag of a code repository that was pushed, or is being pushed.
#[derive(Clone, Debug)]
pub struct Push {
    /// The repository's git folder.
    pub repository: PathBuf,
    /// Folders with objects that the repository does not have yet (git's
    /// quarantine).
    pub objects: Vec<PathBuf>,
    /// The branch or tag, by its full name.
    pub reference: String,
    /// Where it was, 40 hexadecimal digits; none or zeros where it is new.
    pub old: Option<String>,
    /// Where it is now; none or zeros where it was deleted.
    pub new: Option<String>,
    pub by: Option<Pusher>,
    /// When it happened.
    pub at: Timestamp,
}

/// What is to be deployed.
#[derive(Clone, Debug, Default)]
pub struct RaiseOptions {
    /// The code repository: a folder in it.
    pub repository: PathBuf,
    /// Its name, where neither its configuration nor the desk says it.
    pub name: Option<String>,
    /// As [`Push::objects`].
    pub objects: Vec<PathBuf>,
    /// The commits: `OLD..NEW`.
    pub range: Option<String>,
    /// The commit; HEAD, if neither commit, range nor push says another one.
    pub commit: Option<String>,
    /// The digest of what was built from it.
    pub artefact: Option<String>,
    /// Where it goes; else what the desk's settings say of `reference`.
    pub environments: Vec<String>,
    /// The branch or tag, by its full name.
    pub reference: Option<String>,
    /// Where a push found the branch or tag.
    pub old: Option<String>,
    /// Whether a push deleted the branch or tag.
    pub deleted: bool,
    /// The change model, by its name.
    pub template: Option<String>,
    /// Where the run of the pipeline can be read about.
    pub pipeline: Option<String>,
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    pub by: Option<Pusher>,
    /// When it was pushed; now, if it is not said.
    pub at: Option<Timestamp>,
    /// Write nothing, and only say what would be written.
    pub dry_run: bool,
}

impl From<Push> for RaiseOptions {
    fn from(push: Push) -> Self {
        let real = |id: &String| !id.bytes().all(|digit| digit == b'0');
        let new = push.new.filter(real);
        Self {
            repository: push.repository,
            objects: push.objects,
            reference: Some(push.reference),
            old: push.old.filter(real),
            deleted: new.is_none(),
            commit: new,
            by: push.by,
            at: Some(push.at),
            ..Self::default()
        }
    }
}

/// Which change somebody asks about.
#[derive(Clone, Debug)]
pub enum Target {
    /// By its name.
    Id(String),
    /// By what it deploys; an artefact tells more than a commit.
    Version {
        /// The code repository, by its name in the desk's settings.
        repository: String,
        environment: String,
        /// 40 hexadecimal digits.
        commit: Option<String>,
        artefact: Option<String>,
    },
}

/// Raises the changes that stand for what is to be deployed, one for each
/// environment, or completes those that are there: the same commit or artefact,
/// raised again, is the same change.
///
/// # Errors
///
/// The code repository cannot be read, nobody said where the commit goes, or the
/// desk's rules refuse the change.
pub fn raise(_session: &Session, options: &RaiseOptions) -> Result<RaiseView, CommandError> {
    let folder = options.repository.display();
    Err(CommandError::refused(format!("changes cannot be raised from {folder} yet")))
}

/// The change that `target` means, if there is one; of several, the newest that
/// was not cancelled.
///
/// # Errors
///
/// The index cannot be read; a name means no change.
pub fn find(session: &Session, target: &Target) -> Result<Option<RecordId>, CommandError> {
    let (repository, environment, versions) = match target {
        Target::Id(text) => return session.find(text).map(Some),
        Target::Version { repository, environment, commit, artefact } => {
            (repository, environment, [artefact, commit])
        }
    };
    for version in versions.into_iter().flatten() {
        let found = session.index()?.deployments(repository, environment, version)?;
        if let Some(id) = found.first() {
            return Ok(Some(*id));
        }
    }
    Ok(None)
}

//! Deployments: the changes that stand for them, and what became of them.

mod deployed;
mod goals;
mod happened;
mod incoming;
mod made_up;
mod next;
mod place;
mod raise;
mod related;
mod standing;
mod way;
mod words;

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ulid::Ulid;

pub use deployed::DeployedOptions;
pub use place::Place;

use super::Session;
use crate::error::CommandError;
use crate::model::{RecordId, Timestamp};
use crate::outcome::{DeployedView, RaiseView};
use crate::store::code::Code;

/// Who pushed, or started a pipeline, as the code repository knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pusher {
    pub name: String,
    pub email: String,
}

impl fmt::Display for Pusher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.name.trim(), self.email.trim()) {
            (name, "") => f.write_str(name),
            ("", email) => write!(f, "<{email}>"),
            (name, email) => write!(f, "{name} <{email}>"),
        }
    }
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
    /// URLs under which it is known besides those of its remotes.
    pub known_as: Vec<String>,
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
    /// The branch or tag, by its full name or the end of it.
    pub reference: Option<String>,
    /// Where a push found the branch or tag.
    pub old: Option<String>,
    /// Whether a push deleted the branch or tag.
    pub deleted: bool,
    /// The change model, by its name.
    pub template: Option<String>,
    /// Whether a change model that cannot be used is told and done without:
    /// nobody who pushes can mend it at once.
    pub is_lenient: bool,
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
            is_lenient: true,
            ..Self::default()
        }
    }
}

impl DeployedOptions {
    /// The same for when it is told later: what may be something else by then is
    /// as it is now.
    ///
    /// # Errors
    ///
    /// The code repository has no such commit.
    pub fn fixed(&self, now: Timestamp) -> Result<Self, CommandError> {
        let mut fixed = Self { at: self.at.or(Some(now)), ..self.clone() };
        let Ok(code) = Code::open(&self.repository, &[]) else { return Ok(fixed) };
        fixed.repository = code.git_dir();
        if let Some(text) = &self.commit {
            fixed.commit = Some(code.resolve(text)?.to_string());
        } else if self.change.is_none() {
            fixed.commit = Some(code.resolve("HEAD")?.to_string());
        }
        fixed.reference = self.reference.clone().or_else(|| code.head_reference());
        Ok(fixed)
    }

    /// The same as it is told by the entry `id`.
    #[must_use]
    pub fn told(&self, id: Ulid) -> Self {
        Self { id: Some(id), ..self.clone() }
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
pub fn raise(session: &Session, options: &RaiseOptions) -> Result<RaiseView, CommandError> {
    raise::raise(session, options)
}

/// Records what became of a deployment, on the change that allowed it, which moves
/// on as its workflow says; or on an emergency change of its own, where none had
/// allowed it. The same again changes nothing.
///
/// # Errors
///
/// The code repository cannot be read, nobody said what was deployed or where, or
/// whoever acts has no right to move the change.
pub fn deployed(
    session: &Session,
    options: &DeployedOptions,
) -> Result<DeployedView, CommandError> {
    deployed::deployed(session, options)
}

/// The change that `target` means, if there is one; of several, the newest that
/// is not over, else the newest.
///
/// # Errors
///
/// The index cannot be read; a name means no record.
pub fn find(session: &Session, target: &Target) -> Result<Option<RecordId>, CommandError> {
    let (repository, environment, commit, artefact) = match target {
        Target::Id(text) => return session.find(text).map(Some),
        Target::Version { repository, environment, commit, artefact } => {
            (repository, environment, commit.as_deref(), artefact.as_deref())
        }
    };
    standing::find(session, (repository, environment), commit, artefact)
}

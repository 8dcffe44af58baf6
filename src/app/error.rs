//! How failures of the layers below look to a person: kind, message, hints.

use crate::error::{CommandError, ErrorKind};
use crate::format::FormatError;
use crate::index::IndexError;
use crate::model::{BadName, PatchError};
use crate::policy::Refusal;
use crate::policy::access::AccessError;
use crate::policy::approval::VoteRefusal;
use crate::policy::duplicate::DuplicateRefusal;
use crate::policy::graph::LinkRefusal;
use crate::policy::major::MajorRefusal;
use crate::policy::roles::Denied;
use crate::query::QueryError;
use crate::store::StoreError;

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::NoDesk { .. }
            | StoreError::NotARepository { .. }
            | StoreError::NoSuchCommit { .. }
            | StoreError::AmbiguousCommit { .. } => ErrorKind::NotFound,
            StoreError::NotAFile { .. }
            | StoreError::TooLarge { .. }
            | StoreError::BadPath { .. }
            | StoreError::BadObject { .. } => ErrorKind::Invalid,
            StoreError::HandEdited { .. }
            | StoreError::LockTimeout { .. }
            | StoreError::IndexLocked { .. }
            | StoreError::TrunkLocked { .. }
            | StoreError::LostRace { .. } => ErrorKind::Conflict,
            StoreError::CannotWrite { .. } => ErrorKind::CannotWrite,
            StoreError::DeskExists { .. }
            | StoreError::RepositoryInUse { .. }
            | StoreError::BadBranch { .. } => ErrorKind::Usage,
            _ => ErrorKind::Git,
        };
        with_hint(CommandError::new(kind, &error), error.hint())
    }
}

impl From<IndexError> for CommandError {
    fn from(error: IndexError) -> Self {
        match error {
            IndexError::Store(error) => error.into(),
            IndexError::States(message) => {
                CommandError::invalid(message).hint("mend the settings and run `gitsm commit`")
            }
            IndexError::Io { .. } => with_hint(
                CommandError::new(ErrorKind::CannotWrite, &error),
                Some("see whether the disk is full, and who may write there".to_owned()),
            ),
            error => CommandError::new(ErrorKind::Internal, error)
                .hint("the index is derived: delete `.git/gitsm/index.sqlite` and try again"),
        }
    }
}

impl From<Refusal> for CommandError {
    fn from(error: Refusal) -> Self {
        let kind = match &error {
            Refusal::NoSuchAction { .. } | Refusal::UnknownWord { .. } | Refusal::Patch(_) => {
                ErrorKind::Usage
            }
            Refusal::Vote(vote) if matches!(**vote, VoteRefusal::NoSuchStep { .. }) => {
                ErrorKind::Usage
            }
            _ => ErrorKind::Refused,
        };
        with_hint(CommandError::new(kind, &error), error.hint())
    }
}

impl From<DuplicateRefusal> for CommandError {
    fn from(error: DuplicateRefusal) -> Self {
        CommandError::refused(&error).hint(error.hint())
    }
}

impl From<MajorRefusal> for CommandError {
    fn from(error: MajorRefusal) -> Self {
        with_hint(CommandError::refused(&error), error.hint())
    }
}

impl From<Denied> for CommandError {
    fn from(error: Denied) -> Self {
        CommandError::refused(&error).hint(error.hint())
    }
}

impl From<LinkRefusal> for CommandError {
    fn from(error: LinkRefusal) -> Self {
        with_hint(CommandError::refused(&error), error.hint())
    }
}

impl From<AccessError> for CommandError {
    fn from(error: AccessError) -> Self {
        let kind = match &error {
            AccessError::UnknownPerson { .. } | AccessError::UnknownTeam { .. } => {
                ErrorKind::NotFound
            }
            AccessError::NoIdentity => ErrorKind::Usage,
            AccessError::Stranger { .. } | AccessError::Inactive { .. } => ErrorKind::Refused,
        };
        with_hint(CommandError::new(kind, &error), error.hint())
    }
}

impl From<PatchError> for CommandError {
    fn from(error: PatchError) -> Self {
        let hint = match &error {
            PatchError::NotEditable(field) if field == "status" => {
                Some("states change by verbs such as `gitsm incident resolve ID`".to_owned())
            }
            PatchError::NotEditable(field) if field.starts_with("answers.") => {
                let name = field.trim_start_matches("answers.");
                Some(format!(
                    "the plan was made from the answers; cancel the request and ask anew: \
                     `gitsm request new --offering NAME --set {name}=...`"
                ))
            }
            PatchError::UnknownField(name) => Some(match nearest_field(name) {
                Some(near) => format!("did you mean `{near}`? your own fields are `custom.NAME`"),
                None => {
                    "your own fields are `custom.NAME`; `gitsm show ID --json` names the others"
                        .to_owned()
                }
            }),
            PatchError::Required(field) => {
                Some(format!("give it another value with `--set {field}=VALUE`"))
            }
            PatchError::Form(_) => Some("for example `--set impact=high`".to_owned()),
            _ => None,
        };
        with_hint(CommandError::usage(&error), hint)
    }
}

impl From<QueryError> for CommandError {
    fn from(error: QueryError) -> Self {
        let usual = "`gitsm list --help` describes the query language";
        let message = match error.picture() {
            Some(picture) => format!("{error}\n{picture}"),
            None => error.to_string(),
        };
        CommandError::usage(message).hint(error.hint().unwrap_or(usual))
    }
}

impl From<BadName> for CommandError {
    fn from(error: BadName) -> Self {
        CommandError::usage(&error)
    }
}

/// What to do about a settings file that cannot be used.
pub(super) const MEND: &str =
    "mend the file and run `gitsm commit`; `gitsm check` lists all such files";

/// A file of the desk that cannot be read, named by its path.
pub(super) fn unreadable(path: &str, error: &FormatError) -> CommandError {
    let place = error.line.map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"));
    let mut failed = CommandError::invalid(format!("{place}: {}", error.message));
    if let Some(hint) = error.hint() {
        failed = failed.hint(hint);
    }
    failed.hint(MEND)
}

fn with_hint(error: CommandError, hint: Option<String>) -> CommandError {
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// The field whose name is most like `wanted`.
fn nearest_field(wanted: &str) -> Option<&'static str> {
    crate::model::FIELDS
        .iter()
        .map(|field| (strsim::jaro_winkler(wanted, field.name), field.name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

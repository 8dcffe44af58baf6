//! What can go wrong in the repository, and what to do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::ids::CommitId;

/// A repository format that gitsm cannot serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnsupportedFormat {
    /// References in a reftable.
    Reftable,
    /// Objects named by SHA-256.
    Sha256,
    /// Another extension, in libgit2's words.
    Other(String),
}

impl fmt::Display for UnsupportedFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reftable => f.write_str("keeps its references in a reftable"),
            Self::Sha256 => f.write_str("names its objects by SHA-256"),
            Self::Other(message) => f.write_str(message),
        }
    }
}

/// A failure of the repository, the disk or the git program.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// No desk in any of the places where one was looked for.
    #[error("no desk found; looked in {}", list(.looked))]
    NoDesk {
        /// Where was looked, in order, in words.
        looked: Vec<String>,
    },
    /// The path is no git repository.
    #[error("{} is not a git repository", .path.display())]
    NotARepository {
        /// The path that was given.
        path: PathBuf,
    },
    /// The repository is of a kind that cannot be served.
    #[error("the repository {} {format}, which gitsm cannot serve", .path.display())]
    Unsupported {
        /// The repository.
        path: PathBuf,
        /// What it uses.
        format: UnsupportedFormat,
    },
    /// The repository belongs to another user (git's `safe.directory`).
    #[error("the repository {} belongs to another user", .path.display())]
    DubiousOwnership {
        /// The repository.
        path: PathBuf,
    },
    /// HEAD names no branch, so there is nothing to commit to.
    #[error("HEAD is detached: there is no branch to commit to")]
    Detached {
        /// The desk's trunk, if it is known.
        trunk: Option<String>,
    },
    /// The trunk has no commit yet, or does not exist.
    #[error("the branch `{branch}` has no commit")]
    Unborn {
        /// The branch's short name.
        branch: String,
    },
    /// The text names no commit.
    #[error("`{text}` names no commit")]
    NoSuchCommit {
        /// What was typed.
        text: String,
    },
    /// The text is the beginning of several objects' names.
    #[error("`{text}` is the beginning of several names")]
    AmbiguousCommit {
        /// What was typed.
        text: String,
    },
    /// The object is missing from the repository, or damaged.
    #[error("the object {id} cannot be read: {message}")]
    BadObject {
        /// The object's name.
        id: String,
        /// What libgit2 said.
        message: String,
    },
    /// Something that is no regular file is in the place of a file.
    #[error("`{path}` is {what}, not a file")]
    NotAFile {
        /// The path in the desk.
        path: String,
        /// What is there.
        what: &'static str,
    },
    /// The file is too large to be read.
    #[error("`{path}` has {size} bytes, more than the limit of {limit}")]
    TooLarge {
        /// The path in the desk.
        path: String,
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The path may not be written.
    #[error("`{path}` cannot be a path in the desk: {why}")]
    BadPath {
        /// The path.
        path: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A person has edited or staged the file and not committed it.
    #[error("`{path}` has changes that are not committed")]
    HandEdited {
        /// The path in the desk.
        path: String,
    },
    /// Another gitsm holds the lock for too long.
    #[error("another gitsm is writing to this desk: {holder}")]
    LockTimeout {
        /// The process that holds it, as it describes itself.
        holder: String,
    },
    /// Another git process holds git's index.
    #[error("git's index is locked: {} exists", .path.display())]
    IndexLocked {
        /// The lock file.
        path: PathBuf,
    },
    /// Another git process holds the trunk's reference.
    #[error("the trunk is locked: {} exists", .path.display())]
    TrunkLocked {
        /// The lock file.
        path: PathBuf,
    },
    /// Others moved the trunk again and again.
    #[error("the trunk moved {attempts} times while this change was being written")]
    LostRace {
        /// How often it was tried.
        attempts: u32,
    },
    /// A file cannot be written: disk full, read-only, no permission.
    #[error("cannot write {}: {source}", .path.display())]
    CannotWrite {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A file cannot be read.
    #[error("cannot read {}: {source}", .path.display())]
    CannotRead {
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The commit could not be signed.
    #[error("`{program}` did not sign the commit: {message}")]
    Signing {
        /// The signing program.
        program: String,
        /// What it said.
        message: String,
    },
    /// The git program is not installed.
    #[error("the git program was not found")]
    NoGitProgram,
    /// The git program failed.
    #[error("`git {command}` failed: {message}")]
    GitProgram {
        /// The subcommand.
        command: String,
        /// What it said.
        message: String,
    },
    /// The git program took too long, and was ended.
    #[error("`git {command}` was not done after {seconds} s")]
    GitTimeout {
        /// The subcommand.
        command: String,
        /// How long it was given.
        seconds: u64,
    },
    /// The desk follows no remote.
    #[error("the desk has no remote that its trunk follows")]
    NoRemote,
    /// The remote no longer has what it had.
    #[error("the history of {remote} was rewritten: what it had is no part of what it has")]
    Rewritten {
        /// The remote.
        remote: String,
        /// The reference that remembers what it had.
        kept: String,
    },
    /// There is a desk already.
    #[error("there is a desk in {} already", .path.display())]
    DeskExists {
        /// The repository.
        path: PathBuf,
    },
    /// The repository has commits that are no desk.
    #[error("the repository {} is in use: it has commits and no desk", .path.display())]
    RepositoryInUse {
        /// The repository.
        path: PathBuf,
    },
    /// The name cannot be a branch's, or the branch is taken.
    #[error("`{name}` cannot be the desk's branch: {why}")]
    BadBranch {
        /// The branch.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The history is cut off, so questions about it have no true answer.
    #[error("the repository is a shallow clone: its history is cut off")]
    Shallow,
    /// Git's index is damaged.
    #[error("git's index {} cannot be read: {why}", .path.display())]
    BadIndex {
        /// The index file.
        path: PathBuf,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The note about an interrupted command cannot be understood.
    #[error("the journal {} of an interrupted command cannot be used: {why}", .path.display())]
    BadJournal {
        /// The journal.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Anything else that libgit2 reports.
    #[error("cannot {doing}: {message}")]
    Git {
        /// What was being done.
        doing: &'static str,
        /// What libgit2 said.
        message: String,
    },
}

impl StoreError {
    /// Wraps libgit2's errors with what was being done.
    pub(super) fn git(doing: &'static str) -> impl Fn(git2::Error) -> Self {
        move |error| Self::Git { doing, message: error.message().to_owned() }
    }

    /// Wraps a failure of libgit2 to write below `path`.
    pub(super) fn git_write(path: &Path) -> impl Fn(git2::Error) -> Self {
        move |error| Self::CannotWrite {
            path: path.to_owned(),
            source: io::Error::other(error.message().to_owned()),
        }
    }

    pub(super) fn write(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::CannotWrite { path: path.to_owned(), source }
    }

    pub(super) fn read(path: &Path) -> impl Fn(io::Error) -> Self {
        move |source| Self::CannotRead { path: path.to_owned(), source }
    }

    pub(super) fn no_commit(text: impl fmt::Display) -> Self {
        Self::NoSuchCommit { text: text.to_string() }
    }

    pub(super) fn missing(id: CommitId, error: &git2::Error) -> Self {
        Self::BadObject { id: id.to_string(), message: error.message().to_owned() }
    }

    /// What to do next, one sentence, where there is something to do.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoDesk { .. } => "start one with `gitsm init`, or name one with `--desk`, \
                 GITSM_DESK or `git config gitsm.desk PATH`"
                .to_owned(),
            Self::Unsupported { format: UnsupportedFormat::Reftable, .. } => {
                "convert it with `git refs migrate --ref-format=files`".to_owned()
            }
            Self::Unsupported { format: UnsupportedFormat::Sha256, .. } => {
                "keep the desk in a repository made with `git init --object-format=sha1`".to_owned()
            }
            Self::NotARepository { .. } => {
                "name a repository's folder, or make one: `gitsm init` for a desk, `git init` for code"
                    .to_owned()
            }
            Self::DubiousOwnership { path } => {
                format!(
                    "trust it with `git config --global --add safe.directory {}`",
                    path.display()
                )
            }
            Self::Detached { trunk } => {
                let branch = trunk.as_deref().unwrap_or("<branch>");
                format!("go back to the branch with `git switch {branch}`")
            }
            Self::HandEdited { path } => format!(
                "commit the edit with `gitsm commit`, or drop it with `git restore --staged --worktree {path}`"
            ),
            Self::LockTimeout { .. } => "try again when it is done".to_owned(),
            Self::IndexLocked { path } | Self::TrunkLocked { path } => {
                format!("if no git command is running, remove {} and try again", path.display())
            }
            Self::LostRace { .. } => "try again".to_owned(),
            Self::Signing { .. } => {
                "see `git config user.signingkey` and `git config gpg.format`".to_owned()
            }
            Self::NoRemote => "name one with `git remote add origin URL`".to_owned(),
            Self::GitTimeout { .. } => "see whether the remote can be reached".to_owned(),
            Self::Rewritten { kept, .. } => format!(
                "find out who did that; if it is in order, forget what was seen with `git update-ref -d {kept}`"
            ),
            Self::NoGitProgram => "install git, or put it on the PATH".to_owned(),
            Self::RepositoryInUse { .. } => {
                "keep the desk on a branch of its own with `gitsm init --branch desk`".to_owned()
            }
            Self::Shallow => "fetch the rest with `git fetch --unshallow`".to_owned(),
            Self::BadIndex { path, .. } => {
                format!("remove {} and rebuild it with `git reset`", path.display())
            }
            Self::BadJournal { path, .. } => format!(
                "look at the files it names with `git status`, then remove {}",
                path.display()
            ),
            Self::NoSuchCommit { .. } => {
                "`git log` names the commits that are here, `git fetch` brings more".to_owned()
            }
            Self::CannotRead { .. } => "see whether it is there, and who may read it".to_owned(),
            Self::AmbiguousCommit { .. } => "give more of the name".to_owned(),
            Self::BadObject { .. } => "see what is damaged with `git fsck`".to_owned(),
            Self::CannotWrite { source, .. } => match source.kind() {
                io::ErrorKind::ReadOnlyFilesystem => {
                    "the disk is read-only; reading works, and nothing was changed"
                }
                io::ErrorKind::PermissionDenied => "see who may write there; nothing was changed",
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                    "free some space and try again; nothing was changed"
                }
                _ => "see whether the disk is full or read-only; nothing was changed",
            }
            .to_owned(),
            Self::NotAFile { path, .. } => {
                format!("put the record's file back, for example with `git restore {path}`")
            }
            Self::TooLarge { .. } => "keep it elsewhere, and note where".to_owned(),
            _ => return None,
        })
    }
}

fn list(places: &[String]) -> String {
    if places.is_empty() { "no place".to_owned() } else { places.join(", ") }
}

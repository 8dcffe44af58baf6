//! What a write wants, and what it did.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use super::identity::Identity;
use super::ids::{BlobId, CommitId};

/// A file to write or to delete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// The path from the desk's root, `/` between names.
    pub path: String,
    /// The new content; `None` deletes the file.
    pub content: Option<Vec<u8>>,
}

/// One commit to be made. It is computed from a snapshot, and computed again
/// if the trunk moved meanwhile.
#[derive(Clone, Debug)]
pub struct Plan<T> {
    /// The files; none (or none that differ) makes no commit.
    pub changes: Vec<FileChange>,
    /// The commit message.
    pub message: String,
    /// Who acts.
    pub author: Identity,
    /// Who records it.
    pub committer: Identity,
    /// Paths whose edits in the work tree this commit takes over: what lies
    /// there may be overwritten.
    pub adopt: Vec<String>,
    /// What the caller wants back.
    pub value: T,
}

/// A write that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Committed<T> {
    /// The commit the trunk is at; equal to `before` if nothing differed.
    pub commit: CommitId,
    /// The commit the plan was computed from.
    pub before: CommitId,
    /// The plan's value.
    pub value: T,
    /// The new content of each changed path; `None` where it was deleted.
    pub blobs: Vec<(String, Option<BlobId>)>,
}

/// Whether commits are signed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signing {
    /// As `commit.gpgsign` says.
    #[default]
    AsConfigured,
    /// Always: the policy demands it.
    Always,
    /// Never.
    Never,
}

/// A point in a write that is about to be passed, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// The lock is held and nothing is pending.
    Locked,
    /// The plan is made; objects are written next.
    Planned,
    /// All objects are written and durable.
    Stored,
    /// The journal is written.
    Journalled,
    /// Git's index is locked.
    IndexLocked,
    /// The first file of the work tree is in place.
    FirstFile,
    /// All files of the work tree are in place.
    Files,
    /// The new index is written into git's lock.
    IndexWritten,
    /// The trunk has moved: from here on the write counts.
    Committed,
    /// The new index is in place.
    IndexPublished,
    /// The journal is cleared.
    Cleared,
}

impl Step {
    /// Every step, in order.
    pub const ALL: [Step; 11] = [
        Step::Locked,
        Step::Planned,
        Step::Stored,
        Step::Journalled,
        Step::IndexLocked,
        Step::FirstFile,
        Step::Files,
        Step::IndexWritten,
        Step::Committed,
        Step::IndexPublished,
        Step::Cleared,
    ];
}

/// Told of each step. An error makes the write fail there as if the disk had
/// (before [`Step::Committed`]; afterwards it is ignored).
pub type Observer = Arc<dyn Fn(Step) -> io::Result<()> + Send + Sync>;

/// How to write.
#[derive(Clone)]
pub struct WriteOptions {
    /// What the process is doing, for whoever waits for it.
    pub command: String,
    /// How long to wait for another writer.
    pub wait: Duration,
    /// Whether to sign the commit.
    pub signing: Signing,
    /// Told of each step, for tests of what a crash leaves behind.
    pub observer: Option<Observer>,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self {
            command: "gitsm".to_owned(),
            wait: Duration::from_secs(10),
            signing: Signing::default(),
            observer: None,
        }
    }
}

impl fmt::Debug for WriteOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WriteOptions")
            .field("command", &self.command)
            .field("wait", &self.wait)
            .field("signing", &self.signing)
            .finish_non_exhaustive()
    }
}

impl WriteOptions {
    pub(super) fn at(&self, step: Step) -> io::Result<()> {
        self.observer.as_ref().map_or(Ok(()), |observer| observer(step))
    }
}

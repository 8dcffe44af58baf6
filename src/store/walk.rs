//! Differences between commits and the walk through history.

use std::fmt;

use git2::{Odb, Oid, Revwalk, Sort};

use super::Store;
use super::error::StoreError;
use super::identity::Identity;
use super::ids::{BlobId, CommitId};
use super::tree::{self, Entries, RawEntry};

/// A file that differs between two commits.
///
/// Only regular files have a blob here: a link or a submodule counts as no
/// file, as it does for [`Snapshot::file`](super::Snapshot::file).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathChange {
    /// The path from the desk's root.
    pub path: String,
    /// The content before; `None` if there was no file.
    pub before: Option<BlobId>,
    /// The content after; `None` if there is no file.
    pub after: Option<BlobId>,
}

/// A commit without its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitInfo {
    /// Its name.
    pub id: CommitId,
    /// The commits it builds on; more than one for a merge.
    pub parents: Vec<CommitId>,
    /// Who acted.
    pub author: Identity,
    /// Who recorded it.
    pub committer: Identity,
    /// The committer's time, in seconds since 1970-01-01 00:00 UTC.
    pub at: i64,
    /// The whole message.
    pub message: String,
}

/// Commits, newest first, children before their parents.
pub struct History<'store> {
    store: &'store Store,
    walk: Revwalk<'store>,
}

impl fmt::Debug for History<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("History").finish_non_exhaustive()
    }
}

impl Iterator for History<'_> {
    type Item = Result<CommitInfo, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        let id = self.walk.next()?.map_err(StoreError::git("walk the history"));
        Some(id.and_then(|id| self.store.commit_info(id.into())))
    }
}

impl Store {
    /// The commits that `until` has and `since` has not, newest first and
    /// children before parents.
    ///
    /// # Errors
    /// [`StoreError::Shallow`] in a shallow clone, whose history is not whole.
    pub fn history(
        &self,
        since: Option<CommitId>,
        until: CommitId,
    ) -> Result<History<'_>, StoreError> {
        if self.is_shallow() {
            return Err(StoreError::Shallow);
        }
        let git = StoreError::git("walk the history");
        let mut walk = self.repository.revwalk().map_err(&git)?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME).map_err(&git)?;
        walk.push(until.oid()?).map_err(|error| StoreError::missing(until, &error))?;
        if let Some(since) = since {
            walk.hide(since.oid()?).map_err(|error| StoreError::missing(since, &error))?;
        }
        Ok(History { store: self, walk })
    }

    /// A commit's people, time and message.
    ///
    /// # Errors
    /// [`StoreError::BadObject`] if there is no such commit.
    pub fn commit_info(&self, id: CommitId) -> Result<CommitInfo, StoreError> {
        let commit = self
            .repository
            .find_commit(id.oid()?)
            .map_err(|error| StoreError::missing(id, &error))?;
        let committer = Identity::of(&commit.committer());
        Ok(CommitInfo {
            id,
            parents: commit.parent_ids().map(CommitId::from).collect(),
            author: Identity::of(&commit.author()),
            at: committer.at,
            committer,
            message: String::from_utf8_lossy(commit.message_bytes()).into_owned(),
        })
    }

    /// The files that differ between two commits, in path order; all files of
    /// `after` when there is no `before`. Costs what differs, not what there is.
    ///
    /// # Errors
    /// [`StoreError::BadObject`] if a commit or a tree is missing.
    pub fn changes_between(
        &self,
        before: Option<CommitId>,
        after: CommitId,
    ) -> Result<Vec<PathChange>, StoreError> {
        let odb = self.odb()?;
        let before = before.map(|id| self.tree_of(id)).transpose()?;
        let after = self.tree_of(after)?;
        let mut changes = Vec::new();
        if before != Some(after) {
            diff(&odb, before, Some(after), &mut String::new(), &mut changes)?;
        }
        Ok(changes)
    }

    /// What a commit changed against its first parent.
    ///
    /// # Errors
    /// As [`changes_between`](Self::changes_between).
    pub fn changes_of(&self, id: CommitId) -> Result<Vec<PathChange>, StoreError> {
        let commit = self
            .repository
            .find_commit(id.oid()?)
            .map_err(|error| StoreError::missing(id, &error))?;
        self.changes_between(commit.parent_ids().next().map(CommitId::from), id)
    }
}

/// Appends what differs between two trees (or a tree and nothing).
pub(super) fn diff(
    odb: &Odb<'_>,
    before: Option<Oid>,
    after: Option<Oid>,
    path: &mut String,
    changes: &mut Vec<PathChange>,
) -> Result<(), StoreError> {
    let old = before.map(|id| tree::read(odb, id)).transpose()?;
    let new = after.map(|id| tree::read(odb, id)).transpose()?;
    let mut left = Entries::of(old.as_ref().map_or(&[], |tree| tree.data()));
    let mut right = Entries::of(new.as_ref().map_or(&[], |tree| tree.data()));
    let mut a = left.next().transpose()?;
    let mut b = right.next().transpose()?;
    loop {
        let order = match (&a, &b) {
            (None, None) => return Ok(()),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(a), Some(b)) => tree::order((a.name, a.is_folder()), (b.name, b.is_folder())),
        };
        let before = if order.is_le() { a.take() } else { None };
        let after = if order.is_ge() { b.take() } else { None };
        if order.is_le() {
            a = left.next().transpose()?;
        }
        if order.is_ge() {
            b = right.next().transpose()?;
        }
        entry(odb, before, after, path, changes)?;
    }
}

/// One name of both trees: both are folders or neither is.
fn entry(
    odb: &Odb<'_>,
    before: Option<RawEntry<'_>>,
    after: Option<RawEntry<'_>>,
    path: &mut String,
    changes: &mut Vec<PathChange>,
) -> Result<(), StoreError> {
    let Some(either) = before.or(after) else { return Ok(()) };
    let (old, new) = (before.map(|entry| entry.id), after.map(|entry| entry.id));
    let kinds = (before.map(|entry| entry.is_file()), after.map(|entry| entry.is_file()));
    if old == new && kinds.0 == kinds.1 {
        return Ok(());
    }
    let length = path.len();
    if length > 0 {
        path.push('/');
    }
    path.push_str(&String::from_utf8_lossy(either.name));
    if either.is_folder() {
        diff(odb, old, new, path, changes)?;
    } else {
        let blob = |entry: Option<RawEntry<'_>>| {
            entry.filter(RawEntry::is_file).map(|entry| BlobId::from(entry.id))
        };
        let change = PathChange { path: path.clone(), before: blob(before), after: blob(after) };
        if change.before != change.after {
            changes.push(change);
        }
    }
    path.truncate(length);
    Ok(())
}

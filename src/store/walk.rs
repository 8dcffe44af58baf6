//! Differences between commits and the walk through history.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::ops::ControlFlow;

use git2::{ObjectType, Odb, Oid, Revwalk, Sort};
use memchr::{memchr, memchr_iter, memmem};

use super::Store;
use super::database::{Content, Database};
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

/// A commit as [`Store::each_commit`] meets it, nothing of it copied.
#[derive(Clone, Copy, Debug)]
pub struct CommitText<'a> {
    /// Its name.
    pub id: CommitId,
    /// The commits it builds on; more than one for a merge.
    pub parents: &'a [CommitId],
    /// Who acted, `Name <address>`.
    pub author: &'a str,
    /// When they acted, in seconds since 1970-01-01 00:00 UTC.
    pub happened: i64,
    /// When it was recorded, likewise.
    pub recorded: i64,
    /// The whole message.
    pub message: &'a str,
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
        let walk = self.ids(since, until)?;
        Ok(History { store: self, walk })
    }

    /// Hands every commit that `until` has and `since`, one of its ancestors,
    /// has not to `each`: newest first and children before parents.
    ///
    /// Reads each commit once as long as there are no merges, which is what
    /// makes the history of a large desk bearable.
    ///
    /// # Errors
    /// What `each` returns; [`StoreError::Shallow`] in a shallow clone,
    /// [`StoreError::BadObject`] where a commit cannot be read.
    pub fn each_commit<E: From<StoreError>>(
        &self,
        since: Option<CommitId>,
        until: CommitId,
        mut each: impl FnMut(&CommitText<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.is_shallow() {
            return Err(StoreError::Shallow.into());
        }
        let odb = self.odb()?;
        let _frugal = WithoutCache::new();
        let mut next = Some(until);
        while let Some(id) = next.filter(|id| since != Some(*id)) {
            let object = read_commit(&odb, id)?;
            let before = parents(object.data());
            if before.len() > 1 {
                for id in self.ids(since, id)? {
                    let id = id.map_err(StoreError::git("walk the history"))?.into();
                    let object = read_commit(&odb, id)?;
                    hand_over(id, object.data(), &parents(object.data()), &mut each)?;
                }
                return Ok(());
            }
            hand_over(id, object.data(), &before, &mut each)?;
            next = before.first().copied();
        }
        Ok(())
    }

    /// Hands the commits that changed the file at `path` to `each`, newest first,
    /// until it breaks off; a merge only where it took the file from none of its
    /// parents. Only commits made at a time that `near` accepts are looked into.
    ///
    /// # Errors
    /// As [`each_commit`](Self::each_commit).
    pub fn each_change_of<E: From<StoreError>>(
        &self,
        path: &str,
        until: CommitId,
        near: &dyn Fn(i64) -> bool,
        mut each: impl FnMut(CommitId) -> Result<ControlFlow<()>, E>,
    ) -> Result<(), E> {
        /// How a walk ends before the beginning of history.
        enum End<E> {
            Enough,
            Failed(E),
        }
        impl<E: From<StoreError>> From<StoreError> for End<E> {
            fn from(error: StoreError) -> Self {
                End::Failed(error.into())
            }
        }
        let mut blobs = Blobs { store: self, path, by_commit: None, by_folder: HashMap::new() };
        let walked = self.each_commit(None, until, |commit| {
            if !near(commit.happened) {
                return Ok(());
            }
            let is = blobs.of(commit.id)?;
            let mut is_other = is.is_some() || !commit.parents.is_empty();
            for parent in commit.parents {
                is_other &= blobs.of(*parent)? != is;
            }
            match is_other.then(|| each(commit.id)) {
                Some(Err(error)) => Err(End::Failed(error)),
                Some(Ok(ControlFlow::Break(()))) => Err(End::Enough),
                Some(Ok(ControlFlow::Continue(()))) | None => Ok(()),
            }
        });
        match walked {
            Ok(()) | Err(End::Enough) => Ok(()),
            Err(End::Failed(error)) => Err(error),
        }
    }

    /// The commits that `until` has and `since` has not, as [`history`], and of a
    /// shallow clone those that it has.
    ///
    /// # Errors
    /// [`StoreError::BadObject`] where a commit cannot be read.
    ///
    /// [`history`]: Self::history
    pub fn commits_between(
        &self,
        since: CommitId,
        until: CommitId,
    ) -> Result<Vec<CommitInfo>, StoreError> {
        History { store: self, walk: self.ids(Some(since), until)? }.collect()
    }

    /// The commit from which all of these went apart, if there is one.
    ///
    /// # Errors
    /// [`StoreError::BadObject`] where a commit cannot be read.
    pub fn fork_of(&self, commits: &[CommitId]) -> Result<Option<CommitId>, StoreError> {
        let ids = commits.iter().map(|id| id.oid()).collect::<Result<Vec<_>, _>>()?;
        match self.repository.merge_base_octopus(&ids) {
            Ok(id) => Ok(Some(id.into())),
            Err(error) if error.code() == git2::ErrorCode::NotFound => Ok(None),
            Err(error) => Err(StoreError::git("find where the sides went apart")(error)),
        }
    }

    fn ids(&self, since: Option<CommitId>, until: CommitId) -> Result<Revwalk<'_>, StoreError> {
        let git = StoreError::git("walk the history");
        let mut walk = self.repository.revwalk().map_err(&git)?;
        walk.set_sorting(Sort::TOPOLOGICAL | Sort::TIME).map_err(&git)?;
        walk.push(until.oid()?).map_err(|error| StoreError::missing(until, &error))?;
        if let Some(since) = since {
            walk.hide(since.oid()?).map_err(|error| StoreError::missing(since, &error))?;
        }
        Ok(walk)
    }

    /// A commit's people, time and message.
    ///
    /// # Errors
    /// [`StoreError::BadObject`] if there is no such commit.
    pub fn commit_info(&self, id: CommitId) -> Result<CommitInfo, StoreError> {
        let database = self.database()?;
        let object = commit(&database, id)?;
        let data = object.data();
        let person = |wanted: &[u8]| {
            let line = headers(data).find(|(key, _)| *key == wanted).map(|(_, value)| value);
            line.and_then(Identity::parse).ok_or_else(|| StoreError::BadObject {
                id: id.to_string(),
                message: "it does not say who made it, and when".to_owned(),
            })
        };
        let (author, committer) = (person(b"author")?, person(b"committer")?);
        let message = text(message(data)).trim_start_matches('\n').to_owned();
        let parents = parents(data);
        Ok(CommitInfo { id, parents, author, at: committer.at, committer, message })
    }

    /// The commits that a commit builds on.
    fn parents_of(&self, id: CommitId) -> Result<Vec<CommitId>, StoreError> {
        Ok(parents(commit(&self.database()?, id)?.data()))
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
        let database = self.database()?;
        let before = before.map(|id| self.tree_of(id)).transpose()?;
        let after = self.tree_of(after)?;
        let mut changes = Vec::new();
        if before != Some(after) {
            diff(&database, before, Some(after), &mut String::new(), &mut changes)?;
        }
        Ok(changes)
    }

    /// What a commit changed; for a merge, what it took from none of its
    /// parents, with the first parent's content as the one before.
    ///
    /// # Errors
    /// As [`changes_between`](Self::changes_between).
    pub fn changes_of(&self, id: CommitId) -> Result<Vec<PathChange>, StoreError> {
        let mut parents = self.parents_of(id)?.into_iter();
        let mut changes = self.changes_between(parents.next(), id)?;
        for parent in parents {
            let other = self.changes_between(Some(parent), id)?;
            changes.retain(|change| {
                other.binary_search_by(|other| other.path.cmp(&change.path)).is_ok()
            });
        }
        Ok(changes)
    }

    /// Whether a commit changed the file at `path`; a merge, whether it took it
    /// from none of its parents.
    ///
    /// # Errors
    /// As [`changes_between`](Self::changes_between).
    pub fn changed(&self, id: CommitId, path: &str) -> Result<bool, StoreError> {
        let parents = self.parents_of(id)?;
        let after = self.snapshot_at(id)?.blob_of(path)?;
        for parent in &parents {
            if self.snapshot_at(*parent)?.blob_of(path)? == after {
                return Ok(false);
            }
        }
        Ok(!parents.is_empty() || after.is_some())
    }

    /// What a commit changed at these paths, against its first parent; paths at
    /// which it changed nothing are left out. Costs what the paths cost, not
    /// what the commit changed.
    ///
    /// # Errors
    /// As [`changes_between`](Self::changes_between).
    pub fn changes_at(
        &self,
        id: CommitId,
        paths: &[String],
    ) -> Result<Vec<PathChange>, StoreError> {
        let parent = self.parents_of(id)?.first().copied();
        let after = self.snapshot_at(id)?;
        let before = parent.map(|parent| self.snapshot_at(parent)).transpose()?;
        let mut changes = Vec::with_capacity(paths.len());
        for path in paths {
            let before = before.as_ref().map(|before| before.blob_of(path)).transpose()?.flatten();
            let after = after.blob_of(path)?;
            if before != after {
                changes.push(PathChange { path: path.clone(), before, after });
            }
        }
        Ok(changes)
    }
}

/// What a file was in commits that are asked for one after another. Most commits
/// leave its folder alone, and one's parent is mostly asked for next.
struct Blobs<'a> {
    store: &'a Store,
    path: &'a str,
    by_commit: Option<(CommitId, Option<BlobId>)>,
    /// By the tree that the path begins with, and its mode.
    by_folder: HashMap<(u32, Oid), Option<BlobId>>,
}

impl Blobs<'_> {
    /// So many trees are kept.
    const KEPT: usize = 4_096;

    fn of(&mut self, commit: CommitId) -> Result<Option<BlobId>, StoreError> {
        if let Some((known, blob)) = self.by_commit
            && known == commit
        {
            return Ok(blob);
        }
        let snapshot = self.store.snapshot_at(commit)?;
        let folder = self.path.split('/').next().unwrap_or(self.path);
        let blob = match snapshot.entry(folder)? {
            None => None,
            Some(tree) => match self.by_folder.get(&tree) {
                Some(blob) => *blob,
                None => {
                    let blob = snapshot.blob_of(self.path)?;
                    if self.by_folder.len() >= Self::KEPT {
                        self.by_folder.clear();
                    }
                    self.by_folder.insert(tree, blob);
                    blob
                }
            },
        };
        self.by_commit = Some((commit, blob));
        Ok(blob)
    }
}

/// While one lives, libgit2 keeps no objects that it has read: a walk through
/// all of history would fill a quarter of a gigabyte with what it never asks
/// for again.
struct WithoutCache;

impl WithoutCache {
    fn new() -> Self {
        git2::opts::enable_caching(false);
        Self
    }
}

impl Drop for WithoutCache {
    fn drop(&mut self) {
        git2::opts::enable_caching(true);
    }
}

/// Reads a commit.
fn commit<'a>(database: &'a Database<'_>, id: CommitId) -> Result<Content<'a>, StoreError> {
    let object = database.read(id.oid()?).map_err(|error| StoreError::missing(id, &error))?;
    if object.kind() == ObjectType::Commit { Ok(object) } else { Err(no_commit(id)) }
}

fn no_commit(id: CommitId) -> StoreError {
    StoreError::BadObject { id: id.to_string(), message: "it is no commit".to_owned() }
}

/// As [`commit`], by libgit2: for all of history its maps are quicker.
fn read_commit<'a>(odb: &'a Odb<'_>, id: CommitId) -> Result<git2::OdbObject<'a>, StoreError> {
    let object = odb.read(id.oid()?).map_err(|error| StoreError::missing(id, &error))?;
    if object.kind() == ObjectType::Commit { Ok(object) } else { Err(no_commit(id)) }
}

/// What a commit says, behind its headers.
fn message(data: &[u8]) -> &[u8] {
    let start = memmem::find(data, b"\n\n").map_or(data.len(), |at| at + 2);
    data.get(start..).unwrap_or_default()
}

/// The lines of a commit before its message: `key value`.
fn headers(data: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut ends = memchr_iter(b'\n', data).chain([data.len()]);
    let mut start = 0;
    let lines = std::iter::from_fn(move || {
        let line = data.get(start..ends.next()?)?;
        start += line.len() + 1;
        Some(line)
    });
    lines.take_while(|line| !line.is_empty()).filter_map(|line| {
        let space = memchr(b' ', line)?;
        Some((line.get(..space)?, line.get(space + 1..)?))
    })
}

fn parents(data: &[u8]) -> Vec<CommitId> {
    let parents = headers(data).skip_while(|(key, _)| *key != b"parent");
    parents
        .take_while(|(key, _)| *key == b"parent")
        .filter_map(|(_, id)| std::str::from_utf8(id).ok()?.parse().ok())
        .collect()
}

/// Takes a commit's bytes apart and gives them to `each`.
fn hand_over<E>(
    id: CommitId,
    data: &[u8],
    parents: &[CommitId],
    each: &mut impl FnMut(&CommitText<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let person = |wanted: &[u8]| {
        let line = headers(data).find(|(key, _)| *key == wanted).map(|(_, value)| value);
        let line = text(line.unwrap_or_default());
        let end = line.rfind('>').map_or(0, |at| at + 1);
        let at = line.get(end..).and_then(|rest| rest.split_whitespace().next()?.parse().ok());
        (line, end, at)
    };
    let (author, end, happened) = person(b"author");
    let (_, _, recorded): (_, _, Option<i64>) = person(b"committer");
    let message = text(message(data));
    each(&CommitText {
        id,
        parents,
        author: author.get(..end).unwrap_or_default(),
        happened: happened.or(recorded).unwrap_or_default(),
        recorded: recorded.or(happened).unwrap_or_default(),
        message: &message,
    })
}

/// What `bytes` say, with marks where they are no text.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    // Quicker than to go through them piece by piece, which is seldom needed.
    str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed)
}

/// Appends what differs between two trees (or a tree and nothing).
pub(super) fn diff(
    database: &Database<'_>,
    before: Option<Oid>,
    after: Option<Oid>,
    path: &mut String,
    changes: &mut Vec<PathChange>,
) -> Result<(), StoreError> {
    let old = before.map(|id| tree::read(database, id)).transpose()?;
    let new = after.map(|id| tree::read(database, id)).transpose()?;
    let (mut left, mut right) = Entries::of_both(
        old.as_ref().map_or(&[], |tree| tree.data()),
        new.as_ref().map_or(&[], |tree| tree.data()),
    );
    let mut a = left.next().transpose()?;
    let mut b = right.next().transpose()?;
    loop {
        let order = match (&a, &b) {
            (None, None) => return Ok(()),
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some(a), Some(b)) => tree::order((a.name, a.is_folder()), (b.name, b.is_folder())),
        };
        let is_last = a.is_some() && order.is_eq() && left.is_same_rest(&right);
        let before = if order.is_le() { a.take() } else { None };
        let after = if order.is_ge() { b.take() } else { None };
        if is_last {
            return entry(database, before, after, path, changes);
        }
        if order.is_le() {
            a = left.next().transpose()?;
        }
        if order.is_ge() {
            b = right.next().transpose()?;
        }
        entry(database, before, after, path, changes)?;
    }
}

/// One name of both trees: both are folders or neither is.
fn entry(
    database: &Database<'_>,
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
        diff(database, old, new, path, changes)?;
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

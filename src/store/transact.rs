//! One write: from a plan to a commit on the trunk.
//!
//! The order is what makes it safe to be killed at any moment. Objects are
//! durable before anything refers to them; the trunk moves by compare and
//! swap, which is the moment the write counts; and while the trunk and git's
//! index disagree, git's own lock on the index is held, since a commit made by
//! hand in between would silently take the write back.

use std::collections::BTreeMap;

use git2::{ObjectType, Oid};

use super::error::StoreError;
use super::ids::{BlobId, CommitId};
use super::lock::{Lock, Pause};
use super::pending::{Guard, Pending, Span};
use super::plan::{Committed, FileChange, Plan, Step, WriteOptions};
use super::snapshot::Snapshot;
use super::trunk::Move;
use super::worktree::Checkout;
use super::{Store, bulk, objects, sign, tree};

/// How often a write is computed anew when others move the trunk.
pub(super) const ATTEMPTS: u32 = 10;

/// What is to become of a path, next to what the trunk has there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edit<'a> {
    pub(super) path: &'a str,
    pub(super) before: Option<BlobId>,
    pub(super) after: Option<BlobId>,
    pub(super) content: Option<&'a [u8]>,
    pub(super) mode: u32,
    pub(super) adopted: bool,
}

/// A plan without the caller's value.
#[derive(Clone, Copy)]
pub(super) struct Draft<'a> {
    pub(super) changes: &'a [FileChange],
    pub(super) message: &'a str,
    pub(super) author: &'a super::Identity,
    pub(super) committer: &'a super::Identity,
    pub(super) adopt: &'a [String],
}

/// A commit that is ready to become the trunk's.
pub(super) struct Landing<'a> {
    /// The trunk's full reference name.
    pub(super) trunk: &'a str,
    /// The checkout that has the trunk, and what it has at each path.
    pub(super) checkout: Option<(Checkout, Guard)>,
    /// What differs between the trunk and the commit, in path order.
    pub(super) edits: &'a [Edit<'a>],
    /// The trunk's commit and the new one.
    pub(super) span: (Option<CommitId>, CommitId),
    /// Their root trees.
    pub(super) trees: (Option<Oid>, Oid),
    pub(super) by: &'a super::Identity,
    pub(super) message: &'a str,
}

/// What a write made of each path.
pub(super) type Blobs = Vec<(String, Option<BlobId>)>;

/// How one attempt ended.
pub(super) enum Attempt {
    /// Nothing differs from the trunk.
    Nothing,
    /// The trunk is at the new commit.
    Done(CommitId, Blobs),
    /// Somebody else moved the trunk.
    Lost,
}

impl Store {
    /// Makes one commit on the trunk of what `plan` wants.
    ///
    /// The plan is computed from the trunk's state under the desk's lock, and
    /// again if somebody who does not know the lock (plain git, a push) moves
    /// the trunk meanwhile. Other files of the work tree, edited or staged, are
    /// left exactly as they are. No hooks are run.
    ///
    /// # Errors
    /// What `plan` returns; [`StoreError::HandEdited`] when a changed file has
    /// edits in the work tree or in git's index; [`StoreError::Detached`];
    /// [`StoreError::LockTimeout`]; [`StoreError::IndexLocked`];
    /// [`StoreError::LostRace`]; [`StoreError::Signing`];
    /// [`StoreError::CannotWrite`]. After an error nothing is changed.
    pub fn transact<T, E: From<StoreError>>(
        &self,
        options: &WriteOptions,
        mut plan: impl FnMut(&Snapshot<'_>) -> Result<Plan<T>, E>,
    ) -> Result<Committed<T>, E> {
        let _lock = self.begin(options)?;
        let mut pause = Pause::new();
        for _ in 0..ATTEMPTS {
            let before = self.head()?;
            let snapshot = self.snapshot_at(before)?;
            let Plan { changes, message, author, committer, adopt, value } = plan(&snapshot)?;
            let draft = Draft {
                changes: &changes,
                message: &message,
                author: &author,
                committer: &committer,
                adopt: &adopt,
            };
            let (commit, blobs) = match self.attempt(options, &snapshot, draft)? {
                Attempt::Nothing => (before, Vec::new()),
                Attempt::Done(commit, blobs) => {
                    self.maintain();
                    (commit, blobs)
                }
                Attempt::Lost => {
                    pause.sleep();
                    continue;
                }
            };
            return Ok(Committed { commit, before, value, blobs });
        }
        Err(StoreError::LostRace { attempts: ATTEMPTS }.into())
    }

    /// Computes what [`transact`](Self::transact) would commit and makes the
    /// checks that it makes, but takes no lock and writes nothing.
    ///
    /// # Errors
    /// As [`transact`](Self::transact), as far as they can be known beforehand.
    pub fn rehearse<T, E: From<StoreError>>(
        &self,
        mut plan: impl FnMut(&Snapshot<'_>) -> Result<Plan<T>, E>,
    ) -> Result<T, E> {
        let snapshot = self.snapshot()?;
        let Plan { changes, message, author, committer, adopt, value } = plan(&snapshot)?;
        let draft = Draft {
            changes: &changes,
            message: &message,
            author: &author,
            committer: &committer,
            adopt: &adopt,
        };
        let (_, checkout) = self.target()?;
        let edits = edits(&snapshot, draft)?;
        // What an interrupted write left is put in order by the next write; what
        // lies in the work tree until then says nothing.
        if let Some(checkout) = checkout.filter(|_| !edits.is_empty() && !self.is_interrupted()) {
            Guard::check(&checkout, &edits)?;
        }
        Ok(value)
    }

    /// Takes the lock and puts in order what an interrupted write left.
    pub(super) fn begin(&self, options: &WriteOptions) -> Result<Lock, StoreError> {
        // What is written is made from what git itself says.
        self.last_tree.set(None);
        let lock = Lock::take(&self.state_dir, &options.command, options.wait)?;
        self.unlock_trunk()?;
        self.drop_imports()?;
        self.recover()?;
        options.at(Step::Locked).map_err(StoreError::write(&self.state_dir))?;
        Ok(lock)
    }

    /// The trunk's full name and the checkout that has it, as they are now.
    pub(super) fn target(&self) -> Result<(&str, Option<Checkout>), StoreError> {
        let detached = || StoreError::Detached { trunk: self.trunk().map(str::to_owned) };
        let trunk = self.trunk.as_deref().ok_or_else(detached)?;
        let checkout = self.find_checkout()?;
        let unclear = self.branch.is_none() && checkout.is_none() && !self.repository.is_bare();
        if unclear && super::discover::head_reference(&self.repository)?.is_none() {
            return Err(detached());
        }
        Ok((trunk, checkout))
    }

    /// Tries to make the commit once. The caller holds the lock.
    pub(super) fn attempt(
        &self,
        options: &WriteOptions,
        snapshot: &Snapshot<'_>,
        draft: Draft<'_>,
    ) -> Result<Attempt, StoreError> {
        let (trunk, checkout) = self.target()?;
        let edits = edits(snapshot, draft)?;
        if edits.is_empty() {
            return Ok(Attempt::Nothing);
        }
        let objects = self.git_dir.join("objects");
        let at = |step| options.at(step).map_err(StoreError::write(&objects));
        let checkout = match checkout {
            Some(checkout) => {
                let guard = Guard::check(&checkout, &edits)?;
                Some((checkout, guard))
            }
            None => None,
        };
        at(Step::Planned)?;
        let mut written = Vec::new();
        let root = self.write_tree(snapshot, &edits, &mut written)?;
        let commit = self.write_commit(options, snapshot.commit(), root, draft)?;
        written.push(commit);
        objects::barrier(&objects, &written)?;
        let (old, new) = (snapshot.commit(), CommitId::from(commit));
        let landing = Landing {
            trunk,
            checkout,
            edits: &edits,
            span: (old, new),
            trees: (snapshot.root(), root),
            by: draft.committer,
            message: draft.message,
        };
        if !self.land(options, landing)? {
            return Ok(Attempt::Lost);
        }
        let blobs = edits.iter().map(|edit| (edit.path.to_owned(), edit.after)).collect();
        Ok(Attempt::Done(new, blobs))
    }

    /// Publishes a commit whose objects are durable: work tree, git's index and
    /// trunk. `false` if the trunk or the checkout moved meanwhile; then, and
    /// after an error, everything is as before.
    pub(super) fn land(
        &self,
        options: &WriteOptions,
        landing: Landing<'_>,
    ) -> Result<bool, StoreError> {
        let Landing { trunk, checkout, edits, span: (old, new), trees, by, message } = landing;
        options.at(Step::Stored).map_err(StoreError::write(&self.git_dir.join("objects")))?;
        let pending = match checkout {
            Some((checkout, guard)) => {
                let span = Span { trunk, old, new, trees };
                match Pending::start(self, options, checkout, guard, edits, span)? {
                    Some(pending) => Some(pending),
                    None => return Ok(false),
                }
            }
            None => None,
        };
        let step = Move { trunk, before: old, after: new, by, message };
        let moved = self.move_trunk(step, pending.as_ref().map(Pending::checkout));
        if !matches!(moved, Ok(true)) {
            let undone = pending.map_or(Ok(()), Pending::undo);
            // Why the trunk did not move says more than what went wrong after.
            moved?;
            undone?;
            return Ok(false);
        }
        let _ = options.at(Step::Committed);
        if let Some(pending) = pending {
            pending.publish();
        }
        Ok(true)
    }

    /// Writes the blobs and the trees; the new root tree, which always exists.
    fn write_tree(
        &self,
        snapshot: &Snapshot<'_>,
        edits: &[Edit<'_>],
        written: &mut Vec<Oid>,
    ) -> Result<Oid, StoreError> {
        if edits.len() > bulk::MANY {
            return self.import_tree(snapshot, edits);
        }
        let objects = self.git_dir.join("objects");
        let database = self.database()?;
        let odb = &database.odb;
        let mut changes = BTreeMap::new();
        for edit in edits {
            let entry = match edit.content {
                Some(content) => {
                    Some((edit.mode, objects::write_blob(odb, &objects, content, written)?))
                }
                None => None,
            };
            changes.insert(edit.path, entry);
        }
        match tree::splice(&database, &objects, snapshot.root(), &changes, written)? {
            Some(root) => Ok(root),
            None => {
                let root = odb.write(ObjectType::Tree, &[]);
                let root = root.map_err(StoreError::git_write(&objects))?;
                written.push(root);
                Ok(root)
            }
        }
    }

    pub(super) fn write_commit(
        &self,
        options: &WriteOptions,
        parent: Option<CommitId>,
        root: Oid,
        draft: Draft<'_>,
    ) -> Result<Oid, StoreError> {
        let objects = self.git_dir.join("objects");
        let git = StoreError::git("prepare the commit");
        let tree = self.repository.find_tree(root).map_err(&git)?;
        let parent = match parent {
            Some(id) => Some(self.repository.find_commit(id.oid()?).map_err(&git)?),
            None => None,
        };
        let parents: Vec<_> = parent.iter().collect();
        let mut message = draft.message.trim_end().to_owned();
        message.push('\n');
        let (author, committer) = (draft.author.signature()?, draft.committer.signature()?);
        let buffer = self
            .repository
            .commit_create_buffer(&author, &committer, &message, &tree, &parents)
            .map_err(&git)?;
        let content = buffer.as_str().map_err(&git)?;
        let config = self.repository.config().map_err(StoreError::git("read the configuration"))?;
        let signature =
            sign::sign(&config, options.signing, draft.committer, content, &self.state_dir)?;
        match signature {
            Some(signature) => self.repository.commit_signed(content, &signature, None),
            None => self.odb()?.write(ObjectType::Commit, content.as_bytes()),
        }
        .map_err(StoreError::git_write(&objects))
    }
}

/// The changes that differ from the trunk, in path order.
fn edits<'a>(snapshot: &Snapshot<'_>, draft: Draft<'a>) -> Result<Vec<Edit<'a>>, StoreError> {
    let mut edits = BTreeMap::new();
    for change in draft.changes {
        check_path(&change.path)?;
        let existing = snapshot.entry(&change.path)?;
        if let Some((mode, _)) = existing.filter(|(mode, _)| !tree::is_file(*mode)) {
            return Err(StoreError::NotAFile { path: change.path.clone(), what: tree::what(mode) });
        }
        let edit = Edit {
            path: &change.path,
            before: existing.map(|(_, id)| id.into()),
            after: change.content.as_deref().map(BlobId::of),
            content: change.content.as_deref(),
            mode: match existing {
                Some((tree::EXECUTABLE, _)) => tree::EXECUTABLE,
                _ => tree::FILE,
            },
            adopted: draft.adopt.contains(&change.path),
        };
        if edits.insert(edit.path, edit).is_some() {
            let path = change.path.clone();
            return Err(StoreError::BadPath { path, why: "it is named twice in one commit" });
        }
    }
    Ok(edits.into_values().filter(|edit| edit.before != edit.after).collect())
}

/// Refuses paths that git or a file system would read as something else.
pub(super) fn check_path(path: &str) -> Result<(), StoreError> {
    let bad = |why| Err(StoreError::BadPath { path: path.to_owned(), why });
    if path.bytes().any(|byte| byte < 0x20 || byte == 0x7f || byte == b'\\') {
        return bad("it has control characters or backslashes");
    }
    for name in path.split('/') {
        match name {
            "" => return bad("it has an empty name"),
            "." | ".." => return bad("it leaves its folder"),
            _ if name.eq_ignore_ascii_case(".git") => return bad("git keeps its own files there"),
            _ => {}
        }
    }
    Ok(())
}

//! The work tree's side of a write: files and git's index, ready to be
//! published once the trunk has moved, and to be undone until then.

use git2::{ObjectType, Oid};

use super::error::StoreError;
use super::files::{self, Placer, Stat};
use super::git_index::{GitIndex, NewEntry, Staged, Update};
use super::ids::{BlobId, CommitId};
use super::index_lock::{self, IndexLock};
use super::journal::{Journal, JournalFile};
use super::plan::{Step, WriteOptions};
use super::transact::Edit;
use super::worktree::Checkout;
use super::{Store, objects, open};

/// What the work tree and git's index have at each path of a write.
pub(super) struct Guard {
    index: GitIndex,
    places: Vec<Place>,
}

struct Place {
    staged: Staged,
    disk: Option<BlobId>,
    stat: Option<Stat>,
    /// Meant not to be in the work tree (sparse), and not there.
    absent: bool,
    /// An edit that the commit takes over, kept in case of an undo.
    edit: Option<Vec<u8>>,
}

impl Guard {
    /// Looks at every path of the write.
    ///
    /// # Errors
    /// [`StoreError::HandEdited`] where something is neither as the trunk has
    /// it nor as the commit will, and is not adopted.
    pub(super) fn check(checkout: &Checkout, edits: &[Edit<'_>]) -> Result<Self, StoreError> {
        let index = GitIndex::load(checkout)?;
        let paths: Vec<&str> = edits.iter().map(|edit| edit.path).collect();
        let staged = index.staged(checkout, &paths)?;
        let mut places = Vec::with_capacity(edits.len());
        for (edit, staged) in edits.iter().zip(staged) {
            let found = files::read(&checkout.root, edit.path)?;
            let disk = found.as_ref().map(|found| BlobId::of(&found.content));
            let stat = found.as_ref().map(|found| found.stat);
            let expected = |blob: Option<BlobId>| blob == edit.before || blob == edit.after;
            let (clean, sparse) = match staged {
                Staged::Nothing => (edit.before.is_none(), false),
                Staged::File { blob, absent } => (expected(Some(blob)), absent),
                Staged::Other => (false, false),
            };
            let absent = sparse && disk.is_none();
            let clean = clean && (absent || expected(disk));
            if !clean && !edit.adopted {
                return Err(StoreError::HandEdited { path: edit.path.to_owned() });
            }
            let kept = found.filter(|_| !expected(disk)).map(|found| found.content);
            places.push(Place { staged, disk, stat, absent, edit: kept });
        }
        Ok(Self { index, places })
    }
}

/// A write whose files are in place and whose index waits behind git's lock.
pub(super) struct Pending<'a> {
    store: &'a Store,
    options: &'a WriteOptions,
    checkout: Checkout,
    journal: Journal,
    lock: Option<IndexLock>,
}

/// The commits and trees that a write lies between.
#[derive(Clone, Copy)]
pub(super) struct Span<'a> {
    pub(super) trunk: &'a str,
    pub(super) old: Option<CommitId>,
    pub(super) new: CommitId,
    pub(super) trees: (Option<Oid>, Oid),
}

impl<'a> Pending<'a> {
    /// Does everything that comes before the trunk moves. `None` if the
    /// checkout changed meanwhile, so that the write must be computed anew.
    /// After an error, everything is as before.
    pub(super) fn start(
        store: &'a Store,
        options: &'a WriteOptions,
        checkout: Checkout,
        guard: Guard,
        edits: &[Edit<'_>],
        span: Span<'_>,
    ) -> Result<Option<Self>, StoreError> {
        store.keep_edits(&guard)?;
        let files = edits.iter().zip(&guard.places).map(|(edit, place)| JournalFile {
            path: edit.path.to_owned(),
            mode: edit.mode,
            staged: place.staged,
            disk: place.disk,
            after: edit.after,
            absent: place.absent,
        });
        let worktree = checkout.name.clone();
        let journal = Journal::new(worktree, span.trunk, span.old, span.new, files.collect());
        let mut pending = Self { store, options, checkout, journal, lock: None };
        match pending.prepare(guard, edits, span) {
            Ok(true) => Ok(Some(pending)),
            Ok(false) => {
                pending.undo()?;
                Ok(None)
            }
            Err(error) => {
                // If even this fails, the journal stays for the next writer.
                let _ = pending.undo();
                Err(error)
            }
        }
    }

    fn prepare(
        &mut self,
        guard: Guard,
        edits: &[Edit<'_>],
        span: Span<'_>,
    ) -> Result<bool, StoreError> {
        let state_dir = &self.store.state_dir;
        let at = |step| self.options.at(step).map_err(StoreError::write(state_dir));
        let lock =
            IndexLock::take(state_dir, &self.checkout, &mut self.journal, || at(Step::Journalled))?;
        let lock = self.lock.insert(lock);
        at(Step::IndexLocked)?;
        // Git cannot touch the index or switch branches from here on.
        let branch = open::head_branch(&self.checkout.git_dir);
        let branch = branch.map_err(StoreError::read(&self.checkout.git_dir))?;
        if branch.as_deref() != Some(span.trunk) || !guard.index.is_current(&self.checkout)? {
            return Ok(false);
        }
        let mut placer = Placer::new(&self.checkout.root, state_dir)?;
        let mut updates = Vec::with_capacity(edits.len());
        for (number, (edit, place)) in edits.iter().zip(&guard.places).enumerate() {
            let path = self.checkout.root.join(edit.path);
            if !place.absent && place.disk != edit.after {
                if files::stat(&path)? != place.stat {
                    return Ok(false);
                }
                match edit.content {
                    Some(content) => placer.put(edit.path, content, edit.mode)?,
                    None => placer.remove(edit.path)?,
                }
            }
            if number == 0 {
                at(Step::FirstFile)?;
            }
            let entry = match edit.after {
                Some(blob) => {
                    let stat = if place.absent { None } else { files::stat(&path)? };
                    if stat.is_none() && !place.absent {
                        return Ok(false);
                    }
                    Some(NewEntry { mode: edit.mode, blob, stat })
                }
                None => None,
            };
            updates.push(Update { path: edit.path, entry });
        }
        at(Step::Files)?;
        let (out, file) = (lock.path.clone(), &mut lock.file);
        guard.index.write(self.store, &self.checkout, &updates, span.trees, &out, file)?;
        at(Step::IndexWritten)?;
        Ok(true)
    }

    pub(super) fn checkout(&self) -> &Checkout {
        &self.checkout
    }

    /// Puts everything back as it was.
    pub(super) fn undo(self) -> Result<(), StoreError> {
        self.store.undo(&self.checkout, &self.journal)
    }

    /// The trunk has moved: makes the new index git's. A failure here is no
    /// failure of the write; the journal stays, and the next writer finishes.
    pub(super) fn publish(self) {
        let Some(lock) = self.lock else { return };
        if lock.publish(&self.checkout).is_err() {
            return;
        }
        let _ = self.options.at(Step::IndexPublished);
        let state_dir = &self.store.state_dir;
        let _ = Journal::clear(state_dir).and_then(|()| index_lock::forget(state_dir));
        let _ = self.options.at(Step::Cleared);
    }
}

impl Store {
    /// Keeps the edits that a commit takes over as blobs, so that an undo can
    /// bring them back.
    fn keep_edits(&self, guard: &Guard) -> Result<(), StoreError> {
        let objects = self.git_dir.join("objects");
        let odb = self.odb()?;
        let mut written = Vec::new();
        for edit in guard.places.iter().filter_map(|place| place.edit.as_ref()) {
            let id = odb.write(ObjectType::Blob, edit).map_err(StoreError::git_write(&objects))?;
            written.push(id);
        }
        objects::barrier(&objects, &written)
    }
}

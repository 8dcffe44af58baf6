//! Finishing or undoing what an interrupted write left, under the desk's lock.

use git2::{ErrorCode, Oid};

use super::Store;
use super::error::StoreError;
use super::files::{self, Placer};
use super::git_index::{GitIndex, NewEntry, Staged, Update};
use super::ids::CommitId;
use super::index_lock::{self, IndexLock};
use super::journal::{Journal, JournalFile};
use super::worktree::Checkout;

impl Store {
    /// Puts in order what the journal tells of, if there is one.
    pub(super) fn recover(&self) -> Result<(), StoreError> {
        let Some(journal) = Journal::read(&self.state_dir)? else { return Ok(()) };
        // A work tree that was removed since needs nothing.
        if let Some(checkout) = self.checkout_named(journal.worktree.as_deref())? {
            match self.counted(&journal)? {
                Some(head) => self.finish(&checkout, journal, head)?,
                None => return self.undo(&checkout, &journal),
            }
        }
        self.close_journal()
    }

    /// Whether a write was broken off and the next one has to put it in order.
    /// What lies in the work tree says nothing until then.
    pub(super) fn is_interrupted(&self) -> bool {
        matches!(Journal::read(&self.state_dir), Ok(Some(_)))
    }

    /// The trunk's commit if the write counts: the trunk is at it, or past it.
    fn counted(&self, journal: &Journal) -> Result<Option<CommitId>, StoreError> {
        let head = match self.repository.refname_to_id(&journal.trunk) {
            Ok(head) => CommitId::from(head),
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::git("read the trunk")(error)),
        };
        // The commit may be gone if the trunk never moved and git collected it.
        let counts = head == journal.new
            || (self.tree_of(journal.new).is_ok() && self.is_ancestor(journal.new, head)?);
        Ok(counts.then_some(head))
    }

    fn close_journal(&self) -> Result<(), StoreError> {
        Journal::clear(&self.state_dir)?;
        index_lock::forget(&self.state_dir)
    }

    /// Brings files and lock back to where they were. What somebody else has
    /// written into a file since is left alone.
    pub(super) fn undo(&self, checkout: &Checkout, journal: &Journal) -> Result<(), StoreError> {
        let mut placer = Placer::new(&checkout.root, &self.state_dir)?;
        for file in journal.files.iter().rev().filter(|file| !file.absent) {
            placer.sweep(&file.path);
            if file.disk != file.after && self.holds(checkout, file, false)? {
                self.place(&mut placer, file, false)?;
            }
        }
        index_lock::release(checkout, journal)?;
        self.close_journal()
    }

    /// Whether the work tree holds what the write put there, or (`old`) what
    /// lay there before it.
    fn holds(
        &self,
        checkout: &Checkout,
        file: &JournalFile,
        old: bool,
    ) -> Result<bool, StoreError> {
        match files::blob(&checkout.root, &file.path) {
            Ok(blob) => Ok(blob == if old { file.disk } else { file.after }),
            Err(StoreError::NotAFile { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn place(
        &self,
        placer: &mut Placer<'_>,
        file: &JournalFile,
        new: bool,
    ) -> Result<(), StoreError> {
        match if new { file.after } else { file.disk } {
            Some(blob) => placer.put(&file.path, &self.blob(blob)?, file.mode),
            None => placer.remove(&file.path),
        }
    }

    /// The trunk has moved: brings files and index after it.
    fn finish(
        &self,
        checkout: &Checkout,
        mut journal: Journal,
        head: CommitId,
    ) -> Result<(), StoreError> {
        let snapshot = self.snapshot_at(head)?;
        let index = GitIndex::load(checkout)?;
        let mut files = journal.files.clone();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        let staged = index.staged(checkout, &paths)?;
        let mut placer = Placer::new(&checkout.root, &self.state_dir)?;
        let mut updates = Vec::new();
        for (file, staged) in files.iter().zip(staged) {
            // Later commits may have changed the file again.
            if snapshot.blob_of(&file.path)? != file.after {
                continue;
            }
            if !file.absent {
                placer.sweep(&file.path);
                if file.disk != file.after && self.holds(checkout, file, true)? {
                    self.place(&mut placer, file, true)?;
                }
            }
            let already = match (staged, file.after) {
                (Staged::File { blob, .. }, Some(after)) => blob == after,
                (Staged::Nothing, None) => true,
                _ => false,
            };
            if already || staged != file.staged {
                continue;
            }
            let entry = match file.after {
                Some(blob) => {
                    let stat = files::stat(&checkout.root.join(&file.path))?;
                    if stat.is_none() && !file.absent {
                        // Removed by hand since; git will say so.
                        continue;
                    }
                    let stat = stat.filter(|_| !file.absent);
                    Some(NewEntry { mode: file.mode, blob, stat })
                }
                None => None,
            };
            updates.push(Update { path: &file.path, entry });
        }
        if updates.is_empty() {
            return index_lock::release(checkout, &journal);
        }
        let whole = updates.len() == files.len();
        let trees = self.trees(&journal, whole)?;
        let mut lock = match IndexLock::left_by(checkout, &journal)? {
            Some(lock) => lock,
            None => IndexLock::take(&self.state_dir, checkout, &mut journal, || Ok(()))?,
        };
        let out = lock.path.clone();
        index.write(self, checkout, &updates, trees, &out, &mut lock.file)?;
        lock.publish(checkout)
    }

    /// The roots that the remembered trees are carried over between. If only
    /// some of the write's files are brought into the index, none may be.
    fn trees(&self, journal: &Journal, whole: bool) -> Result<(Option<Oid>, Oid), StoreError> {
        let new = self.tree_of(journal.new)?;
        let old = match journal.old {
            Some(old) if whole => Some(self.tree_of(old)?),
            None if whole => None,
            _ => Some(Oid::from_bytes(&[0; 20]).map_err(StoreError::git("name no tree"))?),
        };
        Ok((old, new))
    }
}

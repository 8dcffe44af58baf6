//! What differs between two commits of a code repository, file by file.

use std::cmp::Ordering;

use git2::{ObjectType, Odb, Oid};

use super::Code;
use crate::store::error::StoreError;
use crate::store::ids::{BlobId, CommitId};
use crate::store::tree::{self, Entries, RawEntry};

/// A file that differs; a link counts as one, and so does a submodule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// From the root; what is not UTF-8 is replaced.
    pub path: String,
    /// The content before; `None` if there was nothing.
    pub before: Option<BlobId>,
    /// The content after; `None` if there is nothing.
    pub after: Option<BlobId>,
}

/// The files that differ.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// In the order of their paths, at most [`Files::LIMIT`].
    pub changed: Vec<FileChange>,
    /// Whether there are more.
    pub more: bool,
}

impl Files {
    /// How many files are listed at most.
    pub const LIMIT: usize = 100_000;
    /// How many names are looked at for it.
    const LOOKED_AT: usize = 2_000_000;
    /// How deep folders lie in each other; git itself cannot check out more.
    const DEPTH: usize = 1_000;
}

/// The comparison so far.
struct Comparison<'a> {
    code: &'a Code,
    odb: Odb<'a>,
    files: Files,
    looked_at: usize,
}

impl Code {
    /// The files that differ between two commits; all files of `new`, without an
    /// `old`. Costs what differs, not what there is.
    ///
    /// # Errors
    /// [`StoreError::BadObject`] if a commit or a tree is missing or damaged.
    pub fn files_between(&self, old: Option<CommitId>, new: CommitId) -> Result<Files, StoreError> {
        let old = old.map(|id| self.find(id).map(|commit| commit.tree_id())).transpose()?;
        let new = self.find(new)?.tree_id();
        let odb = self.odb()?;
        let mut comparison = Comparison { code: self, odb, files: Files::default(), looked_at: 0 };
        if old != Some(new) {
            comparison.folders(old, Some(new), &mut String::new(), 0)?;
        }
        Ok(comparison.files)
    }
}

impl Comparison<'_> {
    fn folders(
        &mut self,
        old: Option<Oid>,
        new: Option<Oid>,
        path: &mut String,
        depth: usize,
    ) -> Result<(), StoreError> {
        if depth > Files::DEPTH {
            let message = "its folders lie too deep in each other".to_owned();
            let id = new.or(old).map(|id| id.to_string()).unwrap_or_default();
            return Err(StoreError::BadObject { id, message });
        }
        let (old, new) = (self.tree(old)?, self.tree(new)?);
        let (mut left, mut right) = Entries::of_both(&old, &new);
        let (mut a, mut b) = (left.next().transpose()?, right.next().transpose()?);
        while a.is_some() || b.is_some() {
            let order = match (&a, &b) {
                (Some(a), Some(b)) => tree::order((a.name, a.is_folder()), (b.name, b.is_folder())),
                (Some(_), None) => Ordering::Less,
                (None, _) => Ordering::Greater,
            };
            let before = if order.is_le() { a.take() } else { None };
            let after = if order.is_ge() { b.take() } else { None };
            self.looked_at += 1;
            if self.looked_at > Files::LOOKED_AT || self.files.changed.len() >= Files::LIMIT {
                self.files.more = true;
                return Ok(());
            }
            self.entry(before, after, path, depth)?;
            if order.is_le() {
                a = left.next().transpose()?;
            }
            if order.is_ge() {
                b = right.next().transpose()?;
            }
        }
        Ok(())
    }

    /// One name, which is that of a folder on both sides or on neither.
    fn entry(
        &mut self,
        before: Option<RawEntry<'_>>,
        after: Option<RawEntry<'_>>,
        path: &mut String,
        depth: usize,
    ) -> Result<(), StoreError> {
        let Some(either) = before.or(after) else { return Ok(()) };
        let place = |entry: Option<RawEntry<'_>>| entry.map(|entry| (entry.mode, entry.id));
        if place(before) == place(after) {
            return Ok(());
        }
        let length = path.len();
        if length > 0 {
            path.push('/');
        }
        path.push_str(&String::from_utf8_lossy(either.name));
        let (old, new) = (before.map(|entry| entry.id), after.map(|entry| entry.id));
        if either.is_folder() {
            self.folders(old, new, path, depth + 1)?;
        } else {
            let (before, after) = (old.map(Into::into), new.map(Into::into));
            self.files.changed.push(FileChange { path: path.clone(), before, after });
        }
        path.truncate(length);
        Ok(())
    }

    /// The bytes of a tree; none, where there is none.
    fn tree(&self, id: Option<Oid>) -> Result<Vec<u8>, StoreError> {
        let Some(id) = id else { return Ok(Vec::new()) };
        let object = self.code.read(&self.odb, id)?;
        if object.kind() == ObjectType::Tree {
            Ok(object.data().to_vec())
        } else {
            Err(StoreError::BadObject { id: id.to_string(), message: "it is no tree".to_owned() })
        }
    }
}

//! One state of the desk: a commit's tree, read without any index.

use std::fmt;
use std::path::{Path, PathBuf};

use git2::{ObjectType, Oid};

use super::database::Database;
use super::error::StoreError;
use super::ids::{BlobId, CommitId};
use super::objects::{self, Loose};
use super::tree::{self, Entries};
use crate::model::{IdPattern, Kind, RecordId};

/// The largest file that is read without asking: 64 MiB.
pub const FILE_LIMIT: u64 = 64 << 20;

/// What a path in the desk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A regular file with the executable bit.
    Executable,
    /// A symbolic link; the blob holds its target.
    Symlink,
    /// Another repository's commit; there is no blob.
    Submodule,
}

/// A path below a folder of the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The path from the desk's root.
    pub path: String,
    /// The content's name.
    pub blob: BlobId,
    /// What it is.
    pub kind: EntryKind,
}

/// The records of a snapshot.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordList {
    /// Every well-named record, in path order.
    pub records: Vec<(RecordId, BlobId)>,
    /// Paths below the record folders that are no record's path, or are no
    /// regular file: for `check` to report.
    pub strays: Vec<String>,
}

/// The desk as one commit has it. Immutable: later writes do not show in it.
pub struct Snapshot<'store> {
    database: Database<'store>,
    /// The folder of the loose objects.
    objects: PathBuf,
    commit: Option<CommitId>,
    root: Option<Oid>,
}

impl fmt::Debug for Snapshot<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("commit", &self.commit).finish_non_exhaustive()
    }
}

impl<'store> Snapshot<'store> {
    pub(super) fn new(
        database: Database<'store>,
        objects: PathBuf,
        commit: Option<CommitId>,
        root: Option<Oid>,
    ) -> Self {
        Self { database, objects, commit, root }
    }

    /// The commit; `None` only for the empty state before a desk's first one.
    pub fn commit(&self) -> Option<CommitId> {
        self.commit
    }

    pub(super) fn root(&self) -> Option<Oid> {
        self.root
    }

    pub(super) fn entry(&self, path: &str) -> Result<Option<(u32, Oid)>, StoreError> {
        match self.root {
            Some(root) => tree::find(&self.database, root, path),
            None => Ok(None),
        }
    }

    /// The content of the file at `path`; `None` if there is nothing.
    ///
    /// # Errors
    /// [`StoreError::NotAFile`] for a folder, link or submodule,
    /// [`StoreError::TooLarge`] above [`FILE_LIMIT`].
    pub fn file(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.file_within(path, FILE_LIMIT)
    }

    /// Like [`file`](Self::file), with a limit in bytes.
    ///
    /// # Errors
    /// As [`file`](Self::file).
    pub fn file_within(&self, path: &str, limit: u64) -> Result<Option<Vec<u8>>, StoreError> {
        match self.entry(path)? {
            None => Ok(None),
            Some((mode, id)) if tree::is_file(mode) => {
                read_blob((&self.database, &self.objects), id, path, limit).map(Some)
            }
            Some((mode, _)) => {
                Err(StoreError::NotAFile { path: path.to_owned(), what: tree::what(mode) })
            }
        }
    }

    /// The bytes of a record's file; `None` if there is no such record.
    ///
    /// # Errors
    /// As [`file`](Self::file).
    pub fn record_bytes(&self, id: RecordId) -> Result<Option<Vec<u8>>, StoreError> {
        self.file(&id.path())
    }

    /// The content's name of the file at `path`; `None` if there is no file.
    ///
    /// # Errors
    /// Where a tree cannot be read.
    pub fn blob_of(&self, path: &str) -> Result<Option<BlobId>, StoreError> {
        let entry = self.entry(path)?.filter(|(mode, _)| tree::is_file(*mode));
        Ok(entry.map(|(_, id)| id.into()))
    }

    /// The records that `pattern` names, in path order.
    ///
    /// Needs no index: the ending's last two characters name the folder.
    ///
    /// # Errors
    /// Where a tree cannot be read.
    pub fn matching(&self, pattern: &IdPattern) -> Result<Vec<RecordId>, StoreError> {
        let mut last = pattern.tail().chars().rev();
        let (Some(b), Some(a)) = (last.next(), last.next()) else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        let kinds = Kind::ALL.into_iter().filter(|kind| pattern.kind().is_none_or(|k| k == *kind));
        for kind in kinds {
            let folder = format!("{}/{a}/{b}", kind.folder());
            self.each_below(&folder, &mut |path, mode, _| {
                if tree::is_file(mode)
                    && let Some(id) = RecordId::from_path(path)
                    && pattern.matches(id)
                {
                    found.push(id);
                }
            })?;
        }
        Ok(found)
    }

    /// Everything below the folder `prefix` (the whole desk for an empty one),
    /// in path order; nothing if there is no such folder.
    ///
    /// # Errors
    /// Where a tree cannot be read.
    pub fn entries(&self, prefix: &str) -> Result<Vec<Entry>, StoreError> {
        let mut entries = Vec::new();
        self.each_below(prefix, &mut |path, mode, id| {
            let kind = match mode {
                tree::SYMLINK => EntryKind::Symlink,
                tree::SUBMODULE => EntryKind::Submodule,
                tree::EXECUTABLE => EntryKind::Executable,
                _ => EntryKind::File,
            };
            entries.push(Entry { path: path.to_owned(), blob: id.into(), kind });
        })?;
        Ok(entries)
    }

    /// Every record, and what lies among them without being one.
    ///
    /// # Errors
    /// Where a tree cannot be read.
    pub fn record_ids(&self) -> Result<RecordList, StoreError> {
        let mut list = RecordList::default();
        for kind in Kind::ALL {
            self.each_below(kind.folder(), &mut |path, mode, id| match RecordId::from_path(path)
                .filter(|_| tree::is_file(mode))
            {
                Some(record) => list.records.push((record, id.into())),
                None => list.strays.push(path.to_owned()),
            })?;
        }
        Ok(list)
    }

    /// Visits everything below `prefix` that is no folder.
    fn each_below(
        &self,
        prefix: &str,
        visit: &mut dyn FnMut(&str, u32, Oid),
    ) -> Result<(), StoreError> {
        let Some((tree::FOLDER, root)) = self.entry(prefix)? else { return Ok(()) };
        let mut path = prefix.to_owned();
        walk(&self.database, root, &mut path, visit)
    }
}

/// Visits every entry of a tree that is no folder, with its path.
pub(super) fn walk(
    database: &Database<'_>,
    id: Oid,
    path: &mut String,
    visit: &mut dyn FnMut(&str, u32, Oid),
) -> Result<(), StoreError> {
    let object = tree::read(database, id)?;
    let length = path.len();
    for entry in Entries::of(object.data()) {
        let entry = entry?;
        if length > 0 {
            path.push('/');
        }
        path.push_str(&String::from_utf8_lossy(entry.name));
        if entry.is_folder() {
            walk(database, entry.id, path, visit)?;
        } else {
            visit(path, entry.mode, entry.id);
        }
        path.truncate(length);
    }
    Ok(())
}

/// Reads a blob whose size is at most `limit` bytes; `path` is for messages.
pub(super) fn read_blob(
    (database, objects): (&Database<'_>, &Path),
    id: Oid,
    path: &str,
    limit: u64,
) -> Result<Vec<u8>, StoreError> {
    let bad =
        |message: &str| StoreError::BadObject { id: id.to_string(), message: message.to_owned() };
    let too_large = |size| StoreError::TooLarge { path: path.to_owned(), size, limit };
    match objects::read_loose(objects, id, limit)? {
        Loose::Blob(content) => return Ok(content),
        Loose::TooLarge(size) => return Err(too_large(size)),
        Loose::Missing => {}
    }
    if let Some(packed) = database.packed(id)
        && packed.kind == ObjectType::Blob
        && packed.data.len() as u64 <= limit
    {
        return Ok(packed.data.clone());
    }
    // The size is in the object's header: never inflate what is too large.
    let odb = &database.odb;
    let (size, kind) = odb.read_header(id).map_err(|error| bad(error.message()))?;
    if kind != ObjectType::Blob {
        return Err(bad("it is not a blob"));
    }
    let size = u64::try_from(size).unwrap_or(u64::MAX);
    if size > limit {
        return Err(too_large(size));
    }
    let object = odb.read(id).map_err(|error| bad(error.message()))?;
    Ok(object.data().to_vec())
}

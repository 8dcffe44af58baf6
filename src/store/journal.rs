//! The note that lets the next writer finish or undo an interrupted write.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::git_index::Staged;
use super::ids::{BlobId, CommitId};
use super::objects;

const VERSION: u32 = 1;
const NAME: &str = "journal";

/// One write to a checkout, noted down before the first file is touched.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    version: u32,
    /// The linked work tree's name; `None` for the main one.
    pub(super) worktree: Option<String>,
    /// The trunk's full reference name.
    pub(super) trunk: String,
    pub(super) old: Option<CommitId>,
    pub(super) new: CommitId,
    /// The inode of our lock on git's index: what tells it from another's.
    pub(super) inode: u64,
    pub(super) files: Vec<JournalFile>,
}

/// One file of a write.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct JournalFile {
    pub(super) path: String,
    pub(super) mode: u32,
    /// What git's index had.
    pub(super) staged: Staged,
    /// What lay in the work tree.
    pub(super) disk: Option<BlobId>,
    /// What the commit has.
    pub(super) after: Option<BlobId>,
    /// Whether the file is meant not to be in the work tree.
    pub(super) absent: bool,
}

impl Journal {
    pub(super) fn new(
        worktree: Option<String>,
        trunk: &str,
        old: Option<CommitId>,
        new: CommitId,
        files: Vec<JournalFile>,
    ) -> Self {
        Self { version: VERSION, worktree, trunk: trunk.to_owned(), old, new, inode: 0, files }
    }

    /// Writes the note durably, whole or not at all.
    pub(super) fn write(&self, state_dir: &Path) -> Result<(), StoreError> {
        let path = state_dir.join(NAME);
        let draft = state_dir.join("journal.new");
        let written = (|| {
            let bytes = serde_json::to_vec(self).map_err(io::Error::other)?;
            let mut file = File::create(&draft)?;
            file.write_all(&bytes)?;
            file.sync_data()?;
            fs::rename(&draft, &path)
        })();
        written.map_err(StoreError::write(&path))?;
        objects::sync_folder(state_dir)
    }

    /// The pending note, if there is one.
    pub(super) fn read(state_dir: &Path) -> Result<Option<Self>, StoreError> {
        let path = state_dir.join(NAME);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::read(&path)(error)),
        };
        let bad = |why: String| StoreError::BadJournal { path: path.clone(), why };
        let journal: Self =
            serde_json::from_slice(&bytes).map_err(|error| bad(error.to_string()))?;
        if journal.version != VERSION {
            return Err(bad("another version of gitsm wrote it".to_owned()));
        }
        Ok(Some(journal))
    }

    /// Forgets the note: the write is done or undone.
    pub(super) fn clear(state_dir: &Path) -> Result<(), StoreError> {
        let path = state_dir.join(NAME);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::write(&path)(error))
            }
            _ => Ok(()),
        }
    }
}

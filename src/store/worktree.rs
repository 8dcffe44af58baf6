//! The checkout that has the trunk.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::ids::BlobId;
use super::transact::Edit;
use super::{Store, open, program};

/// A work tree whose HEAD names the trunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checkout {
    /// The folder with the files.
    pub(super) root: PathBuf,
    /// Its own git folder: HEAD and the index are there.
    pub(super) git_dir: PathBuf,
}

impl Checkout {
    /// Git's index of this work tree.
    pub(super) fn index(&self) -> PathBuf {
        self.git_dir.join("index")
    }

    /// Refuses if a file to be changed has edits that are not committed.
    pub(super) fn guard(&self, edits: &[Edit<'_>]) -> Result<(), StoreError> {
        for edit in edits.iter().filter(|edit| !edit.adopted) {
            let path = self.root.join(edit.path);
            let here = match std::fs::read(&path) {
                Ok(content) => Some(BlobId::of(&content)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => None,
                Err(error) => return Err(StoreError::read(&path)(error)),
            };
            if here != edit.before && here != edit.after {
                return Err(StoreError::HandEdited { path: edit.path.to_owned() });
            }
        }
        Ok(())
    }

    /// Puts the new files in place and tells git's index.
    pub(super) fn follow(&self, edits: &[Edit<'_>]) -> Result<(), StoreError> {
        let mut info = Vec::new();
        for edit in edits {
            let path = self.root.join(edit.path);
            match edit.content {
                Some(content) => {
                    if let Some(folder) = path.parent() {
                        std::fs::create_dir_all(folder).map_err(StoreError::write(folder))?;
                    }
                    std::fs::write(&path, content).map_err(StoreError::write(&path))?;
                }
                None => std::fs::remove_file(&path).map_err(StoreError::write(&path))?,
            }
            info.extend_from_slice(edit.path.as_bytes());
            info.push(0);
        }
        let arguments = ["update-index", "--add", "--remove", "-z", "--stdin"];
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        program::run(program::git(&self.git_dir, Some(&self.root)), &arguments, &info)?;
        Ok(())
    }
}

impl Store {
    /// The checkout that has the trunk now: the one that the repository was
    /// opened in, the main one, or a linked one.
    pub(super) fn find_checkout(&self) -> Result<Option<Checkout>, StoreError> {
        let Some(trunk) = &self.trunk else { return Ok(None) };
        let has_trunk = |git_dir: &Path| {
            let branch = open::head_branch(git_dir).map_err(StoreError::read(git_dir))?;
            Ok::<_, StoreError>(branch.as_ref() == Some(trunk))
        };
        let own: PathBuf = self.repository.path().components().collect();
        if let Some(root) = self.repository.workdir()
            && has_trunk(&own)?
        {
            return Ok(Some(Checkout { root: root.components().collect(), git_dir: own }));
        }
        if self.repository.is_worktree()
            && has_trunk(&self.git_dir)?
            && let Some(root) = open::at(&self.git_dir)?.workdir()
        {
            let root = root.components().collect();
            return Ok(Some(Checkout { root, git_dir: self.git_dir.clone() }));
        }
        let folder = self.git_dir.join("worktrees");
        let linked = match std::fs::read_dir(&folder) {
            Ok(linked) => linked,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::read(&folder)(error)),
        };
        for entry in linked {
            let git_dir = entry.map_err(StoreError::read(&folder))?.path();
            if has_trunk(&git_dir)?
                && let Ok(Some(link)) = open::first_line(&git_dir.join("gitdir"))
                && let Some(root) = git_dir.join(link).parent()
                && root.join(".git").exists()
            {
                return Ok(Some(Checkout { root: root.to_owned(), git_dir }));
            }
        }
        Ok(None)
    }
}

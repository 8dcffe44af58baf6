//! The checkout that has the trunk.

use std::io;
use std::path::PathBuf;

use super::error::StoreError;
use super::{Store, open};

/// A work tree whose HEAD names the trunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Checkout {
    /// The linked work tree's name; `None` for the main one.
    pub(super) name: Option<String>,
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
}

impl Store {
    /// The checkout that has the trunk now: the one that the repository was
    /// opened in, the main one, or a linked one.
    ///
    /// One without an index does not count (`git clone --no-checkout`): nothing
    /// of it is checked out, and it is written like a bare repository.
    pub(super) fn find_checkout(&self) -> Result<Option<Checkout>, StoreError> {
        let Some(trunk) = &self.trunk else { return Ok(None) };
        for checkout in self.checkouts()? {
            let branch = open::head_branch(&checkout.git_dir);
            if branch.map_err(StoreError::read(&checkout.git_dir))?.as_ref() == Some(trunk)
                && (checkout.index().exists() || !super::discover::exists(&self.repository, trunk)?)
            {
                return Ok(Some(checkout));
            }
        }
        Ok(None)
    }

    /// The checkout with this name (`None`: the main one), whatever is
    /// checked out there; `None` if there is none.
    pub(super) fn checkout_named(
        &self,
        name: Option<&str>,
    ) -> Result<Option<Checkout>, StoreError> {
        Ok(self.checkouts()?.into_iter().find(|checkout| checkout.name.as_deref() == name))
    }

    /// All checkouts, the one that the repository was opened in first.
    fn checkouts(&self) -> Result<Vec<Checkout>, StoreError> {
        let mut checkouts = Vec::new();
        let own: PathBuf = self.repository.path().components().collect();
        let linked = self.repository.is_worktree();
        if let Some(root) = self.repository.workdir() {
            let root = root.components().collect();
            let name = own.file_name().filter(|_| linked);
            let name = name.map(|name| name.to_string_lossy().into_owned());
            checkouts.push(Checkout { name, root, git_dir: own.clone() });
        }
        if linked && let Some(root) = open::at(&self.git_dir)?.workdir() {
            let root = root.components().collect();
            checkouts.push(Checkout { name: None, root, git_dir: self.git_dir.clone() });
        }
        let folder = self.git_dir.join("worktrees");
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(checkouts),
            Err(error) => return Err(StoreError::read(&folder)(error)),
        };
        for entry in entries {
            let entry = entry.map_err(StoreError::read(&folder))?;
            let git_dir = entry.path();
            if git_dir != own
                && let Ok(Some(link)) = open::first_line(&git_dir.join("gitdir"))
                && let Some(root) = git_dir.join(link).parent()
                && root.join(".git").exists()
            {
                let name = Some(entry.file_name().to_string_lossy().into_owned());
                checkouts.push(Checkout { name, root: root.to_owned(), git_dir });
            }
        }
        Ok(checkouts)
    }
}

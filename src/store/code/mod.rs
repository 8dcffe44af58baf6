//! A code repository: read, and never written.
//!
//! It is opened by its path and not by the environment, so that a hook's
//! `GIT_DIR` and its kin lead nowhere. What is read from it was written by
//! anybody: walks are bounded, and whatever is missing or damaged is an error.

mod files;
mod patch;
mod walk;

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectType, Odb, OdbObject, Oid, Repository};

pub use files::{FileChange, Files};
pub use walk::{Ancestry, Between};

use super::error::StoreError;
use super::identity::{self, Identity};
use super::ids::CommitId;
use super::walk::CommitInfo;
use super::{objects, open};

/// A code repository.
pub struct Code {
    repository: Repository,
    /// Every folder that may hold its objects.
    folders: Vec<PathBuf>,
    /// The commits whose parents are cut off.
    shallow: HashSet<CommitId>,
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Code").field("git_dir", &self.git_dir()).finish_non_exhaustive()
    }
}

impl Code {
    /// Opens the repository that `folder` lies in: a work tree or a folder in it,
    /// a git folder, a bare repository. Objects are looked for in the folders
    /// `objects` as well, where git's quarantine has what is being pushed.
    ///
    /// # Errors
    /// [`StoreError::NotARepository`], or why it cannot be read.
    pub fn open(folder: &Path, objects: &[PathBuf]) -> Result<Self, StoreError> {
        git2::opts::strict_hash_verification(false);
        let repository = open::around(folder)?
            .ok_or_else(|| StoreError::NotARepository { path: folder.to_owned() })?;
        let git = StoreError::git("use the quarantine");
        for folder in objects {
            let path = folder.to_str().ok_or_else(|| StoreError::Git {
                doing: "use the quarantine",
                message: format!("{} is not UTF-8", folder.display()),
            })?;
            let odb = repository.odb().map_err(StoreError::git("open the object database"))?;
            odb.add_disk_alternate(path).map_err(&git)?;
        }
        let mut folders = objects.to_vec();
        with_alternates(repository.commondir().join("objects"), &mut folders);
        let shallow = match std::fs::read_to_string(repository.commondir().join("shallow")) {
            Ok(text) => text.lines().filter_map(|line| line.trim().parse().ok()).collect(),
            Err(_) => HashSet::new(),
        };
        Ok(Self { repository, folders, shallow })
    }

    /// The repository's folder, common to all its work trees.
    pub fn git_dir(&self) -> PathBuf {
        // libgit2 ends folders with a slash, which would show in messages.
        self.repository.commondir().components().collect()
    }

    /// The folder that is called as the repository is: its root, or the bare
    /// repository itself.
    fn root(&self) -> PathBuf {
        let git_dir = self.git_dir();
        match git_dir.parent() {
            Some(root) if git_dir.file_name().is_some_and(|name| name == ".git") => root.to_owned(),
            _ => git_dir,
        }
    }

    /// The name that `git config gitsm.repository` gives it.
    pub fn configured_name(&self) -> Option<String> {
        let name = identity::value(self.repository.config().ok()?, "gitsm.repository")?;
        Some(name.trim().to_owned()).filter(|name| !name.is_empty())
    }

    /// Where it lies: its own paths, and the URLs of its remotes.
    pub fn places(&self) -> Vec<String> {
        let mut places =
            vec![self.git_dir().display().to_string(), self.root().display().to_string()];
        places.dedup();
        let Ok(config) = self.repository.config() else { return places };
        for name in identity::sections(&config, "remote.", "url") {
            let config = self.repository.config().ok();
            let url = |config| identity::value(config, &format!("remote.{name}.url"));
            places.extend(config.and_then(url));
        }
        places
    }

    /// The last part of its path, without `.git`.
    pub fn folder_name(&self) -> String {
        let root = self.root();
        let name = root.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        name.strip_suffix(".git").unwrap_or(&name).to_owned()
    }

    /// Whether its history is cut off.
    pub fn is_shallow(&self) -> bool {
        !self.shallow.is_empty()
    }

    /// The commit that a revision (`HEAD~3`, a branch, a tag, an abbreviated name)
    /// names. Annotated tags lead to what they tag.
    ///
    /// # Errors
    /// [`StoreError::NoSuchCommit`]; [`StoreError::AmbiguousCommit`];
    /// [`StoreError::BadObject`] for one that is damaged.
    pub fn resolve(&self, text: &str) -> Result<CommitId, StoreError> {
        if let Ok(id) = Oid::from_str(text)
            && text.len() == 40
        {
            self.whole(id)?;
        }
        let object = self.repository.revparse_single(text);
        let commit = object.and_then(|object| object.peel(ObjectType::Commit));
        commit.map(|commit| commit.id().into()).map_err(|error| match error.code() {
            ErrorCode::Ambiguous => StoreError::AmbiguousCommit { text: text.to_owned() },
            _ => StoreError::no_commit(text),
        })
    }

    /// The branch that HEAD names, by its full name; `None` while it is detached.
    pub fn head_reference(&self) -> Option<String> {
        super::discover::head_reference(&self.repository).ok().flatten()
    }

    /// The full name of a branch or tag: `main` may be `refs/heads/main`.
    pub fn full_name(&self, name: &str) -> String {
        if name.starts_with("refs/") {
            return name.to_owned();
        }
        let kinds = ["refs/heads/", "refs/tags/"];
        let known = kinds.into_iter().map(|kind| format!("{kind}{name}"));
        let mut known = known.filter(|full| self.repository.refname_to_id(full).is_ok());
        known.next().unwrap_or_else(|| format!("refs/heads/{name}"))
    }

    /// Whether the repository has the commit.
    pub fn has(&self, id: CommitId) -> bool {
        self.find(id).is_ok()
    }

    /// A commit's people, time and message.
    ///
    /// # Errors
    /// [`StoreError::BadObject`] if there is no such commit.
    pub fn commit(&self, id: CommitId) -> Result<CommitInfo, StoreError> {
        let commit = self.find(id)?;
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

    fn find(&self, id: CommitId) -> Result<git2::Commit<'_>, StoreError> {
        let oid = id.oid()?;
        self.whole(oid)?;
        self.repository.find_commit(oid).map_err(|error| StoreError::missing(id, &error))
    }

    fn odb(&self) -> Result<Odb<'_>, StoreError> {
        self.repository.odb().map_err(StoreError::git("open the object database"))
    }

    /// Reads an object, whatever it is.
    fn read<'a>(&self, odb: &'a Odb<'_>, id: Oid) -> Result<OdbObject<'a>, StoreError> {
        self.whole(id)?;
        odb.read(id).map_err(|error| StoreError::missing(id.into(), &error))
    }

    /// Whether the object's file, if it has one of its own, is whole. libgit2
    /// waits for ever for the rest of one that was cut off.
    fn whole(&self, id: Oid) -> Result<(), StoreError> {
        if self.folders.iter().any(|folder| objects::is_damaged(folder, id)) {
            let message = "its file is damaged or cut off".to_owned();
            return Err(StoreError::BadObject { id: id.to_string(), message });
        }
        Ok(())
    }
}

/// Adds a folder of objects and those that it borrows from.
fn with_alternates(objects: PathBuf, folders: &mut Vec<PathBuf>) {
    /// As git has it: who borrows from who borrows, five times.
    const MOST: usize = 32;
    if folders.len() >= MOST || folders.contains(&objects) {
        return;
    }
    let text = std::fs::read_to_string(objects.join("info/alternates")).unwrap_or_default();
    let lines: Vec<PathBuf> = text
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| objects.join(line))
        .collect();
    folders.push(objects);
    for line in lines {
        with_alternates(line, folders);
    }
}

//! The hooks of a code repository: where git looks for them, and putting ours
//! there and taking them away again, byte for byte.
//!
//! A code repository is any repository; it need not hold a desk. What is known
//! only to git (its version, which hooks folder it uses) is asked of the git
//! program.

mod edit;
mod file;
mod manifest;

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use git2::{ObjectType, Oid, Repository};

use super::error::StoreError;
use super::{identity, open, program};

pub use file::{HookFile, keep, make_folder, place, take_away};
pub use manifest::{ConfigKey, Installed, Manifest, Method};

/// A git program's version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GitVersion(pub u32, pub u32);

impl GitVersion {
    /// The first that takes hooks from its configuration.
    pub const CONFIG_HOOKS: Self = Self(2, 54);
    /// The first that has `git hook run`.
    pub const HOOK_RUN: Self = Self(2, 36);

    /// Reads what `git version` prints.
    fn parse(text: &str) -> Option<Self> {
        let numbers = text.split_whitespace().find(|word| word.starts_with(char::is_numeric))?;
        let mut parts = numbers.split('.').map(str::parse);
        Some(Self(parts.next()?.ok()?, parts.next()?.ok()?))
    }
}

impl fmt::Display for GitVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

/// `core.hooksPath`, where it is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HooksPath {
    /// `system`, `global`, `local`, `worktree` or `command`.
    pub scope: String,
    /// As it is written.
    pub value: String,
}

impl HooksPath {
    /// Whether it is set for this repository alone.
    pub fn is_own(&self) -> bool {
        matches!(self.scope.as_str(), "local" | "worktree")
    }
}

/// The folder of gitsm's in a repository.
const STATE: &str = "gitsm-hooks";
/// How many symbolic references git follows.
const SYMBOLIC: usize = 5;

/// A repository whose hooks are looked at.
pub struct CodeRepository {
    repository: Repository,
    common_dir: PathBuf,
}

impl fmt::Debug for CodeRepository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeRepository").field("common_dir", &self.common_dir).finish()
    }
}

impl CodeRepository {
    /// The repository around `path`.
    ///
    /// # Errors
    /// [`StoreError::NotARepository`] where there is none; why it cannot be served.
    pub fn around(path: &Path) -> Result<Self, StoreError> {
        let found = open::around(path)?;
        let repository =
            found.ok_or_else(|| StoreError::NotARepository { path: path.to_owned() })?;
        Ok(Self::of(repository))
    }

    /// The repository whose git folder, or whose work tree's root, is `path`.
    ///
    /// # Errors
    /// As [`around`](Self::around).
    pub fn at(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::of(open::at(path)?))
    }

    fn of(repository: Repository) -> Self {
        let common: PathBuf = repository.commondir().components().collect();
        let common_dir = common.canonicalize().unwrap_or(common);
        Self { repository, common_dir }
    }

    /// The git folder of this work tree.
    pub fn git_dir(&self) -> PathBuf {
        self.repository.path().components().collect()
    }

    /// The git folder that all work trees share.
    pub fn common_dir(&self) -> &Path {
        &self.common_dir
    }

    /// The root of the work tree; none in a bare repository.
    pub fn work_tree(&self) -> Option<PathBuf> {
        self.repository.workdir().map(|root| root.components().collect())
    }

    /// Whether it has no work tree.
    pub fn is_bare(&self) -> bool {
        self.repository.is_bare()
    }

    /// Where people know it to be: its work tree, else its git folder.
    pub fn root(&self) -> PathBuf {
        self.work_tree().unwrap_or_else(|| self.git_dir())
    }

    /// The folder in which gitsm keeps what it knows about its hooks here.
    pub fn state_dir(&self) -> PathBuf {
        self.common_dir.join(STATE)
    }

    /// The same of the repository around `path`, also where it cannot be opened.
    pub fn state_dir_around(path: &Path) -> Option<PathBuf> {
        open::common_dir(path).map(|folder| folder.join(STATE))
    }

    /// The reference that moves when `name` is pushed to: where a symbolic one
    /// leads to, else itself.
    pub fn moved_by(&self, name: &str) -> String {
        let mut name = name.to_owned();
        for _ in 0..SYMBOLIC {
            let Ok(found) = self.repository.find_reference(&name) else { break };
            match found.symbolic_target() {
                Ok(Some(target)) => name = target.to_owned(),
                _ => break,
            }
        }
        name
    }

    /// The folder in which git looks for hooks where nothing else is configured.
    pub fn usual_hooks(&self) -> PathBuf {
        self.common_dir.join("hooks")
    }

    /// A value of git's configuration for this repository, all levels.
    pub fn config(&self, key: &str) -> Option<String> {
        identity::value(self.repository.config().ok()?, key).filter(|value| !value.is_empty())
    }

    /// The commit that an object is, or that a tag names, 40 hexadecimal digits;
    /// `objects` are folders in which what is being pushed lies as well.
    ///
    /// # Errors
    /// [`StoreError::NoSuchCommit`] if it is none; where a folder cannot be used.
    pub fn commit_of(&self, id: &str, objects: &[PathBuf]) -> Result<String, StoreError> {
        let git = StoreError::git("read what is pushed");
        let odb = self.repository.odb().map_err(&git)?;
        for folder in objects.iter().filter_map(|folder| folder.to_str()) {
            odb.add_disk_alternate(folder).map_err(&git)?;
        }
        let object = Oid::from_str(id).and_then(|id| self.repository.find_object(id, None));
        let commit = object.and_then(|object| object.peel(ObjectType::Commit));
        let commit = commit.map_err(|_| StoreError::NoSuchCommit { text: id.to_owned() })?;
        Ok(commit.id().to_string())
    }

    /// Where its remotes lie.
    pub fn remotes(&self) -> Vec<String> {
        let Ok(names) = self.repository.remotes() else { return Vec::new() };
        let urls = names.iter().flatten().flatten().filter_map(|name| {
            Some(self.repository.find_remote(name).ok()?.url().ok()?.to_owned())
        });
        urls.collect()
    }

    /// The version of the git program.
    ///
    /// # Errors
    /// [`StoreError::NoGitProgram`]; [`StoreError::GitProgram`] where it does
    /// not say.
    pub fn git_version(&self) -> Result<GitVersion, StoreError> {
        let said = self.ask(&["version"])?.unwrap_or_default();
        GitVersion::parse(&said).ok_or_else(|| StoreError::GitProgram {
            command: "version".to_owned(),
            message: format!("it answered `{}`", said.trim()),
        })
    }

    /// `core.hooksPath` and where it is set; none if it is not.
    ///
    /// # Errors
    /// Where git does not answer.
    pub fn hooks_path(&self) -> Result<Option<HooksPath>, StoreError> {
        let said = self.ask(&["config", "--show-scope", "--get", "core.hooksPath"])?;
        Ok(said.and_then(|said| {
            let (scope, value) = said.trim_end_matches('\n').split_once('\t')?;
            Some(HooksPath { scope: scope.to_owned(), value: value.to_owned() })
        }))
    }

    /// The folder in which git really looks for hooks when it works in `cwd`. A
    /// relative `core.hooksPath` leads elsewhere from the work tree, where people
    /// work, than from the git folder, where git takes in what is pushed.
    ///
    /// # Errors
    /// Where git does not answer.
    pub fn hooks_folder(&self, cwd: &Path) -> Result<PathBuf, StoreError> {
        let mut git = self.git();
        git.current_dir(cwd);
        let arguments = ["rev-parse", "--git-path", "hooks"].map(AsRef::as_ref);
        let mut said = program::run(git, &arguments, b"")?;
        said.pop_if(|last| *last == b'\n');
        let folder = cwd.join(OsString::from_vec(said));
        Ok(folder.canonicalize().unwrap_or_else(|_| folder.components().collect()))
    }

    /// Every value of a key of this repository's own configuration.
    ///
    /// # Errors
    /// Where git does not answer.
    pub fn own_values(&self, key: &str) -> Result<Vec<String>, StoreError> {
        let config = self.common_dir.join("config");
        let arguments: [&OsStr; 6] = [
            "config".as_ref(),
            "--file".as_ref(),
            config.as_ref(),
            "--null".as_ref(),
            "--get-all".as_ref(),
            key.as_ref(),
        ];
        let said = self.ask_words(&arguments)?;
        let said = said.unwrap_or_default();
        Ok(said.split_terminator('\0').map(str::to_owned).collect())
    }

    /// A `git` command on this repository, started where its hooks would be.
    pub fn git(&self) -> Command {
        let mut command = program::git(&self.git_dir(), None);
        command.current_dir(self.root());
        command
    }

    /// What git prints; none where it answers no by its exit code.
    fn ask(&self, arguments: &[&str]) -> Result<Option<String>, StoreError> {
        let arguments: Vec<&OsStr> = arguments.iter().map(AsRef::as_ref).collect();
        self.ask_words(&arguments)
    }

    fn ask_words(&self, arguments: &[&OsStr]) -> Result<Option<String>, StoreError> {
        match program::run(self.git(), arguments, b"") {
            Ok(said) => Ok(Some(String::from_utf8_lossy(&said).into_owned())),
            Err(StoreError::GitProgram { message, .. }) if message == "exit status: 1" => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_vendors_print_them() {
        let parse = GitVersion::parse;
        assert_eq!(parse("git version 2.47.3\n"), Some(GitVersion(2, 47)));
        assert_eq!(parse("git version 2.39.2 (Apple Git-143)"), Some(GitVersion(2, 39)));
        assert_eq!(parse("git version 2.54.0.rc1.windows.1"), Some(GitVersion(2, 54)));
        assert_eq!(parse("git version 3.0.0"), Some(GitVersion(3, 0)));
        assert_eq!(parse("no such thing"), None);
        assert!(GitVersion(2, 9) < GitVersion::HOOK_RUN && GitVersion(3, 0) > GitVersion(2, 54));
    }
}

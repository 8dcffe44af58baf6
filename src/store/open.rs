//! Opening repositories by explicit path, with typed refusals.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use git2::{Config, ErrorCode, Repository, RepositoryOpenFlags};

use super::error::{StoreError, UnsupportedFormat};

/// Opens the repository at `path`: its work tree's root or its git folder.
///
/// Never looks at `GIT_DIR` and its kin: a hook's environment must not send
/// the desk's writes elsewhere.
pub(super) fn at(path: &Path) -> Result<Repository, StoreError> {
    open(path, RepositoryOpenFlags::NO_SEARCH)
}

/// Opens the repository whose folders `path` lies in; `None` where there is none.
pub(super) fn around(path: &Path) -> Result<Option<Repository>, StoreError> {
    match open(path, RepositoryOpenFlags::empty()) {
        Ok(repository) => Ok(Some(repository)),
        Err(StoreError::NotARepository { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn open(path: &Path, flags: RepositoryOpenFlags) -> Result<Repository, StoreError> {
    Repository::open_ext(path, flags, std::iter::empty::<&OsStr>()).map_err(|error| {
        let path = path.to_owned();
        match error.code() {
            ErrorCode::Owner => StoreError::DubiousOwnership { path },
            ErrorCode::NotFound => StoreError::NotARepository { path },
            _ => match unsupported(&path, flags.contains(RepositoryOpenFlags::NO_SEARCH)) {
                Some(format) => StoreError::Unsupported { path, format },
                None if error.message().contains("extension") => StoreError::Unsupported {
                    path,
                    format: UnsupportedFormat::Other(error.message().to_owned()),
                },
                None => StoreError::Git {
                    doing: "open the repository",
                    message: error.message().to_owned(),
                },
            },
        }
    })
}

/// The git folder that all work trees of the repository around `path` share, also
/// where it cannot be opened.
pub(super) fn common_dir(path: &Path) -> Option<PathBuf> {
    path.ancestors().find_map(config_file)?.parent().map(Path::to_owned)
}

/// Why libgit2 could not open a repository that git could.
fn unsupported(path: &Path, here_only: bool) -> Option<UnsupportedFormat> {
    let depth = if here_only { 1 } else { usize::MAX };
    let config = path.ancestors().take(depth).find_map(config_file)?;
    let config = Config::open(&config).ok()?;
    let is = |key: &str, name: &str| {
        config.get_string(key).is_ok_and(|value| value.eq_ignore_ascii_case(name))
    };
    if is("extensions.refstorage", "reftable") {
        Some(UnsupportedFormat::Reftable)
    } else if is("extensions.objectformat", "sha256") {
        Some(UnsupportedFormat::Sha256)
    } else {
        None
    }
}

/// The configuration file of the repository at `path`, bare or not, following
/// a linked work tree to its main repository.
fn config_file(path: &Path) -> Option<PathBuf> {
    let git = path.join(".git");
    let folder = if git.is_dir() {
        git
    } else if git.is_file() {
        let folder = path.join(first_line(&git).ok()??.strip_prefix("gitdir: ")?);
        match first_line(&folder.join("commondir")).ok().flatten() {
            Some(common) => folder.join(common),
            None => folder,
        }
    } else if path.join("HEAD").is_file() && path.join("objects").is_dir() {
        path.to_owned()
    } else {
        return None;
    };
    Some(folder.join("config"))
}

/// The first line of a small file of git's; `None` if the file is not there.
pub(super) fn first_line(path: &Path) -> io::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text.lines().next().unwrap_or_default().trim_end().to_owned())),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// The branch that a HEAD file names (a full reference name), or `None` when
/// it is detached or missing.
pub(super) fn head_branch(git_dir: &Path) -> io::Result<Option<String>> {
    let line = first_line(&git_dir.join("HEAD"))?;
    Ok(line.and_then(|line| Some(line.strip_prefix("ref:")?.trim_start().to_owned())))
}

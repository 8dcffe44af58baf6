//! Edits that people made in the work tree without gitsm.

use std::collections::{HashMap, HashSet};
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;

use super::error::StoreError;
use super::files::{self, Stat};
use super::git_index::{GitIndex, Lookup, Parsed, Staged};
use super::ids::BlobId;
use super::worktree::Checkout;
use super::{Snapshot, Store, program};

/// The folders at the desk's root whose files are the desk's.
const FOLDERS: [&str; 8] =
    [".gitsm", "attachments", "changes", "cis", "incidents", "knowledge", "problems", "requests"];

/// What happened to a file of the work tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EditState {
    /// The trunk does not have it.
    Added,
    /// Its content differs from the trunk's.
    Modified,
    /// The trunk has it and the work tree does not.
    Deleted,
}

/// A file of the work tree that differs from the trunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandEdit {
    /// The path from the desk's root.
    pub path: String,
    /// What happened to it.
    pub state: EditState,
}

/// The work tree and git's index beside one state of the trunk, for asking
/// about many files one by one.
pub struct Beside<'a> {
    snapshot: &'a Snapshot<'a>,
    checkout: Option<(Checkout, Lookup)>,
}

impl fmt::Debug for Beside<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Beside").field("snapshot", &self.snapshot).finish_non_exhaustive()
    }
}

impl Beside<'_> {
    /// Whether a write to `path` would meet an edit that somebody made: the
    /// file in the work tree, or what is staged, is not what the trunk has.
    ///
    /// # Errors
    /// Where the file or the trunk cannot be read.
    pub fn is_edited(&self, path: &str) -> Result<bool, StoreError> {
        let Some((checkout, index)) = &self.checkout else { return Ok(false) };
        let trunk = self.snapshot.blob_of(path)?;
        let (staged, absent) = match index.staged(path) {
            Staged::Nothing => (None, false),
            Staged::File { blob, absent } => (Some(blob), absent),
            Staged::Other => return Ok(true),
        };
        let here = match files::blob(&checkout.root, path) {
            Ok(here) => here,
            Err(StoreError::NotAFile { .. }) => return Ok(true),
            Err(error) => return Err(error),
        };
        // A sparse checkout leaves files out on purpose.
        Ok(staged != trunk || (here != trunk && !(absent && here.is_none())))
    }
}

impl Store {
    /// What lies beside `snapshot` in the work tree. After an interrupted write
    /// that nobody has put in order yet, what lies there says nothing.
    ///
    /// # Errors
    /// Where the work tree or git's index cannot be read.
    pub fn beside<'a>(&self, snapshot: &'a Snapshot<'a>) -> Result<Beside<'a>, StoreError> {
        let checkout = match self.find_checkout()?.filter(|_| !self.is_interrupted()) {
            Some(checkout) => {
                let index = GitIndex::load(&checkout)?.lookup(&checkout)?;
                Some((checkout, index))
            }
            None => None,
        };
        Ok(Beside { snapshot, checkout })
    }

    /// The desk's files that differ between the work tree and the trunk, in
    /// path order: its settings, records and attachments. Staged or not makes
    /// no difference. Nothing when no work tree has the trunk.
    ///
    /// # Errors
    /// Where the work tree, git's index or the trunk cannot be read.
    pub fn hand_edits(&self) -> Result<Vec<HandEdit>, StoreError> {
        let Some(checkout) = self.find_checkout()? else { return Ok(Vec::new()) };
        let index = GitIndex::load(&checkout)?;
        let mut edits = match index.parsed() {
            Some(parsed) => self.compare(&checkout, parsed, index.stamp())?,
            None => git_status(&checkout)?,
        };
        edits.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(edits)
    }

    /// Whether the file at `path` differs between the work tree and the trunk;
    /// `false` when no work tree has the trunk.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn edited(&self, path: &str) -> Result<bool, StoreError> {
        let Some(checkout) = self.find_checkout()? else { return Ok(false) };
        let here = match files::blob(&checkout.root, path) {
            Ok(here) => here,
            Err(StoreError::NotAFile { .. }) => return Ok(true),
            Err(error) => return Err(error),
        };
        let trunk = self.snapshot()?.blob_of(path)?;
        if here.is_some() || trunk.is_none() {
            return Ok(here != trunk);
        }
        // A sparse checkout leaves files out on purpose.
        let staged = GitIndex::load(&checkout)?.staged(&checkout, &[path])?;
        Ok(!staged.iter().any(|staged| matches!(staged, Staged::File { absent: true, .. })))
    }

    /// The file at `path` in the work tree; `None` if there is none, or no
    /// work tree has the trunk.
    ///
    /// # Errors
    /// [`StoreError::NotAFile`] for a link or a folder, on the way as well.
    pub fn work_file(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(checkout) = self.find_checkout()? else { return Ok(None) };
        Ok(files::read(&checkout.root, path)?.map(|found| found.content))
    }

    /// Compares every file with the index's notes on it, and reads only those
    /// whose time stamps differ.
    fn compare(
        &self,
        checkout: &Checkout,
        index: &Parsed,
        stamp: Option<Stat>,
    ) -> Result<Vec<HandEdit>, StoreError> {
        let snapshot = self.snapshot()?;
        let mut trunk: HashMap<String, BlobId> = HashMap::new();
        // Usually the index says that it is the trunk's tree, whole.
        let root = snapshot.root().map(super::ids::raw);
        let same = root.is_some() && index.root_tree() == root;
        if !same {
            for folder in FOLDERS {
                let entries = snapshot.entries(folder)?;
                trunk.extend(entries.into_iter().map(|entry| (entry.path, entry.blob)));
            }
        }
        let index_seconds = stamp.map_or(0, |stamp| stamp.mtime_seconds());
        let mut edits = Vec::new();
        let mut known: HashSet<&[u8]> = HashSet::new();
        for entry in index.entries().filter(|entry| is_desk(entry.path)) {
            if !known.insert(entry.path) {
                // Further sides of a conflict.
                continue;
            }
            let path = String::from_utf8_lossy(entry.path).into_owned();
            let before = if same { Some(entry.blob()) } else { trunk.remove(&path) };
            let full = checkout.root.join(as_path(entry.path));
            let stat = files::stat(&full)?;
            let unread = |stat: Stat| {
                entry.stage() == 0
                    && stat.fields() == entry.stat()
                    && stat.mtime_seconds() < index_seconds
            };
            let here = match stat {
                None if entry.is_absent() => Some(entry.blob()),
                None => None,
                Some(stat) if unread(stat) => Some(entry.blob()),
                Some(_) => Some(content_of(&checkout.root, &path)?),
            };
            edits.extend(edit(path, before, here));
        }
        let mut removed = HashSet::new();
        // What only the trunk has: removed from the index by hand.
        for (path, before) in trunk {
            if known.contains(path.as_bytes()) {
                continue;
            }
            let here = match files::stat(&checkout.root.join(&path))? {
                Some(_) => Some(content_of(&checkout.root, &path)?),
                None => None,
            };
            removed.insert(path.clone());
            edits.extend(edit(path, Some(before), here));
        }
        for folder in FOLDERS {
            untracked(&checkout.root.join(folder), folder, &mut |path| {
                let ignored = || self.repository.is_path_ignored(&path).unwrap_or(false);
                if !known.contains(path.as_bytes()) && !removed.contains(&path) && !ignored() {
                    edits.push(HandEdit { path, state: EditState::Added });
                }
            })?;
        }
        Ok(edits)
    }
}

fn edit(path: String, before: Option<BlobId>, here: Option<BlobId>) -> Option<HandEdit> {
    let state = match (before, here) {
        (None, Some(_)) => EditState::Added,
        (Some(_), None) => EditState::Deleted,
        (Some(before), Some(here)) if before != here => EditState::Modified,
        _ => return None,
    };
    Some(HandEdit { path, state })
}

/// The name of what lies at `path`; a link or the like has a name that no
/// file of the trunk has.
fn content_of(root: &Path, path: &str) -> Result<BlobId, StoreError> {
    match files::blob(root, path) {
        Ok(Some(blob)) => Ok(blob),
        Ok(None) | Err(StoreError::NotAFile { .. }) => Ok(BlobId::from_bytes([0; 20])),
        Err(error) => Err(error),
    }
}

fn is_desk(path: &[u8]) -> bool {
    FOLDERS.iter().any(|folder| {
        path.strip_prefix(folder.as_bytes()).is_some_and(|rest| rest.starts_with(b"/"))
    })
}

fn as_path(bytes: &[u8]) -> &Path {
    use std::os::unix::ffi::OsStrExt;
    Path::new(OsStr::from_bytes(bytes))
}

/// Visits every file below a folder.
fn untracked(folder: &Path, prefix: &str, visit: &mut dyn FnMut(String)) -> Result<(), StoreError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            return Ok(());
        }
        Err(error) => return Err(StoreError::read(folder)(error)),
    };
    for entry in entries {
        let entry = entry.map_err(StoreError::read(folder))?;
        let path = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        let kind = entry.file_type().map_err(StoreError::read(folder))?;
        if kind.is_dir() {
            untracked(&entry.path(), &path, visit)?;
        } else {
            visit(path);
        }
    }
    Ok(())
}

/// The same answer from git, for index kinds that only git can read.
fn git_status(checkout: &Checkout) -> Result<Vec<HandEdit>, StoreError> {
    let mut arguments =
        vec!["status", "--porcelain=v1", "-z", "--untracked-files=all", "--no-renames", "--"];
    arguments.extend(FOLDERS);
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    // A reader changes nothing, not even git's notes on time stamps.
    let mut command = program::git(&checkout.git_dir, Some(&checkout.root));
    command.arg("--no-optional-locks");
    let output = program::run(command, &arguments, b"")?;
    let output = String::from_utf8_lossy(&output);
    let mut edits: Vec<HandEdit> = Vec::new();
    for line in output.split_terminator('\0') {
        let (Some(codes), Some(path)) = (line.get(..2), line.get(3..)) else { continue };
        let there = fs::symlink_metadata(checkout.root.join(path)).is_ok();
        let state = match codes {
            "??" | "A " | "AM" | "AA" | "AU" | "UA" if there => EditState::Added,
            // Staged as removed, but it lies there again.
            _ if there => EditState::Modified,
            "AD" => continue,
            _ => EditState::Deleted,
        };
        match edits.iter_mut().find(|edit| edit.path == path) {
            // Reported twice: removed from the index, and lying there.
            Some(edit) => edit.state = EditState::Modified,
            None => edits.push(HandEdit { path: path.to_owned(), state }),
        }
    }
    Ok(edits)
}

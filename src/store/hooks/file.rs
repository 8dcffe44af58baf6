//! One hook's file: whose it is, and putting ours in its place.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::super::error::StoreError;
use super::super::files::cannot_link;

/// What stands in a hook's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookFile {
    /// Nothing.
    Absent,
    /// A file with gitsm's marker.
    Ours { text: String, executable: bool },
    /// Somebody else's file, link or folder.
    Foreign { text: String },
}

impl HookFile {
    /// Looks at the file; `marker` is what the second line of ours begins with.
    ///
    /// # Errors
    /// Where it cannot be read.
    pub fn read(path: &Path, marker: &str) -> Result<Self, StoreError> {
        let data = match fs::symlink_metadata(path) {
            Ok(data) => data,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                return Ok(Self::Absent);
            }
            Err(error) => return Err(StoreError::read(path)(error)),
        };
        // A link is somebody's own, wherever it leads; it may lead nowhere.
        let bytes = if data.is_dir() { Vec::new() } else { fs::read(path).unwrap_or_default() };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let second = text.lines().nth(1).unwrap_or_default();
        if data.is_file() && second.starts_with(marker) {
            let executable = data.permissions().mode() & 0o111 != 0;
            Ok(Self::Ours { text, executable })
        } else {
            Ok(Self::Foreign { text })
        }
    }
}

/// Puts an executable file at `path` in one step; what is there is replaced only
/// if `replace`. The draft is written in the folder `scratch`.
///
/// # Errors
/// [`StoreError::CannotWrite`], also where something is there that must stay.
pub fn place(path: &Path, text: &str, replace: bool, scratch: &Path) -> Result<(), StoreError> {
    let draft = scratch.join("hook.new");
    let written = (|| {
        let _ = fs::remove_file(&draft);
        write_whole(&draft, text.as_bytes(), 0o755)?;
        if replace {
            return fs::rename(&draft, path);
        }
        // A link, unlike a rename, never takes the place of what is there.
        match fs::hard_link(&draft, path) {
            Err(error) if cannot_link(&error) => write_whole(path, text.as_bytes(), 0o755),
            other => other,
        }
    })();
    let _ = fs::remove_file(&draft);
    written.map_err(StoreError::write(path))?;
    sync_folder(path);
    Ok(())
}

/// Makes the folder `folder`, with those above it.
///
/// # Errors
/// [`StoreError::CannotWrite`].
pub fn make_folder(folder: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(folder).map_err(StoreError::write(folder))
}

/// Keeps the hook at `path` at `kept` as well, whose place ours takes then: at no
/// moment is there none.
///
/// # Errors
/// [`StoreError::CannotWrite`], also where something is at `kept`.
pub fn keep(path: &Path, kept: &Path) -> Result<(), StoreError> {
    let done = match fs::hard_link(path, kept) {
        Err(error) if cannot_link(&error) => fs::rename(path, kept),
        other => other,
    };
    done.map_err(StoreError::write(kept))
}

/// Takes the hook at `path` away; what was kept of another one takes its place.
///
/// # Errors
/// [`StoreError::CannotWrite`].
pub fn take_away(path: &Path, kept: Option<&Path>) -> Result<(), StoreError> {
    let done = match kept {
        Some(kept) => fs::rename(kept, path),
        None => fs::remove_file(path),
    };
    done.map_err(StoreError::write(path))?;
    sync_folder(path);
    Ok(())
}

/// Writes a new file and makes sure that it is on the disk.
pub(super) fn write_whole(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    // The mode as it is asked for, whatever the umask.
    file.set_permissions(fs::Permissions::from_mode(mode))?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Makes sure that the name of a file is on the disk; a file system that cannot
/// do it is no reason to fail.
pub(super) fn sync_folder(path: &Path) {
    if let Some(folder) = path.parent()
        && let Ok(folder) = File::open(folder)
    {
        let _ = folder.sync_all();
    }
}

//! Files of the work tree: their state, and putting new ones in place.

use std::collections::HashSet;
use std::fs::{self, File, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use super::error::StoreError;
use super::ids::BlobId;
use super::tree;

/// What the system says about a file. Equal states mean that nobody has
/// touched the file in between.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    fields: [u32; 9],
    size: u64,
    inode: u64,
    device: u64,
}

impl Stat {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "git's index keeps the low 32 bits of each number"
    )]
    pub(super) fn of(data: &Metadata) -> Self {
        let fields = [
            data.ctime() as u32,
            data.ctime_nsec() as u32,
            data.mtime() as u32,
            data.mtime_nsec() as u32,
            data.dev() as u32,
            data.ino() as u32,
            data.uid(),
            data.gid(),
            data.size() as u32,
        ];
        Self { fields, size: data.size(), inode: data.ino(), device: data.dev() }
    }

    /// In the order of git's index, without the mode.
    pub(super) fn fields(&self) -> [u32; 9] {
        self.fields
    }

    pub(super) fn mtime_seconds(&self) -> u32 {
        self.fields[2]
    }

    /// Whether every git sees that this is not the file of `fields`: by the second
    /// in which it was changed, or by its size.
    pub(super) fn shows(&self, fields: &[u32; 9]) -> bool {
        self.fields[2] != fields[2] || self.fields[8] != fields[8]
    }

    pub(super) fn inode(&self) -> u64 {
        self.inode
    }

    pub(super) fn is_same_file(&self, other: &Stat) -> bool {
        self.inode == other.inode && self.device == other.device
    }

    pub(super) fn device(&self) -> u64 {
        self.device
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

/// The state of a file, without following a link; `None` if it is not there.
pub(super) fn stat(path: &Path) -> Result<Option<Stat>, StoreError> {
    match fs::symlink_metadata(path) {
        Ok(data) => Ok(Some(Stat::of(&data))),
        Err(error) if is_absent(&error) => Ok(None),
        Err(error) => Err(StoreError::read(path)(error)),
    }
}

/// A file of the work tree.
pub(super) struct Found {
    pub(super) content: Vec<u8>,
    pub(super) stat: Stat,
}

/// Reads the file at `path` below `root`; `None` if there is nothing.
///
/// # Errors
/// [`StoreError::NotAFile`] if it, or a folder on the way, is a link or the
/// like: what it leads to is none of the desk's.
pub(super) fn read(root: &Path, path: &str) -> Result<Option<Found>, StoreError> {
    let mut here = root.to_owned();
    let mut names = path.split('/').peekable();
    while let Some(name) = names.next() {
        here.push(name);
        let data = match fs::symlink_metadata(&here) {
            Ok(data) => data,
            Err(error) if is_absent(&error) => return Ok(None),
            Err(error) => return Err(StoreError::read(&here)(error)),
        };
        let what = match data.file_type() {
            kind if kind.is_symlink() => Some(tree::what(tree::SYMLINK)),
            kind if names.peek().is_some() => (!kind.is_dir()).then_some("below a file"),
            kind if kind.is_dir() => Some(tree::what(tree::FOLDER)),
            kind => (!kind.is_file()).then_some("a device"),
        };
        if let Some(what) = what {
            return Err(StoreError::NotAFile { path: path.to_owned(), what });
        }
        if names.peek().is_none() {
            let content = fs::read(&here).map_err(StoreError::read(&here))?;
            return Ok(Some(Found { content, stat: Stat::of(&data) }));
        }
    }
    Ok(None)
}

/// Puts files in place and takes them away.
pub(super) struct Placer<'a> {
    root: &'a Path,
    /// Where new files are written first; `None` if that is another file
    /// system, so that they are written next to their place.
    scratch: Option<PathBuf>,
    /// Folders that are known to be folders.
    known: HashSet<PathBuf>,
}

impl<'a> Placer<'a> {
    pub(super) fn new(root: &'a Path, state_dir: &Path) -> Result<Self, StoreError> {
        let device = |path: &Path| Ok::<_, StoreError>(stat(path)?.map(|stat| stat.device()));
        let same = device(root)? == device(state_dir)?;
        let scratch = same.then(|| state_dir.join("file.new"));
        Ok(Self { root, scratch, known: HashSet::new() })
    }

    /// Where a file is written before it is moved to `target`.
    fn draft(&self, target: &Path) -> PathBuf {
        match (&self.scratch, target.file_name()) {
            (None, Some(name)) => {
                target.with_file_name(format!(".{}.gitsm-new", name.to_string_lossy()))
            }
            (Some(scratch), _) => scratch.clone(),
            (None, None) => target.with_extension("gitsm-new"),
        }
    }

    /// Puts `content` at `path`, in one step: a reader sees the old file or the
    /// new one.
    pub(super) fn put(&mut self, path: &str, content: &[u8], mode: u32) -> Result<(), StoreError> {
        self.parents(path)?;
        let target = self.root.join(path);
        let draft = self.draft(&target);
        let written = (|| {
            let mut file = File::create(&draft)?;
            file.write_all(content)?;
            if mode == tree::EXECUTABLE {
                file.set_permissions(fs::Permissions::from_mode(0o755))?;
            }
            drop(file);
            fs::rename(&draft, &target)
        })();
        written.map_err(|error| {
            let _ = fs::remove_file(&draft);
            StoreError::write(&target)(error)
        })
    }

    /// Takes the file at `path` away, and the folders that it leaves empty.
    pub(super) fn remove(&mut self, path: &str) -> Result<(), StoreError> {
        let target = self.root.join(path);
        match fs::remove_file(&target) {
            Ok(()) => {}
            Err(error) if is_absent(&error) => {}
            Err(error) => return Err(StoreError::write(&target)(error)),
        }
        let mut folder = Path::new(path).parent();
        while let Some(name) = folder.filter(|name| !name.as_os_str().is_empty()) {
            // Fails where something is left in it, and that is the end of it.
            if fs::remove_dir(self.root.join(name)).is_err() {
                break;
            }
            self.known.remove(name);
            folder = name.parent();
        }
        Ok(())
    }

    /// Takes away what an interrupted [`put`](Self::put) may have left.
    pub(super) fn sweep(&self, path: &str) {
        let _ = fs::remove_file(self.draft(&self.root.join(path)));
    }

    /// Makes the folders above `path`, refusing links on the way.
    fn parents(&mut self, path: &str) -> Result<(), StoreError> {
        let Some(folder) = Path::new(path).parent() else { return Ok(()) };
        if self.known.contains(folder) {
            return Ok(());
        }
        let mut below = PathBuf::new();
        for name in folder.components() {
            below.push(name);
            if self.known.contains(&below) {
                continue;
            }
            let here = self.root.join(&below);
            match fs::symlink_metadata(&here) {
                Ok(data) if data.is_dir() => {}
                Ok(data) => {
                    let what = if data.is_symlink() { "below a link" } else { "below a file" };
                    return Err(StoreError::NotAFile { path: path.to_owned(), what });
                }
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    fs::create_dir(&here).map_err(StoreError::write(&here))?;
                }
                Err(error) => return Err(StoreError::write(&here)(error)),
            }
            self.known.insert(below.clone());
        }
        Ok(())
    }
}

/// The name of a file's content below `root`; `None` if there is no file.
pub(super) fn blob(root: &Path, path: &str) -> Result<Option<BlobId>, StoreError> {
    Ok(read(root, path)?.map(|found| BlobId::of(&found.content)))
}

/// Whether a link failed because the file system has none.
pub(super) fn cannot_link(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::Unsupported
            | io::ErrorKind::PermissionDenied
            | io::ErrorKind::CrossesDevices
            | io::ErrorKind::TooManyLinks
    )
}

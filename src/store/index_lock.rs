//! Git's own lock on the index, taken so that a crash leaves proof of whose it
//! was.
//!
//! The lock is a hard link to a file of ours. Linking fails if the lock
//! exists, exactly as git's own way of taking it does, and the shared inode,
//! noted in the journal, tells our lock from git's afterwards.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::error::StoreError;
use super::files;
use super::journal::Journal;
use super::lock::Pause;
use super::worktree::Checkout;

/// How long to wait for another git command.
const PATIENCE: Duration = Duration::from_secs(2);

/// The lock and the file that is going to be the index.
pub(super) struct IndexLock {
    pub(super) file: File,
    pub(super) path: PathBuf,
}

/// Our name for the file behind the lock.
fn own_name(state_dir: &Path) -> PathBuf {
    state_dir.join("index.new")
}

fn lock_name(checkout: &Checkout) -> PathBuf {
    checkout.git_dir.join("index.lock")
}

impl IndexLock {
    /// Writes the journal, then takes the lock.
    pub(super) fn take(
        state_dir: &Path,
        checkout: &Checkout,
        journal: &mut Journal,
        journalled: impl FnOnce() -> Result<(), StoreError>,
    ) -> Result<Self, StoreError> {
        let (own, path) = (own_name(state_dir), lock_name(checkout));
        forget(state_dir)?;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&own)
            .map_err(StoreError::write(&own))?;
        journal.inode = inode_of(&own)?;
        journal.write(state_dir)?;
        journalled()?;
        let start = Instant::now();
        let mut pause = Pause::new();
        loop {
            match fs::hard_link(&own, &path) {
                Ok(()) => return Ok(Self { file, path }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    if start.elapsed() > PATIENCE {
                        return Err(StoreError::IndexLocked { path });
                    }
                    pause.sleep();
                }
                Err(error) if files::cannot_link(&error) => break,
                Err(error) => return Err(StoreError::write(&path)(error)),
            }
        }
        // A file system without hard links: the inode is known only afterwards.
        let file = OpenOptions::new().write(true).create_new(true).open(&path);
        let file = file.map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => StoreError::IndexLocked { path: path.clone() },
            _ => StoreError::write(&path)(error),
        })?;
        journal.inode = inode_of(&path)?;
        journal.write(state_dir)?;
        Ok(Self { file, path })
    }

    /// The lock that an interrupted write left, emptied; `None` if there is
    /// none, or it is another's.
    pub(super) fn left_by(
        checkout: &Checkout,
        journal: &Journal,
    ) -> Result<Option<Self>, StoreError> {
        let path = lock_name(checkout);
        if !is_ours(&path, journal)? {
            return Ok(None);
        }
        let file = OpenOptions::new().write(true).truncate(true).open(&path);
        let file = file.map_err(StoreError::write(&path))?;
        Ok(Some(Self { file, path }))
    }

    /// Makes the file behind the lock the index.
    pub(super) fn publish(&self, checkout: &Checkout) -> Result<(), StoreError> {
        let index = checkout.index();
        fs::rename(&self.path, &index).map_err(StoreError::write(&index))
    }
}

/// Gives the lock back if it is ours.
pub(super) fn release(checkout: &Checkout, journal: &Journal) -> Result<(), StoreError> {
    let path = lock_name(checkout);
    if is_ours(&path, journal)? {
        fs::remove_file(&path).map_err(StoreError::write(&path))?;
    }
    Ok(())
}

/// Removes our own name for the file, once no journal needs it.
pub(super) fn forget(state_dir: &Path) -> Result<(), StoreError> {
    let own = own_name(state_dir);
    match fs::remove_file(&own) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::write(&own)(error))
        }
        _ => Ok(()),
    }
}

fn is_ours(path: &Path, journal: &Journal) -> Result<bool, StoreError> {
    Ok(files::stat(path)?.is_some_and(|stat| stat.inode() == journal.inode))
}

fn inode_of(path: &Path) -> Result<u64, StoreError> {
    let stat = files::stat(path)?;
    stat.map(|stat| stat.inode()).ok_or_else(|| {
        StoreError::read(path)(io::Error::new(io::ErrorKind::NotFound, "it is gone"))
    })
}

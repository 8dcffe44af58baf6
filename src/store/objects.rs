//! Loose objects, made durable before anything refers to them.

use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::path::Path;

use git2::{ObjectType, Odb, Oid};

use super::error::StoreError;

/// Writes a blob and remembers it for the barrier.
pub(super) fn write_blob(
    odb: &Odb<'_>,
    objects: &Path,
    content: &[u8],
    written: &mut Vec<Oid>,
) -> Result<Oid, StoreError> {
    let id = odb.write(ObjectType::Blob, content).map_err(StoreError::git_write(objects))?;
    written.push(id);
    Ok(id)
}

/// Waits until the given objects are on the disk: each file's data first, then
/// the folders that name them. Objects in packs are durable already.
pub(super) fn barrier(objects: &Path, written: &[Oid]) -> Result<(), StoreError> {
    let mut folders = BTreeSet::new();
    for id in written {
        let name = id.to_string();
        let (Some(folder), Some(rest)) = (name.get(..2), name.get(2..)) else { continue };
        let folder = objects.join(folder);
        let path = folder.join(rest);
        match File::open(&path) {
            Ok(file) => file.sync_data().map_err(StoreError::write(&path))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(StoreError::write(&path)(error)),
        }
        folders.insert(folder);
    }
    if folders.is_empty() {
        return Ok(());
    }
    for folder in &folders {
        sync_folder(folder)?;
    }
    sync_folder(objects)
}

/// Makes the names in a folder durable.
pub(super) fn sync_folder(folder: &Path) -> Result<(), StoreError> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(StoreError::write(folder))
}

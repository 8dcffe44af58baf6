//! Loose objects, made durable before anything refers to them.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufReader, Read as _};
use std::path::{Path, PathBuf};

use flate2::bufread::ZlibDecoder;
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

/// What there is of a blob in a file of its own.
pub(super) enum Loose {
    /// Nothing: it may be in a pack.
    Missing,
    /// The content.
    Blob(Vec<u8>),
    /// It has so many bytes, more than were asked for.
    TooLarge(u64),
}

/// Reads the loose blob `id`, if it has at most `limit` bytes, and checks that
/// the content is what the name says.
///
/// Not left to libgit2, which waits for ever for the rest of a file that was
/// cut off, and which inflates what is too large before it tells.
///
/// # Errors
///
/// The file is damaged, or no blob.
pub(super) fn read_loose(objects: &Path, id: Oid, limit: u64) -> Result<Loose, StoreError> {
    let name = id.to_string();
    let (Some(folder), Some(rest)) = (name.get(..2), name.get(2..)) else {
        return Ok(Loose::Missing);
    };
    let Ok(file) = File::open(objects.join(folder).join(rest)) else { return Ok(Loose::Missing) };
    let damaged = |what: &str| StoreError::BadObject { id: id.to_string(), message: what.into() };
    match inflate(&file, limit) {
        None => Err(damaged("its file is damaged or cut off")),
        Some(Loose::Blob(content)) => match Oid::hash_object(ObjectType::Blob, &content) {
            Ok(real) if real == id => Ok(Loose::Blob(content)),
            _ => Err(damaged("its content is not what its name says, or it is not a blob")),
        },
        Some(other) => Ok(other),
    }
}

/// Whether the object has a file of its own that is damaged or cut off.
pub(super) fn is_damaged(objects: &Path, id: Oid) -> bool {
    let name = id.to_string();
    let (Some(folder), Some(rest)) = (name.get(..2), name.get(2..)) else { return false };
    File::open(objects.join(folder).join(rest))
        .is_ok_and(|file| inflate(&file, super::FILE_LIMIT).is_none())
}

/// The content of a loose object's file; `None` if it is not whole.
fn inflate(file: &File, limit: u64) -> Option<Loose> {
    /// A type, a size, and the byte after them.
    const HEADER: u64 = 32;
    let mut stream = ZlibDecoder::new(BufReader::new(file));
    let mut start = Vec::new();
    (&mut stream).take(HEADER).read_to_end(&mut start).ok()?;
    let end = start.iter().position(|byte| *byte == 0)?;
    let header = std::str::from_utf8(start.get(..end)?).ok()?;
    let size: u64 = header.split(' ').nth(1)?.parse().ok()?;
    if size > limit {
        return Some(Loose::TooLarge(size));
    }
    let mut content = start.split_off(end + 1);
    // One byte more than there should be shows that there is too much.
    let rest = size.saturating_add(1).checked_sub(content.len() as u64)?;
    stream.take(rest).read_to_end(&mut content).ok()?;
    (content.len() as u64 == size).then_some(Loose::Blob(content))
}

/// Which objects have a file of their own, for readers of very many, most of
/// which are in packs: looking for each would take longer than reading it.
pub(super) struct LooseObjects {
    objects: PathBuf,
    folders: HashMap<String, HashSet<OsString>>,
}

impl LooseObjects {
    pub(super) fn new(objects: PathBuf) -> Self {
        Self { objects, folders: HashMap::new() }
    }

    /// As [`read_loose`].
    pub(super) fn read(&mut self, id: Oid, limit: u64) -> Result<Loose, StoreError> {
        let name = id.to_string();
        let (Some(folder), Some(rest)) = (name.get(..2), name.get(2..)) else {
            return Ok(Loose::Missing);
        };
        if !self.folders.contains_key(folder) {
            let entries = fs::read_dir(self.objects.join(folder)).into_iter().flatten().flatten();
            let names = entries.map(|entry| entry.file_name()).collect();
            self.folders.insert(folder.to_owned(), names);
        }
        let names = self.folders.get(folder);
        if names.is_some_and(|names| names.contains(std::ffi::OsStr::new(rest))) {
            read_loose(&self.objects, id, limit)
        } else {
            Ok(Loose::Missing)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    #[test]
    fn damaged_files_are_told_from_whole_ones() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("object");
        let whole_file = |bytes: &[u8]| {
            fs::write(&path, bytes).expect("written");
            inflate(&File::open(&path).expect("opened"), 10_000).is_some()
        };
        for size in [0, 10, 5_000_u32] {
            let content: Vec<u8> = (0..size).map(|n| (n * n % 251) as u8).collect();
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(format!("blob {size}\0").as_bytes()).expect("written");
            encoder.write_all(&content).expect("written");
            let whole = encoder.finish().expect("finished");
            assert!(whole_file(&whole), "{size}");
            for length in [0, 1, 5, whole.len() / 2] {
                let half = whole_file(whole.get(..length).expect("shorter"));
                assert!(!half || size == 0, "{length} bytes of {size}");
            }
        }
        assert!(!whole_file(b"garbage"));
    }
}

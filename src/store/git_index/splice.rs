//! Writing a changed index: unchanged entries are copied as they are.

use std::fs::File;
use std::io::{self, BufWriter, Write};

use git2::Oid;
use sha1::{Digest, Sha1};

use super::parse::{EXTENDED, FIXED, Parsed, SKIP_WORKTREE};
use super::{NewEntry, Update, cache_tree};
use crate::store::database::Database;

/// Writes `old` with `updates`, which are sorted by path.
pub(super) fn write(
    old: &Parsed,
    updates: &[Update<'_>],
    database: &Database<'_>,
    trees: (Option<Oid>, Oid),
    file: &mut File,
) -> io::Result<()> {
    let paths: Vec<&[u8]> = updates.iter().map(|update| update.path.as_bytes()).collect();
    let slots = old.locate(&paths);
    let mut version = old.version;
    let mut count = i64::from(old.count);
    let mut deltas = Vec::with_capacity(updates.len());
    for (update, slot) in updates.iter().zip(&slots) {
        let added = i64::from(update.entry.is_some()) - i64::from(slot.entries);
        count += added;
        deltas.push((update.path, added));
        if update.entry.is_some_and(|entry| entry.stat.is_none()) {
            version = 3;
        }
    }
    let count = u32::try_from(count).map_err(io::Error::other)?;
    let mut out = Hashing { file: BufWriter::new(file), hash: Sha1::new(), on: !old.no_checksum };
    out.put(b"DIRC")?;
    out.put(&version.to_be_bytes())?;
    out.put(&count.to_be_bytes())?;
    let mut at = old.first();
    for (update, slot) in updates.iter().zip(&slots) {
        out.put(old.bytes(at, slot.start))?;
        if let Some(entry) = update.entry {
            out.put(&encode(update.path, entry))?;
        }
        at = slot.end;
    }
    out.put(old.bytes(at, old.entries_end()))?;
    let remembered = cache_tree::patch(old.cache_tree(), old.count == 0, database, trees, &deltas);
    if let Some(remembered) = remembered {
        let length = u32::try_from(remembered.len()).map_err(io::Error::other)?;
        out.put(b"TREE")?;
        out.put(&length.to_be_bytes())?;
        out.put(&remembered)?;
    }
    out.finish()
}

fn encode(path: &str, entry: NewEntry) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(FIXED + path.len() + 12);
    let stat = entry.stat.map_or([0; 9], |stat| stat.fields());
    let (times, rest) = stat.split_at(6);
    for number in times.iter().chain([&entry.mode]).chain(rest) {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
    bytes.extend_from_slice(entry.blob.as_bytes());
    // Twelve bits hold the name's length; a longer name ends at its zero byte.
    let length = u16::try_from(path.len().min(0xfff)).unwrap_or(0xfff);
    if entry.stat.is_none() {
        bytes.extend_from_slice(&(length | EXTENDED).to_be_bytes());
        bytes.extend_from_slice(&SKIP_WORKTREE.to_be_bytes());
    } else {
        bytes.extend_from_slice(&length.to_be_bytes());
    }
    bytes.extend_from_slice(path.as_bytes());
    bytes.resize((bytes.len() / 8 + 1) * 8, 0);
    bytes
}

/// Writes and computes the checksum at the end.
struct Hashing<'a> {
    file: BufWriter<&'a mut File>,
    hash: Sha1,
    on: bool,
}

impl Hashing<'_> {
    fn put(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.on {
            self.hash.update(bytes);
        }
        self.file.write_all(bytes)
    }

    fn finish(mut self) -> io::Result<()> {
        let sum: [u8; 20] = if self.on { self.hash.finalize().into() } else { [0; 20] };
        self.file.write_all(&sum)?;
        self.file.flush()
    }
}

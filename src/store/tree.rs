//! Trees as raw bytes: read, compare and splice them entry by entry.
//!
//! libgit2's own tree diff visits every entry of both trees, however little
//! differs. Everything here descends only where two trees differ.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::Path;

use git2::{ObjectType, Oid};

use super::database::{Content, Database};
use super::error::StoreError;

pub(super) const FOLDER: u32 = 0o40000;
pub(super) const FILE: u32 = 0o100644;
pub(super) const EXECUTABLE: u32 = 0o100755;
pub(super) const SYMLINK: u32 = 0o120000;
pub(super) const SUBMODULE: u32 = 0o160000;

/// One entry of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RawEntry<'a> {
    pub(super) mode: u32,
    pub(super) name: &'a [u8],
    pub(super) id: Oid,
}

impl RawEntry<'_> {
    pub(super) fn is_folder(&self) -> bool {
        self.mode == FOLDER
    }

    /// Whether the entry is a regular file, executable or not.
    pub(super) fn is_file(&self) -> bool {
        is_file(self.mode)
    }
}

/// Whether the mode is a regular file's (old gits also wrote 0100664).
pub(super) fn is_file(mode: u32) -> bool {
    mode & 0o170000 == 0o100000
}

/// The entries of a tree's bytes, in git's order.
pub(super) struct Entries<'a> {
    rest: &'a [u8],
}

impl<'a> Entries<'a> {
    pub(super) fn of(data: &'a [u8]) -> Self {
        Self { rest: data }
    }

    /// The entries of two trees from the first on in which they differ: most
    /// of a large folder is the same from one commit to the next.
    pub(super) fn of_both(old: &'a [u8], new: &'a [u8]) -> (Self, Self) {
        const CHUNK: usize = 64;
        let chunks = old.chunks_exact(CHUNK).zip(new.chunks_exact(CHUNK));
        let same = chunks.take_while(|(a, b)| a == b).count() * CHUNK;
        let mut start = 0;
        // A name ends with a zero, behind which the 20 bytes of the id stand.
        while let Some(entry) = old.get(start..same)
            && let Some(end) = entry.iter().position(|byte| *byte == 0)
            && start + end + 21 <= same
        {
            start += end + 21;
        }
        let rest = |data: &'a [u8]| Self { rest: data.get(start..).unwrap_or_default() };
        (rest(old), rest(new))
    }

    /// Whether all that follows is the same in both.
    pub(super) fn is_same_rest(&self, other: &Self) -> bool {
        self.rest == other.rest
    }

    fn parse(&mut self) -> Option<RawEntry<'a>> {
        let space = self.rest.iter().position(|byte| *byte == b' ')?;
        let mode = self.rest.get(..space)?.iter().try_fold(0u32, |mode, digit| {
            matches!(digit, b'0'..=b'7').then(|| mode << 3 | u32::from(digit - b'0'))
        })?;
        let after = self.rest.get(space + 1..)?;
        let end = after.iter().position(|byte| *byte == 0)?;
        let id = Oid::from_bytes(after.get(end + 1..end + 21)?).ok()?;
        let name = after.get(..end)?;
        self.rest = after.get(end + 21..)?;
        Some(RawEntry { mode, name, id })
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<RawEntry<'a>, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let entry = self.parse();
        if entry.is_none() {
            self.rest = &[];
        }
        Some(entry.ok_or(StoreError::Git {
            doing: "read a tree",
            message: "the tree object is damaged".to_owned(),
        }))
    }
}

/// Reads a tree object.
pub(super) fn read<'a>(database: &'a Database<'_>, id: Oid) -> Result<Content<'a>, StoreError> {
    let object = database.read(id).map_err(|error| StoreError::BadObject {
        id: id.to_string(),
        message: error.message().to_owned(),
    })?;
    if object.kind() == ObjectType::Tree {
        Ok(object)
    } else {
        Err(StoreError::BadObject { id: id.to_string(), message: "it is not a tree".to_owned() })
    }
}

/// Git's order of names in a tree: folders sort as if their name ended in `/`.
pub(super) fn order(a: (&[u8], bool), b: (&[u8], bool)) -> Ordering {
    let key = |(name, folder): (&'_ [u8], bool), at: usize| match name.get(at) {
        Some(byte) => Some(*byte),
        None if at == name.len() && folder => Some(b'/'),
        None => None,
    };
    let common = a.0.len().min(b.0.len());
    a.0[..common].cmp(&b.0[..common]).then_with(|| key(a, common).cmp(&key(b, common)))
}

/// The entry that `path` (relative to the tree, `/` between names) leads to.
pub(super) fn find(
    database: &Database<'_>,
    root: Oid,
    path: &str,
) -> Result<Option<(u32, Oid)>, StoreError> {
    let mut here = (FOLDER, root);
    if path.is_empty() {
        return Ok(Some(here));
    }
    for name in path.split('/') {
        if here.0 != FOLDER {
            return Ok(None);
        }
        let tree = read(database, here.1)?;
        let mut found = None;
        for entry in Entries::of(tree.data()) {
            let entry = entry?;
            if entry.name == name.as_bytes() {
                found = Some((entry.mode, entry.id));
                break;
            }
        }
        match found {
            Some(entry) => here = entry,
            None => return Ok(None),
        }
    }
    Ok(Some(here))
}

/// What a splice puts at a path: a blob with its mode, or nothing.
pub(super) type Change = Option<(u32, Oid)>;

/// Writes the trees that `changes` (paths relative to `base`) make of `base`;
/// `None` when nothing is left in it.
///
/// # Errors
/// [`StoreError::NotAFile`] where a file is in the place of a folder or the
/// other way round.
pub(super) fn splice(
    database: &Database<'_>,
    objects: &Path,
    base: Option<Oid>,
    changes: &BTreeMap<&str, Change>,
    written: &mut Vec<Oid>,
) -> Result<Option<Oid>, StoreError> {
    let list: Vec<(&str, Change)> = changes.iter().map(|(path, change)| (*path, *change)).collect();
    let mut splicer = Splicer { database, objects, written };
    splicer.folder(base, &list, 0)
}

struct Splicer<'a, 'b> {
    database: &'a Database<'b>,
    objects: &'a Path,
    written: &'a mut Vec<Oid>,
}

impl Splicer<'_, '_> {
    /// `changes` are sorted by path, and all share their first `depth` bytes.
    fn folder(
        &mut self,
        base: Option<Oid>,
        changes: &[(&str, Change)],
        depth: usize,
    ) -> Result<Option<Oid>, StoreError> {
        let old = base.map(|id| read(self.database, id)).transpose()?;
        let mut entries: BTreeMap<&[u8], (u32, Oid)> = BTreeMap::new();
        if let Some(old) = &old {
            for entry in Entries::of(old.data()) {
                let entry = entry?;
                entries.insert(entry.name, (entry.mode, entry.id));
            }
        }
        let mut rest = changes;
        while let Some((first, change)) = rest.first() {
            let tail = &first[depth..];
            match tail.split_once('/') {
                None => {
                    let existing = entries.get(tail.as_bytes());
                    if existing.is_some_and(|(mode, _)| !is_file(*mode)) {
                        return Err(not_a_file(first, existing.map(|entry| entry.0)));
                    }
                    match change {
                        Some(entry) => entries.insert(tail.as_bytes(), *entry),
                        None => entries.remove(tail.as_bytes()),
                    };
                    rest = &rest[1..];
                }
                Some((name, _)) => {
                    let inner = depth + name.len() + 1;
                    let prefix = &first[..inner];
                    let count =
                        rest.iter().take_while(|(path, _)| path.starts_with(prefix)).count();
                    let sub = match entries.get(name.as_bytes()) {
                        Some((FOLDER, id)) => Some(*id),
                        Some((mode, _)) => {
                            return Err(not_a_file(&first[..inner - 1], Some(*mode)));
                        }
                        None => None,
                    };
                    match self.folder(sub, &rest[..count], inner)? {
                        Some(id) => entries.insert(name.as_bytes(), (FOLDER, id)),
                        None => entries.remove(name.as_bytes()),
                    };
                    rest = &rest[count..];
                }
            }
        }
        if entries.is_empty() {
            return Ok(None);
        }
        let mut sorted: Vec<_> = entries.into_iter().collect();
        sorted.sort_by(|a, b| order((a.0, a.1.0 == FOLDER), (b.0, b.1.0 == FOLDER)));
        let mut data = Vec::with_capacity(old.as_ref().map_or(0, |old| old.data().len()) + 96);
        for (name, (mode, id)) in sorted {
            data.extend_from_slice(format!("{mode:o} ").as_bytes());
            data.extend_from_slice(name);
            data.push(0);
            data.extend_from_slice(id.as_bytes());
        }
        let id = self
            .database
            .odb
            .write(ObjectType::Tree, &data)
            .map_err(StoreError::git_write(self.objects))?;
        self.written.push(id);
        Ok(Some(id))
    }
}

fn not_a_file(path: &str, mode: Option<u32>) -> StoreError {
    StoreError::NotAFile { path: path.to_owned(), what: what(mode.unwrap_or(FOLDER)) }
}

/// What an entry of this mode is, in words.
pub(super) fn what(mode: u32) -> &'static str {
    match mode {
        FOLDER => "a folder",
        SYMLINK => "a symbolic link",
        SUBMODULE => "a submodule",
        _ => "a file where a folder is expected",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_sort_as_if_with_a_slash() {
        let mut names: Vec<(&[u8], bool)> =
            vec![(b"a", true), (b"a.b", false), (b"a0", false), (b"a-", false), (b"a", false)];
        names.sort_by(|a, b| order(*a, *b));
        let sorted: Vec<_> = names.iter().map(|(name, _)| *name).collect();
        assert_eq!(sorted, [&b"a"[..], b"a-", b"a.b", b"a", b"a0"]);
    }

    #[test]
    fn damaged_trees_are_errors() {
        for bad in [&b"100644 a"[..], b"100644 a\x00123", b"9 a\0", b"x"] {
            assert!(Entries::of(bad).any(|entry| entry.is_err()));
        }
    }
}

//! Reading index versions 2 and 3.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::{BlobId, Staged, is_file};

const HEADER: usize = 12;
const TRAILER: usize = 20;
/// An entry without its name.
pub(super) const FIXED: usize = 62;
const STAGE: u16 = 0x3000;
pub(super) const EXTENDED: u16 = 0x4000;
const NAME_LENGTH: u16 = 0x0fff;
pub(super) const SKIP_WORKTREE: u16 = 0x4000;
/// How many young files are read before the rest is left to git.
const ASKED: u32 = 64;

/// An index that can be spliced.
pub(in crate::store) struct Parsed {
    data: Vec<u8>,
    pub(super) version: u32,
    pub(super) count: u32,
    /// Where the entries end in `data`.
    entries_end: usize,
    cache_tree: Option<(usize, usize)>,
    /// Whether the checksum at the end is left out (`index.skipHash`).
    pub(super) no_checksum: bool,
}

/// One entry, as it lies in the file.
#[derive(Clone, Copy, Debug)]
pub(in crate::store) struct StagedEntry<'a> {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(in crate::store) path: &'a [u8],
    fixed: &'a [u8],
    flags: u16,
    extended: u16,
}

impl StagedEntry<'_> {
    fn number(&self, at: usize) -> u32 {
        number(self.fixed, at).unwrap_or_default()
    }

    /// The stat data: change time, modification time, device, inode, owner,
    /// group and size, each cut to 32 bits.
    pub(in crate::store) fn stat(&self) -> [u32; 9] {
        [0, 4, 8, 12, 16, 20, 28, 32, 36].map(|at| self.number(at))
    }

    pub(in crate::store) fn mode(&self) -> u32 {
        self.number(24)
    }

    pub(in crate::store) fn blob(&self) -> BlobId {
        let mut bytes = [0; 20];
        for (to, from) in bytes.iter_mut().zip(self.fixed.iter().skip(40)) {
            *to = *from;
        }
        BlobId::from_bytes(bytes)
    }

    /// Zero, or which side of a conflict this is.
    pub(in crate::store) fn stage(&self) -> u16 {
        (self.flags & STAGE) >> 12
    }

    pub(in crate::store) fn is_absent(&self) -> bool {
        self.extended & SKIP_WORKTREE != 0
    }

    pub(in crate::store) fn is_file(&self) -> bool {
        is_file(self.mode())
    }
}

/// Where a path is, or would be, among the entries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slot {
    pub(super) start: usize,
    /// Equal to `start` if there is no entry.
    pub(super) end: usize,
    pub(super) entries: u32,
    pub(super) staged: Staged,
    /// Whether the entry that stands there has the path as its beginning.
    prefix: bool,
}

/// Parses an index file; `None` if only git itself can handle it.
pub(super) fn parse(data: Vec<u8>) -> Result<Option<Parsed>, &'static str> {
    if data.get(..4) != Some(b"DIRC") || data.len() < HEADER + TRAILER {
        return Err("it does not begin as an index");
    }
    let version = number(&data, 4).unwrap_or_default();
    let count = number(&data, 8).unwrap_or_default();
    if !matches!(version, 2 | 3) {
        return if version == 4 { Ok(None) } else { Err("its version is unknown") };
    }
    let body = data.len() - TRAILER;
    let mut at = HEADER;
    for _ in 0..count {
        let entry = entry(&data, at).filter(|entry| entry.end <= body);
        at = entry.ok_or("an entry is damaged")?.end;
    }
    let entries_end = at;
    let mut cache_tree = None;
    while at < body {
        let name = data.get(at..at + 4).ok_or("an extension is damaged")?;
        let length = number(&data, at + 4).ok_or("an extension is damaged")? as usize;
        let end = at.checked_add(8 + length).filter(|end| *end <= body);
        let end = end.ok_or("an extension is damaged")?;
        match name {
            b"TREE" => cache_tree = Some((at + 8, end)),
            // A name in capitals may be left out; any other must be understood.
            [first, ..] if first.is_ascii_uppercase() => {}
            _ => return Ok(None),
        }
        at = end;
    }
    let no_checksum = data.iter().skip(body).all(|byte| *byte == 0);
    Ok(Some(Parsed { data, version, count, entries_end, cache_tree, no_checksum }))
}

fn number(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..at.checked_add(4)?)?;
    Some(u32::from_be_bytes(bytes.try_into().ok()?))
}

fn entry(data: &[u8], start: usize) -> Option<StagedEntry<'_>> {
    let fixed = data.get(start..start + FIXED)?;
    let flags = u16::from_be_bytes(fixed.get(60..62)?.try_into().ok()?);
    let mut name = start + FIXED;
    let mut extended = 0;
    if flags & EXTENDED != 0 {
        extended = u16::from_be_bytes(data.get(name..name + 2)?.try_into().ok()?);
        name += 2;
    }
    let length = match flags & NAME_LENGTH {
        NAME_LENGTH => data.get(name..)?.iter().position(|byte| *byte == 0)?,
        length => usize::from(length),
    };
    let path = data.get(name..name + length)?;
    // One to eight zero bytes follow, so that the next entry is aligned.
    let end = start + ((name + length - start) / 8 + 1) * 8;
    if data.get(name + length..end)?.iter().any(|byte| *byte != 0) {
        return None;
    }
    Some(StagedEntry { start, end, path, fixed, flags, extended })
}

impl Parsed {
    pub(super) fn empty() -> Self {
        Self {
            data: vec![0; HEADER],
            version: 2,
            count: 0,
            entries_end: HEADER,
            cache_tree: None,
            no_checksum: false,
        }
    }

    /// The bytes of the entries from `start` to `end` in the file.
    pub(super) fn bytes(&self, start: usize, end: usize) -> &[u8] {
        self.data.get(start..end).unwrap_or_default()
    }

    pub(super) fn first(&self) -> usize {
        HEADER
    }

    pub(super) fn entries_end(&self) -> usize {
        self.entries_end
    }

    /// The remembered trees, if there are any.
    pub(super) fn cache_tree(&self) -> Option<&[u8]> {
        self.cache_tree.map(|(start, end)| self.bytes(start, end))
    }

    /// The root of the remembered trees, if it is valid.
    pub(in crate::store) fn root_tree(&self) -> Option<[u8; 20]> {
        super::cache_tree::root(self.cache_tree()?)
    }

    /// Every entry, in the file's order.
    pub(in crate::store) fn entries(&self) -> impl Iterator<Item = StagedEntry<'_>> {
        let mut at = HEADER;
        std::iter::from_fn(move || {
            if at >= self.entries_end {
                return None;
            }
            let entry = entry(&self.data, at)?;
            at = entry.end;
            Some(entry)
        })
    }

    /// Where each entry begins in the file, in order of paths.
    pub(super) fn starts(&self) -> Vec<usize> {
        self.entries().map(|entry| entry.start).collect()
    }

    /// What the index has at `path`, found by halving [`starts`](Self::starts).
    pub(super) fn staged_at(&self, starts: &[usize], path: &str) -> Staged {
        let path = path.as_bytes();
        let at = |start: &usize| entry(&self.data, *start);
        let first =
            starts.partition_point(|start| at(start).is_some_and(|entry| entry.path < path));
        let here = starts.get(first..).unwrap_or_default().iter().map_while(at);
        let mut here = here.take_while(|entry| entry.path == path);
        match (here.next(), here.next()) {
            (None, _) => Staged::Nothing,
            (Some(entry), None) if entry.stage() == 0 && entry.is_file() => {
                Staged::File { blob: entry.blob(), absent: entry.is_absent() }
            }
            _ => Staged::Other,
        }
    }

    /// Where each of the sorted `paths` is or would be.
    pub(super) fn locate(&self, paths: &[&[u8]]) -> Vec<Slot> {
        let mut slots = Vec::with_capacity(paths.len());
        let mut entries = self.entries().peekable();
        for path in paths {
            let mut slot = Slot {
                start: self.entries_end,
                end: self.entries_end,
                entries: 0,
                staged: Staged::Nothing,
                prefix: false,
            };
            while let Some(entry) = entries.peek() {
                match entry.path.cmp(path) {
                    Ordering::Less => {}
                    Ordering::Greater => {
                        if slot.entries == 0 {
                            (slot.start, slot.end) = (entry.start, entry.start);
                        }
                        slot.prefix |= entry.path.starts_with(path);
                        break;
                    }
                    Ordering::Equal => {
                        if slot.entries == 0 {
                            slot.start = entry.start;
                        }
                        slot.end = entry.end;
                        slot.entries += 1;
                        slot.staged = if entry.stage() == 0 && entry.is_file() {
                            Staged::File { blob: entry.blob(), absent: entry.is_absent() }
                        } else {
                            Staged::Other
                        };
                    }
                }
                entries.next();
            }
            slots.push(slot);
        }
        slots
    }

    /// What the index has at each of the sorted `paths`.
    pub(super) fn staged(&self, paths: &[&str]) -> Vec<Staged> {
        // A file in the place of a folder, or the other way round, would make
        // an index that git refuses: ask for those names too.
        let mut probes: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
        for path in paths {
            let bytes = path.as_bytes();
            probes.insert(bytes.to_vec(), 0);
            probes.insert([bytes, b"/"].concat(), 0);
            let slashes = path.match_indices('/');
            probes.extend(slashes.map(|(at, _)| (bytes.iter().take(at).copied().collect(), 0)));
        }
        for (number, (_, position)) in probes.iter_mut().enumerate() {
            *position = number;
        }
        let names: Vec<&[u8]> = probes.keys().map(Vec::as_slice).collect();
        let slots = self.locate(&names);
        let slot = |name: &[u8]| probes.get(name).and_then(|at| slots.get(*at));
        paths
            .iter()
            .map(|path| {
                let bytes = path.as_bytes();
                let below = slot(&[bytes, b"/"].concat()).is_some_and(|slot| slot.prefix);
                let mut parents = path.match_indices('/').filter_map(|(at, _)| bytes.get(..at));
                let above = parents.any(|parent| slot(parent).is_some_and(|slot| slot.entries > 0));
                if below || above {
                    return Staged::Other;
                }
                slot(bytes).map_or(Staged::Nothing, |slot| slot.staged)
            })
            .collect()
    }

    /// Marks entries whose file may have been edited in the second in which
    /// the index was written: no time stamp shows that. Git looks at the
    /// content of such young files; in a younger index they would no longer
    /// stand out. A recorded size of zero makes it look.
    ///
    /// `unchanged` says whether an entry's file is what the entry says; it is
    /// asked about a few of them only, since it has to read the file.
    pub(super) fn smudge(
        &mut self,
        index_seconds: u32,
        unchanged: impl Fn(&StagedEntry<'_>) -> bool,
    ) {
        let mut asked = 0;
        let sizes: Vec<usize> = self
            .entries()
            .filter(|entry| entry.number(8) >= index_seconds)
            .filter(|entry| {
                asked += 1;
                asked > ASKED || !unchanged(entry)
            })
            .map(|entry| entry.start + 36)
            .collect();
        for at in sizes {
            if let Some(size) = self.data.get_mut(at..at + 4) {
                size.fill(0);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn damage_is_an_error_and_newer_kinds_are_left_to_git() {
        assert!(parse(b"DIRC".to_vec()).is_err());
        assert!(parse(vec![0; 100]).is_err());
        let index = |version: u8, extension: &[u8]| {
            let mut data = b"DIRC\0\0\0".to_vec();
            data.push(version);
            data.extend([0; 4]);
            data.extend(extension);
            data.extend([1; 20]);
            parse(data)
        };
        assert!(matches!(index(2, b""), Ok(Some(_))));
        assert!(matches!(index(4, b""), Ok(None)));
        assert!(index(5, b"").is_err());
        assert!(matches!(index(2, b"link\0\0\0\0"), Ok(None)));
        assert!(matches!(index(2, b"UNTR\0\0\0\0"), Ok(Some(_))));
        assert!(index(2, b"TREE\0\0\0\x09").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(tail in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut data = b"DIRC\0\0\0\x03\0\0\0\x02".to_vec();
            data.extend(tail);
            let _ = parse(data);
        }
    }
}

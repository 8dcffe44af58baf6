//! One pack: where its index says that an object lies, and what lies there (git's
//! documentation, `gitformat-pack`).

use std::fs::File;
use std::io;
use std::path::Path;

use flate2::{Decompress, FlushDecompress, Status};
use git2::ObjectType;

use super::blocks::{BLOCK, Blocks, Room};
use super::{LARGEST, Packed};

/// Where the parts of an index of version 2 lie, in bytes: its header, then how many
/// names begin with each byte or a smaller one.
const FANOUT: u64 = 8;
const NAMES: u64 = FANOUT + 256 * 4;
const NAME: u64 = 20;

/// A pack with its index.
pub(super) struct Pack {
    index: File,
    data: File,
    fanout: Vec<u32>,
}

/// What a pack holds at one place.
pub(super) enum Piece {
    Whole(Packed),
    /// What must be done to another object.
    Delta {
        base: Base,
        data: Vec<u8>,
    },
}

/// What a delta was made for.
pub(super) enum Base {
    /// The object at this place.
    At(u64),
    /// The object of this name, in the same pack.
    Named([u8; 20]),
}

impl Pack {
    /// The pack of an index; `None` if that is of another version.
    pub(super) fn open(path: &Path) -> io::Result<Option<Self>> {
        let index = File::open(path)?;
        let mut room = Room::default();
        let start = room.read(&index, 0, usize::try_from(NAMES).unwrap_or_default())?;
        let Some(fanout) = start.strip_prefix(b"\xfftOc\0\0\0\x02") else { return Ok(None) };
        let fanout = fanout.chunks_exact(4).map(number).collect();
        let data = File::open(path.with_extension("pack"))?;
        Ok(Some(Self { index, data, fanout }))
    }

    /// How many objects it holds.
    pub(super) fn count(&self) -> u32 {
        self.fanout.last().copied().unwrap_or_default()
    }

    /// Where the object of this name begins; `None` too where it lies far from where
    /// names lie that nobody chose.
    pub(super) fn find(&self, room: &mut Room, name: &[u8]) -> io::Result<Option<u64>> {
        let [first, next @ ..] = name else { return Ok(None) };
        let first = usize::from(*first);
        let below = first.checked_sub(1).and_then(|below| self.fanout.get(below));
        let low = u64::from(below.copied().unwrap_or_default());
        let high = u64::from(self.fanout.get(first).copied().unwrap_or_default());
        let Some(span) = high.checked_sub(low).filter(|span| *span > 0) else { return Ok(None) };
        let guess = low + ((span * u64::from(number(next))) >> 32);
        // Four times as far as names stray from where they should be.
        let around = 2 * span.isqrt() + 2;
        let from = guess.saturating_sub(around).max(low);
        let to = (guess + around).min(high);
        let length = usize::try_from(to.saturating_sub(from) * NAME).unwrap_or_default();
        let names = room.read(&self.index, NAMES + from * NAME, length)?;
        let nth = |at: usize| names.get(at * name.len()..(at + 1) * name.len());
        let (mut low, mut high) = (0, names.len() / name.len());
        while low < high {
            let middle = low.midpoint(high);
            if nth(middle).is_some_and(|other| other < name) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if nth(low) != Some(name) {
            return Ok(None);
        }
        self.offset(room, from + low as u64).map(Some)
    }

    /// Where the object begins that is the `at`-th by its name.
    fn offset(&self, room: &mut Room, at: u64) -> io::Result<u64> {
        const FAR: u32 = 1 << 31;
        let count = u64::from(self.count());
        // Behind the names stand the checksums, four bytes each.
        let offsets = NAMES + count * (NAME + 4);
        let offset = number(room.read(&self.index, offsets + at * 4, 4)?);
        if offset & FAR == 0 {
            return Ok(offset.into());
        }
        let far = offsets + count * 4 + u64::from(offset & !FAR) * 8;
        let bytes = room.read(&self.index, far, 8)?;
        Ok(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// What lies at `offset`; `None` if it is large, or of a rare kind.
    pub(super) fn piece(
        &self,
        inflate: &mut Decompress,
        (blocks, place): (&mut Blocks, usize),
        offset: u64,
    ) -> io::Result<Option<Piece>> {
        let chunk = blocks.read(&self.data, place, offset)?;
        let mut bytes = chunk.iter().copied();
        let Some((kind, size)) = header(&mut bytes) else { return Ok(None) };
        let mut start = chunk.len() - bytes.len();
        let base = match kind {
            6 => {
                let Some(base) = distance(&mut bytes).and_then(|far| offset.checked_sub(far))
                else {
                    return Ok(None);
                };
                start = chunk.len() - bytes.len();
                Some(Base::At(base))
            }
            7 => {
                let Some(name) = chunk.get(start..).and_then(|rest| rest.first_chunk()) else {
                    return Ok(None);
                };
                start += name.len();
                Some(Base::Named(*name))
            }
            _ => None,
        };
        if size > LARGEST {
            return Ok(None);
        }
        let rest = (chunk.get(start..).unwrap_or_default(), offset + chunk.len() as u64);
        let Some(data) = self.inflated(inflate, rest, size)? else { return Ok(None) };
        let kind = match (kind, base) {
            (_, Some(base)) => return Ok(Some(Piece::Delta { base, data })),
            (1, None) => ObjectType::Commit,
            (2, None) => ObjectType::Tree,
            (3, None) => ObjectType::Blob,
            // Tags, and what is yet to come.
            _ => return Ok(None),
        };
        Ok(Some(Piece::Whole(Packed { kind, data })))
    }

    /// Unpacks `size` bytes, whose packed form begins with `start` and goes on at
    /// `next`; `None` if these are more or fewer.
    fn inflated(
        &self,
        inflate: &mut Decompress,
        (start, mut next): (&[u8], u64),
        size: usize,
    ) -> io::Result<Option<Vec<u8>>> {
        inflate.reset(true);
        // With room to spare, it is seen whether there is too much.
        let mut data = Vec::with_capacity(size + 8);
        let mut room = Room::default();
        let mut input = start;
        loop {
            let before = inflate.total_in();
            let Ok(status) = inflate.decompress_vec(input, &mut data, FlushDecompress::Finish)
            else {
                return Ok(None);
            };
            match status {
                Status::StreamEnd => return Ok((data.len() == size).then_some(data)),
                _ if data.len() > size => return Ok(None),
                _ => {}
            }
            let used = usize::try_from(inflate.total_in() - before).unwrap_or_default();
            if used < input.len() {
                return Ok(None);
            }
            let most = BLOCK.max(input.len() * 2);
            input = room.read_some(&self.data, next, most)?;
            if input.is_empty() {
                return Ok(None);
            }
            next += input.len() as u64;
        }
    }
}

/// The kind and the size with which a piece begins.
fn header(bytes: &mut impl Iterator<Item = u8>) -> Option<(u8, usize)> {
    let first = bytes.next()?;
    let (kind, mut size, mut shift) = (first >> 4 & 7, usize::from(first & 15), 4);
    let mut more = first & 0x80 != 0;
    while more {
        let byte = bytes.next()?;
        // What does not fit is too large anyway.
        size |= usize::from(byte & 0x7f).checked_shl(shift).filter(|_| shift < 40)?;
        shift += 7;
        more = byte & 0x80 != 0;
    }
    Some((kind, size))
}

/// How far before a delta its base lies.
fn distance(bytes: &mut impl Iterator<Item = u8>) -> Option<u64> {
    let mut byte = bytes.next()?;
    let mut far = u64::from(byte & 0x7f);
    while byte & 0x80 != 0 {
        byte = bytes.next()?;
        // One is added so that no distance can be written in two ways.
        far = far.checked_add(1)?.checked_mul(128)? | u64::from(byte & 0x7f);
    }
    (far > 0).then_some(far)
}

/// The number with which the bytes begin, of four bytes.
fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte))
}

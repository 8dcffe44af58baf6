//! Pieces of files, read where they are needed.

use std::fs::File;
use std::io;

/// So much of a pack is read at once, in bytes: what an object is made of mostly
/// lies close to it.
pub(super) const BLOCK: usize = 8 << 10;
/// So much of the next block is read with each, for what begins at its very end.
const MARGIN: usize = 64;

/// Memory that is read into, again and again.
#[derive(Default)]
pub(super) struct Room(Vec<u8>);

impl Room {
    /// Reads so many bytes from there on.
    pub(super) fn read(&mut self, file: &File, offset: u64, length: usize) -> io::Result<&[u8]> {
        let bytes = self.read_some(file, offset, length)?;
        if bytes.len() == length { Ok(bytes) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    /// Reads at most so many bytes from there on; fewer only where the file ends.
    pub(super) fn read_some(&mut self, file: &File, offset: u64, most: usize) -> io::Result<&[u8]> {
        if self.0.len() < most {
            self.0.resize(most, 0);
        }
        let mut length = 0;
        while let Some(room) = self.0.get_mut(length..most).filter(|room| !room.is_empty()) {
            match read_at(file, room, offset + length as u64) {
                Ok(0) => break,
                Ok(read) => length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(self.0.get(..length).unwrap_or_default())
    }
}

/// The blocks of packs that were read last.
#[derive(Default)]
pub(super) struct Blocks([Block; 2]);

#[derive(Default)]
struct Block {
    /// The pack's place, and the block's number in it.
    at: Option<(usize, u64)>,
    room: Room,
    length: usize,
}

impl Blocks {
    /// What the pack at this place has from `offset` on, as far as it is at hand.
    pub(super) fn read(&mut self, file: &File, place: usize, offset: u64) -> io::Result<&[u8]> {
        let number = offset / BLOCK as u64;
        let at = Some((place, number));
        let Self([newer, older]) = self;
        if newer.at != at {
            std::mem::swap(newer, older);
        }
        if newer.at != at {
            newer.at = None;
            let start = number * BLOCK as u64;
            newer.length = newer.room.read_some(file, start, BLOCK + MARGIN)?.len();
            newer.at = at;
        }
        let from = usize::try_from(offset % BLOCK as u64).unwrap_or_default();
        Ok(newer.room.0.get(from..newer.length).unwrap_or_default())
    }
}

#[cfg(unix)]
fn read_at(file: &File, room: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, room, offset)
}

#[cfg(windows)]
fn read_at(file: &File, room: &mut [u8], offset: u64) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, room, offset)
}

#[cfg(not(any(unix, windows)))]
fn read_at(_: &File, _: &mut [u8], _: u64) -> io::Result<usize> {
    Err(io::ErrorKind::Unsupported.into())
}

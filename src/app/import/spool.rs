//! Rows put aside until it is their turn: a log of millions of rows does not
//! stay in memory.

use std::io::{self, Read, Seek, SeekFrom, Write};

use tempfile::SpooledTempFile;

use super::source::Row;
use crate::error::{CommandError, ErrorKind};

/// Bytes that stay in memory; more go to a file without a name.
const IN_MEMORY: usize = 8 << 20;
/// Bytes that are written at a time.
const BLOCK: usize = 64 << 10;

/// Where a row was put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    at: u64,
    length: u32,
}

/// The rows that were put aside.
#[derive(Debug)]
pub(super) struct Spool {
    file: SpooledTempFile,
    /// What is not in the file yet.
    block: Vec<u8>,
    /// Where the block begins.
    end: u64,
}

impl Spool {
    pub(super) fn new() -> Self {
        Self { file: SpooledTempFile::new(IN_MEMORY), block: Vec::with_capacity(BLOCK), end: 0 }
    }

    /// Puts a row aside.
    ///
    /// # Errors
    ///
    /// The folder for temporary files cannot be written.
    pub(super) fn push(&mut self, row: &Row) -> Result<Stored, CommandError> {
        let start = self.block.len();
        let at = self.end + start as u64;
        row.encode(&mut self.block);
        let length = u32::try_from(self.block.len() - start)
            .map_err(|_| failed(&io::Error::from(io::ErrorKind::FileTooLarge)))?;
        if self.block.len() >= BLOCK {
            self.flush().map_err(|error| failed(&error))?;
        }
        Ok(Stored { at, length })
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.seek(SeekFrom::End(0))?;
        self.file.write_all(&self.block)?;
        self.end += self.block.len() as u64;
        self.block.clear();
        Ok(())
    }

    /// A row that was put aside.
    ///
    /// # Errors
    ///
    /// The temporary file cannot be read.
    pub(super) fn get(&mut self, stored: Stored) -> Result<Row, CommandError> {
        let mut bytes = vec![0; stored.length as usize];
        let read = (|| {
            if !self.block.is_empty() {
                self.flush()?;
            }
            self.file.seek(SeekFrom::Start(stored.at))?;
            self.file.read_exact(&mut bytes)
        })();
        read.map_err(|error| failed(&error))?;
        Row::decode(&bytes).ok_or_else(|| failed(&io::Error::from(io::ErrorKind::InvalidData)))
    }
}

fn failed(error: &io::Error) -> CommandError {
    let message = format!("cannot put rows aside in a temporary file: {error}");
    CommandError::new(ErrorKind::CannotWrite, message)
        .hint("see whether the disk with the folder for temporary files (TMPDIR) is full")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_in_any_order() {
        let mut spool = Spool::new();
        let row = |n: u64| {
            let mut row = Row::new(n);
            row.push(&"x".repeat(usize::try_from(n * 37 % 3000).expect("small"))).expect("short");
            row
        };
        // More than stays in memory.
        let stored: Vec<Stored> =
            (0..9_000).map(|n| spool.push(&row(n)).expect("written")).collect();
        for n in (0..9_000).rev().step_by(7) {
            let at = usize::try_from(n).expect("small");
            assert_eq!(spool.get(stored[at]).expect("read"), row(n));
        }
        let more = spool.push(&row(1)).expect("written");
        assert_eq!(spool.get(more).expect("read"), row(1));
    }
}

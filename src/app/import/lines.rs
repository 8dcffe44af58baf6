//! Line numbers as an editor counts them.
//!
//! The CSV reader says at which byte it began to look for a row; blank lines
//! and the second half of a Windows line end may still lie before the row.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::rc::Rc;

/// The line breaks that were read and not yet passed.
#[derive(Debug, Default)]
struct Breaks {
    /// Where each is, and whether the line it ends is blank.
    ahead: VecDeque<(u64, bool)>,
    /// How many bytes were read.
    read: u64,
    /// Whether the line that is being read is blank so far.
    blank: bool,
    /// How many line breaks were passed.
    passed: u64,
}

/// Tells the line of a byte, in ascending order of bytes.
#[derive(Clone, Debug)]
pub(super) struct Lines(Rc<RefCell<Breaks>>);

impl Lines {
    /// The line, counted from 1, of the first row that starts at `byte` or
    /// after blank lines there.
    pub(super) fn of_row(&self, byte: u64) -> u64 {
        let mut breaks = self.0.borrow_mut();
        while let Some((at, blank)) = breaks.ahead.front().copied()
            && (at <= byte || blank)
        {
            breaks.ahead.pop_front();
            breaks.passed += 1;
        }
        breaks.passed + 1
    }
}

/// A source whose line breaks are watched.
#[derive(Debug)]
pub(super) struct Watched<R> {
    inner: R,
    lines: Lines,
}

impl<R: Read> Watched<R> {
    pub(super) fn new(inner: R) -> (Self, Lines) {
        let breaks = Breaks { blank: true, ..Breaks::default() };
        let lines = Lines(Rc::new(RefCell::new(breaks)));
        (Self { inner, lines: lines.clone() }, lines)
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let mut breaks = self.lines.0.borrow_mut();
        for byte in buffer.iter().take(count) {
            match byte {
                b'\n' => {
                    let found = (breaks.read, breaks.blank);
                    breaks.ahead.push_back(found);
                    breaks.blank = true;
                }
                b'\r' => {}
                _ => breaks.blank = false,
            }
            breaks.read += 1;
        }
        Ok(count)
    }
}

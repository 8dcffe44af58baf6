//! Rows of text cells, whatever format they come in.

use std::fmt;

use crate::error::CommandError;

/// A format's reader.
pub(super) trait Source {
    /// The number by which the column called `name` is wanted.
    ///
    /// # Errors
    ///
    /// Why there is none.
    fn column(&mut self, name: &str) -> Result<usize, Missing>;

    /// The number by which the items of the list called `name` are wanted, as
    /// a JSON array.
    ///
    /// # Errors
    ///
    /// Why there is no such list.
    fn list(&mut self, name: &str) -> Result<usize, Missing>;

    /// The number of a column that the source does not have, and that always
    /// says nothing.
    fn lacking(&mut self, name: &str) -> usize;

    /// The next row; `None` at the end.
    ///
    /// # Errors
    ///
    /// The source cannot be read any further. A row that makes no sense is no
    /// error.
    fn next(&mut self, wanted: Wanted<'_>) -> Result<Option<Next>, CommandError>;

    /// How many bytes were read.
    fn position(&self) -> u64;

    /// What rows are counted in.
    fn unit(&self) -> Unit;

    /// The columns that were asked for and that no row had.
    fn absent(&self) -> Vec<String>;
}

/// What rows are counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Unit {
    /// The line on which a row starts.
    #[default]
    Line,
    /// The elements of an array.
    Element,
}

impl Unit {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Unit::Line => "line",
            Unit::Element => "element",
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// Why a source has no such column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// Two or more have the name.
    Several,
    /// None has; these are there.
    Unknown(Vec<String>),
    /// The name makes no sense, in words.
    Malformed(String),
}

/// Which cells are wanted of each row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// The columns, in the order of the slots.
    pub(super) columns: &'a [usize],
    /// The column with the ticket's number.
    pub(super) key: usize,
}

/// What comes next in a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Next {
    Row(Row),
    /// A row that cannot be used.
    Bad {
        line: u64,
        /// The ticket's number, if at least that can be read.
        key: Option<String>,
        reason: String,
    },
}

/// The cells of one row that the mapping asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Where the row is in the source, counted from 1; see [`Unit`].
    pub(super) line: u64,
    // One text with ends: fewer allocations, and quick to put aside.
    text: String,
    ends: Vec<u32>,
}

impl Row {
    pub(super) fn new(line: u64) -> Self {
        Self { line, text: String::new(), ends: Vec::new() }
    }

    /// Adds the cell of the next slot.
    ///
    /// # Errors
    ///
    /// The row is longer than any row can be, in words.
    pub(super) fn push(&mut self, cell: &str) -> Result<(), String> {
        self.text.push_str(cell);
        let end = u32::try_from(self.text.len()).map_err(|_| "the row is too long".to_owned())?;
        self.ends.push(end);
        Ok(())
    }

    /// The cell in `slot`, trimmed; empty if there is none.
    pub(super) fn cell(&self, slot: usize) -> &str {
        let end = |slot: usize| self.ends.get(slot).map_or(self.text.len(), |end| *end as usize);
        let start = if slot == 0 { 0 } else { end(slot - 1) };
        self.text.get(start..end(slot)).unwrap_or_default()
    }

    /// Writes the row in the form that [`decode`](Self::decode) reads.
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.line.to_le_bytes());
        out.extend_from_slice(&u32::try_from(self.ends.len()).unwrap_or(u32::MAX).to_le_bytes());
        for end in &self.ends {
            out.extend_from_slice(&end.to_le_bytes());
        }
        out.extend_from_slice(self.text.as_bytes());
    }

    /// `None` if the bytes are not what was written.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let number = |at: usize| {
            let bytes = bytes.get(at..at + 4)?;
            bytes.try_into().ok().map(u32::from_le_bytes)
        };
        let line = u64::from_le_bytes(bytes.get(..8)?.try_into().ok()?);
        let count = usize::try_from(number(8)?).ok()?;
        let ends = (0..count).map(|slot| number(12 + slot * 4)).collect::<Option<Vec<u32>>>()?;
        let text = std::str::from_utf8(bytes.get(12 + count * 4..)?).ok()?.to_owned();
        Some(Self { line, text, ends })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_come_back_as_they_were_put_aside() {
        let mut row = Row::new(7);
        for cell in ["a", "", "zoë"] {
            row.push(cell).expect("short");
        }
        let mut bytes = Vec::new();
        row.encode(&mut bytes);
        assert_eq!(Row::decode(&bytes), Some(row.clone()));
        assert_eq!((row.cell(0), row.cell(1), row.cell(2), row.cell(3)), ("a", "", "zoë", ""));
        for cut in 0..20 {
            assert_ne!(Row::decode(bytes.get(..cut).expect("long")), Some(row.clone()));
        }
    }
}

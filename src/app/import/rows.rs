//! Reading the source: CSV to the rows that matter, bad ones reported.

use std::io::Read;

use csv::{ByteRecord, Reader, ReaderBuilder};
use indexmap::IndexMap;

use super::lines::{Lines, Watched};
use super::mapping::Rows;
use crate::error::CommandError;
use crate::format::limits::MAX_BYTES;
use crate::outcome::RejectedRow;

/// The cells of one row that the mapping asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// The line on which the row starts, counted from 1.
    pub(super) line: u64,
    // One text with ends: a log of many states leaves many rows in memory.
    text: Box<str>,
    ends: Box<[u32]>,
}

impl Row {
    /// The cell in `slot`, trimmed; empty if there is none.
    pub(super) fn cell(&self, slot: usize) -> &str {
        let end = |slot: usize| self.ends.get(slot).map_or(self.text.len(), |end| *end as usize);
        let start = if slot == 0 { 0 } else { end(slot - 1) };
        self.text.get(start..end(slot)).unwrap_or_default()
    }
}

/// What was read.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// How many rows there are, blank ones aside.
    pub(super) rows: usize,
    /// The row that counts for each ticket, in order of first appearance;
    /// `None` where that row cannot be used.
    pub(super) tickets: IndexMap<String, Option<Row>>,
    pub(super) rejected: Vec<RejectedRow>,
}

/// Which cells are wanted of each row.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    /// The columns, counted from 0, in the order of the slots.
    pub(super) columns: &'a [usize],
    /// The column with the ticket's number.
    pub(super) key: usize,
    pub(super) missing: &'a [String],
    pub(super) rows: Rows,
}

/// A source whose header has been read.
pub(super) struct Table<R> {
    reader: Reader<Watched<R>>,
    lines: Lines,
    /// The columns' names.
    pub(super) header: Vec<String>,
}

impl<R: Read> Table<R> {
    /// Reads the header of `source`; `name` is for messages.
    ///
    /// # Errors
    ///
    /// The source is empty, compressed, no text, or cannot be read.
    pub(super) fn open(source: R, delimiter: u8, name: &str) -> Result<Self, CommandError> {
        let (source, lines) = Watched::new(source);
        let mut reader =
            ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(source);
        let header = reader.byte_headers().map_err(|error| unreadable(name, &error))?;
        if header.is_empty() {
            return Err(CommandError::invalid(format!("{name} is empty"))
                .hint("the first line must name the columns"));
        }
        let first = header.get(0).unwrap_or_default();
        if let Some(what) = disguised(first) {
            return Err(CommandError::invalid(format!("{name} is {what}, not CSV")).hint(
                "unpack or convert it first, for example `xz -dc FILE | gitsm import csv - ...`",
            ));
        }
        let header = header
            .iter()
            .map(|name| std::str::from_utf8(name).map(|name| name.trim().to_owned()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| {
                CommandError::invalid(format!("the first line of {name} is not UTF-8"))
                    .hint("convert it, for example with `iconv -f WINDOWS-1252 -t UTF-8`")
            })?;
        Ok(Self { reader, lines, header })
    }

    /// Reads all rows. `progress` is told how many bytes were read.
    ///
    /// # Errors
    ///
    /// The source cannot be read. Rows that make no sense are no error.
    pub(super) fn read(
        mut self,
        wanted: Wanted<'_>,
        name: &str,
        progress: &dyn Fn(u64),
    ) -> Result<Found, CommandError> {
        let mut found = Found::default();
        let mut record = ByteRecord::new();
        while self.reader.read_byte_record(&mut record).map_err(|error| unreadable(name, &error))? {
            if record.iter().all(<[u8]>::is_empty) {
                continue;
            }
            found.rows += 1;
            if found.rows.is_multiple_of(1024) {
                progress(self.reader.position().byte());
            }
            let start = record.position().map_or(0, csv::Position::byte);
            let line = self.lines.of_row(start);
            take(&self.header, &record, line, wanted, &mut found);
        }
        progress(self.reader.position().byte());
        Ok(found)
    }
}

fn take(header: &[String], record: &ByteRecord, line: u64, wanted: Wanted<'_>, found: &mut Found) {
    let key = record.get(wanted.key).and_then(|key| std::str::from_utf8(key).ok());
    let key = key
        .map(str::trim)
        .filter(|key| !key.is_empty() && !wanted.missing.iter().any(|missing| missing == key));
    let reject = |found: &mut Found, reason: String| {
        let external_id = key.map(str::to_owned);
        found.rejected.push(RejectedRow { line, external_id, reason });
    };
    let row = match fit(header, record, wanted, line) {
        Ok(row) => Some(row),
        Err(reason) => {
            reject(found, reason);
            None
        }
    };
    let Some(key) = key else {
        if row.is_some() {
            let column = header.get(wanted.key).map_or("the key", String::as_str);
            reject(found, format!("`{column}` is missing"));
        }
        return;
    };
    match found.tickets.get_mut(key) {
        None => {
            found.tickets.insert(key.to_owned(), row);
        }
        // An earlier state must not pass for the last one, so a bad row counts.
        Some(kept) if wanted.rows == Rows::Last => *kept = row,
        Some(kept) => {
            let first =
                kept.as_ref().map_or_else(String::new, |row| format!(" on line {}", row.line));
            if row.is_some() {
                let hint = "`rows: last` takes the last of several rows";
                reject(found, format!("the same number stands{first} already; {hint}"));
            }
        }
    }
}

/// The wanted cells of a row, or what is wrong with it.
fn fit(
    header: &[String],
    record: &ByteRecord,
    wanted: Wanted<'_>,
    line: u64,
) -> Result<Row, String> {
    let column = |at: usize| header.get(at).map_or("?", String::as_str);
    if let Some((at, cell)) = record.iter().enumerate().find(|(_, cell)| cell.len() > MAX_BYTES) {
        return Err(format!(
            "`{}` holds {} bytes, and a record at most {MAX_BYTES}; a closing quote may be missing",
            column(at),
            cell.len()
        ));
    }
    if record.len() != header.len() {
        return Err(format!("{} columns instead of {}", record.len(), header.len()));
    }
    if let Some(at) = record.iter().position(|cell| std::str::from_utf8(cell).is_err()) {
        return Err(format!("`{}` is not UTF-8", column(at)));
    }
    let mut text = String::new();
    let mut ends = Vec::with_capacity(wanted.columns.len());
    for at in wanted.columns {
        let cell = record.get(*at).and_then(|cell| std::str::from_utf8(cell).ok());
        text.push_str(cell.unwrap_or_default().trim());
        ends.push(u32::try_from(text.len()).map_err(|_| "the row is too long".to_owned())?);
    }
    Ok(Row { line, text: text.into(), ends: ends.into() })
}

/// What a file that begins like this is, if it is clearly no CSV.
fn disguised(start: &[u8]) -> Option<&'static str> {
    const KNOWN: [(&[u8], &str); 6] = [
        (b"\xfd7zXZ", "an xz archive"),
        (b"\x1f\x8b", "a gzip archive"),
        (b"\x28\xb5\x2f\xfd", "a zstd archive"),
        (b"PK\x03\x04", "a zip archive or spreadsheet"),
        (b"\xff\xfe", "UTF-16 text"),
        (b"\xfe\xff", "UTF-16 text"),
    ];
    KNOWN.iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, what)| *what)
}

fn unreadable(name: &str, error: &csv::Error) -> CommandError {
    CommandError::invalid(format!("cannot read {name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MISSING: &[String] = &[];

    fn read(text: &[u8], rows: Rows) -> Result<Found, CommandError> {
        let table = Table::open(text, b',', "the file")?;
        let columns: Vec<usize> = (0..table.header.len()).collect();
        let wanted = Wanted { columns: &columns, key: 0, missing: MISSING, rows };
        table.read(wanted, "the file", &|_| {})
    }

    fn rejected(found: &Found) -> Vec<(u64, Option<&str>, &str)> {
        let row = |row| {
            let RejectedRow { line, external_id, reason }: &RejectedRow = row;
            (*line, external_id.as_deref(), reason.as_str())
        };
        found.rejected.iter().map(row).collect()
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        for end in ["\n", "\r\n"] {
            let text = ["n,t", "A,one", "B,\"two", "lines\"", "", "C,three", "D"].join(end);
            let found = read(text.as_bytes(), Rows::One).expect("rows");
            let lines: Vec<u64> = found.tickets.values().flatten().map(|row| row.line).collect();
            assert_eq!(lines, [2, 3, 6], "{end:?}");
            assert_eq!(rejected(&found), [(7, Some("D"), "1 columns instead of 2")]);
            assert_eq!(found.rows, 4);
        }
    }

    #[test]
    fn the_last_row_counts() {
        let text = b"n,t\nA,one\nB,x\nA,two\nB,y,z\n";
        let found = read(text, Rows::Last).expect("rows");
        let cell = |key: &str| found.tickets[key].as_ref().map(|row| row.cell(1).to_owned());
        assert_eq!(cell("A").as_deref(), Some("two"));
        assert_eq!(cell("B"), None, "an earlier state does not stand in for a broken last one");
        assert_eq!(found.tickets.len(), 2);
        let found = read(text, Rows::One).expect("rows");
        assert_eq!(rejected(&found).len(), 2);
        assert!(found.rejected[0].reason.contains("on line 2"), "{:?}", found.rejected);
    }

    #[test]
    fn odd_sources() {
        assert!(read(b"", Rows::One).is_err());
        assert!(read(b"\xfd7zXZ\0...", Rows::One).is_err());
        assert!(read(b"\xff\xfen\0,\0", Rows::One).is_err());
        assert!(read(b"n,\xe9\n", Rows::One).is_err());
        assert_eq!(read(b"n,t\n", Rows::One).expect("rows").rows, 0);
        let found = read(b"\xef\xbb\xbfn,t\nA,\xe9\n,x\n,\nB, b \n", Rows::One).expect("rows");
        assert_eq!(
            rejected(&found),
            [(2, Some("A"), "`t` is not UTF-8"), (3, None, "`n` is missing")]
        );
        assert_eq!(found.tickets["B"].as_ref().map(|row| row.cell(1)), Some("b"));
    }

    #[test]
    fn a_missing_quote_is_guessed() {
        let mut text = b"n,t\nA,\"".to_vec();
        text.resize(MAX_BYTES + 100, b'x');
        let found = read(&text, Rows::One).expect("rows");
        assert!(found.rejected[0].reason.contains("closing quote"), "{:?}", found.rejected);
    }
}

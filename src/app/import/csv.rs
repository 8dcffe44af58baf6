//! CSV as a source of rows.

use std::io::Read;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::lines::{Lines, Watched};
use super::source::{Missing, Next, Row, Source, Wanted};
use crate::error::CommandError;
use crate::format::limits::MAX_BYTES;

/// A source whose header has been read.
pub(super) struct Table<R> {
    reader: Reader<Watched<R>>,
    record: ByteRecord,
    lines: Lines,
    /// What the source is called in messages.
    name: String,
    /// The columns' names.
    header: Vec<String>,
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
        let name = name.to_owned();
        Ok(Self { reader, record: ByteRecord::new(), lines, name, header })
    }
}

impl<R: Read> Source for Table<R> {
    fn column(&mut self, name: &str) -> Result<usize, Missing> {
        let mut found = self.header.iter().enumerate().filter(|(_, column)| *column == name);
        match (found.next(), found.next()) {
            (Some((at, _)), None) => Ok(at),
            (Some(_), Some(_)) => Err(Missing::Several),
            (None, _) => {
                let names = self.header.iter().filter(|name| !name.is_empty()).cloned();
                Err(Missing::Unknown(names.collect()))
            }
        }
    }

    fn next(&mut self, wanted: Wanted<'_>) -> Result<Option<Next>, CommandError> {
        loop {
            let more = self.reader.read_byte_record(&mut self.record);
            if !more.map_err(|error| unreadable(&self.name, &error))? {
                return Ok(None);
            }
            if !self.record.iter().all(<[u8]>::is_empty) {
                break;
            }
        }
        let start = self.record.position().map_or(0, csv::Position::byte);
        let line = self.lines.of_row(start);
        Ok(Some(match fit(&self.header, &self.record, wanted, line) {
            Ok(row) => Next::Row(row),
            Err(reason) => {
                let key = self.record.get(wanted.key).and_then(|key| std::str::from_utf8(key).ok());
                Next::Bad { line, key: key.map(|key| key.trim().to_owned()), reason }
            }
        }))
    }

    fn position(&self) -> u64 {
        self.reader.position().byte()
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
    let mut row = Row::new(line);
    for at in wanted.columns {
        let cell = record.get(*at).and_then(|cell| std::str::from_utf8(cell).ok());
        row.push(cell.unwrap_or_default().trim())?;
    }
    Ok(row)
}

/// What a file that begins like this is, if it is clearly no CSV.
pub(super) fn disguised(start: &[u8]) -> Option<&'static str> {
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

pub(super) fn unreadable(name: &str, error: &csv::Error) -> CommandError {
    CommandError::invalid(format!("cannot read {name}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Line = (u64, Result<Vec<String>, String>);

    /// Every row's line with its cells, or what is wrong with it.
    fn read(text: &[u8]) -> Result<Vec<Line>, CommandError> {
        let mut table = Table::open(text, b',', "the file")?;
        let columns: Vec<usize> = (0..table.header.len()).collect();
        let wanted = Wanted { columns: &columns, key: 0 };
        let mut rows = Vec::new();
        while let Some(next) = table.next(wanted)? {
            rows.push(match next {
                Next::Row(row) => {
                    let cells = (0..columns.len()).map(|slot| row.cell(slot).to_owned());
                    (row.line, Ok(cells.collect()))
                }
                Next::Bad { line, key, reason } => {
                    (line, Err(format!("{}: {reason}", key.unwrap_or_default())))
                }
            });
        }
        Ok(rows)
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        for end in ["\n", "\r\n"] {
            let text = ["n,t", "A,one", "B,\"two", "lines\"", "", "C,three", "D"].join(end);
            let rows = read(text.as_bytes()).expect("rows");
            let lines: Vec<u64> = rows.iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [2, 3, 6, 7], "{end:?}");
            assert_eq!(rows[3].1, Err("D: 1 columns instead of 2".to_owned()));
        }
    }

    #[test]
    fn odd_sources() {
        assert!(read(b"").is_err());
        assert!(read(b"\xfd7zXZ\0...").is_err());
        assert!(read(b"\xff\xfen\0,\0").is_err());
        assert!(read(b"n,\xe9\n").is_err());
        assert!(read(b"n,t\n").expect("rows").is_empty());
        let rows = read(b"\xef\xbb\xbfn,t\nA,\xe9\n,\nB, b \n").expect("rows");
        let cells = |row: &[&str]| Ok(row.iter().map(|cell| (*cell).to_owned()).collect());
        assert_eq!(rows[0], (2, Err("A: `t` is not UTF-8".to_owned())));
        assert_eq!(rows[1], (4, cells(&["B", "b"])));
        assert_eq!(rows.len(), 2);
    }

    #[test]
    fn a_missing_quote_is_guessed() {
        let mut text = b"n,t\nA,\"".to_vec();
        text.resize(MAX_BYTES + 100, b'x');
        let rows = read(&text).expect("rows");
        assert!(rows[0].1.as_ref().is_err_and(|why| why.contains("closing quote")), "{rows:?}");
    }
}

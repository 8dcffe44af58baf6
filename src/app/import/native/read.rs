//! Records as `gitsm export` writes them, one after the other.

use std::cell::Cell;
use std::fmt;
use std::io::{self, BufRead as _, BufReader, Read};
use std::rc::Rc;

use csv::{ReaderBuilder, StringRecord};
use serde::de::{Deserialize as _, DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::super::csv::unreadable;
use super::super::disguise::undisguised;
use super::super::lines::Watched;
use crate::app::apply::json::{self, Strict};
use crate::app::export;
use crate::error::CommandError;
use crate::format::limits::MAX_BYTES;
use crate::format::read_value;
use crate::model::{Record, RecordId};

/// The longest line of JSON lines, in bytes: the largest record, and what JSON
/// needs to escape it.
const MAX_LINE: usize = 8 * MAX_BYTES;

/// One row of the source.
#[derive(Debug)]
pub(super) struct Row {
    /// The line on which it starts, counted from 1.
    pub(super) line: u64,
    /// The record's id, as far as it can be read.
    pub(super) id: Option<String>,
    /// The record, or why it is none.
    pub(super) record: Result<Record, String>,
}

/// Takes each row, and how many bytes were read when it was.
pub(super) type Each<'a> = dyn FnMut(Row, u64) + 'a;

/// Reads a table with a line for each record.
///
/// # Errors
///
/// The source cannot be read, or its first line is no header of an export.
pub(super) fn csv(source: impl Read, name: &str, each: &mut Each<'_>) -> Result<(), CommandError> {
    let mut source = BufReader::new(source);
    let start = source.fill_buf();
    let start =
        start.map_err(|error| CommandError::invalid(format!("cannot read {name}: {error}")))?;
    let delimiter = delimiter(start);
    let (source, lines) = Watched::new(source);
    let mut reader = ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(source);
    let header = reader.headers().map_err(|error| unreadable(name, &error))?.clone();
    undisguised(header.get(0).unwrap_or_default().as_bytes(), name, "CSV")?;
    let header: Vec<String> = header.iter().map(str::to_owned).collect();
    let columns = export::columns_of(&header).map_err(|(error, hint)| {
        let message = format!("the first line of {name}: {error}");
        let other = "a table of another system needs `--map MAPPING.yaml`";
        CommandError::invalid(message).hint(hint.unwrap_or_else(|| other.to_owned()))
    })?;
    let mut bytes = csv::ByteRecord::new();
    while reader.read_byte_record(&mut bytes).map_err(|error| unreadable(name, &error))? {
        let line = lines.of_row(bytes.position().map_or(0, csv::Position::byte));
        let id = bytes.get(columns).map(|id| String::from_utf8_lossy(id).into_owned());
        let record = cells(&header, &bytes).and_then(|cells| export::record(&header, &cells));
        each(Row { line, id: id.filter(|id| !id.is_empty()), record }, reader.position().byte());
    }
    Ok(())
}

/// What separates the columns: spreadsheets write other separators than they
/// read. No name of a column has one in it.
fn delimiter(start: &[u8]) -> u8 {
    let line = start.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let first = line.iter().find(|byte| matches!(byte, b',' | b';' | b'\t'));
    first.copied().unwrap_or(b',')
}

/// The cells of a row, or what is wrong with it.
fn cells(header: &[String], bytes: &csv::ByteRecord) -> Result<StringRecord, String> {
    let column = |at: usize| header.get(at).map_or("?", String::as_str);
    if let Some(at) = bytes.iter().position(|cell| cell.len() > MAX_LINE) {
        let length = bytes.get(at).map_or(0, <[u8]>::len);
        let column = column(at);
        return Err(format!("`{column}` holds {length} bytes; a closing quote may be missing"));
    }
    if bytes.len() != header.len() {
        return Err(format!("{} columns instead of {}", bytes.len(), header.len()));
    }
    StringRecord::from_byte_record(bytes.clone())
        .map_err(|error| format!("`{}` is not UTF-8", column(error.utf8_error().field())))
}

/// Reads JSON lines.
///
/// # Errors
///
/// The source cannot be read, or a line is longer than that of any record.
pub(super) fn lines(
    source: impl Read,
    name: &str,
    each: &mut Each<'_>,
) -> Result<(), CommandError> {
    let failed = |error: io::Error| CommandError::invalid(format!("cannot read {name}: {error}"));
    let mut source = BufReader::new(source);
    let (mut bytes, mut line, mut position) = (Vec::new(), 0, 0);
    loop {
        bytes.clear();
        let limit = MAX_LINE as u64 + 1;
        let count = source.by_ref().take(limit).read_until(b'\n', &mut bytes).map_err(failed)?;
        if count == 0 {
            return Ok(());
        }
        line += 1;
        position += count as u64;
        if count > MAX_LINE {
            let mebibytes = MAX_LINE >> 20;
            let message = format!("line {line} of {name} is longer than {mebibytes} MiB");
            return Err(CommandError::invalid(message));
        }
        if line == 1 {
            undisguised(&bytes, name, "JSON lines")?;
        }
        let text = match line {
            1 => bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes),
            _ => &bytes,
        };
        if text.trim_ascii().is_empty() {
            continue;
        }
        let object = std::str::from_utf8(text)
            .map_err(|_| "it is not UTF-8".to_owned())
            .and_then(|text| json::object(text).map_err(|error| error.message));
        each(Row::new(line, object), position);
    }
}

/// Reads one JSON list.
///
/// # Errors
///
/// The source cannot be read, or is no such list.
pub(super) fn list(source: impl Read, name: &str, each: &mut Each<'_>) -> Result<(), CommandError> {
    let failed =
        |error: &dyn fmt::Display| CommandError::invalid(format!("cannot read {name}: {error}"));
    let mut source = BufReader::new(source);
    let start = source.fill_buf().map_err(|error| failed(&error))?;
    undisguised(start, name, "JSON")?;
    if start.starts_with(b"\xEF\xBB\xBF") {
        source.consume(3);
    }
    let place = Rc::new(Cell::new(Place { line: 1, bytes: 0 }));
    let source = Counted { inner: source, place: Rc::clone(&place) };
    let mut reader = serde_json::Deserializer::from_reader(source);
    let read = List { each, place: &place }.deserialize(&mut reader).and_then(|()| reader.end());
    read.map_err(|error| failed(&error).hint("`import jsonl` reads a record on each line"))
}

impl Row {
    fn new(line: u64, object: Result<Map<String, Value>, String>) -> Self {
        let id = object.as_ref().ok().and_then(|object| object.get("id")?.as_str());
        Self { line, id: id.map(str::to_owned), record: object.and_then(record) }
    }
}

/// The record that an object is.
fn record(object: Map<String, Value>) -> Result<Record, String> {
    let id = object.get("id").and_then(Value::as_str).ok_or("it has no `id`")?;
    let id: RecordId = id.parse().map_err(|error| format!("`id`: {error}"))?;
    read_value(id.kind(), &object.into())
}

/// How far a source was read.
#[derive(Clone, Copy)]
struct Place {
    line: u64,
    bytes: u64,
}

/// A source whose lines are counted as they are taken.
struct Counted<R> {
    inner: R,
    place: Rc<Cell<Place>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // The JSON reader takes one byte at a time, so that the line is that of
        // the byte which it looks at.
        let count = self.inner.read(buffer)?;
        let breaks = buffer.iter().take(count).filter(|byte| **byte == b'\n').count();
        let Place { line, bytes } = self.place.get();
        let place = Place { line: line + breaks as u64, bytes: bytes + count as u64 };
        self.place.set(place);
        Ok(count)
    }
}

/// A list of which each element is taken as it comes.
struct List<'a, 'each> {
    each: &'a mut Each<'each>,
    place: &'a Cell<Place>,
}

impl<'de> DeserializeSeed<'de> for List<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of records")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<(), A::Error> {
        while access.next_element_seed(Element { each: self.each, place: self.place })?.is_some() {}
        Ok(())
    }
}

struct Element<'a, 'each> {
    each: &'a mut Each<'each>,
    place: &'a Cell<Place>,
}

impl<'de> DeserializeSeed<'de> for Element<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        let line = self.place.get().line;
        let object = match Strict::deserialize(deserializer)? {
            Strict(Value::Object(object)) => Ok(object),
            Strict(_) => Err("this is no JSON object".to_owned()),
        };
        (self.each)(Row::new(line, object), self.place.get().bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CI: &str = r#"{"id":"CI-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q","name":"web","class":"server","status":"operational","opened_at":"2026-11-22T09:12:04Z","opened_by":"alice","updated_at":"2026-11-22T09:12:04Z"}"#;

    type Reader = fn(&[u8], &mut Each<'_>) -> Result<(), CommandError>;

    const CSV: Reader = |text, each| csv(text, "x", each);
    const LINES: Reader = |text, each| lines(text, "x", each);
    const LIST: Reader = |text, each| list(text, "x", each);

    /// The line of a row, and its title or what is wrong with it.
    type Told = (u64, Result<String, String>);

    fn read(reader: Reader, text: &str) -> Result<Vec<Told>, String> {
        let mut rows = Vec::new();
        let mut each = |row: Row, _: u64| {
            rows.push((row.line, row.record.map(|record| record.title().to_owned())));
        };
        reader(text.as_bytes(), &mut each).map_err(|error| error.message)?;
        Ok(rows)
    }

    fn titled(line: u64) -> Told {
        (line, Ok("web".to_owned()))
    }

    #[test]
    fn rows_have_lines() {
        let text = format!("\u{feff}{CI}\n\n{CI}\r\n{CI}");
        assert_eq!(read(LINES, &text), Ok(vec![titled(1), titled(3), titled(4)]));
        let text = format!("\u{feff}[\n{CI},\n\n {CI}, {CI}\n]\n");
        assert_eq!(read(LIST, &text), Ok(vec![titled(2), titled(4), titled(4)]));
        assert_eq!(read(LIST, "[]"), Ok(vec![]));
        let head = "id,name,class,status,opened_at,opened_by,updated_at\n";
        let row = "CI-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q,web,server,operational,\
                   2026-11-22T09:12:04Z,alice,2026-11-22T09:12:04Z\n";
        let text = format!("\u{feff}{head}{row}\n{row}");
        assert_eq!(read(CSV, &text), Ok(vec![titled(2), titled(4)]));
    }

    #[test]
    fn what_is_no_record_is_told() {
        let of = |reader: Reader, text: &str| -> String {
            match read(reader, text) {
                Ok(rows) => rows[0].1.clone().expect_err(text),
                Err(error) => error,
            }
        };
        let changed = |from: &str, to: &str| CI.replace(from, to);
        for (reader, text, says) in [
            (LINES, "{".to_owned(), "not JSON"),
            (LINES, "[]".to_owned(), "no JSON object"),
            (LINES, "{}".to_owned(), "it has no `id`"),
            (LINES, changed("CI-01", "XX-01"), "`id`: "),
            (LINES, changed("CI-01", "INC-01"), "unknown field `name`"),
            (LINES, changed("\"class\"", "\"clas\""), "unknown field `clas`"),
            (LINES, changed("\"class\"", "\"name\""), "given twice"),
            (LINES, changed("operational", "Not Good"), "`status`: `Not Good` is no name"),
            (LINES, "\u{1f}\u{8b}".to_owned(), "not JSON"),
            (LIST, CI.to_owned(), "expected a list of records"),
            (LIST, format!("[{CI}"), "EOF"),
            (LIST, format!("[{CI}] x"), "trailing"),
            (LIST, "[1]".to_owned(), "no JSON object"),
            (CSV, "PK\u{3}\u{4}".to_owned(), "zip"),
            (CSV, "number,title\n".to_owned(), "there is no column `number`"),
            (CSV, "title\n".to_owned(), "there is no column `id`"),
            (CSV, "id,title,title\n".to_owned(), "`title` stands there twice"),
            (CSV, "id,title\nx\n".to_owned(), "1 columns instead of 2"),
            (CSV, "id,title\n,x\n".to_owned(), "it has no `id`"),
            (CSV, "id,name\nCI-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q,x\n".to_owned(), "missing field"),
        ] {
            let said = of(reader, &text);
            assert!(said.contains(says), "{text}: {said}");
        }
    }
}

//! CSV as a source of rows.

use std::borrow::Cow;
use std::io::Read;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::disguise::undisguised;
use super::lines::{Lines, Watched};
use super::source::{Missing, Next, Row, Source, Unit, Wanted};
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
    /// Columns made of others; their numbers go on where the header ends.
    made: Vec<Made>,
}

/// A column made of others.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Made {
    /// All of one name; as a JSON array, or with commas between.
    All { columns: Vec<usize>, list: bool },
    /// The first that says something.
    First(Vec<usize>),
    /// It is not there.
    Lacking(String),
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
        undisguised(first, name, "CSV")?;
        let header = header
            .iter()
            .map(|name| std::str::from_utf8(name).map(|name| name.trim().to_owned()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| {
                CommandError::invalid(format!("the first line of {name} is not UTF-8"))
                    .hint("convert it, for example with `iconv -f WINDOWS-1252 -t UTF-8`")
            })?;
        let name = name.to_owned();
        Ok(Self { reader, record: ByteRecord::new(), lines, name, header, made: Vec::new() })
    }

    /// The columns of a name.
    fn called(&self, name: &str) -> Vec<usize> {
        let named = self.header.iter().enumerate().filter(|(_, column)| *column == name);
        named.map(|(at, _)| at).collect()
    }

    fn make(&mut self, made: Made) -> usize {
        let known = self.made.iter().position(|other| *other == made);
        self.header.len()
            + known.unwrap_or_else(|| {
                self.made.push(made);
                self.made.len() - 1
            })
    }

    fn unknown(&self) -> Missing {
        Missing::Unknown(self.header.iter().filter(|name| !name.is_empty()).cloned().collect())
    }
}

impl<R: Read> Source for Table<R> {
    fn column(&mut self, name: &str) -> Result<usize, Missing> {
        match (self.called(name).as_slice(), name.strip_suffix("[]")) {
            ([at], _) => return Ok(*at),
            ([_, ..], _) => return Err(Missing::Several),
            ([], Some(all)) => {
                let columns = self.called(all.trim());
                if !columns.is_empty() {
                    return Ok(self.make(Made::All { columns, list: false }));
                }
            }
            ([], None) => {}
        }
        if !name.contains('|') {
            return Err(self.unknown());
        }
        let mut columns = Vec::new();
        for name in name.split('|') {
            match self.column(name.trim()) {
                Ok(at) => columns.push(at),
                Err(Missing::Unknown(_)) => {}
                Err(wrong) => return Err(wrong),
            }
        }
        match columns.as_slice() {
            [] => Err(self.unknown()),
            [at] => Ok(*at),
            _ => Ok(self.make(Made::First(columns))),
        }
    }

    fn list(&mut self, name: &str) -> Result<usize, Missing> {
        let called = |name: &str| {
            let name = name.trim();
            self.called(name.strip_suffix("[]").unwrap_or(name).trim())
        };
        let whole = called(name);
        let mut parts = name.split('|').map(called);
        let columns =
            if whole.is_empty() { parts.find(|found| !found.is_empty()) } else { Some(whole) };
        match columns {
            Some(columns) => Ok(self.make(Made::All { columns, list: true })),
            None => Err(self.unknown()),
        }
    }

    fn lacking(&mut self, name: &str) -> usize {
        self.make(Made::Lacking(name.to_owned()))
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
        Ok(Some(match self.fit(wanted, line) {
            Ok(row) => Next::Row(row),
            Err(reason) => {
                let key = Some(self.cell(wanted.key)).filter(|key| !key.is_empty());
                Next::Bad { line, key: key.map(Cow::into_owned), reason }
            }
        }))
    }

    fn position(&self) -> u64 {
        self.reader.position().byte()
    }

    fn unit(&self) -> Unit {
        Unit::Line
    }

    fn absent(&self) -> Vec<String> {
        let name = |made: &Made| match made {
            Made::Lacking(name) => Some(name.clone()),
            Made::All { .. } | Made::First(_) => None,
        };
        self.made.iter().filter_map(name).collect()
    }
}

impl<R: Read> Table<R> {
    /// The wanted cells of the row, or what is wrong with it.
    fn fit(&self, wanted: Wanted<'_>, line: u64) -> Result<Row, String> {
        let (header, record) = (&self.header, &self.record);
        let column = |at: usize| header.get(at).map_or("?", String::as_str);
        let mut cells = record.iter().enumerate();
        if let Some((at, cell)) = cells.find(|(_, cell)| cell.len() > MAX_BYTES) {
            return Err(format!(
                "`{}` holds {} bytes, and a record at most {MAX_BYTES}; a closing quote may be missing",
                column(at),
                cell.len()
            ));
        }
        if record.len() != header.len() {
            let wrong = format!("{} columns instead of {}", record.len(), header.len());
            let last = record.get(record.len().saturating_sub(1)).unwrap_or_default();
            let is_open = record.len() < header.len() && last.contains(&b'\n');
            let quote = if is_open { "; a closing quote may be missing" } else { "" };
            return Err(wrong + quote);
        }
        if let Some(at) = record.iter().position(|cell| std::str::from_utf8(cell).is_err()) {
            return Err(format!("`{}` is not UTF-8", column(at)));
        }
        let mut row = Row::new(line);
        for at in wanted.columns {
            row.push(&self.cell(*at))?;
        }
        Ok(row)
    }

    /// The trimmed cell of a column, whether it is made of others or not.
    fn cell(&self, at: usize) -> Cow<'_, str> {
        let plain = |at: usize| {
            let cell = self.record.get(at).and_then(|cell| std::str::from_utf8(cell).ok());
            cell.unwrap_or_default().trim()
        };
        let Some(made) = at.checked_sub(self.header.len()) else { return plain(at).into() };
        match self.made.get(made) {
            Some(Made::All { columns, list }) => {
                let cells = columns.iter().map(|at| plain(*at)).filter(|cell| !cell.is_empty());
                match list {
                    true => serde_json::Value::from_iter(cells).to_string().into(),
                    false => {
                        let parts: Vec<String> = cells.map(|cell| cell.replace(',', " ")).collect();
                        parts.join(",").into()
                    }
                }
            }
            Some(Made::First(columns)) => {
                let mut cells = columns.iter().map(|at| self.cell(*at));
                cells.find(|cell| !cell.is_empty()).unwrap_or_default()
            }
            Some(Made::Lacking(_)) | None => "".into(),
        }
    }
}

/// What else than the separator in use may separate the columns of a first
/// line, by how often it stands there.
pub(super) fn separator(line: &str) -> Option<char> {
    let counted = [',', '|', '\t', ';'].map(|c| (line.matches(c).count(), c));
    counted
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .max_by_key(|(count, _)| *count)
        .map(|(_, c)| c)
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
    fn columns_are_made_of_others() {
        let text = "n,tag,tag,a,b\nA,x,\"y,z\",,2\nB,,w,1,2\n";
        let mut table = Table::open(text.as_bytes(), b',', "the file").expect("a table");
        assert_eq!(table.column("tag"), Err(Missing::Several));
        assert!(matches!(table.column("c | d"), Err(Missing::Unknown(_))));
        let columns = [
            table.column("n").expect("a column"),
            table.column("tag[]").expect("columns"),
            table.column("a | nowhere | b").expect("columns"),
            table.list("tag[]").expect("columns"),
            table.column("c | b").expect("a column"),
            table.lacking("d"),
        ];
        assert_eq!(table.column("tag[]"), Ok(columns[1]));
        let wanted = Wanted { columns: &columns, key: 0 };
        let mut rows = Vec::new();
        while let Some(Next::Row(row)) = table.next(wanted).expect("rows") {
            rows.push((0..columns.len()).map(|at| row.cell(at).to_owned()).collect::<Vec<_>>());
        }
        assert_eq!(rows[0], ["A", "x,y z", "2", r#"["x","y,z"]"#, "2", ""]);
        assert_eq!(rows[1], ["B", "w", "1", r#"["w"]"#, "2", ""]);
        assert_eq!(table.absent(), ["d"]);
    }

    #[test]
    fn a_missing_quote_is_guessed() {
        let mut text = b"n,t\nA,\"".to_vec();
        text.resize(MAX_BYTES + 100, b'x');
        let rows = read(&text).expect("rows");
        assert!(rows[0].1.as_ref().is_err_and(|why| why.contains("closing quote")), "{rows:?}");
        for (text, guessed) in
            [("n,t,u\nA,\"x,y\nB,z,1\n", true), ("n,t,u\nA,\"x\ny\",1,2\n", false)]
        {
            let rows = read(text.as_bytes()).expect("rows");
            let why = rows[0].1.as_ref().expect_err("it is broken");
            assert_eq!(why.contains("closing quote"), guessed, "{why}");
        }
    }
}

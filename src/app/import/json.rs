//! JSON as a source of rows: an array of objects, bare or in a wrapper, objects
//! one after another, or one on each line.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Deserializer, Value};

use super::disguise::undisguised;
use super::path::Paths;
use super::source::{Missing, Next, Row, Source, Unit, Wanted};
use crate::error::CommandError;
use crate::format::limits::MAX_BYTES;

/// The largest object, in bytes. Comments and all, a ticket is far smaller.
const MAX_OBJECT: u64 = 64 << 20;

/// A source of JSON.
pub(super) struct Json<R> {
    input: Input<R>,
    shape: Shape,
    columns: Vec<Column>,
    /// What the source is called in messages.
    name: String,
    /// How many objects, or lines, there were so far.
    count: u64,
}

/// A column that the mapping asks for.
struct Column {
    name: String,
    paths: Paths,
    /// Whether the items of a list are wanted, as JSON.
    list: bool,
    /// Whether any object had it.
    exists: bool,
}

/// How the objects are arranged.
enum Shape {
    /// One on each line.
    Lines,
    /// In arrays, in wrappers, or one after another.
    Values { records: Vec<String>, place: Place },
}

/// Where in the text we are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Around all values.
    Top,
    /// In an array, with so many wrappers around it. `fresh`: before its
    /// first item.
    Array { wrappers: usize, fresh: bool },
    /// After the array or object that so many wrappers were there for.
    After { wrappers: usize },
}

impl<R: Read> Json<R> {
    /// A source with one object on each line. `name` is for messages.
    ///
    /// # Errors
    ///
    /// The source is empty, compressed, or cannot be read.
    pub(super) fn lines(source: R, name: &str) -> Result<Self, CommandError> {
        Self::open(source, Shape::Lines, name)
    }

    /// A source with objects in any other arrangement. `records` leads to the
    /// array in a wrapper, if there is one.
    ///
    /// # Errors
    ///
    /// The source is empty, compressed, or cannot be read.
    pub(super) fn values(
        source: R,
        records: Option<&str>,
        name: &str,
    ) -> Result<Self, CommandError> {
        let records = records.map(|path| path.split('.').map(|key| key.trim().to_owned()));
        let records = records.map(Iterator::collect).unwrap_or_default();
        Self::open(source, Shape::Values { records, place: Place::Top }, name)
    }

    fn open(source: R, shape: Shape, name: &str) -> Result<Self, CommandError> {
        let inner = BufReader::with_capacity(64 << 10, source);
        let mut input = Input { inner, read: 0, line: 1, left: u64::MAX };
        let name = name.to_owned();
        let unreadable =
            |error: io::Error| CommandError::invalid(format!("cannot read {name}: {error}"));
        let start = input.inner.fill_buf().map_err(unreadable)?;
        undisguised(start, &name, "JSON")?;
        if start.starts_with(b"\xef\xbb\xbf") {
            input.inner.consume(3);
        }
        input
            .blanks()
            .map_err(|error| CommandError::invalid(format!("cannot read {name}: {error}")))?;
        if input.peek().ok().flatten().is_none() {
            return Err(CommandError::invalid(format!("{name} is empty"))
                .hint("a source without tickets is `[]`"));
        }
        let count = input.line - 1;
        let count = if matches!(shape, Shape::Lines) { count } else { 0 };
        Ok(Self { input, shape, columns: Vec::new(), name, count })
    }

    fn add(&mut self, name: &str, list: bool) -> Result<usize, Missing> {
        let known = self.columns.iter().position(|c| c.name == name && c.list == list);
        if let Some(at) = known {
            return Ok(at);
        }
        let paths = Paths::parse(name).map_err(Missing::Malformed)?;
        self.columns.push(Column { name: name.to_owned(), paths, list, exists: false });
        Ok(self.columns.len() - 1)
    }

    /// The wanted cells of an object, or what is wrong with it.
    fn fit(&mut self, object: &Value, wanted: Wanted<'_>) -> Result<Row, String> {
        if !object.is_object() {
            return Err("it is no object".to_owned());
        }
        if let Some(name) = self.columns.get(wanted.key).and_then(|key| key.paths.around(object)) {
            return Err(format!(
                "it is around the tickets: put `records: {name}` into the mapping"
            ));
        }
        let mut row = Row::new(self.count);
        for at in wanted.columns {
            let Some(column) = self.columns.get_mut(*at) else { continue };
            let cell = if column.list {
                let found = column.paths.items(object);
                column.exists |= found.exists;
                found
                    .says
                    .map(|items| serde_json::to_string(&items))
                    .transpose()
                    .map_err(|error| error.to_string())?
                    .map(Cow::Owned)
            } else {
                let found = column.paths.text(object);
                column.exists |= found.as_ref().is_ok_and(|found| found.exists) || found.is_err();
                found?.says
            };
            let cell = cell.unwrap_or_default();
            if cell.len() > MAX_BYTES {
                return Err(format!(
                    "`{}` holds {} bytes, and a record at most {MAX_BYTES}",
                    column.name,
                    cell.len()
                ));
            }
            row.push(cell.trim())?;
        }
        Ok(row)
    }

    fn row(&mut self, object: &Value, wanted: Wanted<'_>) -> Next {
        match self.fit(object, wanted) {
            Ok(row) => Next::Row(row),
            Err(reason) => {
                let key = self.columns.get(wanted.key).and_then(|key| key.paths.text(object).ok());
                let key = key.and_then(|key| key.says).map(|key| key.trim().to_owned());
                Next::Bad { line: self.count, key, reason }
            }
        }
    }

    /// The object on the next line that is not blank.
    fn line(&mut self, wanted: Wanted<'_>) -> Result<Option<Next>, CommandError> {
        loop {
            let mut line = Vec::new();
            let limit = MAX_OBJECT + 1;
            let read = (&mut self.input.inner).take(limit).read_until(b'\n', &mut line);
            let read = read.map_err(|error| self.unreadable(&error))?;
            if read == 0 {
                return Ok(None);
            }
            self.count += 1;
            self.input.read += read as u64;
            let line_no = self.count;
            let bad = |reason: String| Ok(Some(Next::Bad { line: line_no, key: None, reason }));
            if read as u64 == limit && line.last() != Some(&b'\n') {
                let mut dropped = vec![0; 0];
                loop {
                    dropped.clear();
                    let more = (&mut self.input.inner).take(limit).read_until(b'\n', &mut dropped);
                    let more = more.map_err(|error| self.unreadable(&error))?;
                    self.input.read += more as u64;
                    if more == 0 || dropped.last() == Some(&b'\n') {
                        break;
                    }
                }
                return bad(format!("it is longer than {MAX_OBJECT} bytes"));
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            return match serde_json::from_slice(&line) {
                Ok(object) => Ok(Some(self.row(&object, wanted))),
                Err(error) => {
                    bad(format!("it is no JSON: {} in column {}", plain(&error), error.column()))
                }
            };
        }
    }

    fn unreadable(&self, error: &io::Error) -> CommandError {
        CommandError::invalid(format!("cannot read {}: {error}", self.name))
    }

    /// The text breaks off or makes no sense, here.
    fn broken(&self, reason: &str) -> CommandError {
        let line = self.input.line;
        CommandError::invalid(format!("{} is no JSON from line {line}: {reason}", self.name))
    }

    /// The next object in arrays, in wrappers, or by itself.
    fn value(&mut self, wanted: Wanted<'_>) -> Result<Option<Next>, CommandError> {
        loop {
            let Shape::Values { records, place } = &mut self.shape else { return Ok(None) };
            let (place, wrapped) = (*place, !records.is_empty());
            let next = match place {
                Place::Top => {
                    self.blanks()?;
                    match self.peek()? {
                        None => return Ok(None),
                        Some(b'[') => {
                            self.input.bump();
                            Place::Array { wrappers: 0, fresh: true }
                        }
                        Some(b'{') if wrapped => self.unwrap()?,
                        Some(b'{') => return self.object(Place::Top, wanted).map(Some),
                        Some(_) => return Err(self.broken("an array or object is needed")),
                    }
                }
                Place::Array { wrappers, fresh } => {
                    self.blanks()?;
                    match self.peek()? {
                        Some(b']') => {
                            self.input.bump();
                            Place::After { wrappers }
                        }
                        Some(_) if fresh => {
                            let place = Place::Array { wrappers, fresh: false };
                            return self.object(place, wanted).map(Some);
                        }
                        Some(b',') => {
                            self.input.bump();
                            return self.object(place, wanted).map(Some);
                        }
                        _ => return Err(self.broken("a `,` or `]` is missing in the array")),
                    }
                }
                Place::After { wrappers } => {
                    for _ in 0..wrappers {
                        self.rest_of_wrapper()?;
                    }
                    Place::Top
                }
            };
            self.set(next);
        }
    }

    fn set(&mut self, next: Place) {
        if let Shape::Values { place, .. } = &mut self.shape {
            *place = next;
        }
    }

    /// Reads one object, after which we are at `next`.
    fn object(&mut self, next: Place, wanted: Wanted<'_>) -> Result<Next, CommandError> {
        self.count += 1;
        let object: Value = self.read()?;
        self.set(next);
        Ok(self.row(&object, wanted))
    }

    /// Goes into a wrapper, up to the array in it, or to the one object.
    fn unwrap(&mut self) -> Result<Place, CommandError> {
        let Shape::Values { records, .. } = &self.shape else { return Ok(Place::Top) };
        let records = records.clone();
        let mut wrappers = 0;
        for (depth, wanted) in records.iter().enumerate() {
            self.expect(b'{')?;
            wrappers += 1;
            let mut seen = Vec::new();
            loop {
                self.blanks()?;
                if self.peek()? == Some(b'}') {
                    let path = records.join(".");
                    let hint = match seen.is_empty() {
                        true => "it is empty there".to_owned(),
                        false => format!("there are {}", seen.join(", ")),
                    };
                    let message = format!("{} has no `{path}` to take tickets from", self.name);
                    return Err(CommandError::invalid(message).hint(hint));
                }
                if !seen.is_empty() {
                    self.expect(b',')?;
                    self.blanks()?;
                }
                let key: String = self.read()?;
                self.blanks()?;
                self.expect(b':')?;
                self.blanks()?;
                if key == *wanted {
                    break;
                }
                let _: IgnoredAny = self.read()?;
                if seen.len() < 20 || seen.is_empty() {
                    seen.push(key);
                }
            }
            let last = depth + 1 == records.len();
            match self.peek()? {
                Some(b'{') if !last => {}
                Some(b'[') if last => {
                    self.input.bump();
                    return Ok(Place::Array { wrappers, fresh: true });
                }
                Some(b'n') => {
                    let _: IgnoredAny = self.read()?;
                    return Ok(Place::After { wrappers });
                }
                _ => {
                    let path = records.join(".");
                    let message = format!("`{path}` in {} is no array", self.name);
                    return Err(CommandError::invalid(message));
                }
            }
        }
        Ok(Place::After { wrappers })
    }

    /// Skips what follows in a wrapper, up to its end.
    fn rest_of_wrapper(&mut self) -> Result<(), CommandError> {
        loop {
            self.blanks()?;
            if self.peek()? == Some(b'}') {
                self.input.bump();
                return Ok(());
            }
            self.expect(b',')?;
            self.blanks()?;
            let _: String = self.read()?;
            self.blanks()?;
            self.expect(b':')?;
            self.blanks()?;
            let _: IgnoredAny = self.read()?;
        }
    }

    fn blanks(&mut self) -> Result<(), CommandError> {
        self.input.blanks().map_err(|error| self.unreadable(&error))
    }

    fn peek(&mut self) -> Result<Option<u8>, CommandError> {
        self.input.peek().map_err(|error| self.unreadable(&error))
    }

    fn expect(&mut self, byte: u8) -> Result<(), CommandError> {
        if self.peek()? != Some(byte) {
            return Err(self.broken(&format!("a `{}` is missing", char::from(byte))));
        }
        self.input.bump();
        Ok(())
    }

    /// Reads one value, and not a byte more.
    fn read<T: for<'de> Deserialize<'de>>(&mut self) -> Result<T, CommandError> {
        self.blanks()?;
        let from = self.input.line;
        if self.peek()?.is_some_and(|byte| byte == b'-' || byte.is_ascii_digit()) {
            // The end of a number is only known from the byte after it, which
            // the deserialiser would take.
            let mut number = Vec::new();
            while let Some(byte) = self.peek()?
                && (byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.'))
                && number.len() < 400
            {
                number.push(byte);
                self.input.bump();
            }
            return serde_json::from_slice(&number).map_err(|error| self.broken(&plain(&error)));
        }
        self.input.left = MAX_OBJECT;
        let read = T::deserialize(&mut Deserializer::from_reader(&mut self.input));
        self.input.left = u64::MAX;
        read.map_err(|error| {
            let line = from + (error.line() as u64).saturating_sub(1);
            let place = match self.count {
                0 => format!("line {line}"),
                count => format!("line {line}, in element {count}"),
            };
            CommandError::invalid(format!("{} is no JSON at {place}: {}", self.name, plain(&error)))
        })
    }
}

impl<R: Read> Source for Json<R> {
    fn column(&mut self, name: &str) -> Result<usize, Missing> {
        self.add(name, false)
    }

    fn list(&mut self, name: &str) -> Result<usize, Missing> {
        self.add(name, true)
    }

    fn lacking(&mut self, name: &str) -> usize {
        // No mapping gets here: any path may lead somewhere in the next object.
        self.add(name, false).unwrap_or(usize::MAX)
    }

    fn next(&mut self, wanted: Wanted<'_>) -> Result<Option<Next>, CommandError> {
        match self.shape {
            Shape::Lines => self.line(wanted),
            Shape::Values { .. } => self.value(wanted),
        }
    }

    fn position(&self) -> u64 {
        self.input.read
    }

    fn unit(&self) -> Unit {
        match self.shape {
            Shape::Lines => Unit::Line,
            Shape::Values { .. } => Unit::Element,
        }
    }

    fn absent(&self) -> Vec<String> {
        let absent = self.columns.iter().filter(|column| !column.exists);
        absent.map(|column| column.name.clone()).collect()
    }
}

/// What serde says, without its place, which counts from the wrong start.
fn plain(error: &serde_json::Error) -> String {
    let text = error.to_string();
    match text.rfind(" at line ") {
        Some(at) => text.get(..at).unwrap_or_default().to_owned(),
        None => text,
    }
}

/// Bytes that can be looked at before they are taken.
struct Input<R> {
    inner: BufReader<R>,
    /// How many bytes were taken.
    read: u64,
    /// The line, counted from 1.
    line: u64,
    /// How many more bytes may be taken.
    left: u64,
}

impl<R: Read> Input<R> {
    fn peek(&mut self) -> io::Result<Option<u8>> {
        self.inner.fill_buf().map(|bytes| bytes.first().copied())
    }

    /// Takes the byte that was looked at.
    fn bump(&mut self) {
        if self.inner.buffer().first() == Some(&b'\n') {
            self.line += 1;
        }
        self.inner.consume(1);
        self.read += 1;
    }

    fn blanks(&mut self) -> io::Result<()> {
        while self.peek()?.is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')) {
            self.bump();
        }
        Ok(())
    }
}

impl<R: Read> Read for Input<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            let limit = format!("it is larger than {MAX_OBJECT} bytes");
            return Err(io::Error::other(limit));
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let buffer = buffer.get_mut(..most).unwrap_or_default();
        let count = self.inner.read(buffer)?;
        self.line += buffer.iter().take(count).filter(|byte| **byte == b'\n').count() as u64;
        self.read += count as u64;
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every row's number with its key and title, or what is wrong with it.
    fn rows<R: Read>(mut source: Json<R>) -> Result<Vec<String>, CommandError> {
        let columns = [source.column("k").expect("a path"), source.column("t | u").expect("paths")];
        let wanted = Wanted { columns: &columns, key: 0 };
        let mut rows = Vec::new();
        while let Some(next) = source.next(wanted)? {
            rows.push(match next {
                Next::Row(row) => format!("{} {} {}", row.line, row.cell(0), row.cell(1)),
                Next::Bad { line, key, reason } => {
                    format!("{line} {} !{reason}", key.unwrap_or_default())
                }
            });
        }
        Ok(rows)
    }

    fn values(text: &str, records: Option<&str>) -> Result<Vec<String>, CommandError> {
        rows(Json::values(text.as_bytes(), records, "the file")?)
    }

    #[test]
    fn objects_come_in_many_arrangements() {
        let two = ["1 A x", "2 B 7"];
        for (text, records) in [
            (r#"[{"k":"A","t":"x"},{"k":"B","u":7}]"#, None),
            ("\u{feff} [ {\"k\":\"A\",\"t\":\"x\"} ,\n{\"k\":\"B\",\"u\":7} ] ", Some("issues")),
            (r#"{"k":"A","t":"x"}{"k":"B","u":7}"#, None),
            ("{\"k\":\"A\",\"t\":\"x\"}\n{\"k\":\"B\",\"u\":7}\n", None),
            (r#"[{"k":"A","t":"x"}][][{"k":"B","u":7}]"#, None),
            (
                r#"{"n":-1,"issues":[{"k":"A","t":"x"},{"k":"B","u":7}],"z":{"a":[1,2]},"y":3}"#,
                Some("issues"),
            ),
            (
                r#"{"issues":[{"k":"A","t":"x"}]} {"issues":[]} {"issues":null} {"issues":[{"k":"B","u":7}]}"#,
                Some("issues"),
            ),
            (
                r#"{"a":"}","d":{"x":1e5,"issues":[{"k":"A","t":"x"},{"k":"B","u":7}]},"b":[{}]}"#,
                Some("d.issues"),
            ),
        ] {
            assert_eq!(values(text, records).expect(text), two, "{text}");
        }
        assert!(values("[]", None).expect("nothing").is_empty());
        assert_eq!(
            values(r#"[1, "x", null, [], {"k":"A","t":{"a":1}}, {}]"#, None).expect("rows"),
            [
                "1  !it is no object",
                "2  !it is no object",
                "3  !it is no object",
                "4  !it is no object",
                "5 A !`t` is an object; name a part of it, such as `t.a`",
                "6  ",
            ]
        );
    }

    #[test]
    fn broken_text_is_refused_with_its_place() {
        for (text, records, says) in [
            ("", None, "is empty"),
            (" \n ", None, "is empty"),
            ("key,title\nA,x\n", None, "an array or object is needed"),
            ("[{\"k\":\"A\"},\n{\"k\":\n}]", None, "line 3, in element 2"),
            ("[{\"k\":\"A\"}", None, "a `,` or `]` is missing"),
            ("[{\"k\":\"A\"},]", None, "element 2"),
            ("[{\"k\":1 \"t\":2}]", None, "element 1"),
            ("{\"total\":1,\"items\":[]}", Some("issues"), "has no `issues`"),
            ("{\"issues\":3}", Some("issues"), "is no array"),
            ("{\"issues\":[]", Some("issues"), "missing"),
            ("{\"a\":1", Some("issues"), "missing"),
            ("\u{1f}\u{8b}", None, "an array or object"),
        ] {
            let error = values(text, records).expect_err(text);
            assert!(error.message.contains(says), "{text}: {}", error.message);
        }
        assert!(values(&format!("[{}", "[".repeat(100_000)), None).is_err(), "too deep");
    }

    #[test]
    fn lines_are_judged_one_by_one() {
        let text = "\n{\"k\":\"A\",\"t\":\"x\"}\r\n\n{\"k\":\n[1]\n{\"k\":\"B\",\"t\":\"\u{e9}\"} \n{\"k\":\"C\"} {}";
        let read = rows(Json::lines(text.as_bytes(), "the file").expect("a source")).expect("rows");
        assert_eq!(read[0], "2 A x");
        assert!(read[1].starts_with("4  !it is no JSON: EOF"), "{}", read[1]);
        assert_eq!(read[2], "5  !it is no object");
        assert!(read[3].starts_with("6 B "), "{}", read[3]);
        assert!(read[4].starts_with("7  !it is no JSON: trailing"), "{}", read[4]);
        assert_eq!(read.len(), 5);
    }
}

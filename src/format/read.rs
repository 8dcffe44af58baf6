//! Text to model, with errors that name the place.

use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use super::scan::{Place, Step};
use super::{FormatError, FormatErrorKind as Kind, limits, quick, scan, words};
use crate::model::{Kind as RecordKind, Record, RecordId};

/// Reads the record `id`, which the path of the file says, from the file's content.
///
/// # Errors
///
/// Whatever [`FormatErrorKind`](Kind) names, with the line where there is one.
pub fn read_record(id: RecordId, bytes: &[u8]) -> Result<Record, FormatError> {
    let place = |error: FormatError| error.in_file(&id.path());
    let record = record_from(id.kind(), bytes).map_err(place)?;
    if record.id() == id { Ok(record) } else { Err(place(wrong_id(&record, id, bytes))) }
}

/// Reads a record of type `kind`, whatever its id is.
///
/// # Errors
///
/// As [`read_record`]; without a path, since none is known.
pub fn read_record_any(kind: RecordKind, bytes: &[u8]) -> Result<Record, FormatError> {
    let record = record_from(kind, bytes)?;
    if record.kind() == kind {
        return Ok(record);
    }
    let message = format!("the id {} is not one of type {kind}", record.id());
    Err(at_id(FormatError::new(Kind::WrongId, message), bytes))
}

/// Reads settings, a file below `.gitsm/`, where comments are welcome.
///
/// Maps in `T` must refuse duplicate keys themselves (`model::unique`); structs do.
///
/// # Errors
///
/// As [`read_record`]; `path` is named in the error.
pub fn read_settings<T: DeserializeOwned>(path: &str, bytes: &[u8]) -> Result<T, FormatError> {
    settings_from(bytes).map_err(|error| error.in_file(path))
}

/// Reads settings that are part of the program, which need no limits.
///
/// # Errors
///
/// As [`read_settings`]; a test that reads every such text shows that there
/// are none.
pub fn read_built_in<T: DeserializeOwned>(text: &'static str) -> Result<T, FormatError> {
    parse(text)
}

pub(super) fn settings_from<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FormatError> {
    let text = limits::check(bytes)?;
    quick::read(text).or_else(|_| parse(text))
}

/// Reads a record by its type alone; the id inside may be any.
pub(super) fn record_from(kind: RecordKind, bytes: &[u8]) -> Result<Record, FormatError> {
    fn parse<T: DeserializeOwned>(text: &str) -> Result<T, FormatError> {
        quick::read(text).or_else(|_| super::read::parse(text))
    }
    let text = limits::check(bytes)?;
    Ok(match kind {
        RecordKind::Incident => Record::Incident(parse(text)?),
        RecordKind::Request => Record::Request(parse(text)?),
        RecordKind::Problem => Record::Problem(parse(text)?),
        RecordKind::Change => Record::Change(parse(text)?),
        RecordKind::Ci => Record::Ci(parse(text)?),
    })
}

fn wrong_id(record: &Record, id: RecordId, bytes: &[u8]) -> FormatError {
    let message = format!("the id is {}, but the path says {id}", record.id());
    at_id(FormatError::new(Kind::WrongId, message), bytes)
        .hinted("an id never changes; put it back, or move the file to the path of its id")
}

fn at_id(error: FormatError, bytes: &[u8]) -> FormatError {
    let text = String::from_utf8_lossy(bytes);
    match scan::place_of(&text, &[Step::Key("id".to_owned())]) {
        Some((key, value)) => {
            let place = key.unwrap_or(value);
            error.at(&text, place.line, place.column)
        }
        None => error,
    }
}

fn parse<T: DeserializeOwned>(text: &str) -> Result<T, FormatError> {
    serde_yaml::from_str(text).map_err(|error| explain(text, &error, &path_to_error::<T>(text)))
}

/// The field in which reading `text` goes wrong.
///
/// The parser itself gives errors of our own checks the place of the map
/// around; reading again with a tracker finds the field.
fn path_to_error<T: DeserializeOwned>(text: &str) -> Vec<Step> {
    let again: Result<T, _> =
        serde_path_to_error::deserialize(serde_yaml::Deserializer::from_str(text));
    let Err(error) = again else { return Vec::new() };
    error
        .path()
        .iter()
        .filter_map(|segment| match segment {
            Segment::Map { key } => Some(Step::Key(key.clone())),
            Segment::Seq { index } => Some(Step::Item(*index)),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// Puts the parser's words into ours and names the place.
fn explain(text: &str, error: &serde_yaml::Error, path: &[Step]) -> FormatError {
    if let Err(found) = scan::check(text) {
        return found;
    }
    let location = error.location();
    let said = error.to_string();
    // The place goes before the message; the parser appends it.
    let message = match said.rfind(" at line ") {
        Some(end) if location.is_some() => said.get(..end).unwrap_or(&said),
        _ => &said,
    };
    let place = scan::place_of(text, path)
        .map(|(_, value)| value)
        .or_else(|| location.map(|at| Place { line: at.line(), column: at.column() }));
    if let Some(key) = between(message, "unknown field `", "`") {
        return unknown_field(text, message, key, path, place);
    }
    if let Some(key) = between(message, "duplicate field `", "`").or_else(|| duplicate_key(message))
    {
        let error = FormatError::new(Kind::DuplicateKey, format!("the key `{key}` is given twice"))
            .hinted("keep the right one of the two lines");
        return put(error, text, scan::second_key(text, key).or(place));
    }
    if let Some(key) = between(message, "missing field `", "`") {
        let error =
            FormatError::new(Kind::MissingField, format!("the field `{key}` is missing here"));
        return put(error, text, place);
    }
    let (message, hint) = words::plain(message);
    let error = FormatError::new(Kind::Value, message);
    put(hint.map_or(error.clone(), |hint| error.hinted(hint)), text, place)
}

fn put(error: FormatError, text: &str, place: Option<Place>) -> FormatError {
    match place {
        Some(place) => error.at(text, place.line, place.column),
        None => error,
    }
}

fn unknown_field(
    text: &str,
    message: &str,
    key: &str,
    path: &[Step],
    around: Option<Place>,
) -> FormatError {
    let error = FormatError::new(Kind::UnknownField, format!("there is no field `{key}` here"));
    // Depending on the map, the path ends at the map or at the key itself.
    let mut to_key = path.to_vec();
    if to_key.last() != Some(&Step::Key(key.to_owned())) {
        to_key.push(Step::Key(key.to_owned()));
    }
    let place = scan::place_of(text, &to_key).and_then(|(at, _)| at).or(around);
    let error = put(error, text, place);

    let known = words::expected(message);
    match words::nearest(key, &known) {
        Some(name) => error.hinted(format!("did you mean `{name}`?")),
        None if known.contains(&"custom") => error.hinted("fields of your own go below `custom:`"),
        None => error.hinted(format!("the fields here are {}", known.join(", "))),
    }
}

/// The key in the words of `model::unique`, which shows it in its debug form.
fn duplicate_key(message: &str) -> Option<&str> {
    let (_, shown) = message.split_once("duplicate key ")?;
    let (_, shown) = shown.split_once('"')?;
    shown.rsplit_once('"').map(|(key, _)| key)
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    text.split_once(before)?.1.split_once(after).map(|(word, _)| word)
}

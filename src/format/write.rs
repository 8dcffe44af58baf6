//! Model to canonical text.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_saphyr::{SerializerOptions, ser_options};

use super::limits::MAX_BYTES;
use super::read::{record_from, settings_from};
use super::{FormatError, FormatErrorKind as Kind};
use crate::model::Record;

/// Writes `record` in its one canonical spelling.
///
/// # Errors
///
/// [`Unwritable`](Kind::Unwritable) for text that YAML cannot hold so that it
/// reads back the same, or a record beyond the [limits](super::limits). What
/// has gone through `model::one_line` and `model::paragraph` is never that.
pub fn write_record(record: &Record) -> Result<String, FormatError> {
    let written = match record {
        Record::Incident(incident) => write(incident, |text| reads_as(record, text)),
        Record::Request(request) => write(request, |text| reads_as(record, text)),
        Record::Problem(problem) => write(problem, |text| reads_as(record, text)),
        Record::Change(change) => write(change, |text| reads_as(record, text)),
        Record::Ci(ci) => write(ci, |text| reads_as(record, text)),
    };
    written.map_err(|error| error.in_file(&record.id().path()))
}

fn reads_as(record: &Record, text: &str) -> bool {
    record_from(record.kind(), text.as_bytes()).is_ok_and(|read| read == *record)
}

/// Writes settings in the same style as records.
///
/// # Errors
///
/// [`Unwritable`](Kind::Unwritable) for what does not read back.
pub fn write_settings<T: Serialize + DeserializeOwned + PartialEq>(
    settings: &T,
) -> Result<String, FormatError> {
    write(settings, |text| settings_from::<T>(text.as_bytes()).is_ok_and(|read| read == *settings))
}

/// Writes data of any sort, such as an answer, in the same style.
///
/// # Errors
///
/// [`Unwritable`](Kind::Unwritable) for what YAML cannot hold.
pub fn write_data(value: &serde_json::Value) -> Result<String, FormatError> {
    let text = emit(value, true)?;
    let reads_back = |text: &str| {
        serde_yaml::from_str::<serde_json::Value>(text).is_ok_and(|read| read == *value)
    };
    // There is no limit to how much there may be.
    if text.split('\n').all(is_ordinary_line) || reads_back(&text) {
        return Ok(text);
    }
    emit(value, false)
}

/// Writes `value`, and reads it back where its text is out of the ordinary.
fn write<T: Serialize>(
    value: &T,
    reads_back: impl Fn(&str) -> bool,
) -> Result<String, FormatError> {
    let text = emit(value, true)?;
    if is_ordinary(&text) || reads_back(&text) {
        return Ok(text);
    }
    // A few texts, such as one with a leading tab, do not survive as a block
    // literal; quotes with escapes hold anything.
    let text = emit(value, false)?;
    if reads_back(&text) {
        return Ok(text);
    }
    Err(FormatError::new(
        Kind::Unwritable,
        "holds text or keys that YAML cannot carry, or is beyond the limits",
    ))
}

fn emit<T: Serialize>(value: &T, literals: bool) -> Result<String, FormatError> {
    serde_saphyr::to_string_with_options(value, style(literals))
        .map_err(|error| FormatError::new(Kind::Unwritable, error.to_string()))
}

fn style(literals: bool) -> SerializerOptions {
    ser_options! {
        indent_step: 2,
        compact_list_indent: true,
        prefer_block_scalars: literals,
        // A folded text would diff badly: a word more moves every line after it.
        min_fold_chars: usize::MAX,
        folded_wrap_chars: usize::MAX,
    }
}

/// Whether `text` is of the kind that the property tests found to read back
/// always, so that reading it again would be wasted.
fn is_ordinary(text: &str) -> bool {
    text.len() <= MAX_BYTES && text.split('\n').all(is_ordinary_line)
}

fn is_ordinary_line(line: &str) -> bool {
    line.len() < 1000
        && !line.contains(['\t', '\\'])
        && !line.ends_with(' ')
        // The header of a literal that begins or ends with white space.
        && !["|2", "|2-", "|2+", "|+"].iter().any(|header| line.ends_with(header))
}

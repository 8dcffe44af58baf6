//! Whole records, out of the desk: as they stand in their files, or as a table.

pub(in crate::app) mod table;

use std::borrow::Cow;

use super::Session;
use super::read::checked;
use crate::error::CommandError;
use crate::format;
use crate::model::{Kind, Record, RecordId};
use crate::query::{Filter, Query, Test};
use crate::store::BlobId;

use table::Table;
pub(in crate::app) use table::{columns_of, record};

/// The form of what is exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// A line for each record, a column for each field.
    Csv {
        /// The columns; all that records of the types asked for may have, if
        /// none are named.
        columns: Option<Vec<String>>,
        /// Whether cells that a spreadsheet would take for formulas get an
        /// apostrophe in front.
        guard: bool,
        /// Whether the first line names the columns.
        header: bool,
    },
    /// One list of all records.
    Json,
    /// A line for each record.
    Jsonl,
    /// The files, one after the other.
    Yaml,
}

impl ExportFormat {
    /// The name that commands use.
    pub const fn name(&self) -> &'static str {
        match self {
            ExportFormat::Csv { .. } => "csv",
            ExportFormat::Json => "json",
            ExportFormat::Jsonl => "jsonl",
            ExportFormat::Yaml => "yaml",
        }
    }
}

/// What was exported.
#[derive(Clone, Debug, Default)]
pub struct Exported {
    pub records: usize,
    /// What is odd about the query, and which files could not be read.
    pub warnings: Vec<String>,
}

/// Takes what is exported, piece by piece.
pub type Sink<'a> = dyn FnMut(&str) -> Result<(), CommandError> + 'a;

/// Gives every record that matches to `out`, by type and age unless the query
/// wants another order. Only one record is in memory at a time.
///
/// # Errors
///
/// The query or a column cannot be understood, the desk cannot be read, or
/// `out` fails.
pub fn export(
    session: &Session,
    query: &Query,
    format: &ExportFormat,
    out: &mut Sink<'_>,
) -> Result<Exported, CommandError> {
    let selection = checked(session, query)?;
    let index = session.index()?;
    let mut writer = match format {
        ExportFormat::Csv { columns, guard, header } => {
            let own = index.custom_names(selection.filter.as_ref())?;
            let named = selection.filter.as_ref().and_then(kinds);
            let kinds = named.unwrap_or_else(|| Kind::ALL.to_vec());
            let settings = &session.policy()?.settings;
            let table = Table::new(&kinds, settings, &own, columns.as_deref())?;
            if *header {
                out(&table.header(*guard)?)?;
            }
            Writer::Csv(table, *guard)
        }
        ExportFormat::Json => Writer::Json { first: true },
        ExportFormat::Jsonl => Writer::Jsonl,
        ExportFormat::Yaml => Writer::Yaml,
    };
    let wanted = index.contents(&selection)?;
    let mut exported = Exported { warnings: selection.warnings, ..Exported::default() };
    let total = wanted.len() as u64;
    let mut records = wanted.iter();
    let blobs = wanted.iter().map(|(_, blob): &(RecordId, BlobId)| *blob);
    session.store.each_blob(blobs, |_, bytes| {
        let Some((id, _)) = records.next() else { return Ok(()) };
        if exported.records > 0 && exported.records.is_multiple_of(1024) {
            session.progress("exporting", exported.records as u64, total);
        }
        let read = bytes.map_err(|error| error.to_string()).and_then(|bytes| {
            let record = format::read_record(*id, bytes).map_err(|error| error.to_string())?;
            Ok((record, bytes))
        });
        match read {
            Ok((record, bytes)) => {
                writer.one(&record, bytes, out)?;
                exported.records += 1;
            }
            Err(error) => {
                exported.warnings.push(format!("{id} cannot be read and is left out: {error}"));
            }
        }
        Ok::<_, CommandError>(())
    })?;
    writer.end(out)?;
    Ok(exported)
}

/// The record types that alone can satisfy the filter, where it names some.
fn kinds(filter: &Filter) -> Option<Vec<Kind>> {
    match filter {
        Filter::Test(Test::Kind(kind)) => Some(vec![*kind]),
        Filter::And(parts) => parts.iter().find_map(kinds),
        Filter::Or(parts) if !parts.is_empty() => {
            Some(parts.iter().map(kinds).collect::<Option<Vec<_>>>()?.concat())
        }
        _ => None,
    }
}

/// Writes records in one form.
pub(in crate::app) enum Writer {
    Csv(Table, bool),
    Json { first: bool },
    Jsonl,
    Yaml,
}

impl Writer {
    /// Writes one record, whose file holds `bytes`.
    pub(in crate::app) fn one(
        &mut self,
        record: &Record,
        bytes: &[u8],
        out: &mut Sink<'_>,
    ) -> Result<(), CommandError> {
        match self {
            Writer::Csv(table, guard) => out(&table.line(record, *guard)?),
            Writer::Json { first } => {
                out(if std::mem::take(first) { "[\n" } else { ",\n" })?;
                out(&record.to_value().to_string())
            }
            Writer::Jsonl => out(&format!("{}\n", record.to_value())),
            Writer::Yaml => {
                let text = document(record, bytes)?;
                let end = if text.ends_with('\n') { "" } else { "\n" };
                out(&format!("---\n{text}{end}"))
            }
        }
    }

    /// Writes what comes after the last record.
    pub(in crate::app) fn end(&self, out: &mut Sink<'_>) -> Result<(), CommandError> {
        match self {
            Writer::Json { first: true } => out("[]\n"),
            Writer::Json { first: false } => out("\n]\n"),
            _ => Ok(()),
        }
    }
}

/// A record's file as one of several YAML documents. A file that was written by
/// hand with marks of its own for the start or end of a document is put into
/// gitsm's form.
fn document<'a>(record: &Record, bytes: &'a [u8]) -> Result<Cow<'a, str>, CommandError> {
    let text = String::from_utf8_lossy(bytes);
    let marked = |line: &str| ["---", "...", "%", "\u{feff}"].iter().any(|m| line.starts_with(m));
    if !text.lines().any(marked) {
        return Ok(text);
    }
    let text = format::write_record(record).map_err(|error| CommandError::invalid(&error))?;
    Ok(Cow::Owned(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_stay_apart() {
        let text = "id: CI-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q\nname: web-01\nclass: server\n\
                    status: operational\nopened_at: \"2026-11-22T09:12:04Z\"\nopened_by: alice\n\
                    updated_at: \"2026-11-22T09:12:04Z\"\n";
        let id = "CI-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q".parse().expect("an id");
        let commented = format!("# mine\n{text}");
        let marked = format!("---\n{text}");
        for (file, document) in [(text, text), (&commented, &commented), (&marked, text)] {
            let record = format::read_record(id, file.as_bytes()).expect(file);
            assert_eq!(super::document(&record, file.as_bytes()).expect(file), *document);
        }
    }

    #[test]
    fn types_are_found_in_filters() {
        let one = |kind| Filter::Test(Test::Kind(kind));
        let any = Filter::Or(vec![one(Kind::Ci), one(Kind::Change)]);
        assert_eq!(kinds(&any), Some(vec![Kind::Ci, Kind::Change]));
        assert_eq!(kinds(&Filter::And(vec![Filter::And(vec![]), any])).map(|k| k.len()), Some(2));
        assert_eq!(kinds(&Filter::Or(vec![one(Kind::Ci), Filter::And(vec![])])), None);
        assert_eq!(kinds(&Filter::Not(Box::new(one(Kind::Ci)))), None);
    }
}

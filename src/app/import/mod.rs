//! Taking over tickets from another system.

mod dates;
mod known;
mod lines;
mod mapping;
mod plan;
mod rows;
mod slug;
mod template;
mod ticket;

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use self::known::Known;
pub use self::mapping::{Detail, Mapping, Rows, Source};
use self::plan::Plan;
use self::rows::{Found, Table, Wanted};
use self::ticket::Maker;
use super::Session;
use super::write::Describe;
use crate::error::{CommandError, ErrorKind};
use crate::format;
use crate::model::Record;
use crate::outcome::{ImportView, RejectedRow};

/// What to import, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The file; standard input, if `None`.
    pub source: Option<PathBuf>,
    /// The mapping file.
    pub map: PathBuf,
    /// Whether to write nothing.
    pub dry_run: bool,
    /// Whether to import the rest if some rows cannot be read.
    pub skip_bad: bool,
}

/// The JSON Schema of a mapping file.
pub fn mapping_schema() -> serde_json::Value {
    format::schema_of::<Mapping>()
}

/// Imports the tickets of a CSV file in one commit. Tickets whose number the
/// desk knows already are left alone.
///
/// If a row cannot be read and `skip_bad` is not set, nothing is imported: the
/// answer then lists the rejected rows, `created` is 0 and `commit` is `None`.
///
/// # Errors
///
/// The source or the mapping cannot be read or do not fit together, or the
/// desk cannot be written.
pub fn csv(session: &Session, options: &Options) -> Result<ImportView, CommandError> {
    let policy = session.policy()?;
    let actor = session.actor(policy)?;
    let (mapping, text) = read_mapping(&options.map)?;
    let delimiter = delimiter(&mapping.delimiter, &options.map)?;
    let name = options.source.as_ref().map(|path| path.display().to_string());
    let name = name.as_deref().unwrap_or("standard input");
    let (source, size) = open(options.source.as_deref())?;
    let table = Table::open(source, delimiter, name)?;
    let plan = Plan::new(&mapping, &table.header, policy, &options.map, &text)?;
    let wanted =
        Wanted { columns: &plan.columns, key: plan.key, missing: &plan.missing, rows: plan.rows };
    let Found { rows, tickets, mut rejected } =
        table.read(wanted, name, &|done| session.progress("reading", done, size))?;

    let mut known = Known::new(session, plan.kind)?;
    known.update(&session.snapshot()?)?;
    let count = tickets.len();
    let mut found = HashMap::new();
    let mut find = |text: &str| -> Result<String, String> {
        if let Some(found) = found.get(text) {
            return Clone::clone(found);
        }
        let id = session.find(text).map(|id| id.to_string()).map_err(|error| error.message);
        found.insert(text.to_owned(), id.clone());
        id
    };
    let fresh = |at| session.clock().fresh_id(at);
    let mut maker = Maker {
        plan: &plan,
        policy,
        actor: &actor,
        now: session.now(),
        fresh: &fresh,
        find: &mut find,
    };
    let mut present = 0;
    let mut records = Vec::new();
    for (done, (key, row)) in tickets.into_iter().enumerate() {
        if done.is_multiple_of(256) {
            session.progress("checking", done as u64, count as u64);
        }
        if known.has(&key) {
            present += 1;
            continue;
        }
        let Some(row) = row else { continue };
        match maker.record(&key, &row) {
            Ok(record) => records.push(record),
            Err(reason) => {
                rejected.push(RejectedRow { line: row.line, external_id: Some(key), reason });
            }
        }
    }
    rejected.sort_by_key(|row| row.line);

    let mut view = ImportView {
        schema: ImportView::SCHEMA,
        dry_run: options.dry_run,
        rows,
        tickets: count,
        created: 0,
        present,
        commit: None,
        rejected,
    };
    if !view.rejected.is_empty() && !options.skip_bad {
        return Ok(view);
    }
    if options.dry_run || records.is_empty() {
        view.created = records.len();
        return Ok(view);
    }
    write(session, &records, &mut known, &mut view)?;
    Ok(view)
}

/// Writes the records in one commit, but none whose number came into the desk
/// since they were read.
fn write(
    session: &Session,
    records: &[Record],
    known: &mut Known,
    view: &mut ImportView,
) -> Result<(), CommandError> {
    let total = records.len() as u64;
    session.progress("writing", 0, total);
    let written =
        session.write(Describe { batch: Some("import"), ..Describe::default() }, |work| {
            known.update(work.snapshot)?;
            let new = records.iter().filter(|r| !r.external_id().is_some_and(|id| known.has(id)));
            new.cloned().for_each(|record| work.add(record));
            Ok(())
        })?;
    session.progress("writing", total, total);
    view.created = written.records.len();
    view.present += records.len() - view.created;
    view.commit = written.commit;
    Ok(())
}

fn read_mapping(path: &Path) -> Result<(Mapping, String), CommandError> {
    let bytes = std::fs::read(path).map_err(|error| cannot_open(path, &error))?;
    let name = path.display().to_string();
    let mapping = format::read_settings::<Mapping>(&name, &bytes).map_err(|error| {
        let failed = CommandError::invalid(&error);
        match error.hint() {
            Some(hint) => failed.hint(hint),
            None => failed,
        }
    })?;
    Ok((mapping, String::from_utf8_lossy(&bytes).into_owned()))
}

/// The source, and its size in bytes, 0 if nobody knows.
fn open(path: Option<&Path>) -> Result<(Box<dyn Read>, u64), CommandError> {
    let Some(path) = path else { return Ok((Box::new(io::stdin().lock()), 0)) };
    let opened = File::open(path).and_then(|file| Ok((file.metadata()?, file)));
    let (metadata, file) = opened.map_err(|error| cannot_open(path, &error))?;
    if metadata.is_dir() {
        return Err(CommandError::usage(format!("{} is a folder", path.display())));
    }
    Ok((Box::new(file), metadata.len()))
}

fn cannot_open(path: &Path, error: &io::Error) -> CommandError {
    let kind = match error.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        _ => ErrorKind::Invalid,
    };
    CommandError::new(kind, format!("cannot read {}: {error}", path.display()))
}

fn delimiter(text: &str, map: &Path) -> Result<u8, CommandError> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if !matches!(byte, b'"' | b'\n' | b'\r') && byte.is_ascii() => Ok(*byte),
        _ => {
            let message = format!("{}: `{text}` cannot separate columns", map.display());
            Err(CommandError::invalid(message).hint("give one character, or `tab`"))
        }
    }
}

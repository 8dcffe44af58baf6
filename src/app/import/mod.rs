//! Taking over tickets from another system.
//!
//! A format's reader ([`source`]) yields rows, a mapping file ([`mapping`]) made
//! ready for it ([`plan`]) says what they mean, and the rows that count
//! ([`gather`]) become records: each as it stands ([`ticket`]), or by its life,
//! event by event ([`life`]), which is written as history ([`chronicle`]).

mod alike;
mod builder;
mod chronicle;
mod csv;
mod dates;
mod disguise;
mod dry;
mod gather;
mod journal;
mod json;
mod known;
mod ledger;
mod life;
mod lines;
mod links;
mod mapping;
mod mistake;
mod native;
mod notes;
mod path;
mod period;
mod plan;
mod ready;
mod rich;
mod shown;
mod slug;
mod source;
mod spool;
mod template;
mod ticket;

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use self::chronicle::Chronicle;
use self::csv::Table;
pub use self::dry::{Dry, dry};
use self::gather::{Gathered, gather};
use self::json::Json;
use self::known::{Known, Names, Others};
use self::links::Links;
pub use self::mapping::{
    Commits, Detail, EventSource, LinkSource, Mapping, NoteSource, NotesSource, RelationSource,
    Rows, Source,
};
pub use self::native::{NativeFormat, NativeOptions, native};
use self::period::Periods;
use self::plan::Plan;
pub use self::ready::{READY, Ready};
use self::ticket::Maker;
use super::Session;
use super::write::Describe;
use crate::error::{CommandError, ErrorKind};
use crate::format;
use crate::model::{Kind, PersonId, Record, RecordId, Timestamp, Zone};
use crate::outcome::{ImportView, RejectedRow};
use crate::policy::{Policy, roles, validate};

/// The last second whose events can be told apart: git reads the dates of
/// commits only up to early in 2106.
const LATEST: i64 = 4_291_747_199;

/// A format of sources.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    /// Arrays of objects, in wrappers or not, or objects one after another.
    Json,
    /// An object on each line.
    Jsonl,
}

impl Format {
    /// The format of a file, by the ending of its name.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" | "tsv" => Some(Format::Csv),
            "json" => Some(Format::Json),
            "jsonl" | "ndjson" => Some(Format::Jsonl),
            _ => None,
        }
    }
}

/// Where a mapping comes from.
#[derive(Clone, Debug)]
pub enum Map {
    File(PathBuf),
    /// It comes with gitsm.
    Ready(&'static Ready),
}

/// What to import, and how.
#[derive(Clone, Debug)]
pub struct Options {
    pub format: Format,
    /// The file; standard input, if `None`.
    pub source: Option<PathBuf>,
    pub map: Map,
    /// How many events go into one commit, if not as the mapping says.
    pub commits: Option<Commits>,
    /// What is put before each number, if not what the mapping says.
    pub key_prefix: Option<String>,
    /// Whether to write nothing.
    pub dry_run: bool,
    /// Whether to import the rest if some rows cannot be read.
    pub skip_bad: bool,
}

/// The JSON Schema of a mapping file.
pub fn mapping_schema() -> serde_json::Value {
    format::schema_of::<Mapping>()
}

/// What a mapping that comes with gitsm says, as data.
///
/// # Errors
///
/// It cannot be read, which tests see to.
pub fn mapping_data(ready: &Ready) -> Result<serde_json::Value, CommandError> {
    let read = format::read_settings(ready.name, ready.text.as_bytes());
    read.map_err(|error| CommandError::new(ErrorKind::Internal, error))
}

/// Imports the tickets of a source: those that the desk does not have, in one
/// commit; or, where every row is an event, all that the history does not have,
/// one commit for each event or period.
///
/// If a row cannot be read and `skip_bad` is not set, nothing is imported: the
/// answer then lists the rejected rows, `created` is 0 and `commit` is `None`.
///
/// # Errors
///
/// The source or the mapping cannot be read or do not fit together, or the
/// desk cannot be written.
pub fn import(session: &Session, options: &Options) -> Result<ImportView, CommandError> {
    session.may_write()?;
    let policy = session.whole_policy()?;
    let actor = importer(session, policy)?;
    let (map, bytes) = read_mapping(&options.map)?;
    let (mut mapping, text) = parse_mapping(&map, &bytes)?;
    if let Some(prefix) = &options.key_prefix {
        mapping.key_prefix.clone_from(prefix);
    }
    let label = options.source.as_ref().map(|path| path.display().to_string());
    let name = label.as_deref().unwrap_or("standard input");
    let (bytes, size) = open(options.source.as_deref())?;
    let mut source = reader(options.format, bytes, &mapping, (name, &map))?;
    let plan = Plan::new(&mapping, source.as_mut(), policy, &map, &text)?;
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
    let now = session.now();
    let mut maker =
        Maker { plan: &plan, policy, actor: &actor, now, fresh: &fresh, find: &mut find };
    let progress = |done| session.progress("reading", done, size);
    let mut gathered = read(source.as_mut(), &mut maker, &progress)?;
    let known = Known::new(session, plan.kind)?;
    let mut view = ImportView {
        schema: ImportView::SCHEMA,
        dry_run: options.dry_run,
        numbered_by: gathered.unit.name(),
        rows: gathered.rows,
        skipped: gathered.skipped,
        tickets: gathered.tickets.len(),
        created: 0,
        updated: 0,
        present: 0,
        events: 0,
        commits: 0,
        commit: None,
        links: 0,
        rejected: Vec::new(),
        absent: std::mem::take(&mut gathered.absent),
        warnings: Vec::new(),
        stopped: false,
        ids: Vec::new(),
    };
    if matches!(options.map, Map::Ready(_)) {
        view.absent.retain(|name| !plan.seldom.contains(name));
    }
    match plan.rows {
        Rows::One | Rows::Last => {
            states(session, options, &mut maker, gathered, known, &mut view)?;
        }
        Rows::Events => {
            let zone = Zone::named(&mapping.time_zone)
                .ok_or_else(|| CommandError::invalid(format!("{map}: no such time zone")))?;
            let periods = Periods::new(options.commits.unwrap_or(mapping.commits), zone);
            let label = label.as_deref().unwrap_or("-");
            let mut chronicle =
                Chronicle::new(session, &mut maker, &mut gathered, known, periods, label)?;
            chronicle.run(options, &mut view)?;
            let others = std::mem::take(&mut chronicle.others);
            view.warnings.extend(others.told());
            if !options.dry_run && !view.stopped && !plan.links.is_empty() {
                relate(session, &mut maker, &mut gathered, &others, &mut view)?;
            }
        }
    }
    view.warnings.extend(plan.alike.told());
    view.rejected.sort_by_key(|row| row.line);
    Ok(view)
}

/// Who imports, if they may.
fn importer(session: &Session, policy: &Policy) -> Result<PersonId, CommandError> {
    let actor = session.actor(policy)?;
    roles::may_import(policy, &actor, session.now())?;
    Ok(actor)
}

/// The reader of a format. `name` and `map` are what the source and the mapping
/// are called in messages.
fn reader<'a>(
    format: Format,
    bytes: Box<dyn Read + 'a>,
    mapping: &Mapping,
    (name, map): (&str, &str),
) -> Result<Box<dyn source::Source + 'a>, CommandError> {
    Ok(match format {
        Format::Csv => Box::new(Table::open(bytes, delimiter(&mapping.delimiter, map)?, name)?),
        Format::Json => Box::new(Json::values(bytes, mapping.records.as_deref(), name)?),
        Format::Jsonl => Box::new(Json::lines(bytes, name)?),
    })
}

/// Reads the whole source. Events are checked as they come.
fn read(
    source: &mut dyn source::Source,
    maker: &mut Maker<'_>,
    progress: &dyn Fn(u64),
) -> Result<Gathered, CommandError> {
    let (plan, now) = (maker.plan, maker.now);
    let mut inspect = |key: &str, row: &source::Row| {
        let time = maker.time(row)?;
        if let Some(late) = time.filter(|time| time.seconds() > LATEST) {
            return Err(format!("it happened at {late}, and git tells no time after 2105"));
        }
        maker.check(key, row, time.unwrap_or(now))?;
        Ok(time)
    };
    gather(source, plan, now, &mut inspect, progress)
}

impl Chronicle<'_, '_> {
    /// Says what is new, and writes it unless told otherwise.
    fn run(&mut self, options: &Options, view: &mut ImportView) -> Result<(), CommandError> {
        view.rejected = self.rejected();
        view.stopped = !view.rejected.is_empty() && !options.skip_bad;
        if !view.stopped && !options.dry_run {
            view.commit = self.write()?.map(|commit| commit.to_string());
            view.rejected = self.rejected();
            view.ids = self.made();
        }
        let tally = self.tally;
        view.present = tally.present;
        if !view.stopped {
            view.created = tally.created;
            view.updated = tally.updated;
            view.events = tally.events;
            view.commits = tally.commits;
        }
        Ok(())
    }
}

/// Relates the tickets of an event log that is written, as their last rows say,
/// in one commit.
fn relate(
    session: &Session,
    maker: &mut Maker<'_>,
    gathered: &mut Gathered,
    others: &Others,
    view: &mut ImportView,
) -> Result<(), CommandError> {
    let kind = maker.plan.kind;
    let mut known = Known::new(session, kind)?;
    known.update(&session.snapshot()?)?;
    let mut wishes = Vec::new();
    for (key, ticket) in &gathered.tickets {
        let Some(row) = ticket.row.filter(|_| !others.has(key)) else { continue };
        let row = gathered.spool.get(row)?;
        match maker.wishes(key, &row) {
            Ok(more) => wishes.extend(more),
            Err(reason) => view.warnings.push(format!("{key}: {reason}")),
        }
    }
    let own = |number: &str| known.id(number).filter(|_| !others.has(number));
    let mut links = links::resolve(session, kind, wishes, &own)?;
    links.leave_out_known(session, &[])?;
    view.warnings.append(&mut links.told);
    if links.found.is_empty() {
        return Ok(());
    }
    let mut made = (0, Vec::new());
    let describe = Describe { batch: Some("import"), ..Describe::default() };
    let written = session.write(describe, |work| {
        made = links.make(work)?;
        Ok(())
    })?;
    let (count, mut refused) = made;
    view.links = count;
    view.warnings.append(&mut refused);
    view.commits += usize::from(written.commit.is_some());
    view.commit = written.commit.or(view.commit.take());
    Ok(())
}

/// Imports each ticket as it stands, in one commit.
fn states(
    session: &Session,
    options: &Options,
    maker: &mut Maker<'_>,
    gathered: Gathered,
    mut known: Known,
    view: &mut ImportView,
) -> Result<(), CommandError> {
    known.update(&session.snapshot()?)?;
    let Gathered { tickets, rejected, mut spool, .. } = gathered;
    view.rejected = rejected;
    let mut names = match maker.plan.kind {
        Kind::Ci => Names::new(session)?,
        _ => Names::default(),
    };
    let mut records: Vec<Record> = Vec::new();
    let mut new = HashMap::new();
    let mut wishes = Vec::new();
    let mut others = Others::default();
    let relates = !maker.plan.links.is_empty();
    let count = tickets.len() as u64;
    for (done, (key, ticket)) in tickets.into_iter().enumerate() {
        if done.is_multiple_of(256) {
            session.progress("checking", done as u64, count);
        }
        let is_known = known.has(&key);
        view.present += usize::from(is_known);
        let Some(row) = ticket.row else { continue };
        let row = spool.get(row)?;
        if is_known && let Some(id) = known.other(&key, maker.plan.opened(&row)) {
            others.add(&key, id);
            continue;
        }
        if is_known && !relates {
            continue;
        }
        match maker.wishes(&key, &row) {
            Ok(more) => wishes.extend(more),
            Err(reason) => view.warnings.push(format!("{key}: {reason}")),
        }
        if is_known {
            continue;
        }
        let made = maker.record(&key, &row).and_then(|record| {
            names.take(maker.policy, &record)?;
            Ok(record)
        });
        match made {
            Ok(record) => {
                new.insert(key, record.id());
                records.push(record);
            }
            Err(reason) => {
                view.rejected.push(RejectedRow { line: row.line, external_id: Some(key), reason });
            }
        }
    }
    view.warnings.extend(others.told());
    view.stopped = !view.rejected.is_empty() && !options.skip_bad;
    if view.stopped {
        return Ok(());
    }
    let own = |number: &str| {
        let here = || known.id(number).filter(|_| !others.has(number));
        new.get(number).copied().or_else(here)
    };
    let mut links = links::resolve(session, maker.plan.kind, wishes, &own)?;
    links.leave_out_known(session, &records)?;
    view.warnings.append(&mut links.told);
    view.warnings.extend(timeless(maker.policy, &records));
    view.warnings.extend(ahead(session.now(), &records));
    if options.dry_run || (records.is_empty() && links.found.is_empty()) {
        view.created = records.len();
        view.links = links.found.len();
        return Ok(());
    }
    write(session, &records, &links, &mut known, view)
}

/// How many of the records have ended at a time that the source does not tell.
fn timeless(policy: &Policy, records: &[Record]) -> Option<String> {
    let is_timeless = |record: &&Record| {
        validate::untimed(policy, record).is_some() && record.resolved_at().is_none()
    };
    let what = match records.iter().filter(is_timeless).count() {
        0 => return None,
        1 => "1 ticket is".to_owned(),
        count => format!("{count} tickets are"),
    };
    Some(format!("{what} resolved or closed, but the source does not say since when"))
}

/// How many of the records have times that are still to come.
fn ahead(now: Timestamp, records: &[Record]) -> Option<String> {
    let what = match records.iter().filter(|r| !validate::ahead(r, now).is_empty()).count() {
        0 => return None,
        1 => "1 ticket has a time that lies".to_owned(),
        count => format!("{count} tickets have times that lie"),
    };
    Some(format!("{what} in the future"))
}

/// Writes the records in one commit, but none whose number came into the desk
/// since they were read.
fn write(
    session: &Session,
    records: &[Record],
    links: &Links,
    known: &mut Known,
    view: &mut ImportView,
) -> Result<(), CommandError> {
    let total = records.len() as u64;
    session.progress("writing", 0, total);
    let mut made = (0, Vec::new());
    let written =
        session.write(Describe { batch: Some("import"), ..Describe::default() }, |work| {
            known.update(work.snapshot)?;
            let new = records.iter().filter(|r| !r.external_id().is_some_and(|id| known.has(id)));
            new.cloned().for_each(|record| work.add(record));
            made = links.make(work)?;
            Ok(())
        })?;
    session.progress("writing", total, total);
    let (count, mut refused) = made;
    view.links = count;
    view.warnings.append(&mut refused);
    let new: HashSet<RecordId> = records.iter().map(Record::id).collect();
    let written_ids = written.records.iter().map(|record| record.id);
    view.ids = written_ids.filter(|id| new.contains(id)).collect();
    view.created = view.ids.len();
    view.present += records.len() - view.created;
    view.commits = usize::from(written.commit.is_some());
    view.commit = written.commit;
    Ok(())
}

/// What a mapping is called, and its text.
fn read_mapping(map: &Map) -> Result<(String, Vec<u8>), CommandError> {
    Ok(match map {
        Map::File(path) => {
            let bytes = std::fs::read(path).map_err(|error| cannot_open(path, &error))?;
            (path.display().to_string(), bytes)
        }
        Map::Ready(ready) => (format!("mapping {}", ready.name), ready.text.as_bytes().to_vec()),
    })
}

fn parse_mapping(name: &str, bytes: &[u8]) -> Result<(Mapping, String), CommandError> {
    let mapping = format::read_settings::<Mapping>(name, bytes).map_err(|error| {
        let failed = CommandError::invalid(&error);
        match error.hint() {
            Some(hint) => failed.hint(hint),
            None => failed,
        }
    })?;
    Ok((mapping, String::from_utf8_lossy(bytes).into_owned()))
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

fn delimiter(text: &str, map: &str) -> Result<u8, CommandError> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if !matches!(byte, b'"' | b'\n' | b'\r') && byte.is_ascii() => Ok(*byte),
        _ => {
            let message = format!("{map}: `{text}` cannot separate columns");
            Err(CommandError::invalid(message).hint("give one character, or `tab`"))
        }
    }
}

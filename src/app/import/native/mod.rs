//! Taking over records that `gitsm export` wrote: as they are, with their ids.
//!
//! No mapping is needed, since nothing is translated. A record must fit the desk
//! that it comes to: its workflows, people and teams, and the records that it
//! names, which are on the desk or come along.

mod read;
#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;

use indexmap::IndexMap;
use indexmap::map::Entry;

use super::known::Names;
use super::ticket::fails;
use super::{importer, open};
use crate::app::Session;
use crate::app::attach::path_of;
use crate::app::write::Describe;
use crate::error::CommandError;
use crate::format;
use crate::model::{Kind, Record, RecordId};
use crate::outcome::{ImportView, RejectedRow};
use crate::policy::{Policy, graph};
use crate::store::Snapshot;

/// The form in which the records come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NativeFormat {
    Csv,
    Json,
    Jsonl,
}

/// What to take over, and how.
#[derive(Clone, Debug)]
pub struct NativeOptions {
    pub format: NativeFormat,
    /// The file; standard input, if `None`.
    pub source: Option<PathBuf>,
    /// Whether to write nothing.
    pub dry_run: bool,
    /// Whether to take over the rest if some records cannot be.
    pub skip_bad: bool,
}

/// Takes over the records of an export that the desk does not have, in one
/// commit. A record whose id the desk has is
/// left alone.
///
/// If a record cannot be taken over and `skip_bad` is not set, none is.
///
/// # Errors
///
/// The source cannot be read, or the desk cannot be written.
pub fn native(session: &Session, options: &NativeOptions) -> Result<ImportView, CommandError> {
    session.may_write()?;
    let policy = session.whole_policy()?;
    importer(session, policy)?;
    let label = options.source.as_ref().map(|path| path.display().to_string());
    let name = label.as_deref().unwrap_or("standard input");
    let (bytes, size) = open(options.source.as_deref())?;
    let mut rows = Rows::default();
    let mut each = |row: read::Row, position: u64| {
        if rows.count.is_multiple_of(1024) {
            session.progress("reading", position, size);
        }
        rows.take(row);
    };
    match options.format {
        NativeFormat::Csv => read::csv(bytes, name, &mut each)?,
        NativeFormat::Json => read::list(bytes, name, &mut each)?,
        NativeFormat::Jsonl => read::lines(bytes, name, &mut each)?,
    }
    let snapshot = session.snapshot()?;
    let there = ids(&snapshot)?;
    let tickets = rows.records.len();
    rows.records.retain(|id, _| !there.contains(id));
    let mut view = ImportView {
        schema: ImportView::SCHEMA,
        dry_run: options.dry_run,
        numbered_by: "line",
        rows: rows.count,
        skipped: 0,
        absent: Vec::new(),
        tickets,
        created: 0,
        updated: 0,
        present: tickets - rows.records.len(),
        events: 0,
        commits: 0,
        commit: None,
        links: 0,
        rejected: Vec::new(),
        warnings: Vec::new(),
        stopped: false,
        ids: Vec::new(),
    };
    rows.check_rules(policy);
    rows.check_names(session, policy)?;
    rows.check_circles();
    rows.check_references(&there);
    let Rows { records, mut rejected, .. } = rows;
    rejected.sort_by_key(|row| row.line);
    view.rejected = rejected;
    view.stopped = !view.rejected.is_empty() && !options.skip_bad;
    if view.stopped {
        return Ok(view);
    }
    let records: Vec<Record> = records.into_values().map(|(_, record)| record).collect();
    view.warnings = missing_files(&snapshot, &records)?;
    if options.dry_run || records.is_empty() {
        view.created = records.len();
    } else {
        write(session, &records, &mut view)?;
    }
    Ok(view)
}

/// Writes the records in one commit, but none whose id came into the desk since
/// they were read.
fn write(session: &Session, records: &[Record], view: &mut ImportView) -> Result<(), CommandError> {
    let total = records.len() as u64;
    session.progress("writing", 0, total);
    let written =
        session.write(Describe { batch: Some("import"), ..Describe::default() }, |work| {
            let there = ids(work.snapshot)?;
            let new = records.iter().filter(|record| !there.contains(&record.id()));
            new.cloned().for_each(|record| work.add(record));
            Ok(())
        })?;
    session.progress("writing", total, total);
    view.ids = written.records.iter().map(|record| record.id).collect();
    view.created = view.ids.len();
    view.present += records.len() - view.created;
    view.commits = usize::from(written.commit.is_some());
    view.commit = written.commit;
    Ok(())
}

fn ids(snapshot: &Snapshot<'_>) -> Result<HashSet<RecordId>, CommandError> {
    Ok(snapshot.record_ids()?.records.into_iter().map(|(id, _)| id).collect())
}

/// Says how many attached files the desk does not have: an export holds none.
fn missing_files(snapshot: &Snapshot<'_>, records: &[Record]) -> Result<Vec<String>, CommandError> {
    let mut missing = HashSet::new();
    for file in records.iter().flat_map(Record::attachments) {
        if !missing.contains(&file.sha256) && snapshot.blob_of(&path_of(&file.sha256))?.is_none() {
            missing.insert(file.sha256.clone());
        }
    }
    let files = match missing.len() {
        0 => return Ok(Vec::new()),
        1 => "1 attached file is".to_owned(),
        files => format!("{files} attached files are"),
    };
    Ok(vec![format!(
        "{files} not on this desk: an export names them and does not hold them; \
         copy the folder `attachments` of the other desk and commit it"
    )])
}

/// What was read.
#[derive(Default)]
struct Rows {
    count: usize,
    /// The records with their lines, in the order of the source.
    records: IndexMap<RecordId, (u64, Record)>,
    rejected: Vec<RejectedRow>,
}

impl Rows {
    fn take(&mut self, row: read::Row) {
        self.count += 1;
        let read::Row { line, id: external_id, record } = row;
        let reason = match record {
            Err(reason) => reason,
            Ok(record) => match self.records.entry(record.id()) {
                Entry::Vacant(entry) => {
                    entry.insert((line, record));
                    return;
                }
                Entry::Occupied(entry) => {
                    format!("the same id stands on line {} already", entry.get().0)
                }
            },
        };
        self.rejected.push(RejectedRow { line, external_id, reason });
    }

    /// Rejects the records for which `judge` has a reason.
    fn reject(&mut self, mut judge: impl FnMut(&Record) -> Result<(), String>) {
        let rejected = &mut self.rejected;
        self.records.retain(|id, (line, record)| {
            let reason = judge(record).err();
            let row =
                |reason| RejectedRow { line: *line, external_id: Some(id.to_string()), reason };
            let keep = reason.is_none();
            rejected.extend(reason.map(row));
            keep
        });
    }

    /// Rejects what breaks a rule by itself.
    fn check_rules(&mut self, policy: &Policy) {
        self.reject(|record| {
            fails(policy, record)?;
            format::write_record(record).map_err(|error| error.message.to_string())?;
            Ok(())
        });
    }

    /// Rejects configuration items in use whose name is taken.
    fn check_names(&mut self, session: &Session, policy: &Policy) -> Result<(), CommandError> {
        if !self.records.keys().any(|id| id.kind() == Kind::Ci) {
            return Ok(());
        }
        let mut names = Names::new(session)?;
        self.reject(|record| names.take(policy, record));
        Ok(())
    }

    /// Rejects records from which a relation leads back to themselves that may
    /// not. Only new records can be part of a circle: none that was on the desk
    /// names them.
    fn check_circles(&mut self) {
        let links: HashMap<RecordId, _> = self
            .records
            .iter()
            .filter(|(_, (_, record))| !record.links().is_empty())
            .map(|(id, (_, record))| (*id, record.links().to_vec()))
            .collect();
        self.reject(|record| {
            for link in record.links().iter().filter(|link| link.rel.is_acyclic()) {
                let look = |id| {
                    let links = links.get(&id).cloned().unwrap_or_default();
                    Ok::<_, std::convert::Infallible>(links)
                };
                if let Ok(Err(refusal @ graph::LinkRefusal::Cycle { .. })) =
                    graph::check(record.id(), link.rel, link.to, look)
                {
                    return Err(format!("`links`: {refusal}"));
                }
            }
            Ok(())
        });
    }

    /// Rejects records that name others which are neither `there` nor come
    /// along.
    fn check_references(&mut self, there: &HashSet<RecordId>) {
        // Who names a record, so that its users go where it goes.
        let mut users: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
        let mut gone: Vec<RecordId> = Vec::new();
        for (id, (_, record)) in &self.records {
            for named in references(record).filter(|named| !there.contains(named)) {
                let users = users.entry(named).or_default();
                if users.is_empty() && !self.records.contains_key(&named) {
                    gone.push(named);
                }
                users.push(*id);
            }
        }
        let mut reasons: HashMap<RecordId, RecordId> = HashMap::new();
        while let Some(missing) = gone.pop() {
            for user in users.remove(&missing).unwrap_or_default() {
                reasons.entry(user).or_insert_with(|| {
                    gone.push(user);
                    missing
                });
            }
        }
        self.reject(|record| match reasons.get(&record.id()) {
            None => Ok(()),
            Some(missing) if reasons.contains_key(missing) => {
                Err(format!("it names {missing}, which is rejected"))
            }
            Some(missing) => {
                Err(format!("it names {missing}, which neither the desk has nor the source"))
            }
        });
    }
}

/// The other records that a record names.
fn references(record: &Record) -> impl Iterator<Item = RecordId> + '_ {
    record.links().iter().map(|link| link.to).chain(record.cis().iter().copied())
}

//! The index from one commit to another, by what differs between them.

use rusqlite::Connection;

use super::build::{NO_RECORD, put_unreadable};
use super::counts::Counts;
use super::write::{self, Entry};
use super::{IndexError, Meaning, States, schema};
use crate::format::read_record;
use crate::model::{Kind, Record, RecordId};
use crate::store::{BlobId, CommitId, PathChange, Snapshot, Store, StoreError};

/// Where the meaning of states is defined: when it changes, every record's
/// state category may.
const WORKFLOWS: &str = ".gitsm/workflows";

/// With more changes than this, and than a quarter of all records, building
/// anew is quicker.
const MANY: usize = 2_000;

/// What came of an attempt to catch up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CaughtUp {
    Done,
    /// The index must be built anew.
    TooFar,
}

/// Brings the tables to the trunk's commit, within a transaction of the
/// caller's.
pub(super) fn catch_up(
    db: &Connection,
    store: &Store,
    states: &States,
) -> Result<CaughtUp, IndexError> {
    let Some(meta) = schema::meta(db)? else { return Ok(CaughtUp::TooFar) };
    // Read only now that nobody else can write: a commit read earlier may be
    // older than what another process has brought the tables to.
    let head = store.head()?;
    if meta.head == head {
        return Ok(CaughtUp::Done);
    }
    // The old commit may be gone from the repository.
    let Ok(changes) = store.changes_between(Some(meta.head), head) else {
        return Ok(CaughtUp::TooFar);
    };
    let (settings, files): (Vec<_>, Vec<_>) =
        changes.into_iter().partition(|change| change.path.starts_with(".gitsm/"));
    if settings.iter().any(|change| change.path.starts_with(WORKFLOWS)) {
        return Ok(CaughtUp::TooFar);
    }
    if are_too_many(db, files.len())? {
        return Ok(CaughtUp::TooFar);
    }
    let snapshot = store.snapshot_at(head)?;
    let Meaning { state_of, sound } = states(&snapshot)?;
    apply_all(db, (store, &snapshot), files, &|record, blob| {
        Entry::new(record, state_of(record), blob)
    })?;
    schema::set_head(db, head, sound)?;
    Ok(CaughtUp::Done)
}

fn are_too_many(db: &Connection, changes: usize) -> Result<bool, IndexError> {
    if changes <= MANY {
        return Ok(false);
    }
    let all: i64 = db.query_row("SELECT count(*) FROM rec", [], |row| row.get(0))?;
    Ok(changes > usize::try_from(all).unwrap_or(0) / 4)
}

/// Whether it is quicker to apply `changes` than to build anew, and possible.
pub(super) fn is_worth_it(db: &Connection, changes: &[PathChange]) -> Result<bool, IndexError> {
    let workflows = changes.iter().any(|change| change.path.starts_with(WORKFLOWS));
    Ok(!workflows && !are_too_many(db, changes.len())?)
}

/// Applies `changes`, after which the tables stand for `commit`.
pub(super) fn bring(
    db: &Connection,
    store: &Store,
    commit: CommitId,
    changes: &[PathChange],
    states: &States,
) -> Result<(), IndexError> {
    let snapshot = store.snapshot_at(commit)?;
    let Meaning { state_of, sound } = states(&snapshot)?;
    db.execute_batch("BEGIN")?;
    let files = changes.iter().filter(|change| !change.path.starts_with(".gitsm/"));
    let files: Vec<_> = files.cloned().collect();
    apply_all(db, (store, &snapshot), files, &|record, blob| {
        Entry::new(record, state_of(record), blob)
    })?;
    schema::set_head(db, commit, sound)?;
    db.execute_batch("COMMIT")?;
    Ok(())
}

/// Applies changes in the order of their records' numbers: full text keeps rows
/// in memory as long as their numbers rise, and writes all out when one falls.
fn apply_all(
    db: &Connection,
    sources: (&Store, &Snapshot<'_>),
    mut files: Vec<PathChange>,
    entry: &dyn Fn(&Record, BlobId) -> Entry,
) -> Result<(), IndexError> {
    files.sort_by_cached_key(|change| RecordId::from_path(&change.path).map(write::number));
    let mut counts = Counts::default();
    for change in &files {
        apply(db, sources, change, entry, &mut counts)?;
    }
    counts.write(db)
}

fn apply(
    db: &Connection,
    (store, snapshot): (&Store, &Snapshot<'_>),
    change: &PathChange,
    entry: &dyn Fn(&Record, BlobId) -> Entry,
    counts: &mut Counts,
) -> Result<(), IndexError> {
    let path = change.path.as_str();
    // A file can also go away because a link or the like took its place.
    let replaced = change.after.is_none()
        && matches!(snapshot.file(path), Err(StoreError::NotAFile { what, .. }) if what != "a folder");
    let Some(id) = RecordId::from_path(path) else {
        let among_records = path
            .split_once('/')
            .is_some_and(|(folder, _)| Kind::ALL.iter().any(|kind| kind.folder() == folder));
        return match change.after {
            Some(_) if among_records => write::put_bad(db, path, None, NO_RECORD),
            None if among_records && replaced => write::put_bad(db, path, None, NO_RECORD),
            _ => write::clear_bad(db, path),
        };
    };
    write::clear_bad(db, path)?;
    match change.after {
        None => {
            write::remove(db, id, counts)?;
            if replaced { write::put_bad(db, path, None, NO_RECORD) } else { Ok(()) }
        }
        Some(blob) => {
            let bytes = match store.blob(blob) {
                Ok(bytes) => bytes,
                // What is damaged or far too large hides one record, not all.
                Err(error @ (StoreError::BadObject { .. } | StoreError::TooLarge { .. })) => {
                    write::remove(db, id, counts)?;
                    return write::put_bad(db, path, None, &error.to_string());
                }
                Err(error) => return Err(error.into()),
            };
            match read_record(id, &bytes) {
                Ok(record) => write::upsert(db, &entry(&record, blob), counts),
                Err(error) => {
                    write::remove(db, id, counts)?;
                    put_unreadable(db, id, &error)
                }
            }
        }
    }
}

/// Takes in a commit whose records the caller has at hand, within a
/// transaction of the caller's. Changes nothing if the tables do not stand for
/// `before`, or if workflows changed.
pub(super) fn note(
    db: &Connection,
    store: &Store,
    (before, after): (CommitId, CommitId),
    records: &[(RecordId, Option<&Record>)],
    states: &States,
) -> Result<(), IndexError> {
    if schema::meta(db)?.is_none_or(|meta| meta.head != before) {
        return Ok(());
    }
    let snapshot = store.snapshot_at(after)?;
    if store.snapshot_at(before)?.entries(WORKFLOWS)? != snapshot.entries(WORKFLOWS)? {
        return Ok(());
    }
    let Meaning { state_of, sound } = states(&snapshot)?;
    let mut counts = Counts::default();
    for (id, record) in records {
        write::clear_bad(db, &id.path())?;
        match record {
            Some(record) => {
                let Some(blob) = snapshot.blob_of(&id.path())? else { continue };
                write::upsert(db, &Entry::new(record, state_of(record), blob), &mut counts)?;
            }
            None => {
                write::remove(db, *id, &mut counts)?;
            }
        }
    }
    counts.write(db)?;
    schema::set_head(db, after, sound)
}

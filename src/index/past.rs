//! The index of the desk as it was.
//!
//! A question about the past is answered like one about the present: by an
//! index, which stands for an earlier state and is made when that state is first
//! asked for. Where little has changed since, it is a copy of the present index
//! with the differences undone; else it is built from nothing. The few states
//! made last are kept, since whoever asks about the end of March asks more
//! than once.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rusqlite::{Connection, OptionalExtension, params};

use super::history::from_key;
use super::place::Opened;
use super::{IndexError, States, build, schema, update};
use crate::model::{RecordId, Timestamp};
use crate::store::{BlobId, CommitId, PathChange, Store};

/// An earlier state of the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    /// The commit that has the state.
    pub commit: CommitId,
    /// The records that the commit has in a later state, or should not have
    /// yet, with what they were then. History that came in by an import may be
    /// recorded after what happened later.
    pub corrections: Vec<(RecordId, Option<BlobId>)>,
}

/// How many past states are kept.
const KEPT: usize = 4;
/// The folder of the past states, in the folder of the index.
const FOLDER: &str = "past";

/// What is needed to make an index of a past state.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) store: &'a Store,
    pub(super) states: &'a States,
    pub(super) progress: &'a dyn Fn(usize, usize),
    /// The present index.
    pub(super) present: &'a Connection,
}

/// The records that `commit` has in a state later than `time`, by when the
/// events happened, each with the commit of its last event by then.
pub(super) fn too_late(
    db: &Connection,
    commit: CommitId,
    time: Timestamp,
) -> Result<Vec<(RecordId, Option<CommitId>)>, IndexError> {
    let at = "SELECT n FROM event WHERE commit_id = ?1";
    let n: Option<i64> = db.query_row(at, [commit.as_bytes()], |row| row.get(0)).optional()?;
    let Some(n) = n else { return Ok(Vec::new()) };
    // What is older has the greater number.
    let mut later = db.prepare(
        "SELECT DISTINCT t.subject, s.id FROM event e \
         CROSS JOIN touched t ON t.num >= e.first AND t.num < e.first + e.count \
         CROSS JOIN subject s ON s.num = t.subject WHERE e.n >= ?1 AND e.at > ?2",
    )?;
    let mut last = db.prepare(
        "SELECT e.commit_id FROM touched t JOIN event e ON e.n = t.n \
         WHERE t.subject = ?1 AND e.at <= ?2 ORDER BY t.n LIMIT 1",
    )?;
    let mut found = later.query(params![n, time.seconds()])?;
    let mut records = Vec::new();
    while let Some(row) = found.next()? {
        let subject: i64 = row.get(0)?;
        let commit =
            last.query_row(params![subject, time.seconds()], |row| row.get(0)).optional()?;
        records.push((from_key(row.get(1)?)?, commit.map(CommitId::from_bytes)));
    }
    Ok(records)
}

/// Opens the index of a past state in the first of `folders` that can hold it,
/// else in memory.
pub(super) fn open(
    folders: &[PathBuf],
    source: Source<'_>,
    past: &Past,
    anew: bool,
) -> Result<Opened, IndexError> {
    let name = name(past);
    for folder in folders {
        let folder = folder.join(FOLDER);
        match in_folder(&folder, &name, source, past, anew) {
            Err(error) if error.is_unwritable() || error.is_busy() || error.is_damage() => {}
            other => return other,
        }
    }
    let db = schema::open_new(None)?;
    build::build_past(&db, source.store, past, source.states, source.progress)?;
    Ok(Opened::fixed(db, past.commit))
}

/// The file's name: the commit, and a digest of the corrections if there are any.
fn name(past: &Past) -> String {
    if past.corrections.is_empty() {
        return format!("{}.sqlite", past.commit);
    }
    let mut text = String::new();
    for (id, blob) in &past.corrections {
        text.push_str(&format!("{id} {}\n", blob.map(|blob| blob.to_string()).unwrap_or_default()));
    }
    format!("{}-{}.sqlite", past.commit, BlobId::of(text.as_bytes()))
}

fn in_folder(
    folder: &Path,
    name: &str,
    source: Source<'_>,
    past: &Past,
    anew: bool,
) -> Result<Opened, IndexError> {
    let path = folder.join(name);
    if !anew && path.exists() {
        let db = schema::open_reader(&path)?;
        if schema::meta(&db)?.is_some_and(|meta| meta.head == past.commit) {
            return Ok(Opened::fixed(db, past.commit));
        }
    }
    fs::create_dir_all(folder).map_err(IndexError::io(folder))?;
    // Nobody else writes to this name; what a killed process left is made anew.
    let new = folder.join(format!("{name}.{}.new", std::process::id()));
    let _ = fs::remove_file(&new);
    let made = make(&new, source, past)
        .and_then(|()| fs::rename(&new, &path).map_err(IndexError::io(&path)));
    if made.is_err() {
        let _ = fs::remove_file(&new);
    }
    made?;
    prune(folder);
    Ok(Opened::fixed(schema::open_reader(&path)?, past.commit))
}

fn make(new: &Path, source: Source<'_>, past: &Past) -> Result<(), IndexError> {
    let changes = schema::meta(source.present)?.and_then(|meta| {
        let changes = source.store.changes_between(Some(meta.head), past.commit).ok()?;
        update::is_worth_it(source.present, &changes).ok()?.then_some(changes)
    });
    let db = match changes {
        Some(mut changes) => {
            let mut db = Connection::open(new)?;
            copy(source.present, &mut db)?;
            changes
                .retain(|change| !past.corrections.iter().any(|(id, _)| id.path() == change.path));
            changes.extend(past.corrections.iter().map(|(id, blob)| PathChange {
                path: id.path(),
                before: None,
                after: *blob,
            }));
            update::bring(&db, source.store, past.commit, &changes, source.states)?;
            db
        }
        None => {
            let db = schema::open_new(Some(new))?;
            build::build_past(&db, source.store, past, source.states, source.progress)?;
            db
        }
    };
    // Nobody writes it again: readers need no log beside it.
    db.execute_batch("PRAGMA journal_mode = DELETE;")?;
    db.close().map_err(|(_, error)| error)?;
    File::open(new).and_then(|file| file.sync_all()).map_err(IndexError::io(new))
}

/// Copies the whole database, as it is now.
fn copy(from: &Connection, to: &mut Connection) -> Result<(), IndexError> {
    let backup = rusqlite::backup::Backup::new(from, to)?;
    while backup.step(-1)? != rusqlite::backup::StepResult::Done {
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    Ok(())
}

/// Drops all but the states that were made last. Somebody may still read one
/// that is dropped: it goes when they are done.
fn prune(folder: &Path) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut files: Vec<(SystemTime, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let path = entry.path();
            // What a killed process left counts as well, and goes in its turn.
            let is_state = path.is_file();
            let made = entry.metadata().and_then(|data| data.modified()).ok()?;
            is_state.then_some((made, path))
        })
        .collect();
    files.sort();
    for (_, path) in files.iter().rev().skip(KEPT) {
        let _ = fs::remove_file(path);
    }
}

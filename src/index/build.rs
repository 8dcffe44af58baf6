//! The whole index from nothing.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashSet};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread;

use rusqlite::Connection;

use super::counts::Counts;
use super::write::{self, Entry};
use super::{IndexError, Meaning, Past, StateOf, States, schema, short};
use crate::format::{FormatError, read_record};
use crate::model::{Record, RecordId};
use crate::query::SearchText;
use crate::store::{BlobId, CommitId, Store};

/// How many records go to a parser at a time.
const BATCH: usize = 256;
/// How many batches are under way for each parser; bounds the memory.
const AHEAD: usize = 3;

/// Fills an empty database with the desk as `head` has it.
pub(super) fn build(
    db: &Connection,
    store: &Store,
    head: CommitId,
    states: &States,
    progress: &dyn Fn(usize, usize),
) -> Result<(), IndexError> {
    let past = Past { commit: head, corrections: Vec::new() };
    build_past(db, store, &past, states, progress)
}

/// As [`build`], with the desk as it was.
pub(super) fn build_past(
    db: &Connection,
    store: &Store,
    past: &Past,
    states: &States,
    progress: &dyn Fn(usize, usize),
) -> Result<(), IndexError> {
    let snapshot = store.snapshot_at(past.commit)?;
    let Meaning { state_of, sound } = states(&snapshot)?;
    let list = snapshot.record_ids()?;
    let mut records = list.records;
    if !past.corrections.is_empty() {
        let wrong: HashSet<RecordId> = past.corrections.iter().map(|(id, _)| *id).collect();
        records.retain(|(id, _)| !wrong.contains(id));
        records.extend(past.corrections.iter().filter_map(|(id, blob)| Some((*id, (*blob)?))));
    }
    // In the order of their numbers, which full text needs to be quick.
    records.sort_by_key(|(id, _)| Reverse(id.ulid()));
    db.execute_batch("BEGIN")?;
    schema::create(db)?;
    for path in &list.strays {
        write::put_bad(db, path, None, NO_RECORD)?;
    }
    let parsers = thread::available_parallelism().map_or(1, NonZero::get).clamp(2, 5) - 1;
    let (to_parsers, work) = channel();
    let (done, parsed) = channel();
    let work = Mutex::new(work);
    let counts = thread::scope(|scope| {
        for _ in 0..parsers {
            let (work, done) = (&work, done.clone());
            scope.spawn(move || parse(work, &done));
        }
        drop(done);
        let mut filler = Filler {
            db,
            state_of,
            progress,
            total: records.len(),
            to_parsers,
            parsed,
            sent: 0,
            next: 0,
            early: BTreeMap::new(),
            inserted: 0,
            last: 0,
            counts: Counts::default(),
        };
        let mut ids = records.iter().map(|(id, _)| *id);
        let mut batch = Vec::with_capacity(BATCH);
        store.each_blob(records.iter().map(|(_, blob)| *blob), |blob, bytes| {
            let id = ids.next();
            match bytes {
                Ok(bytes) => batch.extend(id.map(|id| ((id, blob), bytes.to_vec()))),
                // A damaged object hides one record, not all of them.
                Err(error) => {
                    if let Some(id) = id {
                        write::put_bad(db, &id.path(), None, &error.to_string())?;
                    }
                }
            }
            if batch.len() == BATCH {
                filler.send(std::mem::take(&mut batch), parsers * AHEAD)?;
            }
            Ok::<(), IndexError>(())
        })?;
        filler.send(batch, 0)?;
        Ok::<_, IndexError>(filler.counts)
    })?;
    // What must still be written would fill the memory, and half of the table be
    // read from the file once more for each index.
    db.cache_flush()?;
    schema::finish(db, past.commit, sound)?;
    counts.write(db)?;
    short::all(db)?;
    db.execute_batch("COMMIT")?;
    Ok(())
}

/// The reason given for a file in a record folder that is no record.
pub(super) const NO_RECORD: &str = "this is no record's path, or no regular file";

/// A record's id and content.
type File = (RecordId, BlobId);
type Unread = Vec<(File, Vec<u8>)>;
type Read = Vec<(File, Result<Box<(Record, SearchText)>, Box<FormatError>>)>;

/// Parses batches until there are no more.
fn parse(work: &Mutex<Receiver<(usize, Unread)>>, done: &Sender<(usize, Read)>) {
    loop {
        let next = work.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((number, batch)) = next else { return };
        let read = batch
            .into_iter()
            .map(|(file, bytes)| {
                let record = read_record(file.0, &bytes).map_err(Box::new).map(|record| {
                    let text = SearchText::of(&record);
                    Box::new((record, text))
                });
                (file, record)
            })
            .collect();
        if done.send((number, read)).is_err() {
            return;
        }
    }
}

/// Inserts what the parsers give, in the order in which it was sent.
struct Filler<'a> {
    db: &'a Connection,
    state_of: StateOf,
    progress: &'a dyn Fn(usize, usize),
    total: usize,
    to_parsers: Sender<(usize, Unread)>,
    parsed: Receiver<(usize, Read)>,
    /// How many batches were sent, and which is to be inserted next.
    sent: usize,
    next: usize,
    /// Batches that were parsed before an earlier one.
    early: BTreeMap<usize, Read>,
    inserted: usize,
    /// The number of the last record.
    last: i64,
    counts: Counts,
}

impl Filler<'_> {
    /// Sends a batch and inserts finished ones until at most `ahead` are left.
    fn send(&mut self, batch: Unread, ahead: usize) -> Result<(), IndexError> {
        let gone = || IndexError::Damaged("a record reader stopped".to_owned());
        self.to_parsers.send((self.sent, batch)).map_err(|_| gone())?;
        self.sent += 1;
        while self.sent - self.next > ahead {
            while let Some(read) = self.early.remove(&self.next) {
                self.next += 1;
                self.insert(read)?;
            }
            if self.sent - self.next > ahead {
                let (number, read) = self.parsed.recv().map_err(|_| gone())?;
                self.early.insert(number, read);
            }
        }
        Ok(())
    }

    fn insert(&mut self, batch: Read) -> Result<(), IndexError> {
        for ((id, blob), record) in batch {
            self.inserted += 1;
            match record {
                Ok(read) => {
                    let (record, text) = *read;
                    let state = (self.state_of)(&record);
                    // They come in the order of their numbers: the next free one
                    // is known.
                    self.last = write::number(id).max(self.last.saturating_add(1));
                    let entry = Entry::with_text(&record, state, blob, text);
                    self.counts.add(&entry.row, 1);
                    write::insert_row(self.db, self.last, &entry)?;
                    write::insert_text(self.db, self.last, &entry)?;
                }
                Err(error) => put_unreadable(self.db, id, &error)?,
            }
        }
        (self.progress)(self.inserted, self.total);
        Ok(())
    }
}

/// Notes that the file of `id` cannot be read as a record.
pub(super) fn put_unreadable(
    db: &Connection,
    id: RecordId,
    error: &FormatError,
) -> Result<(), IndexError> {
    write::put_bad(db, &id.path(), error.line, &error.message)
}

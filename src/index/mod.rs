//! The derived index: quick answers about the desk as the trunk has it.
//!
//! An SQLite database that can be made again from the repository at any time
//! and never is a source of truth. It stands for one commit, which is compared
//! with the trunk whenever it is opened; where they differ it is brought up to
//! date by what differs, or built anew. Where it is missing, foreign, damaged,
//! or cannot be kept, the answers are the same and only take longer.
//!
//! A selection gives the rows that [`query::eval`](crate::query::eval) would
//! give, in the same order. The only user of rusqlite.

mod build;
mod chapters;
mod columns;
mod counts;
mod deployed;
mod error;
mod events;
mod export;
mod held;
mod history;
mod likeness;
mod links;
mod listing;
mod meaning;
mod memory;
mod past;
mod place;
mod planned;
mod promise;
mod resolve;
mod rows;
mod schema;
mod search;
mod select;
mod short;
mod spelling;
mod sql;
mod story;
mod suffice;
#[cfg(test)]
mod tests;
mod update;
mod words;
mod write;

use std::cell::RefCell;
use std::fmt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

pub use chapters::{Chapter, Chapters, Recounted};
pub use error::IndexError;
pub use likeness::{Alike, Familiar};
pub use listing::Listing;
pub use meaning::{Meaning, StateOf, States};
pub use memory::MemoryIndex;
pub use past::Past;
pub use promise::Promised;

use crate::model::{Record, RecordId, Relation, StateCategory, StateName, Timestamp};
use crate::query::{Filter, Row, Selection};
use crate::report::SummaryItem;
use crate::store::{BlobId, CommitId, Store};
use listing::Found;
use place::Opened;

/// The rows of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selected {
    pub rows: Vec<Row>,
    /// How many records match, which may be more than are listed.
    pub total: usize,
    /// Whether there are more than `total`, which nobody counted.
    pub more: bool,
    /// The order in words, for example `priority` or `relevance`.
    pub order: String,
}

/// A record that a text may have meant, or that another one refers to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub id: RecordId,
    pub title: String,
    pub status: StateName,
    pub state: StateCategory,
}

/// A file in a record folder that is no record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadFile {
    /// The path from the desk's root.
    pub path: String,
    /// The line, counted from 1, if known.
    pub line: Option<usize>,
    pub reason: String,
}

/// Which events are wanted. The default wants all.
#[derive(Clone, Debug, Default)]
pub struct EventFilter {
    /// Those that touched one of these records; only these are then listed.
    pub records: Option<Vec<RecordId>>,
    /// Those of one of these actors.
    pub actors: Option<Vec<String>>,
    /// Those with one of these actions.
    pub actions: Option<Vec<String>>,
    /// Those that changed one of these fields, of which `resolution` stands
    /// for all its parts; only the records are then listed in which it changed.
    /// All, if there are none.
    pub fields: Vec<String>,
    /// Where one of the fields had this value before (`Some(None)`: had none).
    pub from: Option<Option<String>>,
    /// Where one of the fields got this value.
    pub to: Option<Option<String>>,
    /// At or after this time.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// The newest so many.
    pub limit: Option<usize>,
    /// At most so many records of each event; all, if absent.
    pub listed: Option<usize>,
}

/// One commit as an event, as its message tells it, or else its files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub commit: CommitId,
    /// When it happened.
    pub at: Timestamp,
    /// When it was written down, which for an import is later.
    pub recorded: Timestamp,
    /// The `Gitsm-Actor` trailer, or git's name and address of the author.
    pub actor: String,
    /// The `Gitsm-Action` trailer; `merge` or `commit` without one.
    pub action: String,
    /// Whether it is of another system's history.
    pub imported: bool,
    /// How many records it touched.
    pub touched: usize,
    /// Which; none where it changed settings only.
    pub records: Vec<RecordId>,
}

/// One event of a record's life: the contents of its file before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub commit: CommitId,
    /// When it happened.
    pub at: Timestamp,
    /// `None` where there was no file.
    pub before: Option<BlobId>,
    /// `None` where there is no file any more.
    pub after: Option<BlobId>,
}

/// A field's change in the history, with the values as
/// [`FieldChange::brief_to`](crate::model::FieldChange::brief_to) gives them.
pub type HistoricChange = (CommitId, RecordId, String, Option<String>, Option<String>);

/// The index of a desk, as its trunk was when the index was opened.
pub struct Index {
    store: Rc<Store>,
    states: Rc<States>,
    progress: Rc<dyn Fn(usize, usize)>,
    /// Where the index may be kept, the best place first.
    folders: Vec<PathBuf>,
    opened: RefCell<Opened>,
    /// The earlier state that the index stands for, if it is one.
    past: Option<Past>,
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index").field("folders", &self.folders).finish_non_exhaustive()
    }
}

impl Index {
    /// Opens the index of `store` and brings it to the trunk's commit.
    ///
    /// It is kept in the store's state folder; where that cannot be written,
    /// in `cache` (a folder for this desk alone), and otherwise in memory.
    /// `progress` is told how many of how many records were read (of how many
    /// is 0 where nobody knows) when that takes longer.
    ///
    /// # Errors
    ///
    /// The repository cannot be read, has no commit, or its workflows do not
    /// say what states mean.
    pub fn open(
        store: Rc<Store>,
        cache: Option<&Path>,
        states: Rc<States>,
        progress: Rc<dyn Fn(usize, usize)>,
    ) -> Result<Self, IndexError> {
        let mut folders = vec![store.state_dir().to_owned()];
        folders.extend(cache.map(Path::to_owned));
        let head = store.head()?;
        let opened = place::open(&folders, &store, head, &*states, &*progress)?;
        Ok(Self { store, states, progress, folders, opened: RefCell::new(opened), past: None })
    }

    /// The state of the desk at `commit`; if a time is given, without what
    /// happened later, even where that was recorded before.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn past(&self, commit: CommitId, time: Option<Timestamp>) -> Result<Past, IndexError> {
        let mut corrections = Vec::new();
        if let Some(time) = time {
            for (id, last) in self.ask_history(false, |db| past::too_late(db, commit, time))? {
                let blob = match last {
                    Some(commit) => self.store.snapshot_at(commit)?.blob_of(&id.path())?,
                    None => None,
                };
                corrections.push((id, blob));
            }
            corrections.sort_by_key(|(id, _)| *id);
        }
        Ok(Past { commit, corrections })
    }

    /// The index of an earlier state of the desk. It answers all questions but
    /// those about history.
    ///
    /// # Errors
    /// The state cannot be read.
    pub fn as_of(&self, past: Past) -> Result<Self, IndexError> {
        let opened = self.open_past(&past, false)?;
        Ok(Self {
            store: Rc::clone(&self.store),
            states: Rc::clone(&self.states),
            progress: Rc::clone(&self.progress),
            folders: self.folders.clone(),
            opened: RefCell::new(opened),
            past: Some(past),
        })
    }

    fn open_past(&self, past: &Past, anew: bool) -> Result<Opened, IndexError> {
        let present = self.opened.borrow();
        let source = past::Source {
            store: &self.store,
            states: &*self.states,
            progress: &*self.progress,
            present: present.db(),
        };
        past::open(&self.folders, source, past, anew)
    }

    /// The commit that all answers stand for.
    pub fn head(&self) -> CommitId {
        self.opened.borrow().head
    }

    /// Whether the settings at [`head`](Self::head) can all be read.
    pub fn are_settings_sound(&self) -> bool {
        self.opened.borrow().sound
    }

    /// Whether the index had to be made in memory, which each command then
    /// does again.
    pub fn is_in_memory(&self) -> bool {
        self.opened.borrow().is_in_memory()
    }

    /// Makes the index anew.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn rebuild(&self) -> Result<(), IndexError> {
        if let Some(past) = &self.past {
            self.opened.borrow_mut().close();
            let opened = self.open_past(past, true)?;
            *self.opened.borrow_mut() = opened;
            return Ok(());
        }
        let head = self.store.head()?;
        let mut opened = self.opened.borrow_mut();
        // Let go first, so that the files can be replaced.
        opened.close();
        *opened = place::rebuild(&self.folders, &self.store, head, &*self.states, &*self.progress)?;
        Ok(())
    }

    /// Takes in a commit that the caller just made on the trunk, so that the
    /// next command need not find out what it changed. `records` are all that
    /// it touched, `None` for a removed one. Does nothing if the index does
    /// not stand for `before`; the next command catches up then.
    ///
    /// # Errors
    /// The index could not be written. The commit stands; nothing is lost.
    pub fn note_commit(
        &self,
        before: CommitId,
        after: CommitId,
        records: &[(RecordId, Option<&Record>)],
    ) -> Result<(), IndexError> {
        self.opened
            .borrow_mut()
            .write(|db| update::note(db, &self.store, (before, after), records, &*self.states))
    }

    /// The matching rows in the wanted order.
    ///
    /// # Errors
    /// The index cannot be read, even after it was made anew.
    pub fn select(&self, selection: &Selection) -> Result<Selected, IndexError> {
        self.ask(|db| select::all(db, select::find(db, selection)?))
    }

    /// The matching records and their files' contents, by type and age unless
    /// another order is wanted.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn contents(&self, selection: &Selection) -> Result<Vec<(RecordId, BlobId)>, IndexError> {
        self.ask(|db| export::contents(db, selection))
    }

    /// The names of the desk's own fields that matching records have.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn custom_names(&self, filter: Option<&Filter>) -> Result<Vec<String>, IndexError> {
        self.ask(|db| export::custom_names(db, filter))
    }

    /// As [`select`](Self::select); but where no order is wanted, the most
    /// relevant come first, and very many matches are not counted.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn search(&self, selection: &Selection) -> Result<Selected, IndexError> {
        self.ask(|db| select::all(db, search::find(db, selection)?))
    }

    /// How many records match; all of them, without a filter.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn count(&self, filter: Option<&Filter>) -> Result<usize, IndexError> {
        self.ask(|db| select::count(db, filter))
    }

    /// What [`summarise`](crate::report::summarise) needs about the matching
    /// records: groups of like ones, and when the open ones were opened.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn summary(
        &self,
        filter: Option<&Filter>,
    ) -> Result<(Vec<SummaryItem>, Vec<Timestamp>), IndexError> {
        self.ask(|db| select::summary(db, filter))
    }

    /// The row of a record, if it exists and can be read.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn row(&self, id: RecordId) -> Result<Option<Row>, IndexError> {
        self.ask(|db| write::row(db, id))
    }

    /// What the file of each of `ids` holds, in the same order; `None` for those
    /// that do not exist.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn blobs(&self, ids: &[RecordId]) -> Result<Vec<Option<BlobId>>, IndexError> {
        self.ask(|db| resolve::blobs(db, ids))
    }

    /// The records that `text` may name: a full id, an ending of one, the name
    /// of a configuration item, or an external id. Sorted by id.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn resolve(&self, text: &str) -> Result<Vec<Candidate>, IndexError> {
        self.ask(|db| resolve::resolve(db, text))
    }

    /// What there is to say about each of `ids`, in the same order; `None` for
    /// those that do not exist.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn refs(&self, ids: &[RecordId]) -> Result<Vec<Option<Candidate>>, IndexError> {
        self.ask(|db| resolve::refs(db, ids))
    }

    /// What a shell may complete `start` to, each with a description.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn complete_ids(
        &self,
        start: &str,
        limit: usize,
    ) -> Result<Vec<(String, String)>, IndexError> {
        self.ask(|db| resolve::complete(db, start, limit))
    }

    /// The values of a field (assignee, team, service or category) that begin
    /// with `start`, the most frequent first.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn values(
        &self,
        field: &str,
        start: &str,
        limit: usize,
    ) -> Result<Vec<String>, IndexError> {
        self.ask(|db| resolve::values(db, field, start, limit))
    }

    /// The relations that lead to `id`, with the record each starts from.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn links_to(&self, id: RecordId) -> Result<Vec<(RecordId, Relation)>, IndexError> {
        self.ask(|db| links::links_to(db, id))
    }

    /// The files in record folders that are no records, by path.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn bad(&self) -> Result<Vec<BadFile>, IndexError> {
        self.ask(select::bad)
    }

    /// How many records the index holds of which a file could not be read.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn bad_count(&self) -> Result<usize, IndexError> {
        self.ask(select::bad_count)
    }

    /// The events that `filter` asks for, newest first. The first question
    /// reads the whole history, later ones only what is new.
    ///
    /// # Errors
    /// As [`select`](Self::select), and where history is cut off.
    pub fn events(&self, filter: &EventFilter) -> Result<Vec<Event>, IndexError> {
        self.ask_history(!filter.fields.is_empty(), |db| events::events(db, filter))
    }

    /// Whether the history knows the word as somebody who acted, an action or a
    /// field that changed.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn is_word_of_history(&self, word: &str) -> Result<bool, IndexError> {
        self.ask_history(false, |db| Ok(history::word(db, word)?.is_some()))
    }

    /// Every event that changed the record's file, newest first, whether its
    /// message says so or not. What is found out about messages that do not is
    /// kept for all later questions.
    ///
    /// Two commits of which one undoes the other to the last byte, and that both
    /// keep quiet about the record, are not found.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn story(&self, id: RecordId) -> Result<Vec<Step>, IndexError> {
        let steps = self.ask_history(false, |db| story::steps(db, &self.store, id))?;
        let head = self.head();
        let missing = self.ask(|db| story::missing(db, &self.store, id, head, &steps))?;
        if missing.is_empty() {
            return Ok(story::plain(steps));
        }
        let put_right = |db: &rusqlite::Connection| story::correct(db, &self.store, &missing);
        let written = self.opened.borrow_mut().write(put_right);
        match written {
            Err(error) if error.is_unwritable() || error.is_busy() => {
                self.move_and_read_history(false)?;
                self.opened.borrow_mut().write(put_right)?;
            }
            other => other?,
        }
        Ok(story::plain(self.ask(|db| story::steps(db, &self.store, id))?))
    }

    /// Every change of a field in the history, newest first.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn historic_changes(&self) -> Result<Vec<HistoricChange>, IndexError> {
        self.ask_history(true, events::changes)
    }

    /// The last commit on the trunk whose event happened by `time`, and when
    /// it did.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn commit_at(&self, time: Timestamp) -> Result<Option<(CommitId, Timestamp)>, IndexError> {
        self.ask_history(false, |db| events::commit_at(db, time))
    }

    /// When the earliest event happened.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn first_event(&self) -> Result<Option<Timestamp>, IndexError> {
        self.ask_history(false, events::first)
    }

    /// The commits of the trunk's history whose names begin with `start`.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn commits_like(&self, start: &str) -> Result<Vec<CommitId>, IndexError> {
        self.ask_history(false, |db| events::commits_like(db, start))
    }

    /// Puts a question about history, after reading what is new of it.
    fn ask_history<T>(
        &self,
        fields: bool,
        question: impl Fn(&rusqlite::Connection) -> Result<T, IndexError>,
    ) -> Result<T, IndexError> {
        match self.read_history(fields) {
            Err(error) if error.is_damage() => {
                self.rebuild()?;
                self.read_history(fields)?;
            }
            // A reader who may not write here keeps the history elsewhere.
            Err(error) if error.is_unwritable() || error.is_busy() => {
                self.move_and_read_history(fields)?;
            }
            other => other?,
        }
        self.ask(question)
    }

    /// Reads the history in the next place that can hold it, at last in memory.
    fn move_and_read_history(&self, fields: bool) -> Result<(), IndexError> {
        let head = self.store.head()?;
        for used in 1..=self.folders.len() {
            let folders = self.folders.get(used..).unwrap_or_default();
            let moved = place::open(folders, &self.store, head, &*self.states, &*self.progress)?;
            *self.opened.borrow_mut() = moved;
            match self.read_history(fields) {
                Err(error) if error.is_unwritable() || error.is_busy() => {}
                other => return other,
            }
        }
        Ok(())
    }

    /// Reads what is new of the history; with `fields`, also what changed in
    /// the records of commits whose messages do not say.
    fn read_history(&self, fields: bool) -> Result<(), IndexError> {
        let mut opened = self.opened.borrow_mut();
        let head = opened.head;
        if history::is_current(opened.db(), head, fields)? {
            return Ok(());
        }
        opened.write(|db| history::catch_up(db, &self.store, head, fields, &*self.progress))
    }

    /// Puts a question to the database; if that turns out to be damaged, once
    /// more to a new one.
    fn ask<T>(
        &self,
        question: impl Fn(&rusqlite::Connection) -> Result<T, IndexError>,
    ) -> Result<T, IndexError> {
        let answer = question(self.opened.borrow().db());
        match answer {
            Err(error) if error.is_damage() => {
                self.rebuild()?;
                question(self.opened.borrow().db())
            }
            answer => answer,
        }
    }
}

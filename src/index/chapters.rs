//! The lives of many records at once, as their events tell them.
//!
//! The tables of the history are read from end to end and put in order here:
//! that is quicker than to have SQLite sort them, or follow its indexes.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use indexmap::IndexSet;
use rusqlite::Connection;

use super::history::from_key;
use super::{Index, IndexError, rows};
use crate::model::{RecordId, Timestamp};
use crate::policy::sla::Altered;
use crate::store::{BlobId, CommitId};

/// What the history says about one record.
#[derive(Clone, Debug)]
pub struct Chapter<'a> {
    pub id: RecordId,
    /// What its file holds now.
    pub blob: BlobId,
    /// When it was opened, by its file.
    pub opened: Timestamp,
    /// The newest first; there is at least one.
    pub events: Vec<Recounted<'a>>,
}

/// An event as it concerns one record.
#[derive(Clone, Debug)]
pub struct Recounted<'a> {
    pub commit: CommitId,
    /// When it happened.
    pub at: Timestamp,
    /// Who acted.
    pub actor: &'a str,
    /// Whether it is known what it changed.
    pub told: bool,
    /// Whether other lines of history ran beside it.
    pub forked: bool,
    /// What it changed, what it did last first. Of notes the kind is given, and
    /// of fields that were not asked for nothing.
    pub changes: Vec<Altered<'a>>,
}

/// What the history says about many records.
#[derive(Debug, Default)]
pub struct Chapters {
    records: Vec<Subject>,
    /// By their number in the history, the newest first.
    events: Vec<Line>,
    /// Which record which event touched, by their places, in order.
    touched: Vec<(u32, u32)>,
    changes: Vec<Entry>,
    texts: IndexSet<Box<str>>,
}

#[derive(Debug)]
struct Subject {
    id: RecordId,
    blob: BlobId,
    opened: Timestamp,
    /// Where its lines begin in `touched` and in `changes`.
    touched: usize,
    changes: usize,
}

#[derive(Debug)]
struct Line {
    n: i64,
    commit: CommitId,
    at: Timestamp,
    actor: u32,
    told: bool,
    forked: bool,
}

/// A field's change; texts by their places.
#[derive(Debug)]
struct Entry {
    record: u32,
    event: u32,
    order: Reverse<u32>,
    field: u32,
    old: Option<u32>,
    new: Option<u32>,
}

impl Index {
    /// What the history says about every ticket, or about those `wanted`, with
    /// the values of these `fields`. The trees and files of the repository are
    /// not looked at, so that what messages keep quiet about is missing.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn chapters(
        &self,
        fields: &[&str],
        wanted: Option<&HashSet<RecordId>>,
    ) -> Result<Chapters, IndexError> {
        self.ask_history(false, |db| Chapters::read(db, fields, wanted))
    }
}

impl Chapters {
    /// How many records there are.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// What there is about each record.
    pub fn iter(&self) -> impl Iterator<Item = Chapter<'_>> {
        (0..self.records.len()).filter_map(|at| self.chapter(at))
    }

    fn chapter(&self, at: usize) -> Option<Chapter<'_>> {
        let Subject { id, blob, opened, touched, changes } = self.records.get(at)?;
        let next = self.records.get(at + 1);
        let touched = self.touched.get(*touched..next.map_or(self.touched.len(), |n| n.touched))?;
        if touched.is_empty() {
            return None;
        }
        let mut changes =
            self.changes.get(*changes..next.map_or(self.changes.len(), |n| n.changes))?;
        let mut events = Vec::with_capacity(touched.len());
        for (_, event) in touched {
            // What is told of an event that touched something else comes between.
            let before = changes.partition_point(|change| change.event < *event);
            let rest = changes.get(before..)?;
            let own = rest.partition_point(|change| change.event == *event);
            let (own, rest) = rest.split_at_checked(own)?;
            changes = rest;
            let line = self.events.get(*event as usize)?;
            events.push(Recounted {
                commit: line.commit,
                at: line.at,
                actor: self.text(line.actor),
                told: line.told,
                forked: line.forked,
                changes: own.iter().map(|change| self.altered(change)).collect(),
            });
        }
        Some(Chapter { id: *id, blob: *blob, opened: *opened, events })
    }

    fn altered(&self, change: &Entry) -> Altered<'_> {
        Altered {
            field: self.text(change.field),
            old: change.old.map(|text| self.text(text)),
            new: change.new.map(|text| self.text(text)),
        }
    }

    fn text(&self, at: u32) -> &str {
        self.texts.get_index(at as usize).map_or("", |text| text)
    }

    fn intern(&mut self, text: &str) -> u32 {
        let at = match self.texts.get_index_of(text) {
            Some(at) => at,
            None => self.texts.insert_full(text.into()).0,
        };
        place(at)
    }

    fn read(
        db: &Connection,
        fields: &[&str],
        wanted: Option<&HashSet<RecordId>>,
    ) -> Result<Self, IndexError> {
        let mut all = Self::default();
        let mut words = HashMap::new();
        let mut statement = db.prepare("SELECT num, text FROM word")?;
        let mut found = statement.query([])?;
        while let Some(sql) = found.next()? {
            let text = sql.get_ref(1)?.as_str().map_err(damaged)?;
            words.insert(sql.get::<_, i64>(0)?, (all.intern(text), values_of(text, fields)));
        }
        let places = all.read_records(db, wanted)?;
        all.read_events(db, &words)?;
        all.read_touched(db, &places)?;
        all.read_changes(db, &words, &places)?;
        all.join();
        Ok(all)
    }

    /// The records; gives their places by their numbers in the history.
    fn read_records(
        &mut self,
        db: &Connection,
        wanted: Option<&HashSet<RecordId>>,
    ) -> Result<HashMap<i64, u32>, IndexError> {
        let mut numbers = HashMap::new();
        let mut statement = db.prepare("SELECT num, id FROM subject")?;
        let mut found = statement.query([])?;
        while let Some(sql) = found.next()? {
            numbers.insert(from_key(sql.get(1)?)?, sql.get::<_, i64>(0)?);
        }
        let mut places = HashMap::new();
        let mut statement =
            db.prepare("SELECT kind, ulid, blob, opened FROM rec WHERE kind < 4 ORDER BY n")?;
        let mut found = statement.query([])?;
        while let Some(sql) = found.next()? {
            let id = rows::id_at(sql, 0)?;
            if wanted.is_none_or(|wanted| wanted.contains(&id))
                && let Some(number) = numbers.get(&id)
            {
                places.insert(*number, place(self.records.len()));
                let (touched, changes) = (usize::MAX, usize::MAX);
                let blob = BlobId::from_bytes(sql.get(2)?);
                let opened = Timestamp::from_seconds(sql.get(3)?);
                self.records.push(Subject { id, blob, opened, touched, changes });
            }
        }
        Ok(places)
    }

    fn read_events(&mut self, db: &Connection, words: &Words) -> Result<(), IndexError> {
        let mut statement =
            db.prepare("SELECT n, commit_id, at, actor, told, forked FROM event ORDER BY n")?;
        let mut found = statement.query([])?;
        while let Some(sql) = found.next()? {
            let actor: i64 = sql.get(3)?;
            self.events.push(Line {
                n: sql.get(0)?,
                commit: CommitId::from_bytes(sql.get(1)?),
                at: Timestamp::from_seconds(sql.get(2)?),
                actor: words.get(&actor).map_or(u32::MAX, |(text, _)| *text),
                told: sql.get(4)?,
                forked: sql.get(5)?,
            });
        }
        Ok(())
    }

    fn event(&self, n: i64) -> Option<u32> {
        self.events.binary_search_by_key(&n, |line| line.n).ok().map(place)
    }

    fn read_touched(
        &mut self,
        db: &Connection,
        places: &HashMap<i64, u32>,
    ) -> Result<(), IndexError> {
        let mut statement = db.prepare("SELECT subject, n FROM touched")?;
        let mut found = statement.query([])?;
        while let Some(sql) = found.next()? {
            if let Some(record) = places.get(&sql.get::<_, i64>(0)?)
                && let Some(event) = self.event(sql.get(1)?)
            {
                self.touched.push((*record, event));
            }
        }
        // A message may name a record twice.
        self.touched.sort_unstable();
        self.touched.dedup();
        Ok(())
    }

    fn read_changes(
        &mut self,
        db: &Connection,
        words: &Words,
        places: &HashMap<i64, u32>,
    ) -> Result<(), IndexError> {
        let sql = "SELECT subject, n, field, old, new FROM change ORDER BY rowid";
        let mut statement = db.prepare(sql)?;
        let mut found = statement.query([])?;
        while let Some(sql) = found.next()? {
            let Some(record) = places.get(&sql.get::<_, i64>(0)?) else { continue };
            let Some(event) = self.event(sql.get(1)?) else { continue };
            let Some((field, values)) = words.get(&sql.get::<_, i64>(2)?) else { continue };
            let mut text = |at: usize| -> Result<Option<u32>, IndexError> {
                let text = sql.get_ref(at)?.as_str_or_null().map_err(damaged)?;
                Ok(text.map(|text| self.intern(values.of(text))))
            };
            let (old, new) = (text(3)?, text(4)?);
            let order = Reverse(place(self.changes.len()));
            self.changes.push(Entry { record: *record, event, order, field: *field, old, new });
        }
        self.changes.sort_unstable_by_key(|change| (change.record, change.event, change.order));
        Ok(())
    }

    /// Finds where the lines of each record begin.
    fn join(&mut self) {
        let (mut touched, mut changes) = (0, 0);
        for (at, record) in self.records.iter_mut().enumerate() {
            let at = place(at);
            let rest = self.touched.get(touched..).unwrap_or_default();
            touched += rest.iter().take_while(|(record, _)| *record < at).count();
            let rest = self.changes.get(changes..).unwrap_or_default();
            changes += rest.iter().take_while(|change| change.record < at).count();
            (record.touched, record.changes) = (touched, changes);
        }
    }
}

/// What is known about words, by their numbers: their places among the texts,
/// and what is wanted of such a field's values.
type Words = HashMap<i64, (u32, Values)>;

/// What is wanted of a field's values.
#[derive(Clone, Copy, Debug)]
enum Values {
    All,
    /// The kind of a note, which stands in brackets before its text.
    Kind,
    /// Whether there is one.
    Any,
}

fn values_of(field: &str, wanted: &[&str]) -> Values {
    match field {
        "notes" => Values::Kind,
        _ if wanted.contains(&field) => Values::All,
        _ => Values::Any,
    }
}

impl Values {
    fn of(self, text: &str) -> &str {
        match self {
            Values::All => text,
            Values::Kind => text.split_inclusive(')').next().unwrap_or_default(),
            Values::Any => "",
        }
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

fn damaged(error: impl std::fmt::Display) -> IndexError {
    IndexError::Damaged(error.to_string())
}

//! Which tickets the desk has already, by their number elsewhere.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;

use crate::app::Session;
use crate::error::CommandError;
use crate::format;
use crate::model::{Kind, Record, RecordId, Timestamp, folded};
use crate::policy::Policy;
use crate::query::{Filter, Selection, Test};
use crate::store::Snapshot;

/// How many numbers are named in a warning.
const NAMED: usize = 3;
/// In seconds.
const DAY: u64 = 24 * 60 * 60;

/// The numbers that records of one type have elsewhere.
pub(super) struct Known {
    kind: Kind,
    seen: HashSet<RecordId>,
    numbers: HashMap<String, (RecordId, Timestamp)>,
}

impl Known {
    /// What the index knows.
    pub(super) fn new(session: &Session, kind: Kind) -> Result<Self, CommandError> {
        let all = Selection {
            filter: Some(Filter::Test(Test::Kind(kind))),
            sort: Vec::new(),
            limit: None,
            warnings: Vec::new(),
        };
        let rows = session.index()?.select(&all)?.rows;
        let mut known =
            Self { kind, seen: HashSet::with_capacity(rows.len()), numbers: HashMap::new() };
        for row in rows {
            known.seen.insert(row.id);
            let found = (row.id, row.opened_at);
            known.numbers.extend(row.external_id.map(|number| (number, found)));
        }
        Ok(known)
    }

    /// Adds what `snapshot` has besides: somebody else may import the same
    /// tickets at the same time, and the index does not know yet.
    pub(super) fn update(&mut self, snapshot: &Snapshot<'_>) -> Result<(), CommandError> {
        for (id, _) in snapshot.record_ids()?.records {
            if id.kind() != self.kind || !self.seen.insert(id) {
                continue;
            }
            // What cannot be read has no number; `check` reports it.
            if let Some(bytes) = snapshot.record_bytes(id)?
                && let Ok(record) = format::read_record(id, &bytes)
            {
                let found = (id, record.opened_at());
                self.numbers.extend(record.external_id().map(|number| (number.to_owned(), found)));
            }
        }
        Ok(())
    }

    /// Whether a record has the number `number` elsewhere.
    pub(super) fn has(&self, number: &str) -> bool {
        self.numbers.contains_key(number)
    }

    /// The record that has the number `number` elsewhere.
    pub(super) fn id(&self, number: &str) -> Option<RecordId> {
        self.numbers.get(number).map(|(id, _)| *id)
    }

    /// The record that has the number, if it cannot be the ticket that was
    /// opened at `opened`: two systems may give the same number to two tickets.
    /// A day makes no difference, since zones and precision may not be known.
    pub(super) fn other(&self, number: &str, opened: Option<Timestamp>) -> Option<RecordId> {
        let ((id, at), opened) = (self.numbers.get(number)?, opened?);
        (at.seconds().abs_diff(opened.seconds()) > DAY).then_some(*id)
    }
}

/// The names of configuration items in use, each of which only one may have.
#[derive(Default)]
pub(super) struct Names(HashMap<String, RecordId>);

impl Names {
    /// Those of the desk.
    pub(super) fn new(session: &Session) -> Result<Self, CommandError> {
        let cis = Selection {
            filter: Some(Filter::Test(Test::Kind(Kind::Ci))),
            sort: Vec::new(),
            limit: None,
            warnings: Vec::new(),
        };
        let rows = session.index()?.select(&cis)?.rows;
        let used = rows.into_iter().filter(|row| row.state.is_open());
        Ok(Self(used.map(|row| (folded(&row.title).into_owned(), row.id)).collect()))
    }

    /// Gives the name of `record` to it, if it is a configuration item in use.
    ///
    /// # Errors
    ///
    /// Another one has it, in words.
    pub(super) fn take(&mut self, policy: &Policy, record: &Record) -> Result<(), String> {
        if record.kind() != Kind::Ci || !policy.category_of(record).is_open() {
            return Ok(());
        }
        match self.0.entry(folded(record.title()).into_owned()) {
            Entry::Vacant(free) => {
                free.insert(record.id());
                Ok(())
            }
            Entry::Occupied(other) => {
                Err(format!("`name`: {} is called `{}` already", other.get(), record.title()))
            }
        }
    }
}

/// Tickets of the source whose numbers other tickets of the desk have. They are
/// left alone.
#[derive(Debug, Default)]
pub(super) struct Others(IndexMap<String, RecordId>);

impl Others {
    /// Whether the ticket called `number` is another one than the desk's.
    pub(super) fn has(&self, number: &str) -> bool {
        self.0.contains_key(number)
    }

    pub(super) fn add(&mut self, number: &str, id: RecordId) {
        self.0.insert(number.to_owned(), id);
    }

    /// One sentence about them, if there are any.
    pub(super) fn told(&self) -> Option<String> {
        let names = self.0.iter().take(NAMED);
        let mut named: Vec<String> =
            names.map(|(number, id)| format!("{number} ({})", id.short())).collect();
        if let Some(more) = self.0.len().checked_sub(NAMED).filter(|more| *more > 0) {
            named.push(format!("{more} more"));
        }
        let (what, was) = match self.0.len() {
            0 => return None,
            1 => ("the number of a record that was", "is"),
            _ => ("the numbers of records that were", "are"),
        };
        Some(format!(
            "{} {} {what} opened at another time, and {was} left alone; if the source is of \
             another system, import it with `--key-prefix`",
            named.join(", "),
            if self.0.len() == 1 { "has" } else { "have" }
        ))
    }
}

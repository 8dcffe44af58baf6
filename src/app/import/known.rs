//! Which tickets the desk has already, by their number elsewhere.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use crate::app::Session;
use crate::error::CommandError;
use crate::format;
use crate::model::{Kind, Record, RecordId, folded};
use crate::policy::Policy;
use crate::query::{Filter, Selection, Test};
use crate::store::Snapshot;

/// The numbers that records of one type have elsewhere.
pub(super) struct Known {
    kind: Kind,
    seen: HashSet<RecordId>,
    numbers: HashMap<String, RecordId>,
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
            known.numbers.extend(row.external_id.map(|number| (number, row.id)));
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
                self.numbers.extend(record.external_id().map(|number| (number.to_owned(), id)));
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
        self.numbers.get(number).copied()
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

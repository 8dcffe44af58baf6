//! What was imported already, as the history tells.
//!
//! Every commit of an event log names its source in a `Gitsm-Import` trailer.
//! The name and the lines are for people; what counts is which records the
//! commit changed and when. So the same rows are known again in any order, from
//! any file, and within a longer log.

use std::collections::HashMap;

use crate::error::CommandError;
use crate::model::RecordId;
use crate::store::{CommitId, CommitInfo, Store};

/// The trailer's name.
const TRAILER: &str = "Gitsm-Import";

/// The trailer line of a commit that holds the rows of `source` from line
/// `first` to line `last`.
pub(super) fn trailer(source: &str, first: u64, last: u64, rows: usize) -> String {
    match rows {
        1 => format!("{TRAILER}: {source} {first}\n"),
        _ => format!("{TRAILER}: {source} {first}-{last}\n"),
    }
}

/// What was imported of each record.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    records: HashMap<RecordId, Past>,
}

/// What was imported of one record.
#[derive(Debug, Default)]
struct Past {
    /// The times of its events, in seconds since 1970.
    events: Vec<i64>,
    /// Everything up to this is in commits of several rows.
    until: Option<i64>,
}

impl Ledger {
    /// What the history up to `head` says.
    ///
    /// # Errors
    ///
    /// The history cannot be read, or is cut off (a shallow clone).
    pub(super) fn read(store: &Store, head: CommitId) -> Result<Self, CommandError> {
        let mut ledger = Self::default();
        for info in store.history(None, head)? {
            ledger.note(store, &info?)?;
        }
        Ok(ledger)
    }

    fn note(&mut self, store: &Store, info: &CommitInfo) -> Result<(), CommandError> {
        let Some(lines) = imported(info) else { return Ok(()) };
        let at = info.author.at;
        if lines.contains('-') {
            for change in store.changes_of(info.id)? {
                if let Some(id) = RecordId::from_path(&change.path) {
                    let until = &mut self.records.entry(id).or_default().until;
                    *until = (*until).max(Some(at));
                }
            }
        } else if let Some(id) = value(&info.message, "Gitsm-Record").and_then(|id| id.parse().ok())
        {
            self.records.entry(id).or_default().events.push(at);
        }
        Ok(())
    }

    /// The rows of `id` that were imported, to be counted off in order of time;
    /// `None` if the record came into the desk in another way.
    pub(super) fn of(&self, id: RecordId) -> Option<Counter> {
        let past = self.records.get(&id)?;
        let mut events = past.events.clone();
        events.sort_unstable();
        Some(Counter { events, at: 0, until: past.until })
    }
}

/// Whether a commit holds rows of an event log.
pub(super) fn is_import(info: &CommitInfo) -> bool {
    imported(info).is_some()
}

/// The lines that a commit imported; `None` if it is no import.
fn imported(info: &CommitInfo) -> Option<&str> {
    value(&info.message, TRAILER)?.rsplit(' ').next()
}

/// The value of a trailer: a `Key: value` line in the last paragraph.
fn value<'a>(message: &'a str, key: &str) -> Option<&'a str> {
    let (_, last) = message.trim_end().rsplit_once("\n\n")?;
    last.lines().find_map(|line| Some(line.strip_prefix(key)?.strip_prefix(':')?.trim()))
}

/// Tells rows that were imported from those that were not.
#[derive(Clone, Debug)]
pub(super) struct Counter {
    events: Vec<i64>,
    at: usize,
    until: Option<i64>,
}

/// What a row is to the history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// It is in it.
    Known,
    /// It comes after all of its ticket that is in it.
    New,
    /// It is not in it, but belongs before what is: up to this time.
    Late(i64),
}

impl Counter {
    /// Looks at the ticket's next row, in order of time.
    pub(super) fn next(&mut self, at: i64) -> Row {
        if self.until.is_some_and(|until| at <= until) {
            return Row::Known;
        }
        while self.events.get(self.at).is_some_and(|event| *event < at) {
            self.at += 1;
        }
        if self.events.get(self.at) == Some(&at) {
            self.at += 1;
            return Row::Known;
        }
        match self.events.last() {
            Some(last) if at < *last => Row::Late(*last),
            _ => Row::New,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(events: &[i64], until: Option<i64>, times: &[i64]) -> Vec<Row> {
        let mut counter = Counter { events: events.to_vec(), at: 0, until };
        times.iter().map(|at| counter.next(*at)).collect()
    }

    #[test]
    fn rows_are_counted_off_by_their_times() {
        use Row::{Known, Late, New};
        assert_eq!(rows(&[1, 2, 2], None, &[1, 2, 2, 2, 3]), [Known, Known, Known, New, New]);
        assert_eq!(rows(&[1, 5], None, &[5, 6]), [Known, New], "a log that begins later");
        assert_eq!(rows(&[1, 5], None, &[1, 3, 5]), [Known, Late(5), Known]);
        assert_eq!(rows(&[7], Some(4), &[1, 4, 5, 7, 8]), [Known, Known, Late(7), Known, New]);
        assert_eq!(rows(&[], Some(4), &[4, 5]), [Known, New]);
    }

    #[test]
    fn trailers_name_source_and_lines() {
        assert_eq!(trailer("a b.csv", 7, 7, 1), "Gitsm-Import: a b.csv 7\n");
        assert_eq!(trailer("-", 2, 9, 8), "Gitsm-Import: - 2-9\n");
        let message = "x\n\nGitsm-Record: INC-1\nGitsm-Import: a b.csv 7\n";
        assert_eq!(value(message, TRAILER), Some("a b.csv 7"));
        assert_eq!(value("x\n\nGitsm-Import: forged 1\n\nGitsm-Actor: a\n", TRAILER), None);
    }
}

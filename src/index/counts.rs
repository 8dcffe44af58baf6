//! How many records are alike: the tables `totals` and `counts`; and how their
//! values are spelt.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::IndexError;
use super::spelling::Spellings;
use crate::model::{Kind, Priority, StateCategory};
use crate::query::Row;

/// Changes of the counts, held back until the records are in.
///
/// A statement that changes several rows makes SQLite open a savepoint, at
/// which full text writes out all that it holds; between records that would
/// cost more than the records.
#[derive(Debug, Default)]
pub(super) struct Counts {
    groups: HashMap<Group, i64>,
    spellings: Spellings,
}

/// What records that are counted together have in common.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Group {
    kind: Kind,
    status: String,
    state: StateCategory,
    priority: Option<Priority>,
    team: Option<String>,
    assignee: Option<String>,
}

impl Counts {
    /// Adds `by` to the number of records like `row`.
    pub(super) fn add(&mut self, row: &Row, by: i64) {
        let group = Group {
            kind: row.kind,
            status: row.status.as_str().to_owned(),
            state: row.state,
            priority: row.priority,
            team: row.team.as_ref().map(|team| team.as_str().to_owned()),
            assignee: row.assignee.as_ref().map(|person| person.as_str().to_owned()),
        };
        *self.groups.entry(group).or_default() += by;
        if by > 0 {
            self.spellings.note(row);
        }
    }

    /// Writes the changes into the tables.
    pub(super) fn write(self, db: &Connection) -> Result<(), IndexError> {
        let mut totals: HashMap<Group, i64> = HashMap::new();
        self.spellings.write(db)?;
        for (group, by) in self.groups.into_iter().filter(|(_, by)| *by != 0) {
            write_count(db, &group, by)?;
            *totals.entry(Group { team: None, assignee: None, ..group }).or_default() += by;
        }
        for (group, by) in totals.into_iter().filter(|(_, by)| *by != 0) {
            write_total(db, &group, by)?;
        }
        Ok(())
    }
}

fn write_total(db: &Connection, group: &Group, by: i64) -> Result<(), IndexError> {
    let priority = group.priority.map(Priority::number);
    let (kind, state, open) = (group.kind as u8, group.state as u8, group.state.is_open());
    let status = &group.status;
    let total = params![kind, status, state, priority, open, by];
    let counted = db
        .prepare_cached(
            "UPDATE totals SET c = c + ?6 WHERE kind = ?1 AND status = ?2 AND state = ?3 \
             AND priority IS ?4 AND open = ?5",
        )?
        .execute(total)?;
    if counted == 0 {
        db.prepare_cached(
            "INSERT INTO totals (kind, status, state, priority, open, c) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(total)?;
    }
    if by < 0 {
        db.prepare_cached(
            "DELETE FROM totals WHERE kind = ?1 AND status = ?2 AND state = ?3 \
             AND priority IS ?4 AND open = ?5 AND c = 0",
        )?
        .execute(params![kind, status, state, priority, open])?;
    }
    Ok(())
}

fn write_count(db: &Connection, group: &Group, by: i64) -> Result<(), IndexError> {
    let priority = group.priority.map(Priority::number);
    let (kind, state, open) = (group.kind as u8, group.state as u8, group.state.is_open());
    let status = &group.status;
    let key = params![kind, status, state, priority, open, by, group.team, group.assignee];
    let counted = db
        .prepare_cached(
            "UPDATE counts SET c = c + ?6 WHERE kind = ?1 AND status = ?2 AND state = ?3 \
             AND priority IS ?4 AND open = ?5 \
             AND team IS ?7 COLLATE BINARY AND assignee IS ?8 COLLATE BINARY",
        )?
        .execute(key)?;
    if counted == 0 {
        db.prepare_cached(
            "INSERT INTO counts (kind, status, state, priority, open, c, team, assignee) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(key)?;
    }
    // Only this group can have become empty: to look through others like it takes
    // longer than all the rest of a small change.
    if by < 0 {
        db.prepare_cached(
            "DELETE FROM counts WHERE kind = ?1 AND status = ?2 AND state = ?3 \
             AND priority IS ?4 AND open = ?5 \
             AND team IS ?6 COLLATE BINARY AND assignee IS ?7 COLLATE BINARY AND c = 0",
        )?
        .execute(params![
            kind,
            status,
            state,
            priority,
            open,
            group.team,
            group.assignee
        ])?;
    }
    Ok(())
}

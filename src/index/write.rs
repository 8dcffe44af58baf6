//! Records into the tables, and out of them.

use rusqlite::{Connection, params};

use super::IndexError;
use super::rows::{self, reversed};
use crate::model::{
    Kind, PersonId, Priority, Record, RecordId, StateCategory, StateName, TeamId, Timestamp,
};
use crate::query::{Number, OwnType, RankField, Row, SearchText, TextPart};
use crate::store::BlobId;

/// What stands for "no priority" in the order of work.
pub(super) const NO_PRIORITY: u8 = 99;

/// The roles in the table `involved`.
const APPROVER: u8 = 1;
const NOTED_BY: u8 = 2;

const INSERT: &str = "INSERT INTO rec (n, kind, ulid, rid, title, ci_name, status, state, open, \
    domain, impact, urgency, priority, queue, service, requester, assignee, team, category, \
    channel, external, opened, updated, started, resolved, closed, opened_by, resolution, \
    resolved_by, hold, hold_since, held, reopened, notes, attachments, votes, approval, texts, \
    escalation, offering, known_error, model, risk, planned_start, planned_end, outcome, \
    criticality, environment, location, version, lists, blob) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \
    ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \
    ?, ?, ?, ?, ?, ?, ?, ?)";

/// What the index keeps of a record.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) row: Row,
    pub(super) text: SearchText,
    /// The content of its file.
    pub(super) blob: BlobId,
}

impl Entry {
    pub(super) fn new(record: &Record, state: StateCategory, blob: BlobId) -> Self {
        Self::with_text(record, state, blob, SearchText::of(record))
    }

    /// As [`new`](Self::new), with the words of `record` made beforehand.
    pub(super) fn with_text(
        record: &Record,
        state: StateCategory,
        blob: BlobId,
        text: SearchText,
    ) -> Self {
        Self { row: Row::new(record, state), text, blob }
    }
}

/// Puts a record in, in place of an earlier version of it.
pub(super) fn upsert(db: &Connection, entry: &Entry) -> Result<(), IndexError> {
    let old = remove(db, entry.row.id)?;
    insert(db, entry, old)?;
    count(db, &entry.row, 1)
}

/// Puts in a record that is not there yet, at number `n` if one is given, and
/// does not count it.
pub(super) fn insert(db: &Connection, entry: &Entry, n: Option<i64>) -> Result<(), IndexError> {
    let row = &entry.row;
    let n = match n {
        Some(n) => n,
        None => free_number(db, row.id)?,
    };
    let ulid = row.id.ulid().to_string();
    let lists = rows::lists(row).map(|lists| serde_json::to_string(&lists)).transpose();
    let lists = lists.map_err(|error| IndexError::Damaged(error.to_string()))?;
    let priority = row.priority.map(Priority::number);
    db.prepare_cached(INSERT)?.execute(params![
        n,
        row.kind as u8,
        ulid,
        reversed(&ulid),
        row.title,
        if row.kind == Kind::Ci { row.title.as_str() } else { "" },
        row.status.as_str(),
        row.state as u8,
        row.state.is_open(),
        row.domain.as_ref().map(StateName::as_str),
        row.rank(RankField::Impact),
        row.rank(RankField::Urgency),
        priority,
        priority.unwrap_or(NO_PRIORITY),
        row.service,
        row.requester.as_ref().map(PersonId::as_str),
        row.assignee.as_ref().map(PersonId::as_str),
        row.team.as_ref().map(TeamId::as_str),
        row.category,
        row.channel,
        row.external_id,
        row.opened_at.seconds(),
        row.updated_at.seconds(),
        row.started_at.map(Timestamp::seconds),
        row.resolved_at.map(Timestamp::seconds),
        row.closed_at.map(Timestamp::seconds),
        row.opened_by.as_str(),
        row.resolution.as_ref().map(StateName::as_str),
        row.resolved_by.as_ref().map(PersonId::as_str),
        row.hold.as_ref().map(StateName::as_str),
        row.hold_since.map(Timestamp::seconds),
        i64::try_from(row.held).unwrap_or(i64::MAX),
        row.reopen_count,
        row.notes,
        row.attachments,
        row.votes,
        row.rank(RankField::Approval),
        row.texts,
        row.escalation,
        row.offering,
        row.known_error,
        row.rank(RankField::Model),
        row.rank(RankField::Risk),
        row.planned_start.map(Timestamp::seconds),
        row.planned_end.map(Timestamp::seconds),
        row.rank(RankField::Outcome),
        row.rank(RankField::Criticality),
        row.environment,
        row.location,
        row.version,
        lists,
        entry.blob.as_bytes(),
    ])?;
    for tag in &row.tags {
        db.prepare_cached("INSERT OR IGNORE INTO tag (n, tag) VALUES (?1, ?2)")?
            .execute(params![n, tag])?;
    }
    for ci in &row.cis {
        db.prepare_cached("INSERT OR IGNORE INTO concern (n, ci) VALUES (?1, ?2)")?
            .execute(params![n, ci.to_string()])?;
    }
    for (name, value) in &row.custom {
        let number = OwnType::Number.read(value).map(Number::value);
        let time = OwnType::Time.read(value).map(|time| time.value() as i64);
        db.prepare_cached(
            "INSERT INTO custom (n, name, value, number, time) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![n, name, value, number, time])?;
    }
    for (role, people) in [(APPROVER, &row.approvers), (NOTED_BY, &row.noted_by)] {
        for person in people {
            db.prepare_cached(
                "INSERT OR IGNORE INTO involved (n, role, person) VALUES (?1, ?2, ?3)",
            )?
            .execute(params![n, role, person.as_str()])?;
        }
    }
    for link in &row.links {
        let (rid, kind) = (reversed(&link.to.ulid().to_string()), link.to.kind() as u8);
        db.prepare_cached(
            "INSERT OR IGNORE INTO link (src, rel, dst, dkind) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![n, link.rel.name(), rid, kind])?;
    }
    let [title, description, note, resolution, cause, workaround, plan, attachment] =
        TextPart::ALL.map(|part| entry.text.part(part));
    db.prepare_cached(
        "INSERT INTO fts (rowid, title, description, note, resolution_text, cause, workaround, \
         plan, attachment) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        n,
        title,
        description,
        note,
        resolution,
        cause,
        workaround,
        plan,
        attachment
    ])?;
    Ok(())
}

/// Takes a record out; gives its number, or `None` if it was not there.
pub(super) fn remove(db: &Connection, id: RecordId) -> Result<Option<i64>, IndexError> {
    let Some((n, row)) = find(db, id)? else { return Ok(None) };
    count(db, &row, -1)?;
    for sql in [
        "DELETE FROM rec WHERE n = ?1",
        "DELETE FROM tag WHERE n = ?1",
        "DELETE FROM concern WHERE n = ?1",
        "DELETE FROM custom WHERE n = ?1",
        "DELETE FROM involved WHERE n = ?1",
        "DELETE FROM link WHERE src = ?1",
        "DELETE FROM fts WHERE rowid = ?1",
    ] {
        db.prepare_cached(sql)?.execute([n])?;
    }
    Ok(Some(n))
}

/// The row of `id` with its number.
pub(super) fn find(db: &Connection, id: RecordId) -> Result<Option<(i64, Row)>, IndexError> {
    let sql = format!("SELECT {}, rec.n FROM rec WHERE rid = ?1 AND kind = ?2", rows::COLUMNS);
    let mut statement = db.prepare_cached(&sql)?;
    let mut found = statement.query(params![reversed(&id.ulid().to_string()), id.kind() as u8])?;
    match found.next()? {
        Some(sql) => Ok(Some((sql.get(rows::COUNT)?, rows::read(sql)?))),
        None => Ok(None),
    }
}

/// The number that a record should have: the time and the first 15 random bits
/// of its id. Numbers sort as the ids do, whatever the order in which records
/// come in.
pub(super) fn number(id: RecordId) -> i64 {
    i64::try_from(u128::from(id.ulid()) >> 65).unwrap_or(i64::MAX)
}

/// The number of a new record: its own, or the next one that is free.
fn free_number(db: &Connection, id: RecordId) -> Result<i64, IndexError> {
    let mut n = number(id);
    let mut taken = db.prepare_cached("SELECT 1 FROM rec WHERE n = ?1")?;
    while taken.exists([n])? {
        n = n.checked_add(1).unwrap_or(0);
    }
    Ok(n)
}

/// Adds to the counts of records like `row`.
fn count(db: &Connection, row: &Row, by: i64) -> Result<(), IndexError> {
    let priority = row.priority.map(Priority::number);
    let team = row.team.as_ref().map(TeamId::as_str);
    let assignee = row.assignee.as_ref().map(PersonId::as_str);
    let (kind, state, open) = (row.kind as u8, row.state as u8, row.state.is_open());
    let status = row.status.as_str();
    // No RETURNING: a statement that gives rows makes SQLite open a savepoint,
    // at which full text writes out all that it holds.
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
    let key = params![kind, status, state, priority, open, by, team, assignee];
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
    if by < 0 {
        db.prepare_cached("DELETE FROM totals WHERE kind = ?1 AND status = ?2 AND c = 0")?
            .execute(params![kind, status])?;
        db.prepare_cached("DELETE FROM counts WHERE kind = ?1 AND status = ?2 AND c = 0")?
            .execute(params![kind, status])?;
    }
    Ok(())
}

/// Counts everything from nothing.
pub(super) fn count_all(db: &Connection) -> Result<(), IndexError> {
    db.execute_batch(
        "DELETE FROM counts;
         INSERT INTO counts (kind, status, state, open, priority, team, assignee, c)
         SELECT kind, status, state, open, priority, team, assignee, count(*) FROM rec
         GROUP BY kind, status, state, priority, team COLLATE BINARY, assignee COLLATE BINARY;
         DELETE FROM totals;
         INSERT INTO totals (kind, status, state, open, priority, c)
         SELECT kind, status, state, open, priority, sum(c) FROM counts
         GROUP BY kind, status, state, priority;",
    )?;
    Ok(())
}

/// Notes a file that is no record.
pub(super) fn put_bad(
    db: &Connection,
    path: &str,
    line: Option<usize>,
    reason: &str,
) -> Result<(), IndexError> {
    let line = line.and_then(|line| i64::try_from(line).ok());
    db.prepare_cached("INSERT OR REPLACE INTO bad (path, line, reason) VALUES (?1, ?2, ?3)")?
        .execute(params![path, line, reason])?;
    Ok(())
}

/// Forgets that a file is no record.
pub(super) fn clear_bad(db: &Connection, path: &str) -> Result<(), IndexError> {
    db.prepare_cached("DELETE FROM bad WHERE path = ?1")?.execute([path])?;
    Ok(())
}

//! Short forms of ids: six characters, or as many as tell a record from every
//! other one of its type.
//!
//! How many a record needs stands in its row, so that a list need not look for
//! the neighbours of each of its rows; few need more than six.

use rusqlite::{Connection, params};

use super::rows::{self, reversed};
use super::{Index, IndexError};
use crate::model::{Kind, RecordId};

/// The least length.
const SHORT: usize = 6;
const ULID_LENGTH: usize = 26;

impl Index {
    /// The short forms of `ids`, in the same order: six characters, or as many
    /// as tell the record from every other one of its type.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn shorten(&self, ids: &[RecordId]) -> Result<Vec<String>, IndexError> {
        self.ask(|db| shorten(db, ids))
    }
}

/// The short form of `id`, which has `longer` characters beyond six.
pub(super) fn of(id: RecordId, longer: u8) -> String {
    id.shortened(SHORT + usize::from(longer))
}

/// The short forms of `ids`: six characters, or as many as tell the record
/// from every other one of its type.
pub(super) fn shorten(db: &Connection, ids: &[RecordId]) -> Result<Vec<String>, IndexError> {
    let mut alike = db.prepare_cached(
        "SELECT rid FROM rec WHERE rid >= ?1 AND rid < ?2 AND kind = ?3 AND rid <> ?4",
    )?;
    let mut short = Vec::with_capacity(ids.len());
    for id in ids {
        let rid = reversed(&id.ulid().to_string());
        let start: String = rid.chars().take(SHORT).collect();
        let mut found = alike.query(params![start, format!("{start}~"), id.kind() as u8, rid])?;
        let mut length = SHORT;
        while let Some(sql) = found.next()? {
            let other = sql.get_ref(0)?.as_str().map_err(damaged)?;
            length = length.max(SHORT + usize::from(longer(&rid, other)));
        }
        short.push(id.shortened(length));
    }
    Ok(short)
}

/// How many characters beyond six tell two reversed ULIDs apart.
fn longer(one: &str, other: &str) -> u8 {
    let common = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b).count();
    u8::try_from((common + 1).min(ULID_LENGTH).saturating_sub(SHORT)).unwrap_or(u8::MAX)
}

/// Brings up to date what the rows say that have the same last six characters
/// as `id`, which was put in or taken out.
pub(super) fn note(db: &Connection, id: RecordId) -> Result<(), IndexError> {
    let mut start = reversed(&id.ulid().to_string());
    start.truncate(SHORT);
    let mut alike = db.prepare_cached(
        "SELECT rid, n, longer FROM rec WHERE rid >= ?1 AND rid < ?2 AND kind = ?3 ORDER BY rid",
    )?;
    let mut found = alike.query(params![start, format!("{start}~"), id.kind() as u8])?;
    let mut rows: Vec<(String, i64, u8)> = Vec::new();
    while let Some(sql) = found.next()? {
        rows.push((sql.get(0)?, sql.get(1)?, sql.get(2)?));
    }
    for (at, (rid, n, known)) in rows.iter().enumerate() {
        let neighbours = [at.checked_sub(1), Some(at + 1)];
        let neighbours = neighbours.into_iter().flatten().filter_map(|at| rows.get(at));
        let needed = neighbours.map(|(other, ..)| longer(rid, other)).max().unwrap_or(0);
        if needed != *known {
            set(db, *n, needed)?;
        }
    }
    Ok(())
}

/// Fills in what all rows say that have none of it yet.
pub(super) fn all(db: &Connection) -> Result<(), IndexError> {
    /// The record before, of one type: its ULID, its number, what it needs.
    type Last = Option<(String, i64, u8)>;
    let mut last: [Last; Kind::ALL.len()] = [const { None }; Kind::ALL.len()];
    let mut needs = Vec::new();
    let mut sorted = db.prepare("SELECT rid, kind, n FROM rec ORDER BY rid, kind")?;
    let mut found = sorted.query([])?;
    while let Some(sql) = found.next()? {
        let rid = sql.get_ref(0)?.as_str().map_err(damaged)?;
        let kind = rows::kind(sql.get(1)?)?;
        let Some(last) = last.get_mut(kind as usize) else { continue };
        let mut needed = 0;
        if let Some((other, n, others)) = last {
            needed = longer(rid, other);
            if needed.max(*others) > 0 {
                needs.push((*n, needed.max(*others)));
            }
        }
        *last = Some((rid.to_owned(), sql.get(2)?, needed));
    }
    needs.extend(last.into_iter().flatten().map(|(_, n, needed)| (n, needed)));
    for (n, needed) in needs.into_iter().filter(|(_, needed)| *needed > 0) {
        set(db, n, needed)?;
    }
    Ok(())
}

fn set(db: &Connection, n: i64, longer: u8) -> Result<(), IndexError> {
    db.prepare_cached("UPDATE rec SET longer = ?2 WHERE n = ?1")?.execute(params![n, longer])?;
    Ok(())
}

fn damaged(error: impl std::fmt::Display) -> IndexError {
    IndexError::Damaged(error.to_string())
}

//! Changes by the time for which they are planned.

use rusqlite::Connection;

use super::rows::{self, COLUMNS};
use super::{Index, IndexError};
use crate::model::{Kind, Timestamp};
use crate::query::Row;

impl Index {
    /// The changes whose planned time overlaps with the time from `from` to `to`,
    /// whatever has become of them, by their start and age.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn planned(&self, from: Timestamp, to: Timestamp) -> Result<Vec<Row>, IndexError> {
        self.ask(|db| planned(db, from, to))
    }
}

fn planned(db: &Connection, from: Timestamp, to: Timestamp) -> Result<Vec<Row>, IndexError> {
    // Few end so late; those that begin so early are nearly all there ever were.
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM rec INDEXED BY rec_planned \
         WHERE rec.planned_end > ?1 AND rec.planned_start < ?2 AND rec.kind = ?3 \
         ORDER BY rec.planned_start, rec.n DESC"
    ))?;
    let mut found = statement.query((from.seconds(), to.seconds(), Kind::Change as u8))?;
    let mut changes = Vec::new();
    while let Some(sql) = found.next()? {
        changes.push(rows::read(sql)?);
    }
    Ok(changes)
}

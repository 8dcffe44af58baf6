//! Values with letters beyond A to Z. Those are all whose upper and lower case
//! SQLite knows; under which form without case the other values are to be found
//! is in the table `spelling`. Questions about such values go by it and by the
//! same indexes as all others, which pay nothing.

use std::collections::HashSet;

use rusqlite::Connection;

use super::IndexError;
use crate::model::{Kind, folded};
use crate::query::Row;

/// Such values, held back until the records are in. Those of records that are
/// gone may stay in the table: nothing has them, so they lead to nothing.
#[derive(Debug, Default)]
pub(super) struct Spellings(HashSet<String>);

impl Spellings {
    /// Notes the values of a row.
    pub(super) fn note(&mut self, row: &Row) {
        let lines = [
            &row.service,
            &row.category,
            &row.channel,
            &row.external_id,
            &row.offering,
            &row.template,
            &row.environment,
            &row.location,
            &row.version,
            &row.repository,
            &row.commit,
        ];
        let name = (row.kind == Kind::Ci).then_some(&row.title);
        let own = row.custom.iter().chain(&row.answers).map(|(_, value)| value);
        let values = lines.into_iter().flatten().chain(name).chain(&row.tags).chain(own);
        for value in values.filter(|value| !value.is_ascii()) {
            if !self.0.contains(value) {
                self.0.insert(value.clone());
            }
        }
    }

    /// Writes them into the table.
    pub(super) fn write(&self, db: &Connection) -> Result<(), IndexError> {
        for value in &self.0 {
            db.prepare_cached("INSERT OR IGNORE INTO spelling (folded, spelt) VALUES (?1, ?2)")?
                .execute((folded(value), value))?;
        }
        Ok(())
    }
}

/// What stands before and behind a comparison of what is [`folded`], so that it
/// is one with a column.
pub(super) const WITHIN: (&str, &str) = (" IN (SELECT spelt FROM spelling WHERE folded", ")");

/// The condition that `column`, which does not tell `A` from `a`, is `text` in any
/// spelling, with what to bind to `place` in it.
pub(super) fn equal(column: &str, place: &str, text: &str) -> (String, String) {
    if text.is_ascii() {
        return (format!("{column} = {place}"), text.to_owned());
    }
    let (before, after) = WITHIN;
    (format!("{column}{before} = {place}{after}"), folded(text).into_owned())
}

/// The condition that `column` begins with `start` in any spelling, with what to
/// bind to the two `places` in it.
pub(super) fn starting(
    column: &str,
    (length, place): (&str, &str),
    start: &str,
) -> (String, i64, String) {
    let counted = |text: &str| i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    if start.is_ascii() {
        let condition = format!("substr({column}, 1, {length}) = {place} COLLATE NOCASE");
        return (condition, counted(start), start.to_owned());
    }
    let condition = format!(
        "{column} IN (SELECT spelt FROM spelling WHERE substr(folded, 1, {length}) = {place})"
    );
    let start = folded(start).into_owned();
    (condition, counted(&start), start)
}

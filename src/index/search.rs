//! Searches: which of the matches come first.
//!
//! Records whose title holds every word asked for come first, then those whose
//! title holds one of them, then the others; among like ones the newest. Unlike
//! a score it can be explained, it is the same with every index of a desk, and
//! the best few are found without looking at all of the others.

use std::collections::HashSet;

use rusqlite::types::Value;
use rusqlite::{Connection, params};

use super::sql::{self, Sql};
use super::{Found, IndexError, select, suffice, words};
use crate::query::Selection;

/// More matches than this are not counted, which would take longer than to
/// find the first ones. In tests so few that random desks have more.
pub(super) const COUNTED: usize = if cfg!(test) { 3 } else { 200 };

/// Which rows match; in the wanted order, or else the best ones first.
pub(super) fn find(db: &Connection, selection: &Selection) -> Result<Found, IndexError> {
    let Some(filter) = selection.filter.as_ref().filter(|_| selection.sort.is_empty()) else {
        return if selection.sort.is_empty() {
            select::newest(db, selection)
        } else {
            select::find(db, selection)
        };
    };
    let filter = words::expanded(db, filter)?;
    let (words, rest) = words::split(&filter);
    if words.is_empty() {
        return select::newest(db, selection);
    }
    let all = words.join(" AND ");
    let matching = Matching {
        db,
        table: words::table(rest.as_ref().is_some_and(suffice::asks_for_open)),
        condition: sql::condition(rest.as_ref()),
        apart: rest.is_none(),
    };
    // The newest of all matches, with one more than are counted.
    let limit = selection.limit.unwrap_or(usize::MAX);
    let most = selection.limit.map(|limit| COUNTED.max(limit) + 1);
    let newest = matching.newest(&all, most)?;
    let (total, more) = match most {
        Some(most) if newest.len() == most => (newest.len() - 1, true),
        _ => (newest.len(), false),
    };
    // Those whose titles hold every word, and those whose titles hold one.
    let (every, one) = words::titles(&filter);
    let mut found = match every {
        Some(title) => matching.newest(&title, selection.limit)?,
        None => Vec::new(),
    };
    if let Some(title) = one.filter(|_| found.len() < limit) {
        // So many of the newest matches are enough in most cases. The first may
        // be among the second.
        let mut others = matching.among(&title, &newest, limit)?;
        if more && others.len() < limit {
            others = matching.newest(&format!("({all}) AND {title}"), selection.limit)?;
        }
        found.extend(without(others, &found));
    }
    found.extend(without(newest, &found));
    found.truncate(limit);
    Ok(Found { rows: found, total, more, order: "relevance".to_owned() })
}

/// What full text finds of the records that meet a condition.
struct Matching<'a> {
    db: &'a Connection,
    table: &'static str,
    condition: Sql,
    /// Whether there is no condition: words alone say which.
    apart: bool,
}

impl Matching<'_> {
    /// The newest records that hold `words`.
    fn newest(&self, words: &str, most: Option<usize>) -> Result<Vec<i64>, IndexError> {
        let table = self.table;
        let join = format!("JOIN rec ON rec.n = {table}.rowid");
        let text = format!(
            "SELECT {table}.rowid FROM {table} {} WHERE {table} MATCH ? AND {} \
             ORDER BY {table}.rowid LIMIT ?",
            if self.apart { "" } else { &join },
            self.condition.text
        );
        let mut params = vec![Value::Text(words.to_owned())];
        params.extend(self.condition.params.iter().cloned());
        params.push(select::limit(most));
        select::numbers(self.db, &Sql { text, params })
    }

    /// Those of `numbers`, which rise, that hold `words`; the first so many.
    fn among(&self, words: &str, numbers: &[i64], most: usize) -> Result<Vec<i64>, IndexError> {
        let Some(last) = numbers.last() else { return Ok(Vec::new()) };
        let table = self.table;
        let mut holding = self.db.prepare_cached(&format!(
            "SELECT rowid FROM {table} WHERE {table} MATCH ?1 AND rowid <= ?2 ORDER BY rowid",
        ))?;
        let mut holding = holding.query(params![words, last])?;
        let mut found = Vec::new();
        let mut numbers = numbers.iter().peekable();
        while found.len() < most
            && let Some(sql) = holding.next()?
        {
            let number: i64 = sql.get(0)?;
            while numbers.next_if(|other| **other < number).is_some() {}
            if numbers.next_if(|other| **other == number).is_some() {
                found.push(number);
            }
        }
        Ok(found)
    }
}

/// Those of `numbers` that are not among `known`.
fn without(mut numbers: Vec<i64>, known: &[i64]) -> Vec<i64> {
    let known: HashSet<i64> = known.iter().copied().collect();
    numbers.retain(|number| !known.contains(number));
    numbers
}

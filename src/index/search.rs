//! Searches: which of the matches come first.
//!
//! Records whose title holds every word asked for come first, then those whose
//! title holds one of them, then the others; among like ones the newest. Unlike
//! a score it can be explained, it is the same with every index of a desk, and
//! the best few are found without looking at all of the others.

use std::collections::HashSet;

use rusqlite::Connection;
use rusqlite::types::Value;

use super::sql::{self, Sql};
use super::{Found, IndexError, select, words};
use crate::query::Selection;

/// More matches than this are not counted, which would take longer than to
/// find the first ones.
const COUNTED: usize = 500;

/// Which rows match; in the wanted order, or else the best ones first.
pub(super) fn find(db: &Connection, selection: &Selection) -> Result<Found, IndexError> {
    let Some(filter) = selection.filter.as_ref().filter(|_| selection.sort.is_empty()) else {
        return if selection.sort.is_empty() {
            select::newest(db, selection)
        } else {
            select::find(db, selection)
        };
    };
    let (words, rest) = words::split(&words::expanded(db, filter)?);
    if words.is_empty() {
        return select::newest(db, selection);
    }
    let condition = sql::condition(rest.as_ref());
    let matching = |words: String, most: Option<usize>| {
        // Without other conditions, words alone say which.
        let join = if rest.is_some() { "JOIN rec ON rec.n = fts.rowid" } else { "" };
        let text = format!(
            "SELECT fts.rowid FROM fts {join} WHERE fts MATCH ? AND {} \
             ORDER BY fts.rowid DESC LIMIT ?",
            condition.text
        );
        let mut params = vec![Value::Text(words)];
        params.extend(condition.params.iter().cloned());
        params.push(select::limit(most));
        select::numbers(db, &Sql { text, params })
    };
    let mut found: Vec<i64> = Vec::new();
    let all = words.join(" AND ");
    for words in better(&words) {
        let known = found.len();
        if selection.limit.is_some_and(|limit| known >= limit) {
            break;
        }
        // Those that are known already may be among them.
        let others = matching(words, selection.limit)?;
        found.extend(without(others, &found));
        found.truncate(selection.limit.unwrap_or(usize::MAX));
    }
    // The newest of all matches, with one more than are counted.
    let most = selection.limit.map(|limit| COUNTED.max(limit) + 1);
    let others = matching(all, most)?;
    let counted = others.len();
    found.extend(without(others, &found));
    found.truncate(selection.limit.unwrap_or(usize::MAX));
    let (total, more) = match most {
        Some(most) if counted == most => (counted - 1, true),
        _ => (counted, false),
    };
    Ok(Found { rows: found, total, more, order: "relevance".to_owned() })
}

/// Those of `numbers` that are not among `known`.
fn without(mut numbers: Vec<i64>, known: &[i64]) -> Vec<i64> {
    let known: HashSet<i64> = known.iter().copied().collect();
    numbers.retain(|number| !known.contains(number));
    numbers
}

/// Which matches come before all others, the best first. The second may have
/// those of the first once more: to leave them out takes full text longer.
fn better(words: &[String]) -> Vec<String> {
    let all = words.join(" AND ");
    let title = format!("{{title}} : ({all})");
    if words.len() == 1 {
        return vec![title];
    }
    vec![title, format!("({all}) AND ({{title}} : ({}))", words.join(" OR "))]
}

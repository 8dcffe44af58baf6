//! Searches: which of the matches come first.
//!
//! Records whose title holds every word asked for come first, then those whose
//! title holds one of them, then the others; among like ones the newest. Unlike
//! a score it can be explained, it is the same with every index of a desk, and
//! the best few are found without looking at all of the others.

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
    let matching = |select: &str, words: String, tail: &str, limit: Option<usize>| {
        // Without other conditions, words alone say how many there are.
        let join =
            if rest.is_some() || select != "1" { "JOIN rec ON rec.n = fts.rowid" } else { "" };
        let text = format!(
            "SELECT {select} FROM fts {join} WHERE fts MATCH ? AND {} {tail} LIMIT ?",
            condition.text
        );
        let mut params = vec![Value::Text(words)];
        params.extend(condition.params.iter().cloned());
        params.push(select::limit(limit));
        Sql { text, params }
    };
    let mut found: Vec<i64> = Vec::new();
    for words in tiers(&words) {
        let left = selection.limit.map(|limit| limit.saturating_sub(found.len()));
        if left == Some(0) {
            break;
        }
        let sql = matching("rec.n", words, "ORDER BY fts.rowid DESC", left);
        found.append(&mut select::numbers(db, &sql)?);
    }
    let (total, more) = match selection.limit {
        Some(limit) if found.len() >= limit => {
            let most = COUNTED.max(found.len()) + 1;
            let inner = matching("1", words.join(" AND "), "", Some(most));
            let text = format!("SELECT count(*) FROM ({})", inner.text);
            let counted = select::number(db, &Sql { text, params: inner.params })?;
            (counted.min(most - 1), counted == most)
        }
        _ => (found.len(), false),
    };
    Ok(Found { rows: found, total, more, order: "relevance".to_owned() })
}

/// The matches in groups, the best first; each belongs to one of them.
fn tiers(words: &[String]) -> Vec<String> {
    let all = words.join(" AND ");
    let title = format!("{{title}} : ({all})");
    if words.len() == 1 {
        return vec![title.clone(), format!("({all}) NOT ({title})")];
    }
    let some = format!("{{title}} : ({})", words.join(" OR "));
    vec![
        title.clone(),
        format!("(({all}) AND ({some})) NOT ({title})"),
        format!("({all}) NOT ({some})"),
    ]
}

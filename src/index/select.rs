//! Selections: rows in order, how many there are, and what a summary needs.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::rows::{self, BRIEF, BRIEF_COUNT, COLUMNS, COUNT};
use super::sql::{self, Sql};
use super::{BadFile, Found, IndexError, Selected, schema, short, suffice, words};
use crate::model::Timestamp;
use crate::query::{Filter, Order, Row, Selection};
use crate::report::SummaryItem;
use crate::store::BlobId;

/// How many open records must hold words for these to be frequent; in tests so
/// few that random desks have such words.
const FREQUENT: usize = if cfg!(test) { 3 } else { 1_000 };

/// So few records are looked at through what is mapped of the file.
const FEW: usize = 50;

/// Which rows match, in the wanted order.
pub(super) fn find(db: &Connection, selection: &Selection) -> Result<Found, IndexError> {
    let filter = expanded(db, selection.filter.as_ref())?;
    let open = match &filter {
        Some(filter) => OpenWithWords::of(db, filter)?,
        None => None,
    };
    let mut is_whole = open.is_some();
    let mut retain = None;
    let (from, condition) = match open {
        Some(open) if open.holding.len() < FREQUENT => {
            // They lie all over the file.
            if open.holding.len() > FEW {
                schema::read_sparingly(db)?;
            }
            open.looked_at()?
        }
        // In any other order each record would be looked at all the same.
        Some(open) if suffice::open_index_suffices(&open.rest) && selection.sort.is_empty() => {
            retain = Some(open.holding);
            ("rec", sql::condition(Some(&open.rest)))
        }
        _ => {
            // Words with other conditions take long to count: all are found at once.
            is_whole = filter.as_ref().is_some_and(has_more_than_words);
            source(filter.as_ref())
        }
    };
    let order = sql::order(&selection.sort);
    let text = format!(
        "SELECT rec.n FROM {from} WHERE {} ORDER BY {} LIMIT ?",
        condition.text, order.text
    );
    let mut params = condition.params;
    params.extend(order.params);
    params.push(limit(selection.limit.filter(|_| !is_whole)));
    let mut rows = numbers(db, &Sql { text, params })?;
    if let Some(holding) = retain {
        rows.retain(|number| holding.binary_search(number).is_ok());
    }
    let total = if is_whole { rows.len() } else { total(db, selection, rows.len())? };
    rows.truncate(selection.limit.unwrap_or(usize::MAX));
    Ok(Found { rows, total, more: false, order: describe(&selection.sort) })
}

/// Which rows match, the newest first.
pub(super) fn newest(db: &Connection, selection: &Selection) -> Result<Found, IndexError> {
    let filter = expanded(db, selection.filter.as_ref())?;
    let condition = sql::condition(filter.as_ref());
    let text = format!("SELECT rec.n FROM rec WHERE {} ORDER BY rec.n LIMIT ?", condition.text);
    let mut params = condition.params;
    params.push(limit(selection.limit));
    let rows = numbers(db, &Sql { text, params })?;
    let total = total(db, selection, rows.len())?;
    Ok(Found { rows, total, more: false, order: "newest first".to_owned() })
}

/// The rows of these numbers, in the same order. Those that have gone since
/// the numbers were found are left out.
pub(super) fn read(db: &Connection, numbers: &[i64]) -> Result<Vec<Row>, IndexError> {
    read_each(db, numbers, true, |row, _, _| row)
}

/// What `make` makes of each row, its short id and the content of its file. The
/// rows hold what [`Column::is_brief`](crate::outcome::Column::is_brief) columns
/// show, unless they are to be `whole`.
pub(super) fn read_each<T>(
    db: &Connection,
    numbers: &[i64],
    whole: bool,
    make: impl Fn(Row, String, BlobId) -> T,
) -> Result<Vec<T>, IndexError> {
    let (columns, count) = if whole { (COLUMNS, COUNT) } else { (BRIEF, BRIEF_COUNT) };
    let text = format!("SELECT {columns}, rec.longer, rec.blob FROM rec WHERE rec.n = ?");
    let mut statement = db.prepare_cached(&text)?;
    let mut found = Vec::with_capacity(numbers.len());
    for number in numbers {
        let mut rows = statement.query([number])?;
        if let Some(sql) = rows.next()? {
            let row = if whole { rows::read(sql)? } else { rows::read_brief(sql)? };
            let short = short::of(row.id, sql.get(count)?);
            found.push(make(row, short, BlobId::from_bytes(sql.get(count + 1)?)));
        }
    }
    Ok(found)
}

/// The rows that were found, all at once.
pub(super) fn all(db: &Connection, found: Found) -> Result<Selected, IndexError> {
    let Found { rows, total, more, order } = found;
    Ok(Selected { rows: read(db, &rows)?, total, more, order })
}

/// How many records match.
pub(super) fn count(db: &Connection, filter: Option<&Filter>) -> Result<usize, IndexError> {
    let filter = expanded(db, filter)?;
    let filter = filter.as_ref();
    if filter.is_none_or(suffice::totals_suffice) {
        let condition = sql::condition(filter);
        let text =
            format!("SELECT coalesce(sum(c), 0) FROM totals AS rec WHERE {}", condition.text);
        return number(db, &Sql { text, params: condition.params });
    }
    if let Some((words, None)) = filter.map(words::split).filter(|(words, _)| !words.is_empty()) {
        let text = "SELECT count(*) FROM fts WHERE fts MATCH ?".to_owned();
        return number(db, &Sql { text, params: vec![Value::Text(words.join(" AND "))] });
    }
    let (from, condition) = source(filter);
    let text = format!("SELECT count(*) FROM {from} WHERE {}", condition.text);
    number(db, &Sql { text, params: condition.params })
}

/// What a summary is made from: groups of like records, and when the open
/// ones were opened.
pub(super) fn summary(
    db: &Connection,
    filter: Option<&Filter>,
) -> Result<(Vec<SummaryItem>, Vec<Timestamp>), IndexError> {
    let filter = expanded(db, filter)?;
    let filter = filter.as_ref();
    let condition = sql::condition(filter);
    // What was counted already is grouped already.
    let (count, from, grouped) = if filter.is_none_or(suffice::counts_suffice) {
        ("c", "counts AS rec", "")
    } else {
        (
            "count(*)",
            "rec",
            "GROUP BY kind, status, state, priority, team COLLATE BINARY, assignee COLLATE BINARY",
        )
    };
    let text = format!(
        "SELECT kind, status, state, priority, team, assignee, {count} FROM {from} \
         WHERE {} {grouped}",
        condition.text
    );
    let mut statement = db.prepare(&text)?;
    let mut found = statement.query(params_from_iter(&condition.params))?;
    let mut items = Vec::new();
    while let Some(sql) = found.next()? {
        items.push(SummaryItem {
            kind: rows::kind(sql.get(0)?)?,
            status: sql.get(1)?,
            state: rows::state(sql.get(2)?)?,
            priority: rows::priority(sql.get(3)?),
            team: sql.get(4)?,
            assignee: sql.get(5)?,
            count: size(sql.get(6)?),
        });
    }
    let text = format!("SELECT opened FROM rec WHERE rec.open = 1 AND {}", condition.text);
    let mut statement = db.prepare(&text)?;
    let mut found = statement.query(params_from_iter(&condition.params))?;
    let mut opened = Vec::new();
    while let Some(sql) = found.next()? {
        opened.push(Timestamp::from_seconds(sql.get(0)?));
    }
    Ok((items, opened))
}

/// The files that are no records, by path.
pub(super) fn bad(db: &Connection) -> Result<Vec<BadFile>, IndexError> {
    let mut statement = db.prepare("SELECT path, line, reason FROM bad ORDER BY path")?;
    let mut found = statement.query([])?;
    let mut files = Vec::new();
    while let Some(sql) = found.next()? {
        let line: Option<i64> = sql.get(1)?;
        let line = line.and_then(|line| usize::try_from(line).ok());
        files.push(BadFile { path: sql.get(0)?, line, reason: sql.get(2)? });
    }
    Ok(files)
}

/// How many files are no records.
pub(super) fn bad_count(db: &Connection) -> Result<usize, IndexError> {
    Ok(size(db.query_row("SELECT count(*) FROM bad", [], |row| row.get(0))?))
}

pub(super) fn expanded(
    db: &Connection,
    filter: Option<&Filter>,
) -> Result<Option<Filter>, IndexError> {
    filter.map(|filter| words::expanded(db, filter)).transpose()
}

/// Where the matching rows come from, and the condition on them. Words that all
/// of them must hold lead to them; as a mere condition, they would be looked up
/// for the whole desk first.
pub(super) fn source(filter: Option<&Filter>) -> (&'static str, Sql) {
    let (words, rest) = filter.map(words::split).unwrap_or_default();
    if words.is_empty() {
        return ("rec", sql::condition(filter));
    }
    let is_open = rest.as_ref().is_some_and(suffice::asks_for_open);
    let words = if is_open { words::and_open(&words) } else { words.join(" AND ") };
    let mut condition = sql::condition(rest.as_ref());
    condition.text = format!("fts MATCH ? AND {}", condition.text);
    condition.params.insert(0, Value::Text(words));
    ("fts CROSS JOIN rec ON rec.n = fts.rowid", condition)
}

/// Whether words are asked for, and something else.
fn has_more_than_words(filter: &Filter) -> bool {
    let (words, rest) = words::split(filter);
    !words.is_empty() && rest.is_some()
}

/// Open records that hold words. Where they are few, each is looked at; where
/// they are many, and all else that is asked for stands in the index of what is
/// open, to go through that is quicker.
struct OpenWithWords {
    /// The numbers of what holds the words, which rise.
    holding: Vec<i64>,
    /// What else is asked for.
    rest: Filter,
}

impl OpenWithWords {
    fn of(db: &Connection, filter: &Filter) -> Result<Option<Self>, IndexError> {
        let (words, rest) = words::split(filter);
        let Some(rest) = rest.filter(suffice::asks_for_open).filter(|_| !words.is_empty()) else {
            return Ok(None);
        };
        let text = "SELECT rowid FROM fts WHERE fts MATCH ?".to_owned();
        let params = vec![Value::Text(words::and_open(&words))];
        Ok(Some(Self { holding: numbers(db, &Sql { text, params })?, rest }))
    }

    /// As [`source`].
    fn looked_at(self) -> Result<(&'static str, Sql), IndexError> {
        let holding = serde_json::to_string(&self.holding);
        let holding = holding.map_err(|error| IndexError::Damaged(error.to_string()))?;
        let mut condition = sql::condition(Some(&self.rest));
        condition.params.insert(0, Value::Text(holding));
        Ok(("json_each(?) AS held CROSS JOIN rec ON rec.n = held.value", condition))
    }
}

/// How many match, given that `listed` of them were listed.
fn total(db: &Connection, selection: &Selection, listed: usize) -> Result<usize, IndexError> {
    match selection.limit {
        Some(limit) if listed >= limit => count(db, selection.filter.as_ref()),
        _ => Ok(listed),
    }
}

pub(super) fn numbers(db: &Connection, sql: &Sql) -> Result<Vec<i64>, IndexError> {
    let mut statement = db.prepare_cached(&sql.text)?;
    let mut found = statement.query(params_from_iter(&sql.params))?;
    let mut numbers = Vec::new();
    while let Some(sql) = found.next()? {
        numbers.push(sql.get(0)?);
    }
    Ok(numbers)
}

pub(super) fn number(db: &Connection, sql: &Sql) -> Result<usize, IndexError> {
    let number: Option<i64> = db
        .prepare(&sql.text)?
        .query_row(params_from_iter(&sql.params), |row| row.get(0))
        .optional()?;
    Ok(size(number.unwrap_or(0)))
}

fn size(number: i64) -> usize {
    usize::try_from(number).unwrap_or(0)
}

/// SQLite takes a negative limit for none.
pub(super) fn limit(limit: Option<usize>) -> Value {
    Value::Integer(limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX)))
}

/// The order in words, for the reader of the list.
fn describe(sort: &[Order]) -> String {
    if sort.is_empty() {
        return "priority".to_owned();
    }
    let keys: Vec<String> = sort
        .iter()
        .map(|key| format!("{}{}", if key.descending { "-" } else { "" }, key.field.name()))
        .collect();
    keys.join(", ")
}

//! Selections: rows in order, how many there are, and what a summary needs.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::rows::{self, BRIEF, BRIEF_COUNT, COLUMNS, COUNT};
use super::sql::{self, DEFAULT_ORDER, Sql};
use super::{BadFile, Found, IndexError, Selected, held, short, suffice, words};
use crate::model::Timestamp;
use crate::query::{Filter, Order, Row, Selection};
use crate::report::SummaryItem;
use crate::store::BlobId;

/// Which rows match, in the wanted order.
pub(super) fn find(db: &Connection, selection: &Selection) -> Result<Found, IndexError> {
    let filter = expanded(db, selection.filter.as_ref())?;
    let (words, rest) = filter.as_ref().map(words::split).unwrap_or_default();
    let (from, condition) = joined(filter.as_ref(), &words, rest.as_ref());
    let order = describe(&selection.sort);
    let question = filter.as_ref().and_then(held::Question::of);
    if let Some(question) = question.filter(|_| selection.sort.is_empty()) {
        let (rows, total) = question.answer(db, selection.limit)?;
        return Ok(Found { rows, total, more: false, order });
    }
    // Words with other conditions take long to count: all are found at once.
    if !words.is_empty() && rest.is_some() {
        let mut rows = if selection.sort.is_empty() {
            in_default_order(db, from, &condition, selection.limit)?
        } else {
            ordered(db, from, condition, &sql::order(&selection.sort), None)?
        };
        let total = rows.len();
        rows.truncate(selection.limit.unwrap_or(usize::MAX));
        return Ok(Found { rows, total, more: false, order });
    }
    let rows = ordered(db, from, condition, &sql::order(&selection.sort), selection.limit)?;
    let total = total(db, selection, rows.len())?;
    Ok(Found { rows, total, more: false, order })
}

/// The numbers of the rows that meet `condition`, in this order; all of them are
/// sorted at once if there is no `limit`, else one by one.
fn ordered(
    db: &Connection,
    from: &str,
    condition: Sql,
    order: &Sql,
    limit: Option<usize>,
) -> Result<Vec<i64>, IndexError> {
    let most = if limit.is_some() { "LIMIT ?" } else { "" };
    let text =
        format!("SELECT rec.n FROM {from} WHERE {} ORDER BY {} {most}", condition.text, order.text);
    let mut params = condition.params;
    params.extend(order.params.iter().cloned());
    params.extend(limit.map(|limit| self::limit(Some(limit))));
    numbers(db, &Sql { text, params })
}

/// As [`ordered`], where only the first `sorted` of all must be in the default
/// order: SQLite would take as long to sort all of them as to find them.
fn in_default_order(
    db: &Connection,
    from: &str,
    condition: &Sql,
    sorted: Option<usize>,
) -> Result<Vec<i64>, IndexError> {
    let text = format!("SELECT {DEFAULT_ORDER}, rec.n FROM {from} WHERE {}", condition.text);
    let mut statement = db.prepare_cached(&text)?;
    let mut found = statement.query(params_from_iter(&condition.params))?;
    let mut keys = Keys::default();
    while let Some(sql) = found.next()? {
        keys.add(sql)?;
    }
    Ok(keys.sorted(sorted))
}

/// The numbers of rows, with what the default order goes by.
#[derive(Default)]
pub(super) struct Keys(Vec<(Key, i64)>);

type Key = (i64, String, i64, i64, String);

impl Keys {
    /// Takes a row of [`DEFAULT_ORDER`] and the number.
    pub(super) fn add(&mut self, sql: &rusqlite::Row<'_>) -> Result<(), IndexError> {
        let (queue, opened, kind): (i64, i64, i64) = (sql.get(0)?, sql.get(2)?, sql.get(3)?);
        let mut name: String = sql.get(1)?;
        name.make_ascii_lowercase();
        let id: String = sql.get(4)?;
        self.0.push(((queue, name, opened, kind, id), sql.get(5)?));
        Ok(())
    }

    /// The numbers of all rows, of which the first `sorted` come first, in order.
    pub(super) fn sorted(self, sorted: Option<usize>) -> Vec<i64> {
        let Self(mut keys) = self;
        let first = sorted.map_or(keys.len(), |sorted| sorted.min(keys.len()));
        if (1..keys.len()).contains(&first) {
            keys.select_nth_unstable(first - 1);
        }
        keys.get_mut(..first).unwrap_or_default().sort_unstable();
        keys.into_iter().map(|(_, n)| n).collect()
    }
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
    joined(filter, &words, rest.as_ref())
}

/// As [`source`], where `filter` asks for `words` and the `rest`.
fn joined(filter: Option<&Filter>, words: &[String], rest: Option<&Filter>) -> (&'static str, Sql) {
    if words.is_empty() {
        return ("rec", sql::condition(filter));
    }
    let mut condition = sql::condition(rest);
    let (from, matching) = if rest.is_some_and(suffice::asks_for_open) {
        // In the narrow index, what is open lies close together.
        (
            "fts_open CROSS JOIN rec INDEXED BY rec_held ON rec.n = fts_open.rowid",
            "fts_open MATCH ? AND rec.open = 1",
        )
    } else {
        ("fts CROSS JOIN rec ON rec.n = fts.rowid", "fts MATCH ?")
    };
    condition.text = format!("{matching} AND {}", condition.text);
    condition.params.insert(0, Value::Text(words.join(" AND ")));
    (from, condition)
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

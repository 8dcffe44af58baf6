//! Questions about the history: which events were there?

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::history::{action, actions, from_key, subject, word};
use super::{Event, EventFilter, HistoricChange, IndexError};
use crate::model::{FieldChange, RecordId, Timestamp, same_but_case};
use crate::store::CommitId;

const COLUMNS: &str =
    "e.n, e.commit_id, e.at, e.recorded, actor.text, action.text, e.imported, e.first, e.count";

/// A filter with the numbers that the tables have in place of words.
struct Numbers {
    /// The records, as a JSON list.
    records: Option<(String, usize)>,
    /// The condition on rows of `change`, with its parameters.
    change: Option<(String, Vec<Value>)>,
}

/// The events that `filter` asks for, newest first.
pub(super) fn events(db: &Connection, filter: &EventFilter) -> Result<Vec<Event>, IndexError> {
    let Some(numbers) = numbers(db, filter)? else { return Ok(Vec::new()) };
    let mut params: Vec<Value> = Vec::new();
    let mut conditions = Vec::new();
    // A condition on fields leads, since it is met newest first and seldom.
    let (from, group) = match &numbers.change {
        Some((condition, values)) => {
            conditions.push(condition.clone());
            params.extend(values.iter().cloned());
            ("change c CROSS JOIN event e ON e.n = c.n", "GROUP BY c.n ORDER BY c.n")
        }
        None => ("event e", "ORDER BY e.n"),
    };
    if let Some((records, _)) = &numbers.records {
        conditions.push(match &numbers.change {
            Some(_) => "c.subject IN (SELECT value FROM json_each(?))".to_owned(),
            None => "e.n IN (SELECT n FROM touched WHERE subject IN \
                     (SELECT value FROM json_each(?)))"
                .to_owned(),
        });
        params.push(Value::Text(records.clone()));
    }
    if let Some(actors) = &filter.actors {
        conditions.push(format!("e.actor IN ({})", list(&known(db, actors)?)));
    }
    if let Some(names) = &filter.actions {
        conditions.push(format!("e.action IN ({})", list(&actions(db, names)?)));
    }
    for (condition, time) in [("e.at >= ?", filter.since), ("e.at < ?", filter.until)] {
        if let Some(time) = time {
            conditions.push(condition.to_owned());
            params.push(Value::Integer(time.seconds()));
        }
    }
    conditions.push("actor.num = e.actor AND action.num = e.action".to_owned());
    let limit = filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
    let sql = format!(
        "SELECT {COLUMNS} FROM {from} CROSS JOIN word actor CROSS JOIN word action WHERE {} \
         {group} LIMIT {limit}",
        conditions.join(" AND ")
    );
    let mut statement = db.prepare(&sql)?;
    let mut found = statement.query(params_from_iter(&params))?;
    let mut events = Vec::new();
    while let Some(sql) = found.next()? {
        let place = Place { n: sql.get(0)?, first: sql.get(7)?, count: sql.get(8)? };
        let at = Timestamp::from_seconds(sql.get(2)?);
        let recorded: Option<i64> = sql.get(3)?;
        events.push(Event {
            commit: CommitId::from_bytes(sql.get(1)?),
            at,
            recorded: recorded.map_or(at, Timestamp::from_seconds),
            actor: sql.get(4)?,
            action: action(sql.get(5)?),
            imported: sql.get(6)?,
            touched: usize::try_from(place.count).unwrap_or_default(),
            records: records(db, place, &numbers, filter.listed)?,
        });
    }
    Ok(events)
}

/// Looks the filter's words up; `None` if nothing can match it.
fn numbers(db: &Connection, filter: &EventFilter) -> Result<Option<Numbers>, IndexError> {
    let records = match &filter.records {
        Some(ids) => {
            let found = ids.iter().filter_map(|id| subject(db, *id).transpose());
            let found = found.collect::<Result<Vec<i64>, _>>()?;
            if found.is_empty() {
                return Ok(None);
            }
            Some((format!("[{}]", list(&found)), found.len()))
        }
        None => None,
    };
    if filter.fields.is_empty() {
        return Ok(Some(Numbers { records, change: None }));
    }
    let mut fields = Vec::new();
    for name in &filter.fields {
        fields.extend(word(db, name)?);
        // A field with parts stands for all of them.
        let mut parts = db.prepare_cached("SELECT num FROM word WHERE text >= ?1 AND text < ?2")?;
        let parts = parts.query_map([format!("{name}."), format!("{name}/")], |row| row.get(0))?;
        for part in parts {
            fields.push(part?);
        }
    }
    if fields.is_empty() {
        return Ok(None);
    }
    let mut condition = format!("c.field IN ({})", list(&fields));
    let mut values = Vec::new();
    for (column, value) in [("c.old", &filter.from), ("c.new", &filter.to)] {
        match value {
            None => {}
            Some(None) => condition.push_str(&format!(" AND {column} IS NULL")),
            Some(Some(text)) => {
                // Long values are held as messages show them.
                let change = FieldChange {
                    field: String::new(),
                    from: None,
                    to: Some(text.as_str().into()),
                };
                let value = change.brief_to().unwrap_or_default();
                if value.is_ascii() {
                    condition.push_str(&format!(" AND {column} = ? COLLATE NOCASE"));
                    values.push(Value::Text(value));
                } else {
                    condition
                        .push_str(&format!(" AND {column} IN (SELECT value FROM json_each(?))"));
                    values.push(Value::Text(spellings(db, column, &fields, &value)?));
                }
            }
        }
    }
    Ok(Some(Numbers { records, change: Some((condition, values)) }))
}

/// The spellings of `value` that stand in `column` for these fields, as a JSON
/// list. SQLite knows upper and lower case of A to Z only.
fn spellings(
    db: &Connection,
    column: &str,
    fields: &[i64],
    value: &str,
) -> Result<String, IndexError> {
    let fields = list(fields);
    let sql = format!(
        "SELECT DISTINCT {column} FROM change c \
         WHERE c.field IN ({fields}) AND {column} IS NOT NULL"
    );
    let mut statement = db.prepare(&sql)?;
    let found = statement.query_map([], |row| row.get(0))?;
    let found = found.collect::<Result<Vec<String>, _>>()?;
    let same = found.into_iter().filter(|found| same_but_case(found, value));
    Ok(serde_json::Value::from(same.collect::<Vec<_>>()).to_string())
}

/// The numbers of those words that have one.
fn known(db: &Connection, words: &[String]) -> Result<Vec<i64>, IndexError> {
    words.iter().filter_map(|text| word(db, text).transpose()).collect()
}

fn list(numbers: &[i64]) -> String {
    numbers.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Where an event's records stand in `touched`.
#[derive(Clone, Copy)]
struct Place {
    n: i64,
    first: i64,
    count: i64,
}

/// The records of an event that were asked about, at most `limit`.
fn records(
    db: &Connection,
    place: Place,
    numbers: &Numbers,
    limit: Option<usize>,
) -> Result<Vec<RecordId>, IndexError> {
    let mut params: Vec<Value> = Vec::new();
    let mut wanted = String::new();
    if let Some((records, _)) = &numbers.records {
        wanted = " AND subject.num IN (SELECT value FROM json_each(?))".to_owned();
        params.push(Value::Text(records.clone()));
    }
    let sql = match (&numbers.change, &numbers.records) {
        (Some((condition, values)), _) => {
            params.splice(0..0, values.iter().cloned());
            params.insert(0, Value::Integer(place.n));
            format!(
                "SELECT DISTINCT subject.id FROM change c CROSS JOIN subject \
                 ON subject.num = c.subject WHERE c.n = ? AND {condition}{wanted}"
            )
        }
        // A large import touches more records than anybody asks about.
        (None, Some((_, few))) if i64::try_from(*few).is_ok_and(|few| few < place.count) => {
            params.push(Value::Integer(place.n));
            "SELECT subject.id FROM touched t CROSS JOIN subject ON subject.num = t.subject \
             WHERE t.subject IN (SELECT value FROM json_each(?)) AND t.n = ? ORDER BY t.num"
                .to_owned()
        }
        _ => {
            params.insert(0, Value::Integer(place.first));
            params.insert(1, Value::Integer(place.first + place.count));
            format!(
                "SELECT subject.id FROM touched t CROSS JOIN subject ON subject.num = t.subject \
                 WHERE t.num >= ? AND t.num < ?{wanted} ORDER BY t.num"
            )
        }
    };
    let limit = limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
    let mut statement = db.prepare_cached(&format!("{sql} LIMIT {limit}"))?;
    let found = statement.query_map(params_from_iter(&params), |row| row.get(0))?;
    found.map(|key| from_key(key?)).collect()
}

/// The field changes that the history holds: every row of it, for comparing.
pub(super) fn changes(db: &Connection) -> Result<Vec<HistoricChange>, IndexError> {
    let mut statement = db.prepare(
        "SELECT e.commit_id, subject.id, word.text, c.old, c.new FROM change c \
         JOIN event e ON e.n = c.n JOIN subject ON subject.num = c.subject \
         JOIN word ON word.num = c.field ORDER BY c.n, c.rowid",
    )?;
    let mut found = statement.query([])?;
    let mut changes = Vec::new();
    while let Some(sql) = found.next()? {
        let (commit, id) = (CommitId::from_bytes(sql.get(0)?), from_key(sql.get(1)?)?);
        changes.push((commit, id, sql.get(2)?, sql.get(3)?, sql.get(4)?));
    }
    Ok(changes)
}

/// The last commit whose event happened by `time`, and when it did.
pub(super) fn commit_at(
    db: &Connection,
    time: Timestamp,
) -> Result<Option<(CommitId, Timestamp)>, IndexError> {
    let sql = "SELECT commit_id, at FROM event WHERE at <= ?1 ORDER BY n LIMIT 1";
    let found = db.prepare_cached(sql)?.query_row([time.seconds()], |row| {
        Ok((CommitId::from_bytes(row.get(0)?), Timestamp::from_seconds(row.get(1)?)))
    });
    Ok(found.optional()?)
}

/// When the earliest event happened.
pub(super) fn first(db: &Connection) -> Result<Option<Timestamp>, IndexError> {
    let first: Option<i64> = db.query_row("SELECT min(at) FROM event", [], |row| row.get(0))?;
    Ok(first.map(Timestamp::from_seconds))
}

/// The commits whose names begin with `start`, which is hexadecimal.
pub(super) fn commits_like(db: &Connection, start: &str) -> Result<Vec<CommitId>, IndexError> {
    let sql = "SELECT commit_id FROM event WHERE hex(substr(commit_id, 1, ?2)) LIKE ?1 || '%'";
    let bytes = i64::try_from(start.len().div_ceil(2)).unwrap_or(i64::MAX);
    let mut statement = db.prepare_cached(sql)?;
    let found = statement.query_map(params![start, bytes], |row| row.get(0))?;
    found.map(|id| Ok(CommitId::from_bytes(id?))).collect()
}

//! From what people type to records, and from records to what people read.

use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{self, id_at, reversed};
use super::{Candidate, IndexError, short, spelling};
use crate::model::{IdPattern, Kind, RecordId, StateCategory, StateName};
use crate::store::BlobId;

const CANDIDATE: &str = "SELECT rec.kind, rec.ulid, rec.title, rec.status, rec.state FROM rec";

/// The records that `text` may name: a full id, the name of a configuration
/// item in use (or, if there is none, of one out of use), an external id, or
/// an ending of an id. Sorted by id.
pub(super) fn resolve(db: &Connection, text: &str) -> Result<Vec<Candidate>, IndexError> {
    let text = text.trim();
    if let Ok(id) = text.parse::<RecordId>() {
        return candidates(
            db,
            "rid = ?1 AND kind = ?2",
            params![reversed(&id.ulid().to_string()), id.kind() as u8],
        );
    }
    let closed = StateCategory::Closed as u8;
    let (is_name, name) = spelling::equal("ci_name", "?1", text);
    let named = format!("kind = 4 AND {is_name} AND state <> ?2");
    let mut found = candidates(db, &named, params![name, closed])?;
    let (is_number, number) = spelling::equal("external", "?1", text);
    found.extend(candidates(db, &is_number, [number])?);
    if let Some(pattern) = IdPattern::parse(text) {
        let start = reversed(pattern.tail());
        // `~` comes after every character of a ULID.
        let end = format!("{start}~");
        let kind = pattern.kind().map(|kind| kind as u8);
        let ending = "rid >= ?1 AND rid < ?2 AND kind = coalesce(?3, kind)";
        found.extend(candidates(db, ending, params![start, end, kind])?);
    }
    if found.is_empty() {
        let named = format!("kind = 4 AND {is_name} AND state = ?2");
        found = candidates(db, &named, params![name, closed])?;
    }
    found.sort_by_key(|candidate| candidate.id);
    found.dedup_by_key(|candidate| candidate.id);
    Ok(found)
}

fn candidates(
    db: &Connection,
    condition: &str,
    params: impl rusqlite::Params,
) -> Result<Vec<Candidate>, IndexError> {
    let mut statement = db.prepare_cached(&format!("{CANDIDATE} WHERE {condition}"))?;
    let mut found = statement.query(params)?;
    let mut candidates = Vec::new();
    while let Some(sql) = found.next()? {
        candidates.push(candidate(sql)?);
    }
    Ok(candidates)
}

fn candidate(sql: &rusqlite::Row<'_>) -> Result<Candidate, IndexError> {
    Ok(Candidate {
        id: id_at(sql, 0)?,
        title: sql.get(2)?,
        status: StateName::new(sql.get::<_, String>(3)?)
            .map_err(|error| IndexError::Damaged(error.to_string()))?,
        state: rows::state(sql.get(4)?)?,
    })
}

/// What there is to say about each of `ids`, in the same order; `None` for a
/// record that does not exist.
pub(super) fn refs(
    db: &Connection,
    ids: &[RecordId],
) -> Result<Vec<Option<Candidate>>, IndexError> {
    let mut statement = db.prepare_cached(&format!("{CANDIDATE} WHERE rid = ?1 AND kind = ?2"))?;
    let mut refs = Vec::with_capacity(ids.len());
    for id in ids {
        let mut found =
            statement.query(params![reversed(&id.ulid().to_string()), id.kind() as u8])?;
        refs.push(found.next()?.map(candidate).transpose()?);
    }
    Ok(refs)
}

/// The contents of the files of `ids`, in the same order; `None` for a record
/// that does not exist.
pub(super) fn blobs(db: &Connection, ids: &[RecordId]) -> Result<Vec<Option<BlobId>>, IndexError> {
    let mut statement = db.prepare_cached("SELECT blob FROM rec WHERE rid = ?1 AND kind = ?2")?;
    let mut blobs = Vec::with_capacity(ids.len());
    for id in ids {
        let key = params![reversed(&id.ulid().to_string()), id.kind() as u8];
        let blob = statement.query_row(key, |row| row.get(0)).optional()?;
        blobs.push(blob.map(BlobId::from_bytes));
    }
    Ok(blobs)
}

/// What a shell may complete `start` to: short ids of open records before
/// others, the most recently changed first, and names of configuration items
/// in use. Each with its title.
pub(super) fn complete(
    db: &Connection,
    start: &str,
    limit: usize,
) -> Result<Vec<(String, String)>, IndexError> {
    let (kind, tail) = match start.split_once('-') {
        Some((prefix, tail)) => {
            (Kind::ALL.into_iter().find(|k| k.prefix().eq_ignore_ascii_case(prefix)), tail)
        }
        None => (None, start),
    };
    let whole_prefix = kind.is_some() || !start.contains('-');
    let mut found = Vec::new();
    let wanted = i64::try_from(limit).unwrap_or(i64::MAX);
    if whole_prefix {
        // Without a hyphen the text may be the start of a type's prefix.
        let kinds: Vec<Kind> = Kind::ALL
            .into_iter()
            .filter(|k| match kind {
                Some(kind) => *k == kind,
                None => k.prefix().starts_with(&start.to_ascii_uppercase()),
            })
            .collect();
        let by_prefix = kind.is_none() && !kinds.is_empty();
        let tail = if by_prefix { String::new() } else { tail.to_ascii_uppercase() };
        let mask = kinds.iter().fold(0u8, |mask, kind| mask | 1 << (*kind as u8));
        let mask = if mask == 0 { u8::MAX } else { mask };
        for open in [1, 0] {
            let mut statement = db.prepare_cached(
                "SELECT kind, ulid, title FROM rec WHERE open = ?1 AND (?2 >> kind) & 1 \
                 AND substr(ulid, -6, ?3) = ?4 ORDER BY updated DESC LIMIT ?5",
            )?;
            let length = i64::try_from(tail.len()).unwrap_or(i64::MAX);
            let mut rows = statement.query(params![open, mask, length, tail, wanted])?;
            while let Some(sql) = rows.next()? {
                found.push((id_at(sql, 0)?, sql.get::<_, String>(2)?));
            }
        }
    }
    let ids: Vec<RecordId> = found.iter().map(|(id, _)| *id).collect();
    let short = short::shorten(db, &ids)?;
    let mut answers: Vec<(String, String)> =
        short.into_iter().zip(found).map(|(short, (_, title))| (short, title)).collect();
    answers.truncate(limit);
    let (begins, length, start) = spelling::starting("ci_name", ("?2", "?3"), start);
    let mut names = db.prepare_cached(&format!(
        "SELECT ci_name, category FROM rec WHERE kind = 4 AND state <> ?1 \
         AND {begins} ORDER BY ci_name LIMIT ?4",
    ))?;
    let closed = StateCategory::Closed as u8;
    let mut rows = names.query(params![closed, length, start, wanted])?;
    while let Some(sql) = rows.next()? {
        if answers.len() >= limit {
            break;
        }
        answers.push((sql.get(0)?, sql.get::<_, Option<String>>(1)?.unwrap_or_default()));
    }
    Ok(answers)
}

/// The fields whose values can be listed.
const LISTED: &[&str] =
    &["assignee", "team", "service", "category", "channel", "location", "environment", "offering"];

/// The values of a field that begin with `start`, the most frequent first: of
/// those above, of `tag`, and of `custom.NAME`; `custom` for the names.
pub(super) fn values(
    db: &Connection,
    field: &str,
    start: &str,
    limit: usize,
) -> Result<Vec<String>, IndexError> {
    let own = field.strip_prefix("custom.");
    let (table, column) = match field {
        "tag" => ("tag", "tag"),
        "custom" => ("custom", "name"),
        _ if own.is_some() => ("custom", "value"),
        _ => match LISTED.iter().find(|listed| **listed == field) {
            Some(column) => ("rec", *column),
            None => return Ok(Vec::new()),
        },
    };
    let (begins, length, start) = spelling::starting(column, ("?1", "?2"), start);
    let mut statement = db.prepare(&format!(
        "SELECT {column} FROM {table} WHERE {column} IS NOT NULL AND {begins} AND {} \
         GROUP BY {column} ORDER BY count(*) DESC, {column} LIMIT ?3",
        if own.is_some() { "name = ?4" } else { "?4 IS NULL" }
    ))?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let found = statement.query_map((length, start, limit, own), |row| row.get(0))?;
    Ok(found.collect::<Result<_, _>>()?)
}

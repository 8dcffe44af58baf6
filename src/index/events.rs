//! The history as a table: which commit did what to which record.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::{Event, EventFilter, IndexError, TouchedRecord, schema};
use crate::model::{RecordId, Timestamp};
use crate::store::{BlobId, CommitId, CommitInfo, PathChange, Store};

/// History is read from its newest end, but numbered from its oldest: each
/// batch counts down from the end of a block of this many numbers.
const BLOCK: i64 = 1 << 32;

/// Whether the table covers the history up to `head`.
pub(super) fn are_current(db: &Connection, head: CommitId) -> Result<bool, IndexError> {
    Ok(schema::meta(db)?.is_some_and(|meta| meta.events_head == Some(head)))
}

/// Fills in the history up to `head`, within a transaction of the caller's.
pub(super) fn catch_up(
    db: &Connection,
    store: &Store,
    head: CommitId,
    progress: &dyn Fn(usize, usize),
) -> Result<(), IndexError> {
    let old = schema::meta(db)?.and_then(|meta| meta.events_head);
    // Another process may have read further.
    if old.is_some_and(|old| store.is_ancestor(head, old).unwrap_or(false)) {
        return Ok(());
    }
    // History that was rewritten, or another branch, starts from nothing.
    let since = old.filter(|old| store.is_ancestor(*old, head).unwrap_or(false));
    if since.is_none() {
        db.execute_batch("DELETE FROM touched; DELETE FROM event;")?;
    }
    let last: Option<i64> = db.query_row("SELECT max(seq) FROM event", [], |row| row.get(0))?;
    let mut seq = last.unwrap_or(0).saturating_add(BLOCK);
    let mut done = 0;
    for info in store.history(since, head)? {
        let info = info?;
        insert(db, store, seq, &info)?;
        seq -= 1;
        done += 1;
        if done % 1_000 == 0 {
            progress(done, 0);
        }
    }
    db.execute("UPDATE meta SET events_head = ?1", [head.as_bytes()])?;
    Ok(())
}

fn insert(db: &Connection, store: &Store, seq: i64, info: &CommitInfo) -> Result<(), IndexError> {
    let is_merge = info.parents.len() > 1;
    let actor = trailer(&info.message, "Gitsm-Actor")
        .map_or_else(|| format!("{} <{}>", info.author.name, info.author.email), str::to_owned);
    let action = trailer(&info.message, "Gitsm-Action").unwrap_or(match is_merge {
        true => "merge",
        false => "commit",
    });
    let subject = info.message.lines().next().unwrap_or_default();
    db.prepare_cached(
        "INSERT INTO event (seq, commit_id, at, actor, action, subject) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?
    .execute(params![seq, info.id.as_bytes(), info.author.at, actor, action, subject])?;
    let mut insert = db.prepare_cached(
        "INSERT OR REPLACE INTO touched (rec, seq, before, after) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for change in changes(store, info)? {
        if let Some(id) = RecordId::from_path(&change.path) {
            let blob = |blob: Option<BlobId>| blob.map(|blob| blob.as_bytes().to_vec());
            insert.execute(params![
                id.to_string(),
                seq,
                blob(change.before),
                blob(change.after)
            ])?;
        }
    }
    Ok(())
}

/// What a commit changed; for a merge, what it took from none of its parents.
fn changes(store: &Store, info: &CommitInfo) -> Result<Vec<PathChange>, IndexError> {
    let mut parents = info.parents.iter();
    let mut changes = store.changes_between(parents.next().copied(), info.id)?;
    for parent in parents {
        let other = store.changes_between(Some(*parent), info.id)?;
        changes.retain(|change| other.iter().any(|also| also.path == change.path));
    }
    Ok(changes)
}

/// The value of a trailer: a `Key: value` line in the last paragraph.
fn trailer<'a>(message: &'a str, key: &str) -> Option<&'a str> {
    let (_, last) = message.trim_end().rsplit_once("\n\n")?;
    last.lines().find_map(|line| {
        let value = line.strip_prefix(key)?.strip_prefix(':')?.trim();
        (!value.is_empty()).then_some(value)
    })
}

/// The events that `filter` asks for, newest first.
pub(super) fn events(db: &Connection, filter: &EventFilter) -> Result<Vec<Event>, IndexError> {
    let mut text =
        "SELECT seq, commit_id, at, actor, action, subject FROM event WHERE 1".to_owned();
    let mut params: Vec<Value> = Vec::new();
    if let Some(records) = &filter.records {
        text.push_str(" AND seq IN (SELECT seq FROM touched WHERE rec IN ");
        text.push_str("(SELECT value FROM json_each(?)))");
        let ids: Vec<String> = records.iter().map(ToString::to_string).collect();
        params.push(Value::Text(serde_json::Value::from(ids).to_string()));
    }
    if let Some(actor) = &filter.actor {
        text.push_str(" AND actor = ?");
        params.push(Value::Text(actor.clone()));
    }
    if let Some(since) = filter.since {
        text.push_str(" AND at >= ?");
        params.push(Value::Integer(since.seconds()));
    }
    if let Some(until) = filter.until {
        text.push_str(" AND at < ?");
        params.push(Value::Integer(until.seconds()));
    }
    text.push_str(" ORDER BY seq DESC LIMIT ?");
    let limit = filter.limit.map_or(-1, |limit| i64::try_from(limit).unwrap_or(i64::MAX));
    params.push(Value::Integer(limit));
    let mut statement = db.prepare(&text)?;
    let mut found = statement.query(params_from_iter(&params))?;
    let mut events = Vec::new();
    while let Some(sql) = found.next()? {
        events.push(Event {
            commit: CommitId::from_bytes(sql.get(1)?),
            at: Timestamp::from_seconds(sql.get(2)?),
            actor: sql.get(3)?,
            action: sql.get(4)?,
            subject: sql.get(5)?,
            records: touched(db, sql.get(0)?, filter.records.as_deref())?,
        });
    }
    Ok(events)
}

/// The records of an event, or those of `wanted` among them.
fn touched(
    db: &Connection,
    seq: i64,
    wanted: Option<&[RecordId]>,
) -> Result<Vec<TouchedRecord>, IndexError> {
    let blob = |bytes: Option<[u8; 20]>| bytes.map(BlobId::from_bytes);
    // A large import touches more records than anybody asks about.
    if let Some([one]) = wanted {
        let sql = "SELECT before, after FROM touched WHERE rec = ?1 AND seq = ?2";
        let found = db
            .prepare_cached(sql)?
            .query_row(params![one.to_string(), seq], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        return Ok(found
            .map(|(before, after)| TouchedRecord {
                id: *one,
                before: blob(before),
                after: blob(after),
            })
            .into_iter()
            .collect());
    }
    let mut statement =
        db.prepare_cached("SELECT rec, before, after FROM touched WHERE seq = ?1 ORDER BY rec")?;
    let mut found = statement.query([seq])?;
    let mut records = Vec::new();
    while let Some(sql) = found.next()? {
        let id: String = sql.get(0)?;
        let id = id.parse().map_err(|_| IndexError::Damaged(format!("`{id}` is no record id")))?;
        if wanted.is_none_or(|wanted| wanted.contains(&id)) {
            records.push(TouchedRecord { id, before: blob(sql.get(1)?), after: blob(sql.get(2)?) });
        }
    }
    Ok(records)
}

/// The last commit whose event happened by `time`, and when it did.
pub(super) fn commit_at(
    db: &Connection,
    time: Timestamp,
) -> Result<Option<(CommitId, Timestamp)>, IndexError> {
    let sql = "SELECT commit_id, at FROM event WHERE at <= ?1 ORDER BY seq DESC LIMIT 1";
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trailers_stand_in_the_last_paragraph() {
        let message = "INC-7K3F9Q resolve: x\n\nGitsm-Action: forged\n\nGitsm-Action: resolve\n\
                       Gitsm-Record: INC-1\nGitsm-Actor: alice\n";
        assert_eq!(trailer(message, "Gitsm-Action"), Some("resolve"));
        assert_eq!(trailer(message, "Gitsm-Actor"), Some("alice"));
        assert_eq!(trailer(message, "Gitsm"), None);
        assert_eq!(trailer("Gitsm-Actor: bob", "Gitsm-Actor"), None);
    }
}

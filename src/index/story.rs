//! One record's history, made sure of: the content that each event left behind
//! is the one that the next event began with.
//!
//! Events are read from messages, and a message may keep quiet about a record.
//! The contents of its file cannot: where the chain of them breaks, the commits
//! between are looked into, and what the index holds of them is put right.

use std::collections::HashSet;

use rusqlite::{Connection, params};

use super::history::{self, Filler};
use super::{IndexError, Step};
use crate::model::{RecordId, Timestamp};
use crate::store::{BlobId, CommitId, Store};

/// What happened to the record's file, newest first, as far as the index knows.
pub(super) fn steps(db: &Connection, store: &Store, id: RecordId) -> Result<Vec<Step>, IndexError> {
    let Some(subject) = history::subject(db, id)? else { return Ok(Vec::new()) };
    let sql = "SELECT e.commit_id, e.at FROM touched t CROSS JOIN event e ON e.n = t.n \
               WHERE t.subject = ?1 ORDER BY t.n";
    let mut statement = db.prepare_cached(sql)?;
    let found = statement.query_map([subject], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let paths = [id.path()];
    let mut steps = Vec::new();
    for row in found {
        let (commit, at): ([u8; 20], i64) = row?;
        let commit = CommitId::from_bytes(commit);
        // A message may also name what its commit never touched.
        if let Some(change) = store.changes_at(commit, &paths)?.pop() {
            let at = Timestamp::from_seconds(at);
            steps.push(Step { commit, at, before: change.before, after: change.after });
        }
    }
    Ok(steps)
}

/// Whether no line of history ever forked, as far as the index knows.
pub(super) fn is_linear(db: &Connection) -> Result<bool, IndexError> {
    Ok(history::word(db, history::MERGE)?.is_none())
}

/// The commits that changed the record's file and are missing among `steps`,
/// which are all that is known up to `head`.
///
/// In a `linear` history each event found what the one before it left. Where
/// lines fork, somebody must have left it.
pub(super) fn missing(
    store: &Store,
    id: RecordId,
    head: CommitId,
    steps: &[Step],
    linear: bool,
) -> Result<Vec<CommitId>, IndexError> {
    let path = id.path();
    let known: HashSet<CommitId> = steps.iter().map(|step| step.commit).collect();
    let left: HashSet<Option<BlobId>> = steps.iter().map(|step| step.after).collect();
    let mut missing = Vec::new();
    // What there is now, and what each event found.
    let now = store.snapshot_at(head)?.blob_of(&path)?;
    let found = std::iter::once((head, now));
    let found = found.chain(steps.iter().map(|step| (step.commit, step.before)));
    for (at, (commit, blob)) in found.enumerate() {
        let before = steps.get(at);
        let explained = match before {
            Some(before) if linear => before.after == blob,
            // Before the first event there was nothing.
            None => blob.is_none(),
            Some(_) => left.contains(&blob) || (at > 0 && blob.is_none()),
        };
        if explained {
            continue;
        }
        store.each_commit(before.map(|step| step.commit), commit, |each| {
            if !known.contains(&each.id)
                && !store.changes_at(each.id, std::slice::from_ref(&path))?.is_empty()
            {
                missing.push(each.id);
            }
            Ok::<(), IndexError>(())
        })?;
    }
    missing.sort_unstable();
    missing.dedup();
    Ok(missing)
}

/// Reads these commits' events anew, from the files that they changed.
pub(super) fn correct(
    db: &Connection,
    store: &Store,
    commits: &[CommitId],
) -> Result<(), IndexError> {
    let mut filler = Filler::new(db, store, false)?;
    for commit in commits {
        let sql = "SELECT n, first, count FROM event WHERE commit_id = ?1";
        let event = db.query_row(sql, [commit.as_bytes()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, i64>(2)?))
        });
        let (n, first, count) = event?;
        db.execute("DELETE FROM touched WHERE num >= ?1 AND num < ?2", [first, first + count])?;
        db.execute("DELETE FROM change WHERE n = ?1", [n])?;
        let first = filler.next_touched();
        for change in store.changes_of(*commit)? {
            if let Some(id) = RecordId::from_path(&change.path) {
                filler.touch(id, n)?;
            }
        }
        db.execute(
            "UPDATE event SET first = ?1, count = ?2, told = 0 WHERE n = ?3",
            params![first, filler.next_touched() - first, n],
        )?;
    }
    Ok(())
}

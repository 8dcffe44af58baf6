//! One record's history, made sure of: the content that each event left behind
//! is the one that the next event began with.
//!
//! Events are read from messages, and a message may keep quiet about a record.
//! The contents of its file cannot: where the chain of them breaks, the commits
//! between are looked into, and what the index holds of them is put right.

use std::collections::HashSet;

use rusqlite::{Connection, OptionalExtension, params};

use super::history::{self, Filler};
use super::{IndexError, Step, promise};
use crate::model::{RecordId, Timestamp};
use crate::store::{CommitId, Store};

/// A step, and its place in history.
pub(super) struct Found {
    step: Step,
    /// Its number: the greater, the older.
    n: i64,
    /// Whether other lines of history ran beside it.
    forked: bool,
}

/// The steps alone.
pub(super) fn plain(found: Vec<Found>) -> Vec<Step> {
    found.into_iter().map(|found| found.step).collect()
}

/// What happened to the record's file, newest first, as far as the index knows.
pub(super) fn steps(
    db: &Connection,
    store: &Store,
    id: RecordId,
) -> Result<Vec<Found>, IndexError> {
    let Some(subject) = history::subject(db, id)? else { return Ok(Vec::new()) };
    let sql = "SELECT e.commit_id, e.at, e.n, e.forked \
               FROM touched t CROSS JOIN event e ON e.n = t.n WHERE t.subject = ?1 ORDER BY t.n";
    let mut statement = db.prepare_cached(sql)?;
    let found = statement
        .query_map([subject], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?;
    let paths = [id.path()];
    let mut steps = Vec::new();
    for row in found {
        let (commit, at, n, forked): ([u8; 20], i64, i64, bool) = row?;
        let commit = CommitId::from_bytes(commit);
        // A message may also name what its commit never touched.
        if let Some(change) = store.changes_at(commit, &paths)?.pop() {
            let at = Timestamp::from_seconds(at);
            let step = Step { commit, at, before: change.before, after: change.after };
            steps.push(Found { step, n, forked });
        }
    }
    Ok(steps)
}

/// The commits that changed the record's file and are missing among `steps`,
/// which are all that is known up to `head`.
///
/// On a single line of history each event found what the one before it left,
/// and where it did not, the commits between are looked into. Where lines ran
/// beside each other nothing follows from the order, so of such a stretch that
/// holds a step every commit is looked into.
pub(super) fn missing(
    db: &Connection,
    store: &Store,
    id: RecordId,
    head: CommitId,
    steps: &[Found],
) -> Result<Vec<CommitId>, IndexError> {
    let path = id.path();
    let blob_in = |commit: CommitId| store.snapshot_at(commit)?.blob_of(&path);
    // Stretches to look into, by the numbers around them.
    let mut suspect: Vec<(i64, i64)> = Vec::new();
    // What the later history found, and where that begins.
    let (mut found, mut newer) = (blob_in(head)?, i64::MIN);
    let mut rest = steps;
    while let Some(next) = rest.first() {
        if !next.forked {
            if next.step.after != found {
                suspect.push((newer, next.n));
            }
            (found, newer) = (next.step.before, next.n);
            rest = &rest[1..];
            continue;
        }
        let stretch = Stretch::around(db, next.n)?;
        if blob_in(stretch.last)? != found {
            suspect.push((newer, stretch.newer.saturating_add(1)));
        }
        suspect.push((stretch.newer, stretch.older));
        found = stretch.base.map(blob_in).transpose()?.flatten();
        // The commit it began with is still to be explained.
        newer = stretch.older.saturating_sub(1);
        rest = &rest[rest.iter().take_while(|step| step.n < stretch.older).count()..];
    }
    // Before the first event there was nothing.
    if found.is_some() {
        suspect.push((newer, i64::MAX));
    }
    let known: HashSet<CommitId> = steps.iter().map(|found| found.step.commit).collect();
    let mut missing = Vec::new();
    for (newer, older) in suspect {
        let sql = "SELECT commit_id FROM event WHERE n > ?1 AND n < ?2";
        let mut statement = db.prepare_cached(sql)?;
        for commit in statement.query_map([newer, older], |row| row.get(0))? {
            let commit = CommitId::from_bytes(commit?);
            if !known.contains(&commit) && store.changed(commit, &path)? {
                missing.push(commit);
            }
        }
    }
    missing.sort_unstable();
    missing.dedup();
    Ok(missing)
}

/// A stretch of history in which lines ran beside each other.
struct Stretch {
    /// The number of the commit after it.
    newer: i64,
    /// The number of the commit before it.
    older: i64,
    /// Its newest commit, in which the lines have come together.
    last: CommitId,
    /// The commit before it, if it does not reach back to the beginning.
    base: Option<CommitId>,
}

impl Stretch {
    /// The stretch that holds the event `n`.
    fn around(db: &Connection, n: i64) -> Result<Self, IndexError> {
        let one = |sql: &str, n: i64| {
            let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
            db.prepare_cached(sql)?.query_row([n], row).optional()
        };
        let commit = |(n, id): (i64, [u8; 20])| (n, CommitId::from_bytes(id));
        let newer = "SELECT n, commit_id FROM event WHERE n < ?1 AND NOT forked \
                     ORDER BY n DESC LIMIT 1";
        let older = "SELECT n, commit_id FROM event WHERE n > ?1 AND NOT forked ORDER BY n LIMIT 1";
        let last = "SELECT n, commit_id FROM event WHERE n > ?1 ORDER BY n LIMIT 1";
        let newer = one(newer, n)?.map_or(i64::MIN, |(newer, _)| newer);
        let older = one(older, n)?.map(commit);
        let last = one(last, newer)?.map(commit).ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        Ok(Self {
            newer,
            older: older.map_or(i64::MAX, |(older, _)| older),
            last: last.1,
            base: older.map(|(_, base)| base),
        })
    }
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
                promise::doubt(db, id)?;
            }
        }
        db.execute(
            "UPDATE event SET first = ?1, count = ?2, told = 0 WHERE n = ?3",
            params![first, filler.next_touched() - first, n],
        )?;
    }
    Ok(())
}

//! What is different between two points in the history, in a desk's own words.

use std::collections::btree_map::{BTreeMap, Entry};

use super::{At, Session, Subject, at};
use crate::error::CommandError;
use crate::format;
use crate::model::{FieldChange, Record, RecordId, StateCategory, diff};
use crate::outcome::{DiffCount, DiffRecord, DiffView, PointView};
use crate::policy::Policy;
use crate::store::{BlobId, PathChange};

/// What can have happened to a record, in the order in which it is told.
const WORDS: &[&str] = &[
    "created",
    "removed",
    "reopened",
    "put on hold",
    "resumed",
    "resolved",
    "closed",
    "moved",
    "reassigned",
    "reprioritised",
    "noted",
    "edited",
];
/// Fields that other words speak for, or that only follow from others.
const FOLLOWING: &[&str] = &[
    "status",
    "assignee",
    "owner",
    "team",
    "priority",
    "notes",
    "holds",
    "opened_at",
    "started_at",
    "resolved_at",
    "closed_at",
    "retired_at",
    "reopen_count",
];

/// The two points that are compared.
#[derive(Clone, Copy, Debug)]
pub struct DiffRange {
    /// `None` for before the first commit.
    pub from: Option<At>,
    pub to: At,
}

impl DiffRange {
    /// Reads `A B`, `A..B`, or `A` for since then until now, from the beginning
    /// of `words`; also gives how many words that took.
    ///
    /// # Errors
    ///
    /// As [`at::resolve`], but that a time before the first event is taken for
    /// the beginning.
    pub fn parse(session: &Session, words: &[String]) -> Result<(Self, usize), CommandError> {
        let now = || at::resolve(session, "HEAD");
        let Some(first) = words.first() else {
            return Err(CommandError::usage("nothing says since when").hint(
                "`gitsm diff yesterday`, `gitsm diff 2026-11-01 2026-12-01` or `gitsm diff HEAD~5`",
            ));
        };
        if let Some((from, to)) = first.split_once("..") {
            if from.is_empty() {
                return Err(CommandError::usage(format!("`{first}` does not say since when"))
                    .hint("write it before the dots: `yesterday..now`"));
            }
            let to = if to.is_empty() { now()? } else { at::resolve(session, to)? };
            return Ok((Self { from: beginning(session, from)?, to }, 1));
        }
        let from = beginning(session, first)?;
        // What follows may be the other point, or already the records.
        match words.get(1).map(|second| (second, at::resolve(session, second))) {
            None => Ok((Self { from, to: now()? }, 1)),
            Some((_, Ok(to))) => Ok((Self { from, to }, 2)),
            Some((second, Err(error))) => match Subject::parse(session, &words[1..]) {
                Ok(_) => Ok((Self { from, to: now()? }, 1)),
                Err(_) if second.contains(':') => Ok((Self { from, to: now()? }, 1)),
                Err(_) => Err(error),
            },
        }
    }
}

fn beginning(session: &Session, text: &str) -> Result<Option<At>, CommandError> {
    match at::resolve(session, text) {
        Ok(at) => Ok(Some(at)),
        Err(error) => match super::parse_point(session, text) {
            Ok(time) if session.index()?.first_event()?.is_some_and(|first| time < first) => {
                Ok(None)
            }
            _ => Err(error),
        },
    }
}

/// What is different, of these records; at most `limit` are listed.
///
/// # Errors
///
/// A commit cannot be read.
pub fn compare(
    session: &Session,
    range: &DiffRange,
    subject: &Subject,
    limit: Option<usize>,
) -> Result<DiffView, CommandError> {
    let policy = session.policy()?;
    let changes = files(session, range)?;
    let only: Option<std::collections::HashSet<RecordId>> =
        subject.ids().map(|ids| ids.into_iter().collect());
    let total = changes.len() as u64;
    let mut records = Vec::new();
    let mut counts = vec![0; WORDS.len()];
    for (done, change) in changes.iter().enumerate() {
        session.progress("comparing", done as u64, total);
        let Some(id) = RecordId::from_path(&change.path) else { continue };
        if only.as_ref().is_some_and(|only| !only.contains(&id)) {
            continue;
        }
        let Some((place, found)) = one(session, policy, id, change)? else { continue };
        for word in &found.what {
            if let Some(at) = WORDS.iter().position(|each| each == word) {
                counts[at] += 1;
            }
        }
        records.push((place, found));
    }
    // What matters more comes first; of like ones, the newer record.
    records.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.id.ulid().cmp(&a.1.id.ulid())));
    let total = records.len();
    let mut records: Vec<DiffRecord> = records.into_iter().map(|(_, record)| record).collect();
    records.truncate(limit.unwrap_or(usize::MAX));
    let ids: Vec<RecordId> = records.iter().map(|record| record.id).collect();
    for (record, short) in records.iter_mut().zip(session.index()?.shorten(&ids)?) {
        record.short = short;
    }
    let counts = WORDS.iter().zip(counts).filter(|(_, count)| *count > 0);
    let point = |at: At| PointView { commit: at.commit.to_string(), at: at.happened };
    Ok(DiffView {
        schema: DiffView::SCHEMA,
        from: range.from.map(point),
        to: point(range.to),
        total,
        counts: counts.map(|(what, count)| DiffCount { what, count }).collect(),
        records,
    })
}

/// The files that differ. A time stands for what had happened by then, even
/// where an import recorded it after what happened later.
fn files(session: &Session, range: &DiffRange) -> Result<Vec<PathChange>, CommandError> {
    let (store, index) = (&session.store, session.index()?);
    let from = range.from.map(|at| at.commit);
    let mut files: BTreeMap<String, PathChange> = store
        .changes_between(from, range.to.commit)?
        .into_iter()
        .map(|change| (change.path.clone(), change))
        .collect();
    let ends = [(range.from, true), (Some(range.to), false)];
    for (at, is_before) in ends.into_iter().filter_map(|(at, end)| Some((at?, end))) {
        for (id, blob) in index.past(at.commit, at.time)?.corrections {
            let path = id.path();
            let change = match files.entry(path.clone()) {
                Entry::Occupied(entry) => entry.into_mut(),
                Entry::Vacant(entry) => {
                    // It is the same in both commits.
                    let same = store.snapshot_at(range.to.commit)?.blob_of(&path)?;
                    entry.insert(PathChange { path, before: same, after: same })
                }
            };
            *(if is_before { &mut change.before } else { &mut change.after }) = blob;
        }
    }
    Ok(files.into_values().filter(|change| change.before != change.after).collect())
}

/// One record's net change, and the place of its first word; nothing where only
/// the file's form differs.
fn one(
    session: &Session,
    policy: &Policy,
    id: RecordId,
    change: &PathChange,
) -> Result<Option<(usize, DiffRecord)>, CommandError> {
    let read = |blob: Option<BlobId>| -> Result<Option<Record>, CommandError> {
        let Some(blob) = blob else { return Ok(None) };
        // A file that was no record then has nothing to compare.
        Ok(format::read_record(id, &session.store.blob(blob)?).ok())
    };
    let (before, after) = (read(change.before)?, read(change.after)?);
    let changes = diff(before.as_ref(), after.as_ref());
    if changes.is_empty() {
        return Ok(None);
    }
    let what = happened(policy, before.as_ref(), after.as_ref(), &changes);
    let first = what.first().and_then(|word| WORDS.iter().position(|each| each == word));
    let either = after.as_ref().or(before.as_ref());
    let record = DiffRecord {
        id,
        short: String::new(),
        kind: id.kind(),
        title: either.map(|record| record.title().to_owned()),
        status: after.as_ref().map(|record| record.status().clone()),
        what,
        changes,
    };
    Ok(Some((first.unwrap_or(WORDS.len()), record)))
}

/// What happened to a record, to judge by its states at both ends.
fn happened(
    policy: &Policy,
    before: Option<&Record>,
    after: Option<&Record>,
    changes: &[FieldChange],
) -> Vec<&'static str> {
    use StateCategory::{Closed, Hold, Resolved};
    let Some(after) = after else { return vec!["removed"] };
    let is = policy.category_of(after);
    let was = before.map(|before| policy.category_of(before));
    let changed = |names: &[&str]| changes.iter().any(|c| names.contains(&c.field.as_str()));
    let mut words = Vec::new();
    let mut say = |word, happened| {
        if happened {
            words.push(word);
        }
    };
    let moved = was.is_some() && changed(&["status"]);
    let ended = was.is_some_and(|was| !was.is_open());
    say("created", was.is_none());
    say("reopened", moved && ended && is.is_open());
    say("put on hold", moved && !ended && is == Hold && was != Some(Hold));
    say("resumed", moved && was == Some(Hold) && is.is_open() && is != Hold);
    say("resolved", is == Resolved && was != Some(Resolved));
    say("closed", is == Closed && was != Some(Closed));
    say("moved", moved && was == Some(is));
    if was.is_some() {
        say("reassigned", changed(&["assignee", "owner", "team"]));
        say("reprioritised", changed(&["priority"]));
        say("noted", changed(&["notes"]));
        let other = |c: &FieldChange| {
            let whole = c.field.split('.').next().unwrap_or_default();
            !FOLLOWING.contains(&whole) && whole != "resolution"
        };
        say("edited", changes.iter().any(other));
    }
    words
}

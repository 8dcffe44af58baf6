//! The lives of many records in one pass over the history.
//!
//! What the events say is enough for nearly all records. Where it does not
//! explain what a record is now, and where lines of history ran beside each
//! other, that record's files are read one by one, as for `sla show`.

use std::collections::{HashMap, HashSet};

use super::story;
use crate::app::Session;
use crate::error::CommandError;
use crate::format;
use crate::index::{Chapter, Recounted};
use crate::model::{PersonId, Record, RecordId};
use crate::policy::Policy;
use crate::policy::sla::{Clue, Life, Origin, RETOLD, Reach, Terms};
use crate::store::{BlobId, Blobs, CommitId};

/// From so many records on it is quicker to go through the whole history once
/// than through that of each.
const MANY: usize = 500;

/// Gives the life of each of `ids`, in no order; `None` for one that has none.
/// It goes through the whole history once if there are many, or if `all` says
/// that there may be.
///
/// # Errors
///
/// The history cannot be read.
pub(super) fn lives(
    session: &Session,
    terms: &Terms,
    ids: &[RecordId],
    all: bool,
    mut each: impl FnMut(RecordId, Option<&Life>),
) -> Result<(), CommandError> {
    // The tables of the history reach up to now.
    if session.past().is_some() || (ids.len() < MANY && !all) {
        return one_by_one(session, ids, each);
    }
    let policy = session.policy()?;
    let mut rest: HashSet<RecordId> = ids.iter().copied().collect();
    let reach = terms.reach();
    if reach != Reach::Everywhere {
        let chapters = session.history()?.chapters(RETOLD, Some(&rest))?;
        let mut reader = Reader {
            session,
            policy,
            reach,
            blobs: session.store.blobs()?,
            imports: HashMap::new(),
        };
        for (done, chapter) in chapters.iter().enumerate() {
            if done % 1_000 == 0 {
                session.progress("working out service levels", done as u64, ids.len() as u64);
            }
            let id = chapter.id;
            if let Some(life) = reader.life(chapter)
                && rest.remove(&id)
            {
                each(id, Some(&life));
            }
        }
    }
    // In their order, so that the same is done everywhere.
    let rest: Vec<RecordId> = ids.iter().copied().filter(|id| rest.contains(id)).collect();
    one_by_one(session, &rest, each)
}

/// Gives the life of each of `ids`, read from its files.
///
/// # Errors
///
/// The history cannot be read.
fn one_by_one(
    session: &Session,
    ids: &[RecordId],
    mut each: impl FnMut(RecordId, Option<&Life>),
) -> Result<(), CommandError> {
    let policy = session.policy()?;
    for (done, id) in ids.iter().enumerate() {
        if done % 200 == 0 {
            session.progress("working out service levels", done as u64, ids.len() as u64);
        }
        each(*id, story::life(session, policy, *id)?.as_ref());
    }
    Ok(())
}

struct Reader<'a> {
    session: &'a Session,
    policy: &'a Policy,
    reach: Reach,
    blobs: Blobs<'a>,
    /// What commits made that brought several records.
    imports: HashMap<CommitId, HashMap<RecordId, BlobId>>,
}

impl Reader<'_> {
    /// The record's life; `None` if its events do not tell it.
    fn life(&mut self, chapter: Chapter<'_>) -> Option<Life> {
        let Chapter { id, blob, opened, mut events } = chapter;
        let is_odd = |event: &Recounted<'_>| event.forked || !event.told;
        let (first, later) = events.split_last()?;
        if first.forked || later.iter().any(is_odd) {
            return None;
        }
        // What the record was when it was first written down: the event may not
        // tell it all, or tell it of what had happened before.
        let unsure = !first.told || opened < first.at || self.reach == Reach::Far;
        let made = if unsure { Some(self.made(first.commit, id)?) } else { None };
        // A message may also name what its commit never touched, but tells then
        // of no change.
        let first = events.pop()?;
        let path = [id.path()];
        let store = &self.session.store;
        events.retain(|event| {
            let touches = || store.changes_at(event.commit, &path).map(|at| !at.is_empty());
            !event.changes.is_empty() || touches().unwrap_or(true)
        });
        events.push(first);
        let clues: Vec<Clue<'_>> = events.into_iter().map(clue).collect();
        let last = self.record(id, blob)?;
        match made {
            None => Life::retell(self.policy, self.reach, &last, &clues, Origin::Told),
            Some(made) if made == blob => {
                Life::retell(self.policy, self.reach, &last, &clues, Origin::Read(&last))
            }
            Some(made) => {
                let made = self.record(id, made)?;
                Life::retell(self.policy, self.reach, &last, &clues, Origin::Read(&made))
            }
        }
    }

    fn record(&mut self, id: RecordId, blob: BlobId) -> Option<Record> {
        self.blobs.read(blob, |bytes| format::read_record(id, bytes).ok()).ok()?
    }

    /// What the commit made of a record that was not there before.
    fn made(&mut self, commit: CommitId, id: RecordId) -> Option<BlobId> {
        if let Some(made) = self.imports.get(&commit) {
            return made.get(&id).copied();
        }
        let changes = self.session.store.changes_of(commit).ok()?;
        let new = changes.into_iter().filter(|change| change.before.is_none());
        let made: HashMap<RecordId, BlobId> =
            new.filter_map(|new| Some((RecordId::from_path(&new.path)?, new.after?))).collect();
        let found = made.get(&id).copied();
        if made.len() > 1 {
            self.imports.insert(commit, made);
        }
        found
    }
}

fn clue(event: Recounted<'_>) -> Clue<'_> {
    Clue { at: event.at, actor: PersonId::new(event.actor).ok(), changes: event.changes }
}

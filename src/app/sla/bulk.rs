//! The lives of many records in one pass over the history.
//!
//! What the events say is enough for nearly all records. Where it does not
//! explain what a record is now, and where lines of history ran beside each
//! other, that record's files are read one by one, as for `sla show`.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::story;
use crate::app::Session;
use crate::error::CommandError;
use crate::format;
use crate::index::{Chapter, Recount, Recounted};
use crate::model::{PersonId, Record, RecordId};
use crate::policy::Policy;
use crate::policy::sla::{Altered, Clue, Life, Origin, RETOLD, Reach, Terms};
use crate::store::{BlobId, CommitId};

/// Gives the life of each of `ids`, in no order; `None` for one that has none.
/// The desk must be looked at as it is now.
///
/// # Errors
///
/// The history cannot be read.
pub(super) fn lives(
    session: &Session,
    terms: &Terms,
    ids: &[RecordId],
    mut each: impl FnMut(RecordId, Option<&Life>),
) -> Result<(), CommandError> {
    let policy = session.policy()?;
    let mut rest: HashSet<RecordId> = ids.iter().copied().collect();
    let reach = terms.reach();
    if reach != Reach::Everywhere {
        let reader = Reader { session, firsts: RefCell::default() };
        let told = RefCell::new((&mut rest, &mut each, 0_u64));
        session.history()?.chapters(RETOLD, Some(&ids.iter().copied().collect()), &|chapter| {
            let id = chapter.id;
            let Some(life) = reader.life(policy, reach, &chapter) else { return };
            let (rest, each, done) = &mut *told.borrow_mut();
            if rest.remove(&id) {
                each(id, Some(&life));
            }
            *done += 1;
            if *done % 1_000 == 0 {
                session.progress("working out service levels", *done, ids.len() as u64);
            }
        })?;
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
pub(super) fn one_by_one(
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
    /// What commits made whose messages do not list it.
    firsts: RefCell<HashMap<CommitId, HashMap<RecordId, BlobId>>>,
}

impl Reader<'_> {
    /// The record's life; `None` if its events do not tell it.
    fn life(&self, policy: &Policy, reach: Reach, chapter: &Chapter) -> Option<Life> {
        let (first, later) = chapter.events.split_last()?;
        let is_odd = |event: &Recounted| event.forked || !event.told;
        if first.forked || later.iter().any(is_odd) {
            return None;
        }
        let last = self.record(chapter.id, chapter.blob)?;
        let events: Vec<Clue<'_>> = chapter.events.iter().map(clue).collect();
        if first.told {
            return Life::retell(policy, reach, &last, &events, Origin::Told);
        }
        let made = self.made(first.commit, chapter.id)?;
        if made == chapter.blob {
            return Life::retell(policy, reach, &last, &events, Origin::Read(&last));
        }
        let record = self.record(chapter.id, made)?;
        Life::retell(policy, reach, &last, &events, Origin::Read(&record))
    }

    fn record(&self, id: RecordId, blob: BlobId) -> Option<Record> {
        format::read_record(id, &self.session.store.blob(blob).ok()?).ok()
    }

    /// What the commit made of a record that was not there before.
    fn made(&self, commit: CommitId, id: RecordId) -> Option<BlobId> {
        let mut firsts = self.firsts.borrow_mut();
        if let Some(made) = firsts.get(&commit) {
            return made.get(&id).copied();
        }
        let changes = self.session.store.changes_of(commit).ok()?;
        let new = changes.into_iter().filter(|change| change.before.is_none());
        let made: HashMap<RecordId, BlobId> =
            new.filter_map(|new| Some((RecordId::from_path(&new.path)?, new.after?))).collect();
        let found = made.get(&id).copied();
        firsts.insert(commit, made);
        found
    }
}

fn clue<'a>(event: &'a Recounted) -> Clue<'a> {
    let change = |change: &'a Recount| Altered {
        field: &change.field,
        old: change.old.as_deref(),
        new: change.new.as_deref(),
    };
    Clue {
        at: event.at,
        actor: PersonId::new(&*event.actor).ok(),
        changes: event.changes.iter().map(change).collect(),
    }
}

//! A record's life, read from the history.

use std::collections::HashMap;

use crate::app::Session;
use crate::error::CommandError;
use crate::format;
use crate::index::EventFilter;
use crate::model::{PersonId, RecordId, Timestamp};
use crate::policy::Policy;
use crate::policy::sla::{Life, Told};
use crate::store::{BlobId, CommitId};

/// The life of a record up to the time that is looked at; `None` if there was
/// none, or no state of it can be read.
///
/// # Errors
///
/// The history cannot be read.
pub(super) fn life(
    session: &Session,
    policy: &Policy,
    id: RecordId,
) -> Result<Option<Life>, CommandError> {
    let index = session.history()?;
    let filter = EventFilter { records: Some(vec![id]), listed: Some(1), ..EventFilter::default() };
    let actors: HashMap<CommitId, String> =
        index.events(&filter)?.into_iter().map(|event| (event.commit, event.actor)).collect();
    let mut events = Vec::new();
    let mut last: Option<BlobId> = None;
    for step in index.story(id)?.into_iter().rev() {
        // A commit is taken as it stands: what it does not hold had not happened.
        if !is_known(session, step.commit)? {
            continue;
        }
        let Some(blob) = step.after else { continue };
        if last == Some(blob) {
            continue;
        }
        let Ok(record) = format::read_record(id, &session.store.blob(blob)?) else { continue };
        let actor = actors.get(&step.commit).and_then(|name| PersonId::new(name.as_str()).ok());
        last = Some(blob);
        events.push(Told { at: step.at, actor, record });
    }
    // A clock elsewhere may be fast: what is written has happened.
    let until = session.past().and_then(|at| at.time);
    let until = until.unwrap_or(Timestamp::from_seconds(i64::MAX));
    Ok(Life::tell(policy, &events, until))
}

/// Whether the commit belongs to the state that is looked at. A time means what
/// had happened by then, whenever it was written down.
fn is_known(session: &Session, commit: CommitId) -> Result<bool, CommandError> {
    match session.past() {
        Some(at) if at.time.is_none() => {
            Ok(commit == at.commit || session.store.is_ancestor(commit, at.commit)?)
        }
        _ => Ok(true),
    }
}

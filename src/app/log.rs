//! What happened: commits as events, with what changed in each record.

use super::Session;
use crate::error::CommandError;
use crate::format;
use crate::index::{Event, EventFilter};
use crate::model::{Record, RecordId, Timestamp, diff};
use crate::outcome::{EventRecord, EventView, LogView};
use crate::policy::{self, event::RecordChange};
use crate::store::BlobId;

/// Records of one commit whose changes are shown; a larger batch is counted.
const DETAILED: usize = 20;

/// Which events are wanted.
#[derive(Clone, Debug, Default)]
pub struct LogFilter {
    pub record: Option<RecordId>,
    /// Whose; `me` for the acting person.
    pub by: Option<String>,
    /// Not before this.
    pub since: Option<Timestamp>,
    pub limit: Option<usize>,
}

/// What happened, newest first.
///
/// Which commits touched which record comes from the index; what changed is
/// computed from the files before and after, not from what the message claims.
///
/// # Errors
///
/// The history is cut off (a shallow clone), or cannot be read.
pub fn log(session: &Session, filter: &LogFilter) -> Result<LogView, CommandError> {
    let actor = match filter.by.as_deref() {
        Some("me") => Some(session.actor(session.policy()?)?.to_string()),
        other => other.map(str::to_owned),
    };
    let wanted = EventFilter {
        records: filter.record.map(|id| vec![id]),
        actor,
        since: filter.since,
        until: None,
        limit: filter.limit,
    };
    let mut events = Vec::new();
    for event in session.index()?.events(&wanted)? {
        events.push(view(session, event, filter.record.is_some())?);
    }
    Ok(LogView { schema: LogView::SCHEMA, events })
}

/// `of_record` says that one record is asked about: then the action is what was
/// done to it, where the commit did other things to others.
fn view(session: &Session, event: Event, of_record: bool) -> Result<EventView, CommandError> {
    let detailed = &event.records[..event.records.len().min(DETAILED)];
    let ids: Vec<RecordId> = detailed.iter().map(|touched| touched.id).collect();
    let shorts = session.index()?.shorten(&ids)?;
    let mut records = Vec::with_capacity(ids.len());
    let mut action = event.action;
    for (touched, short) in detailed.iter().zip(shorts) {
        let read = |blob: Option<BlobId>| -> Result<Option<Record>, CommandError> {
            let Some(blob) = blob else { return Ok(None) };
            // A file that was no record then has nothing to compare.
            Ok(format::read_record(touched.id, &session.store.blob(blob)?).ok())
        };
        let (before, after) = (read(touched.before)?, read(touched.after)?);
        let changes = match &after {
            Some(after) => {
                let change = RecordChange { before: before.as_ref(), after };
                if of_record {
                    action = policy::event::action(session.policy()?, &change);
                }
                change.fields()
            }
            None => diff(before.as_ref(), None),
        };
        let title = after.as_ref().or(before.as_ref()).map(|record| record.title().to_owned());
        records.push(EventRecord { id: touched.id, short, title, changes });
    }
    Ok(EventView {
        commit: event.commit.to_string(),
        at: event.at,
        actor: event.actor,
        action,
        subject: event.subject,
        records,
    })
}

//! What happened: commits as events, with what changed in each record.

use indexmap::IndexMap;

use super::Session;
use crate::error::CommandError;
use crate::format;
use crate::index::{Event, EventFilter};
use crate::model::{FieldChange, Record, RecordId, Timestamp, diff};
use crate::outcome::{EventRecord, EventView, LogView};
use crate::policy::event::{self, RecordChange, Told};
use crate::store::{BlobId, PathChange};

/// Records of one commit whose changes are shown; a larger batch is counted.
const DETAILED: usize = 20;

/// Which events are wanted. The default wants all.
#[derive(Clone, Debug, Default)]
pub struct LogFilter {
    /// Of these records.
    pub records: Option<Vec<RecordId>>,
    /// Whose; `me` for the acting person. All people's, if there are none.
    pub by: Vec<String>,
    /// Only these actions; all, if there are none.
    pub actions: Vec<String>,
    /// Only changes of these fields; all, if there are none.
    pub fields: Vec<String>,
    /// Only changes from this value, `none` for no value.
    pub from: Option<String>,
    /// Only changes to this value.
    pub to: Option<String>,
    /// Not before this.
    pub since: Option<Timestamp>,
    /// Before this.
    pub until: Option<Timestamp>,
    pub limit: Option<usize>,
}

/// What happened, newest first.
///
/// Which commits touched which record comes from the index, which reads their
/// messages; what changed is computed from the files before and after.
///
/// # Errors
///
/// The history is cut off (a shallow clone), or cannot be read.
pub fn log(session: &Session, filter: &LogFilter) -> Result<LogView, CommandError> {
    let mut actors = Vec::with_capacity(filter.by.len());
    for name in &filter.by {
        actors.push(match name.as_str() {
            "me" => session.actor(session.policy()?)?.to_string(),
            other => other.to_owned(),
        });
    }
    let some = |words: &[String]| (!words.is_empty()).then(|| words.to_vec());
    let value = |text: &String| (text != "none").then(|| text.clone());
    let wanted = EventFilter {
        records: filter.records.clone(),
        actors: some(&actors),
        actions: some(&filter.actions),
        fields: filter.fields.clone(),
        from: filter.from.as_ref().map(value),
        to: filter.to.as_ref().map(value),
        since: filter.since,
        until: filter.until,
        limit: filter.limit,
        listed: Some(DETAILED),
    };
    let narrowed = filter.records.is_some() || !filter.fields.is_empty();
    let mut events = Vec::new();
    for event in session.index()?.events(&wanted)? {
        events.push(view(session, event, narrowed)?);
    }
    Ok(LogView { schema: LogView::SCHEMA, events })
}

/// `narrowed` says that only some records of an event were asked about.
fn view(session: &Session, event: Event, narrowed: bool) -> Result<EventView, CommandError> {
    let info = session.store.commit_info(event.commit)?;
    let told = event::parse(&info.message);
    let whole = !narrowed && event.touched <= DETAILED;
    let mut changes: IndexMap<RecordId, PathChange> = if whole {
        session.store.changes_of(event.commit)?
    } else {
        let paths: Vec<String> = event.records.iter().map(|id| id.path()).collect();
        session.store.changes_at(event.commit, &paths)?
    }
    .into_iter()
    .filter_map(|change| Some((RecordId::from_path(&change.path)?, change)))
    .collect();
    // In the order of the message, whose first record is the one it is about.
    let mut ids = event.records;
    let unnamed: Vec<RecordId> = changes.keys().filter(|id| !ids.contains(id)).copied().collect();
    // A message that does not name what it touched lies, as does one that
    // names what it did not touch.
    let mut disputed = !unnamed.is_empty() || ids.iter().any(|id| !changes.contains_key(id));
    ids.extend(unnamed);
    ids.retain(|id| narrowed || changes.contains_key(id));
    let shorts = session.index()?.shorten(&ids)?;
    let mut records = Vec::with_capacity(ids.len());
    let mut action = event.action;
    for (id, short) in ids.iter().zip(shorts) {
        let change = changes.swap_remove(id);
        let read = |blob: Option<BlobId>| -> Result<Option<Record>, CommandError> {
            let Some(blob) = blob else { return Ok(None) };
            // A file that was no record then has nothing to compare.
            Ok(format::read_record(*id, &session.store.blob(blob)?).ok())
        };
        let before = read(change.as_ref().and_then(|change| change.before))?;
        let after = read(change.as_ref().and_then(|change| change.after))?;
        let changes = match &after {
            Some(after) => {
                let change = RecordChange { before: before.as_ref(), after };
                if narrowed && ids.len() == 1 {
                    // What was done to it, where others had other things done.
                    action = event::action(session.policy()?, &change);
                }
                change.fields()
            }
            None => diff(before.as_ref(), None),
        };
        disputed |= info.parents.len() < 2 && differs(&told, *id, &changes);
        let title = after.as_ref().or(before.as_ref()).map(|record| record.title().to_owned());
        records.push(EventRecord { id: *id, short, title, changes });
    }
    Ok(EventView {
        commit: event.commit.to_string(),
        at: event.at,
        recorded: event.recorded,
        actor: event.actor,
        action,
        subject: info.message.lines().next().unwrap_or_default().to_owned(),
        imported: told.import.map(str::to_owned),
        disputed,
        touched: if whole { records.len() } else { event.touched },
        records,
    })
}

/// Whether a message that tells all tells something else of the record than
/// these changes.
fn differs(told: &Told<'_>, id: RecordId, changes: &[FieldChange]) -> bool {
    let record = told.records.iter().flatten().find(|record| record.id == id);
    let Some(fields) = record.and_then(|record| record.fields.as_ref()) else { return false };
    let same = |(told, change): (&event::ToldField<'_>, &FieldChange)| {
        told.field == change.field
            && told.from.as_deref() == change.brief_from().as_deref()
            && told.to.as_deref() == change.brief_to().as_deref()
    };
    fields.len() != changes.len() || !fields.iter().zip(changes).all(same)
}

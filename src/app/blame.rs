//! Who set each field of a record to what it is.

use std::rc::Rc;

use serde_json::Value;

use super::Session;
use super::log_field::recorded_fields;
use super::nearest::nearest;
use crate::error::CommandError;
use crate::format;
use crate::index::{EventFilter, Step};
use crate::model::{FieldChange, Line, Record, RecordId, compare_lines, diff};
use crate::outcome::{BlameEvent, BlameField, BlameLine, BlameView, StorySubject};
use crate::policy::event::{self, RecordChange};
use crate::store::BlobId;

/// One event of the record's life and its state afterwards.
struct Version {
    event: BlameEvent,
    after: Option<Rc<Record>>,
    changes: Vec<FieldChange>,
}

/// Who set the record's fields, or those that `wanted` names (`resolution`
/// stands for all its parts), to what they are.
///
/// # Errors
///
/// The record has none of the fields, the record or its history cannot be read.
pub fn blame(
    session: &Session,
    id: RecordId,
    wanted: &[String],
) -> Result<BlameView, CommandError> {
    let record = super::write::load(&session.snapshot()?, id)?;
    let versions = versions(session, id)?;
    // A word that is no field of anything may be one that this record had.
    let names = |typed: &String| {
        let typed = std::slice::from_ref(typed);
        recorded_fields(session, typed).unwrap_or_else(|_| typed.to_vec())
    };
    let names: Vec<Vec<String>> = wanted.iter().map(names).collect();
    let is_one = |field: &str, names: &Vec<String>| names.iter().any(|name| is_part(field, name));
    let is_wanted =
        |field: &str| wanted.is_empty() || names.iter().any(|names| is_one(field, names));
    let mut fields = Vec::new();
    for FieldChange { field, to, .. } in diff(None, Some(&record)) {
        if let Some(value) = to.filter(|_| is_wanted(&field)) {
            fields.push(set(&versions, field, value));
        }
    }
    for (typed, names) in wanted.iter().zip(&names) {
        if !fields.iter().any(|found| is_one(&found.field, names)) {
            let taken = names.iter().find_map(|name| taken(&versions, name));
            fields.push(taken.ok_or_else(|| unknown(&record, typed))?);
        }
    }
    let short = session.index()?.shorten(&[id])?.pop().unwrap_or_else(|| id.short());
    let (title, status) = (Some(record.title().to_owned()), Some(record.status().clone()));
    let record = StorySubject { id, short, title, status };
    Ok(BlameView { schema: BlameView::SCHEMA, record, fields })
}

/// Whether `field` is what `name` names, or a part of it.
pub(super) fn is_part(field: &str, name: &str) -> bool {
    field.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The record's states, newest first.
fn versions(session: &Session, id: RecordId) -> Result<Vec<Version>, CommandError> {
    let index = session.index()?;
    let steps = index.story(id)?;
    let filter = EventFilter { records: Some(vec![id]), listed: Some(1), ..EventFilter::default() };
    let events: std::collections::HashMap<_, _> =
        index.events(&filter)?.into_iter().map(|event| (event.commit, event)).collect();
    let mut last: Option<(BlobId, Option<Rc<Record>>)> = None;
    let mut state = |blob: Option<BlobId>| -> Result<Option<Rc<Record>>, CommandError> {
        let Some(blob) = blob else { return Ok(None) };
        // What an event found is what the one before it left.
        if let Some((known, record)) = &last
            && *known == blob
        {
            return Ok(record.clone());
        }
        let record = format::read_record(id, &session.store.blob(blob)?).ok().map(Rc::new);
        last = Some((blob, record.clone()));
        Ok(record)
    };
    let mut versions = Vec::with_capacity(steps.len());
    for Step { commit, at, before, after } in steps {
        let (after, before) = (state(after)?, state(before)?);
        let event = events.get(&commit);
        let mut action = event.map_or_else(String::new, |event| event.action.clone());
        if let Some(after) = &after
            && event.is_none_or(|event| event.touched > 1 || event.action == "commit")
        {
            let change = RecordChange { before: before.as_deref(), after };
            action = event::action(session.policy()?, &change);
        }
        let changes = diff(before.as_deref(), after.as_deref());
        let actor = event.map_or_else(String::new, |event| event.actor.clone());
        let event = BlameEvent { commit: commit.to_string(), at, actor, action };
        versions.push(Version { event, after, changes });
    }
    Ok(versions)
}

/// A field that has a value: the last event that gave it this one.
fn set(versions: &[Version], field: String, value: Value) -> BlameField {
    let sets = |change: &FieldChange| change.field == field && change.to.as_ref() == Some(&value);
    let found = versions.iter().find(|version| version.changes.iter().any(sets));
    let event = found.map(|version| version.event.clone());
    let lines = match &value {
        Value::String(text) if text.trim_end().contains('\n') => lines(versions, &field, text),
        _ => Vec::new(),
    };
    BlameField { field, value: Some(value), event, lines }
}

/// A field that has no value: the last event that took it away.
fn taken(versions: &[Version], name: &str) -> Option<BlameField> {
    let takes = |change: &FieldChange| is_part(&change.field, name) && change.to.is_none();
    let found = versions.iter().find(|version| version.changes.iter().any(takes))?;
    let event = Some(found.event.clone());
    Some(BlameField { field: name.to_owned(), value: None, event, lines: Vec::new() })
}

/// The lines of a text with the event that wrote each; none if one event wrote
/// them all.
fn lines(versions: &[Version], field: &str, text: &str) -> Vec<BlameLine> {
    let pointer = format!("/{}", field.replace('.', "/"));
    let mut old = String::new();
    let mut from: Vec<&BlameEvent> = Vec::new();
    for version in versions.iter().rev() {
        if !version.changes.iter().any(|change| change.field == field) {
            continue;
        }
        let tree = version.after.as_ref().map(|record| record.to_value()).unwrap_or_default();
        let new = tree.pointer(&pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        from = compare_lines(&old, &new)
            .into_iter()
            .filter_map(|line| match line {
                Line::Removed(_) => None,
                Line::Added(_) => Some(&version.event),
                Line::Kept(_, at) => from.get(at).copied(),
            })
            .collect();
        old = new;
    }
    let is_whole = old == text && from.len() == old.lines().count();
    if !is_whole || from.windows(2).all(|pair| pair[0] == pair[1]) {
        return Vec::new();
    }
    let line = |(text, event): (&str, &BlameEvent)| BlameLine {
        text: text.to_owned(),
        event: event.clone(),
    };
    old.lines().zip(from).map(line).collect()
}

fn unknown(record: &Record, name: &str) -> CommandError {
    let mut names: Vec<String> = Vec::new();
    for change in diff(None, Some(record)) {
        if !names.contains(&change.field) {
            names.push(change.field);
        }
    }
    let what = format!("{} never had a field `{name}`", record.id().short());
    let hint = match nearest(name, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("it has {}", names.join(", ")),
    };
    CommandError::not_found(what).hint(hint)
}

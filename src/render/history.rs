//! Logs, differences and blames as comma-separated values: a line for each
//! field that changed.

use csv::Writer;
use serde_json::Value;

use super::ShowError;
use super::view::Look;
use crate::model::{FieldChange, guarded};
use crate::outcome::{BlameView, DiffView, EventView, LogView};

type Out = Writer<Vec<u8>>;

/// Each event, for each of its records, for each field that changed.
pub(crate) fn log(view: &LogView, look: &Look, out: &mut Out) -> Result<(), ShowError> {
    let headings =
        ["commit", "at", "actor", "action", "imported", "id", "title", "field", "from", "to"];
    header(look, headings, out)?;
    for event in &view.events {
        let EventView { commit, at, actor, action, imported, .. } = event;
        let start = [
            commit.clone(),
            at.to_string(),
            actor.clone(),
            action.clone(),
            imported.clone().unwrap_or_default(),
        ];
        for record in &event.records {
            let named = [record.id.to_string(), record.title.clone().unwrap_or_default()];
            let start = [start.as_slice(), &named].concat();
            changes(&start, &record.changes, out)?;
        }
        if event.records.is_empty() {
            changes(&[start.as_slice(), &[String::new(), String::new()]].concat(), &[], out)?;
        }
    }
    Ok(())
}

/// Each record, for each field that is different.
pub(crate) fn diff(view: &DiffView, look: &Look, out: &mut Out) -> Result<(), ShowError> {
    header(look, ["id", "title", "what", "field", "from", "to"], out)?;
    for record in &view.records {
        let title = record.title.clone().unwrap_or_default();
        let start = [record.id.to_string(), title, record.what.join(", ")];
        changes(&start, &record.changes, out)?;
    }
    Ok(())
}

/// Each field.
pub(crate) fn blame(view: &BlameView, look: &Look, out: &mut Out) -> Result<(), ShowError> {
    header(look, ["commit", "at", "actor", "action", "field", "value"], out)?;
    for field in &view.fields {
        let event = field.event.as_ref();
        let of = |part: fn(&crate::outcome::BlameEvent) -> String| event.map(part);
        line(
            out,
            &[
                of(|event| event.commit.clone()).unwrap_or_default(),
                of(|event| event.at.to_string()).unwrap_or_default(),
                of(|event| event.actor.clone()).unwrap_or_default(),
                of(|event| event.action.clone()).unwrap_or_default(),
                field.field.clone(),
                text(field.value.as_ref()),
            ],
        )?;
    }
    Ok(())
}

fn header<const N: usize>(look: &Look, names: [&str; N], out: &mut Out) -> Result<(), ShowError> {
    if look.header { line(out, &names.map(str::to_owned)) } else { Ok(()) }
}

/// A line for each change; one with empty cells where nothing changed.
fn changes(start: &[String], changes: &[FieldChange], out: &mut Out) -> Result<(), ShowError> {
    for change in changes {
        let change = [change.field.clone(), text(change.from.as_ref()), text(change.to.as_ref())];
        line(out, &[start, &change].concat())?;
    }
    if changes.is_empty() {
        line(out, &[start, &[const { String::new() }; 3]].concat())?;
    }
    Ok(())
}

fn text(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

fn line(out: &mut Out, cells: &[String]) -> Result<(), ShowError> {
    Ok(out.write_record(cells.iter().map(|cell| guarded(cell).into_owned()))?)
}

//! Comma-separated values, safe to open in a spreadsheet.

use std::io::Write;

use csv::Writer;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value;

use super::view::Look;
use super::{ShowError, columns, deploys, history, json};
use crate::model::guarded;
use crate::outcome::{Column, Outcome, RowsView};

/// A header line and a line for each item of an outcome that is no list of
/// records.
pub(crate) fn render(outcome: &Outcome, look: &Look) -> Result<String, ShowError> {
    let mut writer = Writer::from_writer(Vec::new());
    match outcome {
        Outcome::Log(view) => history::log(view, look, &mut writer)?,
        Outcome::Diff(view) => history::diff(view, look, &mut writer)?,
        Outcome::Blame(view) => history::blame(view, look, &mut writer)?,
        _ => items(&headings(outcome), &json::items(outcome)?, look, &mut writer)?,
    }
    let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A header line and a line for each record.
pub(crate) fn rows(view: &RowsView, look: &Look, out: impl Write) -> Result<(), ShowError> {
    let mut writer = Writer::from_writer(out);
    let chosen: &[Column] = look.columns.as_deref().unwrap_or(&view.columns);
    if look.header {
        let names = chosen.iter().map(Column::name);
        writer.write_record(names.map(|name| guarded(&name).into_owned()))?;
    }
    view.rows.each(|row| {
        let cells = chosen.iter().map(|column| columns::value(column, row, view.now));
        writer.write_record(cells.map(|cell| guarded(&cell).into_owned()))?;
        Ok::<(), ShowError>(())
    })?;
    Ok(writer.flush()?)
}

/// The keys that the items of a list have, so that a list without any has its
/// columns; none for an outcome that is no list.
fn headings(outcome: &Outcome) -> Vec<String> {
    match outcome {
        Outcome::Written(view) => of(&view.records),
        Outcome::Applied(view) => of(&view.lines),
        Outcome::Attachments(view) => of(&view.attachments),
        Outcome::Summary(_) => ["group", "value", "open", "total"].map(str::to_owned).to_vec(),
        Outcome::Check(view) => of(&view.findings),
        Outcome::Import(view) => of(&view.rejected),
        Outcome::Views(view) => of(&view.views),
        Outcome::Approval(view) => of(&view.steps),
        Outcome::Catalog(view) => of(&view.offerings),
        Outcome::Plan(view) => of(&view.tasks),
        Outcome::Tasks(view) => of(&view.tasks),
        Outcome::Deploys(view) => {
            let deploys = of(&view.deploys).into_iter().chain([deploys::FINDING.to_owned()]);
            deploys.chain(of(&view.ticketless)).chain(of(&view.undeployed)).collect()
        }
        Outcome::Sla(view) => of(&view.commitments),
        Outcome::SlaList(view) => of(&view.commitments),
        Outcome::Calendar(view) => of(&view.days),
        Outcome::Calendars(view) => of(&view.calendars),
        Outcome::Compliance(view) => of(&view.commitments),
        Outcome::Workflows(view) | Outcome::Graph(view) => of(&view.workflows),
        Outcome::Risk(view) => of(&view.parts),
        Outcome::Models(view) => of(&view.models),
        Outcome::Actions(view) => of(&view.actions),
        Outcome::Raised(view) => of(&view.changes),
        Outcome::Conflicts(view) => of(&view.conflicts),
        Outcome::Slots(view) => of(&view.slots),
        Outcome::Schedule(view) | Outcome::Weeks(view) => of(&view.changes),
        Outcome::HookInstall(view) => of(&view.hooks),
        Outcome::HookStatus(view) => of(&view.hooks),
        Outcome::HookDrain(view) => of(&view.done),
        _ => Vec::new(),
    }
}

/// The names of the fields of `T`, as they are written.
fn of<T: JsonSchema>(_: &[T]) -> Vec<String> {
    let schema = SchemaGenerator::default().into_root_schema_for::<T>();
    let fields = schema.get("properties").and_then(Value::as_object);
    fields.into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// Items of any sort: every key that occurs is a column, after those that are
/// `expected`.
fn items(
    expected: &[String],
    items: &[Value],
    look: &Look,
    writer: &mut Writer<Vec<u8>>,
) -> Result<(), ShowError> {
    let found = items.iter().filter_map(Value::as_object).flat_map(serde_json::Map::keys);
    let keys: indexmap::IndexSet<&str> = expected.iter().chain(found).map(String::as_str).collect();
    if keys.is_empty() {
        return Ok(());
    }
    if look.header {
        writer.write_record(keys.iter().map(|key| guarded(key).into_owned()))?;
    }
    for item in items {
        let cells = keys.iter().map(|key| match item.get(key) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        });
        writer.write_record(cells.map(|cell| guarded(&cell).into_owned()))?;
    }
    Ok(())
}

//! Comma-separated values, safe to open in a spreadsheet.

use csv::Writer;
use serde_json::Value;

use super::columns;
use super::history;
use super::view::Look;
use super::{ShowError, json};
use crate::model::guarded;
use crate::outcome::{Column, Outcome, RowsView};

/// A header line and a line for each item; nothing for an outcome without data.
pub(crate) fn render(outcome: &Outcome, look: &Look) -> Result<String, ShowError> {
    let mut writer = Writer::from_writer(Vec::new());
    match outcome {
        Outcome::Rows(view) => rows(view, look, &mut writer)?,
        Outcome::Log(view) => history::log(view, &mut writer)?,
        Outcome::Diff(view) => history::diff(view, &mut writer)?,
        Outcome::Blame(view) => history::blame(view, &mut writer)?,
        _ => items(&json::items(outcome)?, &mut writer)?,
    }
    let bytes = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn rows(view: &RowsView, look: &Look, writer: &mut Writer<Vec<u8>>) -> Result<(), ShowError> {
    let chosen: &[Column] = look.columns.as_deref().unwrap_or(&view.columns);
    writer
        .write_record(chosen.iter().map(|column| guarded(&columns::name(column)).into_owned()))?;
    for row in &view.rows {
        let cells = chosen.iter().map(|column| columns::value(column, row, view.now));
        writer.write_record(cells.map(|cell| guarded(&cell).into_owned()))?;
    }
    Ok(())
}

/// Items of any sort: every key that occurs is a column.
fn items(items: &[Value], writer: &mut Writer<Vec<u8>>) -> Result<(), ShowError> {
    let keys: indexmap::IndexSet<&str> = items
        .iter()
        .filter_map(Value::as_object)
        .flat_map(|item| item.keys().map(String::as_str))
        .collect();
    if keys.is_empty() {
        return Ok(());
    }
    writer.write_record(keys.iter().map(|key| guarded(key).into_owned()))?;
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

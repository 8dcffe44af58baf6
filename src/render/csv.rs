//! Comma-separated values, safe to open in a spreadsheet.

use std::io::Write;

use csv::Writer;
use serde_json::Value;

use super::view::Look;
use super::{ShowError, columns, history, json};
use crate::model::guarded;
use crate::outcome::{Column, Outcome, RowsView};

/// A header line and a line for each item of an outcome that is no list of
/// records; nothing for an outcome without data.
pub(crate) fn render(outcome: &Outcome, look: &Look) -> Result<String, ShowError> {
    let mut writer = Writer::from_writer(Vec::new());
    match outcome {
        Outcome::Log(view) => history::log(view, look, &mut writer)?,
        Outcome::Diff(view) => history::diff(view, look, &mut writer)?,
        Outcome::Blame(view) => history::blame(view, look, &mut writer)?,
        _ => items(&json::items(outcome)?, look, &mut writer)?,
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

/// Items of any sort: every key that occurs is a column.
fn items(items: &[Value], look: &Look, writer: &mut Writer<Vec<u8>>) -> Result<(), ShowError> {
    let keys: indexmap::IndexSet<&str> = items
        .iter()
        .filter_map(Value::as_object)
        .flat_map(|item| item.keys().map(String::as_str))
        .collect();
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

//! Lists of records for programs, written as they are read: a list of a whole
//! desk need not stand in memory.

use std::io::{self, ErrorKind, Write};

use serde_json::Value;

use super::view::Look;
use super::{Format, ShowError, TemplateError, UiOptions, csv, json, template};
use crate::outcome::{ListedRow, Rows, RowsView};

/// Writes the list in the form that the options ask for. `false` if that is the
/// form for people.
pub(crate) fn rows(
    view: &RowsView,
    options: &UiOptions,
    look: &Look,
    out: &mut dyn Write,
) -> Result<bool, ShowError> {
    if let Some(source) = &options.template {
        let environment = template::environment(look.now);
        let template = environment.template_from_str(source).map_err(TemplateError::from)?;
        each(view, |row| {
            Ok(out.write_all(template::one(&template, &json::whole_row(row)?)?.as_bytes())?)
        })?;
        return Ok(true);
    }
    match options.format {
        Format::Table => return Ok(false),
        Format::Csv => csv::rows(view, look, &mut *out)?,
        Format::Svg | Format::Dot | Format::Ics => return Err(ShowError::Format(options.format)),
        Format::Ids => each(view, |row| Ok(writeln!(out, "{}", row.row.id)?))?,
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, view)?;
            out.write_all(b"\n")?;
        }
        Format::Jsonl => each(view, |row| {
            serde_json::to_writer(&mut *out, row)?;
            Ok(out.write_all(b"\n")?)
        })?,
        Format::Yaml => yaml(view, options, out)?,
    }
    Ok(true)
}

fn each(
    view: &RowsView,
    each: impl FnMut(&ListedRow) -> Result<(), ShowError>,
) -> Result<(), ShowError> {
    view.rows.each(each)
}

/// What stands around the rows, which come last, and then one row after the
/// other.
fn yaml(view: &RowsView, options: &UiOptions, out: &mut dyn Write) -> Result<(), ShowError> {
    let write = |value: &Value| (options.yaml)(value).map_err(ShowError::Yaml);
    let mut around = serde_json::to_value(RowsView { rows: Rows::default(), ..view.clone() })?;
    if view.rows.is_empty() {
        return Ok(out.write_all(write(&around)?.as_bytes())?);
    }
    if let Some(around) = around.as_object_mut() {
        around.shift_remove("rows");
    }
    out.write_all(write(&around)?.as_bytes())?;
    out.write_all(b"rows:\n")?;
    each(view, |row| {
        let item = Value::Array(vec![serde_json::to_value(row)?]);
        Ok(out.write_all(write(&item)?.as_bytes())?)
    })
}

/// A reader that left early (`| head`) has seen enough.
pub(crate) fn unless_closed(result: Result<(), ShowError>) -> Result<(), ShowError> {
    let closed = |error: &io::Error| error.kind() == ErrorKind::BrokenPipe;
    match result {
        Err(ShowError::Io(error)) if closed(&error) => Ok(()),
        Err(ShowError::Json(error)) if error.io_error_kind() == Some(ErrorKind::BrokenPipe) => {
            Ok(())
        }
        Err(ShowError::Csv(error)) => match error.kind() {
            ::csv::ErrorKind::Io(inner) if closed(inner) => Ok(()),
            _ => Err(ShowError::Csv(error)),
        },
        other => other,
    }
}

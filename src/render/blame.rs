//! Who set what in a record, in the manner of `git blame`.

use serde_json::Value;

use super::log::heading;
use super::style;
use super::table::{Cell, Table};
use super::time;
use super::view::{Look, Rendered, short_commit};
use crate::model::FieldChange;
use crate::outcome::{BlameEvent, BlameField, BlameView};

/// A line for each field: which commit, when, who, by what, and the value.
pub(crate) fn render(view: &BlameView, look: &Look) -> Rendered {
    let mut table = Table::new(["COMMIT", "TIME", "WHO", "ACTION", "FIELD", "VALUE"]).shrink(5, 20);
    for field in &view.fields {
        let value = match field.lines.first() {
            Some(_) => String::new(),
            None => brief(field),
        };
        // Of a text of several events, each line tells its own.
        let event = field.event.as_ref().filter(|_| field.lines.is_empty());
        let mut cells = event_cells(event, field.lines.is_empty());
        cells.push(Cell::new(&field.field, style::STRONG));
        cells.push(if field.lines.is_empty() { Cell::plain(&value) } else { Cell::bare("") });
        table.row(cells);
        for line in &field.lines {
            let mut cells = event_cells(Some(&line.event), true);
            cells.push(Cell::bare(""));
            cells.push(Cell::bare(&line.text));
            table.row(cells);
        }
    }
    Rendered::paged(format!("{}\n\n{}", heading(&view.record), table.render(look.width)))
}

fn event_cells(event: Option<&BlameEvent>, marked: bool) -> Vec<Cell> {
    match event {
        Some(event) => vec![
            Cell::new(short_commit(&event.commit), style::COMMIT),
            Cell::plain(&time::absolute(event.at)),
            Cell::plain(&event.actor),
            Cell::plain(&event.action),
        ],
        None if marked => vec![Cell::plain("-"); 4],
        None => vec![Cell::bare(""); 4],
    }
}

/// The value on one line.
fn brief(field: &BlameField) -> String {
    let change = FieldChange { field: String::new(), from: None, to: field.value.clone() };
    match &field.value {
        Some(Value::Null) | None => String::new(),
        Some(_) => change.brief_to().unwrap_or_default(),
    }
}

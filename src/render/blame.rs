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
        let name = Cell::new(&field.field, style::STRONG);
        if field.lines.is_empty() {
            table.row(row(field.event.as_ref(), name.clone(), Cell::plain(&brief(field))));
        }
        // Of a text of several events, each line tells its own.
        for (at, line) in field.lines.iter().enumerate() {
            let name = if at == 0 { name.clone() } else { Cell::bare("") };
            table.row(row(Some(&line.event), name, Cell::bare(&line.text)));
        }
    }
    Rendered::paged(format!("{}\n\n{}", heading(&view.record), table.render(look.width)))
}

fn row(event: Option<&BlameEvent>, field: Cell, value: Cell) -> Vec<Cell> {
    let mut cells = match event {
        Some(event) => vec![
            Cell::new(short_commit(&event.commit), style::COMMIT),
            Cell::plain(&time::absolute(event.at)),
            Cell::plain(&event.actor),
            Cell::plain(&event.action),
        ],
        None => vec![Cell::plain(""); 4],
    };
    cells.extend([field, value]);
    cells
}

/// The value on one line.
fn brief(field: &BlameField) -> String {
    let change = FieldChange { field: String::new(), from: None, to: field.value.clone() };
    match &field.value {
        Some(Value::Null) | None => String::new(),
        Some(_) => change.brief_to().unwrap_or_default(),
    }
}

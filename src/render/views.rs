//! Saved views.

use super::escape;
use super::style::{self, paint};
use super::table::{Cell, Table};
use super::view::{Look, Rendered};
use crate::outcome::{SavedView, ViewsView};

/// A line for each view; or all there is to say, line by line.
pub(crate) fn render(view: &ViewsView, look: &Look) -> Rendered {
    if view.in_full {
        return Rendered::short(view.views.iter().map(in_full).collect());
    }
    let headings = ["VIEW", "FROM", "QUERY", "DESCRIPTION"];
    let mut table = Table::new(headings).shrink(3, 16).shrink(2, 16).with_header(look.header);
    for saved in &view.views {
        table.row(vec![
            Cell::new(&format!("@{}", saved.name), style::ID),
            Cell::plain(saved.origin.name()),
            Cell::plain(&saved.view.query),
            Cell::plain(saved.view.description.as_deref().unwrap_or_default()),
        ]);
    }
    Rendered::paged(table.render(look.width))
}

fn in_full(saved: &SavedView) -> String {
    let view = &saved.view;
    let limit = view.limit.map(|limit| limit.to_string());
    let columns = view.columns.join(",");
    let rows = [
        ("from", Some(saved.origin.name())),
        ("query", Some(view.query.as_str())),
        ("description", view.description.as_deref()),
        ("columns", Some(columns.as_str()).filter(|columns| !columns.is_empty())),
        ("limit", limit.as_deref()),
    ];
    let mut text = paint(style::STRONG, &format!("@{}", escape::line(&saved.name))) + "\n";
    for (name, value) in rows {
        if let Some(value) = value {
            text.push_str(&format!("  {name:<12} {}\n", escape::line(value)));
        }
    }
    text
}

//! Open commitments, what is due first at the top.

use super::sla::nothing;
use super::style;
use super::table::{Cell, Table};
use super::time;
use super::view::{Look, Rendered, count};
use crate::outcome::{SlaListView, SlaRow};

/// A line for each commitment.
pub(crate) fn render(view: &SlaListView, look: &Look) -> Rendered {
    let mut rendered = Rendered::default();
    if view.commitments.is_empty() {
        let said = if view.promises { "no open commitments\n" } else { nothing(view.then) };
        said.clone_into(&mut rendered.err);
        return rendered;
    }
    let headings = ["DUE", "IN", "STANDING", "COMMITMENT", "ID", "PRIO", "STATUS", "TITLE"];
    let mut table = Table::new(headings).shrink(7, 20).with_header(look.header);
    for row in &view.commitments {
        let due = row.due.map(time::absolute).unwrap_or_default();
        let left = row.due.map(|due| time::hours(due.seconds() - view.now.seconds()));
        let (standing, style) = standing(row);
        table.row(vec![
            Cell::plain(&due),
            Cell::new(left.as_deref().unwrap_or_default(), style),
            Cell::new(standing, style),
            Cell::plain(&row.name),
            Cell::new(&row.short, style::ID),
            Cell::new(row.priority.map_or("", |each| each.name()), style::priority(row.priority)),
            Cell::plain(row.status.as_str()),
            Cell::plain(&row.title),
        ]);
    }
    rendered = Rendered::paged(table.render(look.width));
    if view.total > view.commitments.len() {
        let shown = view.commitments.len();
        rendered.err = format!("{shown} of {}\n", count(view.total, "commitment", "commitments"));
    }
    rendered
}

fn standing(row: &SlaRow) -> (&'static str, anstyle::Style) {
    match row.standing {
        _ if row.breached => ("breached", style::ERROR),
        "paused" => ("paused", style::DIM),
        _ if row.at_risk => ("at risk", style::WARNING),
        _ => ("running", style::PLAIN),
    }
}

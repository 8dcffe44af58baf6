//! How many commitments were kept.

use super::sla::nothing;
use super::style::{self, paint};
use super::table::{Cell, Table};
use super::time;
use super::view::{Look, Rendered};
use crate::outcome::{Compliance, ComplianceView};

/// A line for each definition, and one for all.
pub(crate) fn render(view: &ComplianceView, look: &Look) -> Rendered {
    let from = view.from.map_or_else(|| "the beginning".to_owned(), time::absolute);
    let mut text = format!(
        "{}  completed from {from} to {} UTC (days of {})\n\n",
        paint(style::STRONG, "SLA compliance"),
        time::absolute(view.to),
        super::escape::line(&view.time_zone),
    );
    let headings = [
        "COMMITMENT",
        "KIND",
        "METRIC",
        "CALENDAR",
        "KEPT",
        "MET",
        "COMPLETED",
        "OPEN",
        "BREACHED",
    ];
    let mut table =
        Table::new(headings).right(4).right(5).right(6).right(7).right(8).with_header(look.header);
    for line in view.commitments.iter().chain([&view.total]) {
        table.row(cells(line));
    }
    text.push_str(&table.render(look.width));
    let err =
        if view.commitments.is_empty() { nothing(view.then).to_owned() } else { String::new() };
    Rendered { err, ..Rendered::paged(text) }
}

fn cells(line: &Compliance) -> Vec<Cell> {
    let is_total = line.name.is_none();
    let calendar = match (is_total, &line.calendar) {
        (true, _) => "",
        (false, Some(calendar)) => calendar.as_str(),
        (false, None) => "24x7",
    };
    let kept = line.percent.map_or_else(|| "n/a".to_owned(), |percent| format!("{percent}%"));
    vec![
        Cell::new(line.name.as_deref().unwrap_or("all"), style::STRONG),
        Cell::bare(line.kind.unwrap_or_default()),
        Cell::bare(line.metric.unwrap_or_default()),
        Cell::bare(calendar),
        Cell::new(&kept, style::STRONG),
        Cell::plain(&line.met.to_string()),
        Cell::plain(&line.completed.to_string()),
        Cell::plain(&line.open.to_string()),
        Cell::plain(&line.open_breached.to_string()),
    ]
}

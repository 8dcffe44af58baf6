//! The forward schedule: a line for each planned change, freezes among them.

use super::style;
use super::table::{Cell, Table};
use super::time;
use super::view::{Look, Rendered, count};
use crate::model::{ChangeModel, PersonId, StateCategory, Timestamp};
use crate::outcome::{FrozenTime, ScheduleView, ScheduledChange};

/// What stands on a line.
enum Line<'a> {
    Change(&'a ScheduledChange),
    Freeze(&'a FrozenTime),
}

impl Line<'_> {
    const fn start(&self) -> Timestamp {
        match self {
            Line::Change(change) => change.start,
            Line::Freeze(freeze) => freeze.start,
        }
    }
}

/// The lines by their start.
pub(crate) fn render(view: &ScheduleView, look: &Look) -> Rendered {
    let mut lines: Vec<Line<'_>> = view.freezes.iter().map(Line::Freeze).collect();
    lines.extend(view.changes.iter().map(Line::Change));
    lines.sort_by_key(Line::start);
    let mut rendered = Rendered::default();
    if !lines.is_empty() {
        let headings = ["START", "END", "ID", "STATUS", "MODEL", "ASSIGNEE", "TITLE"];
        let mut table = Table::new(headings).shrink(5, 6).shrink(6, 16).with_header(look.header);
        for line in &lines {
            match line {
                Line::Change(change) => planned(change, &mut table),
                Line::Freeze(freeze) => frozen(freeze, &mut table),
            }
        }
        rendered = Rendered::paged(table.render(look.width));
    }
    let clashing = view.changes.iter().filter(|change| change.conflicts > 0).count();
    let clash = match clashing {
        0 => String::new(),
        _ => format!("; {} in conflict (!)", count(clashing, "is", "are")),
    };
    rendered.err = format!(
        "{} from {} to {} UTC{clash}\n",
        count(view.changes.len(), "change", "changes"),
        time::absolute(view.from),
        time::absolute(view.to)
    );
    rendered
}

fn planned(change: &ScheduledChange, table: &mut Table) {
    let model = change.model.filter(|model| *model != ChangeModel::Normal);
    let clash = if change.conflicts > 0 { "! " } else { "" };
    let dim = change.state == StateCategory::Closed;
    let title = if dim { style::DIM } else { style::PLAIN };
    table.row(vec![
        Cell::plain(&time::absolute(change.start)),
        Cell::plain(&until(change.start, change.end)),
        Cell::new(&change.short, style::ID),
        Cell::new(change.status.as_str(), style::state(change.state)),
        Cell::plain(model.map(ChangeModel::name).unwrap_or_default()),
        Cell::plain(change.assignee.as_ref().map(PersonId::as_str).unwrap_or_default()),
        Cell::new(&format!("{clash}{}", change.title), title),
    ]);
}

fn frozen(freeze: &FrozenTime, table: &mut Table) {
    let about = match (&freeze.description, &freeze.cis) {
        (Some(description), _) => format!("{}: {description}", freeze.name),
        (None, Some(cis)) => format!("{} of {}", freeze.name, cis.join(", ")),
        (None, None) => freeze.name.clone(),
    };
    table.row(vec![
        Cell::plain(&time::absolute(freeze.start)),
        Cell::plain(&until(freeze.start, freeze.end)),
        Cell::new("freeze", style::WARNING),
        Cell::bare(""),
        Cell::bare(""),
        Cell::bare(""),
        Cell::plain(&about),
    ]);
}

/// When it ends: the time alone, on the day on which it begins.
fn until(start: Timestamp, end: Timestamp) -> String {
    let (from, to) = (time::absolute(start), time::absolute(end));
    match (from.get(..10), to.get(..10), to.get(11..)) {
        (Some(first), Some(last), Some(time)) if first == last => time.to_owned(),
        _ => to,
    }
}

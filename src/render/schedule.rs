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
        let columns = Columns::of(view);
        let mut headings = vec!["START", "END", "ID", "STATUS"];
        headings.extend(columns.models.then_some("MODEL"));
        headings.extend(columns.people.then_some("ASSIGNEE"));
        headings.push("TITLE");
        let title = headings.len() - 1;
        let mut table = Table::new(headings).shrink(title, 16).with_header(look.header);
        if columns.people {
            table = table.shrink(title - 1, 6);
        }
        for line in &lines {
            table.row(match line {
                Line::Change(change) => planned(change, columns),
                Line::Freeze(freeze) => frozen(freeze, columns),
            });
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

/// The columns that are there only if something stands in them.
#[derive(Clone, Copy)]
struct Columns {
    models: bool,
    people: bool,
}

impl Columns {
    fn of(view: &ScheduleView) -> Self {
        let mut changes = view.changes.iter();
        let models = changes.clone().any(|change| model(change).is_some());
        Self { models, people: changes.any(|change| change.assignee.is_some()) }
    }
}

/// The model, where it is worth a word.
fn model(change: &ScheduledChange) -> Option<ChangeModel> {
    change.model.filter(|model| *model != ChangeModel::Normal)
}

fn planned(change: &ScheduledChange, columns: Columns) -> Vec<Cell> {
    let clash = if change.conflicts > 0 { "! " } else { "" };
    let dim = change.state == StateCategory::Closed;
    let style = if dim { style::DIM } else { style::PLAIN };
    let mut cells = vec![
        Cell::plain(&time::absolute(change.start)),
        Cell::plain(&until(change.start, change.end)),
        Cell::new(&change.short, style::ID),
        Cell::new(change.status.as_str(), style::state(change.state)),
    ];
    if columns.models {
        cells.push(Cell::bare(model(change).map(ChangeModel::name).unwrap_or_default()));
    }
    if columns.people {
        let who = change.assignee.as_ref().map(PersonId::as_str);
        cells.push(Cell::plain(who.unwrap_or_default()));
    }
    cells.push(Cell::new(&format!("{clash}{}", change.title), style));
    cells
}

fn frozen(freeze: &FrozenTime, columns: Columns) -> Vec<Cell> {
    let about = match (&freeze.description, &freeze.cis) {
        (Some(description), _) => format!("{}: {description}", freeze.name),
        (None, Some(cis)) => format!("{} of {}", freeze.name, cis.join(", ")),
        (None, None) => freeze.name.clone(),
    };
    let mut cells = vec![
        Cell::plain(&time::absolute(freeze.start)),
        Cell::plain(&until(freeze.start, freeze.end)),
        Cell::new("freeze", style::WARNING),
    ];
    let blank = 1 + usize::from(columns.models) + usize::from(columns.people);
    cells.extend((0..blank).map(|_| Cell::bare("")));
    cells.push(Cell::plain(&about));
    cells
}

/// When it ends: the time alone, on the day on which it begins.
fn until(start: Timestamp, end: Timestamp) -> String {
    let (from, to) = (time::absolute(start), time::absolute(end));
    match (from.get(..10), to.get(..10), to.get(11..)) {
        (Some(first), Some(last), Some(time)) if first == last => time.to_owned(),
        _ => to,
    }
}

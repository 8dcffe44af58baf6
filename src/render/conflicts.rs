//! What is wrong with the time of a change, and when nothing would be.

use super::style::{self, paint};
use super::table::{Cell, Table};
use super::view::{Look, Rendered, count};
use super::{escape, time};
use crate::model::{StateCategory, StateName, Timestamp};
use crate::outcome::{ConflictLine, ConflictsView, RecordRef, SlotsView};

/// A line for each conflict, with what it is below.
pub(crate) fn render(view: &ConflictsView, look: &Look) -> Rendered {
    let mut text = head(&view.change);
    match view.start.zip(view.end) {
        Some((start, end)) => text.push_str(&format!("planned {}\n", span(start, end))),
        None => text.push_str("It has no planned time, so that nothing can be in its way.\n"),
    }
    if !view.conflicts.is_empty() {
        text.push('\n');
        let mut table = Table::new(["WITH", "RULE", "FROM", "TO"]).with_header(look.header);
        for conflict in &view.conflicts {
            line(conflict, look, &mut table);
        }
        text.push_str(&table.render(look.width));
    }
    let mut rendered = Rendered::paged(text);
    rendered.err = verdict(view);
    rendered
}

fn line(conflict: &ConflictLine, look: &Look, table: &mut Table) {
    let is_over = conflict.accepted.is_some();
    let style = match (is_over, conflict.warning) {
        (true, _) => style::DIM,
        (false, true) => style::WARNING,
        (false, false) => style::PLAIN,
    };
    let moment = |at: Option<Timestamp>| at.map(time::absolute).unwrap_or_default();
    let with = match conflict.windows.len() {
        0 | 1 => conflict.with.clone(),
        more => format!("{} (+{})", conflict.with, more - 1),
    };
    table.row(vec![
        Cell::new(&with, if is_over { style::DIM } else { style::ID }),
        Cell::new(conflict.rule.name(), style),
        Cell::new(&moment(conflict.start), style),
        Cell::new(&moment(conflict.end), style),
    ]);
    let mut said = vec![conflict.text.clone()];
    if conflict.warning && !is_over {
        said.push("an emergency goes on with a reason".to_owned());
    }
    if let Some(accepted) = &conflict.accepted {
        said.push(format!("accepted by {}: {}", accepted.by, accepted.reason));
    }
    for part in said {
        table.below(&folded(&part, look));
    }
}

/// A sentence, folded to the width and indented.
fn folded(text: &str, look: &Look) -> String {
    const INDENT: &str = "    ";
    let safe = escape::line(text);
    let Some(width) = look.width.map(|width| width.max(40)) else {
        return format!("{INDENT}{safe}");
    };
    let options = textwrap::Options::new(width).initial_indent(INDENT).subsequent_indent(INDENT);
    textwrap::wrap(&safe, options).join("\n")
}

/// What it comes to, and what to do.
fn verdict(view: &ConflictsView) -> String {
    let short = &*escape::line(&view.change.short);
    let accepted = view.conflicts.len() - view.unaccepted;
    let also = match accepted {
        0 => String::new(),
        number => format!("; {} accepted", count(number, "is", "are")),
    };
    let first = view.conflicts.iter().find(|conflict| conflict.accepted.is_none());
    let Some(first) = first else {
        return match accepted {
            0 => "no conflicts\n".to_owned(),
            _ => format!("no conflicts but {}\n", count(accepted, "accepted one", "accepted ones")),
        };
    };
    format!(
        "{}{also}\n{} gitsm change slots {short}\n{} gitsm change accept-conflict {short} {} --reason TEXT\n",
        count(view.unaccepted, "conflict", "conflicts"),
        paint(style::HINT, ">"),
        paint(style::HINT, ">"),
        escape::line(&first.with),
    )
}

/// The change on a line.
fn head(change: &RecordRef) -> String {
    let title = change.title.as_deref().map(escape::line).unwrap_or_default();
    let status = change.status.as_ref().map(StateName::as_str).unwrap_or_default();
    let state = change.state.unwrap_or(StateCategory::Open);
    format!(
        "{} {} · {}\n",
        paint(style::ID, &escape::line(&change.short)),
        paint(style::STRONG, &title),
        paint(style::state(state), &escape::line(status))
    )
}

/// From when until when; the day once, where it is the same.
fn span(start: Timestamp, end: Timestamp) -> String {
    let (from, to) = (time::absolute(start), time::absolute(end));
    let same = from.get(..10).is_some_and(|day| to.starts_with(day));
    let to = if same { to.get(11..).unwrap_or(&to) } else { &to };
    format!("{from} to {to} UTC")
}

/// A line for each slot, and the command that takes the first.
pub(crate) fn slots(view: &SlotsView, look: &Look) -> Rendered {
    let (from, to) = (time::absolute(view.from), time::absolute(view.to));
    let long = time::hours(view.seconds);
    let Some(first) = view.slots.first() else {
        let err = format!(
            "nothing is free for {long} between {from} and {to} UTC\n{} gitsm change conflicts {}\n",
            paint(style::HINT, ">"),
            escape::line(&view.change.short)
        );
        return Rendered { err, ..Rendered::default() };
    };
    let mut table = Table::new(["START", "END", "IN"]).with_header(look.header);
    for slot in &view.slots {
        table.row(vec![
            Cell::plain(&time::absolute(slot.start)),
            Cell::plain(&time::absolute(slot.end)),
            Cell::new(&time::relative(slot.start, look.now), style::DIM),
        ]);
    }
    let mut rendered = Rendered::short(table.render(look.width));
    rendered.err = format!(
        "free for {long}, times in UTC; take the first with\n{} {}\n",
        paint(style::HINT, ">"),
        escape::line(&first.next)
    );
    rendered
}

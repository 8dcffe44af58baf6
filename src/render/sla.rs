//! The commitments on one record, every minute explained.

use super::log::heading;
use super::style::{self, paint};
use super::table::{Cell, Table};
use super::view::Rendered;
use super::{escape, time};
use crate::model::Timestamp;
use crate::outcome::{ClockLine, CommitmentView, SlaView};

/// What is said on a desk that promises nothing, or promised nothing `then`.
pub(super) const fn nothing(then: bool) -> &'static str {
    if then {
        "this desk promised nothing at that time: there was no .gitsm/sla.yaml yet\n"
    } else {
        "this desk promises nothing: there is no .gitsm/sla.yaml; \
         `gitsm schema sla` prints its form\n"
    }
}

/// Each commitment with what its clock did.
pub(crate) fn render(view: &SlaView) -> Rendered {
    let mut text = heading(&view.record) + "\n";
    if view.commitments.is_empty() {
        text.push_str("nothing was promised\n");
    }
    let err = if view.promises { String::new() } else { nothing(view.then).to_owned() };
    for commitment in &view.commitments {
        text.push('\n');
        text.push_str(&one(commitment, view.now));
    }
    Rendered { err, ..Rendered::paged(text) }
}

fn one(view: &CommitmentView, now: Timestamp) -> String {
    let by = match &view.calendar {
        Some(calendar) => format!("by the calendar {calendar} ({})", view.time_zone),
        None => "around the clock".to_owned(),
    };
    let mut text = format!(
        "{}  {} {}, target {} {by}\n",
        paint(style::STRONG, &escape::line(&view.name)),
        label(view.kind),
        view.metric,
        escape::line(&view.target),
    );
    if let Some(description) = &view.description {
        text.push_str(&format!("  {}\n", escape::line(description)));
    }
    if !view.instead_of.is_empty() {
        let others = escape::line(&view.instead_of.join(", ")).into_owned();
        text.push_str(&format!("  instead of {others}, which would be due later\n"));
    }
    let used = format!(
        "{} of {} used ({}%)",
        time::hours(view.business_seconds),
        time::hours(view.target_seconds),
        view.percent
    );
    let left = match view.left_seconds {
        _ if view.ended.is_some() => String::new(),
        left if left < 0 => format!(", {} over", time::hours(-left)),
        left => format!(", {} left", time::hours(left)),
    };
    let due = match view.due {
        Some(due) if view.ended.is_none() => format!(", due {}", time::absolute(due)),
        None if view.ended.is_none() => ", due when it goes on".to_owned(),
        _ => String::new(),
    };
    let actual = format!("; {} on the wall", time::hours(view.actual_seconds));
    text.push_str(&format!("  {}: {used}{left}{due}{actual}\n", standing(view)));
    let mut table = Table::new(["", "", "", ""]).with_header(false);
    for line in &view.timeline {
        table.row(cells(line, now));
    }
    for line in table.render(None).lines() {
        text.push_str(&format!("  {}\n", line.trim_end()));
    }
    text
}

fn cells(line: &ClockLine, now: Timestamp) -> Vec<Cell> {
    let to_come = line.at > now;
    let (what, style) = match line.what {
        "start" => ("the clock starts".to_owned(), style::PLAIN),
        "attached" => ("comes to apply".to_owned(), style::PLAIN),
        "running" => ("running".to_owned(), style::GOOD),
        "paused" => ("paused".to_owned(), style::WARNING),
        "done" => ("done, and reopened later".to_owned(), style::DIM),
        "threshold" => (format!("{}% used", line.percent.unwrap_or_default()), style::WARNING),
        "breach" => ("breached".to_owned(), style::ERROR),
        other => (other.to_owned(), style::STRONG),
    };
    let what = if to_come { format!("({what})") } else { what };
    let length = match (line.business_seconds, line.actual_seconds) {
        (Some(business), Some(actual)) if business == actual => time::hours(business),
        (Some(business), Some(actual)) => {
            format!("{} of {}", time::hours(business), time::hours(actual))
        }
        _ => String::new(),
    };
    let status = line.status.as_ref().map(|status| status.as_str().replace('_', " "));
    let why = match (status, &line.why) {
        (Some(status), Some(why)) if status == *why => status,
        (Some(status), Some(why)) => format!("{status}: {why}"),
        (Some(status), None) => status,
        (None, why) => why.clone().unwrap_or_default(),
    };
    vec![
        Cell::bare(&time::absolute(line.at)),
        Cell::new(&what, if to_come { style::DIM } else { style }),
        Cell::bare(&length),
        Cell::bare(&why),
    ]
}

fn label(kind: &str) -> &'static str {
    match kind {
        "ola" => "OLA",
        "contract" => "contract",
        _ => "SLA",
    }
}

fn standing(view: &CommitmentView) -> String {
    let style = match view.standing {
        "met" => style::GOOD,
        "missed" => style::ERROR,
        _ if view.breached => style::ERROR,
        "paused" => style::WARNING,
        "cancelled" => style::DIM,
        _ if view.at_risk => style::WARNING,
        _ => style::STRONG,
    };
    let words = match view.standing {
        "running" | "paused" if view.breached => format!("{}, breached", view.standing),
        "running" | "paused" if view.at_risk => format!("{}, at risk", view.standing),
        other => other.to_owned(),
    };
    paint(style, &words)
}

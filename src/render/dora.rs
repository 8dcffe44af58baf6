//! DORA's figures, each with what it is made of.

use super::style::{self, paint};
use super::table::{Cell, Table};
use super::time;
use super::view::{Look, Rendered};
use crate::outcome::{DoraLine, DoraView};

/// The four figures, and a line for each group if there are any.
pub(crate) fn render(view: &DoraView, look: &Look) -> Rendered {
    let environments: Vec<_> =
        view.environments.iter().map(|name| super::escape::line(name).into_owned()).collect();
    let mut text = format!(
        "{}  {} from {} to {} UTC\n\n",
        paint(style::STRONG, "DORA"),
        environments.join(", "),
        time::absolute(view.from),
        time::absolute(view.to),
    );
    let total = &view.total;
    let rows = [
        (
            "deployment frequency",
            frequency(total),
            format!("{} in {} days", total.deployments, trimmed(total.days)),
        ),
        (
            "lead time for changes",
            span(total.lead_time),
            format!("median of {} commits", total.lead_time_of),
        ),
        (
            "change fail rate",
            share(total),
            format!("{} of {} deployments", total.failed, total.deployments),
        ),
        (
            "time to restore",
            span(total.time_to_restore),
            match total.unrestored {
                0 => format!("median of {}", total.restored),
                open => format!("median of {}, {open} not restored yet", total.restored),
            },
        ),
    ];
    for (name, value, of) in rows {
        text.push_str(&format!(
            "{name:<21}  {}  {}\n",
            paint(style::STRONG, &format!("{value:>8}")),
            paint(style::DIM, &of)
        ));
    }
    if let Some(by) = view.by.filter(|_| !view.lines.is_empty()) {
        let by = by.to_uppercase();
        let headings = [by.as_str(), "DEPLOYMENTS", "PER DAY", "LEAD TIME", "FAILED", "RESTORED"];
        let mut table = Table::new(headings);
        for column in 1..headings.len() {
            table = table.right(column);
        }
        let mut table = table.with_header(look.header);
        for line in &view.lines {
            table.row(vec![
                Cell::new(line.name.as_deref().unwrap_or_default(), style::STRONG),
                Cell::plain(&line.deployments.to_string()),
                Cell::plain(&line.per_day.map_or_else(nothing, |rate| format!("{rate:.2}"))),
                Cell::plain(&span(line.lead_time)),
                Cell::plain(&share(line)),
                Cell::plain(&span(line.time_to_restore)),
            ]);
        }
        text.push('\n');
        text.push_str(&table.render(look.width));
    }
    Rendered::paged(text)
}

fn nothing() -> String {
    "n/a".to_owned()
}

/// Deployments a day, or a week where there is less than one a day.
fn frequency(line: &DoraLine) -> String {
    match line.per_day {
        None => nothing(),
        Some(rate) if rate >= 1.0 || rate == 0.0 => format!("{rate:.1}/day"),
        Some(rate) if rate * 7.0 >= 1.0 => format!("{:.1}/week", rate * 7.0),
        Some(rate) => format!("{:.1}/month", rate * 30.0),
    }
}

fn span(seconds: Option<i64>) -> String {
    seconds.map_or_else(nothing, time::hours)
}

fn share(line: &DoraLine) -> String {
    line.change_fail_rate.map_or_else(nothing, |share| format!("{:.1} %", share * 100.0))
}

fn trimmed(days: f64) -> String {
    let text = format!("{days:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

//! Counts over the desk, as small tables with bars.

use super::style::{self, paint};
use super::table::{Cell, Table};
use super::view::{Look, Rendered, count};
use crate::outcome::{Count, Summary};

/// The length of the longest bar.
const BAR: usize = 24;

/// One table for each way of counting.
pub(crate) fn render(view: &Summary, look: &Look) -> Rendered {
    let mut text = format!("{}, {} open\n", count(view.total, "record", "records"), view.open);
    for (name, counts) in groups(view) {
        if counts.is_empty() {
            continue;
        }
        text.push('\n');
        text.push_str(&table(name, counts, look));
    }
    Rendered::short(text)
}

/// Each way of counting with its name.
pub(crate) fn groups(view: &Summary) -> [(&'static str, &[Count]); 6] {
    [
        ("type", &view.by_type),
        ("status", &view.by_status),
        ("priority", &view.by_priority),
        ("team", &view.by_team),
        ("assignee", &view.by_assignee),
        ("open age", &view.open_age),
    ]
}

fn table(name: &str, counts: &[Count], look: &Look) -> String {
    let most = counts.iter().map(|count| count.total).max().unwrap_or(0);
    let mut headings = vec![name.to_uppercase(), "OPEN".to_owned(), "TOTAL".to_owned()];
    // A bar is for the eye; a program that cuts columns is better off without.
    if look.terminal {
        headings.push(String::new());
    }
    let mut table = Table::new(headings).right(1).right(2).shrink(0, 12);
    for count in counts {
        let value = count.value.as_deref().unwrap_or("(none)");
        let mut cells = vec![
            Cell::plain(value),
            Cell::plain(&count.open.to_string()),
            Cell::plain(&count.total.to_string()),
        ];
        if look.terminal {
            cells.push(Cell::bare(&bar(count, most)));
        }
        table.row(cells);
    }
    table.render(look.width)
}

/// What is open as `█`, the rest as `░`; something that is not nothing shows.
fn bar(count: &Count, most: usize) -> String {
    let length = |number: usize| match (number, most) {
        (0, _) | (_, 0) => 0,
        (number, most) => (number.saturating_mul(BAR) / most).max(1),
    };
    let open = length(count.open.min(count.total));
    let total = length(count.total).max(open);
    format!("{}{}", "█".repeat(open), "░".repeat(total - open))
}

/// What is open, on one line: `incident 3, change 1`.
pub(crate) fn inline(counts: &[Count]) -> String {
    counts
        .iter()
        .filter(|count| count.open > 0)
        .map(|count| {
            let value = super::escape::line(count.value.as_deref().unwrap_or("(none)"));
            format!("{value} {}", paint(style::STRONG, &count.open.to_string()))
        })
        .collect::<Vec<_>>()
        .join(", ")
}

//! Customer satisfaction, each figure with what it is made of.

use super::style::{self, paint};
use super::table::{Cell, Table};
use super::view::{Look, Rendered};
use crate::outcome::CsatView;

/// The figures, and how many answers gave how many points.
pub(crate) fn render(view: &CsatView, look: &Look) -> Rendered {
    let share = |value: Option<f64>| {
        value.map_or_else(|| "n/a".to_owned(), |value| format!("{:.1} %", value * 100.0))
    };
    let mean = view.mean.map_or_else(|| "n/a".to_owned(), |mean| format!("{mean:.2}"));
    let rows = [
        ("satisfied", share(view.csat), format!("{} of {} answers", view.satisfied, view.answers)),
        ("mean", mean, "1 to 5 points".to_owned()),
        (
            "responses",
            share(view.response_rate),
            format!("{} of {} resolved tickets", view.answers, view.asked),
        ),
    ];
    let mut text = String::new();
    for (name, value, of) in rows {
        text.push_str(&format!(
            "{name:<10} {}  {}\n",
            paint(style::STRONG, &format!("{value:>7}")),
            paint(style::DIM, &of)
        ));
    }
    if view.answers > 0 {
        let mut table = Table::new(["POINTS", "ANSWERS"]).right(1).with_header(look.header);
        for count in &view.by_points {
            table.row(vec![
                Cell::plain(&count.points.to_string()),
                Cell::plain(&count.answers.to_string()),
            ]);
        }
        text.push('\n');
        text.push_str(&table.render(look.width));
    }
    Rendered::short(text)
}

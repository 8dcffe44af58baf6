//! Lists of records.

use super::columns;
use super::error::labelled;
use super::table::{Table, cut};
use super::view::{Look, Rendered, count};
use super::{escape, style};
use crate::outcome::{Column, PageError, RowsView};

/// The list as a table, and on standard error how much of the whole it is.
pub(crate) fn render(view: &RowsView, look: &Look) -> Rendered {
    let chosen: &[Column] = look.columns.as_deref().unwrap_or(&view.columns);
    let shown = view.rows.len();
    let mut rendered = Rendered::default();
    if shown < view.total || view.more {
        let more = if view.more { "more than " } else { "" };
        rendered.err = format!("{shown} of {more}{}\n", count(view.total, "record", "records"));
    } else if shown == 0 {
        "no records match\n".clone_into(&mut rendered.err);
    }
    if shown == 0 {
        return rendered;
    }
    let mut table = Table::new(chosen.iter().map(columns::heading)).with_header(look.header);
    for (index, column) in chosen.iter().enumerate() {
        if matches!(
            column,
            Column::Age | Column::Idle | Column::Count(_) | Column::Length(_) | Column::OnHold
        ) {
            table = table.right(index);
        }
    }
    // The title gives way first, then the other free texts from the right.
    let is_title = |(_, column): &(usize, &Column)| **column == Column::Title;
    let (titles, others): (Vec<_>, Vec<_>) = chosen.iter().enumerate().partition(is_title);
    for (index, column) in titles.into_iter().chain(others.into_iter().rev()) {
        if let Some(least) = columns::least_width(column) {
            table = table.shrink(index, least);
        }
    }
    let read = view.rows.each::<PageError>(|row| {
        table.row(chosen.iter().map(|column| columns::cell(column, row, view.now)));
        if let Some(excerpt) = &row.excerpt {
            let harmless = escape::line(excerpt.trim());
            let marks = row.highlights.as_ref().filter(|_| harmless == excerpt.as_str());
            let marks = marks.map(|found| found.excerpt.as_slice()).unwrap_or_default();
            let shown = match look.width {
                Some(width) => cut(&harmless, width.saturating_sub(4)),
                None => harmless,
            };
            table.below(&format!("    {}", style::marked(style::DIM, &shown, marks)));
        }
        Ok(())
    });
    if let Err(error) = read {
        rendered.errors = labelled("error", style::ERROR, &error.to_string());
    }
    rendered.out = table.render(look.width);
    rendered.page = true;
    rendered
}

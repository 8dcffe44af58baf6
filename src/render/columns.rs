//! The columns of lists: headings and cells.

use anstyle::Style;

use super::table::Cell;
use super::{style, time};
use crate::model::{Link, Timestamp};
use crate::outcome::{Column, ListedRow};
use crate::query::{CountField, LengthField, TextField};

/// The column's heading in a table.
pub(crate) fn heading(column: &Column) -> String {
    match column {
        Column::Custom(field) => field.to_uppercase(),
        Column::Text(TextField::Custom(_)) => {
            let name = column.name();
            name.strip_prefix("answer.").unwrap_or(&name).to_uppercase()
        }
        _ => column.name().to_uppercase().replace('_', " "),
    }
}

/// The fewest columns of the screen that the column may be cut to, if it may
/// be cut at all. Free text is cut; ids, states and times never are.
pub(crate) const fn least_width(column: &Column) -> Option<usize> {
    match column {
        Column::Title => Some(16),
        Column::Service | Column::Category | Column::Tags | Column::Custom(_) => Some(8),
        Column::Requester | Column::Assignee | Column::Team => Some(8),
        Column::Text(_) | Column::Links => Some(8),
        _ => None,
    }
}

/// The cell of `row` as people read it.
pub(crate) fn cell(column: &Column, row: &ListedRow, now: Timestamp) -> Cell {
    let style = match column {
        Column::Id => style::ID,
        Column::Priority => style::priority(row.row.priority),
        Column::Status | Column::State => style::state(row.row.state),
        Column::FullId | Column::Age | Column::Idle => style::DIM,
        Column::Due | Column::Sla => promise(row),
        _ => Style::new(),
    };
    let text = match (column, moment(column, row)) {
        (Column::Age, _) => time::span(since(row.row.opened_at, now)),
        (Column::Idle, _) => time::span(since(row.row.updated_at, now)),
        (Column::Length(_) | Column::OnHold, _) => {
            length(column, row, now).map(time::span).unwrap_or_default()
        }
        (_, Some(at)) => time::absolute(at),
        _ => plain(column, row),
    };
    let cell = Cell::of(text, style);
    match (column, &row.highlights) {
        (Column::Title, Some(found)) => cell.marked(&row.row.title, &found.title),
        _ => cell,
    }
}

/// The cell of `row` for programs: times in full, ages in seconds, nothing for
/// a missing value.
pub(crate) fn value(column: &Column, row: &ListedRow, now: Timestamp) -> String {
    match (column, moment(column, row)) {
        (Column::Age, _) => since(row.row.opened_at, now).to_string(),
        (Column::Idle, _) => since(row.row.updated_at, now).to_string(),
        (Column::Length(_) | Column::OnHold, _) => {
            length(column, row, now).map(|seconds| seconds.to_string()).unwrap_or_default()
        }
        (_, Some(at)) => at.to_string(),
        _ => plain(column, row),
    }
}

/// The seconds since `at`; none where it lies in the future, which `check` finds.
fn since(at: Timestamp, now: Timestamp) -> i64 {
    now.seconds().saturating_sub(at.seconds()).max(0)
}

/// A span of time, in seconds; a hold that is running lasts until now.
fn length(column: &Column, row: &ListedRow, now: Timestamp) -> Option<i64> {
    match column {
        Column::Length(field) => row.row.length(*field),
        Column::OnHold => row.row.length(LengthField::OnHold(now)),
        _ => None,
    }
}

/// The style of what was promised.
fn promise(row: &ListedRow) -> Style {
    match row.row.sla.as_deref() {
        Some("breached") => style::ERROR,
        Some("at_risk") => style::WARNING,
        Some("met") => style::GOOD,
        _ => Style::new(),
    }
}

fn moment(column: &Column, row: &ListedRow) -> Option<Timestamp> {
    let row = &row.row;
    match column {
        Column::Opened => Some(row.opened_at),
        Column::Updated => Some(row.updated_at),
        Column::Started => row.started_at,
        Column::Resolved => row.resolved_at,
        Column::Closed => row.closed_at,
        Column::Due => row.due,
        Column::Time(field) => row.time(*field),
        _ => None,
    }
}

fn plain(column: &Column, listed: &ListedRow) -> String {
    fn text(value: Option<&impl ToString>) -> String {
        value.map(ToString::to_string).unwrap_or_default()
    }
    let row = &listed.row;
    match column {
        Column::Id => listed.short.clone(),
        Column::FullId => row.id.to_string(),
        Column::Type => row.kind.to_string(),
        Column::Title => row.title.clone(),
        Column::Status => row.status.to_string(),
        Column::State => row.state.to_string(),
        Column::Priority => text(row.priority.as_ref()),
        Column::Impact => text(row.impact.as_ref()),
        Column::Urgency => text(row.urgency.as_ref()),
        Column::Assignee => text(row.assignee.as_ref()),
        Column::Team => text(row.team.as_ref()),
        Column::Requester => text(row.requester.as_ref()),
        Column::Service => text(row.service.as_ref()),
        Column::Category => text(row.category.as_ref()),
        Column::Tags => row.tags.join(","),
        Column::Channel => text(row.channel.as_ref()),
        Column::ExternalId => text(row.external_id.as_ref()),
        Column::Domain => text(row.domain.as_ref()),
        Column::Custom(field) => text(row.custom.get(field)),
        Column::Sla => text(row.sla.as_ref()),
        Column::Cis => row.cis.iter().map(|id| id.short()).collect::<Vec<_>>().join(","),
        Column::Links => {
            let link = |link: &Link| format!("{} {}", link.rel.name(), link.to.short());
            row.links.iter().map(link).collect::<Vec<_>>().join(",")
        }
        Column::KnownError => if row.known_error { "yes" } else { "" }.to_owned(),
        Column::Rank(field) => {
            let place = row.rank(*field).and_then(|rank| usize::from(rank).checked_sub(1));
            let word = place.and_then(|place| field.words().get(place).copied());
            word.unwrap_or_default().to_owned()
        }
        Column::Text(field) if field.is_list() => row.list(field).join(","),
        Column::Text(field) => row.text(field).unwrap_or_default().to_owned(),
        Column::Count(CountField::Csat) if row.csat == 0 => String::new(),
        Column::Count(field) => row.count(*field).to_string(),
        Column::Age
        | Column::Idle
        | Column::Time(_)
        | Column::Length(_)
        | Column::OnHold
        | Column::Due
        | Column::Opened
        | Column::Updated
        | Column::Started
        | Column::Resolved
        | Column::Closed => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_has_a_heading() {
        for name in Column::names() {
            let column = Column::named(name).expect(name);
            assert!(!heading(&column).is_empty());
        }
    }
}

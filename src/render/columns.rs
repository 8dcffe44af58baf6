//! The columns of lists: their names, headings and cells.

use std::borrow::Cow;

use anstyle::Style;

use super::table::Cell;
use super::{style, time};
use crate::model::Timestamp;
use crate::outcome::{Column, ListedRow};

/// A name is no column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no column `{name}`")]
pub struct UnknownColumn {
    /// The refused name.
    pub name: String,
    /// The column that was probably meant.
    pub nearest: Option<&'static str>,
}

/// Every column with a fixed name. The first name of a column is its own, the
/// rest are other spellings, the names of fields.
const NAMES: &[(&str, Column)] = &[
    ("id", Column::Id),
    ("full_id", Column::FullId),
    ("type", Column::Type),
    ("title", Column::Title),
    ("status", Column::Status),
    ("state", Column::State),
    ("priority", Column::Priority),
    ("impact", Column::Impact),
    ("urgency", Column::Urgency),
    ("assignee", Column::Assignee),
    ("team", Column::Team),
    ("requester", Column::Requester),
    ("service", Column::Service),
    ("category", Column::Category),
    ("tags", Column::Tags),
    ("channel", Column::Channel),
    ("external_id", Column::ExternalId),
    ("domain", Column::Domain),
    ("age", Column::Age),
    ("opened", Column::Opened),
    ("updated", Column::Updated),
    ("started", Column::Started),
    ("resolved", Column::Resolved),
    ("closed", Column::Closed),
    ("short", Column::Id),
    ("kind", Column::Type),
    ("name", Column::Title),
    ("class", Column::Category),
    ("owner", Column::Assignee),
    ("opened_at", Column::Opened),
    ("updated_at", Column::Updated),
    ("started_at", Column::Started),
    ("resolved_at", Column::Resolved),
    ("closed_at", Column::Closed),
    ("retired_at", Column::Closed),
];

/// Reads column names separated by commas: `id,title,custom.floor`.
pub fn parse(text: &str) -> Result<Vec<Column>, UnknownColumn> {
    text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(parse_one).collect()
}

/// Every name that [`parse`] takes for a column of its own, for help and
/// completions. The desk's own fields come as `custom.<name>` besides.
pub fn names() -> impl Iterator<Item = &'static str> {
    NAMES.iter().enumerate().filter_map(|(at, (name, column))| {
        let first = NAMES.iter().position(|(_, other)| other == column);
        (first == Some(at)).then_some(*name)
    })
}

fn parse_one(text: &str) -> Result<Column, UnknownColumn> {
    let wanted = text.to_ascii_lowercase().replace('-', "_");
    if let Some((_, column)) = NAMES.iter().find(|(name, _)| *name == wanted) {
        return Ok(column.clone());
    }
    if let Some(field) = text.strip_prefix("custom.").filter(|field| !field.is_empty()) {
        return Ok(Column::Custom(field.to_owned()));
    }
    let nearest = NAMES
        .iter()
        .map(|(name, _)| (strsim::jaro_winkler(name, &wanted), *name))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name);
    Err(UnknownColumn { name: text.to_owned(), nearest })
}

/// The column's name, as [`parse`] reads it.
pub fn name(column: &Column) -> Cow<'static, str> {
    match column {
        Column::Custom(field) => Cow::Owned(format!("custom.{field}")),
        _ => Cow::Borrowed(
            NAMES.iter().find(|(_, other)| other == column).map_or("", |(name, _)| *name),
        ),
    }
}

/// The column's heading in a table.
pub(crate) fn heading(column: &Column) -> String {
    match column {
        Column::Custom(field) => field.to_uppercase(),
        Column::FullId => "FULL ID".to_owned(),
        Column::ExternalId => "EXTERNAL ID".to_owned(),
        _ => name(column).to_uppercase(),
    }
}

/// The fewest columns of the screen that the column may be cut to, if it may
/// be cut at all. Free text is cut; ids, states and times never are.
pub(crate) const fn least_width(column: &Column) -> Option<usize> {
    match column {
        Column::Title => Some(16),
        Column::Service | Column::Category | Column::Tags | Column::Custom(_) => Some(8),
        Column::Requester | Column::Assignee | Column::Team => Some(8),
        _ => None,
    }
}

/// The cell of `row` as people read it.
pub(crate) fn cell(column: &Column, row: &ListedRow, now: Timestamp) -> Cell {
    let style = match column {
        Column::Id => style::ID,
        Column::Priority => style::priority(row.row.priority),
        Column::Status | Column::State => style::state(row.row.state),
        Column::FullId | Column::Age => style::DIM,
        _ => Style::new(),
    };
    let text = match (column, moment(column, row)) {
        (Column::Age, _) => time::age(row.row.opened_at, now),
        (_, Some(at)) => time::absolute(at),
        _ => plain(column, row),
    };
    Cell::new(&text, style)
}

/// The cell of `row` for programs: times in full, ages in seconds, nothing for
/// a missing value.
pub(crate) fn value(column: &Column, row: &ListedRow, now: Timestamp) -> String {
    match (column, moment(column, row)) {
        (Column::Age, _) => now.seconds().saturating_sub(row.row.opened_at.seconds()).to_string(),
        (_, Some(at)) => at.to_string(),
        _ => plain(column, row),
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
        Column::Age
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
    fn every_name_reads_back() {
        for name_of in names() {
            let columns = parse(name_of).expect(name_of);
            assert_eq!(columns.len(), 1);
            assert_eq!(name(&columns[0]), name_of);
            assert!(!heading(&columns[0]).is_empty());
        }
        assert_eq!(names().count(), 24);
        assert_eq!(parse("custom.floor"), Ok(vec![Column::Custom("floor".into())]));
    }

    #[test]
    fn lists_and_other_spellings() {
        assert_eq!(
            parse(" ID, opened-at ,title,"),
            Ok(vec![Column::Id, Column::Opened, Column::Title])
        );
        assert_eq!(
            parse("id,asignee"),
            Err(UnknownColumn { name: "asignee".into(), nearest: Some("assignee") })
        );
        assert_eq!(parse("custom."), Err(UnknownColumn { name: "custom.".into(), nearest: None }));
        assert_eq!(parse("xyzzy"), Err(UnknownColumn { name: "xyzzy".into(), nearest: None }));
    }
}

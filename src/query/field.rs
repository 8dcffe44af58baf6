//! The fields that queries know.

use super::{RankField, SortField, TextField, TimeField};

/// A field of the query language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field {
    Type,
    Status,
    Is,
    Id,
    Ci,
    Age,
    Rank(RankField),
    Text(TextField),
    Time(TimeField),
}

/// Every name with its field; the first name of a field is its proper one.
const NAMES: &[(&str, Field)] = &[
    ("type", Field::Type),
    ("kind", Field::Type),
    ("status", Field::Status),
    ("is", Field::Is),
    ("id", Field::Id),
    ("ci", Field::Ci),
    ("cis", Field::Ci),
    ("priority", Field::Rank(RankField::Priority)),
    ("impact", Field::Rank(RankField::Impact)),
    ("urgency", Field::Rank(RankField::Urgency)),
    ("assignee", Field::Text(TextField::Assignee)),
    ("owner", Field::Text(TextField::Assignee)),
    ("requester", Field::Text(TextField::Requester)),
    ("team", Field::Text(TextField::Team)),
    ("service", Field::Text(TextField::Service)),
    ("category", Field::Text(TextField::Category)),
    ("class", Field::Text(TextField::Category)),
    ("channel", Field::Text(TextField::Channel)),
    ("domain", Field::Text(TextField::Domain)),
    ("tag", Field::Text(TextField::Tag)),
    ("tags", Field::Text(TextField::Tag)),
    ("external", Field::Text(TextField::External)),
    ("external_id", Field::Text(TextField::External)),
    ("opened", Field::Time(TimeField::Opened)),
    ("opened_at", Field::Time(TimeField::Opened)),
    ("updated", Field::Time(TimeField::Updated)),
    ("updated_at", Field::Time(TimeField::Updated)),
    ("started", Field::Time(TimeField::Started)),
    ("started_at", Field::Time(TimeField::Started)),
    ("resolved", Field::Time(TimeField::Resolved)),
    ("resolved_at", Field::Time(TimeField::Resolved)),
    ("closed", Field::Time(TimeField::Closed)),
    ("closed_at", Field::Time(TimeField::Closed)),
    ("age", Field::Age),
];

const SORTS: &[(&str, SortField)] = &[
    ("id", SortField::Id),
    ("type", SortField::Kind),
    ("title", SortField::Title),
    ("name", SortField::Title),
    ("status", SortField::Status),
    ("priority", SortField::Rank(RankField::Priority)),
    ("impact", SortField::Rank(RankField::Impact)),
    ("urgency", SortField::Rank(RankField::Urgency)),
    ("assignee", SortField::Text(TextField::Assignee)),
    ("owner", SortField::Text(TextField::Assignee)),
    ("requester", SortField::Text(TextField::Requester)),
    ("team", SortField::Text(TextField::Team)),
    ("service", SortField::Text(TextField::Service)),
    ("category", SortField::Text(TextField::Category)),
    ("class", SortField::Text(TextField::Category)),
    ("channel", SortField::Text(TextField::Channel)),
    ("domain", SortField::Text(TextField::Domain)),
    ("external", SortField::Text(TextField::External)),
    ("external_id", SortField::Text(TextField::External)),
    ("opened", SortField::Time(TimeField::Opened)),
    ("opened_at", SortField::Time(TimeField::Opened)),
    ("updated", SortField::Time(TimeField::Updated)),
    ("updated_at", SortField::Time(TimeField::Updated)),
    ("started", SortField::Time(TimeField::Started)),
    ("started_at", SortField::Time(TimeField::Started)),
    ("resolved", SortField::Time(TimeField::Resolved)),
    ("resolved_at", SortField::Time(TimeField::Resolved)),
    ("closed", SortField::Time(TimeField::Closed)),
    ("closed_at", SortField::Time(TimeField::Closed)),
];

/// The prefix of the desk's own fields.
const CUSTOM: &str = "custom.";

impl Field {
    /// The field called `name`, if there is one.
    pub fn named(name: &str) -> Option<Self> {
        if let Some(own) = name.strip_prefix(CUSTOM) {
            return (!own.is_empty()).then(|| Field::Text(TextField::Custom(own.to_owned())));
        }
        find(NAMES, name)
    }

    /// The names that can stand before a colon, without the desk's own fields.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name).chain(["sort", "limit"])
    }
}

impl SortField {
    /// The key called `name`, if there is one.
    pub(super) fn named(name: &str) -> Option<Self> {
        if let Some(own) = name.strip_prefix(CUSTOM) {
            return (!own.is_empty()).then(|| SortField::Text(TextField::Custom(own.to_owned())));
        }
        find(SORTS, name)
    }

    /// The proper name; `custom` for any of the desk's own fields.
    pub fn name(&self) -> &'static str {
        SORTS.iter().find(|(_, field)| field == self).map_or("custom", |(name, _)| name)
    }

    /// The names that can stand after `sort:`.
    pub fn names() -> impl Iterator<Item = &'static str> {
        SORTS.iter().map(|(name, _)| *name).chain(["age"])
    }
}

fn find<T: Clone>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
}

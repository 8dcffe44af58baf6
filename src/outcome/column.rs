//! The columns of lists and their names.

use std::borrow::Cow;

/// A column of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Column {
    Id,
    FullId,
    Type,
    Title,
    Status,
    State,
    Priority,
    Impact,
    Urgency,
    Assignee,
    Team,
    Requester,
    Service,
    Category,
    Tags,
    Channel,
    ExternalId,
    Domain,
    /// Time since it was opened.
    Age,
    Opened,
    Updated,
    Started,
    Resolved,
    Closed,
    /// When the first open commitment is due.
    Due,
    /// How the commitments stand.
    Sla,
    /// One of the desk's own fields.
    Custom(String),
}

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
    ("due", Column::Due),
    ("sla", Column::Sla),
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

impl Column {
    /// Reads column names separated by commas: `id,title,custom.floor`.
    ///
    /// # Errors
    ///
    /// One of them names no column.
    pub fn list(text: &str) -> Result<Vec<Self>, UnknownColumn> {
        text.split(',').map(str::trim).filter(|name| !name.is_empty()).map(Self::named).collect()
    }

    /// Every name that [`named`](Self::named) takes for a column of its own, for
    /// help and completions. The desk's own fields come as `custom.<name>`
    /// besides.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().enumerate().filter_map(|(at, (name, column))| {
            let first = NAMES.iter().position(|(_, other)| other == column);
            (first == Some(at)).then_some(*name)
        })
    }

    /// The column called `text`; hyphens stand for underscores.
    ///
    /// # Errors
    ///
    /// There is none.
    pub fn named(text: &str) -> Result<Self, UnknownColumn> {
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

    /// The column's name, as [`named`](Self::named) reads it.
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            Column::Custom(field) => Cow::Owned(format!("custom.{field}")),
            _ => Cow::Borrowed(
                NAMES.iter().find(|(_, other)| other == self).map_or("", |(name, _)| *name),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back() {
        for name in Column::names() {
            let columns = Column::list(name).expect(name);
            assert_eq!(columns.len(), 1);
            assert_eq!(columns[0].name(), name);
        }
        assert_eq!(Column::names().count(), 26);
        assert_eq!(Column::list("custom.floor"), Ok(vec![Column::Custom("floor".into())]));
    }

    #[test]
    fn lists_and_other_spellings() {
        assert_eq!(
            Column::list(" ID, opened-at ,title,"),
            Ok(vec![Column::Id, Column::Opened, Column::Title])
        );
        let near = |name: &str, nearest| Err(UnknownColumn { name: name.to_owned(), nearest });
        assert_eq!(Column::list("id,asignee"), near("asignee", Some("assignee")));
        assert_eq!(Column::list("custom."), near("custom.", None));
        assert_eq!(Column::list("xyzzy"), near("xyzzy", None));
    }
}

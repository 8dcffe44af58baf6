//! The columns of lists and their names.

use std::borrow::Cow;

use crate::query::{
    ANSWER, CountField, Field, FieldInfo, LengthField, RankField, TextField, TimeField,
};

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
    /// Time since it last changed.
    Idle,
    /// The configuration items concerned.
    Cis,
    /// Relations in the direction that is kept.
    Links,
    /// Whether a problem's cause is known.
    KnownError,
    /// A field with a fixed list of values.
    Rank(RankField),
    /// A field that holds text, or several.
    Text(TextField),
    /// A field that holds a time.
    Time(TimeField),
    /// A number of things.
    Count(CountField),
    /// A span of time.
    Length(LengthField),
    /// All time on hold so far.
    OnHold,
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
    ("opened_by", Column::Text(TextField::OpenedBy)),
    ("resolved_by", Column::Text(TextField::ResolvedBy)),
    ("voter", Column::Text(TextField::Approver)),
    ("noted_by", Column::Text(TextField::NotedBy)),
    ("ci", Column::Cis),
    ("idle", Column::Idle),
    ("time_to_start", Column::Length(LengthField::ToStart)),
    ("time_to_resolve", Column::Length(LengthField::ToResolve)),
    ("hold", Column::Text(TextField::Hold)),
    ("hold_since", Column::Time(TimeField::HoldSince)),
    ("on_hold", Column::OnHold),
    ("reopened", Column::Count(CountField::Reopened)),
    ("escalation", Column::Count(CountField::Escalation)),
    ("resolution", Column::Text(TextField::Resolution)),
    ("approval", Column::Rank(RankField::Approval)),
    ("votes", Column::Count(CountField::Votes)),
    ("offering", Column::Text(TextField::Offering)),
    ("template", Column::Text(TextField::Template)),
    ("tasks", Column::Count(CountField::Tasks)),
    ("open_tasks", Column::Count(CountField::OpenTasks)),
    ("task_assignee", Column::Text(TextField::TaskAssignee)),
    ("task_team", Column::Text(TextField::TaskTeam)),
    ("task_state", Column::Text(TextField::TaskState)),
    ("csat", Column::Count(CountField::Csat)),
    ("known_error", Column::KnownError),
    ("model", Column::Rank(RankField::Model)),
    ("risk", Column::Rank(RankField::Risk)),
    ("major", Column::Rank(RankField::Major)),
    ("outcome", Column::Rank(RankField::Outcome)),
    ("planned_start", Column::Time(TimeField::PlannedStart)),
    ("planned_end", Column::Time(TimeField::PlannedEnd)),
    ("criticality", Column::Rank(RankField::Criticality)),
    ("environment", Column::Text(TextField::Environment)),
    ("location", Column::Text(TextField::Location)),
    ("version", Column::Text(TextField::Version)),
    ("repository", Column::Text(TextField::Repository)),
    ("commit", Column::Text(TextField::Commit)),
    ("deployed", Column::Time(TimeField::Deployed)),
    ("notes", Column::Count(CountField::Notes)),
    ("attachments", Column::Count(CountField::Attachments)),
    ("links", Column::Links),
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
    /// Whether it shows nothing but what the index reads for every list.
    pub const fn is_brief(&self) -> bool {
        matches!(
            self,
            Self::Id
                | Self::FullId
                | Self::Type
                | Self::Title
                | Self::Status
                | Self::State
                | Self::Priority
                | Self::Assignee
                | Self::Team
                | Self::Requester
                | Self::Service
                | Self::Category
                | Self::Age
                | Self::Opened
                | Self::Updated
                | Self::Idle
        )
    }

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
        if let Some(answer) = text.strip_prefix("answer.").filter(|name| !name.is_empty()) {
            return Ok(Column::Text(TextField::Custom(format!("{ANSWER}{answer}"))));
        }
        // Fields have other spellings, which mean the same here.
        let is = |info: &FieldInfo, name: &str| info.name == name || info.aliases.contains(&name);
        if let Some(info) = Field::all().iter().find(|info| is(info, &wanted))
            && let Some((_, column)) = NAMES.iter().find(|(name, _)| is(info, name))
        {
            return Ok(column.clone());
        }
        let nearest = NAMES
            .iter()
            .map(|(name, _)| (strsim::jaro_winkler(name, &wanted), *name))
            .filter(|(likeness, _)| *likeness > 0.75 && !wanted.ends_with('.'))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, name)| name);
        Err(UnknownColumn { name: text.to_owned(), nearest })
    }

    /// The column's name, as [`named`](Self::named) reads it.
    pub fn name(&self) -> Cow<'static, str> {
        match self {
            Column::Custom(field) => Cow::Owned(format!("custom.{field}")),
            Column::Text(TextField::Custom(name)) => {
                Cow::Owned(format!("answer.{}", name.strip_prefix(ANSWER).unwrap_or(name)))
            }
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
        assert_eq!(Column::names().count(), 67);
        assert_eq!(Column::list("custom.floor"), Ok(vec![Column::Custom("floor".into())]));
    }

    #[test]
    fn what_lists_can_be_sorted_by_can_be_shown() {
        for info in Field::all().iter().filter(|info| info.sorts()) {
            for name in [info.name].iter().chain(info.aliases) {
                assert!(Column::named(name).is_ok(), "{name}");
            }
        }
        assert_eq!(Column::named("answer.site").expect("a column").name(), "answer.site");
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

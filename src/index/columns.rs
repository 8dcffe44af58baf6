//! Which columns of the tables hold which fields.

use crate::query::{CountField, LengthField, OwnType, RankField, TextField, TimeField};

pub(super) const fn rank(field: RankField) -> &'static str {
    match field {
        RankField::Priority => "rec.priority",
        RankField::Impact => "rec.impact",
        RankField::Urgency => "rec.urgency",
        RankField::Risk => "rec.risk",
        RankField::Criticality => "rec.criticality",
        RankField::Model => "rec.model",
        RankField::Outcome => "rec.outcome",
        RankField::Major => "rec.major",
        RankField::Approval => "rec.approval",
    }
}

pub(super) const fn time(field: TimeField) -> &'static str {
    match field {
        TimeField::Opened => "rec.opened",
        TimeField::Updated => "rec.updated",
        TimeField::Started => "rec.started",
        TimeField::Resolved => "rec.resolved",
        TimeField::Closed => "rec.closed",
        TimeField::PlannedStart => "rec.planned_start",
        TimeField::PlannedEnd => "rec.planned_end",
        TimeField::Deployed => "rec.deployed",
        TimeField::HoldSince => "rec.hold_since",
    }
}

pub(super) const fn count(field: CountField) -> &'static str {
    match field {
        CountField::Reopened => "rec.reopened",
        CountField::Escalation => "rec.escalation",
        CountField::Notes => "rec.notes",
        CountField::Attachments => "rec.attachments",
        CountField::Votes => "rec.votes",
        CountField::Tasks => "rec.tasks",
        CountField::OpenTasks => "rec.open_tasks",
        CountField::Csat => "rec.csat",
    }
}

/// The column of a field; lists and own fields have tables of their own.
pub(super) const fn text(field: &TextField) -> &'static str {
    match field {
        TextField::Assignee => "rec.assignee",
        TextField::Requester => "rec.requester",
        TextField::OpenedBy => "rec.opened_by",
        TextField::ResolvedBy => "rec.resolved_by",
        TextField::Team => "rec.team",
        TextField::Service => "rec.service",
        TextField::Category => "rec.category",
        TextField::Channel => "rec.channel",
        TextField::Domain => "rec.domain",
        TextField::External => "rec.external",
        TextField::Resolution => "rec.resolution",
        TextField::Hold => "rec.hold",
        // One column: a record is either a request or a change.
        TextField::Offering => "(CASE rec.kind WHEN 1 THEN rec.offering END COLLATE NOCASE)",
        TextField::Template => "(CASE rec.kind WHEN 3 THEN rec.offering END COLLATE NOCASE)",
        TextField::Environment => "rec.environment",
        TextField::Location => "rec.location",
        TextField::Version => "rec.version",
        TextField::Repository => "rec.repository",
        TextField::Commit => "rec.code",
        TextField::Tag
        | TextField::Approver
        | TextField::NotedBy
        | TextField::TaskAssignee
        | TextField::TaskTeam
        | TextField::TaskState
        | TextField::Custom(_) => "NULL",
    }
}

/// The column of `custom` that holds what a text stands for.
pub(super) const fn own(of: OwnType) -> &'static str {
    match of {
        OwnType::Number => "number",
        OwnType::Time => "time",
    }
}

/// A span of time, with how many times now must be bound to it.
pub(super) const fn length(field: LengthField) -> &'static str {
    match field {
        LengthField::ToStart => "(rec.started - rec.opened)",
        LengthField::ToResolve => "(rec.resolved - rec.opened)",
        LengthField::OnHold(_) => "nullif(rec.held + max(coalesce(? - rec.hold_since, 0), 0), 0)",
    }
}

/// The table of a field that can have several values: up to the comparison,
/// and the column to compare.
pub(super) const fn list(field: &TextField) -> Option<(&'static str, &'static str)> {
    match field {
        TextField::Tag => Some(("rec.n IN (SELECT n FROM tag WHERE tag", "tag")),
        TextField::Approver => {
            Some(("rec.n IN (SELECT n FROM involved WHERE role = 1 AND person", "person"))
        }
        TextField::NotedBy => {
            Some(("rec.n IN (SELECT n FROM involved WHERE role = 2 AND person", "person"))
        }
        TextField::TaskAssignee => {
            Some(("rec.n IN (SELECT n FROM involved WHERE role = 3 AND person", "person"))
        }
        TextField::TaskTeam => {
            Some(("rec.n IN (SELECT n FROM involved WHERE role = 4 AND person", "person"))
        }
        TextField::TaskState => {
            Some(("rec.n IN (SELECT n FROM involved WHERE role = 5 AND person", "person"))
        }
        _ => None,
    }
}

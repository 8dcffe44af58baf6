//! What all record types have in common.

use indexmap::IndexMap;
use ulid::Ulid;

use super::{
    Approval, Attachment, Change, Ci, Hold, Incident, Kind, Level, Link, Note, PersonId, Priority,
    Problem, RecordId, Request, Resolution, StateName, Survey, Task, TeamId, Timestamp,
};

/// The desk's own fields of one record: name and value, as text.
///
/// Values stay text in files, so that no reader turns `1.10` into `1.1`; the
/// desk's settings say what the text must be.
pub type Custom = IndexMap<String, String>;

/// One record of any type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    Incident(Incident),
    Request(Request),
    Problem(Problem),
    Change(Change),
    Ci(Ci),
}

/// Defines a ticket type: its own fields between those that every ticket has.
///
/// Serde's `flatten` would share the common fields too, but buffers scalars and
/// so corrupts them (`1.10` read as a number becomes `1.1`).
macro_rules! ticket {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The record's id, which also fixes its path.
            pub id: $crate::model::RecordId,
            /// The matter in one line.
            pub title: String,
            /// The state in the workflow of this record type.
            pub status: $crate::model::StateName,
            /// The part of a hybrid organisation that the ticket belongs to.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub domain: Option<$crate::model::StateName>,
            /// How far it reaches.
            pub impact: $crate::model::Level,
            /// How soon it must be dealt with.
            pub urgency: $crate::model::Level,
            /// The order of work, from impact and urgency by the desk's matrix.
            pub priority: $crate::model::Priority,
            /// Why the priority is not the one of impact and urgency.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub priority_reason: Option<String>,
            $($(#[$field_doc])* pub $field: $type,)*
            /// The business service concerned.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub service: Option<String>,
            /// The configuration items concerned.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub cis: Vec<$crate::model::RecordId>,
            /// Who asked, or who is affected.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub requester: Option<$crate::model::PersonId>,
            /// Who works on it.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub assignee: Option<$crate::model::PersonId>,
            /// Which team it is with.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub team: Option<$crate::model::TeamId>,
            /// What it is about, levels separated by `/`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub category: Option<String>,
            /// Free labels, sorted, without duplicates.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub tags: Vec<String>,
            /// How it reached the desk, for example `cli`, `phone` or `email`.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub channel: Option<String>,
            /// Its number in the system it was imported from.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub external_id: Option<String>,
            /// When it was reported.
            pub opened_at: $crate::model::Timestamp,
            /// Who wrote it down.
            pub opened_by: $crate::model::PersonId,
            /// When it last changed.
            pub updated_at: $crate::model::Timestamp,
            /// When work began; kept from the first time.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub started_at: Option<$crate::model::Timestamp>,
            /// When it was resolved, fulfilled or carried out; the last time counts.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub resolved_at: Option<$crate::model::Timestamp>,
            /// When it ended for good.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub closed_at: Option<$crate::model::Timestamp>,
            /// How often it was opened again.
            #[serde(default, skip_serializing_if = "is_zero")]
            pub reopen_count: u32,
            /// The spans on hold, in order of time.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub holds: Vec<$crate::model::Hold>,
            /// How it ended.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub resolution: Option<$crate::model::Resolution>,
            /// How satisfied the requester was.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub csat: Option<$crate::model::Survey>,
            /// The matter at length.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub description: Option<String>,
            /// The votes on it, in order of time.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub approvals: Vec<$crate::model::Approval>,
            /// The steps of carrying it out.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub tasks: Vec<$crate::model::Task>,
            /// Relations to other records, sorted.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub links: Vec<$crate::model::Link>,
            /// What was said about it, in order of time.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub notes: Vec<$crate::model::Note>,
            /// Files kept with it.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub attachments: Vec<$crate::model::Attachment>,
            /// The desk's own fields.
            #[serde(
                default,
                deserialize_with = "crate::model::unique::map",
                skip_serializing_if = "indexmap::IndexMap::is_empty"
            )]
            pub custom: $crate::model::Custom,
        }

        fn is_zero(number: &u32) -> bool {
            *number == 0
        }
    };
}
pub(super) use ticket;

/// Reads one field of whatever type the record is.
macro_rules! each {
    ($record:expr, $bound:ident => $value:expr) => {
        match $record {
            Record::Incident($bound) => $value,
            Record::Request($bound) => $value,
            Record::Problem($bound) => $value,
            Record::Change($bound) => $value,
            Record::Ci($bound) => $value,
        }
    };
}

/// As [`each`], for fields that only tickets have.
macro_rules! each_ticket {
    ($record:expr, $bound:ident => $value:expr, $otherwise:expr) => {
        match $record {
            Record::Incident($bound) => $value,
            Record::Request($bound) => $value,
            Record::Problem($bound) => $value,
            Record::Change($bound) => $value,
            Record::Ci(_) => $otherwise,
        }
    };
}

impl Record {
    /// The record's id.
    pub fn id(&self) -> RecordId {
        each!(self, record => record.id)
    }

    /// The record's type.
    pub fn kind(&self) -> Kind {
        self.id().kind()
    }

    /// The title of a ticket, the name of a configuration item.
    pub fn title(&self) -> &str {
        each_ticket!(self, ticket => &ticket.title, match self {
            Record::Ci(ci) => &ci.name,
            _ => "",
        })
    }

    /// The state in the workflow of its type.
    pub fn status(&self) -> &StateName {
        each!(self, record => &record.status)
    }

    /// Moves the record to `state`; whether it may is for the policy to say.
    pub fn set_status(&mut self, state: StateName) {
        each!(self, record => record.status = state);
    }

    /// The part of a hybrid organisation that it belongs to.
    pub fn domain(&self) -> Option<&StateName> {
        each!(self, record => record.domain.as_ref())
    }

    /// How far a ticket reaches; `None` for a configuration item.
    pub fn impact(&self) -> Option<Level> {
        each_ticket!(self, ticket => Some(ticket.impact), None)
    }

    /// How soon a ticket must be dealt with; `None` for a configuration item.
    pub fn urgency(&self) -> Option<Level> {
        each_ticket!(self, ticket => Some(ticket.urgency), None)
    }

    /// The order of work of a ticket; `None` for a configuration item.
    pub fn priority(&self) -> Option<Priority> {
        each_ticket!(self, ticket => Some(ticket.priority), None)
    }

    /// Why a ticket's priority is not the one of its impact and urgency.
    pub fn priority_reason(&self) -> Option<&str> {
        each_ticket!(self, ticket => ticket.priority_reason.as_deref(), None)
    }

    /// Sets or takes away the reason for a ticket's own priority.
    pub fn set_priority_reason(&mut self, reason: Option<String>) {
        each_ticket!(self, ticket => ticket.priority_reason = reason, ());
    }

    /// Sets a ticket's priority; a configuration item has none.
    pub fn set_priority(&mut self, priority: Priority) {
        each_ticket!(self, ticket => ticket.priority = priority, ());
    }

    /// The business service concerned.
    pub fn service(&self) -> Option<&str> {
        each!(self, record => record.service.as_deref())
    }

    /// The configuration items a ticket concerns.
    pub fn cis(&self) -> &[RecordId] {
        each_ticket!(self, ticket => &ticket.cis, &[])
    }

    /// The configuration items concerned, to be changed; only tickets have any.
    pub fn cis_mut(&mut self) -> Option<&mut Vec<RecordId>> {
        each_ticket!(self, ticket => Some(&mut ticket.cis), None)
    }

    /// Who asked, or who is affected.
    pub fn requester(&self) -> Option<&PersonId> {
        each_ticket!(self, ticket => ticket.requester.as_ref(), None)
    }

    /// Who works on a ticket, or owns a configuration item.
    pub fn assignee(&self) -> Option<&PersonId> {
        each_ticket!(self, ticket => ticket.assignee.as_ref(), match self {
            Record::Ci(ci) => ci.owner.as_ref(),
            _ => None,
        })
    }

    /// Gives the record to `person`, or to nobody.
    pub fn set_assignee(&mut self, person: Option<PersonId>) {
        match self {
            Record::Ci(ci) => ci.owner = person,
            _ => each_ticket!(self, ticket => ticket.assignee = person, ()),
        }
    }

    /// Which team it is with.
    pub fn team(&self) -> Option<&TeamId> {
        each!(self, record => record.team.as_ref())
    }

    /// Gives the record to a team, or to none.
    pub fn set_team(&mut self, team: Option<TeamId>) {
        each!(self, record => record.team = team);
    }

    /// What a ticket is about; the class of a configuration item.
    pub fn category(&self) -> Option<&str> {
        each_ticket!(self, ticket => ticket.category.as_deref(), match self {
            Record::Ci(ci) => Some(&ci.class),
            _ => None,
        })
    }

    /// Free labels.
    pub fn tags(&self) -> &[String] {
        each!(self, record => &record.tags)
    }

    /// How a ticket reached the desk.
    pub fn channel(&self) -> Option<&str> {
        each_ticket!(self, ticket => ticket.channel.as_deref(), None)
    }

    /// Its number in the system it was imported from.
    pub fn external_id(&self) -> Option<&str> {
        each!(self, record => record.external_id.as_deref())
    }

    /// When it was reported or recorded.
    pub fn opened_at(&self) -> Timestamp {
        each!(self, record => record.opened_at)
    }

    /// Who wrote it down.
    pub fn opened_by(&self) -> &PersonId {
        each!(self, record => &record.opened_by)
    }

    /// When it last changed.
    pub fn updated_at(&self) -> Timestamp {
        each!(self, record => record.updated_at)
    }

    /// Notes that it changed at `now`.
    pub fn touch(&mut self, now: Timestamp) {
        each!(self, record => record.updated_at = now);
    }

    /// When work on a ticket began.
    pub fn started_at(&self) -> Option<Timestamp> {
        each_ticket!(self, ticket => ticket.started_at, None)
    }

    /// Sets or clears when work on a ticket began.
    pub fn set_started_at(&mut self, at: Option<Timestamp>) {
        each_ticket!(self, ticket => ticket.started_at = at, ());
    }

    /// When a ticket was resolved, fulfilled or carried out.
    pub fn resolved_at(&self) -> Option<Timestamp> {
        each_ticket!(self, ticket => ticket.resolved_at, None)
    }

    /// Sets or clears when a ticket was resolved.
    pub fn set_resolved_at(&mut self, at: Option<Timestamp>) {
        each_ticket!(self, ticket => ticket.resolved_at = at, ());
    }

    /// When the record ended for good.
    pub fn closed_at(&self) -> Option<Timestamp> {
        each_ticket!(self, ticket => ticket.closed_at, match self {
            Record::Ci(ci) => ci.retired_at,
            _ => None,
        })
    }

    /// Sets or clears when the record ended for good.
    pub fn set_closed_at(&mut self, at: Option<Timestamp>) {
        match self {
            Record::Ci(ci) => ci.retired_at = at,
            _ => each_ticket!(self, ticket => ticket.closed_at = at, ()),
        }
    }

    /// How often a ticket was opened again.
    pub fn reopen_count(&self) -> u32 {
        each_ticket!(self, ticket => ticket.reopen_count, 0)
    }

    /// Counts one more reopening of a ticket.
    pub fn count_reopening(&mut self) {
        each_ticket!(self, ticket => ticket.reopen_count = ticket.reopen_count.saturating_add(1), ());
    }

    /// A ticket's spans on hold.
    pub fn holds(&self) -> &[Hold] {
        each_ticket!(self, ticket => &ticket.holds, &[])
    }

    /// A ticket's spans on hold, to be changed; `None` for a configuration item.
    pub fn holds_mut(&mut self) -> Option<&mut Vec<Hold>> {
        each_ticket!(self, ticket => Some(&mut ticket.holds), None)
    }

    /// How a ticket ended.
    pub fn resolution(&self) -> Option<&Resolution> {
        each_ticket!(self, ticket => ticket.resolution.as_ref(), None)
    }

    /// Sets or clears how a ticket ended.
    pub fn set_resolution(&mut self, resolution: Option<Resolution>) {
        each_ticket!(self, ticket => ticket.resolution = resolution, ());
    }

    /// The matter at length.
    pub fn description(&self) -> Option<&str> {
        each!(self, record => record.description.as_deref())
    }

    /// The votes on a ticket.
    pub fn approvals(&self) -> &[Approval] {
        each_ticket!(self, ticket => &ticket.approvals, &[])
    }

    /// The votes on a ticket, without the moments from which they were asked for.
    pub fn votes(&self) -> impl DoubleEndedIterator<Item = &Approval> {
        self.approvals().iter().filter(|approval| approval.is_vote())
    }

    /// The votes on a ticket, to be changed; `None` for a configuration item.
    pub fn approvals_mut(&mut self) -> Option<&mut Vec<Approval>> {
        each_ticket!(self, ticket => Some(&mut ticket.approvals), None)
    }

    /// The steps of carrying out a ticket.
    pub fn tasks(&self) -> &[Task] {
        each_ticket!(self, ticket => &ticket.tasks, &[])
    }

    /// The steps of carrying out a ticket, to be changed; `None` for a
    /// configuration item.
    pub fn tasks_mut(&mut self) -> Option<&mut Vec<Task>> {
        each_ticket!(self, ticket => Some(&mut ticket.tasks), None)
    }

    /// How satisfied the requester of a ticket was.
    pub fn csat(&self) -> Option<&Survey> {
        each_ticket!(self, ticket => ticket.csat.as_ref(), None)
    }

    /// Sets how satisfied the requester of a ticket was.
    pub fn set_csat(&mut self, csat: Option<Survey>) {
        each_ticket!(self, ticket => ticket.csat = csat, ());
    }

    /// Relations to other records, in the stored direction.
    pub fn links(&self) -> &[Link] {
        each!(self, record => &record.links)
    }

    /// Relations to other records, to be changed.
    pub fn links_mut(&mut self) -> &mut Vec<Link> {
        each!(self, record => &mut record.links)
    }

    /// What was said about it.
    pub fn notes(&self) -> &[Note] {
        each!(self, record => &record.notes)
    }

    /// What was said about it, to be added to.
    pub fn notes_mut(&mut self) -> &mut Vec<Note> {
        each!(self, record => &mut record.notes)
    }

    /// Files kept with it.
    pub fn attachments(&self) -> &[Attachment] {
        each!(self, record => &record.attachments)
    }

    /// Files kept with it, to be changed.
    pub fn attachments_mut(&mut self) -> &mut Vec<Attachment> {
        each!(self, record => &mut record.attachments)
    }

    /// The desk's own fields.
    pub fn custom(&self) -> &Custom {
        each!(self, record => &record.custom)
    }

    /// Brings lists into their canonical order, without duplicates.
    pub fn normalise(&mut self) {
        each!(self, record => {
            record.tags.sort();
            record.tags.dedup();
            record.links.sort();
            record.links.dedup();
        });
        each_ticket!(self, ticket => {
            let mut seen = std::collections::HashSet::new();
            ticket.cis.retain(|ci| seen.insert(*ci));
        }, ());
    }

    /// A free ULID for a part of this record must not be one of these.
    pub fn part_ids(&self) -> impl Iterator<Item = Ulid> + '_ {
        self.notes()
            .iter()
            .map(|note| note.id)
            .chain(self.attachments().iter().map(|attachment| attachment.id))
            .chain(self.approvals().iter().map(|approval| approval.id))
    }
}

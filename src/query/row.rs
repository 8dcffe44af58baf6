//! The short form of a record that lists, filters and counts work on.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{
    Kind, Level, PersonId, Priority, Record, RecordId, StateCategory, StateName, TeamId, Timestamp,
};

/// One record as a list shows it and as a query sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Row {
    pub id: RecordId,
    #[serde(rename = "type")]
    pub kind: Kind,
    pub title: String,
    pub status: StateName,
    /// What the status means in its workflow.
    pub state: StateCategory,
    pub domain: Option<StateName>,
    pub impact: Option<Level>,
    pub urgency: Option<Level>,
    pub priority: Option<Priority>,
    pub service: Option<String>,
    pub cis: Vec<RecordId>,
    pub requester: Option<PersonId>,
    /// Who works on a ticket, or owns a configuration item.
    pub assignee: Option<PersonId>,
    pub team: Option<TeamId>,
    /// The category of a ticket, the class of a configuration item.
    pub category: Option<String>,
    pub tags: Vec<String>,
    pub channel: Option<String>,
    pub external_id: Option<String>,
    pub opened_at: Timestamp,
    pub updated_at: Timestamp,
    pub started_at: Option<Timestamp>,
    pub resolved_at: Option<Timestamp>,
    pub closed_at: Option<Timestamp>,
    pub custom: IndexMap<String, String>,
}

impl Row {
    /// The row of `record`, whose status means `state`.
    pub fn new(record: &Record, state: StateCategory) -> Self {
        Self {
            id: record.id(),
            kind: record.kind(),
            title: record.title().to_owned(),
            status: record.status().clone(),
            state,
            domain: record.domain().cloned(),
            impact: record.impact(),
            urgency: record.urgency(),
            priority: record.priority(),
            service: record.service().map(str::to_owned),
            cis: record.cis().to_vec(),
            requester: record.requester().cloned(),
            assignee: record.assignee().cloned(),
            team: record.team().cloned(),
            category: record.category().map(str::to_owned),
            tags: record.tags().to_vec(),
            channel: record.channel().map(str::to_owned),
            external_id: record.external_id().map(str::to_owned),
            opened_at: record.opened_at(),
            updated_at: record.updated_at(),
            started_at: record.started_at(),
            resolved_at: record.resolved_at(),
            closed_at: record.closed_at(),
            custom: record.custom().clone(),
        }
    }
}

//! The rules of process: pure functions on records, settings and a given now.
//!
//! Every rule lives here once. Commands, imports, `check` and, later, hooks and
//! the audit all ask these functions, so they cannot disagree.

pub mod access;
pub mod approval;
pub mod by_hand;
pub mod calendar;
pub mod cascade;
pub mod catalog;
mod choices;
pub mod closure;
pub mod committed;
pub mod conflict;
pub mod defaults;
pub mod deployment;
pub mod duplicate;
pub mod event;
pub mod evidence;
pub mod gate;
pub mod graph;
pub mod guard;
mod held;
pub mod impact;
pub mod interval;
pub mod major;
pub mod merged;
pub mod overriding;
pub mod plan;
mod priority;
mod refusal;
mod reply;
mod retrace;
pub mod risk;
pub mod roles;
pub mod rules;
pub mod sla;
pub mod soundness;
pub mod survey;
pub mod template;
mod transition;
pub mod validate;
mod verbs;
mod vocabulary;
pub mod windows;
mod workflow;
mod workflows;

pub use choices::{Choice, choices};
pub use priority::{OverrideRefusal, PriorityMatrix, UrgencyRow};
pub use refusal::Refusal;
pub use reply::{after_note, follow_up, opens_follow_up};
pub use retrace::{begin, follow, waits};
pub use transition::{Inputs, Scene, apply, escalate, is_of_use, offered, open_to};
pub use verbs::{Verb, verbs};
pub use workflow::{HoldFlag, OnClosed, Reply, State, Transition, Vote, Workflow, WorkflowError};
pub use workflows::Workflows;

use crate::model::{DeskSettings, Kind, Person, PersonId, Record, StateCategory, Team, TeamId};

/// The settings of a desk that rules depend on.
#[derive(Clone, Debug)]
pub struct Policy {
    pub settings: DeskSettings,
    pub people: Vec<Person>,
    pub teams: Vec<Team>,
    pub priorities: PriorityMatrix,
    pub workflows: Workflows,
    pub roles: roles::Roles,
    pub models: template::Models,
}

impl Policy {
    /// The state machine of records of type `kind` in no domain that has its
    /// own.
    pub fn workflow(&self, kind: Kind) -> &Workflow {
        self.workflows.of(kind)
    }

    /// The state machine of `record`: that of its domain, if there is one.
    pub fn workflow_of(&self, record: &Record) -> &Workflow {
        self.workflows.in_domain(record.kind(), record.domain())
    }

    /// What the record's state means. A state that the workflow does not know
    /// counts as open, so that nothing gets lost.
    pub fn category_of(&self, record: &Record) -> StateCategory {
        self.workflow_of(record).category(record.status())
    }

    /// Whether nobody is listed, so that everyone may act as who git says they are.
    pub fn is_open_desk(&self) -> bool {
        self.people.is_empty()
    }

    /// The listed person or machine principal with this id.
    pub fn person(&self, id: &PersonId) -> Option<&Person> {
        self.people.iter().find(|person| person.id == *id)
    }

    /// The listed team with this id.
    pub fn team(&self, id: &TeamId) -> Option<&Team> {
        self.teams.iter().find(|team| team.id == *id)
    }
}

#[cfg(test)]
#[path = "tests/fixture.rs"]
pub(crate) mod fixture;

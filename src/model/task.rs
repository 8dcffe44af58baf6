//! Tasks: the steps of carrying out a ticket, each with its own state.

use std::fmt;
use std::ops::RangeInclusive;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PersonId, StateName, TaskId, TeamId, Timestamp};

/// One step of carrying out a ticket.
///
/// The plan is a graph: a task opens as soon as what it needs is over. Its
/// states are those of catalogue tasks in ServiceNow, and one before them for
/// what cannot begin yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// Unique within the record, and the same in every clone.
    pub id: TaskId,
    /// What is to be done, in one line.
    pub title: String,
    pub state: TaskState,
    /// The tasks that must be over before this one opens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<TaskId>,
    /// The approvals that must be granted before it opens, by the names of
    /// their definitions, besides those of the whole record.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub approvals: Vec<StateName>,
    /// Which team it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<PersonId>,
    /// How it is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// What must be ticked off before it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub checks: Vec<Check>,
    /// Fields of the record that must have a value before it is done.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requires: Vec<String>,
    /// What must be said when it is done, for example `asset tag`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// By when it is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// When it could first be begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<Timestamp>,
    /// When work on it began; kept from the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it was over, done or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Timestamp>,
    /// Who ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
    /// What was said of it last: what was done, what it waits for, why it was
    /// skipped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// One line of a check list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// What is to be looked at.
    pub text: String,
    /// When it was ticked off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub done_at: Option<Timestamp>,
    /// Who ticked it off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PersonId>,
}

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// Something that it needs is not over yet, or not approved.
    Waiting,
    /// It can be begun.
    Open,
    InProgress,
    /// It waits for somebody or something outside.
    Pending,
    Done,
    /// It ended with the ticket, before it was done.
    Incomplete,
    /// It was not wanted.
    Skipped,
}

impl TaskState {
    /// Every state.
    pub const ALL: [TaskState; 7] = [
        TaskState::Waiting,
        TaskState::Open,
        TaskState::InProgress,
        TaskState::Pending,
        TaskState::Done,
        TaskState::Incomplete,
        TaskState::Skipped,
    ];

    /// The word that files and commands use.
    pub const fn name(self) -> &'static str {
        match self {
            TaskState::Waiting => "waiting",
            TaskState::Open => "open",
            TaskState::InProgress => "in_progress",
            TaskState::Pending => "pending",
            TaskState::Done => "done",
            TaskState::Incomplete => "incomplete",
            TaskState::Skipped => "skipped",
        }
    }

    /// Whether nothing more is to be done.
    pub const fn is_over(self) -> bool {
        matches!(self, TaskState::Done | TaskState::Incomplete | TaskState::Skipped)
    }

    /// Whether somebody can work on it now, or does.
    pub const fn is_active(self) -> bool {
        matches!(self, TaskState::Open | TaskState::InProgress | TaskState::Pending)
    }

    /// Whether what needs it can go on: it was done, or was not wanted.
    pub const fn is_met(self) -> bool {
        matches!(self, TaskState::Done | TaskState::Skipped)
    }
}

impl fmt::Display for TaskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl Task {
    /// A task that waits, and nothing else.
    pub fn new(id: TaskId, title: String) -> Self {
        Self {
            id,
            title,
            state: TaskState::Waiting,
            needs: Vec::new(),
            approvals: Vec::new(),
            team: None,
            assignee: None,
            description: None,
            checks: Vec::new(),
            requires: Vec::new(),
            evidence: None,
            due_at: None,
            opened_at: None,
            started_at: None,
            done_at: None,
            by: None,
            text: None,
        }
    }
}

/// How satisfied the requester was with a ticket, answered once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// 1 (very dissatisfied) to 5 (very satisfied).
    #[schemars(range(min = 1, max = 5))]
    pub points: u32,
    pub at: Timestamp,
    /// Who answered.
    pub by: PersonId,
    /// What they said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

impl Survey {
    /// The scale: 1 (very dissatisfied) to 5 (very satisfied).
    pub const POINTS: RangeInclusive<u32> = 1..=5;
}

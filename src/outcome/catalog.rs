//! The service catalogue, plans and tasks, as they are answered.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{
    Kind, Level, OfferingName, PersonId, RecordId, StateName, Task, TaskId, TeamId, Timestamp,
};

/// What can be asked for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CatalogView {
    /// The name and version of this form.
    #[schemars(extend("const" = CatalogView::SCHEMA))]
    pub schema: &'static str,
    pub offerings: Vec<OfferingLine>,
    /// Files of the catalogue that cannot be read, which hide no other.
    #[serde(skip)]
    pub unreadable: usize,
}

/// One offering in a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OfferingLine {
    /// What it is called on the command line.
    pub offering: OfferingName,
    /// What people call it.
    pub name: String,
    pub category: Option<String>,
    pub team: Option<TeamId>,
    /// How many questions its form has, with those of its parts.
    pub questions: usize,
    /// How many tasks its plan has, with those of its parts.
    pub tasks: usize,
    pub approvals: Vec<StateName>,
    /// Whether it can no longer be asked for.
    pub retired: bool,
}

/// One offering in full, with all that comes with it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct OfferingView {
    /// The name and version of this form.
    #[schemars(extend("const" = OfferingView::SCHEMA))]
    pub schema: &'static str,
    /// What it is called on the command line.
    pub offering: OfferingName,
    /// What people call it.
    pub name: String,
    pub description: Option<String>,
    /// The title of a request for it, before the answers are in it.
    pub title: String,
    pub category: Option<String>,
    pub service: Option<String>,
    pub team: Option<TeamId>,
    pub impact: Option<Level>,
    pub urgency: Option<Level>,
    pub retired: bool,
    /// The approvals that the whole request needs.
    pub approvals: Vec<StateName>,
    /// The questions in the order in which they are asked.
    pub form: Vec<QuestionView>,
    /// The plan as it would be if every task were wanted.
    pub plan: Vec<PlannedView>,
}

/// One question of a form.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct QuestionView {
    /// What the command line and the answers call it.
    pub key: String,
    pub question: String,
    #[serde(rename = "type")]
    pub of: &'static str,
    /// What an answer may be, in words.
    pub wanted: String,
    pub choices: Vec<String>,
    pub required: bool,
    pub default: Option<String>,
    /// When it is asked, by earlier answers.
    pub when: Option<String>,
    pub help: Option<String>,
}

/// One task of an offering's plan.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PlannedView {
    /// When it is wanted.
    pub when: Option<String>,
    #[serde(flatten)]
    pub task: Task,
}

/// The plan of a record.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PlanView {
    /// The name and version of this form.
    #[schemars(extend("const" = PlanView::SCHEMA))]
    pub schema: &'static str,
    pub id: RecordId,
    pub short: String,
    pub title: String,
    pub status: StateName,
    /// For ages.
    pub now: Timestamp,
    pub tasks: Vec<Task>,
    /// The approvals of tasks that have been given.
    pub approved: Vec<StateName>,
}

/// Tasks of several records.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TasksView {
    /// The name and version of this form.
    #[schemars(extend("const" = TasksView::SCHEMA))]
    pub schema: &'static str,
    /// For ages.
    pub now: Timestamp,
    pub tasks: Vec<TaskLine>,
}

/// One task in a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct TaskLine {
    pub record: RecordId,
    pub short: String,
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The title of the record.
    pub record_title: String,
    pub task: Task,
    /// What it still waits for.
    pub waits_for: Vec<TaskId>,
    /// Who works on it, or would: the task's assignee, else the record's.
    pub with: Option<PersonId>,
}

/// How satisfied requesters were.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CsatView {
    /// The name and version of this form.
    #[schemars(extend("const" = CsatView::SCHEMA))]
    pub schema: &'static str,
    pub now: Timestamp,
    /// Which tickets were looked at, in the query language.
    pub query: String,
    /// Tickets that are resolved, or were before they were closed.
    pub asked: usize,
    pub answers: usize,
    /// Answers of 4 or 5 points.
    pub satisfied: usize,
    /// Answers by tickets; none without tickets.
    pub response_rate: Option<f64>,
    /// Satisfied by answers; none without answers.
    pub csat: Option<f64>,
    /// The mean of the points; none without answers.
    pub mean: Option<f64>,
    /// How many answers gave each number of points, the best first.
    pub by_points: Vec<CsatCount>,
}

/// How many answers gave so many points.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CsatCount {
    pub points: u32,
    pub answers: usize,
}

//! Workflows, and what can be done with a record by whom it is asked.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{Kind, PersonId, RecordId, StateCategory, StateName};

/// State machines of the desk.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WorkflowsView {
    /// The name and version of this form.
    #[schemars(extend("const" = WorkflowsView::SCHEMA))]
    pub schema: &'static str,
    pub workflows: Vec<WorkflowView>,
}

/// The state machine of one record type, in one domain if it is for one.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WorkflowView {
    #[serde(rename = "type")]
    pub kind: Kind,
    /// The part of a hybrid organisation that it is for.
    pub domain: Option<StateName>,
    /// The file it is from; none where it is built in.
    pub path: Option<String>,
    /// Whether the file was edited since and is shown as it lies there.
    pub edited: bool,
    /// The states in which a record may begin, the usual one first.
    pub entry: Vec<StateName>,
    pub states: Vec<WorkflowState>,
    /// Every way in which an action can be carried out.
    pub transitions: Vec<WorkflowWay>,
    pub hold_reasons: Vec<StateName>,
    pub resolution_codes: Vec<StateName>,
    /// Fields that may be changed in these states only.
    pub only_in: IndexMap<String, Vec<StateName>>,
    /// The action that an answer of the requester sets going.
    pub on_reply: Option<StateName>,
    /// Whether an answer of the requester to what is closed opens a new record.
    pub follows_up: bool,
}

/// A state.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WorkflowState {
    pub name: StateName,
    pub category: StateCategory,
    /// Whether being here means that somebody works on it.
    pub work: bool,
}

/// One way of carrying out an action.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct WorkflowWay {
    pub action: StateName,
    pub from: Vec<StateName>,
    /// Where it leads; none, if the state stays.
    pub to: Option<StateName>,
    /// The change models it is for; all, if empty.
    pub models: Vec<&'static str>,
    /// What must be there or be given.
    pub needs: Vec<String>,
    /// The reasons for a hold with which something must be said.
    pub explain: Vec<StateName>,
    /// Who may carry it out, in words; everybody, if absent.
    pub by: Option<String>,
    /// Who must not, in words.
    pub not_by: Vec<&'static str>,
    /// What it sets.
    pub set: IndexMap<String, String>,
    /// What it empties.
    pub clear: Vec<String>,
    /// The vote it casts: approve or reject.
    pub vote: Option<&'static str>,
    /// Whether approvals must have been given before.
    pub approved: bool,
    /// Whether it is open only to what went on without leave.
    pub overridden: bool,
}

/// What can be done with a record, by whom it is asked, and why the rest cannot.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ActionsView {
    /// The name and version of this form.
    #[schemars(extend("const" = ActionsView::SCHEMA))]
    pub schema: &'static str,
    pub id: RecordId,
    pub short: String,
    pub title: String,
    #[serde(rename = "type")]
    pub kind: Kind,
    pub status: StateName,
    /// Whether the record's workflow knows its state.
    pub known: bool,
    /// Who asks, if anybody knows.
    pub actor: Option<PersonId>,
    /// Every action of the workflow, those that are open first.
    pub actions: Vec<ActionView>,
}

/// An action of the workflow.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ActionView {
    /// As the command line has it.
    pub action: String,
    /// Whether it is open to whoever asks, now.
    pub open: bool,
    /// Whether the record's state offers it to anybody.
    pub offered: bool,
    /// Where it leads, if it moves the state.
    pub to: Option<StateName>,
    /// Whether it is a vote.
    pub vote: bool,
    /// What must be given with it.
    pub needs: Vec<String>,
    /// Why it is not open.
    pub why: Option<String>,
    /// Who could, or what to do about it.
    pub hint: Option<String>,
}

/// An action that the record's state offers, but not to whoever asks.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ClosedAction {
    pub action: String,
    pub why: String,
}

//! Answers about deployments.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{ChangeModel, DeployResult, Deployment, RecordId, StateName, Timestamp};

/// The changes that stand for what is to be deployed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RaiseView {
    /// The name and version of this form.
    #[schemars(extend("const" = RaiseView::SCHEMA))]
    pub schema: &'static str,
    /// Whether nothing was written because only a preview was asked for. The
    /// ids of new changes are then made up.
    pub dry_run: bool,
    /// The code repository, by its name in the desk's settings.
    pub repository: String,
    /// One for each environment; none where nothing is to be deployed.
    pub changes: Vec<RaisedChange>,
    /// What else there is to know, in words.
    pub notices: Vec<String>,
}

/// A change that stands for what is to be deployed to one environment.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RaisedChange {
    pub id: RecordId,
    pub short: String,
    pub title: String,
    pub status: StateName,
    pub model: ChangeModel,
    pub planned_start: Option<Timestamp>,
    pub planned_end: Option<Timestamp>,
    pub result: RaiseResult,
    /// The desk's commit, 40 hexadecimal digits, if something was written.
    pub commit: Option<String>,
    /// What it deploys.
    pub deployment: Deployment,
    /// The records that it is related to.
    pub linked: Vec<RaisedLink>,
    /// What to do next, in words.
    pub next: Vec<String>,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RaiseResult {
    /// It is new.
    Raised,
    /// It was there, and something was added to it.
    Completed,
    /// It was there, and holds everything already.
    Unchanged,
}

/// A record that a raised change is related to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RaisedLink {
    /// The relation, named from the change's end.
    pub rel: String,
    pub id: RecordId,
    pub short: String,
    pub title: String,
}

/// What became of a deployment, and where it is recorded.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeployedView {
    /// The name and version of this form.
    #[schemars(extend("const" = DeployedView::SCHEMA))]
    pub schema: &'static str,
    /// Whether nothing was written because only a preview was asked for.
    pub dry_run: bool,
    /// The change.
    pub id: RecordId,
    pub short: String,
    pub title: String,
    pub status: StateName,
    pub environment: String,
    /// The commit that was deployed, 40 hexadecimal digits.
    pub deployed_commit: Option<String>,
    /// The digest of the artefact that was deployed.
    pub artefact: Option<String>,
    pub result: DeployResult,
    /// Whether a change had allowed it.
    pub authorised: bool,
    /// Whether it was not recorded before.
    pub recorded: bool,
    /// The desk's commit, 40 hexadecimal digits, if something was written.
    pub commit: Option<String>,
    /// The change whose deployment was taken back by it.
    pub taken_back: Option<RaisedLink>,
    /// What else there is to know, in words.
    pub notices: Vec<String>,
}

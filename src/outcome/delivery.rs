//! How software delivery goes: DORA's figures, and deployments against changes.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::{ChangeOutcome, DeployResult, PersonId, RecordId, StateName, Timestamp};

/// DORA's figures over a period.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DoraView {
    /// The name and version of this form.
    #[schemars(extend("const" = DoraView::SCHEMA))]
    pub schema: &'static str,
    pub now: Timestamp,
    /// Deployments from then on count.
    pub from: Timestamp,
    /// Deployments before then count.
    pub to: Timestamp,
    /// The zone by whose clocks days, weeks and months begin.
    pub time_zone: String,
    /// The environments whose deployments count.
    pub environments: Vec<String>,
    /// What the lines stand for: `month`, `week`, `team`, `service`, ...; none
    /// where there is only the total.
    pub by: Option<&'static str>,
    pub lines: Vec<DoraLine>,
    pub total: DoraLine,
}

/// The figures of one group of deployments. A figure of nothing is absent, and
/// never 0.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct DoraLine {
    /// The month, team or the like; none for the total.
    pub name: Option<String>,
    /// Days of the period that belong to the line.
    pub days: f64,
    /// Deployments that went in, or should have.
    pub deployments: usize,
    /// Deployment frequency: deployments by days.
    pub per_day: Option<f64>,
    /// Lead time for changes: the median time from commit to deployment, in
    /// seconds.
    pub lead_time: Option<i64>,
    /// The commits that it is the median of.
    pub lead_time_of: usize,
    /// Deployments that failed, were taken back, or caused an incident.
    pub failed: usize,
    /// Change fail rate: failed ones by deployments.
    pub change_fail_rate: Option<f64>,
    /// Time to restore: the median time until what a deployment broke worked
    /// again, in seconds.
    pub time_to_restore: Option<i64>,
    /// The recoveries that it is the median of.
    pub restored: usize,
    /// Incidents that deployments caused, and that are not resolved yet.
    pub unrestored: usize,
}

/// What was deployed in a period, against the changes that allowed it.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DeploysView {
    /// The name and version of this form.
    #[schemars(extend("const" = DeploysView::SCHEMA))]
    pub schema: &'static str,
    pub now: Timestamp,
    /// Deployments from then on count.
    pub from: Timestamp,
    /// Deployments before then count.
    pub to: Timestamp,
    /// The environments that were asked for; all, if none was.
    pub environments: Vec<String>,
    /// What was recorded, the latest first.
    pub deploys: Vec<DeployLine>,
    /// How many of the period are not listed, because only those that nobody had
    /// authorised were asked for.
    pub left_out: usize,
    /// The listing that was compared, if one was.
    pub compared: Option<String>,
    /// How many of its lines are of the period.
    pub compared_lines: usize,
    /// What it has and no change accounts for.
    pub ticketless: Vec<TicketlessLine>,
    /// Changes that were carried out, without a deployment.
    pub undeployed: Vec<UndeployedLine>,
    /// How many of all these are not as they should be.
    pub exceptions: usize,
}

/// A deployment that was recorded on a change.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct DeployLine {
    pub at: Timestamp,
    pub change: RecordId,
    pub short: String,
    pub title: String,
    pub repository: Option<String>,
    pub environment: String,
    pub commit: Option<String>,
    pub artefact: Option<String>,
    pub result: DeployResult,
    /// Who recorded it.
    pub by: PersonId,
    pub standing: DeployStanding,
}

/// Whether a deployment was allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeployStanding {
    /// Its change allowed it.
    Authorised,
    /// Somebody was let past the gate, and said why.
    Overridden,
    /// Nobody had allowed it, and it was said how it came about.
    Regularised,
    /// Nobody had allowed it.
    Unauthorised,
    /// Its change was raised after it, and is no emergency.
    Late,
    /// It went in before the window of its change, or after it.
    OutsideWindow,
}

impl DeployStanding {
    /// The word for it.
    pub const fn name(self) -> &'static str {
        match self {
            DeployStanding::Authorised => "authorised",
            DeployStanding::Overridden => "overridden",
            DeployStanding::Regularised => "regularised",
            DeployStanding::Unauthorised => "unauthorised",
            DeployStanding::Late => "late",
            DeployStanding::OutsideWindow => "outside_window",
        }
    }

    /// Whether somebody has to look into it.
    pub const fn is_exception(self) -> bool {
        matches!(
            self,
            DeployStanding::Unauthorised | DeployStanding::Late | DeployStanding::OutsideWindow
        )
    }
}

/// What another system saw deployed, and no change accounts for.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct TicketlessLine {
    /// The line of the listing.
    pub line: u64,
    pub at: Timestamp,
    pub repository: Option<String>,
    pub environment: String,
    pub commit: Option<String>,
    pub artefact: Option<String>,
    /// Who deployed it, as the listing has it.
    pub by: Option<String>,
    /// A change that is about it, and does not account for it.
    pub change: Option<RecordId>,
    pub why: String,
}

/// A change that was carried out, without a deployment.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct UndeployedLine {
    pub change: RecordId,
    pub short: String,
    pub title: String,
    pub status: StateName,
    pub outcome: ChangeOutcome,
    pub environment: String,
    /// When it was carried out.
    pub at: Timestamp,
}

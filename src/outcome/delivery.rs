//! How software delivery goes: DORA's figures.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::Timestamp;

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

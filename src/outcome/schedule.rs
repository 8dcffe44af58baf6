//! What there is to say about the times of changes.

use schemars::JsonSchema;
use serde::Serialize;

use super::RecordRef;
use crate::model::{
    ChangeModel, ConflictRule, PersonId, RecordId, Risk, StateCategory, StateName, TeamId,
    Timestamp,
};

/// What is wrong with the time of a change.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ConflictsView {
    /// The name and version of this form.
    #[schemars(extend("const" = ConflictsView::SCHEMA))]
    pub schema: &'static str,
    pub change: RecordRef,
    /// The time for which it is planned; without one, it is in nobody's way.
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    pub conflicts: Vec<ConflictLine>,
    /// How many of them nobody has accepted.
    pub unaccepted: usize,
    /// Names of configuration items in the settings that nothing is called by.
    pub unknown: Vec<String>,
}

/// One thing that is wrong with the time of a change.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ConflictLine {
    pub rule: ConflictRule,
    /// As `accept-conflict` takes it: the other change, or the name of the
    /// maintenance window or freeze.
    pub with: String,
    /// The other change.
    pub other: Option<RecordRef>,
    /// The maintenance windows, none of which holds the change.
    pub windows: Vec<String>,
    pub freeze: Option<String>,
    /// The configuration items at which they meet; those of a parent or child
    /// rule are the parents or children.
    pub cis: Vec<RecordRef>,
    /// The time of the other change, or of the freeze.
    pub start: Option<Timestamp>,
    pub end: Option<Timestamp>,
    /// Whether it is only to be thought of: an emergency in a freeze goes on with
    /// a reason.
    pub warning: bool,
    /// What is wrong, in words.
    pub text: String,
    pub accepted: Option<AcceptanceView>,
}

/// That somebody lives with a conflict.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct AcceptanceView {
    pub by: PersonId,
    pub at: Timestamp,
    pub reason: String,
}

/// Times at which a change would have no conflict.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SlotsView {
    /// The name and version of this form.
    #[schemars(extend("const" = SlotsView::SCHEMA))]
    pub schema: &'static str,
    pub change: RecordRef,
    /// How long it takes.
    pub seconds: i64,
    /// Where was looked.
    pub from: Timestamp,
    pub to: Timestamp,
    pub slots: Vec<SlotView>,
}

/// A time at which a change would have no conflict.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SlotView {
    pub start: Timestamp,
    pub end: Timestamp,
    /// The command that takes it.
    pub next: String,
}

/// The changes that are planned for some time, with what else there is to know
/// about that time.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ScheduleView {
    /// The name and version of this form.
    #[schemars(extend("const" = ScheduleView::SCHEMA))]
    pub schema: &'static str,
    /// What the desk is called.
    pub desk: String,
    /// The zone of the desk, whose clocks its days go by.
    pub time_zone: String,
    pub now: Timestamp,
    pub from: Timestamp,
    pub to: Timestamp,
    /// By their start.
    pub changes: Vec<ScheduledChange>,
    /// By their start.
    pub freezes: Vec<FrozenTime>,
    pub maintenance: Vec<MaintenanceTimes>,
}

/// A change that is planned.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ScheduledChange {
    pub id: RecordId,
    pub short: String,
    pub title: String,
    pub start: Timestamp,
    pub end: Timestamp,
    pub status: StateName,
    /// What the status means in its workflow.
    pub state: StateCategory,
    /// Whether it can be carried out as far as its state goes, or was.
    pub confirmed: bool,
    /// Whether it ended without having been begun.
    pub cancelled: bool,
    pub model: Option<ChangeModel>,
    pub risk: Option<Risk>,
    pub service: Option<String>,
    pub assignee: Option<PersonId>,
    pub team: Option<TeamId>,
    /// The configuration items by their names.
    pub cis: Vec<String>,
    /// How many conflicts nobody has accepted; none once it is over.
    pub conflicts: usize,
    pub updated_at: Timestamp,
}

/// A time in which nothing, or some items, may not be changed.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct FrozenTime {
    pub name: String,
    pub description: Option<String>,
    pub start: Timestamp,
    pub end: Timestamp,
    /// The configuration items by their names; null for everything.
    pub cis: Option<Vec<String>>,
}

/// The times that are set apart for changes of some items.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct MaintenanceTimes {
    pub name: String,
    pub description: Option<String>,
    /// The configuration items by their names.
    pub cis: Vec<String>,
    pub times: Vec<TimeSpan>,
}

/// From one point in time up to another that no longer belongs to it.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
pub struct TimeSpan {
    pub start: Timestamp,
    pub end: Timestamp,
}

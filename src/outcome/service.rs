//! What service levels answer: commitments, calendars, compliance.

use schemars::JsonSchema;
use serde::Serialize;

use super::StorySubject;
use crate::model::{Priority, RecordId, StateName, Timestamp};

/// The commitments on one record, with every minute accounted for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SlaView {
    /// The name and version of this form.
    #[schemars(extend("const" = SlaView::SCHEMA))]
    pub schema: &'static str,
    /// Whether the desk promises anything at all.
    pub promises: bool,
    /// Whether a time in the past is looked at.
    #[serde(skip)]
    pub then: bool,
    pub record: StorySubject,
    /// When the clocks were looked at.
    pub now: Timestamp,
    pub commitments: Vec<CommitmentView>,
}

/// How one commitment stands.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CommitmentView {
    pub name: String,
    pub description: Option<String>,
    /// `sla`, `ola` or `contract`.
    pub kind: &'static str,
    /// `response`, `resolution` or `update`.
    pub metric: &'static str,
    /// The target as the definition says it.
    pub target: String,
    /// The calendar by which time counts; none for all hours of all days.
    pub calendar: Option<String>,
    /// The zone whose clocks the calendar goes by.
    pub time_zone: String,
    /// `running`, `paused`, `met`, `missed` or `cancelled`.
    pub standing: &'static str,
    /// Whether the target was used up before it ended, or is by now.
    pub breached: bool,
    /// Whether it is open, not breached, and past its first warning.
    pub at_risk: bool,
    /// From when on time counts.
    pub start: Timestamp,
    /// When it came to apply.
    pub attached: Timestamp,
    /// The commitments that were for the record as well when it came to apply,
    /// but are due later.
    pub instead_of: Vec<String>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// When it is due, or was; none while its clock stands still.
    pub due: Option<Timestamp>,
    /// The time that there is, by the calendar.
    pub target_seconds: i64,
    /// The time used, by the calendar.
    pub business_seconds: i64,
    /// The time used, by the clock on the wall.
    pub actual_seconds: i64,
    /// The time left by the calendar; negative where there is none.
    pub left_seconds: i64,
    /// The part of the target that was used.
    pub percent: f64,
    /// The same by the clock on the wall.
    pub actual_percent: f64,
    /// What its clock did, in order.
    pub timeline: Vec<ClockLine>,
}

/// A commitment in a line, where its record is shown.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct PromiseLine {
    pub name: String,
    /// `sla`, `ola` or `contract`.
    pub kind: &'static str,
    /// `response`, `resolution` or `update`.
    pub metric: &'static str,
    /// `running`, `paused`, `met` or `missed`.
    pub standing: &'static str,
    pub breached: bool,
    pub at_risk: bool,
    /// When it is due, or was; none while its clock stands still.
    pub due: Option<Timestamp>,
    pub ended: Option<Timestamp>,
    /// The time left by the calendar; negative where there is none.
    pub left_seconds: i64,
}

/// Something that happened to a clock, or a span in which it did one thing.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ClockLine {
    pub at: Timestamp,
    /// `start`, `attached`, `running`, `paused`, `done`, `threshold`, `breach`,
    /// `fulfilled`, `reset`, `cancelled` or `due`.
    pub what: &'static str,
    /// The end of a span.
    pub until: Option<Timestamp>,
    /// The length of a span by the calendar.
    pub business_seconds: Option<i64>,
    /// The length of a span by the clock on the wall.
    pub actual_seconds: Option<i64>,
    /// The percentage of a threshold.
    pub percent: Option<u16>,
    /// The record's state in a span.
    pub status: Option<StateName>,
    /// Why, in words.
    pub why: Option<String>,
}

/// The open commitments of many records, what is due first at the top.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SlaListView {
    /// The name and version of this form.
    #[schemars(extend("const" = SlaListView::SCHEMA))]
    pub schema: &'static str,
    /// Whether the desk promises anything at all.
    pub promises: bool,
    /// Whether a time in the past is looked at.
    #[serde(skip)]
    pub then: bool,
    pub now: Timestamp,
    /// How many there are, which may be more than are listed.
    pub total: usize,
    pub commitments: Vec<SlaRow>,
}

/// An open commitment.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SlaRow {
    pub id: RecordId,
    pub short: String,
    pub title: String,
    pub status: StateName,
    pub priority: Option<Priority>,
    pub name: String,
    pub kind: &'static str,
    pub metric: &'static str,
    /// `running` or `paused`.
    pub standing: &'static str,
    pub breached: bool,
    pub at_risk: bool,
    /// When it is due; none while its clock stands still.
    pub due: Option<Timestamp>,
}

/// What a calendar says of some days.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CalendarView {
    /// The name and version of this form.
    #[schemars(extend("const" = CalendarView::SCHEMA))]
    pub schema: &'static str,
    pub name: String,
    pub description: Option<String>,
    pub time_zone: String,
    pub now: Timestamp,
    /// Whether it is open now.
    pub open: bool,
    /// When it opens next, if it is closed.
    pub opens: Option<Timestamp>,
    /// When it closes next, if it is open.
    pub closes: Option<Timestamp>,
    pub days: Vec<CalendarDay>,
    /// The open time of these days.
    pub open_seconds: i64,
}

/// One day of a calendar.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CalendarDay {
    /// The date by the calendar's clocks, `2026-11-22`.
    pub date: String,
    /// `mon` to `sun`.
    pub weekday: &'static str,
    /// The hours, for example `09:00-12:30`.
    pub hours: Vec<String>,
    pub open_seconds: i64,
    /// What makes the day unlike others: a holiday, extra opening, a clock
    /// change.
    pub remark: Option<String>,
}

/// The calendars of a desk.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CalendarsView {
    /// The name and version of this form.
    #[schemars(extend("const" = CalendarsView::SCHEMA))]
    pub schema: &'static str,
    pub calendars: Vec<CalendarLine>,
}

/// A calendar in a list.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct CalendarLine {
    pub name: String,
    pub description: Option<String>,
    pub time_zone: String,
    pub open: bool,
}

/// The open time between two points in time.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HoursView {
    /// The name and version of this form.
    #[schemars(extend("const" = HoursView::SCHEMA))]
    pub schema: &'static str,
    pub calendar: String,
    pub time_zone: String,
    pub from: Timestamp,
    pub to: Timestamp,
    /// The open time between them.
    pub open_seconds: i64,
    /// All time between them.
    pub actual_seconds: i64,
}

/// How many commitments were kept (SLA compliance).
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ComplianceView {
    /// The name and version of this form.
    #[schemars(extend("const" = ComplianceView::SCHEMA))]
    pub schema: &'static str,
    /// The first moment of the period; none for the desk's beginning.
    pub from: Option<Timestamp>,
    /// The first moment after the period.
    pub to: Timestamp,
    /// The zone in which the period's days were cut.
    pub time_zone: String,
    pub commitments: Vec<Compliance>,
    pub total: Compliance,
    /// Whether a time in the past is looked at.
    #[serde(skip)]
    pub then: bool,
}

/// How many commitments of one definition were kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, JsonSchema)]
pub struct Compliance {
    pub name: Option<String>,
    pub kind: Option<&'static str>,
    pub metric: Option<&'static str>,
    pub calendar: Option<String>,
    /// Completed in the period, in time: the numerator.
    pub met: usize,
    /// Completed in the period: the denominator.
    pub completed: usize,
    /// `met` of `completed` in per cent; none where nothing was completed.
    pub percent: Option<f64>,
    /// Open at the end of the period and breached.
    pub open_breached: usize,
    /// Open at the end of the period.
    pub open: usize,
}

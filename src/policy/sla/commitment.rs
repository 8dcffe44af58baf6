//! What became of a commitment, with every minute accounted for.

use std::rc::Rc;

use schemars::JsonSchema;
use serde::Serialize;

use super::file::{CommitmentKind, Metric};
use super::target::{Due, Target};
use crate::model::{CalendarName, CommitmentName, StateName, Timestamp};
use crate::policy::calendar::Calendar;

/// A commitment on a record, as the record's history so far says.
#[derive(Clone, Debug)]
pub struct Commitment {
    pub name: CommitmentName,
    pub kind: CommitmentKind,
    pub metric: Metric,
    pub target: Target,
    /// What the target means from this start.
    pub goal: Due,
    /// From when on time counts.
    pub start: Timestamp,
    /// When it came to apply.
    pub attached: Timestamp,
    /// Those that were for the record as well when it came to apply, and are due
    /// later (iTop takes the shortest target).
    pub others: Vec<CommitmentName>,
    /// From `start` on without gaps; the last one has no end while it is open.
    pub spans: Vec<Span>,
    /// `None` while it is open.
    pub end: Option<Ending>,
    /// When the target is used up if nothing happens, or was before it ended;
    /// `None` while that is not known, as the clock stands still.
    pub due: Option<Timestamp>,
    pub thresholds: Vec<Threshold>,
    pub calendar: Rc<Calendar>,
    pub calendar_name: Option<CalendarName>,
}

/// A span of time in which a clock does one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Timestamp,
    pub to: Option<Timestamp>,
    pub phase: Phase,
    /// The record's state in that time.
    pub status: StateName,
    /// The reason of its hold.
    pub hold: Option<StateName>,
}

/// What a clock does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    Running,
    Paused,
    /// The record was done or cancelled, and was reopened later.
    Done,
}

/// How a commitment ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    pub at: Timestamp,
    /// Whether it counts: it was fulfilled, or broken before it was dropped.
    pub is_completed: bool,
    pub why: Why,
}

/// Why a commitment ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// What it promises was done.
    Fulfilled,
    /// A new round began.
    Reset,
    /// What it is for no longer holds.
    StartNotMet,
    /// Its condition to cancel holds.
    Cancelled,
    /// The record has another target now.
    TargetChanged,
    /// Another one is due earlier.
    Replaced(CommitmentName),
}

/// A percentage of the target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    pub percent: u16,
    /// When so much of the target is used up, if nothing happens; not before
    /// the commitment was attached.
    pub at: Option<Timestamp>,
}

/// How a commitment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Running,
    Paused,
    /// Fulfilled in time.
    Met,
    /// Fulfilled too late, or dropped when it was too late.
    Missed,
    Cancelled,
}

impl Standing {
    /// The word that people read.
    pub const fn name(self) -> &'static str {
        match self {
            Standing::Running => "running",
            Standing::Paused => "paused",
            Standing::Met => "met",
            Standing::Missed => "missed",
            Standing::Cancelled => "cancelled",
        }
    }
}

/// How much time was used, in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Elapsed {
    /// By the calendar.
    pub business: i64,
    /// By the clock on the wall, pauses left out too.
    pub actual: i64,
}

impl Commitment {
    /// Whether it has not ended.
    pub const fn is_open(&self) -> bool {
        self.end.is_none()
    }

    /// Whether the target was used up before it ended, or is by `now`: judged
    /// by the time that is left, not by a rounded percentage (ServiceNow breach
    /// calculation).
    pub fn is_breached(&self, now: Timestamp) -> bool {
        let until = self.end.as_ref().map_or(now, |end| end.at);
        self.due.is_some_and(|due| due <= until)
    }

    /// Whether a warning threshold has passed and it is open and not broken.
    pub fn is_at_risk(&self, now: Timestamp) -> bool {
        self.is_open()
            && !self.is_breached(now)
            && self.at_risk_from().is_some_and(|from| from <= now)
    }

    /// When the first threshold before the breach is passed.
    pub fn at_risk_from(&self) -> Option<Timestamp> {
        let warnings = self.thresholds.iter().filter(|threshold| threshold.percent < 100);
        warnings.filter_map(|threshold| threshold.at).min()
    }

    /// Whether a threshold has been passed by `now`.
    pub fn has_passed(&self, threshold: &Threshold, now: Timestamp) -> bool {
        let until = self.end.as_ref().map_or(now, |end| end.at.min(now));
        threshold.at.is_some_and(|at| at <= until)
    }

    /// How it stands.
    pub fn standing(&self, now: Timestamp) -> Standing {
        match &self.end {
            Some(end) if !end.is_completed => Standing::Cancelled,
            Some(_) if self.is_breached(now) => Standing::Missed,
            Some(_) => Standing::Met,
            None => match self.spans.last().map(|span| span.phase) {
                Some(Phase::Paused) => Standing::Paused,
                _ => Standing::Running,
            },
        }
    }

    /// The time used by `now`.
    pub fn elapsed(&self, now: Timestamp) -> Elapsed {
        let mut sum = Elapsed::default();
        for span in self.spans.iter().filter(|span| span.phase == Phase::Running) {
            let to = span.to.map_or(now, |to| to.min(now));
            if to > span.from {
                sum.business += self.calendar.open_between(span.from, to);
                sum.actual += to.seconds() - span.from.seconds();
            }
        }
        sum
    }

    /// The open time that is left, in seconds; negative where there is none.
    pub fn left(&self, now: Timestamp) -> i64 {
        self.goal.seconds - self.elapsed(now).business
    }

    /// The part of the target that was used, in per cent.
    pub fn percent(&self, now: Timestamp) -> f64 {
        part(self.elapsed(now).business, self.goal.seconds, self.is_breached(now))
    }

    /// As [`percent`](Self::percent), by the clock on the wall.
    pub fn actual_percent(&self, now: Timestamp) -> f64 {
        part(self.elapsed(now).actual, self.goal.seconds, self.is_breached(now))
    }
}

fn part(used: i64, all: i64, is_over: bool) -> f64 {
    match all {
        ..=0 if is_over => 100.0,
        ..=0 => 0.0,
        _ => used as f64 * 100.0 / all as f64,
    }
}

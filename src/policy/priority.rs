//! Priority from impact and urgency.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Level, Priority, Record};

/// The desk's matrix, `.gitsm/priorities.yaml`: a row per impact, a column per
/// urgency.
///
/// The default is ServiceNow's lookup table: 1+1 gives 1, 1+2 and 2+1 give 2,
/// 1+3, 2+2 and 3+1 give 3, 2+3 and 3+2 give 4, 3+3 gives 5.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriorityMatrix {
    pub high: UrgencyRow,
    pub medium: UrgencyRow,
    pub low: UrgencyRow,
}

/// The priorities of one impact, by urgency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UrgencyRow {
    pub high: Priority,
    pub medium: Priority,
    pub low: Priority,
}

impl PriorityMatrix {
    /// The priority of a ticket with this impact and urgency.
    pub const fn priority(&self, impact: Level, urgency: Level) -> Priority {
        let row = match impact {
            Level::High => &self.high,
            Level::Medium => &self.medium,
            Level::Low => &self.low,
        };
        match urgency {
            Level::High => row.high,
            Level::Medium => row.medium,
            Level::Low => row.low,
        }
    }
}

/// A priority that needs a reason, and has none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OverrideRefusal {
    /// It is not what impact and urgency give.
    #[error("{wanted} needs a reason, since impact {impact} and urgency {urgency} give {usual}")]
    NoReason { wanted: Priority, usual: Priority, impact: Level, urgency: Level },
    /// A reason is given for what needs none.
    #[error("{usual} is what impact and urgency give, which needs no reason")]
    NothingToExplain { usual: Priority },
}

impl PriorityMatrix {
    /// The priority that impact and urgency give a ticket.
    pub fn usual(&self, record: &Record) -> Option<Priority> {
        Some(self.priority(record.impact()?, record.urgency()?))
    }

    /// Gives a ticket the priority of its impact and urgency.
    pub fn follow(&self, record: &mut Record) {
        if let Some(usual) = self.usual(record) {
            record.set_priority(usual);
            record.set_priority_reason(None);
        }
    }

    /// As [`follow`](Self::follow), after an edit that changed impact or urgency
    /// and left the priority as it was. A priority with a reason of its own stays
    /// until it is taken back, or until impact and urgency give the same.
    pub fn follow_edit(&self, before: &Record, after: &mut Record) {
        let levels = |record: &Record| (record.impact(), record.urgency());
        let has_own = after.priority_reason().is_some();
        if levels(before) != levels(after) && before.priority() == after.priority() && !has_own {
            self.follow(after);
        }
        if self.usual(after) == after.priority() {
            after.set_priority_reason(None);
        }
    }

    /// Settles the priority of `after` as somebody wants it who edited `before`,
    /// naming a priority, or a reason, or neither.
    ///
    /// # Errors
    ///
    /// A priority other than that of the matrix is wanted without a reason for
    /// it, or a reason is given where the matrix decides.
    pub fn settle(
        &self,
        before: &Record,
        after: &mut Record,
        (names_priority, names_reason): (bool, bool),
    ) -> Result<(), OverrideRefusal> {
        let (Some(usual), Some(wanted)) = (self.usual(after), after.priority()) else {
            return Ok(());
        };
        let levels = |record: &Record| (record.impact(), record.urgency());
        let is_same = before.priority() == Some(wanted) && levels(before) == levels(after);
        let reason = after.priority_reason().is_some();
        if !names_priority {
            self.follow_edit(before, after);
        } else if wanted == usual {
            after.set_priority_reason(None);
        }
        let usual_now = after.priority() == Some(usual);
        if names_reason && reason && !names_priority && self.usual(before) == before.priority() {
            return Err(OverrideRefusal::NothingToExplain { usual });
        }
        let renewed = names_priority && !is_same && !names_reason;
        if !usual_now && (renewed || (names_reason && !reason)) {
            let (impact, urgency) = (after.impact(), after.urgency());
            let (Some(impact), Some(urgency)) = (impact, urgency) else { return Ok(()) };
            return Err(OverrideRefusal::NoReason { wanted, usual, impact, urgency });
        }
        Ok(())
    }
}

impl Default for PriorityMatrix {
    fn default() -> Self {
        let row = |high, medium, low| UrgencyRow { high, medium, low };
        Self {
            high: row(Priority::P1, Priority::P2, Priority::P3),
            medium: row(Priority::P2, Priority::P3, Priority::P4),
            low: row(Priority::P3, Priority::P4, Priority::P5),
        }
    }
}

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

impl PriorityMatrix {
    /// Gives a ticket the priority of its impact and urgency.
    pub fn follow(&self, record: &mut Record) {
        if let (Some(impact), Some(urgency)) = (record.impact(), record.urgency()) {
            record.set_priority(self.priority(impact, urgency));
        }
    }

    /// As [`follow`](Self::follow), after an edit that changed impact or urgency
    /// and left the priority as it was.
    pub fn follow_edit(&self, before: &Record, after: &mut Record) {
        let levels = |record: &Record| (record.impact(), record.urgency());
        if levels(before) != levels(after) && before.priority() == after.priority() {
            self.follow(after);
        }
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

//! What a workflow state means, whatever a desk calls it.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The meaning of a workflow state. Desks name their states as they like; lists,
/// counts and clocks go by these.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum StateCategory {
    /// Waiting for work, or being worked on.
    Open,
    /// Waiting for somebody or something else; clocks pause.
    Hold,
    /// The work is done and may still be disputed.
    Resolved,
    /// Ended for good.
    Closed,
}

impl StateCategory {
    /// Every category.
    pub const ALL: [StateCategory; 4] =
        [StateCategory::Open, StateCategory::Hold, StateCategory::Resolved, StateCategory::Closed];

    /// Whether there is still work to do.
    pub const fn is_open(self) -> bool {
        matches!(self, StateCategory::Open | StateCategory::Hold)
    }

    /// The word that files and queries use.
    pub const fn name(self) -> &'static str {
        match self {
            StateCategory::Open => "open",
            StateCategory::Hold => "hold",
            StateCategory::Resolved => "resolved",
            StateCategory::Closed => "closed",
        }
    }
}

impl fmt::Display for StateCategory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

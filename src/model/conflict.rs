//! What stands in the way of a change, and that somebody lives with it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::{PersonId, Timestamp};

/// What is wrong with the time of a change. The parent of an item is what it
/// runs on, depends on or is part of; a child is the other way round.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ConflictRule {
    /// Another change is planned for one of its items at the same time.
    Scheduled,
    /// Another change is planned for what one of its items stands on.
    ParentScheduled,
    /// Another change is planned for what stands on one of its items.
    ChildScheduled,
    /// It does not lie in a maintenance window of one of its items.
    OutsideWindow,
    /// It does not lie in a maintenance window of what one of them stands on.
    ParentOutsideWindow,
    /// It does not lie in a maintenance window of what stands on one of them.
    ChildOutsideWindow,
    /// It lies in a freeze of one of its items, or of everything.
    InFreeze,
    /// It lies in a freeze of what one of its items stands on.
    ParentInFreeze,
    /// It lies in a freeze of what stands on one of its items.
    ChildInFreeze,
    /// Whoever is to carry it out has another change at the same time.
    AssigneeBusy,
}

impl ConflictRule {
    /// Every rule, in the order of its number.
    pub const ALL: [ConflictRule; 10] = [
        ConflictRule::Scheduled,
        ConflictRule::ParentScheduled,
        ConflictRule::ChildScheduled,
        ConflictRule::OutsideWindow,
        ConflictRule::ParentOutsideWindow,
        ConflictRule::ChildOutsideWindow,
        ConflictRule::InFreeze,
        ConflictRule::ParentInFreeze,
        ConflictRule::ChildInFreeze,
        ConflictRule::AssigneeBusy,
    ];

    /// The word that files and commands use.
    pub const fn name(self) -> &'static str {
        match self {
            ConflictRule::Scheduled => "scheduled",
            ConflictRule::ParentScheduled => "parent_scheduled",
            ConflictRule::ChildScheduled => "child_scheduled",
            ConflictRule::OutsideWindow => "outside_window",
            ConflictRule::ParentOutsideWindow => "parent_outside_window",
            ConflictRule::ChildOutsideWindow => "child_outside_window",
            ConflictRule::InFreeze => "in_freeze",
            ConflictRule::ParentInFreeze => "parent_in_freeze",
            ConflictRule::ChildInFreeze => "child_in_freeze",
            ConflictRule::AssigneeBusy => "assignee_busy",
        }
    }

    /// Whether it is about a freeze.
    pub const fn is_freeze(self) -> bool {
        matches!(
            self,
            ConflictRule::InFreeze | ConflictRule::ParentInFreeze | ConflictRule::ChildInFreeze
        )
    }
}

/// A conflict of a change that somebody lives with. It counts for the times that
/// are written here, and for no others: once either window moves, it is void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptedConflict {
    #[schemars(with = "String")]
    pub id: Ulid,
    /// The other change by its full id, the freeze by its name, or the
    /// maintenance windows by their names with commas between.
    pub with: String,
    pub rule: ConflictRule,
    /// Why one can live with it.
    pub reason: String,
    pub at: Timestamp,
    pub by: PersonId,
    /// The change's own window.
    pub start: Timestamp,
    pub end: Timestamp,
    /// The window of the other change, or the freeze; maintenance windows have
    /// none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_start: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other_end: Option<Timestamp>,
}

//! Typed relations between records.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Kind, RecordId};

/// A relation that is kept in the record it starts from. The other direction
/// is never stored, so that two ends cannot disagree; readers derive it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub struct Link {
    /// What the record has to do with the other one.
    pub rel: Relation,
    /// The other record.
    pub to: RecordId,
}

/// What one record has to do with another, in the direction that is stored.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// A ticket reports the same thing as an older one.
    DuplicateOf,
    /// A ticket is part of a larger one of the same type.
    ChildOf,
    /// An incident, problem or failed change was caused by a problem or change;
    /// a configuration item can contribute to a problem.
    CausedBy,
    /// A change mends an incident or problem, seen from what is mended.
    FixedBy,
    /// A change carries out a request, seen from the request.
    ImplementedBy,
    /// Work on a ticket cannot go on before another one is done.
    BlockedBy,
    /// A ticket continues a closed one.
    FollowUpOf,
    /// Any other tie.
    RelatesTo,
    /// A CI does not work without another one.
    DependsOn,
    /// A CI runs on another one (a virtual machine on a host).
    RunsOn,
    /// A CI is a component of another one.
    PartOf,
    /// Two CIs exchange data.
    ConnectsTo,
}

/// The text names no relation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no relation")]
pub struct UnknownRelation(pub String);

use Kind::{Change, Ci, Incident, Problem, Request};

impl Relation {
    /// Every relation.
    pub const ALL: [Relation; 12] = [
        Relation::DuplicateOf,
        Relation::ChildOf,
        Relation::CausedBy,
        Relation::FixedBy,
        Relation::ImplementedBy,
        Relation::BlockedBy,
        Relation::FollowUpOf,
        Relation::RelatesTo,
        Relation::DependsOn,
        Relation::RunsOn,
        Relation::PartOf,
        Relation::ConnectsTo,
    ];

    /// The name in the stored direction, as in `INC caused_by PRB`.
    pub const fn name(self) -> &'static str {
        match self {
            Relation::DuplicateOf => "duplicate_of",
            Relation::ChildOf => "child_of",
            Relation::CausedBy => "caused_by",
            Relation::FixedBy => "fixed_by",
            Relation::ImplementedBy => "implemented_by",
            Relation::BlockedBy => "blocked_by",
            Relation::FollowUpOf => "follow_up_of",
            Relation::RelatesTo => "relates_to",
            Relation::DependsOn => "depends_on",
            Relation::RunsOn => "runs_on",
            Relation::PartOf => "part_of",
            Relation::ConnectsTo => "connects_to",
        }
    }

    /// The name seen from the other end, as in `PRB causes INC`.
    pub const fn inverse(self) -> &'static str {
        match self {
            Relation::DuplicateOf => "duplicated_by",
            Relation::ChildOf => "parent_of",
            Relation::CausedBy => "causes",
            Relation::FixedBy => "fixes",
            Relation::ImplementedBy => "implements",
            Relation::BlockedBy => "blocks",
            Relation::FollowUpOf => "followed_by",
            Relation::RelatesTo => "relates_to",
            Relation::DependsOn => "used_by",
            Relation::RunsOn => "hosts",
            Relation::PartOf => "contains",
            Relation::ConnectsTo => "connects_to",
        }
    }

    /// Whether both ends see the relation under the same name.
    pub fn is_symmetric(self) -> bool {
        self.name() == self.inverse()
    }

    /// Whether following the relation may never lead back to its start.
    ///
    /// Dependencies between CIs may be circular in the real world and so are
    /// allowed to be.
    pub const fn is_acyclic(self) -> bool {
        !matches!(self, Relation::RelatesTo | Relation::ConnectsTo | Relation::DependsOn)
    }

    /// Whether a record has at most one link of this relation.
    pub const fn is_single(self) -> bool {
        matches!(self, Relation::DuplicateOf | Relation::ChildOf | Relation::RunsOn)
    }

    /// Whether a record of type `from` may have this relation to one of type `to`.
    pub fn allows(self, from: Kind, to: Kind) -> bool {
        match self {
            Relation::DuplicateOf => from == to && from.is_ticket(),
            Relation::ChildOf => from == to && matches!(from, Incident | Request | Change),
            Relation::CausedBy => {
                match to {
                    Problem => matches!(from, Incident | Problem),
                    // A change is caused by a change only as its rollback or repair.
                    Change => matches!(from, Incident | Problem | Change),
                    // A configuration item contributes to a problem.
                    Ci => from == Problem,
                    Incident | Request => false,
                }
            }
            Relation::FixedBy => matches!(from, Incident | Problem) && to == Change,
            Relation::ImplementedBy => from == Request && to == Change,
            Relation::BlockedBy => from.is_ticket() && to.is_ticket(),
            Relation::FollowUpOf => from.is_ticket() && to.is_ticket(),
            Relation::RelatesTo => (from == Ci) == (to == Ci),
            Relation::DependsOn | Relation::RunsOn | Relation::PartOf | Relation::ConnectsTo => {
                from == Ci && to == Ci
            }
        }
    }

    /// Reads a relation typed in either direction. The flag says whether the
    /// text was the inverse name, so that the ends must be swapped to store it.
    pub fn parse_directed(text: &str) -> Result<(Self, bool), UnknownRelation> {
        let name = text.to_ascii_lowercase().replace('-', "_");
        Relation::ALL
            .into_iter()
            .find(|relation| relation.name() == name)
            .map(|relation| (relation, false))
            .or_else(|| {
                Relation::ALL
                    .into_iter()
                    .find(|relation| relation.inverse() == name)
                    .map(|relation| (relation, true))
            })
            .ok_or_else(|| UnknownRelation(text.to_owned()))
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Relation {
    type Err = UnknownRelation;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match Self::parse_directed(text)? {
            (relation, false) => Ok(relation),
            (_, true) => Err(UnknownRelation(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_direction_names_the_same_relation() {
        for relation in Relation::ALL {
            assert_eq!(Relation::parse_directed(relation.name()), Ok((relation, false)));
            assert_eq!(
                Relation::parse_directed(relation.inverse()),
                Ok((relation, !relation.is_symmetric()))
            );
        }
        assert!(Relation::parse_directed("eats").is_err());
    }

    #[test]
    fn ends_have_types() {
        assert!(Relation::CausedBy.allows(Incident, Problem));
        assert!(!Relation::CausedBy.allows(Problem, Incident));
        assert!(!Relation::DependsOn.allows(Incident, Ci));
        assert!(!Relation::RelatesTo.allows(Incident, Ci));
    }
}

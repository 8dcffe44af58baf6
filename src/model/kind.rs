//! The record types.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a record is, in ITIL 4 terms. The order is the order of listings.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An unplanned interruption or loss of quality of a service.
    Incident,
    /// A user's request for something agreed as normal service delivery.
    Request,
    /// The cause, or possible cause, of one or more incidents.
    Problem,
    /// An addition, modification or removal that could affect services.
    Change,
    /// A configuration item: a component managed to deliver a service.
    Ci,
}

/// The text names no record type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no record type; the types are incident, request, problem, change and ci")]
pub struct UnknownKind(pub String);

impl Kind {
    /// Every type, in listing order.
    pub const ALL: [Kind; 5] =
        [Kind::Incident, Kind::Request, Kind::Problem, Kind::Change, Kind::Ci];

    /// The id prefix: `INC`, `REQ`, `PRB`, `CHG`, `CI`.
    pub const fn prefix(self) -> &'static str {
        match self {
            Kind::Incident => "INC",
            Kind::Request => "REQ",
            Kind::Problem => "PRB",
            Kind::Change => "CHG",
            Kind::Ci => "CI",
        }
    }

    /// The singular name used in files, queries and commands.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Incident => "incident",
            Kind::Request => "request",
            Kind::Problem => "problem",
            Kind::Change => "change",
            Kind::Ci => "ci",
        }
    }

    /// The name with its article, for sentences.
    pub const fn one(self) -> &'static str {
        match self {
            Kind::Incident => "an incident",
            Kind::Request => "a request",
            Kind::Problem => "a problem",
            Kind::Change => "a change",
            Kind::Ci => "a ci",
        }
    }

    /// The folder at the desk's root that holds records of this type.
    pub const fn folder(self) -> &'static str {
        match self {
            Kind::Incident => "incidents",
            Kind::Request => "requests",
            Kind::Problem => "problems",
            Kind::Change => "changes",
            Kind::Ci => "cis",
        }
    }

    /// Whether the type is a ticket (something that is worked on and ends),
    /// as opposed to a configuration item.
    pub const fn is_ticket(self) -> bool {
        !matches!(self, Kind::Ci)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    /// Accepts the name, its plural, the short alias and the prefix, in any case.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower = text.to_ascii_lowercase();
        Kind::ALL
            .into_iter()
            .find(|kind| {
                lower == kind.name()
                    || lower == kind.folder()
                    || lower.eq_ignore_ascii_case(kind.prefix())
            })
            .ok_or_else(|| UnknownKind(text.to_owned()))
    }
}

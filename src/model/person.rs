//! People, machine principals and teams.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PersonId, TeamId, Timestamp};

/// Somebody, or something, that acts on the desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    pub id: PersonId,
    /// The name that people read.
    pub name: String,
    #[serde(default, skip_serializing_if = "PrincipalKind::is_person")]
    pub kind: PrincipalKind,
    /// The e-mail addresses under which git may know them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<TeamId>,
    /// To whom they report, for approvals that ask the requester's manager.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<PersonId>,
    /// From when on they may act; always, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_from: Option<Timestamp>,
    /// Until when (exclusive) they may act; without end, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_until: Option<Timestamp>,
    /// The IANA name of the zone that they live in; the desk's, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

impl Person {
    /// Whether they may act at `now`.
    pub fn is_active(&self, now: Timestamp) -> bool {
        self.active_from.is_none_or(|from| from <= now)
            && self.active_until.is_none_or(|until| now < until)
    }
}

/// What sort of principal somebody is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PrincipalKind {
    #[default]
    Person,
    /// A pipeline, hook or monitoring system that acts under its own name.
    Machine,
}

impl PrincipalKind {
    fn is_person(&self) -> bool {
        *self == PrincipalKind::Person
    }
}

/// A group that tickets can be given to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Team {
    pub id: TeamId,
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Who leads it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead: Option<PersonId>,
    /// The IANA name of the zone that it works in; the desk's, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
}

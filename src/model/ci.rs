//! Configuration items.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Attachment, Custom, Link, Note, PersonId, RecordId, StateName, TeamId, Timestamp, UnknownLevel,
};

/// How much the business depends on a configuration item.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Criticality {
    High,
    Medium,
    Low,
}

impl Criticality {
    /// Every criticality, the highest first.
    pub const ALL: [Criticality; 3] = [Criticality::High, Criticality::Medium, Criticality::Low];

    /// The word that files and commands use.
    pub const fn name(self) -> &'static str {
        match self {
            Criticality::High => "high",
            Criticality::Medium => "medium",
            Criticality::Low => "low",
        }
    }
}

impl fmt::Display for Criticality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Criticality {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Criticality::ALL
            .into_iter()
            .find(|value| value.name().eq_ignore_ascii_case(text))
            .ok_or_else(|| UnknownLevel {
                text: text.to_owned(),
                what: "criticality",
                choices: "the criticalities are high, medium and low",
            })
    }
}

/// A component that is managed in order to deliver a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ci {
    /// The record's id, which also fixes its path.
    pub id: RecordId,
    /// What people call it, unique among CIs that are not retired.
    pub name: String,
    /// What it is, for example `server`, `application` or `service`.
    pub class: String,
    /// The state in the CI lifecycle.
    pub status: StateName,
    /// The part of a hybrid organisation that it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<StateName>,
    /// How much the business depends on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub criticality: Option<Criticality>,
    /// Where it is used, for example `production` or `test`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The business service it serves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<PersonId>,
    /// The team that supports it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// Where it stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// The release that is installed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// Free labels, sorted, without duplicates.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Its number in the system it was imported from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// When it was recorded.
    pub opened_at: Timestamp,
    /// Who recorded it.
    pub opened_by: PersonId,
    /// When it last changed.
    pub updated_at: Timestamp,
    /// When it left service for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retired_at: Option<Timestamp>,
    /// What there is to know about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Relations to other CIs, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// What was said about it, in order of time.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<Note>,
    /// Files kept with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// The desk's own fields.
    #[serde(
        default,
        deserialize_with = "crate::model::unique::map",
        skip_serializing_if = "indexmap::IndexMap::is_empty"
    )]
    pub custom: Custom,
}

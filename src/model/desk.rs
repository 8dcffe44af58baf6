//! The desk's own settings, `.gitsm/desk.yaml`.

use std::fmt;
use std::str::FromStr;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::{Kind, StateName};

/// The version of the on-disk format that this gitsm reads and writes.
pub const FORMAT_VERSION: u32 = 1;

/// What `.gitsm/desk.yaml` says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeskSettings {
    /// The on-disk format version; see [`FORMAT_VERSION`].
    pub format: u32,
    /// The desk's identity, the same in every clone.
    #[schemars(with = "String")]
    pub id: Ulid,
    /// What people call the desk.
    pub name: String,
    /// The branch on which the desk's history lies.
    pub trunk: String,
    /// The IANA time zone of opening hours and of days in settings; times are shown in UTC.
    pub time_zone: String,
    /// How much of ITSM the desk uses.
    pub profile: Profile,
    /// The practices in use.
    pub practices: Vec<Practice>,
    /// Parts of a hybrid organisation, each with a profile of its own.
    #[serde(
        default,
        deserialize_with = "super::unique::map",
        skip_serializing_if = "IndexMap::is_empty"
    )]
    pub domains: IndexMap<StateName, Domain>,
    /// The desk's own fields, kept under `custom:` in records.
    #[serde(
        default,
        deserialize_with = "super::unique::map",
        skip_serializing_if = "IndexMap::is_empty"
    )]
    pub custom_fields: IndexMap<StateName, CustomField>,
}

impl DeskSettings {
    /// Whether the desk, or a part of it, uses this practice. One that names none
    /// uses all.
    pub fn uses(&self, practice: Practice) -> bool {
        let of_domains = || {
            let mut domains = self.domains.values();
            domains.any(|domain| domain.profile.practices().contains(&practice))
        };
        self.practices.is_empty() || self.practices.contains(&practice) || of_domains()
    }
}

/// How much of ITSM a desk uses. A desk grows from one to the next by added
/// settings; its records stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Incidents and simple requests for a small team.
    HelpDesk,
    /// Adds problems, changes, configuration items and teams.
    ServiceDesk,
    /// Every practice, with strict process.
    Itsm,
    /// A help desk for customers and a service desk for internal IT in one.
    Hybrid,
}

impl Profile {
    /// Every profile, the simplest first.
    pub const ALL: [Profile; 4] =
        [Profile::HelpDesk, Profile::ServiceDesk, Profile::Itsm, Profile::Hybrid];

    /// The name that files and commands use.
    pub const fn name(self) -> &'static str {
        match self {
            Profile::HelpDesk => "help-desk",
            Profile::ServiceDesk => "service-desk",
            Profile::Itsm => "itsm",
            Profile::Hybrid => "hybrid",
        }
    }

    /// The practices that the profile brings.
    pub fn practices(self) -> Vec<Practice> {
        match self {
            Profile::HelpDesk => vec![Practice::Incident, Practice::Request],
            Profile::ServiceDesk | Profile::Itsm | Profile::Hybrid => vec![
                Practice::Incident,
                Practice::Request,
                Practice::Problem,
                Practice::Change,
                Practice::Configuration,
            ],
        }
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Profile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Profile::ALL
            .into_iter()
            .find(|profile| profile.name() == text)
            .ok_or_else(|| "the profiles are help-desk, service-desk, itsm and hybrid".to_owned())
    }
}

/// An ITIL 4 practice that gitsm supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Practice {
    Incident,
    Request,
    Problem,
    Change,
    Configuration,
}

impl Practice {
    /// Every practice.
    pub const ALL: [Practice; 5] = [
        Practice::Incident,
        Practice::Request,
        Practice::Problem,
        Practice::Change,
        Practice::Configuration,
    ];

    /// The name that files use.
    pub const fn name(self) -> &'static str {
        match self {
            Practice::Incident => "incident",
            Practice::Request => "request",
            Practice::Problem => "problem",
            Practice::Change => "change",
            Practice::Configuration => "configuration",
        }
    }

    /// The practice that records of type `kind` belong to.
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Incident => Practice::Incident,
            Kind::Request => Practice::Request,
            Kind::Problem => Practice::Problem,
            Kind::Change => Practice::Change,
            Kind::Ci => Practice::Configuration,
        }
    }
}

/// One part of a hybrid organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Domain {
    pub name: String,
    pub profile: Profile,
}

/// The definition of one of the desk's own fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomField {
    #[serde(rename = "type")]
    pub custom_type: CustomType,
    /// The record types that have the field; every type, if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on: Vec<Kind>,
    /// What may be chosen, for the type `choice`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// What values one of the desk's own fields takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum CustomType {
    /// One line of text.
    Text,
    /// A decimal number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A UTC timestamp.
    Time,
    /// One of `choices`.
    Choice,
}

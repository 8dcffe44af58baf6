//! What `.gitsm/sla.yaml` says.

use std::borrow::Cow;

use chrono::NaiveDate;
use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::target::TargetTable;
use crate::model::{CalendarName, CommitmentName, TeamId, unique};

/// What the desk promises, `.gitsm/sla.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlaFile {
    /// The commitments by name. Of those of one kind and metric that apply to a
    /// record, the one that is due first counts.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    #[schemars(with = "std::collections::BTreeMap<String, DefinitionFile>")]
    pub commitments: IndexMap<CommitmentName, DefinitionFile>,
}

/// One commitment. Conditions are queries on the record as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DefinitionFile {
    /// What it promises, one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// To whom it is owed.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kind: CommitmentKind,
    /// What is measured.
    pub metric: Metric,
    /// Which records it is for; the clock starts when this holds.
    pub when: String,
    /// How much time there is: `4h`, `90m`, `1bd`, or one for each priority.
    pub target: TargetTable,
    /// The calendar by which time counts; all hours of all days, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarName>,
    /// Whose clocks the calendar goes by.
    #[serde(default, skip_serializing_if = "is_default")]
    pub time_zone: ZoneSource,
    /// When the clock stands still; by default on hold, and for a contract
    /// never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<String>,
    /// When it goes on although `pause` holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<String>,
    /// When the commitment is fulfilled; by default with the first response or
    /// the resolution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<String>,
    /// When a new round begins.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reset: Option<String>,
    /// When it is dropped; by default where the record is cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancel: Option<String>,
    /// What drops it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub cancel_on: Cancel,
    /// What counts as the first response.
    #[serde(default, skip_serializing_if = "is_default")]
    pub first_response: FirstResponse,
    /// Which updates are measured.
    #[serde(default, skip_serializing_if = "is_default")]
    pub updates: Updates,
    /// What a reopened record does to a commitment that was fulfilled.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reopen: Reopen,
    /// At which percentages of the target somebody is to be warned.
    #[serde(default = "usual_thresholds", skip_serializing_if = "are_usual")]
    pub thresholds: Vec<u16>,
    /// To which team `gitsm tick` hands a record on which so much is used up.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub escalate: Vec<Escalation>,
    /// Whether time counts from the opening of the record (for an OLA from when
    /// it came to the team), however late the commitment applied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retroactive_start: Option<bool>,
    /// Whether pauses from before it applied count as pauses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retroactive_pause: Option<bool>,
    /// From this day on it is attached to records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_from: Option<Day>,
    /// From this day on it is no longer attached to records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Day>,
}

/// A functional escalation: an open record goes to another team, with nobody
/// assigned yet (iTop escalates when a threshold is passed).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// The percentage of the target, one of the thresholds.
    pub at: u16,
    /// Who is to take care of it then.
    pub team: TeamId,
}

/// To whom something is owed (ITIL 4: service level agreement, operational
/// level agreement, underpinning contract).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum CommitmentKind {
    /// The desk owes it to its customers.
    #[default]
    Sla,
    /// A team owes it to the desk.
    Ola,
    /// A supplier owes it to the desk.
    Contract,
}

/// What a commitment measures.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Metric {
    /// Until somebody of the desk answers, or takes the record on.
    Response,
    /// Until it is resolved.
    Resolution,
    /// Until the next word to the requester, again and again.
    Update,
}

/// What counts as the first response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FirstResponse {
    /// An answer or an assignment, whichever comes first.
    #[default]
    Either,
    /// A public note.
    Answer,
    /// That somebody is assigned.
    Assignment,
}

/// Which updates are measured (the two modes of Zammad's update time).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Updates {
    /// From one word of the desk to the next.
    #[default]
    BetweenUpdates,
    /// From a word of the requester to the answer.
    ToReply,
}

/// What drops a commitment ("when to cancel" of ServiceNow).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cancel {
    /// That `when` no longer holds, or that `cancel` does.
    #[default]
    StartNotMet,
    /// That `cancel` holds.
    CancelMet,
    Never,
}

/// What a reopened record does to a commitment that was fulfilled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reopen {
    /// It goes on with the time that was used; the time resolved does not count.
    #[default]
    Resume,
    /// A new one begins.
    Restart,
}

/// Whose clocks a calendar goes by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ZoneSource {
    /// Those of the calendar, or of the desk.
    #[default]
    Calendar,
    /// The requester's.
    Requester,
    /// The team's.
    Team,
    /// Those of the zone with this IANA name.
    Named(String),
}

impl Serialize for ZoneSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(match self {
            ZoneSource::Calendar => "calendar",
            ZoneSource::Requester => "requester",
            ZoneSource::Team => "team",
            ZoneSource::Named(name) => name,
        })
    }
}

impl<'de> Deserialize<'de> for ZoneSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(match text.as_str() {
            "calendar" => ZoneSource::Calendar,
            "requester" => ZoneSource::Requester,
            "team" => ZoneSource::Team,
            _ => ZoneSource::Named(text),
        })
    }
}

impl JsonSchema for ZoneSource {
    fn schema_name() -> Cow<'static, str> {
        "ZoneSource".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "Whose clocks the calendar goes by: `calendar` (its own or the desk's), `requester`, `team`, or an IANA zone.",
        })
    }
}

/// A day, as `2026-11-22`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(pub NaiveDate);

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0.format("%Y-%m-%d"))
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
        let shown: String = text.chars().take(40).collect();
        let wrong = || serde::de::Error::custom(format!("`{shown}` is no day such as 2026-11-22"));
        day.map(Self).ok_or_else(wrong)
    }
}

impl JsonSchema for Day {
    fn schema_name() -> Cow<'static, str> {
        "Day".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
    }
}

/// iTop's usual escalations: a warning at 75 per cent, the breach at 100.
fn usual_thresholds() -> Vec<u16> {
    vec![75, 100]
}

fn are_usual(thresholds: &[u16]) -> bool {
    thresholds == usual_thresholds()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl CommitmentKind {
    /// The word that files and commands use.
    pub const fn name(self) -> &'static str {
        match self {
            CommitmentKind::Sla => "sla",
            CommitmentKind::Ola => "ola",
            CommitmentKind::Contract => "contract",
        }
    }

    /// The word that people read.
    pub const fn label(self) -> &'static str {
        match self {
            CommitmentKind::Sla => "SLA",
            CommitmentKind::Ola => "OLA",
            CommitmentKind::Contract => "contract",
        }
    }
}

impl Metric {
    /// The word that files and commands use.
    pub const fn name(self) -> &'static str {
        match self {
            Metric::Response => "response",
            Metric::Resolution => "resolution",
            Metric::Update => "update",
        }
    }
}

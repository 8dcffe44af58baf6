//! What the risk of a change was found from.

use std::fmt;
use std::str::FromStr;

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::change::words;
use super::{PersonId, Risk, Timestamp, UnknownLevel, unique};

/// What was found when the risk of a change was assessed. The highest of the
/// parts is the risk that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RiskAssessment {
    /// What was answered to the questionnaire: question and answer.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    pub answers: IndexMap<String, String>,
    /// The score of the answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub score: Option<u32>,
    /// What each source says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<RiskPart>,
    /// When it was assessed.
    pub at: Timestamp,
    /// Who assessed it.
    pub by: PersonId,
    /// Why the risk is lower than what was found.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// What one source says about the risk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RiskPart {
    /// What it follows from.
    pub source: RiskSource,
    /// How high it is by that alone.
    pub risk: Risk,
    /// Why, in words.
    pub why: String,
}

/// What a risk follows from.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum RiskSource {
    /// The answers to the desk's questions.
    Questionnaire,
    /// The configuration items concerned, and what depends on them.
    Cis,
    /// How earlier changes like it went.
    History,
}

words!(
    RiskSource,
    "source of a risk",
    "the sources are questionnaire, cis and history",
    Questionnaire = "questionnaire",
    Cis = "cis",
    History = "history"
);

impl RiskAssessment {
    /// The risk that was found: the highest of the parts.
    pub fn found(&self) -> Option<Risk> {
        self.parts.iter().map(|part| part.risk).max()
    }
}

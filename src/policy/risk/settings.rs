//! `.gitsm/risk.yaml`: how the risk of changes is found.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Criticality, Priority, QuestionName, Risk, unique};

/// How the risk of changes is found, `.gitsm/risk.yaml`. What it does not say
/// is as it is built in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RiskSettings {
    /// The questions, by name, in the order in which they are asked.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    pub questions: IndexMap<QuestionName, Question>,
    /// The risk of the sum of the answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thresholds: Option<Thresholds>,
    /// What the configuration items say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cis: Option<CiRisk>,
    /// What earlier changes say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub history: Option<HistoryRisk>,
}

/// A question about a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The question, as people read it.
    pub text: String,
    /// How much it counts: the score of the answer is taken so many times; 1, if
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
    /// What can be answered, by name.
    #[serde(deserialize_with = "unique::map")]
    pub answers: IndexMap<QuestionName, Answer>,
}

impl Question {
    /// How many times the score of the answer counts.
    pub fn weight(&self) -> u32 {
        self.weight.unwrap_or(1)
    }
}

/// An answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The answer, as people read it; its name, if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How much risk lies in it.
    pub score: u32,
}

/// The risk of what is greater than a number; below both it is low.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thresholds {
    pub moderate: u32,
    pub high: u32,
}

impl Thresholds {
    /// The risk of `score`: that of the highest threshold below it (ServiceNow
    /// risk assessment).
    pub fn risk(self, score: u32) -> Risk {
        match score {
            score if score > self.high => Risk::High,
            score if score > self.moderate => Risk::Moderate,
            _ => Risk::Low,
        }
    }
}

/// What the configuration items of a change say about its risk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CiRisk {
    /// The risk of touching an item of this criticality, or one that such an
    /// item depends on.
    #[serde(deserialize_with = "unique::map")]
    pub criticality: IndexMap<Criticality, Risk>,
    /// The risk where more items than this depend on those that are changed.
    pub dependants: Thresholds,
}

/// What earlier changes of the same model to the same items say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HistoryRisk {
    /// How many of the latest count.
    pub last: usize,
    /// The points of each.
    pub points: HistoryPoints,
    /// The points for each incident of a priority that it caused.
    #[serde(deserialize_with = "unique::map")]
    pub incidents: IndexMap<Priority, i64>,
    /// The risk of the sum.
    pub thresholds: Limits,
}

/// The points of a change, by how it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HistoryPoints {
    pub successful: i64,
    pub with_issues: i64,
    /// Also of what failed or was rolled back.
    pub unsuccessful: i64,
}

/// The risk of what is less than a number; above both it is low.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    pub moderate: i64,
    pub high: i64,
}

impl Limits {
    /// The risk of `sum`.
    pub const fn risk(self, sum: i64) -> Risk {
        if sum < self.high {
            Risk::High
        } else if sum < self.moderate {
            Risk::Moderate
        } else {
            Risk::Low
        }
    }
}

/// What cannot work in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RiskMistake {
    /// A stable name, for example `risk-answers`.
    pub rule: &'static str,
    /// Where, as a path of keys with `/` between.
    pub place: String,
    pub message: String,
}

impl RiskSettings {
    /// These settings, with what they do not say from `usual`.
    #[must_use]
    pub fn or(self, usual: Self) -> Self {
        Self {
            // A threshold is for the questions that it stands with.
            thresholds: self.thresholds.or(usual.thresholds),
            questions: if self.questions.is_empty() { usual.questions } else { self.questions },
            cis: self.cis.or(usual.cis),
            history: self.history.or(usual.history),
        }
    }

    /// What cannot work as written.
    pub fn mistakes(&self) -> Vec<RiskMistake> {
        let mut found = Vec::new();
        let mut add = |rule, place: String, message: String| {
            found.push(RiskMistake { rule, place, message });
        };
        for (name, question) in &self.questions {
            if question.answers.len() < 2 {
                let message = format!("`{name}` has fewer than two answers to choose from");
                add("risk-answers", format!("questions/{name}"), message);
            }
        }
        if !self.questions.is_empty() && self.thresholds.is_none() {
            let message = "questions of your own need `thresholds` for the sum of their answers";
            add("risk-thresholds", "questions".to_owned(), message.to_owned());
        }
        let rising = [
            ("thresholds", self.thresholds),
            ("cis/dependants", self.cis.as_ref().map(|cis| cis.dependants)),
        ];
        for (place, thresholds) in rising {
            if thresholds.is_some_and(|limits| limits.high <= limits.moderate) {
                let message = "`high` must be greater than `moderate`".to_owned();
                add("risk-thresholds", place.to_owned(), message);
            }
        }
        if self.history.as_ref().is_some_and(|one| one.thresholds.high >= one.thresholds.moderate) {
            let message = "`high` must be less than `moderate`: the fewer points, the more risk";
            add("risk-thresholds", "history/thresholds".to_owned(), message.to_owned());
        }
        found
    }
}

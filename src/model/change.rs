//! Changes.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::UnknownLevel;
use super::record::ticket;

/// How a change is authorised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeModel {
    /// Assessed and approved one by one.
    #[default]
    Normal,
    /// Low risk and well understood: authorised beforehand.
    Standard,
    /// Must go in at once: approved first, assessed afterwards.
    Emergency,
}

/// How likely, and how badly, a change may go wrong.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Risk {
    Low,
    Moderate,
    High,
}

/// How carrying out a change ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It went in as planned.
    Successful,
    /// It did not go in, or did not do what it should.
    Failed,
    /// It was taken back.
    RolledBack,
}

/// Names for the values of an enum: how files and commands call them.
macro_rules! words {
    ($type:ident, $what:literal, $choices:literal, $($variant:ident = $word:literal),*) => {
        impl $type {
            /// Every value.
            pub const ALL: &[$type] = &[$($type::$variant),*];

            /// The word that files and commands use.
            pub const fn name(self) -> &'static str {
                match self { $($type::$variant => $word),* }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(self.name())
            }
        }

        impl FromStr for $type {
            type Err = UnknownLevel;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let lower = text.to_ascii_lowercase();
                $type::ALL.iter().copied().find(|value| value.name() == lower).ok_or_else(|| {
                    UnknownLevel { text: text.to_owned(), what: $what, choices: $choices }
                })
            }
        }
    };
}

pub(super) use words;

words!(
    ChangeModel,
    "change model",
    "the models are normal, standard and emergency",
    Normal = "normal",
    Standard = "standard",
    Emergency = "emergency"
);
words!(
    Risk,
    "risk",
    "the risks are low, moderate and high",
    Low = "low",
    Moderate = "moderate",
    High = "high"
);
words!(
    Outcome,
    "outcome",
    "the outcomes are successful, failed and rolled_back",
    Successful = "successful",
    Failed = "failed",
    RolledBack = "rolled_back"
);

ticket! {
    /// An addition, modification or removal that could affect services.
    Change {
        /// How it is authorised.
        model: ChangeModel,
        /// The change model of the desk that it was made from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        template: Option<String>,
        /// What was found when it was assessed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        risk: Option<Risk>,
        /// What the risk was found from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        risk_assessment: Option<Box<crate::model::RiskAssessment>>,
        /// When it is to begin.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        planned_start: Option<crate::model::Timestamp>,
        /// When it is to be finished (exclusive).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        planned_end: Option<crate::model::Timestamp>,
        /// The conflicts with other changes, maintenance windows and freezes that
        /// somebody lives with, each for as long as neither window moves.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        accepted_conflicts: Vec<crate::model::AcceptedConflict>,
        /// How carrying it out ended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        outcome: Option<Outcome>,
        /// How it is to be carried out.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        implementation_plan: Option<String>,
        /// How its success is to be tested.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        test_plan: Option<String>,
        /// How it is to be taken back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        backout_plan: Option<String>,
        /// The tests of what it brings, in order of time.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        test_evidence: Vec<crate::model::TestEvidence>,
        /// What was learnt from it afterwards.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        review: Option<String>,
        /// What it deploys.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        deployment: Option<Box<crate::model::Deployment>>,
        /// The attempts at deploying it, in order of time.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        deploys: Vec<crate::model::Deploy>,
        /// The times at which it went on without leave, in order of time.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        overrides: Vec<crate::model::Override>,
    }
}

impl Change {
    /// The tag of a change that was made up for a deployment which none had
    /// allowed, and the code of the resolution in which somebody owned up to it.
    pub const UNAUTHORISED: &str = "unauthorised";

    /// Whether it was made up for a deployment which none had allowed.
    pub fn is_unauthorised(&self) -> bool {
        self.tags.iter().any(|tag| tag == Self::UNAUTHORISED)
    }
}

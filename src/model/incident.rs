//! Incidents.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::UnknownLevel;
use super::change::words;
use super::record::ticket;

/// Where an incident stands that may be a major one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Major {
    /// Somebody thinks that it is one.
    Proposed,
    /// It is one: with a communication log, and a review before it is closed.
    Promoted,
    /// It was found not to be one.
    Declined,
}

words!(
    Major,
    "answer",
    "a major incident is proposed, promoted or declined",
    Proposed = "proposed",
    Promoted = "promoted",
    Declined = "declined"
);

ticket! {
    /// An unplanned interruption or loss of quality of a service.
    Incident {
        /// How many times the incident went up a support level.
        #[serde(default, skip_serializing_if = "is_zero")]
        escalation: u32,
        /// Whether it is a major incident, or may be one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        major: Option<Major>,
        /// What was learnt from it afterwards.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        review: Option<String>,
    }
}

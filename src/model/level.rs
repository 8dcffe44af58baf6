//! Impact, urgency and priority.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The text names no such level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}; {choices}")]
pub struct UnknownLevel {
    /// The refused text.
    pub text: String,
    /// What it should have named.
    pub what: &'static str,
    /// What may be written instead.
    pub choices: &'static str,
}

/// How far an issue reaches (impact) or how soon it must be dealt with
/// (urgency). `High` orders first, as it does in a queue.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    High,
    Medium,
    Low,
}

impl Level {
    /// Every level, the highest first.
    pub const ALL: [Level; 3] = [Level::High, Level::Medium, Level::Low];

    /// The word that files and commands use.
    pub const fn name(self) -> &'static str {
        match self {
            Level::High => "high",
            Level::Medium => "medium",
            Level::Low => "low",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Level {
    type Err = UnknownLevel;

    /// Accepts the word or ServiceNow's number (1 high, 2 medium, 3 low).
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.to_ascii_lowercase().as_str() {
            "high" | "1" => Ok(Level::High),
            "medium" | "2" => Ok(Level::Medium),
            "low" | "3" => Ok(Level::Low),
            _ => Err(UnknownLevel {
                text: text.to_owned(),
                what: "level",
                choices: "the levels are high, medium and low",
            }),
        }
    }
}

/// The order of work, from P1 (critical) to P5 (planning).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum Priority {
    P1,
    P2,
    P3,
    P4,
    P5,
}

impl Priority {
    /// Every priority, the most pressing first.
    pub const ALL: [Priority; 5] =
        [Priority::P1, Priority::P2, Priority::P3, Priority::P4, Priority::P5];

    /// The name that files and commands use.
    pub const fn name(self) -> &'static str {
        match self {
            Priority::P1 => "P1",
            Priority::P2 => "P2",
            Priority::P3 => "P3",
            Priority::P4 => "P4",
            Priority::P5 => "P5",
        }
    }

    /// 1 for P1 to 5 for P5.
    pub const fn number(self) -> u8 {
        self as u8 + 1
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Priority {
    type Err = UnknownLevel;

    /// Accepts `P1`, `p1` and `1`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digit = text.strip_prefix(['P', 'p']).unwrap_or(text);
        Priority::ALL.into_iter().find(|priority| priority.name()[1..] == *digit).ok_or_else(|| {
            UnknownLevel {
                text: text.to_owned(),
                what: "priority",
                choices: "the priorities are P1 to P5",
            }
        })
    }
}

//! How many votes a step needs.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::{Serialize, Serializer};

/// How many of those who may vote must approve.
///
/// After ServiceNow's approval definitions (first response, all, percentage),
/// with a plain number besides. Empty means `any` there and here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quorum {
    /// One is enough.
    #[default]
    Any,
    /// Everybody who may vote.
    All,
    /// This many.
    Count(u32),
    /// This part of those who may vote.
    Percent(Percent),
}

/// A share in thousandths of a percent, so that `33.333%` is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Percent(i64);

/// What becomes of a percentage that is no whole number of votes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, serde::Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// Up: 2.1 needs 3, so that the share is always reached.
    #[default]
    Ceil,
    /// To the nearest, as ServiceNow does: 2.49 needs 2, 2.5 needs 3.
    Nearest,
}

impl Quorum {
    /// How many votes are needed of `voters`, at least one: an empty list of
    /// voters never grants anything.
    ///
    /// As in ServiceNow's approval definitions a percentage of nothing or less
    /// stands for `any`, and one of 100 or more for `all`.
    pub fn needed(self, voters: usize, rounding: Rounding) -> usize {
        let needed = match self {
            Quorum::Any => 1,
            Quorum::All => voters,
            Quorum::Count(count) => usize::try_from(count).unwrap_or(usize::MAX),
            Quorum::Percent(Percent(share)) if share <= 0 => 1,
            Quorum::Percent(Percent(share)) if share >= 100_000 => voters,
            Quorum::Percent(Percent(share)) => {
                let product = voters as u128 * share.unsigned_abs() as u128;
                let votes = match rounding {
                    Rounding::Ceil => product.div_ceil(100_000),
                    Rounding::Nearest => (product + 50_000) / 100_000,
                };
                usize::try_from(votes).unwrap_or(usize::MAX)
            }
        };
        needed.max(1)
    }

    /// Whether it depends on how many may vote.
    pub const fn counts_voters(self) -> bool {
        matches!(self, Quorum::All | Quorum::Percent(_))
    }
}

impl fmt::Display for Quorum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Quorum::Any => f.write_str("any"),
            Quorum::All => f.write_str("all"),
            Quorum::Count(count) => write!(f, "{count}"),
            Quorum::Percent(Percent(share)) => {
                let sign = if *share < 0 { "-" } else { "" };
                let (whole, part) = (share.unsigned_abs() / 1000, share.unsigned_abs() % 1000);
                let part = format!("{part:03}");
                match part.trim_end_matches('0') {
                    "" => write!(f, "{sign}{whole}%"),
                    part => write!(f, "{sign}{whole}.{part}%"),
                }
            }
        }
    }
}

/// The text is no quorum.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no quorum; there are any, all, a number such as 2, and a share such as 50%")]
pub struct BadQuorum(String);

impl FromStr for Quorum {
    type Err = BadQuorum;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadQuorum(text.chars().take(64).collect());
        match text.trim() {
            "" | "any" => Ok(Quorum::Any),
            "all" => Ok(Quorum::All),
            other => match other.strip_suffix('%') {
                Some(share) => share_of(share.trim_end()).map(Quorum::Percent).ok_or_else(bad),
                None => match other.parse() {
                    Ok(0) | Err(_) => Err(bad()),
                    Ok(count) => Ok(Quorum::Count(count)),
                },
            },
        }
    }
}

/// A decimal number with up to three places.
fn share_of(text: &str) -> Option<Percent> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(part) || whole.len() > 6 || part.len() > 3 {
        return None;
    }
    let thousandths = format!("{part:0<3}").parse::<i64>().ok()?;
    let share = whole.parse::<i64>().ok()? * 1000 + thousandths;
    Some(Percent(if negative { -share } else { share }))
}

impl Serialize for Quorum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Quorum::Count(count) => serializer.serialize_u32(*count),
            other => serializer.collect_str(other),
        }
    }
}

impl<'de> Deserialize<'de> for Quorum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Scalar;

        impl Visitor<'_> for Scalar {
            type Value = Quorum;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any, all, a number such as 2, or a share such as 50%")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Quorum, E> {
                text.parse().map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, count: u64) -> Result<Quorum, E> {
                count.to_string().parse().map_err(E::custom)
            }

            fn visit_i64<E: de::Error>(self, count: i64) -> Result<Quorum, E> {
                count.to_string().parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_any(Scalar)
    }
}

impl JsonSchema for Quorum {
    fn schema_name() -> Cow<'static, str> {
        "Quorum".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "How many of those who may vote must approve: any, all, a number, or a share such as 50%.",
            "anyOf": [
                { "type": "integer", "minimum": 1, "maximum": 4_294_967_295u32 },
                { "type": "string", "pattern": "^(any|all|[1-9][0-9]*|-?[0-9]{1,6}([.][0-9]{1,3})?%)$" },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quorum(text: &str) -> Quorum {
        text.parse().unwrap_or_else(|error| panic!("{error}"))
    }

    /// The vectors of ServiceNow's approval definitions.
    #[test]
    fn percentages_are_rounded_as_asked() {
        let (ceil, nearest) = (Rounding::Ceil, Rounding::Nearest);
        for (share, voters, up, near) in [
            ("24.9%", 10, 3, 2),
            ("25%", 10, 3, 3),
            ("50%", 5, 3, 3),
            ("49.8%", 5, 3, 2),
            ("33.333%", 3, 1, 1),
            ("0%", 3, 1, 1),
            ("-5%", 3, 1, 1),
            ("100%", 3, 3, 3),
            ("250%", 3, 3, 3),
            ("1%", 3, 1, 1),
        ] {
            assert_eq!(quorum(share).needed(voters, ceil), up, "{share} of {voters}, up");
            assert_eq!(quorum(share).needed(voters, nearest), near, "{share} of {voters}");
        }
        assert_eq!(quorum("").needed(7, ceil), 1);
        assert_eq!(quorum("all").needed(0, ceil), 1, "nobody's silence is no consent");
        assert_eq!(quorum("100%").needed(0, nearest), 1);
        assert_eq!(quorum("4").needed(2, ceil), 4);
    }

    #[test]
    fn what_is_written_is_read_back() {
        for text in ["any", "all", "2", "50%", "33.333%", "0.5%", "-1.5%"] {
            assert_eq!(quorum(text).to_string(), text);
        }
        for text in ["0", "-2", "some", "50", "1e3%", "%", "1.2345%", "9999999%", "½"] {
            let read = text.parse::<Quorum>();
            assert_eq!(read.is_ok(), text == "50", "{text}");
        }
    }
}

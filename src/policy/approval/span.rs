//! How long a step waits for votes: real time, day and night.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::Timestamp;

/// A length of time such as `48h`, `30m` or `1h30m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    minutes: u32,
}

impl Span {
    /// The time this long after `start`.
    pub fn after(self, start: Timestamp) -> Timestamp {
        Timestamp::from_seconds(start.seconds().saturating_add(i64::from(self.minutes) * 60))
    }
}

/// The text is no length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no length of time; write hours and minutes, such as 48h, 30m or 1h30m")]
pub struct BadSpan(String);

impl FromStr for Span {
    type Err = BadSpan;

    /// Days are refused: a working day and a day of 24 hours are both meant by
    /// it, by different people.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bad = || BadSpan(text.chars().take(64).collect());
        let (hours, rest) = text.split_once('h').map_or((None, text), |(h, r)| (Some(h), r));
        let minutes = match (rest, hours) {
            ("", Some(_)) => None,
            (rest, _) => Some(rest.strip_suffix('m').ok_or_else(bad)?),
        };
        let number = |part: Option<&str>| match part {
            None => Ok(0),
            Some(digits) if digits.len() <= 5 && digits.bytes().all(|b| b.is_ascii_digit()) => {
                digits.parse::<u32>().map_err(|_| bad())
            }
            Some(_) => Err(bad()),
        };
        let minutes = number(hours)? * 60 + number(minutes)?;
        if minutes == 0 { Err(bad()) } else { Ok(Self { minutes }) }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.minutes / 60, self.minutes % 60) {
            (0, minutes) => write!(f, "{minutes}m"),
            (hours, 0) => write!(f, "{hours}h"),
            (hours, minutes) => write!(f, "{hours}h{minutes}m"),
        }
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Span {
    fn schema_name() -> Cow<'static, str> {
        "Span".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A length of time in hours and minutes, such as 48h.",
            "pattern": "^([0-9]{1,5}h)?([0-9]{1,5}m)?$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_and_minutes_only() {
        for text in ["48h", "30m", "1h30m"] {
            assert_eq!(text.parse::<Span>().map(|span| span.to_string()).as_deref(), Ok(text));
        }
        assert_eq!("90m".parse::<Span>().map(|span| span.to_string()).as_deref(), Ok("1h30m"));
        for text in ["1d", "2bd", "", "h", "m", "0h", "-1h", "1.5h", "48", "999999h", "1h2h"] {
            assert!(text.parse::<Span>().is_err(), "{text}");
        }
    }
}

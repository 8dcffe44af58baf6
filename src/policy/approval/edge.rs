//! Where a span of days begins or ends: a day, or a point in time.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono::{Days, NaiveDate, NaiveTime};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::{Timestamp, Zone};

/// A day such as `2026-11-30`, or a time such as `2026-11-30T09:00:00Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    /// The whole day, by the clocks of the desk.
    Day(NaiveDate),
    At(Timestamp),
}

impl Edge {
    /// When it begins on a desk whose time zone is `zone`.
    pub fn start(self, zone: &str) -> Timestamp {
        match self {
            Edge::At(at) => at,
            Edge::Day(day) => midnight(day, zone),
        }
    }

    /// When it is over: a point in time at once, a day with its end.
    pub fn end(self, zone: &str) -> Timestamp {
        match self {
            Edge::At(at) => at,
            Edge::Day(day) => midnight(day.checked_add_days(Days::new(1)).unwrap_or(day), zone),
        }
    }
}

/// The first instant of the day; by UTC, where nobody knows the zone.
fn midnight(day: NaiveDate, zone: &str) -> Timestamp {
    let wall = day.and_time(NaiveTime::MIN);
    let here = Zone::named(zone).and_then(|zone| zone.first_instant(wall));
    here.unwrap_or(wall.and_utc()).into()
}

/// The text is neither.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no day such as 2026-11-30, and no UTC time such as 2026-11-30T09:00:00Z")]
pub struct BadEdge(String);

impl FromStr for Edge {
    type Err = BadEdge;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let day = text.parse::<NaiveDate>().ok().filter(|day| day.to_string() == text);
        day.map(Edge::Day)
            .or_else(|| text.parse().ok().map(Edge::At))
            .ok_or_else(|| BadEdge(text.chars().take(64).collect()))
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Edge::Day(day) => day.fmt(f),
            Edge::At(at) => at.fmt(f),
        }
    }
}

impl Serialize for Edge {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Edge {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Cow::<'de, str>::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Edge {
    fn schema_name() -> Cow<'static, str> {
        "Edge".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A day of the desk, such as `2026-11-30`, or a UTC time.",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$",
            "examples": ["2026-11-30", "2026-11-30T09:00:00Z"]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_desk() {
        let edge: Edge = "2026-11-30".parse().expect("a day");
        assert_eq!(edge.start("Europe/Berlin").to_string(), "2026-11-29T23:00:00Z");
        assert_eq!(edge.end("Europe/Berlin").to_string(), "2026-11-30T23:00:00Z");
        assert_eq!(edge.end("Nowhere/Land").to_string(), "2026-12-01T00:00:00Z");
        // The day on which clocks go back has 25 hours.
        let edge: Edge = "2026-10-25".parse().expect("a day");
        let hours = edge.end("Europe/Berlin").seconds() - edge.start("Europe/Berlin").seconds();
        assert_eq!(hours, 25 * 3600);
        let at: Edge = "2026-11-30T09:00:00Z".parse().expect("a time");
        assert_eq!(at.start("Europe/Berlin"), at.end("Europe/Berlin"));
        for bad in ["2026-11-31", "2026-1-1", "30.11.2026", "", "2026-11-30 09:00", "+2026-11-30"] {
            assert!(bad.parse::<Edge>().is_err(), "{bad}");
        }
    }
}

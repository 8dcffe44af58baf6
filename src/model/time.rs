//! Points in time as they stand in records: UTC, whole seconds.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, SecondsFormat, SubsecRound, Utc};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time, UTC, with a resolution of one second.
///
/// Git's own commit times have that resolution, so a record and the commit
/// that wrote it can agree exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(DateTime<Utc>);

/// The text is not a UTC timestamp.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a UTC time such as 2026-11-22T09:12:04Z")]
pub struct BadTimestamp(pub String);

impl Timestamp {
    /// The whole second that `time` lies in.
    pub fn new(time: DateTime<Utc>) -> Self {
        Self(time.trunc_subsecs(0))
    }

    /// From seconds since 1970-01-01T00:00:00Z; out-of-range values saturate.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(DateTime::from_timestamp(seconds, 0).unwrap_or(if seconds < 0 {
            DateTime::<Utc>::MIN_UTC
        } else {
            DateTime::<Utc>::MAX_UTC
        }))
    }

    /// From milliseconds since 1970-01-01T00:00:00Z, rounded down to seconds.
    pub fn from_millis(millis: i64) -> Self {
        Self::from_seconds(millis.div_euclid(1000))
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn seconds(self) -> i64 {
        self.0.timestamp()
    }

    /// The same point in time for date arithmetic.
    pub const fn to_utc(self) -> DateTime<Utc> {
        self.0
    }
}

impl From<DateTime<Utc>> for Timestamp {
    fn from(time: DateTime<Utc>) -> Self {
        Self::new(time)
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_rfc3339_opts(SecondsFormat::Secs, true))
    }
}

impl FromStr for Timestamp {
    type Err = BadTimestamp;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Some(time) = read_quickly(text) {
            return Ok(Self(time));
        }
        let bad = || BadTimestamp(text.chars().take(64).collect());
        let time = DateTime::parse_from_rfc3339(text).map_err(|_| bad())?;
        let time = Self(time.with_timezone(&Utc));
        // One spelling for one point in time: no offsets, no fractions.
        if time.to_string() == text { Ok(time) } else { Err(bad()) }
    }
}

/// The time in the one spelling that there is, which an index reads by the
/// hundred thousand; `None` for whatever takes a closer look.
fn read_quickly(text: &str) -> Option<DateTime<Utc>> {
    const MARKS: [(usize, u8); 6] =
        [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':'), (19, b'Z')];
    let bytes: &[u8; 20] = text.as_bytes().try_into().ok()?;
    if MARKS.iter().any(|(at, mark)| bytes[*at] != *mark) {
        return None;
    }
    let number = |digits: Range<usize>| {
        bytes[digits].iter().try_fold(0_u32, |number, byte| {
            byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0'))
        })
    };
    let year = i32::try_from(number(0..4)?).ok()?;
    let date = NaiveDate::from_ymd_opt(year, number(5..7)?, number(8..10)?)?;
    Some(date.and_hms_opt(number(11..13)?, number(14..16)?, number(17..19)?)?.and_utc())
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Timestamp {
    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date-time",
            "description": "A point in time: UTC, whole seconds.",
            "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling_per_instant() {
        assert!("2026-11-22T09:12:04Z".parse::<Timestamp>().is_ok());
        for text in ["2026-11-22T10:12:04+01:00", "2026-11-22T09:12:04.5Z", "2026-11-22", ""] {
            assert!(text.parse::<Timestamp>().is_err(), "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn quick_reading_is_exact(
            text in "20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-5][0-9][Z0]",
        ) {
            let exact = DateTime::parse_from_rfc3339(&text).ok().map(|time| time.to_utc());
            proptest::prop_assert_eq!(read_quickly(&text), exact);
        }
    }

    #[test]
    fn rounds_down_before_the_epoch_too() {
        assert_eq!(Timestamp::from_millis(-1).seconds(), -1);
        assert_eq!(Timestamp::from_millis(1999).seconds(), 1);
    }
}

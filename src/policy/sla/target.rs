//! How much time there is.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono::NaiveTime;
use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::{Priority, Timestamp};
use crate::policy::calendar::Calendar;
use crate::query::{Row, TimeField};

/// The longest target, in seconds: ten years.
const LONGEST: i64 = 10 * 366 * 86_400;
/// The longest target in business days.
const MOST_DAYS: u32 = 3_660;

/// How much time there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `4h30m`: so many seconds of open time.
    Open(i64),
    /// `1bd`: as much open time as there is until the same time of day so many
    /// business days later (the day mode of GLPI); with `end`, until that day's
    /// end.
    Days { count: u32, to_end: bool },
    /// `1bd 16:00`: at that time of day so many business days later. Pauses do
    /// not count.
    DayAt { count: u32, at: NaiveTime },
    /// `until planned_end`: at the time that the field holds. Pauses do not
    /// count.
    Until(DueField),
}

/// A field of a record that holds a time by which something is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DueField {
    PlannedStart,
    PlannedEnd,
    /// One of the desk's own fields.
    Custom(String),
}

impl DueField {
    /// The time in the field.
    pub(super) fn of(&self, row: &Row) -> Option<Timestamp> {
        match self {
            DueField::PlannedStart => row.time(TimeField::PlannedStart),
            DueField::PlannedEnd => row.time(TimeField::PlannedEnd),
            DueField::Custom(name) => row.custom.get(name)?.parse().ok(),
        }
    }
}

/// A target for one commitment of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The open time that there is, in seconds.
    pub seconds: i64,
    /// The fixed time at which it is due, whatever happens in between.
    pub fixed: Option<Timestamp>,
}

impl Target {
    /// What it means for a clock that starts at `start`, with the time that the
    /// record's field holds. `None` where it lies beyond all calendars.
    ///
    /// A due date that is missing or past is due one second after the start,
    /// and one outside opening hours at the next opening (ServiceNow relative
    /// durations).
    pub fn due(
        &self,
        calendar: &Calendar,
        start: Timestamp,
        field: Option<Timestamp>,
    ) -> Option<Due> {
        let fixed = |wanted: Timestamp| {
            let later = Timestamp::from_seconds(start.seconds().saturating_add(1));
            let at = calendar.next_opening(if wanted <= start { later } else { wanted })?;
            Some(Due { seconds: calendar.open_between(start, at), fixed: Some(at) })
        };
        match self {
            Target::Open(seconds) => Some(Due { seconds: *seconds, fixed: None }),
            Target::Days { count, to_end } => {
                let begin = calendar.next_opening(start)?;
                let day = calendar.business_day(begin, *count)?;
                let end = match to_end {
                    true => calendar.closing(day)?,
                    false => calendar.instant(day, calendar.wall(begin)?.time())?,
                };
                // At least a second, where a short day is over by that time.
                let seconds = calendar.open_between(begin, end).max(1);
                Some(Due { seconds, fixed: None })
            }
            Target::DayAt { count, at } => {
                let day = calendar.business_day(start, *count)?;
                fixed(calendar.instant(day, *at)?)
            }
            Target::Until(_) => fixed(field.unwrap_or(start)),
        }
    }
}

fn shown(text: &str) -> String {
    text.chars().take(40).collect()
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let words: Vec<&str> = text.split_whitespace().collect();
        let wrong = || {
            format!(
                "`{}` is no target; write open time as `4h`, `90m` or `1h30m`, business days as \
                 `1bd`, `1bd end` or `1bd 16:00`, or `until planned_end`",
                shown(text)
            )
        };
        match words[..] {
            ["until", field] => match field {
                "planned_start" => Ok(Target::Until(DueField::PlannedStart)),
                "planned_end" => Ok(Target::Until(DueField::PlannedEnd)),
                _ => match field.strip_prefix("custom.") {
                    Some(name) if !name.is_empty() => {
                        Ok(Target::Until(DueField::Custom(name.to_owned())))
                    }
                    _ => Err(format!(
                        "`{}` is no field to wait for; there are planned_start, planned_end and \
                         custom.NAME",
                        shown(field)
                    )),
                },
            },
            [days] | [days, _] if days.ends_with("bd") => {
                let count = days.trim_end_matches("bd").parse::<u32>().map_err(|_| wrong())?;
                if count == 0 || count > MOST_DAYS {
                    return Err(format!("a target has between 1 and {MOST_DAYS} business days"));
                }
                match words.get(1) {
                    None => Ok(Target::Days { count, to_end: false }),
                    Some(&"end") => Ok(Target::Days { count, to_end: true }),
                    Some(time) => match NaiveTime::parse_from_str(time, "%H:%M") {
                        Ok(at) => Ok(Target::DayAt { count, at }),
                        Err(_) => Err(wrong()),
                    },
                }
            }
            [one] => open_time(one)?.map(Target::Open).ok_or_else(wrong),
            _ => Err(wrong()),
        }
    }
}

/// Reads `1h30m` as seconds of open time; `None` if it is no such thing.
///
/// # Errors
///
/// It is one that must not be used, since it could mean several things, or too
/// short or too long.
fn open_time(text: &str) -> Result<Option<i64>, String> {
    let mut rest = text;
    let mut sum: i64 = 0;
    while !rest.is_empty() {
        let Some((number, letters, after)) = number_and_unit(rest) else { return Ok(None) };
        let unit = match letters {
            "h" => 3_600,
            "m" | "min" => 60,
            "s" => 1,
            // "1 day" on a schedule of eight hours is three working days to
            // ServiceNow, and one to GLPI.
            "d" | "day" | "days" => {
                return Err(format!(
                    "`{}` could mean 24 hours of open time or one day; write `{}h` or `{number}bd`",
                    shown(text),
                    number.saturating_mul(24)
                ));
            }
            "w" | "week" | "weeks" => {
                return Err(format!(
                    "`{}` could mean several things; write `{}bd` for business days, or hours of \
                     open time",
                    shown(text),
                    number.saturating_mul(5)
                ));
            }
            _ => return Ok(None),
        };
        sum = sum.saturating_add(number.saturating_mul(unit));
        rest = after;
    }
    match sum {
        1..=LONGEST => Ok(Some(sum)),
        0 => Err("a target is at least a second long".to_owned()),
        _ => Err("a target is at most ten years long".to_owned()),
    }
}

/// The number and the letters with which `text` begins, and what follows them.
/// A number beyond all is the greatest there is, which is refused as too long.
fn number_and_unit(text: &str) -> Option<(i64, &str, &str)> {
    let (digits, rest) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
    if digits.is_empty() {
        return None;
    }
    let letters = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
    let (unit, rest) = rest.split_at(letters);
    Some((digits.parse().unwrap_or(i64::MAX), unit, rest))
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Open(seconds) => {
                let (hours, minutes, rest) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
                for (number, unit) in [(hours, "h"), (minutes, "m"), (rest, "s")] {
                    if number > 0 {
                        write!(f, "{number}{unit}")?;
                    }
                }
                Ok(())
            }
            Target::Days { count, to_end } => {
                write!(f, "{count}bd{}", if *to_end { " end" } else { "" })
            }
            Target::DayAt { count, at } => write!(f, "{count}bd {}", at.format("%H:%M")),
            Target::Until(field) => match field {
                DueField::PlannedStart => f.write_str("until planned_start"),
                DueField::PlannedEnd => f.write_str("until planned_end"),
                DueField::Custom(name) => write!(f, "until custom.{name}"),
            },
        }
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

impl JsonSchema for Target {
    fn schema_name() -> Cow<'static, str> {
        "Target".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "Open time (4h, 90m, 1h30m), business days (1bd, 1bd end, 1bd 16:00), or until a field's time (until planned_end).",
            "pattern": "^(([0-9]+(h|m|min|s))+|[0-9]+bd( end| [0-2][0-9]:[0-5][0-9])?|until (planned_start|planned_end|custom\\.[a-z0-9_]+))$",
        })
    }
}

/// One target for all records, or one for each priority.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TargetTable {
    One(Target),
    /// Records of a priority that is not in it have no target, and so no
    /// commitment.
    ByPriority(IndexMap<Priority, Target>),
}

impl TargetTable {
    /// The target of a record with this priority.
    pub fn of(&self, priority: Option<Priority>) -> Option<&Target> {
        match self {
            TargetTable::One(target) => Some(target),
            TargetTable::ByPriority(table) => table.get(&priority?),
        }
    }

    /// All targets.
    pub fn all(&self) -> Vec<&Target> {
        match self {
            TargetTable::One(target) => vec![target],
            TargetTable::ByPriority(table) => table.values().collect(),
        }
    }
}

impl Serialize for TargetTable {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            TargetTable::One(target) => target.serialize(serializer),
            TargetTable::ByPriority(table) => table.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for TargetTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = TargetTable;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a target such as `4h` or `1bd`, or one for each priority")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<TargetTable, E> {
                text.parse().map(TargetTable::One).map_err(E::custom)
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<TargetTable, A::Error> {
                let mut table = IndexMap::new();
                while let Some((priority, target)) = access.next_entry::<Priority, Target>()? {
                    if table.insert(priority, target).is_some() {
                        let message = format!("duplicate key {priority}");
                        return Err(A::Error::custom(message));
                    }
                }
                Ok(TargetTable::ByPriority(table))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for TargetTable {
    fn schema_name() -> Cow<'static, str> {
        "TargetTable".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let target = generator.subschema_for::<Target>();
        json_schema!({
            "anyOf": [
                target,
                {
                    "type": "object",
                    "propertyNames": { "enum": ["P1", "P2", "P3", "P4", "P5"] },
                    "additionalProperties": target,
                },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_read_and_written() {
        for text in
            ["4h", "1h30m", "45s", "1bd", "2bd end", "1bd 16:00", "until planned_end", "24h"]
        {
            assert_eq!(text.parse::<Target>().expect(text).to_string(), text);
        }
        assert_eq!("90m".parse::<Target>(), Ok(Target::Open(5_400)));
        assert_eq!(
            "until custom.due".parse::<Target>().expect("due").to_string(),
            "until custom.due"
        );
        for (text, told) in [
            ("1d", "write `24h` or `1bd`"),
            ("2days", "write `48h` or `2bd`"),
            ("1w", "write `5bd`"),
            ("0h", "at least a second"),
            ("0bd", "between 1 and"),
            ("999999999h", "ten years"),
            ("99999999999999999999h", "ten years"),
            ("9223372036854775807h", "ten years"),
            ("4", "is no target"),
            ("h", "is no target"),
            ("1bd 25:00", "is no target"),
            ("1bd 16:00 x", "is no target"),
            ("until title", "is no field"),
            ("", "is no target"),
            ("-4h", "is no target"),
            ("\u{1F552}h", "is no target"),
        ] {
            let error = text.parse::<Target>().expect_err(text);
            assert!(error.contains(told), "{text}: {error}");
        }
    }
}

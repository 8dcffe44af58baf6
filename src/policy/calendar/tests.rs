//! Calendars against a count of minutes, where clocks are changed too.

use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};
use proptest::prelude::*;

use super::{Calendar, CalendarError, CalendarFile, Calendars, Hours, Window};
use crate::format;
use crate::model::{Timestamp, Zone};

fn read(text: &str) -> CalendarFile {
    format::read_settings("calendar", text.as_bytes()).expect("a calendar")
}

fn calendar(text: &str, zone: &str) -> Calendar {
    Calendar::new(&read(text), Zone::named(zone).expect("a zone")).expect("a calendar")
}

fn at(text: &str) -> Timestamp {
    let wall = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a time");
    wall.and_utc().into()
}

#[test]
fn holidays_half_days_and_exceptions() {
    let office = calendar(
        "hours: {mon-fri: [09:00-12:30, 13:30-17:00]}\n\
         holidays:\n\
         - {date: 12-25, name: Christmas Day}\n\
         - {date: 12-24, hours: [09:00-12:00]}\n\
         - {date: easter+1}\n\
         - {date: 2026-05-08}\n\
         exceptions:\n\
         - {date: 2026-12-19, hours: [10:00-14:00]}\n\
         - {date: 12-25, hours: [20:00-21:00]}\n",
        "UTC",
    );
    let hours = |date: &str| {
        let date: NaiveDate = date.parse().expect("a date");
        let windows = office.windows(date);
        windows.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(hours("2026-12-18"), "09:00-12:30 13:30-17:00");
    assert_eq!(hours("2026-12-19"), "10:00-14:00", "a Saturday with extra opening");
    assert_eq!(hours("2026-12-20"), "");
    assert_eq!(hours("2026-12-24"), "09:00-12:00");
    assert_eq!(hours("2026-12-25"), "20:00-21:00", "extra opening on a holiday");
    assert_eq!((hours("2026-04-06"), hours("2027-03-29")), (String::new(), String::new()));
    assert_eq!((hours("2026-05-08"), hours("2028-05-08").len()), (String::new(), 23));
    let day: NaiveDate = "2026-12-25".parse().expect("a date");
    assert_eq!(office.remark(day).as_deref(), Some("Christmas Day, extra opening"));
    // An hour of lunch and the half day are not open.
    let open = office.open_between(at("2026-12-23 12:00"), at("2026-12-28 10:00"));
    assert_eq!(open, (30 + 210 + 180 + 60 + 60) * 60);
    assert_eq!(office.next_opening(at("2026-12-23 12:30")), Some(at("2026-12-23 13:30")));
    assert_eq!(office.next_opening(at("2026-12-23 13:30")), Some(at("2026-12-23 13:30")));
    assert_eq!(office.next_opening(at("2026-12-25 21:00")), Some(at("2026-12-28 09:00")));
}

#[test]
fn a_day_has_its_hours_where_clocks_change() {
    let always = calendar("hours: {mon-sun: 00:00-24:00}\n", "Europe/London");
    let day = |from: &str, to: &str| always.open_between(at(from), at(to)) / 3_600;
    let local = |date: &str| {
        let date: NaiveDate = date.parse().expect("a date");
        let next = date.succ_opt().expect("a day");
        let begin = |date| always.instant(date, NaiveTime::MIN).expect("a time");
        always.open_between(begin(date), begin(next)) / 3_600
    };
    assert_eq!((local("2026-03-29"), local("2026-10-25"), local("2026-06-01")), (23, 25, 24));
    assert_eq!(day("2026-01-01 00:00", "2027-01-01 00:00"), 365 * 24);
    // 01:30 comes twice in October, and never in March.
    let night = calendar("hours: {sun: 01:30-03:00}\n", "Europe/London");
    let minutes = |date: &str| {
        let from = at(&format!("{date} 00:00"));
        night.open_between(from, at(&format!("{date} 12:00"))) / 60
    };
    assert_eq!(
        (minutes("2026-10-25"), minutes("2026-03-29"), minutes("2026-06-07")),
        (150, 60, 90)
    );
}

#[test]
fn bad_calendars_are_errors_and_end() {
    let zone = || Zone::named("UTC").expect("a zone");
    let error = |text: &str| Calendar::new(&read(text), zone()).expect_err(text).to_string();
    assert_eq!(error("hours: {}\n"), "the calendar is never open");
    assert_eq!(error("hours: {mon: []}\n"), "the calendar is never open");
    assert_eq!(
        error("hours: {mon-wed: 09:00-12:00, tue: 13:00-14:00}\n"),
        "tue has hours twice, in `mon-wed` and in `tue`"
    );
    assert_eq!(
        error("hours: {mon: [13:00-14:00, 09:00-13:30]}\n"),
        "mon has the hours 09:00-13:30 and 13:00-14:00, which overlap"
    );
    let far = calendar("exceptions:\n- {date: 2026-06-01, hours: 09:00-10:00}\n", "UTC");
    assert_eq!(far.next_opening(at("2026-06-01 10:00")), None);
    assert_eq!(far.after(at("2026-06-01 00:00"), 3_601), None);
    assert_eq!(far.business_day(at("2026-05-01 00:00"), 1), None);
    let ends = (Timestamp::from_seconds(i64::MIN), Timestamp::from_seconds(i64::MAX));
    assert_eq!(far.open_between(ends.0, ends.1), 3_600);
    assert_eq!(far.after(ends.0, i64::MAX), None);
    assert_eq!(
        calendar("hours: {mon: 09:00-10:00}\n", "UTC").after(at("2026-01-01 00:00"), i64::MAX),
        None
    );
    let calendars = |zone| Calendars::new(std::collections::BTreeMap::new(), zone);
    assert!(matches!(calendars("Mars/Base"), Err(CalendarError::UnknownZone { .. })));
    for text in [
        "hours: {mon: 9-5}\n",
        "hours: {mon: 22:00-06:00}\n",
        "hours: {someday: 09:00-10:00}\n",
        "hours: {mon: 09:00-10:00, mon: 11:00-12:00}\n",
        "holidays: [{date: 13-01}]\n",
        "hourz: {}\n",
    ] {
        assert!(format::read_settings::<CalendarFile>("c", text.as_bytes()).is_err(), "{text}");
    }
}

/// The instant of an edge of a window, looked for minute by minute.
fn edge(zone: &Zone, wall: NaiveDateTime, last: bool) -> i64 {
    let start = wall.and_utc().timestamp() - 30 * 3_600;
    let shown = |at: i64| zone.wall(Timestamp::from_seconds(at).to_utc()).expect("a time");
    let all = (0..60 * 60).map(|minute| start + minute * 60);
    let exact: Vec<i64> = all.clone().filter(|at| shown(*at) == wall).collect();
    let found = if last { exact.last() } else { exact.first() };
    found.copied().unwrap_or_else(|| {
        let mut all = all;
        all.find(|at| shown(*at) > wall).expect("time goes on")
    })
}

const ZONES: &[(&str, &[&str])] = &[
    ("Europe/London", &["2026-03-28", "2026-10-24", "2026-07-01"]),
    ("America/New_York", &["2026-03-07", "2026-10-31"]),
    ("Australia/Lord_Howe", &["2026-04-04", "2026-10-03"]),
    // Midnight does not come, and comes twice.
    ("Asia/Beirut", &["2026-03-28", "2026-10-24"]),
    ("America/Havana", &["2026-03-07", "2026-10-31"]),
    // A day does not come.
    ("Pacific/Apia", &["2011-12-29"]),
    ("UTC", &["2025-12-30"]),
];

fn windows() -> impl Strategy<Value = Vec<Window>> {
    proptest::collection::btree_set(0_u16..=96, 0..7).prop_map(|edges| {
        let edges: Vec<u16> = edges.into_iter().map(|quarter| quarter * 15).collect();
        edges.chunks_exact(2).map(|pair| Window { from: pair[0], to: pair[1] }).collect()
    })
}

fn place() -> impl Strategy<Value = (&'static str, &'static str)> {
    let all: Vec<_> =
        ZONES.iter().flat_map(|(zone, days)| days.iter().map(|day| (*zone, *day))).collect();
    proptest::sample::select(all)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn open_time_is_what_minutes_count(
        (zone, day) in place(),
        week in proptest::collection::vec(windows(), 7),
        from in 0_i64..3_000,
        length in 0_i64..4_000,
    ) {
        let zone = Zone::named(zone).expect("a zone");
        let first: NaiveDate = day.parse().expect("a date");
        let mut file = CalendarFile::default();
        for (day, hours) in ["mon", "tue", "wed", "thu", "fri", "sat", "sun"].iter().zip(&week) {
            file.hours.insert(day.parse().expect("a day"), Hours(hours.clone()));
        }
        let Ok(calendar) = Calendar::new(&file, zone.clone()) else { return Ok(()) };
        let mut open: Vec<(i64, i64)> = Vec::new();
        for later in 0..7 {
            let date = first - Days::new(1) + Days::new(later);
            for window in calendar.windows(date) {
                let wall = |minutes: u16| date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minutes.into());
                let from = edge(&zone, wall(window.from), false);
                open.push((from, edge(&zone, wall(window.to), true)));
            }
        }
        let is_open = |at: i64| open.iter().any(|(from, to)| (*from..*to).contains(&at));
        let begin = first.and_time(NaiveTime::MIN).and_utc().timestamp() + from * 60;
        let stamp = Timestamp::from_seconds;
        let mut used = 0;
        for minute in 0..length {
            let now = begin + minute * 60;
            prop_assert_eq!(calendar.is_open(stamp(now)), is_open(now), "{}", stamp(now));
            if is_open(now) {
                used += 60;
                prop_assert_eq!(calendar.after(stamp(begin), used), Some(stamp(now + 60)));
                prop_assert_eq!(calendar.after(stamp(begin), used - 30), Some(stamp(now + 30)));
            }
        }
        let end = stamp(begin + length * 60);
        prop_assert_eq!(calendar.open_between(stamp(begin), end), used);
        prop_assert_eq!(calendar.open_between(end, stamp(begin)), 0);
        let spans = calendar.spans(stamp(begin), end);
        let sum: i64 = spans.iter().map(|span| span.to.seconds() - span.from.seconds()).sum();
        prop_assert_eq!(sum, used);
    }
}

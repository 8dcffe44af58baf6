//! Windows and freezes as files have them.

use super::*;
use crate::format;
use crate::model::{Kind, Timestamp};

fn ci(n: u128) -> RecordId {
    RecordId::new(Kind::Ci, ulid::Ulid::from(n))
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn named(name: &str) -> Option<RecordId> {
    match name {
        "crm" => Some(ci(1)),
        "db-01" => Some(ci(2)),
        _ => None,
    }
}

fn file(text: &str) -> WindowsFile {
    format::read_settings("test", text.as_bytes()).expect("settings")
}

const BOTH: &str = "\
maintenance:
  sunday: {hours: {sun: [02:00-06:00]}, cis: [crm, db-01]}
  nightly:
    hours: {mon: [22:00-24:00], tue-fri: [00:00-04:00, 22:00-24:00], sat: [00:00-04:00]}
    cis: [db-01, ghost]
    time_zone: UTC
freezes:
  year-end: {from: 2026-12-20, until: 2027-01-02}
  crm-fair: {from: \"2026-12-01T08:00:00Z\", until: \"2026-12-01T18:00:00Z\", cis: [crm]}
";

#[test]
fn hours_are_those_of_the_zone_and_go_on_over_midnight() {
    let windows = ChangeWindows::new(&file(BOTH), "Europe/Berlin", named).expect("windows");
    assert_eq!(windows.unknown, ["ghost"]);
    let month = Interval::new(at("2026-11-23T00:00:00Z"), at("2026-11-30T00:00:00Z"));
    let month = month.expect("a month");
    let told = |times: Vec<Interval>| -> Vec<String> {
        times.iter().map(|time| format!("{} {}", time.from(), time.to())).collect()
    };
    let crm = windows.times(ci(1), month).expect("it has windows");
    assert_eq!(told(crm), ["2026-11-29T01:00:00Z 2026-11-29T05:00:00Z"]);
    let db = told(windows.times(ci(2), month).expect("it has windows"));
    assert_eq!(db.len(), 6);
    assert_eq!(db[0], "2026-11-23T22:00:00Z 2026-11-24T04:00:00Z");
    assert_eq!(windows.times(ci(3), month), None);
}

#[test]
fn a_window_goes_on_over_new_year() {
    let text = "maintenance:\n  nightly: {hours: {mon-sun: [00:00-24:00]}, cis: [crm]}\n";
    let windows = ChangeWindows::new(&file(text), "UTC", named).expect("windows");
    let span = Interval::new(at("2026-12-31T22:00:00Z"), at("2027-01-01T02:00:00Z"));
    let span = span.expect("a night");
    assert_eq!(windows.times(ci(1), span), Some(vec![span]));
}

#[test]
fn freezes_hold_whole_days_of_the_desk_or_spans_of_time() {
    let windows = ChangeWindows::new(&file(BOTH), "Europe/Berlin", named).expect("windows");
    let frozen = |time: &str, cis: &[RecordId]| -> Vec<String> {
        let holds = |freeze: &&Freeze| freeze.span.holds(at(time)) && freeze.is_for(cis);
        windows.freezes().iter().filter(holds).map(|freeze| freeze.name.to_string()).collect()
    };
    assert_eq!(frozen("2026-12-19T22:59:59Z", &[ci(1)]), [""; 0]);
    assert_eq!(frozen("2026-12-19T23:00:00Z", &[]), ["year-end"]);
    assert_eq!(frozen("2027-01-02T22:59:59Z", &[ci(9)]), ["year-end"]);
    assert_eq!(frozen("2027-01-02T23:00:00Z", &[ci(9)]), [""; 0]);
    assert_eq!(frozen("2026-12-01T08:00:00Z", &[ci(1)]), ["crm-fair"]);
    assert_eq!(frozen("2026-12-01T08:00:00Z", &[ci(2)]), [""; 0]);
    assert_eq!(frozen("2026-12-01T18:00:00Z", &[ci(1)]), [""; 0]);
}

#[test]
fn a_freeze_of_things_that_do_not_exist_is_for_nothing() {
    let text = "freezes:\n  odd: {from: 2026-12-01, until: 2026-12-02, cis: [ghost]}\n";
    let windows = ChangeWindows::new(&file(text), "UTC", named).expect("windows");
    assert!(windows.freezes().iter().all(|freeze| !freeze.is_for(&[ci(1)])));
    assert_eq!(windows.unknown, ["ghost"]);
}

#[test]
fn what_contradicts_itself_is_no_window() {
    for (text, told, key) in [
        (
            "freezes:\n  odd: {from: 2026-12-20, until: 2026-01-02}\n",
            "the freeze odd is over before it begins",
            "until",
        ),
        (
            "maintenance:\n  odd: {hours: {}, cis: [crm]}\n",
            "the maintenance window odd has no hours",
            "hours",
        ),
        (
            "maintenance:\n  odd: {hours: {sun: [02:00-04:00, 03:00-05:00]}, cis: [crm]}\n",
            "the maintenance window odd: sun has the hours 02:00-04:00 and 03:00-05:00, which overlap",
            "hours",
        ),
        (
            "maintenance:\n  odd: {hours: {sun: [02:00-04:00]}, cis: [crm], time_zone: Mars}\n",
            "the maintenance window odd: there is no time zone `Mars`",
            "time_zone",
        ),
    ] {
        let error = ChangeWindows::new(&file(text), "UTC", named).expect_err(text);
        assert_eq!((error.to_string().as_str(), error.key()), (told, key));
        assert_eq!(error.name().as_str(), "odd");
        assert!(error.hint().is_some() || text.contains("overlap") || text.contains("03:00"));
    }
}

#[test]
fn mistakes_are_found_where_they_stand() {
    let text = "\
maintenance:
  a: {hours: {sun: [02:00-06:00]}, cis: []}
  b: {hours: {}, cis: [ghost]}
freezes:
  a: {from: 2026-12-20, until: 2026-12-19}
  c: {from: 2026-12-20, until: 2026-12-20, cis: []}
";
    let found = mistakes(&file(text), "UTC", &["ghost".to_owned()]);
    let told: Vec<(String, &str)> =
        found.iter().map(|mistake| (mistake.keys.join("."), mistake.rule)).collect();
    let expected = [
        ("maintenance.a.cis", "window-for-nothing"),
        ("maintenance.b.hours", "window-invalid"),
        ("maintenance.b.cis", "window-ci"),
        ("freezes.a.until", "window-invalid"),
        ("freezes.a.from", "window-name-twice"),
        ("freezes.c.cis", "window-for-nothing"),
    ];
    let expected: Vec<(String, &str)> =
        expected.into_iter().map(|(keys, rule)| (keys.to_owned(), rule)).collect();
    assert_eq!(told, expected);
    assert!(mistakes(&file(BOTH), "Europe/Berlin", &[]).is_empty());
}

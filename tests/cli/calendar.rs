//! `gitsm calendar`.

use insta::assert_snapshot;

use crate::common::Env;

const OFFICE: &str = "\
description: The office
time_zone: Europe/Berlin
hours:
  mon-fri: [08:00-12:00, 13:00-17:00]
holidays:
  - date: 12-25
    name: Christmas Day
  - date: 12-24
    name: Christmas Eve
    hours: 08:00-12:00
exceptions:
  - date: 2026-11-28
    name: Stocktaking
    hours: 10:00-14:00
";

fn desk() -> Env {
    let env = Env::desk();
    env.write(".gitsm/calendars/office.yaml", OFFICE);
    env.ok(&["commit"]);
    env.with("GITSM_NOW", "2026-11-23T09:30:00Z")
}

#[test]
fn show_tells_the_next_days() {
    let env = desk();
    assert_snapshot!(env.run(&["calendar", "show"]), @"
    office (Europe/Berlin) The office
    open until 2026-11-23 11:00 UTC

    DATE        DAY  OPEN  HOURS                    REMARK
    2026-11-23  mon  8h    08:00-12:00 13:00-17:00
    2026-11-24  tue  8h    08:00-12:00 13:00-17:00
    2026-11-25  wed  8h    08:00-12:00 13:00-17:00
    2026-11-26  thu  8h    08:00-12:00 13:00-17:00
    2026-11-27  fri  8h    08:00-12:00 13:00-17:00
    2026-11-28  sat  4h    10:00-14:00              Stocktaking
    2026-11-29  sun        closed
    2026-11-30  mon  8h    08:00-12:00 13:00-17:00
    2026-12-01  tue  8h    08:00-12:00 13:00-17:00
    2026-12-02  wed  8h    08:00-12:00 13:00-17:00
    2026-12-03  thu  8h    08:00-12:00 13:00-17:00
    2026-12-04  fri  8h    08:00-12:00 13:00-17:00
    2026-12-05  sat        closed
    2026-12-06  sun        closed
    84h in 14 days
    ");
    let month = env.ok(&["calendar", "show", "office", "--month", "2026-12"]).stdout;
    for line in [
        "2026-12-24  thu  4h    08:00-12:00              Christmas Eve\n",
        "2026-12-25  fri        closed                   Christmas Day\n",
        "172h in 31 days\n",
    ] {
        assert!(month.contains(line), "{month}");
    }
    let view = env.ok(&["calendar", "show", "--json"]).json();
    assert_eq!(view["schema"], "gitsm.calendar-view/1");
}

#[test]
fn list_says_what_is_open() {
    let env = desk();
    assert_snapshot!(env.run(&["calendar", "list"]), @"
    CALENDAR  ZONE           NOW   DESCRIPTION
    office    Europe/Berlin  open  The office
    ");
    let lunch = env.with("GITSM_NOW", "2026-11-23T11:30:00Z");
    let view = lunch.ok(&["calendar", "list", "--json"]).json();
    assert_eq!(view["calendars"][0]["open"], false);
}

#[test]
fn hours_counts_open_time() {
    let env = desk();
    let hours = ["calendar", "hours", "2026-11-20 16:00", "2026-11-23 09:00"];
    assert_snapshot!(env.run(&hours), @"2h open of 65h by the calendar office (Europe/Berlin), from 2026-11-20 15:00 to 2026-11-23 08:00 UTC");
    let view = env.ok(&[&hours[..], &["--json"]].concat()).json();
    assert_eq!((&view["open_seconds"], &view["actual_seconds"]), (&7_200.into(), &234_000.into()));
    // The day on which clocks went back has an hour more, if anybody was there.
    env.write(
        ".gitsm/calendars/always.yaml",
        "time_zone: Europe/Berlin\nhours:\n  mon-sun: 00:00-24:00\n",
    );
    env.ok(&["commit"]);
    let day = ["calendar", "hours", "2026-10-25", "2026-10-26", "--calendar", "always", "--json"];
    assert_eq!(env.ok(&day).json()["open_seconds"], 25 * 3_600);
}

#[test]
fn what_is_refused() {
    let env = desk();
    assert_snapshot!(env.run(&["calendar", "show", "nosuch"]), @"
    [stderr]
    error: there is no calendar `nosuch`

    hint: describe it in .gitsm/calendars/nosuch.yaml
    [exit 3]
    ");
    assert_snapshot!(env.run(&["calendar", "show", "--month", "2026-13"]), @"
    [stderr]
    error: `2026-13` is no month

    hint: write it as 2026-12
    [exit 2]
    ");
    assert_snapshot!(env.run(&["calendar", "hours", "2026-11-21", "2026-11-20"]), @"
    [stderr]
    error: 2026-11-19T23:00:00Z lies before 2026-11-20T23:00:00Z

    hint: give the earlier time first
    [exit 2]
    ");
    let bare = Env::desk();
    assert_snapshot!(bare.run(&["calendar", "list"]), @"
    [stderr]
    no calendars; describe one in .gitsm/calendars/NAME.yaml
    ");
    assert_snapshot!(bare.run(&["calendar", "show"]), @"
    [stderr]
    error: this desk has no calendars

    hint: describe one in .gitsm/calendars/NAME.yaml; `gitsm schema calendar` prints its form
    [exit 3]
    ");
}

#[test]
fn check_names_file_and_line() {
    let env = desk();
    env.replace(".gitsm/calendars/office.yaml", "Europe/Berlin", "Europe/Berlni");
    env.ok(&["commit"]);
    let said = env.run(&["check"]).to_string();
    let place = ".gitsm/calendars/office.yaml:2: error[calendar-invalid]: there is no time zone";
    assert!(said.contains(place), "{said}");
    env.write(".gitsm/calendars/office.yaml", "hours: {}\n");
    env.ok(&["commit"]);
    let said = env.run(&["check"]).to_string();
    assert!(said.contains(".gitsm/calendars/office.yaml"), "{said}");
    assert!(said.contains("error[calendar-invalid]"), "a calendar that is never open: {said}");
    env.write(".gitsm/calendars/office.yaml", "hours:\n  mon: 25:00-26:00\n");
    env.ok(&["commit"]);
    let said = env.run(&["check"]).to_string();
    assert!(said.contains(".gitsm/calendars/office.yaml:2: error[settings-unreadable]"), "{said}");
}

#[test]
fn odd_times_are_refused() {
    let env = desk();
    assert_snapshot!(env.run(&["calendar", "hours", "yesterdayish"]), @r#"
    [stderr]
    error: `yesterdayish` is no time

    hint: did you mean `yesterday`?
    hint: 2026-11-22T22:00Z, "2026-11-22 22:00", "tomorrow 22:00", "in 2 hours" and "2 days ago" are
    [exit 2]
    "#);
    assert_snapshot!(env.run(&["calendar", "hours", "last tuseday 9:00", "now"]), @r#"
    [stderr]
    error: `last tuseday 9:00` is no time, for `tuseday` is none

    hint: did you mean `tuesday`?
    hint: 2026-11-22T22:00Z, "2026-11-22 22:00", "tomorrow 22:00", "in 2 hours" and "2 days ago" are
    [exit 2]
    "#);
    assert_snapshot!(env.run(&["calendar", "hours", "12:61"]), @r#"
    [stderr]
    error: `12:61` is no time

    hint: 2026-11-22T22:00Z, "2026-11-22 22:00", "tomorrow 22:00", "in 2 hours" and "2 days ago" are
    [exit 2]
    "#);
    env.ok(&["calendar", "hours", "yesterday 09:00", "today"]);
}

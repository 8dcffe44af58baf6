//! `gitsm change forward` and `change calendar`.

use icalendar::{Calendar, CalendarComponent, Component, EventStatus};
use insta::assert_snapshot;

use crate::common::Env;

fn desk() -> Env {
    let env = Env::desk();
    env.ok(&["ci", "new", "db-01"]);
    env.write(
        ".gitsm/change-windows.yaml",
        "\
maintenance:
  sunday: {hours: {sun: [02:00-06:00]}, cis: [db-01]}
freezes:
  year-end: {from: 2026-12-20, until: 2027-01-02, description: Books are closed}
  fair: {from: \"2026-11-25T08:00:00Z\", until: \"2026-11-25T18:00:00Z\", cis: [db-01]}
",
    );
    env.replace(".gitsm/desk.yaml", "time_zone: UTC", "time_zone: Europe/Berlin");
    env.ok(&["commit"]);
    env
}

fn changes(env: &Env) -> Vec<String> {
    let new = |args: &[&str]| {
        let mut all = vec!["change", "new"];
        all.extend(args);
        env.new_record(&all)
    };
    let patch = new(&[
        "Patch the database",
        "--ci",
        "db-01",
        "--assignee",
        "bob",
        "--start",
        "2026-11-24T22:30Z",
        "--end",
        "2026-11-25T01:00Z",
    ]);
    env.ok(&["change", "submit", &patch]);
    let swap = new(&[
        "Swap a disk",
        "--model",
        "standard",
        "--ci",
        "db-01",
        "--start",
        "2026-11-29T02:00Z",
        "--end",
        "2026-11-29T03:00Z",
    ]);
    env.ok(&["change", "submit", &swap]);
    let gone = new(&["Never mind", "--start", "2026-11-26T10:00Z", "--end", "2026-11-26T11:00Z"]);
    env.ok(&["change", "cancel", &gone, "-m", "No"]);
    let far = new(&["Next year", "--start", "2027-03-01T10:00Z", "--end", "2027-03-01T11:00Z"]);
    vec![patch, swap, gone, far]
}

#[test]
fn forward_lists_what_is_planned() {
    let env = desk();
    assert_snapshot!(env.run(&["change", "forward"]), @"
    START             END    ID      STATUS  TITLE
    2026-11-25 08:00  18:00  freeze          fair of db-01
    [stderr]
    0 changes from 2026-11-22 09:03 to 2026-12-19 23:00 UTC
    ");
    changes(&env);
    assert_snapshot!(env.run(&["change", "forward"]), @"
    START             END               ID          STATUS     MODEL     ASSIGNEE  TITLE
    2026-11-24 22:30  2026-11-25 01:00  CHG-AAAAAA  assess               bob       ! Patch the database
    2026-11-25 08:00  18:00             freeze                                     fair of db-01
    2026-11-29 02:00  03:00             CHG-BBBBBB  scheduled  standard  -         Swap a disk
    [stderr]
    2 changes from 2026-11-22 09:11 to 2026-12-19 23:00 UTC; 1 is in conflict (!)
    ");
    assert_snapshot!(env.run(&["change", "forward", "assignee:bob"]), @"
    START             END               ID          STATUS  ASSIGNEE  TITLE
    2026-11-24 22:30  2026-11-25 01:00  CHG-AAAAAA  assess  bob       ! Patch the database
    2026-11-25 08:00  18:00             freeze                        fair of db-01
    [stderr]
    1 change from 2026-11-22 09:12 to 2026-12-19 23:00 UTC; 1 is in conflict (!)
    ");
    assert_snapshot!(env.run(&["change", "forward", "--from", "2027-01-01", "--to", "2027-04-01"]), @"
    START             END               ID          STATUS  TITLE
    2026-12-19 23:00  2027-01-02 23:00  freeze              year-end: Books are closed
    2027-03-01 10:00  11:00             CHG-DDDDDD  new     Next year
    [stderr]
    1 change from 2027-01-01 00:00 to 2027-04-01 00:00 UTC
    ");
    assert_snapshot!(env.run(&["change", "forward", "--all", "-f", "ids"]), @"
    CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA
    CHG-CCCCCCCCCCCCCCCCCCCCCCCCCC
    CHG-BBBBBBBBBBBBBBBBBBBBBBBBBB
    ");
    assert_snapshot!(env.run(&["change", "forward", "-f", "csv"]), @r#"
    id,short,title,start,end,status,state,confirmed,cancelled,model,risk,service,assignee,team,cis,conflicts,updated_at
    CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA,CHG-AAAAAA,Patch the database,2026-11-24T22:30:00Z,2026-11-25T01:00:00Z,assess,open,false,false,normal,,,bob,,"[""db-01""]",1,2026-11-22T09:05:04Z
    CHG-BBBBBBBBBBBBBBBBBBBBBBBBBB,CHG-BBBBBB,Swap a disk,2026-11-29T02:00:00Z,2026-11-29T03:00:00Z,scheduled,open,true,false,standard,,,,,"[""db-01""]",0,2026-11-22T09:07:04Z
    "#);
    let view = env.ok(&["change", "forward", "--json"]).json();
    assert_eq!(view["changes"].as_array().unwrap().len(), 2);
    assert_eq!(view["changes"][0]["conflicts"], 1);
    assert_eq!(view["changes"][1]["confirmed"], true);
    assert_eq!(view["freezes"][0]["cis"][0], "db-01");
    assert_eq!(view["maintenance"][0]["times"].as_array().unwrap().len(), 3);
    assert_snapshot!(env.run(&["change", "forward", "--to", "2026-01-01"]), @"
    [stderr]
    error: 2026-01-01T00:00:00Z does not lie after 2026-11-22T09:17:04Z

    hint: give the earlier time with --from, the later one with --to
    [exit 2]
    ");
    assert_snapshot!(env.run(&["change", "forward", "assigne:bob"]), @"
    [stderr]
    error: there is no field `assigne` (column 1)
      assigne:bob
      ^^^^^^^

    hint: did you mean `assignee`?
    [exit 2]
    ");
}

#[test]
fn calendar_draws_weeks() {
    let env = desk();
    changes(&env);
    assert_snapshot!(env.run(&["change", "calendar", "--to", "2026-12-10"]), @"
    Week 47, 16 to 22 November 2026
                Mon 16   Tue 17   Wed 18   Thu 19   Fri 20   Sat 21   Sun 22*
    sunday     │        │        │        │        │        │        │==      │

    Week 48, 23 to 29 November 2026
                Mon 23   Tue 24   Wed 25   Thu 26   Fri 27   Sat 28   Sun 29
    fair       │        │        │   ×××× │        │        │        │        │
    sunday     │        │        │        │        │        │        │==      │
    CHG-AAAAAA │        │       ▒│▒       │        │        │        │        │
    CHG-BBBBBB │        │        │        │        │        │        │ █      │
      CHG-AAAAAA Tue 24 23:30 to Wed 25 02:00, assess, 1 conflict: Patch the database
      CHG-BBBBBB Sun 29 03:00 to 04:00, scheduled: Swap a disk

    Week 49, 30 November to 6 December 2026
                Mon 30   Tue 1    Wed 2    Thu 3    Fri 4    Sat 5    Sun 6
    sunday     │        │        │        │        │        │        │==      │

    Week 50, 7 to 13 December 2026
                Mon 7    Tue 8    Wed 9    Thu 10   Fri 11   Sat 12   Sun 13
    sunday     │        │        │        │        │        │        │==      │

    [stderr]
    █ change, ▒ not approved yet, × freeze, = maintenance window; times in Europe/Berlin
    ");
    let narrow = env.with("COLUMNS", "50");
    assert_snapshot!(narrow.run(&["change", "calendar", "--to", "2026-11-30"]), @"
    Week 47, 16 to 22 November 2026
                16   17   18   19   20   21   22*
    sunday     │    │    │    │    │    │    │=   │

    Week 48, 23 to 29 November 2026
                23   24   25   26   27   28   29
    fair       │    │    │ ×××│    │    │    │    │
    sunday     │    │    │    │    │    │    │=   │
    CHG-AAAAAA │    │   ▒│▒   │    │    │    │    │
    CHG-BBBBBB │    │    │    │    │    │    │█   │
      CHG-AAAAAA Tue 24 23:30 to Wed 25 02:00, assess, 1 conflict: Patch the datab…
      CHG-BBBBBB Sun 29 03:00 to 04:00, scheduled: Swap a disk

    Week 49, 30 November to 6 December 2026
                30   1    2    3    4    5    6
    sunday     │    │    │    │    │    │    │=   │

    [stderr]
    █ change, ▒ not approved yet, × freeze, = maintenance window; times in Europe/Berlin
    ");
    let wide = env.with("COLUMNS", "120").ok(&["change", "calendar", "--to", "2026-11-30"]);
    assert!(wide.stdout.lines().all(|line| line.chars().count() <= 120), "{wide}");
    let colour = env.ok(&["--color", "always", "change", "calendar"]);
    assert!(colour.raw_stdout().contains("\u{1b}["), "{colour}");
}

#[test]
fn calendars_of_other_programs_read_it() {
    let env = desk();
    let ids = changes(&env);
    let long = "Ä, b; c\\d ".repeat(12);
    let odd = env.new_record(&[
        "change",
        "new",
        long.trim(),
        "--start",
        "2026-12-01T10:00Z",
        "--end",
        "2026-12-01T11:00Z",
    ]);
    let print = |env: &Env| {
        env.ok(&["change", "calendar", "--all", "--to", "2027-04-01", "--format", "ics"])
            .raw_stdout()
            .to_owned()
    };
    let text = print(&env);
    for line in text.split("\r\n") {
        assert!(line.len() <= 75 && !line.contains('\n'), "{line:?}");
    }
    let calendar: Calendar = text.parse().expect("a calendar");
    let events: Vec<_> = calendar
        .components
        .iter()
        .filter_map(|one| match one {
            CalendarComponent::Event(event) => Some(event),
            _ => None,
        })
        .collect();
    assert_eq!(events.len(), 7);
    let of = |id: &str| {
        let uid = format!("{}@gitsm", env.full_id(id));
        *events.iter().find(|event| event.get_uid() == Some(&uid)).expect("an event")
    };
    let start = |id: &str| of(id).property_value("DTSTART").map(str::to_owned);
    assert_eq!(start(&ids[0]).as_deref(), Some("20261124T223000Z"));
    assert_eq!(of(&ids[0]).property_value("DTEND"), Some("20261125T010000Z"));
    let status = |id: &str| of(id).get_status();
    assert_eq!(status(&ids[0]), Some(EventStatus::Tentative));
    assert_eq!(status(&ids[1]), Some(EventStatus::Confirmed));
    assert_eq!(status(&ids[2]), Some(EventStatus::Cancelled));
    assert_eq!(of(&odd).get_summary(), Some(format!("{odd} {}", long.trim()).as_str()));
    // Moved, it is the same event.
    env.ok(&["change", "schedule", &odd, "--start", "2026-12-01T10:30Z"]);
    let again: Calendar = print(&env).parse().expect("a calendar");
    let uid = format!("{}@gitsm", env.full_id(&odd));
    let moved = again.components.iter().find_map(|one| match one {
        CalendarComponent::Event(event) if event.get_uid() == Some(&uid) => Some(event.clone()),
        _ => None,
    });
    assert_eq!(moved.expect("the event").property_value("DTSTART"), Some("20261201T103000Z"));
    assert_snapshot!(env.run(&["list", "--format", "ics"]), @"
    [stderr]
    error: there is no schedule here to give as ics

    hint: for example `gitsm change calendar --format ics`
    [exit 2]
    ");
}

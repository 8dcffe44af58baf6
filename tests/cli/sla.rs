//! `gitsm sla`, `report sla`, and what queries say of commitments.

use insta::assert_snapshot;

use crate::common::Env;

const OFFICE: &str = "\
description: The office
time_zone: Europe/Berlin
hours:
  mon-fri: [08:00-12:00, 13:00-17:00]
";

const PROMISES: &str = "\
commitments:
  answer:
    metric: response
    when: type:incident
    target: 1h
    calendar: office
  repair:
    metric: resolution
    when: type:incident
    target: { P1: 4h, P2: 8h, P3: 16h, P4: 5bd, P5: 10bd }
    calendar: office
";

/// The same desk at another time.
fn at(env: &Env, time: &str) -> Env {
    env.with("GITSM_NOW", time)
}

/// A desk that promises an answer within the hour, on a Friday morning.
fn desk() -> Env {
    let env = Env::desk();
    desk_from(&env);
    env
}

/// One incident that waited for its requester over the weekend, and one that
/// came on Monday.
fn two_incidents() -> (Env, String, String) {
    let env = desk();
    let crm = ["incident", "new", "CRM is slow", "-i", "high", "-u", "medium", "-r", "ben"];
    let first = at(&env, "2026-11-20T14:00:00Z").new_record(&crm);
    let then = at(&env, "2026-11-20T14:30:00Z");
    then.ok(&["incident", "take", &first]);
    let why = ["--reason", "awaiting_requester", "-m", "Since when?"];
    then.ok(&[&["incident", "hold", &first], &why[..]].concat());
    let monday = at(&env, "2026-11-23T08:00:00Z");
    monday.ok(&["incident", "resume", &first]);
    let second = monday.incident("Printer jams");
    (env, first, second)
}

#[test]
fn show_explains_every_minute() {
    let (env, first, _) = two_incidents();
    let monday = at(&env, "2026-11-23T08:00:00Z");
    assert_snapshot!(monday.run(&["sla", "show", &first]), @"
    INC-AAAAAA CRM is slow (in_progress)

    answer  SLA response, target 1h by the calendar office (Europe/Berlin)
      met: 30m of 1h used (50%); 30m on the wall
      2026-11-20 14:00  the clock starts
      2026-11-20 14:00  running           30m  new
      2026-11-20 14:30  fulfilled

    repair  SLA resolution, target 8h by the calendar office (Europe/Berlin)
      running: 30m of 8h used (6.25%), 7h30m left, due 2026-11-24 07:30; 30m on the wall
      2026-11-20 14:00  the clock starts
      2026-11-20 14:00  running           30m              new
      2026-11-20 14:30  paused            2h30m of 65h30m  on hold: awaiting requester
      2026-11-23 08:00  running           0s               in progress
      2026-11-23 14:30  (75% used)
      2026-11-24 07:30  (due)
    ");
    let view = monday.ok(&["sla", "show", &first, "--json"]).json();
    assert_eq!(view["schema"], "gitsm.sla-view/1");
    let repair = &view["commitments"][1];
    assert_eq!(repair["business_seconds"], 1_800);
    assert_eq!(repair["due"], "2026-11-24T07:30:00Z");
    let paused = &repair["timeline"][2];
    assert_eq!((&paused["what"], &paused["why"]), (&"paused".into(), &"awaiting requester".into()));
    assert_eq!(
        (&paused["business_seconds"], &paused["actual_seconds"]),
        (&9_000.into(), &235_800.into())
    );
}

#[test]
fn lists_go_by_what_is_due_first() {
    let (env, first, second) = two_incidents();
    let early = at(&env, "2026-11-23T08:50:00Z");
    assert_snapshot!(early.run(&["sla", "list"]), @"
    DUE               IN      STANDING  COMMITMENT  ID          PRIO  STATUS       TITLE
    2026-11-23 09:00  10m     at risk   answer      INC-BBBBBB  P3    new          Printer jams
    2026-11-24 07:30  22h40m  running   repair      INC-AAAAAA  P2    in_progress  CRM is slow
    2026-11-25 08:00  47h10m  running   repair      INC-BBBBBB  P3    new          Printer jams
    ");
    let ids = |env: &Env, query: &str| {
        let output = env.ok(&["list", "-A", "-f", "ids", "--sort", "opened", query]);
        output.raw_stdout().lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let (first, second) = (early.full_id(&first), early.full_id(&second));
    assert_eq!(ids(&early, "sla:at_risk"), std::slice::from_ref(&second));
    assert_eq!(ids(&early, "sla:breached"), [""; 0]);
    let late = at(&env, "2026-11-23T09:30:00Z");
    assert_eq!(ids(&late, "sla:at_risk"), [""; 0]);
    assert_eq!(ids(&late, "sla:breached"), std::slice::from_ref(&second));
    assert_eq!(ids(&late, "due:<now"), std::slice::from_ref(&second));
    assert_eq!(ids(&late, "sla:met"), std::slice::from_ref(&first));
    assert_eq!(ids(&late, "sla:repair"), [first, second.clone()]);
    assert_eq!(ids(&late, "sla:none"), [""; 0]);
    assert_snapshot!(late.run(&["list", "--columns", "id,sla,due,title"]), @"
    ID          SLA       DUE               TITLE
    INC-AAAAAA  running   2026-11-24 07:30  CRM is slow
    INC-BBBBBB  breached  2026-11-23 09:00  Printer jams
    ");
    let view = late.ok(&["sla", "list", "--json", "-n", "1"]).json();
    assert_eq!(view["total"], 3);
    assert_eq!(view["commitments"].as_array().map(Vec::len), Some(1));
    assert_eq!(view["commitments"][0]["breached"], true);
    let shown = late.ok(&["show", &second]).stdout;
    assert!(shown.contains("answer  breached  due 2026-11-23 09:00 (30m ago)"), "{shown}");
    assert_snapshot!(late.run(&["list", "sla:nothing"]), @"
    [stderr]
    error: nothing promised is or is called `nothing` (column 5)
      sla:nothing
          ^^^^^^^

    hint: there are answer, repair, breached, met, running, paused, at_risk, none
    [exit 2]
    ");
}

#[test]
fn the_past_is_told_as_it_stood() {
    let (env, _, second) = two_incidents();
    at(&env, "2026-11-23T09:30:00Z").ok(&["incident", "take", &second]);
    let later = at(&env, "2026-11-23T12:00:00Z");
    assert!(!later.ok(&["sla", "list"]).stdout.contains("answer"));
    let then = later.ok(&["sla", "list", "--at", "2026-11-23T08:50:00Z"]).stdout;
    assert!(then.contains("2026-11-23 09:00  10m     at risk   answer"), "{then}");
}

#[test]
fn report_counts_what_was_kept() {
    let (env, first, second) = two_incidents();
    let late = at(&env, "2026-11-23T09:30:00Z");
    late.ok(&["incident", "resolve", &first, &second, "-m", "Done."]);
    assert_snapshot!(late.run(&["report", "sla"]), @"
    SLA compliance  completed from the beginning to 2026-11-23 09:30 UTC (days of UTC)

    COMMITMENT  KIND  METRIC      CALENDAR  KEPT  MET  COMPLETED  OPEN  BREACHED
    answer      sla   response    office     50%    1          2     0         0
    repair      sla   resolution  office    100%    2          2     0         0
    all                                      75%    3          4     0         0
    ");
    let view = late.ok(&["report", "sla", "--json"]).json();
    assert_eq!((&view["total"]["met"], &view["total"]["completed"]), (&3.into(), &4.into()));
    assert_eq!(view["commitments"][0]["percent"], 50.0);
    // Of nothing there is no part.
    assert_snapshot!(late.run(&["report", "sla", "--from", "2026-11-24", "--to", "2026-11-25"]), @"
    SLA compliance  completed from 2026-11-24 00:00 to 2026-11-26 00:00 UTC (days of UTC)

    COMMITMENT  KIND  METRIC      CALENDAR  KEPT  MET  COMPLETED  OPEN  BREACHED
    answer      sla   response    office     n/a    0          0     0         0
    repair      sla   resolution  office     n/a    0          0     0         0
    all                                      n/a    0          0     0         0
    ");
    assert_snapshot!(late.run(&["report", "sla", "--from", "2026-11-25", "--to", "2026-11-24"]), @"
    [stderr]
    error: the period ends before it begins
    [exit 2]
    ");
}

#[test]
fn a_desk_that_promises_nothing() {
    let env = Env::desk();
    let id = env.incident("Printer jams");
    assert_snapshot!(env.ok(&["sla", "show", &id]), @"
    INC-AAAAAA Printer jams (new)
    nothing was promised
    [stderr]
    this desk promises nothing: there is no .gitsm/sla.yaml; `gitsm schema sla` prints its form
    ");
    assert_snapshot!(env.ok(&["sla", "list"]), @"
    [stderr]
    this desk promises nothing: there is no .gitsm/sla.yaml; `gitsm schema sla` prints its form
    ");
    assert_snapshot!(env.ok(&["report", "sla"]), @"
    SLA compliance  completed from the beginning to 2026-11-22 09:04 UTC (days of UTC)

    COMMITMENT  KIND  METRIC  CALENDAR  KEPT  MET  COMPLETED  OPEN  BREACHED
    all                                  n/a    0          0     0         0
    [stderr]
    this desk promises nothing: there is no .gitsm/sla.yaml; `gitsm schema sla` prints its form
    ");
    assert_snapshot!(env.ok(&["sla", "list", "--json"]), @r#"
    {
      "schema": "gitsm.sla-list/1",
      "promises": false,
      "now": "2026-11-22T09:05:04Z",
      "total": 0,
      "commitments": []
    }
    "#);
    assert_eq!(env.ok(&["list", "-f", "ids", "sla:none"]).stdout.lines().count(), 1);
    let shown = env.ok(&["show", &id]).stdout;
    assert!(!shown.contains("service levels"), "{shown}");
}

/// Takes over what was edited without asking gitsm.
fn by_git(env: &Env) {
    env.git(&["commit", "-qam", "Edit by hand"]);
}

/// What `check` says after a text of the promises was replaced with plain git;
/// `commit` says the same errors, and takes nothing over.
fn checked(from: &str, to: &str) -> String {
    let env = desk();
    env.replace(".gitsm/sla.yaml", from, to);
    let taken = env.run(&["commit"]);
    if taken.code != 0 {
        by_git(&env);
    }
    let said = env.run(&["check"]);
    let is_wrong = said.stdout.contains("error[");
    assert_eq!(taken.code, if is_wrong { 6 } else { 0 }, "{taken}");
    assert!(!is_wrong || taken.stdout == said.stdout, "{taken}{said}");
    said.to_string()
}

#[test]
fn commit_judges_by_what_the_edit_breaks() {
    let env = desk();
    // A calendar on which commitments hang.
    std::fs::remove_file(env.cwd().join(".gitsm/calendars/office.yaml")).expect("a file");
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/sla.yaml:6: error[sla-invalid]: answer: calendar: there is no calendar `office` (describe it in .gitsm/calendars/office.yaml)
    .gitsm/sla.yaml:11: error[sla-invalid]: repair: calendar: there is no calendar `office` (describe it in .gitsm/calendars/office.yaml)
    [stderr]
    1 record checked: 2 errors
    [exit 6]
    ");
    env.git(&["restore", "."]);
    // What was broken before does not stand in the way of other files.
    env.replace(".gitsm/sla.yaml", "metric: response\n", "metric: reponse\n");
    by_git(&env);
    env.write(".gitsm/calendars/late.yaml", "hours:\n  mon-fri: 12:00-20:00\n");
    env.write(".gitsm/people.yaml", "- {id: ann, name: Ann, time_zone: Europe/Berlni}\n");
    assert_snapshot!(env.run(&["commit"]), @"
    .gitsm/people.yaml:1: error[zone-unknown]: there is no time zone `Europe/Berlni`
    [stderr]
    2 records checked: 1 error
    [exit 6]
    ");
    env.write(".gitsm/people.yaml", "[]\n");
    assert_snapshot!(env.run(&["commit"]), @"
    [stderr]
    committed .gitsm/calendars/late.yaml
    committed .gitsm/people.yaml
    ");
}

#[test]
fn check_names_file_and_line() {
    assert_snapshot!(checked("target: 1h", "target: 1d"), @"
    .gitsm/sla.yaml:5: error[settings-unreadable]: commitments.answer.target: `1d` could mean 24 hours of open time or one day; write `24h` or `1bd`
    [stderr]
    0 records checked: 1 error
    [exit 6]
    ");
    let no_calendar =
        checked("target: 1h\n    calendar: office", "target: 1h\n    calendar: ofice");
    assert!(no_calendar.contains(".gitsm/sla.yaml:6: error[sla-invalid]"), "{no_calendar}");
    assert!(no_calendar.contains("`ofice`"), "{no_calendar}");
    let no_zone = checked("target: 1h", "time_zone: Europe/Berlni\n    target: 1h");
    assert!(no_zone.contains(".gitsm/sla.yaml:5: error[sla-invalid]"), "{no_zone}");
    assert!(no_zone.contains("Europe/Berlni"), "{no_zone}");
    let no_query =
        checked("when: type:incident\n    target: 1h", "when: colour:red\n    target: 1h");
    assert!(
        no_query.contains(".gitsm/sla.yaml:4: error[sla-invalid]: answer: when:"),
        "{no_query}"
    );
    // Shut each other out, so that the clock never pauses.
    let trap = checked(
        "when: type:incident\n    target: 1h",
        "when: type:incident status:new\n    pause: status:on_hold\n    target: 1h",
    );
    assert!(trap.contains(".gitsm/sla.yaml:5: error[sla-trap]: answer: pause:"), "{trap}");
    let gap = checked(", P5: 10bd }", " }");
    assert!(gap.contains(".gitsm/sla.yaml:10: warning[sla-trap]: repair: target:"), "{gap}");
    assert!(gap.contains("P5"), "{gap}");
}

#[test]
fn what_cannot_be_read_is_refused_and_hides_no_record() {
    let (env, first, _) = two_incidents();
    env.replace(".gitsm/sla.yaml", "target: 1h", "target: 1d");
    by_git(&env);
    assert_snapshot!(env.run(&["sla", "show", &first]), @"
    [stderr]
    error: .gitsm/sla.yaml:5: commitments.answer.target: `1d` could mean 24 hours of open time or one day; write `24h` or `1bd`

    hint: mend the file and run `gitsm commit`; `gitsm check` lists all such files
    [exit 6]
    ");
    env.ok(&["list"]);
    env.ok(&["show", &first]);
    // A calendar that nobody can wait for is no endless loop.
    env.replace(".gitsm/sla.yaml", "target: 1d", "target: 1h");
    env.replace(".gitsm/calendars/office.yaml", "Europe/Berlin", "Europe/Berlni");
    by_git(&env);
    let refused = env.run(&["sla", "show", &first]).to_string();
    assert!(refused.contains("Europe/Berlni"), "{refused}");
}

#[test]
fn the_later_one_of_two_is_named() {
    let env = Env::desk();
    env.write(
        ".gitsm/sla.yaml",
        "commitments:\n  repair: {metric: resolution, when: 'type:incident', target: 4h}\n  \
         gold: {metric: resolution, when: 'type:incident tag:vip', target: 2h}\n  \
         bronze: {metric: resolution, when: 'type:incident tag:slow', target: 9h}\n",
    );
    env.ok(&["commit"]);
    let id = env.new_record(&["incident", "new", "CRM crashes", "--tag", "vip"]);
    assert_snapshot!(env.run(&["sla", "show", &id]), @"
    INC-AAAAAA CRM crashes (new)

    gold  SLA resolution, target 2h around the clock
      instead of repair, which would be due later
      running: 1m of 2h used (0.83%), 1h59m left, due 2026-11-22 11:02; 1m on the wall
      2026-11-22 09:02  the clock starts
      2026-11-22 09:02  running           1m  new
      2026-11-22 10:32  (75% used)
      2026-11-22 11:02  (due)
    ");
}

#[test]
fn an_agreement_with_a_team_ends_when_the_ticket_is_passed_on_or_waits_if_it_says_so() {
    let passed_on_and_back = |more: &str| {
        let env = Env::desk();
        env.write(
            ".gitsm/sla.yaml",
            format!(
                "commitments:\n  db:\n    kind: ola\n    metric: resolution\n    \
                 when: type:incident team:db\n    target: 4h\n{more}"
            ),
        );
        at(&env, "2026-11-23T08:00:00Z").ok(&["commit"]);
        let new = ["incident", "new", "Slow", "--team", "db"];
        let id = at(&env, "2026-11-23T09:00:00Z").new_record(&new);
        at(&env, "2026-11-23T10:00:00Z").ok(&["assign", &id, "--team", "net"]);
        at(&env, "2026-11-23T11:00:00Z").ok(&["assign", &id, "--team", "db"]);
        at(&env, "2026-11-23T12:00:00Z").ok(&["sla", "show", &id]).to_string()
    };
    let anew = passed_on_and_back("");
    assert!(anew.contains("cancelled: 1h of 4h used"), "{anew}");
    assert!(anew.contains("running: 1h of 4h used"), "{anew}");
    let waits = passed_on_and_back("    cancel_on: never\n    pause: -team:db\n");
    assert!(waits.contains("running: 2h of 4h used"), "{waits}");
    assert!(waits.contains("due 2026-11-23 14:00") && !waits.contains("cancelled"), "{waits}");
}

/// A change can be on hold in any state, and its clocks stand still then.
#[test]
fn the_clocks_of_a_change_on_hold_stand_still() {
    let env = Env::desk();
    env.write(
        ".gitsm/sla.yaml",
        "commitments:\n  plan: {metric: resolution, when: 'type:change', target: 4h}\n",
    );
    at(&env, "2026-11-20T08:00:00Z").ok(&["commit"]);
    let id = at(&env, "2026-11-20T09:00:00Z").new_record(&["change", "new", "Patch CRM"]);
    let hold = ["change", "hold", &id, "-r", "awaiting_vendor"];
    at(&env, "2026-11-20T10:00:00Z").ok(&hold);
    at(&env, "2026-11-20T15:00:00Z").ok(&["change", "resume", &id]);
    assert_snapshot!(at(&env, "2026-11-20T16:00:00Z").run(&["sla", "show", &id]), @"
    CHG-AAAAAA Patch CRM (new)

    plan  SLA resolution, target 4h around the clock
      running: 2h of 4h used (50%), 2h left, due 2026-11-20 18:00; 2h on the wall
      2026-11-20 09:00  the clock starts
      2026-11-20 09:00  running           1h  new
      2026-11-20 10:00  paused            5h  new: awaiting vendor
      2026-11-20 15:00  running           1h  new
      2026-11-20 17:00  (75% used)
      2026-11-20 18:00  (due)
    ");
}

#[test]
fn before_there_were_promises_there_were_none() {
    let env = Env::desk();
    let then = at(&env, "2026-11-18T08:00:00Z");
    let id = then.incident("CRM is slow");
    let later = desk_from(&env);
    let day = "2026-11-19";
    assert_snapshot!(later.run(&["list", "--at", day, "sla:breached"]), @"
    [stderr]
    as of commit c1-----, 2026-11-18 08:00 UTC
    warning: nothing was promised at that time: there was no .gitsm/sla.yaml yet
    no records match
    ");
    assert_snapshot!(later.run(&["sla", "show", &id, "--at", day]), @"
    INC-AAAAAA CRM is slow (new)
    nothing was promised
    [stderr]
    as of commit c1-----, 2026-11-18 08:00 UTC
    this desk promised nothing at that time: there was no .gitsm/sla.yaml yet
    ");
    assert_snapshot!(later.run(&["sla", "list", "--at", day]), @"
    [stderr]
    as of commit c1-----, 2026-11-18 08:00 UTC
    this desk promised nothing at that time: there was no .gitsm/sla.yaml yet
    ");
    assert_snapshot!(later.run(&["report", "sla", "--at", day]), @"
    SLA compliance  completed from the beginning to 2026-11-19 00:00 UTC (days of UTC)

    COMMITMENT  KIND  METRIC  CALENDAR  KEPT  MET  COMPLETED  OPEN  BREACHED
    all                                  n/a    0          0     0         0
    [stderr]
    as of commit c1-----, 2026-11-18 08:00 UTC
    this desk promised nothing at that time: there was no .gitsm/sla.yaml yet
    ");
}

/// The desk, which promises an answer from a Friday morning on.
fn desk_from(env: &Env) -> Env {
    env.write(".gitsm/calendars/office.yaml", OFFICE);
    env.write(".gitsm/sla.yaml", PROMISES);
    let then = at(env, "2026-11-20T08:00:00Z");
    then.ok(&["commit"]);
    then
}

//! `gitsm change conflicts`, `accept-conflict` and `slots`.

use insta::assert_snapshot;

use crate::common::Env;

const WINDOWS: &str = "\
maintenance:
  sunday:
    description: While the shop sleeps
    hours: {sun: [02:00-06:00]}
    cis: [db-01]
freezes:
  year-end: {from: 2026-12-20, until: 2027-01-02, description: Books are closed}
";

/// A desk with an application on a server, which needs a database.
fn desk() -> Env {
    let env = Env::desk();
    for name in ["crm", "web-01", "db-01"] {
        env.ok(&["ci", "new", name]);
    }
    env.ok(&["link", "crm", "runs-on", "web-01"]);
    env.ok(&["link", "crm", "depends-on", "db-01"]);
    env.write(".gitsm/change-windows.yaml", WINDOWS);
    env.ok(&["commit"]);
    env
}

fn planned(env: &Env, title: &str, ci: &str, start: &str, end: &str) -> String {
    env.new_record(&["change", "new", title, "--ci", ci, "--start", start, "--end", end])
}

#[test]
fn conflicts_are_found_told_and_accepted() {
    let env = desk();
    let patch =
        planned(&env, "Patch the server", "web-01", "2026-11-24T22:30Z", "2026-11-25T01:00Z");
    let first = env.run(&["change", "submit", &patch]);
    assert!(!first.stderr.contains("conflict"), "{first}");
    let moved = planned(&env, "Move the CRM", "crm", "2026-11-24T22:00Z", "2026-11-24T23:00Z");
    assert_snapshot!(env.run(&["change", "submit", &moved]), @"
    [stderr]
    CHG-BBBBBB submit: new -> assess
    CHG-BBBBBB is in conflict: web-01, on which its item stands, is changed by CHG-AAAAAA (Patch the server) at the same time; db-01, on which its item stands, has the maintenance window sunday, and this is outside; see `gitsm change conflicts CHG-BBBBBB`
    ");
    assert_snapshot!(env.run(&["change", "conflicts", &moved]), @"
    CHG-BBBBBB Move the CRM · assess
    planned 2026-11-24 22:00 to 23:00 UTC

    WITH        RULE                   FROM              TO
    CHG-AAAAAA  parent_scheduled       2026-11-24 22:30  2026-11-25 01:00
        web-01, on which its item stands, is changed by CHG-AAAAAA (Patch the server) at the same time
    sunday      parent_outside_window  -                 -
        db-01, on which its item stands, has the maintenance window sunday, and this is outside
    [stderr]
    2 conflicts
    > gitsm change slots CHG-BBBBBB
    > gitsm change accept-conflict CHG-BBBBBB CHG-AAAAAA --reason TEXT
    [exit 1]
    ");
    // Whoever is in the way has them in their own.
    assert_snapshot!(env.run(&["change", "conflicts", &patch]), @"
    CHG-AAAAAA Patch the server · assess
    planned 2026-11-24 22:30 to 2026-11-25 01:00 UTC

    WITH        RULE             FROM              TO
    CHG-BBBBBB  child_scheduled  2026-11-24 22:00  2026-11-24 23:00
        crm, which stands on its item, is changed by CHG-BBBBBB (Move the CRM) at the same time
    [stderr]
    1 conflict
    > gitsm change slots CHG-AAAAAA
    > gitsm change accept-conflict CHG-AAAAAA CHG-BBBBBB --reason TEXT
    [exit 1]
    ");
    assert_snapshot!(env.run(&["change", "accept-conflict", &moved, &patch, "--reason", "Same people"]), @"
    [stderr]
    CHG-BBBBBB accept_conflict: accepted_conflicts: - -> parent_scheduled with CHG-AAAAAAAAAAAAAAAAAAAAAAAAAA: Same people
    ");
    assert_snapshot!(env.run(&["change", "accept-conflict", &moved, &patch, "--reason", "Again"]), @"
    [stderr]
    error: `accept-conflict` of CHG-BBBBBB would change nothing: it is so already
    [exit 4]
    ");
    assert_snapshot!(env.run(&["change", "accept-conflict", &moved, "web-01", "--reason", "No"]), @"
    [stderr]
    error: CHG-BBBBBB has no conflict with `web-01`

    hint: it has conflicts with CHG-AAAAAA, sunday
    [exit 3]
    ");
    env.ok(&["change", "accept-conflict", &moved, "sunday", "--reason", "It only reads"]);
    assert_snapshot!(env.run(&["change", "conflicts", &moved]), @"
    CHG-BBBBBB Move the CRM · assess
    planned 2026-11-24 22:00 to 23:00 UTC

    WITH        RULE                   FROM              TO
    CHG-AAAAAA  parent_scheduled       2026-11-24 22:30  2026-11-25 01:00
        web-01, on which its item stands, is changed by CHG-AAAAAA (Patch the server) at the same time
        accepted by alice: Same people
    sunday      parent_outside_window  -                 -
        db-01, on which its item stands, has the maintenance window sunday, and this is outside
        accepted by alice: It only reads
    [stderr]
    no conflicts but 2 accepted ones
    ");
    // The other change moves, and what was accepted of it is void.
    env.ok(&["change", "schedule", &patch, "--end", "2026-11-25T02:00Z"]);
    let view = env.run(&["change", "conflicts", &moved, "--json"]);
    assert_eq!(view.code, 1, "{view}");
    let view = view.json();
    assert_eq!(view["unaccepted"], 1);
    assert_eq!(view["conflicts"][0]["rule"], "parent_scheduled");
    assert_eq!(view["conflicts"][0]["accepted"], serde_json::Value::Null);
    assert_eq!(view["conflicts"][1]["accepted"]["reason"], "It only reads");
    // So is the rest, once its own time moves.
    assert_snapshot!(env.run(&["change", "schedule", &moved, "--start", "2026-11-24T22:15Z"]), @"
    [stderr]
    CHG-BBBBBB schedule: planned_start: 2026-11-24T22:00:00Z -> 2026-11-24T22:15:00Z
    CHG-BBBBBB is in conflict: web-01, on which its item stands, is changed by CHG-AAAAAA (Patch the server) at the same time; db-01, on which its item stands, has the maintenance window sunday, and this is outside; see `gitsm change conflicts CHG-BBBBBB`
    ");
    let log = env.git(&["log", "-3", "--skip=2", "--format=%s"]);
    assert!(log.stdout.contains("accept_conflict: Move the CRM"), "{log}");
    assert_snapshot!(env.run(&["show", &moved]), @"
    CHG-BBBBBB Move the CRM
    change · assess (open) · P3 · impact medium · urgency medium

      model          normal
      planned start  2026-11-24 22:15 (in 2d)
      planned end    2026-11-24 23:00 (in 2d)
      requester      alice
      channel        cli
      opened         2026-11-22 09:09 (13m ago) by alice
      updated        2026-11-22 09:20 (2m ago)
      id             CHG-BBBBBBBBBBBBBBBBBBBBBBBBBB

    conflicts
      2 conflicts (`gitsm change conflicts CHG-BBBBBB`)
      parent_scheduled with CHG-AAAAAA accepted by alice for another time: Same people
      parent_outside_window with sunday accepted by alice for another time: It only reads

    configuration items
      CI-AAAAAA  crm (live)

    next: assess, reject, revise, hold, cancel
    ");
    // Cancelled is out of the way.
    env.ok(&["change", "cancel", &patch, "-m", "Not needed"]);
    let view = env.run(&["change", "conflicts", &moved, "--json"]).json();
    assert_eq!(view["unaccepted"], 1);
}

#[test]
fn drafts_and_what_only_touches_are_in_nobodys_way() {
    let env = desk();
    let first = planned(&env, "First", "crm", "2026-11-29T02:00Z", "2026-11-29T03:00Z");
    let second = planned(&env, "Second", "crm", "2026-11-29T03:00Z", "2026-11-29T04:00Z");
    env.ok(&["change", "submit", &first]);
    assert_snapshot!(env.run(&["change", "conflicts", &second]), @"
    CHG-BBBBBB Second · new
    planned 2026-11-29 03:00 to 04:00 UTC
    [stderr]
    no conflicts
    ");
    env.ok(&["change", "schedule", &second, "--start", "2026-11-29T02:59Z"]);
    assert_eq!(env.run(&["change", "conflicts", &second]).code, 1);
    assert_eq!(env.run(&["change", "conflicts", &first]).code, 0, "the other one is a draft");
    let bare = env.new_record(&["change", "new", "Some day"]);
    assert_snapshot!(env.run(&["change", "conflicts", &bare]), @"
    CHG-CCCCCC Some day · new
    It has no planned time, so that nothing can be in its way.
    [stderr]
    no conflicts
    ");
    let refused = env.run(&["change", "accept-conflict", &bare, "year-end", "--reason", "x"]);
    assert_snapshot!(refused, @r#"
    [stderr]
    error: CHG-CCCCCC has no planned time yet

    hint: gitsm change schedule CHG-CCCCCC --start "tomorrow 22:00" --end "tomorrow 23:00"
    [exit 4]
    "#);
    assert_snapshot!(env.run(&["change", "conflicts", "crm"]), @"
    [stderr]
    error: CI-AAAAAA is no change but a ci

    hint: only a change has a time
    [exit 2]
    ");
}

#[test]
fn an_emergency_in_a_freeze_goes_on_with_a_reason() {
    let env = desk();
    let id = env.new_record(&[
        "change",
        "new",
        "Mend the till",
        "--model",
        "emergency",
        "--start",
        "2026-12-21T09:00Z",
        "--end",
        "2026-12-21T10:00Z",
    ]);
    assert_snapshot!(env.run(&["change", "submit", &id]), @"
    [stderr]
    CHG-AAAAAA submit: new -> authorize
    CHG-AAAAAA is in conflict: everything is frozen by year-end: Books are closed; see `gitsm change conflicts CHG-AAAAAA`
    ");
    assert_snapshot!(env.run(&["change", "conflicts", &id]), @"
    CHG-AAAAAA Mend the till · authorize
    planned 2026-12-21 09:00 to 10:00 UTC

    WITH      RULE       FROM              TO
    year-end  in_freeze  2026-12-20 00:00  2027-01-03 00:00
        everything is frozen by year-end: Books are closed
        an emergency goes on with a reason
    [stderr]
    1 conflict
    > gitsm change slots CHG-AAAAAA
    > gitsm change accept-conflict CHG-AAAAAA year-end --reason TEXT
    [exit 1]
    ");
    env.ok(&["change", "accept-conflict", &id, "year-end", "--reason", "Nobody can pay"]);
    assert_eq!(env.run(&["change", "conflicts", &id]).code, 0);
}

#[test]
fn an_assignee_does_one_thing_at_a_time() {
    let env = desk();
    let times = ["--start", "2026-11-24T22:00Z", "--end", "2026-11-24T23:00Z", "--assignee", "bob"];
    let new = |title: &str| {
        let mut args = vec!["change", "new", title];
        args.extend(times);
        env.new_record(&args)
    };
    let (first, second) = (new("First"), new("Second"));
    env.ok(&["change", "submit", &first]);
    assert_snapshot!(env.run(&["change", "submit", &second]), @"
    [stderr]
    CHG-BBBBBB submit: new -> assess
    CHG-BBBBBB is in conflict: bob carries out CHG-AAAAAA (First) at the same time; see `gitsm change conflicts CHG-BBBBBB`
    ");
    assert_eq!(env.run(&["change", "conflicts", &second]).code, 1);
    env.ok(&["assign", &second, "carol"]);
    assert_eq!(env.run(&["change", "conflicts", &second]).code, 0);
}

#[test]
fn slots_can_be_taken() {
    let env = desk();
    let id = env.new_record(&["change", "new", "Move the CRM", "--ci", "crm"]);
    let other = planned(&env, "Patch", "web-01", "2026-11-29T02:00Z", "2026-11-29T03:30Z");
    env.ok(&["change", "submit", &other]);
    assert_snapshot!(env.run(&["change", "slots", &id, "--duration", "2h"]), @"
    START             END               IN
    2026-11-29 03:30  2026-11-29 05:30  in 6d
    2026-12-06 02:00  2026-12-06 04:00  in 13d
    2026-12-06 04:00  2026-12-06 06:00  in 13d
    [stderr]
    free for 2h, times in UTC; take the first with
    > gitsm change schedule CHG-AAAAAA --start 2026-11-29T03:30Z --end 2026-11-29T05:30Z
    ");
    let view = env.ok(&["change", "slots", &id, "--duration", "2h", "--json"]).json();
    let next = view["slots"][0]["next"].as_str().unwrap().to_owned();
    let args: Vec<&str> = next.split(' ').skip(1).collect();
    let taken = env.ok(&args);
    assert!(!taken.stderr.contains("conflict"), "{taken}");
    assert_eq!(env.run(&["change", "conflicts", &id]).code, 0);
    assert_snapshot!(env.run(&["change", "slots", &id, "--from", "2026-11-30T00:00Z", "--to", "2026-12-03T00:00Z"]), @"
    [stderr]
    nothing is free for 2h between 2026-11-30 00:00 and 2026-12-03 00:00 UTC
    > gitsm change conflicts CHG-AAAAAA
    [exit 1]
    ");
    assert_snapshot!(env.run(&["change", "slots", &id, "--duration", "5h"]), @"
    [stderr]
    nothing is free for 5h between 2026-11-22 09:30 and 2027-02-20 09:30 UTC
    > gitsm change conflicts CHG-AAAAAA
    [exit 1]
    ");
    assert_snapshot!(env.run(&["change", "slots", &id, "--duration", "soon"]), @"
    [stderr]
    error: `soon` is no length of time; write hours and minutes, such as 48h, 30m or 1h30m
    [exit 2]
    ");
    assert_snapshot!(env.run(&["change", "slots", &id, "--to", "2026-11-01"]), @"
    [stderr]
    error: 2026-11-01T00:00:00Z does not lie after 2026-11-22T09:30:00Z

    hint: give the earlier time with --from, the later one with --to
    [exit 2]
    ");
    assert_snapshot!(env.run(&["change", "slots", &id, "--to", "2029-11-01"]), @"
    [stderr]
    error: 2029-11-01T00:00:00Z is more than 366 days later

    hint: look at a shorter time with --from and --to
    [exit 2]
    ");
}

#[test]
fn whoever_may_not_decide_accepts_no_conflict() {
    let env = desk();
    let id = env.new_record(&[
        "change",
        "new",
        "Close",
        "--start",
        "2026-12-21T09:00Z",
        "--end",
        "2026-12-21T10:00Z",
    ]);
    env.write(
        ".gitsm/people.yaml",
        "\
- {id: alice, name: Alice, emails: [alice@example.com], roles: [admin]}
- {id: bob, name: Bob, emails: [bob@example.com], roles: [requester]}
- {id: carol, name: Carol, emails: [carol@example.com], roles: [approver]}
- {id: bot, name: Pipeline, emails: [bot@example.com], kind: machine}
",
    );
    env.ok(&["commit"]);
    for person in ["bob", "bot"] {
        let refused = env.as_person(person).run(&[
            "change",
            "accept-conflict",
            &id,
            "year-end",
            "--reason",
            "x",
        ]);
        assert_eq!(refused.code, 4, "{refused}");
        assert!(refused.stderr.contains(" may not accept conflicts of CHG-"), "{refused}");
    }
    env.as_person("carol").ok(&["change", "accept-conflict", &id, "year-end", "--reason", "Board"]);
    assert_eq!(env.run(&["change", "conflicts", &id]).code, 0);
    assert_eq!(env.run(&["check"]).code, 0);
}

#[test]
fn by_hand_nobody_accepts_anything() {
    let env = desk();
    let id = env.new_record(&[
        "change",
        "new",
        "Close",
        "--start",
        "2026-12-21T09:00Z",
        "--end",
        "2026-12-21T10:00Z",
    ]);
    env.ok(&["change", "accept-conflict", &id, "year-end", "--reason", "The board wants it"]);
    env.replace(&env.path(&id), "The board wants it", "I want it");
    let refused = env.run(&["commit"]);
    assert_ne!(refused.code, 0, "{refused}");
    assert!(refused.stdout.contains("error[field-kept]: accepted_conflicts"), "{refused}");
}

#[test]
fn batches_and_lines_know_of_each_other() {
    let env = desk();
    let lines = r#"{"do": "new", "type": "change", "title": "One", "ref": "one", "cis": ["web-01"], "planned_start": "2026-11-24T22:00Z", "planned_end": "2026-11-24T23:00Z"}
{"do": "submit", "id": "@one"}
{"do": "new", "type": "change", "title": "Two", "ref": "two", "cis": ["web-01"], "planned_start": "2026-11-24T22:30Z", "planned_end": "2026-11-24T23:00Z"}
{"do": "submit", "id": "@two"}
{"do": "accept_conflict", "id": "@two", "with": "@one", "reason": "Same people"}
"#;
    env.typing(lines).ok(&["apply", "-"]);
    let rows = env.ok(&["list", "type:change two", "--json"]).json();
    let id = rows["rows"][0]["short"].as_str().unwrap().to_owned();
    let view = env.ok(&["change", "conflicts", &id, "--json"]).json();
    assert_eq!(view["conflicts"][0]["accepted"]["reason"], "Same people");
}

#[test]
fn mistakes_in_windows_are_found() {
    let env = desk();
    env.write(
        ".gitsm/change-windows.yaml",
        "\
maintenance:
  sunday:
    hours: {sun: [02:00-06:00]}
    cis: [db-01, db-99]
  never: {hours: {}, cis: [db-01]}
freezes:
  year-end:
    from: 2026-12-20
    until: 2026-01-02
  nothing: {from: 2026-12-20, until: 2026-12-20, cis: []}
",
    );
    assert_snapshot!(env.run(&["check"]), @"
    .gitsm/change-windows.yaml:4: error[window-ci]: sunday: there is no configuration item `db-99`
    .gitsm/change-windows.yaml:5: error[window-invalid]: the maintenance window never has no hours (for example `sun: [02:00-06:00]`)
    .gitsm/change-windows.yaml:9: error[window-invalid]: the freeze year-end is over before it begins (`until` is its last day, or the time at which it ends)
    .gitsm/change-windows.yaml:10: error[window-for-nothing]: nothing is for nothing; leave `cis` out to freeze everything
    [stderr]
    3 records checked: 4 errors
    [exit 6]
    ");
    assert_eq!(env.run(&["commit"]).code, 6);
    env.git(&["commit", "-qam", "by hand"]);
    let id = env.new_record(&[
        "change",
        "new",
        "Close",
        "--start",
        "2026-12-21T09:00Z",
        "--end",
        "2026-12-21T10:00Z",
    ]);
    // A freeze that cannot be read is no freedom.
    assert_snapshot!(env.run(&["change", "conflicts", &id]), @"
    [stderr]
    error: .gitsm/change-windows.yaml: the maintenance window never has no hours

    hint: for example `sun: [02:00-06:00]`
    hint: mend the file and run `gitsm commit`; `gitsm check` lists all mistakes
    [exit 6]
    ");
    assert_snapshot!(env.run(&["change", "schedule", &id, "--start", "2026-12-21T08:00Z"]), @"
    [stderr]
    CHG-AAAAAA schedule: planned_start: 2026-12-21T09:00:00Z -> 2026-12-21T08:00:00Z
    nobody knows what is in the way of CHG-AAAAAA: .gitsm/change-windows.yaml: the maintenance window never has no hours
    ");
    env.write(".gitsm/change-windows.yml", "");
    let stray = env.run(&["check"]);
    assert!(stray.stdout.contains("did you mean `.gitsm/change-windows.yaml`?"), "{stray}");
}

#[test]
fn the_past_is_judged_as_it_was() {
    let env = desk();
    let id = env.new_record(&[
        "change",
        "new",
        "Close",
        "--start",
        "2026-12-21T09:00Z",
        "--end",
        "2026-12-21T10:00Z",
    ]);
    let then = env.git(&["rev-parse", "HEAD"]).stdout.trim().to_owned();
    env.ok(&["change", "accept-conflict", &id, "year-end", "--reason", "Board"]);
    assert_eq!(env.run(&["change", "conflicts", &id]).code, 0);
    assert_eq!(env.run(&["change", "conflicts", &id, "--at", "HEAD~1"]).code, 1, "{then}");
}

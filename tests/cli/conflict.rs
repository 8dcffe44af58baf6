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
    assert_snapshot!(env.run(&["change", "submit", &moved]), @"");
    assert_snapshot!(env.run(&["change", "conflicts", &moved]), @"");
    // Whoever is in the way has them in their own.
    assert_snapshot!(env.run(&["change", "conflicts", &patch]), @"");
    assert_snapshot!(env.run(&["change", "accept-conflict", &moved, &patch, "--reason", "Same people"]), @"");
    assert_snapshot!(env.run(&["change", "accept-conflict", &moved, &patch, "--reason", "Again"]), @"");
    assert_snapshot!(env.run(&["change", "accept-conflict", &moved, "web-01", "--reason", "No"]), @"");
    env.ok(&["change", "accept-conflict", &moved, "sunday", "--reason", "It only reads"]);
    assert_snapshot!(env.run(&["change", "conflicts", &moved]), @"");
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
    assert_snapshot!(env.run(&["change", "schedule", &moved, "--start", "2026-11-24T22:15Z"]), @"");
    let log = env.git(&["log", "-3", "--skip=2", "--format=%s"]);
    assert!(log.stdout.contains("accept_conflict: Move the CRM"), "{log}");
    assert_snapshot!(env.run(&["show", &moved]), @"");
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
    assert_snapshot!(env.run(&["change", "conflicts", &second]), @"");
    env.ok(&["change", "schedule", &second, "--start", "2026-11-29T02:59Z"]);
    assert_eq!(env.run(&["change", "conflicts", &second]).code, 1);
    assert_eq!(env.run(&["change", "conflicts", &first]).code, 0, "the other one is a draft");
    let bare = env.new_record(&["change", "new", "Some day"]);
    assert_snapshot!(env.run(&["change", "conflicts", &bare]), @"");
    let refused = env.run(&["change", "accept-conflict", &bare, "year-end", "--reason", "x"]);
    assert_snapshot!(refused, @"");
    assert_snapshot!(env.run(&["change", "conflicts", "crm"]), @"");
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
    assert_snapshot!(env.run(&["change", "submit", &id]), @"");
    assert_snapshot!(env.run(&["change", "conflicts", &id]), @"");
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
    assert_snapshot!(env.run(&["change", "submit", &second]), @"");
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
    assert_snapshot!(env.run(&["change", "slots", &id, "--duration", "2h"]), @"");
    let view = env.ok(&["change", "slots", &id, "--duration", "2h", "--json"]).json();
    let next = view["slots"][0]["next"].as_str().unwrap().to_owned();
    let args: Vec<&str> = next.split(' ').skip(1).collect();
    let taken = env.ok(&args);
    assert!(!taken.stderr.contains("conflict"), "{taken}");
    assert_eq!(env.run(&["change", "conflicts", &id]).code, 0);
    assert_snapshot!(env.run(&["change", "slots", &id, "--from", "2026-11-30T00:00Z", "--to", "2026-12-03T00:00Z"]), @"");
    assert_snapshot!(env.run(&["change", "slots", &id, "--duration", "5h"]), @"");
    assert_snapshot!(env.run(&["change", "slots", &id, "--duration", "soon"]), @"");
    assert_snapshot!(env.run(&["change", "slots", &id, "--to", "2026-11-01"]), @"");
    assert_snapshot!(env.run(&["change", "slots", &id, "--to", "2029-11-01"]), @"");
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
    assert!(refused.stderr.contains("accepted_conflicts"), "{refused}");
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
    assert_snapshot!(env.run(&["check"]), @"");
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
    assert_snapshot!(env.run(&["change", "conflicts", &id]), @"");
    assert_snapshot!(env.run(&["change", "schedule", &id, "--start", "2026-12-21T08:00Z"]), @"");
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

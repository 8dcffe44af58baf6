//! The gate: may this go to this environment now?

use std::process::{Command, Stdio};

use insta::assert_snapshot;

use crate::common::{Env, Output};

const PEOPLE: &str = "\
- {id: alice, name: Alice, emails: [alice@example.com]}
- {id: bob, name: Bob, emails: [bob@example.com]}
- {id: dora, name: Dora, emails: [dora@example.com]}
- {id: erin, name: Erin, emails: [erin@example.com]}
";

const APPROVALS: &str = "\
definitions:
  cab:
    when: type:change
    steps:
    - approvers: {people: [alice, dora, erin]}
      quorum: 2
";

const COMMIT: &str = "1234567812345678123456781234567812345678";

/// A desk with people and approvals.
pub fn desk() -> Env {
    let env = Env::desk();
    env.write(".gitsm/people.yaml", PEOPLE);
    env.write(".gitsm/approvals.yaml", APPROVALS);
    env.ok(&["commit"]);
    env
}

/// A change of Bob's that waits for two votes; its window is from 10:30 to 11:30.
pub fn waiting(env: &Env, more: &[&str]) -> String {
    let bob = env.as_person("bob");
    let id = bob.new_record(&[&["change", "new", "Patch CRM"], more].concat());
    let (start, end) = ("2026-11-22T10:30Z", "2026-11-22T11:30Z");
    env.ok(&["change", "schedule", &id, "--start", start, "--end", end]);
    env.ok(&["change", "submit", &id]);
    env.ok(&["change", "assess", &id, "--risk", "low"]);
    id
}

/// A change that two people have approved.
pub fn approved(env: &Env) -> String {
    let id = waiting(env, &[]);
    for who in ["dora", "erin"] {
        env.as_person(who).ok(&["change", "approve", &id]);
    }
    id
}

/// The gate at a time of the day.
pub fn at(env: &Env, time: &str, args: &[&str]) -> Output {
    let args = [&["change", "gate"], args].concat();
    env.with("GITSM_NOW", &format!("2026-11-22T{time}:00Z")).run(&args)
}

/// What the gate answers in JSON.
fn json(output: &Output) -> serde_json::Value {
    serde_json::from_str(output.raw_stdout()).unwrap_or_else(|error| panic!("{error}\n{output}"))
}

/// ITGC control C1.
#[test]
fn a_change_on_its_way() {
    let env = desk();
    let bob = env.as_person("bob");
    let id = bob.new_record(&["change", "new", "Patch CRM"]);
    assert_snapshot!(at(&env, "10:00", &[&id]), @"
    pending CHG-AAAAAA Patch CRM -> production
      CHG-AAAAAA is new: it has not been handed in [not-submitted]
        -> gitsm change submit CHG-AAAAAA
      it has no planned window [no-window]
        -> plan one with `gitsm change schedule CHG-AAAAAA --start TIME --end TIME`
    decided on commit c1----- at 2026-11-22T10:00:00Z
    [exit 11]
    ");
    let (start, end) = ("2026-11-22T10:30Z", "2026-11-22T11:30Z");
    env.ok(&["change", "schedule", &id, "--start", start, "--end", end]);
    env.ok(&["change", "submit", &id]);
    assert_snapshot!(at(&env, "10:00", &[&id]), @"
    pending CHG-AAAAAA Patch CRM -> production
      CHG-AAAAAA is in assess: it has not been authorised [not-assessed]
        -> `gitsm actions CHG-AAAAAA` tells what comes next
      its window opens 2026-11-22 10:30 UTC (in 30m) [window-early]
        -> wait until then; to move it, `gitsm change schedule CHG-AAAAAA --start TIME --end TIME` and approve it anew
    decided on commit c2----- at 2026-11-22T10:00:00Z
    [exit 11]
    ");
    env.ok(&["change", "assess", &id, "--risk", "low"]);
    assert_snapshot!(at(&env, "10:00", &[&id]), @"
    pending CHG-AAAAAA Patch CRM -> production
      it waits for 2 votes of alice, dora or erin (cab/1) [approval]
        -> `gitsm change approve CHG-AAAAAA` votes, `gitsm approval show CHG-AAAAAA` tells who may
      its window opens 2026-11-22 10:30 UTC (in 30m) [window-early]
        -> wait until then; to move it, `gitsm change schedule CHG-AAAAAA --start TIME --end TIME` and approve it anew
    decided on commit c3----- at 2026-11-22T10:00:00Z
    [exit 11]
    ");
    env.as_person("dora").ok(&["change", "approve", &id]);
    assert_snapshot!(at(&env, "10:00", &[&id]), @"
    pending CHG-AAAAAA Patch CRM -> production
      it waits for 1 vote of alice or erin (cab/1) [approval]
        -> `gitsm change approve CHG-AAAAAA` votes, `gitsm approval show CHG-AAAAAA` tells who may
      its window opens 2026-11-22 10:30 UTC (in 30m) [window-early]
        -> wait until then; to move it, `gitsm change schedule CHG-AAAAAA --start TIME --end TIME` and approve it anew
    decided on commit c4----- at 2026-11-22T10:00:00Z
    [exit 11]
    ");
    env.as_person("erin").ok(&["change", "approve", &id]);
    assert_snapshot!(at(&env, "10:00", &[&id]), @"
    deny CHG-AAAAAA Patch CRM -> production
      its window opens 2026-11-22 10:30 UTC (in 30m) [window-early]
        -> wait until then; to move it, `gitsm change schedule CHG-AAAAAA --start TIME --end TIME` and approve it anew
    decided on commit c5----- at 2026-11-22T10:00:00Z
    [exit 10]
    ");
    let allowed = at(&env, "10:30", &[&id]);
    assert_eq!(allowed.code, 0, "{allowed}");
    let told = allowed.raw_stdout();
    assert!(
        told.starts_with("allow ") && told.contains("approved by dora, erin (digest "),
        "{told}"
    );
    assert_snapshot!(at(&env, "11:30", &[&id]), @"
    deny CHG-AAAAAA Patch CRM -> production
      its window ended 2026-11-22 11:30 UTC [window-over]
        -> plan another with `gitsm change schedule CHG-AAAAAA --start TIME --end TIME`, and have it approved anew
    decided on commit c5----- at 2026-11-22T11:30:00Z
    [exit 10]
    ");
    // What was approved is changed.
    env.ok(&["edit", &id, "--set", "backout_plan=Pray."]);
    assert_snapshot!(at(&env, "11:00", &[&id]), @"
    deny CHG-AAAAAA Patch CRM -> production
      the votes of dora, erin no longer count: changed since: backout_plan - -> Pray. [approval-void]
        -> have it approved as it reads now: it waits for 2 votes of alice, dora or erin (cab/1)
    decided on commit c7----- at 2026-11-22T11:00:00Z
    [exit 10]
    ");
    for who in ["dora", "erin"] {
        env.as_person(who).ok(&["change", "approve", &id]);
    }
    assert_eq!(at(&env, "11:00", &[&id]).code, 0);
    env.ok(&["change", "hold", &id, "--reason", "awaiting_vendor"]);
    assert_snapshot!(at(&env, "11:00", &[&id]), @"
    pending CHG-AAAAAA Patch CRM -> production
      CHG-AAAAAA is on hold (awaiting_vendor) [on-hold]
        -> gitsm change resume CHG-AAAAAA
    decided on commit c10---- at 2026-11-22T11:00:00Z
    [exit 11]
    ");
    env.ok(&["change", "resume", &id]);
    env.ok(&["change", "implement", &id]);
    assert_eq!(at(&env, "11:00", &[&id]).code, 0);
    env.ok(&["change", "complete", &id]);
    assert_snapshot!(at(&env, "11:00", &[&id]), @"
    deny CHG-AAAAAA Patch CRM -> production
      CHG-AAAAAA is over (review) [over]
        -> raise a new change: `gitsm change raise`
    decided on commit c12---- at 2026-11-22T11:00:00Z
    [exit 10]
    ");
}

#[test]
fn nobody_waves_their_own_work_through() {
    let env = desk();
    let id = waiting(&env, &[]);
    env.ok(&["change", "revise", &id, "-m", "It is for erin"]);
    env.ok(&["edit", &id, "--set", "requester=erin"]);
    env.ok(&["change", "submit", &id]);
    env.ok(&["change", "assess", &id, "--risk", "low"]);
    env.as_person("dora").ok(&["change", "approve", &id]);
    assert_snapshot!(env.as_person("erin").run(&["change", "approve", &id]), @"
    [stderr]
    error: erin asked for CHG-AAAAAA or carries it out, and so has no vote on it [segregation-of-duties]

    hint: somebody else must vote; `gitsm approval show CHG-AAAAAA` says who may
    [exit 4]
    ");
    assert_eq!(at(&env, "11:00", &[&id]).code, 11);
}

/// ITGC control C6.
#[test]
fn a_rejected_change_stays_out() {
    let env = desk();
    let id = waiting(&env, &[]);
    for who in ["dora", "erin"] {
        env.as_person(who).ok(&["change", "reject", &id, "-m", "Not now."]);
    }
    assert_snapshot!(at(&env, "11:00", &[&id]), @"
    deny CHG-AAAAAA Patch CRM -> production
      it was rejected by dora, erin [rejected]
        -> what speaks against it stands in `gitsm show CHG-AAAAAA`; mend that, and hand it in again
      CHG-AAAAAA is new: it has not been handed in [not-submitted]
        -> gitsm change submit CHG-AAAAAA
    decided on commit c1----- at 2026-11-22T11:00:00Z
    [exit 10]
    ");
}

#[test]
fn nothing_goes_without_a_change() {
    let env = desk();
    let to = ["--repository", "crm", "--commit", COMMIT, "--environment", "production"];
    assert_snapshot!(at(&env, "11:00", &to), @"
    deny no change -> production
      no change covers commit c1----- of crm to production [no-change]
        -> raise one with `gitsm change raise`, or name it: `gitsm change gate ID`
    decided on commit c2----- at 2026-11-22T11:00:00Z
    [exit 10]
    ");
    assert_snapshot!(at(&env, "11:00", &["CHG-ZZZZZZ"]), @"
    deny no change -> production
      there is no change `CHG-AAAAAA` [no-change]
        -> raise one with `gitsm change raise`, or name it: `gitsm change gate ID`
    decided on commit c2----- at 2026-11-22T11:00:00Z
    [exit 10]
    ");
    let incident = env.incident("CRM crashes");
    assert_snapshot!(at(&env, "11:00", &[&incident]), @"
    deny INC-AAAAAA CRM crashes -> production
      INC-AAAAAA is no change but an incident [no-change]
        -> name the change
    decided on commit c3----- at 2026-11-22T11:00:00Z
    [exit 10]
    ");
    let id = approved(&env);
    assert_snapshot!(at(&env, "11:00", &[&id, "--commit", COMMIT]), @"
    deny CHG-BBBBBB Patch CRM -> production
      CHG-BBBBBB does not say what it deploys, so nobody has approved commit c1----- [other-version]
        -> raise a change for this one: `gitsm change raise`
    decided on commit c4----- at 2026-11-22T11:00:00Z
    [exit 10]
    ");
}

#[test]
fn wrong_usage() {
    let env = desk();
    for args in [
        &[][..],
        &["--repository", "crm"],
        &["--repository", "crm", "--commit", "1234567"],
        &["CHG-ZZZZZZ", "--commit", "1234567"],
        &["CHG-ZZZZZZ", "--wait", "1"],
        &["CHG-ZZZZZZ", "--wait", "0s"],
        &["CHG-ZZZZZZ", "--wait", "1s1h"],
        &["CHG-ZZZZZZ", "--at", "HEAD", "--remote"],
        &["CHG-ZZZZZZ", "--time", "2026-11-22T10:00:00Z"],
        &["CHG-ZZZZZZ", "--force"],
    ] {
        let output = at(&env, "11:00", args);
        assert_eq!(output.code, 2, "{args:?}\n{output}");
    }
}

#[test]
fn it_can_be_decided_again() {
    let env = desk();
    let id = approved(&env);
    let mut asked = Vec::new();
    for time in ["10:29", "10:30", "11:29", "11:30"] {
        let output = at(&env, time, &[&id, "--json"]);
        asked.push((output.code, json(&output)));
    }
    env.ok(&["edit", &id, "--set", "title=Patch everything"]);
    let output = at(&env, "11:00", &[&id, "--json"]);
    asked.push((output.code, json(&output)));
    env.ok(&["change", "cancel", &id, "-m", "No."]);
    assert_eq!(asked.iter().map(|(code, _)| *code).collect::<Vec<_>>(), [10, 0, 0, 10, 10]);
    for (code, view) in asked {
        let replay = view["replay"].as_str().expect("a command").to_owned();
        let words: Vec<&str> = replay.split(' ').skip(1).chain(["--json"]).collect();
        let again = env.run(&words);
        let mut same = json(&again);
        assert_eq!(same["replayed"], true);
        same["replayed"] = false.into();
        same["clock_given"] = true.into();
        // The clock of this test runs ahead of the desk that goes on below it.
        same["warnings"] = view["warnings"].clone();
        assert_eq!((again.code, same), (code, view), "{replay}");
    }
}

#[test]
fn a_replay_is_of_the_time_of_its_commit() {
    let env = desk();
    let id = waiting(&env, &[]);
    env.ok(&["change", "schedule", &id, "--start", "2026-11-22T09:00Z"]);
    for who in ["dora", "erin"] {
        env.as_person(who).ok(&["change", "approve", &id]);
    }
    let then = env.git(&["rev-parse", "HEAD"]).raw_stdout().trim().to_owned();
    let late = env.with("GITSM_NOW", "2026-11-22T11:20:00Z");
    late.ok(&["edit", &id, "--set", "backout_plan=Put the old one back"]);
    let made = env
        .git(&["show", "-s", "--date=format:%Y-%m-%dT%H:%M:%SZ", "--format=%ad", &then])
        .raw_stdout()
        .trim()
        .to_owned();
    let ask = |more: &[&str]| {
        let night = env.with("GITSM_NOW", "2026-11-22T23:00:00Z");
        let output = night.run(&[&["change", "gate", &id, "--json", "--at", &then], more].concat());
        (output.code, json(&output))
    };
    // Without a time it is the answer of then, whatever the clock says now.
    let (code, view) = ask(&[]);
    assert_eq!(
        (code, &view["replayed"], &view["warnings"]),
        (0, &true.into(), &serde_json::json!([]))
    );
    assert_eq!(view["at"], made.as_str());
    // Before the commit was made nobody could be asked on it.
    assert_eq!(ask(&["--time", "2026-11-22T08:00:00Z"]).0, 20);
    assert_eq!(ask(&["--time", "2026-11-22T11:10:00Z"]).1["warnings"], serde_json::json!([]));
    // Later the desk said something else, and the answer says so.
    let (code, view) = ask(&["--time", "2026-11-22T11:29:00Z"]);
    assert_eq!(code, 0);
    let told = view["warnings"][0].as_str().unwrap_or_default();
    assert!(told.contains("the desk had gone on"), "{told}");
}

#[test]
fn waiting_ends_when_it_may_go() {
    let env = desk();
    let id = waiting(&env, &[]);
    env.as_person("dora").ok(&["change", "approve", &id]);
    let started = std::time::Instant::now();
    let mut child = command(&env, &[&id, "--wait", "60s"]).spawn().expect("it runs");
    std::thread::sleep(std::time::Duration::from_millis(1500));
    assert!(child.try_wait().expect("a state").is_none(), "it waits");
    env.as_person("erin").ok(&["change", "approve", &id]);
    assert_eq!(child.wait().expect("an end").code(), Some(0));
    assert!(started.elapsed().as_secs() < 30);
}

/// The gate, without the shared clock and names.
fn command(env: &Env, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gitsm"));
    command
        .args(["change", "gate"])
        .args(args)
        .current_dir(env.cwd())
        .env("GITSM_NOW", "2026-11-22T11:00:00Z")
        .env("HOME", env.cwd())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

#[test]
fn waiting_ends_with_the_time_and_never_with_leave() {
    let env = desk();
    let id = waiting(&env, &[]);
    let started = std::time::Instant::now();
    assert_eq!(at(&env, "11:00", &[&id, "--wait", "2s"]).code, 11);
    assert!(started.elapsed().as_secs() >= 2);
    // What waiting does not mend is told at once.
    let id = approved(&env);
    let started = std::time::Instant::now();
    assert_eq!(at(&env, "12:00", &[&id, "--wait", "1h"]).code, 10);
    assert_eq!(at(&env, "10:29", &[&id, "--wait", "30s"]).code, 10, "it opens too late for that");
    assert_eq!(at(&env, "11:00", &["CHG-ZZZZZZ", "--wait", "1h"]).code, 10);
    assert!(started.elapsed().as_secs() < 30);
}

#[test]
fn a_signal_ends_waiting_without_leave() {
    let env = desk();
    let id = waiting(&env, &[]);
    let mut child = command(&env, &[&id, "--wait", "1h"]).spawn().expect("it runs");
    std::thread::sleep(std::time::Duration::from_millis(800));
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status();
    assert!(killed.expect("kill").success());
    assert!(!child.wait().expect("an end").success());
}

#[test]
fn a_freeze_closes_the_gate() {
    let env = desk();
    let id = approved(&env);
    let freeze = "freezes:\n  day: {from: 2026-11-22T10:00:00Z, until: 2026-11-22T11:00:00Z, description: Books are closed}\n";
    env.write(".gitsm/change-windows.yaml", freeze);
    env.ok(&["commit"]);
    assert_snapshot!(at(&env, "10:45", &[&id]), @"
    deny CHG-AAAAAA Patch CRM -> production
      everything is frozen by day: Books are closed (in 15m) [freeze]
        -> wait until it is over, or make it an emergency
    decided on commit c1----- at 2026-11-22T10:45:00Z
    [exit 10]
    ");
    // It holds until then, and not at that time.
    assert_eq!(at(&env, "11:00", &[&id]).code, 0);
    // An emergency goes on for a reason.
    let bob = env.as_person("bob");
    let id = bob.new_record(&["change", "new", "Stop the leak", "--model", "emergency"]);
    env.ok(&["change", "submit", &id]);
    let planned = ["--start", "2026-11-22T10:30Z", "--end", "2026-11-22T12:00Z"];
    let mut schedule = vec!["change", "schedule", &id];
    schedule.extend(planned);
    assert!(at(&env, "10:45", &[&id]).to_string().contains("plan it with"));
    env.ok(&schedule);
    for who in ["dora", "erin"] {
        env.as_person(who).ok(&["change", "approve", &id]);
    }
    assert_snapshot!(at(&env, "10:45", &[&id]), @"
    deny CHG-BBBBBB Stop the leak -> production
      everything is frozen by day: Books are closed (in 15m) [freeze]
        -> say why it cannot wait: `gitsm change accept-conflict CHG-BBBBBB day --reason TEXT`
    decided on commit c4----- at 2026-11-22T10:45:00Z
    [exit 10]
    ");
    env.as_person("dora").ok(&["change", "accept-conflict", &id, "day", "--reason", "It leaks"]);
    assert_eq!(at(&env, "10:45", &[&id]).code, 0);
}

#[test]
fn what_is_frozen_is_frozen_without_a_plan() {
    let env = desk();
    env.ok(&["ci", "new", "web-01"]);
    let freeze = "freezes:\n  day: {from: 2026-11-22T10:00:00Z, until: 2026-11-22T11:00:00Z, cis: [web-01]}\n";
    env.write(".gitsm/change-windows.yaml", freeze);
    env.ok(&["commit"]);
    let id = env.new_record(&["change", "new", "Patch it", "--ci", "web-01"]);
    let other = env.new_record(&["change", "new", "Patch something else"]);
    let output = at(&env, "10:45", &[&id, "--environment", "staging"]);
    assert!(output.raw_stdout().contains("web-01 is frozen by day (in 15m) [freeze]"), "{output}");
    // So is what stands on it, and what it stands on.
    env.ok(&["ci", "new", "crm"]);
    env.ok(&["link", "crm", "runs-on", "web-01"]);
    let crm = env.new_record(&["change", "new", "Patch the CRM", "--ci", "crm"]);
    let output = at(&env, "10:45", &[&crm, "--environment", "staging"]);
    let told = "web-01, on which its item stands, is frozen by day (in 15m) [freeze]";
    assert!(output.raw_stdout().contains(told), "{output}");
    let output = at(&env, "10:45", &[&other, "--environment", "staging"]);
    assert!(!output.raw_stdout().contains("[freeze]"), "{output}");
}

/// ITGC control C7.
#[test]
fn a_conflict_that_nobody_accepted_closes_the_gate() {
    let env = desk();
    env.ok(&["ci", "new", "web-01"]);
    let id = waiting(&env, &["--ci", "web-01"]);
    for who in ["dora", "erin"] {
        env.as_person(who).ok(&["change", "approve", &id]);
    }
    assert_eq!(at(&env, "11:00", &[&id]).code, 0);
    let other = env.as_person("bob").new_record(&[
        "change",
        "new",
        "Move the server",
        "--ci",
        "web-01",
        "--start",
        "2026-11-22T11:00Z",
        "--end",
        "2026-11-22T12:00Z",
    ]);
    env.ok(&["change", "submit", &other]);
    assert_snapshot!(at(&env, "11:00", &[&id]), @"
    deny CHG-AAAAAA Patch CRM -> production
      web-01 is changed by CHG-BBBBBB (Move the server) at the same time [conflict]
        -> `gitsm change slots CHG-AAAAAA` finds a free time, `gitsm change accept-conflict CHG-AAAAAA CHG-BBBBBB --reason TEXT` takes it as it is
    decided on commit c3----- at 2026-11-22T11:00:00Z
    [exit 10]
    ");
    env.ok(&["change", "accept-conflict", &id, &other, "--reason", "The same people"]);
    let output = at(&env, "11:00", &[&id]);
    assert_eq!(output.code, 0, "{output}");
    // Accepted for these times, and for no others.
    env.ok(&["change", "schedule", &other, "--end", "2026-11-22T13:00Z"]);
    assert_eq!(at(&env, "11:00", &[&id]).code, 10);
}

/// A model of standard changes, and a change made from it that is handed in.
pub fn standard(env: &Env) -> String {
    let model = "model: standard\ntitle: Rebuild an index\nrisk: low\nbounds: {risk: moderate}\n";
    env.write(".gitsm/models/index.yaml", model);
    env.ok(&["commit"]);
    env.as_person("dora").ok(&["change", "model", "approve", "index"]);
    let id = env.as_person("bob").new_record(&[
        "change",
        "new",
        "--model",
        "index",
        "Rebuild the orders",
        "--start",
        "2026-11-22T10:30Z",
        "--end",
        "2026-11-22T11:30Z",
    ]);
    env.ok(&["change", "submit", &id]);
    id
}

#[test]
fn a_standard_change_stands_on_its_model() {
    let env = desk();
    let id = standard(&env);
    assert_snapshot!(at(&env, "11:00", &[&id]), @"
    allow CHG-AAAAAA Rebuild the orders -> production
      authorised beforehand by the change model index
    decided on commit c1----- at 2026-11-22T11:00:00Z
    ");
    assert_eq!(at(&env, "11:30", &[&id]).code, 10, "its window is over");
    env.ok(&["edit", &id, "--set", "risk=high"]);
    assert_snapshot!(at(&env, "11:00", &[&id]), @"
    deny CHG-AAAAAA Rebuild the orders -> production
      it calls itself a standard change, and is treated as a normal one: its risk is high, and the change model allows moderate at most [standard-model]
        -> take it back with `gitsm change revise CHG-AAAAAA`, and have it approved as a normal change; or have the model approved
    decided on commit c2----- at 2026-11-22T11:00:00Z
    [exit 10]
    ");
    env.ok(&["edit", &id, "--set", "risk=moderate"]);
    assert_eq!(at(&env, "11:00", &[&id]).code, 0);
    // The model is approved as it reads, and no longer.
    env.replace(".gitsm/models/index.yaml", "risk: low", "risk: moderate");
    env.ok(&["commit"]);
    let output = at(&env, "11:00", &[&id]);
    assert_eq!(output.code, 10, "{output}");
    assert!(output.raw_stdout().contains("has 0 of 1 votes"), "{output}");
}

/// A change that deploys nothing is none for what somebody names.
#[test]
fn a_change_without_code_is_none_for_a_repository() {
    let env = desk();
    let id = approved(&env);
    assert_eq!(at(&env, "11:00", &[&id]).code, 0);
    assert_snapshot!(at(&env, "11:00", &[&id, "--repository", "crm"]), @"
    deny CHG-AAAAAA Patch CRM -> production
      CHG-AAAAAA does not say what it deploys, so nobody has approved crm [other-version]
        -> raise a change for this one: `gitsm change raise`
    decided on commit c2----- at 2026-11-22T11:00:00Z
    [exit 10]
    ");
}

/// A time that was given is told, in words and as data.
#[test]
fn a_clock_that_was_given_is_told() {
    let env = desk();
    let id = approved(&env);
    let note = "the time is the one that GITSM_NOW gives, not that of this machine's clock";
    let output = at(&env, "11:00", &[&id]);
    assert!(output.raw_stderr().contains(note), "{output}");
    let output = at(&env, "11:00", &[&id, "--json"]);
    assert_eq!(output.json()["clock_given"], true, "{output}");
    assert_eq!(output.json()["warnings"], serde_json::json!([note]), "{output}");
    // Without it, and for what is decided again, it is not.
    let real = env.with("GITSM_NOW", "");
    let output = real.run(&["change", "gate", &id, "--json"]);
    assert_eq!(output.json()["clock_given"], false, "{output}");
    let replay = ["change", "gate", &id, "--at", "HEAD", "--json"];
    assert_eq!(env.run(&replay).json()["clock_given"], false);
    // What goes out by an override says it on the change.
    let incident = env.new_record(&["incident", "new", "It is down"]);
    let over = ["--override", "--reason", "It has to be", "--incident", &incident];
    let output = at(&env, "12:00", &[&[id.as_str()], &over[..]].concat());
    assert_eq!(output.code, 12, "{output}");
    assert!(env.read(&env.path(&id)).contains("clock_given: true"));
}

//! Plays the stories of `examples/`, by the script and by `gitsm demo`, and
//! looks at what they leave behind.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests may fail"
)]

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

const GITSM: &str = env!("CARGO_BIN_EXE_gitsm");

fn run(program: &str, arguments: &[&str], folder: &Path) -> Output {
    let path = std::env::var_os("PATH").expect("a PATH");
    Command::new(program)
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .env("HOME", folder)
        .env("GITSM", GITSM)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .expect("it starts")
}

/// Whether commands made what `check --range` lets pass: the rules are the same.
fn every_commit_is_lawful(desk: &Path) {
    let first = run("git", &["rev-list", "--max-parents=0", "HEAD"], desk);
    let first = String::from_utf8_lossy(&first.stdout).trim().to_owned();
    let check = run(GITSM, &["check", "--range", &first], desk);
    assert!(check.status.success(), "{}", told(&check));
}

fn told(output: &Output) -> String {
    let (out, err) = (&output.stdout, &output.stderr);
    format!("{}{}", String::from_utf8_lossy(out), String::from_utf8_lossy(err))
}

fn listed(desk: &Path, query: &str) -> Vec<Value> {
    let output = run(GITSM, &["list", "--json", "-n", "0", query], desk);
    assert!(output.status.success(), "{}", told(&output));
    let view: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    view["rows"].as_array().expect("rows").clone()
}

/// What the CRM story must leave behind, however it was played.
fn the_crm_story_is_over(desk: &Path) {
    let incidents = listed(desk, "type:incident status:any");
    assert_eq!(incidents.len(), 3);
    assert!(incidents.iter().all(|row| row["status"] == "closed"), "{incidents:?}");
    let by_problem = |row: &Value| row["resolution"] == "resolved_by_problem";
    assert!(incidents.iter().all(by_problem), "{incidents:?}");
    let problems = listed(desk, "type:problem status:any");
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0]["status"], "closed");
    let id = problems[0]["id"].as_str().expect("an id");
    let shown = run(GITSM, &["show", "--json", id], desk);
    let shown: Value = serde_json::from_slice(&shown.stdout).expect("JSON");
    let rels: Vec<&str> = shown["links"]
        .as_array()
        .expect("links")
        .iter()
        .filter_map(|link| link["rel"].as_str())
        .collect();
    assert_eq!(rels, ["fixed_by", "causes", "causes", "causes"]);
    assert_eq!(shown["record"]["resolution"]["code"], "fix_applied");
    let changes = listed(desk, "type:change status:closed");
    assert_eq!(changes.len(), 1);
    let status = run("git", &["status", "--porcelain"], desk);
    assert!(status.stdout.is_empty(), "{}", told(&status));
    let fsck = run("git", &["fsck", "--strict"], desk);
    assert!(fsck.status.success(), "{}", told(&fsck));
    let check = run(GITSM, &["check"], desk);
    assert!(check.status.success(), "{}", told(&check));
    every_commit_is_lawful(desk);
    // The deciding vote is somebody else's than the work.
    let log = run("git", &["log", "--format=%an %s"], desk);
    assert!(told(&log).contains("Carol Change CHG-"), "{}", told(&log));
}

#[test]
fn the_crm_story_as_a_script() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/crm-crash.sh");
    let script = script.to_str().expect("UTF-8");
    let played = run("sh", &[script, "desk"], folder.path());
    assert!(played.status.success(), "{}", told(&played));
    the_crm_story_is_over(&folder.path().join("desk"));
}

#[test]
fn the_crm_story_as_the_demo() {
    let folder = tempfile::tempdir().expect("a folder");
    let played = run(GITSM, &["demo", "desk"], folder.path());
    assert!(played.status.success(), "{}", told(&played));
    let said = told(&played);
    for command in ["$ gitsm problem known-error PRB-", "$ gitsm change approve CHG-", "gitsm log"]
    {
        assert!(said.contains(command), "{said}");
    }
    the_crm_story_is_over(&folder.path().join("desk"));
    let again = run(GITSM, &["demo", "desk"], folder.path());
    assert_eq!(again.status.code(), Some(2), "{}", told(&again));
}

/// Plays a script; gives the folder and what was printed.
fn played(name: &str) -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name);
    let played = run("sh", &[script.to_str().expect("UTF-8"), "desk"], folder.path());
    assert!(played.status.success(), "{}", told(&played));
    let desk = folder.path().join("desk");
    let check = run(GITSM, &["check"], &desk);
    assert!(check.status.success(), "{}", told(&check));
    let status = run("git", &["status", "--porcelain"], &desk);
    assert!(status.stdout.is_empty(), "{}", told(&status));
    every_commit_is_lawful(&desk);
    (folder, told(&played))
}

fn shown(desk: &Path, id: &Value) -> Value {
    let output = run(GITSM, &["show", "--json", id.as_str().expect("an id")], desk);
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn onboarding_from_the_form_to_the_first_day() {
    let (folder, said) = played("onboarding.sh");
    let desk = folder.path().join("desk");
    let requests = listed(&desk, "type:request status:any");
    assert_eq!(requests.len(), 1);
    assert_eq!(requests[0]["status"], "closed");
    let record = shown(&desk, &requests[0]["id"])["record"].clone();
    assert_eq!(record["csat"]["points"], 5);
    assert_eq!(record["answers"]["employee"], "Nina New");
    let tasks = record["tasks"].as_array().expect("tasks");
    let in_state = |state: &str| tasks.iter().filter(|task| task["state"] == state).count();
    assert_eq!((in_state("done"), in_state("skipped"), tasks.len()), (9, 4, 13));
    // Each part was approved by its own approver.
    let votes = record["approvals"].as_array().expect("votes");
    let votes: Vec<(&str, &str)> = votes
        .iter()
        .filter_map(|vote| Some((vote["step"].as_str()?, vote["by"].as_str()?)))
        .collect();
    assert_eq!(votes, [("hr/1", "hugo"), ("budget/1", "bea"), ("manager/1", "olga")]);
    for refusal in [
        "error: `onboarding` needs an answer: starts",
        "is not done before its check list is: 1 Mailbox; 2 Badge",
        "error: dana has no vote on",
        "comes after its tasks: welcome, crm.licence, crm.compliance, crm.grant, crm.confirm",
    ] {
        assert!(said.contains(refusal), "{refusal}\n{said}");
    }
}

#[test]
fn access_to_software_with_approval_and_compliance() {
    let (folder, said) = played("software-access.sh");
    let desk = folder.path().join("desk");
    let requests = listed(&desk, "type:request status:any");
    let states: Vec<&Value> = requests.iter().map(|row| &row["status"]).collect();
    assert!(states.len() == 2 && states.iter().any(|state| *state == "fulfilled"), "{states:?}");
    assert!(states.iter().any(|state| *state == "rejected"), "{states:?}");
    let fulfilled = requests.iter().find(|row| row["status"] == "fulfilled").expect("one");
    let record = shown(&desk, &fulfilled["id"])["record"].clone();
    assert_eq!(record["answers"]["until"], "2099-12-31");
    assert_eq!(record["requester"], "ulf");
    for refusal in [
        "needs an answer: until",
        "error: ulf asked for",
        "waits for approval",
        "before its check list is: 2 No conflict",
    ] {
        assert!(said.contains(refusal), "{refusal}\n{said}");
    }
}

#[test]
fn a_password_is_reset_at_first_contact() {
    let (folder, said) = played("password-reset.sh");
    let desk = folder.path().join("desk");
    let incidents = listed(&desk, "type:incident status:any");
    assert_eq!(incidents.len(), 1);
    let record = shown(&desk, &incidents[0]["id"])["record"].clone();
    assert_eq!((&record["status"], &record["reopen_count"]), (&"closed".into(), &Value::Null));
    assert_eq!(record["csat"]["by"], "paula");
    // A help desk meets no words of a catalogue.
    for word in ["catalog", "offering", "approval", "plan"] {
        assert!(!said.contains(word), "{word}\n{said}");
    }
}

#[test]
fn the_slow_application_from_complaints_to_the_fix() {
    let (folder, said) = played("slow-application.sh");
    let desk = folder.path().join("desk");
    let incidents = listed(&desk, "type:incident status:any");
    let ended = |code: &str| incidents.iter().filter(|row| row["resolution"] == code).count();
    assert_eq!((incidents.len(), ended("resolved_by_problem"), ended("duplicate")), (4, 3, 1));
    let problems = listed(&desk, "type:problem status:closed");
    let record = shown(&desk, &problems[0]["id"])["record"].clone();
    assert_eq!(record["whys"].as_array().map(Vec::len), Some(5));
    assert_eq!(listed(&desk, "type:problem status:any caused_by:db-02").len(), 1);
    assert!(said.contains("[duplicate?]") && said.contains("It recurs"), "{said}");
}

#[test]
fn the_hybrid_organisation() {
    let (folder, said) = played("hybrid.sh");
    for refusal in [
        "chris (care) may not start INC-",
        "chris (care) may not create a change [role]",
        "must be done by somebody else than the assignee, who is ivan [workflow-not-by]",
    ] {
        assert!(said.contains(refusal), "{refusal}\n{said}");
    }
    let desk = folder.path().join("desk");
    let states = |query: &str| -> Vec<String> {
        let rows = listed(&desk, query);
        rows.iter().map(|row| row["status"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(states("domain:customers status:any"), ["done"]);
    assert_eq!(states("domain:internal type:incident status:any"), ["resolved"]);
    assert_eq!(states("type:change status:any"), ["closed"]);
}

#[test]
fn the_one_hour_response_as_a_script() {
    let (folder, said) = played("one-hour-response.sh");
    // Friday's incident was answered on Monday, within an hour of open time.
    let desk = folder.path().join("desk");
    let met = listed(&desk, "sla:met sla:one-hour-response status:any not sla:breached");
    let titles: Vec<&str> = met.iter().filter_map(|row| row["title"].as_str()).collect();
    assert!(titles.contains(&"Printer on floor 3 is jammed"), "{titles:?}");
    assert!(titles.contains(&"Mail is slow"), "{titles:?}");
    let late = listed(&desk, "sla:breached status:any");
    assert_eq!(late.len(), 1);
    assert_eq!(late[0]["title"], "Monitor flickers");
    let report = run(GITSM, &["report", "sla", "--to", "2026-11-24", "--json"], &desk);
    let report: Value = serde_json::from_slice(&report.stdout).expect("JSON");
    let response = &report["commitments"][0];
    assert_eq!(response["name"], "one-hour-response");
    assert_eq!((&response["met"], &response["completed"]), (&2.into(), &3.into()));
    // The weekend and the wait for the requester are no time of ours.
    assert!(said.contains("met: 2h15m of 8h used"), "{said}");
    let check = run(GITSM, &["check"], &desk);
    assert!(check.status.success(), "{}", told(&check));
}

#[test]
fn a_push_raises_a_change_and_the_gate_decides() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/deploy-on-push.sh");
    let played = run("sh", &[script.to_str().expect("UTF-8"), "top"], folder.path());
    let said = told(&played);
    assert!(played.status.success(), "{said}");
    let desk = folder.path().join("top/desk");
    let changes = listed(&desk, "type:change status:any has:repository");
    assert!(!changes.is_empty(), "{said}");
    let record = shown(&desk, &changes[0]["id"])["record"].clone();
    assert_eq!(record["deployment"]["environment"], "production", "{record}");
    assert_eq!(record["deployment"]["by"], "Bob Builder <bob@example.com>");
    assert_eq!(record["requester"], "bob");
    assert_eq!(record["cis"].as_array().map(Vec::len), Some(2), "{record}");
    assert!(folder.path().join("top/live/db/1.sql").exists());
    let mut rest = said.as_str();
    for next in [
        "waits for 2 votes",
        "[exit 11]",
        "[window-early]",
        "[exit 10]",
        "[approval-void]",
        "[exit 10]",
        "allow CHG-",
        "[exit 0]",
        "[exit 11]",
        "override CHG-",
        "must be approved by",
        "[exit 0]",
    ] {
        let (_, after) = rest.split_once(next).unwrap_or_else(|| panic!("no {next} in\n{said}"));
        rest = after;
    }
    assert!(said.contains("[segregation-of-duties]"), "the author has no vote\n{said}");
    assert!(said.contains("it went on by an override, to be approved"), "{said}");
    every_commit_is_lawful(&desk);
}

#[test]
fn every_script_is_played_by_a_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut scripts: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .filter_map(|entry| entry.expect("an entry").file_name().into_string().ok())
        .filter(|name| name.ends_with(".sh") && name != "story.sh")
        .collect();
    scripts.sort();
    let played = [
        "crm-crash.sh",
        "deploy-on-push.sh",
        "hybrid.sh",
        "onboarding.sh",
        "one-hour-response.sh",
        "password-reset.sh",
        "slow-application.sh",
        "software-access.sh",
    ];
    assert_eq!(scripts, played);
}

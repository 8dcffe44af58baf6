//! Plays the stories of `examples/`, by the script and by `gitsm demo`, and
//! looks at what they leave behind.
#![allow(clippy::expect_used, clippy::disallowed_methods, reason = "helpers of tests may fail")]

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

#[test]
fn the_hybrid_organisation() {
    let folder = tempfile::tempdir().expect("a folder");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/hybrid.sh");
    let script = script.to_str().expect("UTF-8");
    let played = run("sh", &[script, "desk"], folder.path());
    assert!(played.status.success(), "{}", told(&played));
    let said = told(&played);
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
    let status = run("git", &["status", "--porcelain"], &desk);
    assert!(status.stdout.is_empty(), "{}", told(&status));
}

#[test]
fn every_script_is_played_by_a_test() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut scripts: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .filter_map(|entry| entry.expect("an entry").file_name().into_string().ok())
        .filter(|name| name.ends_with(".sh"))
        .collect();
    scripts.sort();
    assert_eq!(scripts, ["crm-crash.sh", "hybrid.sh"]);
}

//! The gate on the trunk of the desk's remote.

use std::fs;

use crate::common::{Env, Output};
use crate::gate::{approved, at, desk, waiting};

/// A desk whose change may go, with a bare repository that it was pushed to.
fn pushed() -> (Env, String) {
    let env = desk();
    let id = approved(&env);
    env.git(&["clone", "-q", "--bare", ".", "../origin.git"]);
    env.git(&["remote", "add", "origin", "../origin.git"]);
    (env, id)
}

fn remote(env: &Env, id: &str) -> Output {
    at(env, "11:00", &[id, "--remote"])
}

/// Somebody else's clone.
fn other(env: &Env) -> Env {
    env.git(&["clone", "-q", "../origin.git", "../other"]);
    env.at("../other")
}

#[track_caller]
fn cannot(output: &Output, because: &str) {
    assert_eq!(output.code, 20, "{output}");
    assert!(output.raw_stdout().starts_with("unknown "), "{output}");
    assert!(output.raw_stdout().contains(because), "`{because}`\n{output}");
}

#[test]
fn what_is_the_same_there_is_decided_there() {
    let (env, id) = pushed();
    let output = remote(&env, &id);
    assert_eq!(output.code, 0, "{output}");
    assert!(output.raw_stdout().contains(" of origin at "), "{output}");
    assert!(!output.stderr.contains("note:"), "{output}");
}

#[test]
fn what_was_taken_back_there_does_not_go() {
    let (env, id) = pushed();
    let other = other(&env);
    other.ok(&["edit", &id, "--set", "backout_plan=Put the old one back"]);
    other.git(&["push", "-q"]);
    assert_eq!(at(&env, "11:00", &[&id]).code, 0, "here it is as it was");
    let output = remote(&env, &id);
    assert_eq!(output.code, 10, "{output}");
    assert!(output.stderr.contains("lacks commits that origin has"), "{output}");
}

#[test]
fn what_was_not_pushed_does_not_count() {
    let env = desk();
    let id = waiting(&env, &[]);
    env.git(&["clone", "-q", "--bare", ".", "../origin.git"]);
    env.git(&["remote", "add", "origin", "../origin.git"]);
    for who in ["dora", "erin"] {
        env.as_person(who).ok(&["change", "approve", &id]);
    }
    assert_eq!(at(&env, "11:00", &[&id]).code, 0);
    let output = remote(&env, &id);
    assert_eq!(output.code, 11, "{output}");
    assert!(output.stderr.contains("has commits that origin lacks"), "{output}");
}

#[test]
fn where_both_have_gone_on_what_is_there_counts() {
    let (env, id) = pushed();
    let other = other(&env);
    other.ok(&["edit", &id, "--set", "backout_plan=Put the old one back"]);
    other.git(&["push", "-q"]);
    env.ok(&["incident", "new", "Something else"]);
    let output = remote(&env, &id);
    assert_eq!(output.code, 10, "{output}");
    assert!(output.stderr.contains("have gone different ways"), "{output}");
    // And the other way round: there it is approved, here it was edited.
    let (env, id) = pushed();
    let other = self::other(&env);
    other.ok(&["incident", "new", "Something else"]);
    other.git(&["push", "-q"]);
    env.ok(&["edit", &id, "--set", "backout_plan=Put the old one back"]);
    assert_eq!(remote(&env, &id).code, 0);
}

#[test]
fn a_remote_that_lost_what_it_had_tells_nothing() {
    let (env, id) = pushed();
    let approved = env.git(&["rev-parse", "HEAD"]).raw_stdout().trim().to_owned();
    let other = other(&env);
    other.ok(&["edit", &id, "--set", "backout_plan=Put the old one back"]);
    other.git(&["push", "-q"]);
    assert_eq!(remote(&env, &id).code, 10);
    // Somebody puts the approved state back.
    env.git(&["-C", "../origin.git", "update-ref", "refs/heads/main", &approved]);
    cannot(&remote(&env, &id), "origin");
    // Not a second time either, and waiting does not mend it.
    cannot(&at(&env, "11:00", &[&id, "--remote", "--wait", "30m"]), "origin");
}

#[test]
fn a_remote_without_the_trunk_tells_nothing() {
    let (env, id) = pushed();
    env.git(&["-C", "../origin.git", "update-ref", "-d", "refs/heads/main"]);
    cannot(&remote(&env, &id), "");
    env.git(&["-C", "../origin.git", "update-ref", "refs/heads/other", &head(&env)]);
    cannot(&remote(&env, &id), "");
}

fn head(env: &Env) -> String {
    env.git(&["rev-parse", "HEAD"]).raw_stdout().trim().to_owned()
}

#[test]
fn a_remote_that_cannot_be_reached_tells_nothing() {
    let (env, id) = pushed();
    assert_eq!(remote(&env, &id).code, 0);
    fs::rename(env.cwd().join("../origin.git"), env.cwd().join("../away.git")).expect("a move");
    cannot(&remote(&env, &id), "");
    for url in ["https://127.0.0.1:1/desk.git", "ext::sh -c true", "--upload-pack=true", ""] {
        env.git(&["config", "remote.origin.url", url]);
        cannot(&remote(&env, &id), "");
    }
    env.git(&["remote", "remove", "origin"]);
    cannot(&remote(&env, &id), "remote");
    // Waiting ends with the time, and without leave.
    env.git(&["remote", "add", "origin", "../origin.git"]);
    let output = env.run(&["change", "gate", &id, "--remote", "--wait", "1s"]);
    cannot(&output, "");
}

#[test]
fn an_environment_is_left_open_only_by_what_the_remote_said() {
    let (env, id) = pushed();
    env.write(".gitsm/deployments.yaml", "environments:\n  lab: {tier: testing, fails: open}\n");
    env.ok(&["commit"]);
    let ask = |env: &Env, environment: &str| {
        at(env, "11:00", &[&id, "--remote", "--environment", environment])
    };
    fs::rename(env.cwd().join("../origin.git"), env.cwd().join("../away.git")).expect("a move");
    cannot(&ask(&env, "lab"), "");
    fs::rename(env.cwd().join("../away.git"), env.cwd().join("../origin.git")).expect("a move");
    env.git(&["push", "-q", "origin", "main"]);
    assert_eq!(ask(&env, "lab").code, 0);
    fs::rename(env.cwd().join("../origin.git"), env.cwd().join("../away.git")).expect("a move");
    let output = ask(&env, "lab");
    assert_eq!(output.code, 0, "{output}");
    assert!(output.raw_stdout().starts_with("bypass "), "{output}");
    cannot(&ask(&env, "production"), "");
}

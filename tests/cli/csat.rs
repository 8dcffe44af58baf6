//! Satisfaction: when it is asked, by whom, once.

use crate::catalog::refused;
use crate::common::Env;

#[test]
fn a_ticket_is_rated_once_when_it_is_resolved() {
    let env = Env::desk();
    let id = env.new_record(&["incident", "new", "No mail", "--requester", "paula"]);
    refused(&env, &["csat", &id, "5"], 4, &["is new; satisfaction is asked when it is resolved"]);
    env.ok(&["incident", "resolve", &id, "-c", "fixed", "-m", "Works again."]);
    refused(&env, &["csat", &id, "6"], 2, &["1 (very dissatisfied) to 5"]);
    refused(&env, &["csat", &id, "5"], 4, &["asked for by paula, not by alice", "--from paula"]);
    env.ok(&["csat", &id, "4", "--from", "paula", "-m", "Quick."]);
    refused(&env, &["csat", &id, "5", "--from", "paula"], 4, &["rated by paula already, with 4"]);
    let ci = env.new_record(&["ci", "new", "web-01"]);
    refused(&env, &["csat", &ci, "5"], 2, &["is no ticket"]);
    let report = env.ok(&["report", "csat"]).to_string();
    assert!(report.contains("1 of 1 answers"), "{report}");
    let shown = env.ok(&["show", &id]).to_string();
    assert!(shown.contains("4 of 5 by paula"), "{shown}");
    let log = env.git(&["log", "-1", "--skip=1", "--format=%s"]).to_string();
    assert!(log.contains("csat: No mail"), "{log}");
}

#[test]
fn what_was_not_resolved_is_not_rated_and_does_not_count() {
    let env = Env::desk();
    let (good, cancelled) = (env.incident("No mail"), env.incident("A mistake"));
    let (merged, problem) = (env.incident("No mail either"), ["problem", "new", "Not one"]);
    let problem = env.new_record(&problem);
    env.ok(&["incident", "cancel", &cancelled, "-m", "Nothing broken."]);
    env.ok(&["incident", "merge", &merged, "--into", &good]);
    env.ok(&["problem", "cancel", &problem, "-m", "No."]);
    env.ok(&["incident", "resolve", &good, "-m", "Works again."]);
    for id in [&cancelled, &merged, &problem] {
        refused(
            &env,
            &["csat", id, "5"],
            4,
            &["is cancelled and was never resolved", "gitsm note"],
        );
    }
    env.ok(&["csat", &good, "5"]);
    let report = env.ok(&["report", "csat"]).to_string();
    assert!(report.contains("100.0 %  1 of 1 resolved tickets"), "{report}");
    for points in ["-1", "3.5", "five", "6"] {
        refused(&env, &["csat", &good, points], 2, &["1 (very dissatisfied) to 5"]);
    }
}

#[test]
fn a_reopened_ticket_is_rated_anew() {
    let env = Env::desk();
    let id = env.incident("No mail");
    env.ok(&["incident", "resolve", &id, "-m", "Restarted."]);
    env.ok(&["csat", &id, "1", "-m", "Broken again."]);
    refused(
        &env,
        &["csat", &id, "4"],
        4,
        &["rated by alice already", "reopened can be rated anew"],
    );
    env.ok(&["incident", "reopen", &id, "-m", "Broken again."]);
    let report = env.ok(&["report", "csat"]).to_string();
    assert!(report.contains("0 of 0 resolved tickets"), "{report}");
    env.ok(&["incident", "resolve", &id, "-m", "Replaced."]);
    env.ok(&["csat", &id, "5"]);
    let report = env.ok(&["report", "csat"]).to_string();
    assert!(report.contains("1 of 1 answers"), "{report}");
    let shown = env.ok(&["show", &id]).to_string();
    assert!(shown.contains("5 of 5 by alice"), "{shown}");
    let log = env.ok(&["log", &id]).to_string();
    assert!(log.contains("csat.points: 1\n") && log.contains("csat.points: 1 -> -"), "{log}");
    env.ok(&["check"]);
}

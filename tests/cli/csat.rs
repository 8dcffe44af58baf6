//! Satisfaction: when it is asked, by whom, once.

use crate::catalog::refused;
use crate::common::Env;

#[test]
fn a_ticket_is_rated_once_when_it_is_resolved() {
    let env = Env::desk();
    let id = env.new_record(&["incident", "new", "No mail", "--requester", "paula"]);
    refused(&env, &["csat", &id, "5"], 4, &["is new; satisfaction is asked when it is resolved"]);
    env.ok(&["incident", "resolve", &id, "-c", "fixed", "-m", "Works again."]);
    refused(&env, &["csat", &id, "6"], 2, &["6 is not from 1 (very dissatisfied)"]);
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

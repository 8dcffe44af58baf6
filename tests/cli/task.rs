//! Tasks: what they wait for, what they demand, whose vote they need.

use crate::catalog::{desk, refused};
use crate::common::Env;

fn onboarding(env: &Env) -> String {
    let sets = ["--set", "employee=Nina", "--set", "starts=2026-12-01"];
    let apps = ["--set", "software=CRM,ERP"];
    env.new_record(&[&["request", "new", "--offering", "onboarding"][..], &sets, &apps].concat())
}

#[test]
fn tasks_wait_for_votes_and_for_each_other() {
    let env = desk();
    let id = onboarding(&env);
    let bob = env.as_person("bob");
    refused(&env, &["task", "done", &id, "account"], 4, &["waits for approval (hr)"]);
    refused(&env, &["task", "start", &id, "laptop.order"], 4, &["waits for `account`"]);
    refused(&env, &["task", "approve", &id, "account"], 4, &["segregation-of-duties"]);
    refused(&env, &["task", "approve", &id, "welcome"], 4, &["needs no approval of its own"]);
    refused(&bob, &["task", "reject", &id, "laptop.order"], 4, &["needs a reason"]);

    let asked = bob.ok(&["task", "list", "--to-approve"]).to_string();
    assert!(asked.contains("account") && asked.contains("laptop.order"), "{asked}");
    let mine = env.ok(&["task", "list", "--to-approve"]).to_string();
    assert!(!mine.contains("account"), "{mine}");
    let records = bob.ok(&["approval", "list", "--mine"]).to_string();
    assert!(records.contains("Onboarding of Nina"), "{records}");
    let shown = env.ok(&["approval", "show", &id]).to_string();
    assert!(shown.contains("nobody needs to approve the whole"), "{shown}");
    assert!(shown.contains("for laptop.order, laptop.install, laptop.hand-over"), "{shown}");

    let plan = |env: &Env| env.ok(&["task", "plan", &id]).to_string();
    let asks = |text: &str| text.matches("[approval: budget]").count();
    assert!(asks(&plan(&env)) > 0, "{}", plan(&env));
    bob.ok(&["task", "approve", &id, "laptop.order"]);
    // They wait for other tasks still, but no longer for votes.
    assert_eq!(asks(&plan(&env)), 0, "{}", plan(&env));
    assert_eq!(asks(&env.ok(&["show", &id]).to_string()), 0);
    bob.ok(&["task", "approve", &id, "account"]);
    let subject = env.git(&["log", "-1", "--format=%s"]).to_string();
    assert!(subject.contains("task approve: Create the account of Nina"), "{subject}");
    refused(&bob, &["task", "done", &id, "account"], 4, &["1 Mailbox; 2 Badge", "--check all"]);
    refused(
        &bob,
        &["task", "done", &id, "account", "--check", "3"],
        2,
        &["2 lines to tick off, not 3"],
    );
    bob.ok(&["task", "done", &id, "account", "--check", "all"]);
    refused(
        &bob,
        &["task", "done", &id, "account"],
        4,
        &["is done; it cannot be `done`", "reopen"],
    );
    refused(&bob, &["task", "skip", &id, "laptop.order"], 4, &["needs a reason"]);
    refused(&bob, &["task", "done", &id, "nothing"], 3, &["has no task `nothing`"]);
    refused(&bob, &["task", "done", &id, "grant"], 3, &["several tasks `grant`", "`erp.grant`"]);
    refused(
        &bob,
        &["request", "fulfil", &id],
        4,
        &["comes after its tasks: welcome, laptop.order"],
    );
    let plan = env.ok(&["task", "plan", &id, "--json"]).json();
    assert_eq!(plan["tasks"].as_array().unwrap().len(), 13);
}

#[test]
fn a_refused_part_is_left_out() {
    let env = desk();
    let id = onboarding(&env);
    let bob = env.as_person("bob");
    bob.ok(&["task", "approve", &id, "account"]);
    bob.ok(&["task", "done", &id, "account", "--check", "all"]);
    for part in ["laptop.order", "crm.licence"] {
        bob.ok(&["task", "reject", &id, part, "-m", "Not now."]);
    }
    let plan = env.ok(&["task", "plan", &id, "--json"]).json();
    let state = |name: &str| {
        let tasks = plan["tasks"].as_array().unwrap();
        tasks.iter().find(|task| task["id"] == name).unwrap()["state"].clone()
    };
    assert_eq!((state("laptop.order"), state("erp.grant")), ("skipped".into(), "skipped".into()));
    assert_eq!(state("welcome"), "open");
    bob.ok(&["task", "done", &id, "welcome"]);
    let shown = env.ok(&["show", &id, "--json"]).json();
    assert_eq!(shown["record"]["status"], "fulfilled");
}

#[test]
fn lines_of_apply_work_on_tasks() {
    let env = desk();
    let id = env.incident("CRM crashes");
    let lines = format!(
        r#"{{"do":"task_add","id":"{id}","title":"Restart the pool","name":"restart","checks":["Users told"]}}
{{"do":"task_add","id":"{id}","title":"Look again","name":"look","needs":"restart"}}
{{"do":"task_assign","id":"{id}","task":"restart","person":"me"}}
{{"do":"task_done","id":"{id}","task":"restart","check":[1],"message":"Done."}}
{{"do":"task_skip","id":"{id}","task":"look","message":"It runs."}}
{{"do":"resolve","id":"{id}","code":"fixed","message":"Restarted."}}
{{"do":"csat","id":"{id}","points":4}}
"#
    );
    let before = env.commits();
    let applied = env.typing(&lines).ok(&["apply"]).to_string();
    assert_eq!(env.commits(), before + 1, "{applied}");
    let shown = env.ok(&["show", &id, "--json"]).json();
    assert_eq!(shown["record"]["csat"]["points"], 4);
    assert_eq!(shown["record"]["tasks"][0]["state"], "done");
    assert_eq!(shown["record"]["tasks"][1]["state"], "skipped");
    let typed = |line: String| env.typing(&line).run(&["apply"]).to_string();
    let bare = typed(format!(r#"{{"do":"task_done","id":"{id}"}}"#));
    assert!(bare.contains("`task_done` needs \"task\""), "{bare}");
    let points = typed(format!(r#"{{"do":"csat","id":"{id}","points":"many"}}"#));
    assert!(points.contains("`csat` needs \"points\", a number from 1 to 5"), "{points}");
}

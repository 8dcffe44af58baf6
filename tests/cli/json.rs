//! The JSON answers of every command keep to `schemas/output/`.

use std::fs;
use std::path::Path;

use insta::assert_snapshot;
use serde_json::Value;

use crate::common::Env;

#[track_caller]
fn keeps_to(schema: &str, answer: &Value) {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("schemas/output/{schema}.schema.json"));
    let schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(answer)
        .map(|error| format!("{error} at {}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}\n{answer:#}");
    // A schema that lets everything pass would prove nothing.
    assert!(!validator.is_valid(&serde_json::json!({})));
}

#[test]
fn every_answer() {
    let env = Env::desk();
    let ci = env.new_record(&["ci", "new", "web-01"]);
    let incident = env.run(&["incident", "new", "A", "--ci", "web-01", "--json"]).json();
    keeps_to("written", &incident);
    let id = incident["records"][0]["short"].as_str().unwrap().to_owned();
    let problem = env.new_record(&["problem", "new", "P", "--from", &id]);
    let request = env.new_record(&["request", "new", "R"]);
    let change = env.new_record(&["change", "new", "C", "--fixes", &problem]);
    env.write("crash.log", "boom\n");
    for written in [
        &["incident", "take", &id, "--json"][..],
        &["note", &id, "-m", "Hm.", "--json"],
        &["attach", &id, "crash.log", "--json"],
        &["edit", &id, "--set", "custom.floor=3", "--json"],
        &["edit", &id, "--set", "custom.floor=3", "--json"],
        &["assign", &id, "bob", "--json"],
        &["link", &id, "relates_to", &request, "--json"],
        &["unlink", &id, "relates_to", &request, "--json"],
        &["incident", "hold", &id, "-r", "awaiting_vendor", "--json"],
        &["request", "approve", &request, "--json"],
        &["incident", "resolve", &id, "-m", "Done.", "--json"],
    ] {
        keeps_to("written", &env.ok(written).json());
    }
    for id in [&ci, &id, &problem, &request, &change] {
        keeps_to("record", &env.ok(&["show", id, "--json"]).json());
        keeps_to("log", &env.ok(&["log", id, "--json"]).json());
    }
    keeps_to("rows", &env.ok(&["list", "--all", "--json"]).json());
    keeps_to("rows", &env.ok(&["list", "--mine", "-T", "ci", "--json"]).json());
    keeps_to("rows", &env.ok(&["search", "crash", "--json"]).json());
    keeps_to("rows", &env.ok(&["search", "hm", "--json"]).json());
    keeps_to("log", &env.ok(&["log", "--json"]).json());
    keeps_to("status", &env.ok(&["status", "--json"]).json());
    keeps_to("summary", &env.ok(&["report", "summary", "--json"]).json());
    keeps_to("check", &env.ok(&["check", "--json"]).json());
    env.replace(&env.path(&request), "status: approved", "status: gone");
    keeps_to("check", &env.run(&["check", "--json"]).json());
    keeps_to("check", &env.run(&["commit", "--json"]).json());
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/import");
    let (table, map) = (examples.join("simple.csv"), examples.join("simple.yaml"));
    let table = ["import", "csv", table.to_str().unwrap(), "--map", map.to_str().unwrap()];
    keeps_to("import", &env.run(&[&table[..], &["--dry-run", "--json"]].concat()).json());
}

/// Every verb of tasks says what it did to the ticket.
#[test]
fn tasks_and_satisfaction() {
    let env = crate::catalog::desk();
    let bob = env.as_person("bob");
    let id = env.new_record(&["incident", "new", "CRM crashes", "--requester", "bob"]);
    let did = |env: &Env, args: &[&str], action: &str| {
        let answer = env.ok(&[args, &["--json"]].concat()).json();
        keeps_to("written", &answer);
        assert_eq!(answer["records"][0]["action"], action, "{args:?}\n{answer:#}");
        assert!(answer["commit"].is_string(), "{answer:#}");
    };
    did(&env, &["task", "add", &id, "Restart", "--id", "restart", "--check", "Told"], "task_add");
    did(&env, &["task", "add", &id, "Look again", "--id", "look"], "task_add");
    did(&env, &["task", "assign", &id, "restart", "--to", "me"], "task_assign");
    did(&env, &["task", "start", &id, "restart"], "task_start");
    did(&env, &["task", "pend", &id, "restart", "-m", "The vendor calls."], "task_pend");
    did(&env, &["task", "start", &id, "restart"], "task_start");
    did(&env, &["task", "check", &id, "restart", "1"], "task_check");
    did(&env, &["task", "done", &id, "restart", "-m", "Done."], "task_done");
    did(&env, &["task", "reopen", &id, "restart", "-m", "Not yet."], "task_reopen");
    did(&env, &["task", "skip", &id, "restart", "-m", "Never mind."], "task_skip");
    for list in [&["task", "list"][..], &["task", "list", "--mine"], &["task", "list", "--all"]] {
        keeps_to("tasks", &env.ok(&[list, &["--json"]].concat()).json());
    }
    keeps_to("plan", &env.ok(&["task", "plan", &id, "--json"]).json());
    let sets = ["--set", "employee=Nina", "--set", "starts=2026-12-01", "--set", "software=CRM"];
    let order =
        env.new_record(&[&["request", "new", "--offering", "onboarding"][..], &sets].concat());
    keeps_to("tasks", &bob.ok(&["task", "list", "--to-approve", "--json"]).json());
    did(&bob, &["task", "approve", &order, "account"], "task_approve");
    did(&bob, &["task", "reject", &order, "laptop.order", "-m", "Not now."], "task_reject");
    keeps_to("plan", &env.ok(&["request", "plan", &order, "--json"]).json());

    env.ok(&["incident", "resolve", &id, "-m", "Restarted."]);
    did(&bob, &["csat", &id, "4", "-m", "Quick."], "csat");
    let report = env.ok(&["report", "csat", "--json"]).json();
    keeps_to("csat", &report);
    // What is refused is told as JSON too, and changes nothing.
    let before = env.commits();
    let refused = bob.run(&["csat", &id, "5", "--json"]);
    assert_eq!(
        (refused.code, refused.stderr.contains("rated by bob already")),
        (4, true),
        "{refused}"
    );
    let dry = env.ok(&["task", "skip", &id, "look", "-m", "No.", "--dry-run", "--json"]).json();
    keeps_to("written", &dry);
    assert_eq!((&dry["dry_run"], &dry["commit"]), (&true.into(), &Value::Null));
    assert_eq!(env.commits(), before);
}

/// A record in an answer is as its own schema says.
#[test]
fn the_record_in_an_answer() {
    let env = Env::desk();
    for kind in ["incident", "request", "problem", "change", "ci"] {
        let id = env.new_record(&[kind, "new", "Something"]);
        let answer = env.ok(&["show", &id, "--json"]).json();
        let schema = env.ok(&["schema", kind]).json();
        jsonschema::validate(&schema, &answer["record"]).unwrap_or_else(|error| panic!("{error}"));
    }
}

/// Lines of JSON are the rows of the whole.
#[test]
fn lines() {
    let env = Env::desk();
    env.incident("A");
    env.incident("B");
    let whole = env.ok(&["list", "--json"]).json();
    let lines = env.ok(&["list", "--format", "jsonl"]);
    let rows: Vec<Value> =
        lines.raw_stdout().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(whole["rows"], Value::Array(rows));
}

/// A program that parses the answer gets one, whatever was asked.
#[test]
fn answers_that_are_no_records() {
    let env = Env::empty();
    let answer = |env: &Env, args: &[&str]| env.ok(&[args, &["--json"]].concat()).json();
    keeps_to("message", &answer(&env, &["init", "desk"]));
    let env = env.at("desk");
    let id = env.incident("CRM crashes");
    keeps_to("written", &answer(&env, &["commit"]));
    keeps_to("written", &answer(&env, &["view", "save", "vips", "tag:vip"]));
    keeps_to("written", &answer(&env, &["view", "save", "vips", "tag:vip"]));
    keeps_to("written", &answer(&env, &["view", "delete", "vips"]));
    keeps_to("message", &answer(&env, &["view", "save", "vips", "tag:vip", "--mine"]));
    keeps_to("message", &answer(&env, &["view", "delete", "vips", "--mine"]));
    let path = answer(&env, &["path", &id]);
    keeps_to("path", &path);
    assert_eq!(path["path"], env.path(&id));
    keeps_to("name-list", &answer(&env, &["schema"]));
    keeps_to("name-list", &answer(&env, &["import", "mappings"]));
    assert_eq!(answer(&env, &["import", "mappings", "jira"])["type"], "incident");
    assert!(answer(&env, &["schema", "incident"])["properties"].is_object());
    keeps_to("message", &answer(&env, &["man", "pages"]));
    let exported = answer(&env, &["export", "csv", "-o", "all.csv"]);
    keeps_to("export", &exported);
    assert_eq!((&exported["records"], &exported["path"]), (&1.into(), &"all.csv".into()));
}

/// Whoever reads the CSV of a list by its headings must find them where nothing is
/// on the list, too.
#[test]
fn csv_without_data_has_its_headings() {
    let env = Env::desk();
    let csv = |args: &[&str]| env.ok(&[args, &["-f", "csv"]].concat()).to_string();
    assert_snapshot!(csv(&["check"]), @"path,line,severity,rule,message");
    assert_snapshot!(csv(&["task", "list"]), @"record,short,type,record_title,task,waits_for,with");
    assert_snapshot!(csv(&["report", "sla"]), @"name,kind,metric,calendar,met,completed,percent,open_breached,open");
    assert_snapshot!(csv(&["report", "deploys"]), @"at,change,short,title,repository,environment,commit,artefact,result,by,standing,finding,line,why,status,outcome");
    assert_snapshot!(csv(&["report", "summary"]), @"
    group,value,open,total
    open_age,< 1 h,0,0
    open_age,< 4 h,0,0
    open_age,< 1 d,0,0
    open_age,< 3 d,0,0
    open_age,< 7 d,0,0
    open_age,< 30 d,0,0
    open_age,< 90 d,0,0
    open_age,older,0,0
    ");
    assert_snapshot!(csv(&["sla", "list"]), @"id,short,title,status,priority,name,kind,metric,standing,breached,at_risk,due");
    assert_snapshot!(csv(&["catalog", "list"]), @"offering,name,category,team,questions,tasks,approvals,retired");
    assert_snapshot!(csv(&["change", "calendar"]), @"id,short,title,start,end,status,state,confirmed,cancelled,model,risk,service,assignee,team,cis,conflicts,updated_at");
    assert_snapshot!(csv(&["change", "model", "list"]), @"name,model,about,standing,valid_until,votes,quorum");
    assert_snapshot!(csv(&["check", "--no-header"]), @"");
    // The columns are the same with data.
    let empty = csv(&["check"]);
    let id = env.incident("CRM crashes");
    env.replace(&env.path(&id), "opened_at: \"2026", "opened_at: \"2099");
    env.git(&["commit", "-qam", "By hand"]);
    let full = csv(&["check"]);
    assert!(full.starts_with(&empty) && full.contains("time-ahead"), "{full}");
    assert_snapshot!(env.run(&["list"]), @"
    ID          PRIORITY  STATUS  AGE  ASSIGNEE  TITLE
    INC-AAAAAA  P3        new      0s  -         CRM crashes
    ");
}

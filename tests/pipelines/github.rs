//! GitHub Actions: `examples/pipelines/github-actions.yml`, by a runner that
//! knows as much of workflows as the example uses, and refuses the rest.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use minijinja::Environment;
use serde_json::{Value, json};

use crate::world::{World, said};

/// How a job ended, with what its steps came to.
struct Run {
    /// `success`, `failure` or `skipped`, by the names of the steps.
    outcomes: BTreeMap<String, &'static str>,
    log: String,
}

impl Run {
    fn is_green(&self) -> bool {
        !self.outcomes.values().any(|outcome| *outcome == "failure")
    }
}

/// Values in `${{ }}` and `if`, whose operators are spelled like those of C.
fn expression(text: &str, context: &Value, status: &str) -> Value {
    let text = text.replace("&&", " and ").replace("||", " or ");
    let mut environment = Environment::new();
    let (ok, failed) = (status == "success", status == "failure");
    environment.add_function("always", || true);
    environment.add_function("success", move || ok);
    environment.add_function("failure", move || failed);
    let compiled = environment.compile_expression(&text).expect("an expression");
    let value = compiled.eval(minijinja::value::Serde(context)).expect("a value");
    serde_json::to_value(value).unwrap()
}

/// The text with its `${{ }}` filled in.
fn filled(text: &str, context: &Value, status: &str) -> String {
    let mut rest = text;
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once("${{") {
        let (inside, behind) = after.split_once("}}").expect("an end of the expression");
        out.push_str(before);
        match expression(inside.trim(), context, status) {
            Value::String(text) => out.push_str(&text),
            Value::Null => {}
            other => out.push_str(&other.to_string()),
        }
        rest = behind;
    }
    out + rest
}

/// Runs the jobs of a workflow for a push of `sha` to main.
fn push(world: &World, sha: &str, now: &str, run: u32) -> Run {
    let workflow: Value = serde_yaml::from_str(&World::example("github-actions.yml")).unwrap();
    let branches = &workflow["on"]["push"]["branches"];
    assert_eq!(branches, &json!(["main"]), "it is run for pushes to main");
    let workspace = world.env.home().join(format!("github-{run}"));
    fs::create_dir(&workspace).unwrap();
    let github = json!({ "sha": sha, "ref": "refs/heads/main", "workspace": workspace });
    let mut context = json!({
        "github": github,
        "vars": { "DESK_REPOSITORY": "example/desk" },
        "secrets": { "DESK_TOKEN": "a-secret" },
        "steps": {},
    });
    let mut run = Run { outcomes: BTreeMap::new(), log: String::new() };
    let jobs = workflow["jobs"].as_object().expect("jobs");
    assert_eq!(jobs.len(), 1, "jobs that depend on one another are not known here");
    let job = jobs.values().next().unwrap();
    let mut status = "success";
    for (at, step) in job["steps"].as_array().expect("steps").iter().enumerate() {
        let name = step["name"].as_str().map_or_else(|| format!("step {at}"), str::to_owned);
        let condition = step["if"].as_str().unwrap_or("success()");
        let is_about_status = ["always()", "failure()", "success()"];
        let is_wanted = expression(condition, &context, status) == Value::Bool(true)
            && (status == "success" || is_about_status.iter().any(|of| condition.contains(of)));
        let outcome = match is_wanted {
            false => "skipped",
            true => {
                match perform(world, (&workflow, step), &context, (status, now), &mut run.log) {
                    true => "success",
                    false => "failure",
                }
            }
        };
        if let Some(id) = step["id"].as_str() {
            context["steps"][id] = json!({ "outcome": outcome, "conclusion": outcome });
        }
        if outcome == "failure" {
            status = "failure";
        }
        run.outcomes.insert(name, outcome);
    }
    run
}

fn perform(
    world: &World,
    (workflow, step): (&Value, &Value),
    context: &Value,
    (status, now): (&str, &str),
    log: &mut String,
) -> bool {
    let fill = |value: &Value| filled(value.as_str().expect("text"), context, status);
    let workspace = PathBuf::from(context["github"]["workspace"].as_str().unwrap());
    if let Some(action) = step["uses"].as_str() {
        assert!(action.starts_with("actions/checkout@"), "{action} is not known here");
        let with = &step["with"];
        assert_eq!(with["fetch-depth"], json!(0), "the history is needed");
        let (url, branch) = match with["repository"].is_null() {
            true => ("shop.git", Some("main")),
            false => {
                assert_eq!(fill(&with["repository"]), "example/desk");
                assert_eq!(fill(&with["token"]), "a-secret");
                ("desk.git", None)
            }
        };
        let mut git = world.shell("git", now);
        git.args(["clone", "-q"]);
        git.args(branch.map(|branch| ["-b", branch]).into_iter().flatten());
        git.arg(world.env.cwd().join(url)).arg(workspace.join(with["path"].as_str().unwrap()));
        let output = git.output().unwrap();
        log.push_str(&said(&output));
        return output.status.success();
    }
    // The shell that steps get which name none.
    let script = workspace.join("step.sh");
    fs::write(&script, fill(&step["run"])).unwrap();
    let mut shell = world.shell("bash", now);
    shell.arg("-e").arg(&script);
    let folder = step["working-directory"].as_str().map(|folder| workspace.join(folder));
    shell.current_dir(folder.unwrap_or_else(|| workspace.clone()));
    shell
        .env("GITHUB_ACTIONS", "true")
        .env("GITHUB_SHA", context["github"]["sha"].as_str().unwrap())
        .env("GITHUB_REF", "refs/heads/main")
        .env("GITHUB_REF_NAME", "main")
        .env("GITHUB_REPOSITORY", "example/shop")
        .env("GITHUB_ACTOR", "bob")
        .env("GITHUB_SERVER_URL", "https://github.example.com")
        .env("GITHUB_RUN_ID", "17")
        .env("GITHUB_WORKSPACE", &workspace);
    for variables in [&workflow["env"], &step["env"]] {
        for (name, value) in variables.as_object().into_iter().flatten() {
            shell.env(name, fill(value));
        }
    }
    let output = shell.output().unwrap();
    log.push_str(&said(&output));
    output.status.success()
}

#[test]
fn nothing_goes_out_before_two_have_approved() {
    let world = World::new();
    let first = world.push("db/1.sql", "create table orders;\n", "Take orders");
    let run = push(&world, &first, "2026-11-22T12:00:00Z", 1);
    assert!(!run.is_green(), "{}", run.log);
    assert_eq!(run.outcomes["Ask the gate"], "failure", "{}", run.log);
    assert_eq!(run.outcomes["Deploy"], "skipped", "{}", run.log);
    assert_eq!(run.outcomes["Record what came of it"], "skipped", "{}", run.log);
    assert!(world.deployed().is_empty());

    let change = world.change();
    world.approve(&change);
    let run = push(&world, &first, "2026-11-22T13:00:00Z", 2);
    assert!(run.is_green(), "{}", run.log);
    assert_eq!(world.deployed(), std::slice::from_ref(&first));
    assert_eq!(world.change(), change, "run again, it is the same change");
    let shown = world.on_desk("alice", &["show", &change]);
    assert!(shown.contains("successful"), "{shown}");

    // What is deployed already is not deployed again.
    let run = push(&world, &first, "2026-11-22T14:00:00Z", 3);
    assert!(!run.is_green(), "{}", run.log);
    assert_eq!(world.deployed(), [first]);
}

#[test]
fn a_deployment_that_breaks_is_recorded_as_failed() {
    let world = World::new();
    let commit = world.push("broken", "yes\n", "Break the deployment");
    push(&world, &commit, "2026-11-22T12:00:00Z", 1);
    let change = world.change();
    world.approve(&change);
    let run = push(&world, &commit, "2026-11-22T13:00:00Z", 2);
    assert_eq!(run.outcomes["Ask the gate"], "success", "{}", run.log);
    assert_eq!(run.outcomes["Deploy"], "failure", "{}", run.log);
    assert_eq!(run.outcomes["Record what came of it"], "success", "{}", run.log);
    let shown = world.on_desk("alice", &["show", &change]);
    assert!(shown.contains("failed"), "{shown}");
    assert!(world.deployed().is_empty());
}

#[test]
fn the_runner_reads_conditions_as_github_does() {
    let context = json!({ "steps": { "deploy": { "outcome": "failure" } } });
    let is = |text: &str, status: &str| expression(text, &context, status);
    assert_eq!(is("always() && steps.deploy.outcome != 'skipped'", "failure"), json!(true));
    assert_eq!(is("success()", "failure"), json!(false));
    let result = "a ${{ steps.deploy.outcome == 'success' && 'ok' || 'failed' }} b";
    assert_eq!(filled(result, &context, "failure"), "a failed b");
}

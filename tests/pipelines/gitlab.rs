//! GitLab CI: `examples/pipelines/gitlab-ci.yml`, by a runner that knows as much
//! of pipelines as the example uses.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::world::{World, said};

/// `success`, `failed` or `skipped`, by the names of the jobs.
type Pipeline = (BTreeMap<String, &'static str>, String);

/// `$NAME` and `${NAME}` as GitLab fills them in.
fn expanded(text: &str, variables: &BTreeMap<String, String>) -> String {
    let mut text = text.to_owned();
    // The longest names first: $CI_COMMIT_BRANCH is not $CI.
    let mut names: Vec<&String> = variables.keys().collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    for name in names {
        for spelling in [format!("${{{name}}}"), format!("${name}")] {
            text = text.replace(&spelling, &variables[name]);
        }
    }
    text
}

/// The only condition that is known here: `$A == $B`.
fn holds(condition: &str, variables: &BTreeMap<String, String>) -> bool {
    let filled = expanded(condition, variables);
    let (left, right) = filled.split_once("==").expect("a comparison");
    left.trim() == right.trim()
}

fn lines(value: &Value) -> Vec<&str> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().map(|line| line.as_str().expect("a line")).collect()
}

/// Runs a script as GitLab's shell executor does: one bash, ended by the first
/// error.
fn bash(
    world: &World,
    folder: &Path,
    script: &[&str],
    variables: &BTreeMap<String, String>,
    now: &str,
    log: &mut String,
) -> bool {
    let text = format!("set -eo pipefail\n{}\n", script.join("\n"));
    let mut shell = world.shell("bash", now);
    let output = shell.arg("-c").arg(text).current_dir(folder).envs(variables).output().unwrap();
    log.push_str(&said(&output));
    output.status.success()
}

/// Runs the pipeline for a push of `sha` to the default branch.
fn push(world: &World, sha: &str, now: &str, run: u32) -> Pipeline {
    let pipeline: Value = serde_yaml::from_str(&World::example("gitlab-ci.yml")).unwrap();
    let (mut results, mut log, mut failed) = (BTreeMap::new(), String::new(), false);
    for stage in lines(&pipeline["stages"]) {
        for (name, job) in pipeline.as_object().unwrap() {
            if job["stage"] != stage || !job["script"].is_array() {
                continue;
            }
            let folder = world.env.home().join(format!("gitlab-{run}-{name}"));
            let mut variables = BTreeMap::from(
                [
                    ("GITLAB_CI", "true"),
                    ("CI_COMMIT_SHA", sha),
                    ("CI_COMMIT_BRANCH", "main"),
                    ("CI_COMMIT_REF_NAME", "main"),
                    ("CI_DEFAULT_BRANCH", "main"),
                    ("CI_PROJECT_PATH", "example/shop"),
                    ("CI_PROJECT_URL", "https://gitlab.example.com/example/shop"),
                    ("CI_PROJECT_DIR", folder.to_str().unwrap()),
                    ("CI_PIPELINE_URL", "https://gitlab.example.com/example/shop/-/pipelines/17"),
                    ("GITLAB_USER_EMAIL", "bob@example.com"),
                    ("GITLAB_USER_NAME", "Bob"),
                    ("DESK_URL", world.env.cwd().join("desk.git").to_str().unwrap()),
                ]
                .map(|(name, value)| (name.to_owned(), value.to_owned())),
            );
            for (name, value) in pipeline["variables"].as_object().unwrap() {
                let value = expanded(value.as_str().expect("text"), &variables);
                variables.insert(name.clone(), value);
            }
            if let Some(environment) = job["environment"]["name"].as_str() {
                variables.insert("CI_ENVIRONMENT_NAME".to_owned(), environment.to_owned());
            }
            let rules = job["rules"].as_array().expect("rules");
            let is_wanted =
                rules.iter().any(|rule| holds(rule["if"].as_str().unwrap(), &variables));
            if failed || !is_wanted {
                results.insert(name.clone(), "skipped");
                continue;
            }
            let mut git = world.shell("git", now);
            git.args(["clone", "-q", "-b", "main"]).arg(world.env.cwd().join("shop.git"));
            assert!(git.arg(&folder).status().unwrap().success());
            let mut script = lines(&pipeline["default"]["before_script"]);
            script.extend(lines(&job["script"]));
            let is_good = bash(world, &folder, &script, &variables, now, &mut log);
            let status = if is_good { "success" } else { "failed" };
            variables.insert("CI_JOB_STATUS".to_owned(), status.to_owned());
            // What it comes to changes nothing about the job.
            let after =
                bash(world, &folder, &lines(&job["after_script"]), &variables, now, &mut log);
            assert!(after, "{log}");
            failed |= !is_good;
            results.insert(name.clone(), status);
        }
    }
    (results, log)
}

#[test]
fn nothing_goes_out_before_two_have_approved() {
    let world = World::new();
    let first = world.push("index.html", "Welcome\n", "Say welcome");
    let (results, log) = push(&world, &first, "2026-11-22T12:00:00Z", 1);
    assert_eq!((results["raise"], results["deploy"]), ("success", "failed"), "{log}");
    assert!(world.deployed().is_empty(), "{log}");
    let change = world.change();
    world.approve(&change);
    let (results, log) = push(&world, &first, "2026-11-22T13:00:00Z", 2);
    assert_eq!((results["raise"], results["deploy"]), ("success", "success"), "{log}");
    assert_eq!(world.deployed(), [first]);
    assert_eq!(world.change(), change);
    let shown = world.on_desk("alice", &["show", &change]);
    assert!(shown.contains("successful"), "{shown}");
}

#[test]
fn a_deployment_that_breaks_is_recorded_as_failed() {
    let world = World::new();
    let commit = world.push("broken", "yes\n", "Break the deployment");
    push(&world, &commit, "2026-11-22T12:00:00Z", 1);
    let change = world.change();
    world.approve(&change);
    let (results, log) = push(&world, &commit, "2026-11-22T13:00:00Z", 2);
    assert_eq!(results["deploy"], "failed", "{log}");
    let shown = world.on_desk("alice", &["show", &change]);
    assert!(shown.contains("failed"), "{shown}");
}

//! What a change deploys, and what became of it, on the page of the change.

use serde_json::Value;

use super::escape;
use super::style::{self, paint};

/// How many commits are named.
const NAMED: usize = 10;

/// The lines about a deployment; none, where there is none. `moment` shows a time.
pub(crate) fn lines(
    deployment: Option<&Value>,
    deploys: &[Value],
    moment: &dyn Fn(&str) -> String,
) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(deployment) = deployment {
        about(deployment, &mut lines);
    }
    let results: Vec<String> = deploys.iter().map(|each| spoken(text(each, "result"))).collect();
    let width = results.iter().map(|result| result.chars().count()).max().unwrap_or(0);
    for (deploy, result) in deploys.iter().zip(results) {
        let style = match text(deploy, "result") {
            "ok" => style::GOOD,
            "failed" => style::ERROR,
            _ => style::WARNING,
        };
        let result = paint(style, &format!("{:width$}", escape::line(&result)));
        let by = escape::line(text(deploy, "by")).into_owned();
        let version = version(deploy);
        let mut line = format!("  {result}  {}", moment(text(deploy, "at")));
        line.push_str(&format!(" by {by}"));
        let environment = escape::line(text(deploy, "environment"));
        line.push_str(&format!(", {environment}"));
        if !version.is_empty() {
            line.push_str(&format!(" {}", escape::line(&version)));
        }
        let said = text(deploy, "text").trim().lines().next().unwrap_or_default();
        if !said.is_empty() {
            line.push_str(&format!(": {}", escape::line(said)));
        }
        lines.push(line);
    }
    lines
}

/// The lines about overrides. `moment` shows a time.
pub(crate) fn overrides(overrides: &[Value], moment: &dyn Fn(&str) -> String) -> Vec<String> {
    let safe = |each: &Value, key: &str| escape::line(text(each, key)).into_owned();
    let line = |each: &Value| {
        let incident = text(each, "incident");
        // By its short id, as everywhere.
        let incident = incident.parse().map_or_else(
            |_| escape::line(incident).into_owned(),
            |id: crate::model::RecordId| id.short(),
        );
        let (at, due) = (moment(text(each, "at")), moment(text(each, "due")));
        let (by, to) = (safe(each, "by"), safe(each, "environment"));
        let reason = safe(each, "reason");
        [
            format!("  {at} by {by} to {to}, for {incident}: {reason}"),
            format!("    {} {due}", paint(style::WARNING, "to be approved until")),
        ]
    };
    overrides.iter().flat_map(line).collect()
}

fn about(deployment: &Value, lines: &mut Vec<String>) {
    let mut fields: Vec<(&str, String)> = Vec::new();
    let mut add = |name: &'static str, value: String| {
        if !value.is_empty() {
            fields.push((name, value));
        }
    };
    let version = text(deployment, "commit");
    let (repository, environment) =
        (text(deployment, "repository"), text(deployment, "environment"));
    add("what", format!("{repository} {} to {environment}", short(version)));
    add("artefact", text(deployment, "artefact").to_owned());
    add("ref", text(deployment, "ref").to_owned());
    let from = short(text(deployment, "from"));
    let from = if from.is_empty() { from } else { format!(" from {from}") };
    add("range", format!("{}{from}", text(deployment, "range")));
    let count = |key: &str, one: &str| match deployment.get(key).and_then(Value::as_u64) {
        None => format!("an unknown number of {one}s"),
        Some(1) => format!("1 {one}"),
        Some(number) => format!("{number} {one}s"),
    };
    add(
        "brings",
        format!("{}, {}", count("commit_count", "commit"), count("files_changed", "file")),
    );
    add("pushed by", text(deployment, "by").to_owned());
    add("pipeline", text(deployment, "pipeline").to_owned());
    add("rolls back", text(deployment, "rolls_back").to_owned());
    let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    for (name, value) in fields {
        let name = paint(style::DIM, &format!("{name:width$}"));
        lines.push(format!("  {name}  {}", escape::line(&value)));
    }
    let commits = deployment.get("commits").and_then(Value::as_array);
    let commits = commits.map(Vec::as_slice).unwrap_or_default();
    for commit in commits.iter().take(NAMED) {
        let author = text(commit, "author").split(" <").next().unwrap_or_default();
        let line = format!("{} ({author})", text(commit, "subject"));
        let id = paint(style::DIM, &escape::line(&short(text(commit, "id"))));
        lines.push(format!("    {id} {}", escape::line(&line)));
    }
    if commits.len() > NAMED {
        lines.push(format!("    and {} more that are listed", commits.len() - NAMED));
    }
}

/// What was deployed: the artefact where there is one, else the commit.
fn version(deploy: &Value) -> String {
    match text(deploy, "artefact") {
        "" => short(text(deploy, "commit")),
        artefact => artefact.chars().take(24).collect(),
    }
}

fn spoken(result: &str) -> String {
    result.replace('_', " ")
}

/// The beginning of a commit's name.
fn short(commit: &str) -> String {
    commit.chars().take(8).collect()
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

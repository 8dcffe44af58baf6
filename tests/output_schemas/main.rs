//! The JSON Schemas in `schemas/output/`, and answers that must keep to them.
//!
//! `UPDATE_SCHEMAS=1 cargo test --test output_schemas` writes the schemas anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail")]

mod catalog;
mod common;
mod delivery;
mod done;
mod history;
mod hooks;
mod process;
mod records;
mod risk;
mod schedule;
mod service;
mod triage;

use std::fs;
use std::path::PathBuf;

use gitsm::outcome::{AppliedView, DiffView, ImportView, LogView, Written};
use gitsm::query::Row;
use gitsm::render::schemas;
use serde::Serialize;
use serde_json::{Value, json};

use catalog::{catalog, csat, offering, plan, tasks};
use common::{COMMIT, bare, records, root};
use delivery::{deploys, dora};
use done::{exported, messages, names, path};
use history::{blame, difference, log, subject};
use process::{actions, approval, deployed, gate, raised, workflows};
use records::{applied, attachments, check, import, record, rows, status, summary, views, written};
use schedule::{conflicts, schedule, slots};
use service::{calendar, calendars, compliance, hours, sla, sla_list};
use triage::triage;

fn schema_path(name: &str) -> PathBuf {
    root().join("schemas/output").join(format!("{name}.schema.json"))
}

/// Answers as they are printed, with the name of their schema.
fn answers() -> Vec<(&'static str, Value)> {
    fn value(view: impl Serialize) -> Value {
        serde_json::to_value(view).unwrap()
    }
    let mut answers = vec![
        ("written", value(written())),
        (
            "written",
            value(Written { commit: None, subject: None, records: Vec::new(), ..written() }),
        ),
        ("applied", value(applied())),
        ("applied", value(AppliedView { subject: None, ..applied() })),
        ("attachments", value(attachments())),
        ("rows", value(rows())),
        ("log", value(log())),
        ("log", value(LogView { subject: Some(subject(false)), ..log() })),
        ("log", value(LogView { subject: None, ..log() })),
        ("diff", value(difference())),
        ("diff", value(DiffView { from: None, ..difference() })),
        ("blame", value(blame())),
        ("summary", value(summary())),
        ("check", value(check())),
        ("import", value(import())),
        ("import", value(ImportView { commit: Some(COMMIT.to_owned()), ..import() })),
        ("triage", value(triage())),
        ("view-list", value(views())),
        ("approval", value(approval())),
        ("catalog", value(catalog())),
        ("offering-view", value(offering())),
        ("plan", value(plan())),
        ("tasks", value(tasks())),
        ("csat", value(csat(5))),
        ("csat", value(csat(0))),
        ("dora", value(dora(true))),
        ("dora", value(dora(false))),
        ("deploys", value(deploys())),
        ("sla-view", value(sla())),
        ("sla-list", value(sla_list())),
        ("calendar-view", value(calendar())),
        ("calendar-list", value(calendars())),
        ("hours", value(hours())),
        ("compliance", value(compliance())),
        ("conflicts", value(conflicts())),
        ("slots", value(slots())),
        ("schedule", value(schedule())),
        ("workflow-list", value(workflows())),
        ("actions", value(actions())),
        ("gate", value(gate())),
        ("raise", value(raised())),
        ("deployed", value(deployed())),
        ("risk-view", value(risk::risk(true))),
        ("risk-view", value(risk::risk(false))),
        ("model-list", value(risk::models())),
        ("model-view", value(risk::model(true))),
        ("model-view", value(risk::model(false))),
        ("export", value(exported())),
        ("path", value(path())),
        ("name-list", value(names())),
        ("hook-install", value(hooks::install(false))),
        ("hook-install", value(hooks::install(true))),
        ("hook-status", value(hooks::status(summary().now))),
        ("hook-run", value(hooks::run())),
        ("hook-drain", value(hooks::drain())),
    ];
    answers.extend(messages().iter().map(|message| ("message", value(message))));
    answers.extend(["work tree", "bare", "branch"].map(|mode| ("status", value(status(mode)))));
    answers.extend(records().iter().chain([&bare()]).map(|one| ("record", value(record(one)))));
    answers
}

fn validator(name: &str) -> jsonschema::Validator {
    let found = schemas().into_iter().find(|(other, _)| *other == name);
    jsonschema::validator_for(&found.unwrap_or_else(|| panic!("{name}")).1).unwrap()
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a switch for people, not for gitsm")]
fn the_schemas_on_disk_are_the_generated_ones() {
    let update = std::env::var_os("UPDATE_SCHEMAS").is_some();
    for (name, schema) in schemas() {
        let generated = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if update {
            fs::create_dir_all(root().join("schemas/output")).unwrap();
            fs::write(schema_path(name), &generated).unwrap();
        }
        let kept = fs::read_to_string(schema_path(name)).unwrap_or_default();
        assert!(
            kept == generated,
            "schemas/output/{name}.schema.json is out of date; \
             run UPDATE_SCHEMAS=1 cargo test --test output_schemas"
        );
    }
    let mut files: Vec<_> = fs::read_dir(root().join("schemas/output"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    let mut wanted: Vec<_> = schemas().iter().map(|(name, _)| schema_path(name)).collect();
    wanted.sort();
    assert_eq!(files, wanted, "a schema without a view");
}

#[test]
fn answers_are_valid_by_their_schema() {
    for (name, answer) in answers() {
        let errors: Vec<String> = validator(name)
            .iter_errors(&answer)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        assert_eq!(answer["schema"], format!("gitsm.{name}/1"));
    }
    for (name, _) in schemas() {
        assert!(answers().iter().any(|(other, _)| *other == name), "no answer for {name}");
    }
}

/// Unknown fields are valid, so that answers can grow; ours must be known.
#[test]
fn schemas_name_every_field() {
    fn names(value: &Value) -> Vec<&String> {
        let mut names: Vec<_> = value.as_object().unwrap().keys().collect();
        names.sort();
        names
    }
    let schemas: std::collections::HashMap<_, _> = schemas().into_iter().collect();
    for (name, answer) in answers() {
        assert_eq!(names(&schemas[name]["properties"]), names(&answer), "{name}");
    }
    // The last row has the excerpt and highlights too; what is sparse need not be there.
    let rows = serde_json::to_value(rows()).unwrap();
    let mut last = rows["rows"].as_array().unwrap().last().unwrap().clone();
    for (name, usual) in Row::SPARSE {
        last.as_object_mut().unwrap().entry(*name).or_insert_with(|| usual.value());
    }
    let listed = &schemas["rows"]["$defs"]["ListedRow"];
    assert_eq!(names(&listed["properties"]), names(&last));
    let required = listed["required"].as_array().unwrap();
    for (name, _) in Row::SPARSE {
        assert!(!required.iter().any(|other| other == name), "{name} is not always there");
    }
    assert_eq!(names(&last).len(), required.len() + Row::SPARSE.len() + 2);
}

#[test]
fn schemas_refuse_what_is_no_answer() {
    for (name, answer) in answers() {
        let validator = validator(name);
        for field in answer.as_object().unwrap().keys() {
            let mut less = answer.clone();
            less.as_object_mut().unwrap().shift_remove(field);
            assert!(!validator.is_valid(&less), "{name} without {field}");
        }
        let mut other = answer.clone();
        other["schema"] = json!("gitsm.other/1");
        assert!(!validator.is_valid(&other), "{name} by another name");
    }
    let refused = [
        ("written", "/records/0/id", json!("INC-7K3F9Q")),
        ("written", "/records/0/changes/0/field", json!(1)),
        ("applied", "/lines/0/result", json!("gone")),
        ("applied", "/lines/2/refused/exit_code", json!("6")),
        ("attachments", "/attachments/0/size", json!(-1)),
        ("record", "/state", json!("unknown")),
        ("rows", "/rows/0/opened_at", json!("2026-11-22 09:12")),
        ("rows", "/rows/0/priority", json!("P9")),
        ("rows", "/total", json!(-1)),
        ("log", "/events/0/records/0/title", json!(7)),
        ("summary", "/by_team/0/open", json!("3")),
        ("status", "/mode", json!("elsewhere")),
        ("check", "/findings/0/severity", json!("fatal")),
        ("import", "/rejected/0/line", json!(null)),
        ("approval", "/steps/0/decision", json!("perhaps")),
        ("workflow-list", "/workflows/0/states/0/category", json!("perhaps")),
        ("actions", "/actions/0/open", json!("yes")),
        ("conflicts", "/conflicts/0/rule", json!("rain")),
        ("schedule", "/changes/0/start", json!("tomorrow")),
    ];
    for (name, pointer, wrong) in refused {
        let mut answer = answers().into_iter().find(|(other, _)| *other == name).unwrap().1;
        *answer.pointer_mut(pointer).unwrap() = wrong;
        assert!(!validator(name).is_valid(&answer), "{name}{pointer}");
    }
}

//! The JSON Schemas in `schemas/`, and the examples in `examples/records/`.
//!
//! `UPDATE_SCHEMAS=1 cargo test --test schemas` writes the schemas anew.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail")]

use std::fs;
use std::path::{Path, PathBuf};

use gitsm::format::{has_comments, is_canonical, read_record_any, read_settings, schemas};
use gitsm::model::Kind;
use gitsm::policy::defaults;
use serde_json::{Value, json};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn schema_path(name: &str) -> PathBuf {
    root().join("schemas").join(format!("{name}.schema.json"))
}

fn schema(name: &str) -> Value {
    schemas().into_iter().find(|(found, _)| *found == name).unwrap_or_else(|| panic!("{name}")).1
}

/// The example of a record type, as bytes.
fn example(kind: Kind) -> Vec<u8> {
    fs::read(root().join("examples/records").join(format!("{kind}.yaml"))).unwrap()
}

/// The example of a record type, as a validator sees it.
fn example_value(kind: Kind) -> Value {
    read_settings("example", &example(kind)).unwrap()
}

#[test]
#[allow(clippy::disallowed_methods, reason = "a switch for people, not for gitsm")]
fn the_schemas_on_disk_are_the_generated_ones() {
    let update = std::env::var_os("UPDATE_SCHEMAS").is_some();
    for (name, schema) in schemas() {
        let generated = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        if update {
            fs::write(schema_path(name), &generated).unwrap();
        }
        let kept = fs::read_to_string(schema_path(name)).unwrap_or_default();
        assert!(
            kept == generated,
            "schemas/{name}.schema.json is out of date; run UPDATE_SCHEMAS=1 cargo test --test schemas"
        );
    }
    let mut files: Vec<_> = fs::read_dir(root().join("schemas"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "json"))
        .collect();
    files.sort();
    let mut wanted: Vec<_> = schemas().iter().map(|(name, _)| schema_path(name)).collect();
    wanted.sort();
    assert_eq!(files, wanted, "a schema without a type");
}

#[test]
fn examples_are_canonical_records() {
    for kind in Kind::ALL {
        let bytes = example(kind);
        let record = read_record_any(kind, &bytes).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(is_canonical(&bytes, &record), Ok(()), "{kind}");
        assert!(!has_comments(&bytes), "{kind}");
        // An example shows what a record can hold, not the least it must.
        assert!(record.description().is_some() && !record.notes().is_empty(), "{kind}");
    }
}

#[test]
fn examples_are_valid_by_their_schema() {
    for kind in Kind::ALL {
        let validator = jsonschema::validator_for(&schema(kind.name())).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&example_value(kind)).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{kind}: {errors:?}");
    }
}

/// Breaks one rule of a good record.
type Break = fn(&mut Value);

#[test]
fn schemas_refuse_what_reading_refuses() {
    for kind in Kind::ALL {
        let validator = jsonschema::validator_for(&schema(kind.name())).unwrap();
        let good = example_value(kind);
        let breaks: [(&str, Break); 7] = [
            ("an unknown field", |record| record["titel"] = json!("x")),
            ("no id", |record| drop(record.as_object_mut().unwrap().shift_remove("id"))),
            ("a short id", |record| record["id"] = json!("INC-7K3F9Q")),
            ("a local time", |record| record["opened_at"] = json!("2026-11-22 09:12")),
            ("a state in words", |record| record["status"] = json!("In progress")),
            ("an unknown field in a part", |record| record["notes"][0]["mood"] = json!("bad")),
            ("a number in an own field", |record| record["custom"] = json!({"a": 1})),
        ];
        for (what, break_it) in breaks {
            let mut record = good.clone();
            break_it(&mut record);
            assert!(!validator.is_valid(&record), "{kind}: {what}");
            let text = serde_json::to_string(&record).unwrap();
            let read = read_record_any(kind, text.as_bytes());
            // Text fields take any plain scalar when reading by hand-written YAML.
            assert_eq!(read.is_err(), what != "a number in an own field", "{kind}: {what}");
        }
    }
}

#[test]
fn settings_have_schemas() {
    let people = "\
- id: alice
  name: Alice Martin
  emails: [alice@example.com]
  roles: [agent]
- id: deploy-bot
  name: Deployment pipeline
  kind: machine
  active_until: 2027-01-01T00:00:00Z
";
    let teams = "- id: apps\n  name: Applications\n  lead: alice\n";
    let desk = "\
format: 1
id: 01KAM2V0T8Q4ZJ6D3N0R7K3F9Q
name: IT
trunk: main
time_zone: Europe/Berlin
profile: hybrid
practices: [incident, change]
domains:
  customers: {name: Customer support, profile: help-desk}
custom_fields:
  rack: {type: text, on: [ci]}
";
    let workflow = defaults::workflow(Kind::Change);
    let priorities = "\
high: {high: P1, medium: P2, low: P3}
medium: {high: P2, medium: P3, low: P4}
low: {high: P3, medium: P4, low: P5}
";
    let calendar = "\
time_zone: Europe/Berlin
hours:
  mon-fri: [09:00-12:30, 13:30-17:00]
  sat: 09:00-24:00
holidays:
- {date: 12-25, name: Christmas Day}
- {date: easter-2}
exceptions:
- {date: 2026-11-28, hours: [10:00-14:00]}
";
    let sla = "\
commitments:
  first-response:
    metric: response
    when: type:incident priority:P1
    target: 1h
    calendar: office
    valid_from: 2026-01-01
  resolution:
    kind: ola
    metric: resolution
    when: type:incident
    target: {P1: 4h, P2: 1bd, P3: 2bd 16:00}
    cancel_on: never
";
    for (name, text, broken) in [
        ("calendar", calendar, calendar.replace("24:00", "25:00")),
        ("sla", sla, sla.replace("1bd", "1d")),
        ("people", people, people.replace("machine", "robot")),
        ("teams", teams, teams.replace("lead:", "leader:")),
        ("desk", desk, desk.replace("profile: hybrid", "profile: huge")),
        ("workflow", workflow, workflow.replace("category: open", "category: opened")),
        ("priorities", priorities, priorities.replace("P5", "P6")),
    ] {
        let validator = jsonschema::validator_for(&schema(name)).unwrap();
        let value = |text: &str| read_settings::<Value>(name, text.as_bytes()).unwrap();
        assert!(validator.is_valid(&value(text)), "{name}");
        assert!(!validator.is_valid(&value(&broken)), "{name}");
    }
}

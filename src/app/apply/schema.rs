//! The JSON Schema of a line.

use serde_json::{Map, Value, json};

use super::meaning::GENERAL;
use crate::format;
use crate::model::{FieldKind, FieldSpec, Kind, Relation, fields_of};

/// The JSON Schema of an action, one line of what `gitsm apply` reads.
///
/// A desk's workflows may define any lifecycle action, so the schema lets every
/// name stand that is not one of the fixed ones.
pub fn action_schema() -> Value {
    let new = Kind::ALL.map(new);
    let id = json!({
        "type": "string",
        "minLength": 1,
        "description": "The record: a full id, any unambiguous ending of one, a CI's name, a \
                        number from the system it was imported from, or `@name` for a record \
                        that a line before this one has made as \"ref\": \"name\".",
    });
    let text = |description: &str| json!({ "type": "string", "description": description });
    let message = text("What is said along with it.");
    let said = |description: &str| json!({ "type": "string", "pattern": "\\S", "description": description });
    let nullable =
        |description: &str| json!({ "type": ["string", "null"], "description": description });
    let fields = |description: &str| json!({ "type": "object", "description": description, "additionalProperties": { "$ref": "#/$defs/value" } });
    let lists = |description: &str| json!({ "type": "object", "description": description, "additionalProperties": { "$ref": "#/$defs/texts" } });
    let set = fields("Fields and their new values; null empties a field.");
    let add = lists("Elements to add to fields that hold lists.");
    let remove = lists("Elements to take out of fields that hold lists.");
    let public =
        json!({ "type": "boolean", "description": "Whether the requester may read what is said." });
    let link = |name: &str, description: &str| {
        action(
            name,
            description,
            &["id", "rel", "to"],
            vec![
                ("id", id.clone()),
                ("rel", json!({ "$ref": "#/$defs/relation" })),
                ("to", json!({ "$ref": "#/$defs/texts", "description": "The other records." })),
            ],
        )
    };
    let saying = |name: &str, description: &str| {
        action(
            name,
            description,
            &["id", "message"],
            vec![("id", id.clone()), ("message", said("The text."))],
        )
    };
    let mut step = action(
        "",
        "Carries out a lifecycle action of the record's workflow.",
        &["id"],
        vec![
            ("id", id.clone()),
            (
                "message",
                text("What is said along with it: how it was solved, why it is cancelled."),
            ),
            ("code", text("How it ended, for example fixed.")),
            ("reason", text("What it waits for, for example awaiting_requester.")),
            ("public", public.clone()),
            (
                "step",
                text("The step of the approval that a vote is for; all that are open, if absent."),
            ),
            ("set", set.clone()),
            ("add", add.clone()),
            ("remove", remove.clone()),
        ],
    );
    let fixed: Vec<&str> = GENERAL.into_iter().collect();
    step["properties"]["do"] = json!({
        "type": "string",
        "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$",
        "not": { "enum": fixed },
        "examples": ["start", "hold", "resume", "resolve", "close", "reopen", "cancel"],
    });
    let mut lines: Vec<Value> = new.into_iter().collect();
    lines.extend([
        action(
            "edit",
            "Sets fields.",
            &["id"],
            vec![
                ("id", id.clone()),
                ("set", set.clone()),
                ("add", add.clone()),
                ("remove", remove.clone()),
            ],
        ),
        action(
            "note",
            "Says something about a record.",
            &["id", "message"],
            vec![("id", id.clone()), ("message", said("What is said.")), ("public", public)],
        ),
        action(
            "assign",
            "Gives a record to a person, a team, or both.",
            &["id"],
            vec![
                ("id", id.clone()),
                ("person", nullable("The person: an id, `me`, or `none` (null) for nobody.")),
                ("team", nullable("The team: an id, or `none` (null) for no team.")),
                ("message", message.clone()),
            ],
        ),
        link("link", "Relates a record to others."),
        link("unlink", "Takes relations back."),
        action(
            "take",
            "You work on it from now on.",
            &["id"],
            vec![("id", id.clone()), ("message", message)],
        ),
        action(
            "escalate",
            "Hands an incident to the next support level.",
            &["id", "team", "message"],
            vec![
                ("id", id.clone()),
                ("team", text("The team that takes over.")),
                ("message", said("Why it is escalated.")),
            ],
        ),
        action(
            "schedule",
            "Sets the planned window of a change.",
            &["id"],
            vec![
                ("id", id.clone()),
                ("start", text("When it is to begin.")),
                ("end", text("When it is to be finished.")),
            ],
        ),
        action(
            "evidence",
            "Says that a change was tested.",
            &["id", "result", "sha256"],
            vec![
                ("id", id.clone()),
                ("result", json!({ "enum": ["passed", "failed"] })),
                ("sha256", text("SHA-256 of the report, which is kept elsewhere.")),
                ("message", said("What was tested.")),
            ],
        ),
        action(
            "accept_conflict",
            "Says that a change can live with a conflict.",
            &["id", "with", "reason"],
            vec![
                ("id", id.clone()),
                ("with", text("The other change, or the name of a maintenance window or freeze.")),
                ("reason", said("Why one can live with it.")),
            ],
        ),
        saying("cause", "Records the root cause of a problem."),
        saying("workaround", "Records how the effects of a problem can be avoided until the fix."),
        saying("review", "Records the review of a change or a major incident."),
        saying("propose", "Proposes an incident as a major one."),
        saying("promote", "Makes an incident a major one."),
        saying("decline", "Decides that an incident is no major one."),
        saying("communicate", "Tells everybody who is affected by an incident."),
        saying("why", "Adds an answer to the \"why?\" of a problem."),
        action(
            "merge",
            "Ends an incident or a problem as a duplicate of another one.",
            &["id", "into"],
            vec![
                ("id", id.clone()),
                ("into", text("The ticket that stays.")),
                ("message", said("What there is to say.")),
            ],
        ),
        action(
            "csat",
            "Records how satisfied the requester was.",
            &["id", "points"],
            vec![
                ("id", id.clone()),
                ("points", json!({ "type": "integer", "minimum": 1, "maximum": 5, "description": "1 (very dissatisfied) to 5 (very satisfied)." })),
                ("from", text("Who answered, if it is not you: the requester.")),
                ("message", text("What they said.")),
            ],
        ),
    ]);
    lines.extend(super::task::schemas(&id));
    lines.push(step);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Action",
        "description": "Something to be done to one record: a line of what `gitsm apply` reads.",
        "type": "object",
        "required": ["do"],
        "anyOf": lines,
        "$defs": {
            "texts": {
                "description": "One text, or a list of them.",
                "anyOf": [
                    { "type": "string" },
                    { "type": "array", "items": { "type": "string" } },
                ],
            },
            "value": {
                "description": "A field's value. Numbers with a fraction are written as text.",
                "anyOf": [
                    { "type": ["string", "boolean", "integer", "null"] },
                    { "type": "array", "items": { "type": "string" } },
                    { "type": "object", "description": "For `custom`: the desk's own fields.",
                      "additionalProperties": { "type": ["string", "boolean", "integer", "null"] } },
                ],
            },
            "relation": { "enum": relations(), "description": "A relation, named from either end." },
        },
    })
}

/// The schema of one action, whose name is `name`.
pub(super) fn action(
    name: &str,
    description: &str,
    must: &[&str],
    keys: Vec<(&str, Value)>,
) -> Value {
    let mut properties = Map::new();
    properties.insert("do".to_owned(), json!({ "const": name }));
    properties.extend(keys.into_iter().map(|(key, schema)| (key.to_owned(), schema)));
    let must: Vec<&str> = std::iter::once("do").chain(must.iter().copied()).collect();
    json!({
        "description": description,
        "type": "object",
        "properties": properties,
        "required": must,
        "additionalProperties": false,
    })
}

/// A new record of one type: its fields stand beside the action.
fn new(kind: Kind) -> Value {
    let described = format::schemas().into_iter().find(|(name, _)| *name == kind.name());
    let described = described.map(|(_, schema)| schema).unwrap_or_default();
    let title = if kind.is_ticket() { "title" } else { "name" };
    let mut keys = vec![
        ("type", json!({ "const": kind.name() })),
        (
            "ref",
            json!({
                "type": "string",
                "pattern": "^[A-Za-z0-9._-]{1,100}$",
                "description": "What later lines call the new record, as `@name`.",
            }),
        ),
        (
            "status",
            json!({ "type": "string", "description": "The first state, where the workflow offers several." }),
        ),
    ];
    for field in fields_of(kind).filter(|field| field.editable) {
        let mut schema = value(field);
        if let Some(text) = described["properties"][field.name].get("description") {
            schema["description"] = text.clone();
        }
        keys.push((field.name, schema));
    }
    keys.push((
        "custom",
        json!({
            "type": "object",
            "description": "The desk's own fields.",
            "additionalProperties": { "type": ["string", "boolean", "integer", "null"] },
        }),
    ));
    if kind == Kind::Request {
        keys.push((
            "answers",
            json!({
                "type": "object",
                "description": "Answers to the form of the offering, by the names of its questions.",
                "additionalProperties": { "$ref": "#/$defs/value" },
            }),
        ));
    }
    keys.push(("links", json!({
        "type": ["array", "null"],
        "description": "Relations of the new record to others.",
        "items": {
            "type": "object",
            "properties": { "rel": { "$ref": "#/$defs/relation" }, "to": { "$ref": "#/$defs/texts" } },
            "required": ["rel", "to"],
            "additionalProperties": false,
        },
    })));
    let description = format!("Makes {}.", kind.one());
    let mut schema = action("new", &description, &["type", title], keys);
    schema["patternProperties"] = json!({ "^custom\\.": { "$ref": "#/$defs/value" } });
    schema
}

/// What a field takes.
fn value(field: &FieldSpec) -> Value {
    match field.kind {
        FieldKind::Words | FieldKind::Records => json!({
            "anyOf": [{ "$ref": "#/$defs/texts" }, { "type": "null" }],
        }),
        FieldKind::Level => json!({ "enum": ["high", "medium", "low", null] }),
        FieldKind::Priority => json!({ "enum": ["P1", "P2", "P3", "P4", "P5", null] }),
        FieldKind::Flag => json!({ "type": ["boolean", "null"] }),
        FieldKind::Count => json!({ "type": ["integer", "null"], "minimum": 0 }),
        _ if field.required && matches!(field.name, "title" | "name") => {
            json!({ "type": "string", "pattern": "\\S" })
        }
        _ => json!({ "type": ["string", "integer", "boolean", "null"] }),
    }
}

fn relations() -> Vec<&'static str> {
    let mut names: Vec<&str> =
        Relation::ALL.into_iter().flat_map(|rel| [rel.name(), rel.inverse()]).collect();
    names.sort_unstable();
    names.dedup();
    names
}

//! What exactly a vote is about.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use crate::model::Record;

/// The fields whose change voids votes, where the desk names no others: what
/// is to be done, to what, when, how, at which risk and for whom.
pub const MATERIAL: &[&str] = &[
    "title",
    "description",
    "requester",
    "service",
    "cis",
    "offering",
    "answers",
    "model",
    "template",
    "risk",
    "planned_start",
    "planned_end",
    "implementation_plan",
    "test_plan",
    "backout_plan",
    "deployment.repository",
    "deployment.environment",
    "deployment.commit",
    "deployment.artefact",
];

/// SHA-256 of the record's `fields`, as 64 lower-case hexadecimal digits.
///
/// It is taken of JSON without blanks, of an object with the record's id and
/// those of the fields that have a value, all keys sorted. So a field that is
/// added to the list later, and that a record does not have, changes nothing.
pub fn digest<'a>(record: &Record, fields: impl IntoIterator<Item = &'a str>) -> String {
    let tree = record.to_value();
    let mut content: Vec<(&str, Value)> = fields
        .into_iter()
        .filter_map(|field| value(&tree, field).map(|value| (field, sorted(value))))
        .collect();
    content.push(("id", record.id().to_string().into()));
    content.sort_by_key(|(field, _)| *field);
    content.dedup_by_key(|(field, _)| *field);
    let content: Map<String, Value> =
        content.into_iter().map(|(field, value)| (field.to_owned(), value)).collect();
    let mut hash = Sha256::new();
    hash.update(Value::Object(content).to_string());
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The value of a field that has one; a dot leads into a part.
pub(super) fn value<'a>(tree: &'a Value, field: &str) -> Option<&'a Value> {
    field.split('.').try_fold(tree, |tree, part| tree.get(part)).filter(|value| match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(items) => !items.is_empty(),
        _ => true,
    })
}

/// The value with the keys of all objects in order.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            let of = |key: &String| map.get(key).map(|value| (key.clone(), sorted(value)));
            Value::Object(keys.into_iter().filter_map(of).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

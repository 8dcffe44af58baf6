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
    let mut content: Map<String, Value> = fields
        .into_iter()
        .filter_map(|field| value(&tree, field).map(|value| (field.to_owned(), value.clone())))
        .collect();
    content.insert("id".to_owned(), record.id().to_string().into());
    let mut content = Value::Object(content);
    content.sort_all_objects();
    let mut hash = Sha256::new();
    hash.update(content.to_string());
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

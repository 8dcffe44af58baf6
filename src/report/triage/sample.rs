//! Records for the tests of triage.

use serde_json::{Value, json};

use crate::model::{Kind, Record, RecordId};

/// The id of the record with this number.
pub(super) fn id(kind: Kind, number: u128) -> RecordId {
    RecordId::new(kind, ulid::Ulid::from(number))
}

/// A record with these fields beside those that it must have.
pub(super) fn record(kind: Kind, number: u128, fields: Value) -> Record {
    let mut tree = json!({
        "id": id(kind, number).to_string(),
        "title": "",
        "status": "new",
        "impact": "medium",
        "urgency": "medium",
        "priority": "P3",
        "opened_at": "2026-11-22T09:00:00Z",
        "opened_by": "alice",
        "updated_at": "2026-11-22T09:00:00Z",
    });
    if let (Some(tree), Value::Object(fields)) = (tree.as_object_mut(), fields) {
        tree.extend(fields);
    }
    Record::from_value(kind, tree).expect("a record")
}

/// The incident with this number.
pub(super) fn incident(number: u128, fields: Value) -> Record {
    record(Kind::Incident, number, fields)
}

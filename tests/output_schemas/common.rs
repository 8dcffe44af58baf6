//! What answers are made of: records, times, references.

use std::fs;
use std::path::Path;

use gitsm::format::read_record_any;
use gitsm::model::{Kind, Record, RecordId, StateCategory, StateName, Timestamp};
use gitsm::outcome::RecordRef;
use gitsm::query::Row;

pub const COMMIT: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678";

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// One record of each type, as the examples have it.
pub fn records() -> Vec<Record> {
    let read = |kind: Kind| {
        let path = root().join("examples/records").join(format!("{kind}.yaml"));
        read_record_any(kind, &fs::read(path).unwrap()).unwrap()
    };
    Kind::ALL.into_iter().map(read).collect()
}

/// A record with nothing in it that can be left out.
pub fn bare() -> Record {
    let text = "\
id: INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q
title: Printer
status: new
impact: low
urgency: low
priority: P5
opened_at: 2026-11-22T09:12:04Z
opened_by: alice
updated_at: 2026-11-22T09:12:04Z
";
    read_record_any(Kind::Incident, text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

pub fn row(record: &Record) -> Row {
    Row::new(record, StateCategory::Open)
}

pub fn reference(id: RecordId, found: bool) -> RecordRef {
    RecordRef {
        id,
        short: id.short(),
        title: found.then(|| "web-01".to_owned()),
        status: found.then(|| StateName::new("in_use").unwrap()),
        state: found.then_some(StateCategory::Open),
    }
}

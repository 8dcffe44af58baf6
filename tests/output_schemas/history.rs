//! Answers about what happened.

use gitsm::model::{Kind, Record, diff};
use gitsm::outcome::{
    BlameEvent, BlameField, BlameLine, BlameView, DiffCount, DiffRecord, DiffView, EventRecord,
    EventView, LogView, PointView, RecordRef, StorySubject,
};

use crate::common::{COMMIT, bare, now, records, reference};

pub fn log() -> LogView {
    let before = bare();
    let records = records();
    let all = records.iter().map(|record| EventRecord {
        id: record.id(),
        short: record.id().short(),
        title: (record.kind() != Kind::Ci).then(|| record.title().to_owned()),
        relation: (record.kind() == Kind::Problem).then_some("caused_by"),
        changes: diff(Some(&before), Some(record)),
    });
    let event = |records: Vec<EventRecord>| EventView {
        commit: COMMIT.to_owned(),
        at: now(),
        recorded: now(),
        actor: "alice".to_owned(),
        action: "edit".to_owned(),
        subject: "edit 5 records".to_owned(),
        imported: records.first().map(|_| "ServiceNow 17".to_owned()),
        disputed: !records.is_empty(),
        after_seconds: records.first().map(|_| 60),
        touched: records.len(),
        records,
    };
    let events = vec![event(all.collect()), event(Vec::new())];
    LogView { schema: LogView::SCHEMA, subject: Some(subject(true)), brief: false, events }
}

pub fn subject(found: bool) -> StorySubject {
    let RecordRef { id, short, title, status, .. } = reference(bare().id(), found);
    StorySubject { id, short, title, status }
}

pub fn difference() -> DiffView {
    let before = bare();
    let one = |record: &Record| DiffRecord {
        id: record.id(),
        short: record.id().short(),
        kind: record.kind(),
        title: Some(record.title().to_owned()),
        status: Some(record.status().clone()),
        what: vec!["created", "resolved"],
        changes: diff(Some(&before), Some(record)),
    };
    let point = || PointView { commit: COMMIT.to_owned(), at: now() };
    DiffView {
        schema: DiffView::SCHEMA,
        from: Some(point()),
        to: point(),
        total: 5,
        counts: vec![DiffCount { what: "created", count: 5 }],
        records: records().iter().map(one).collect(),
    }
}

pub fn blame() -> BlameView {
    let event = || BlameEvent {
        commit: COMMIT.to_owned(),
        at: now(),
        actor: "alice".to_owned(),
        action: "edit".to_owned(),
    };
    let field = |change: gitsm::model::FieldChange| BlameField {
        field: change.field,
        value: change.to,
        event: Some(event()),
        lines: vec![BlameLine { text: "One".to_owned(), event: event() }],
    };
    let mut fields: Vec<BlameField> = diff(None, Some(&bare())).into_iter().map(field).collect();
    fields[0].event = None;
    fields[1].lines = Vec::new();
    fields[2].value = None;
    BlameView { schema: BlameView::SCHEMA, record: subject(true), fields }
}

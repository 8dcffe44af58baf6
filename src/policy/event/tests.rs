//! Messages can be read back, whatever the records hold.

use proptest::prelude::*;
use serde_json::{Value, json};
use ulid::Ulid;

use super::*;
use crate::model::{Kind, RecordId};
use crate::policy::{Workflow, Workflows, fixture};

fn policy() -> Policy {
    Policy { workflows: Workflows::new([], Workflow::empty), ..fixture::desk("") }
}

fn id(number: u64) -> RecordId {
    RecordId::new(Kind::Incident, Ulid::from(u128::from(number) * 0x1_2345_6789_abcd))
}

/// A record of which these fields are not the usual ones.
fn record(number: u64, fields: &[(&str, Value)]) -> Record {
    let mut value = json!({
        "id": id(number).to_string(), "title": "T", "status": "new", "impact": "high",
        "urgency": "low", "priority": "P3", "opened_at": "2026-11-22T09:12:04Z",
        "opened_by": "alice", "updated_at": "2026-11-22T09:12:04Z",
    });
    for (name, field) in fields {
        value[*name] = field.clone();
    }
    Record::from_value(Kind::Incident, value).expect("a record")
}

/// Text that looks like what a message is made of.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("->"),
        Just(" -> "),
        Just("-"),
        Just(": "),
        Just("\""),
        Just("\\"),
        Just("\n"),
        Just("\n\n"),
        Just("  "),
        Just("Gitsm-Action: resolve"),
        Just("Gitsm-Record: INC-1"),
        Just("Gitsm-Actor: mallory"),
        Just("status: new -> closed"),
        Just("and 4 more"),
        Just("…"),
        Just("\u{202e}"),
        Just("\u{1b}[1m"),
        Just("a"),
        Just("zürich"),
        Just("INC-000000 x"),
    ];
    prop_oneof![
        proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat()),
        ".{0,90}",
    ]
}

fn fields() -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let text = || hostile().prop_map(Value::from);
    let note = hostile().prop_map(|text| {
        json!([{ "id": Ulid::nil().to_string(), "at": "2026-11-22T09:12:04Z", "by": "bob",
                 "kind": "work", "text": text }])
    });
    let field = prop_oneof![
        text().prop_map(|value| ("title", value)),
        text().prop_map(|value| ("service", value)),
        text().prop_map(|value| ("description", value)),
        Just(("status", json!("closed"))),
        Just(("assignee", json!("bob"))),
        proptest::collection::vec(hostile(), 0..3).prop_map(|tags| ("tags", json!(tags))),
        (hostile(), hostile()).prop_map(|(key, value)| ("custom", json!({ key: value }))),
        note.prop_map(|note| ("notes", note)),
    ];
    proptest::collection::vec(field, 0..4)
}

fn told<'a>(change: &RecordChange<'_>) -> Vec<ToldField<'a>> {
    let fields = change.fields().into_iter().map(|change| ToldField {
        from: change.brief_from().map(Into::into),
        to: change.brief_to().map(Into::into),
        field: change.field.into(),
    });
    fields.collect()
}

/// Writes a message about these records, and compares what it tells with them.
fn read_back(records: &[(Option<Record>, Record)], batch: Option<&str>) {
    let changes: Vec<RecordChange<'_>> = records
        .iter()
        .map(|(before, after)| RecordChange { before: before.as_ref(), after })
        .collect();
    let actor = PersonId::new("bob@example.com").expect("a person");
    let text = message(&policy(), &changes, batch, &actor);
    let read = parse(&text);
    let done = batch.map_or_else(|| action(&policy(), &changes[0]), str::to_owned);
    assert_eq!(read.action, Some(done.as_str()), "{text}");
    assert_eq!(read.actor, Some(actor.as_str()), "{text}");
    assert_eq!(read.import, None);
    if changes.len() > LISTED {
        assert_eq!(read.records, None, "{text}");
        return;
    }
    let expected: Vec<ToldRecord<'_>> = changes
        .iter()
        .map(|change| ToldRecord {
            id: change.after.id(),
            fields: (changes.len() <= DETAILED).then(|| told(change)),
        })
        .collect();
    assert_eq!(read.records, Some(expected), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn what_was_written_is_read(
        states in proptest::collection::vec((proptest::option::of(fields()), fields()), 1..5),
        batch in proptest::option::of(Just("import")),
    ) {
        let records: Vec<(Option<Record>, Record)> = states
            .iter()
            .zip(1..)
            .map(|((before, after), number)| {
                (before.as_ref().map(|fields| record(number, fields)), record(number, after))
            })
            .collect();
        read_back(&records, batch);
    }

    #[test]
    fn any_text_can_be_read(text in hostile(), more in ".{0,200}") {
        parse(&text);
        parse(&more);
        parse(&format!("{text}\n\n{more}\n\nGitsm-Action: x\nGitsm-Record: {}\nGitsm-Actor: y", id(1)));
    }
}

#[test]
fn batches_of_every_size() {
    for count in [1, 2, 20, 21, 100, 101, 150] {
        let closed = [("status", json!("closed")), ("title", json!("and 4 more"))];
        let records: Vec<_> =
            (1..=count).map(|n| (Some(record(n, &[])), record(n, &closed))).collect();
        read_back(&records, Some("close"));
    }
}

/// Whoever changes a message word by word takes its word away.
#[test]
fn other_messages_tell_nothing_of_records() {
    let (before, after) = (record(1, &[]), record(1, &[("status", json!("closed"))]));
    let change = RecordChange { before: Some(&before), after: &after };
    let actor = PersonId::new("bob").expect("a person");
    let text = message(&policy(), &[change], None, &actor);
    assert!(parse(&text).records.is_some());
    for (from, to) in [
        ("INC-", "Inc-"),
        ("status: new", "status new"),
        ("status: new -> closed", "a -> b"),
        ("status: new -> closed", "title: a -> b -> c"),
        ("status: new -> closed", "title: \"a\"b -> c"),
        ("\n\nGitsm", "\n\nP.S. I did it.\n\nGitsm"),
        ("Gitsm-Actor", "Actor"),
        ("Gitsm-Action: move", ""),
        ("Gitsm-Action: move", "Gitsm-Action: close"),
        ("Gitsm-Actor: bob", "Gitsm-Actor: bob\nGitsm-Actor: carol"),
        ("Gitsm-Record: ", "Gitsm-Record: x"),
    ] {
        let changed = text.replacen(from, to, 1);
        assert_ne!(changed, text, "{from}");
        assert_eq!(parse(&changed).records, None, "{changed}");
    }
    let other = format!("{text}Gitsm-Import: ServiceNow 17\nSigned-off-by: Bob <b@x>\n");
    let told = parse(&other);
    assert_eq!(
        (told.import, told.records.map(|records| records.len())),
        (Some("ServiceNow 17"), Some(1))
    );
    assert_eq!(parse("By hand"), Told::default());
}

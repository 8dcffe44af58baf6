//! What was exported comes back as it was, whatever the records hold.

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use ulid::Ulid;

use super::read;
use crate::app::export::table::Table;
use crate::app::export::{Writer, columns_of};
use crate::error::CommandError;
use crate::model::{
    Change, Ci, DeskSettings, FieldKind, Incident, Kind, Problem, Record, RecordId, Relation,
    Request, Timestamp, fields_of,
};

fn settings() -> DeskSettings {
    let settings = json!({ "format": 1, "id": Ulid::nil().to_string(), "name": "d", "trunk": "main",
        "time_zone": "UTC", "profile": "itsm", "practices": [] });
    serde_json::from_value(settings).expect("settings")
}

/// Text that tables, JSON and spreadsheets treat in ways of their own. CSV
/// does not tell an empty text from none.
fn text() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "=",
        "+",
        "-",
        "@",
        "'",
        "\t",
        "\r",
        "\n",
        "\r\n",
        "\0",
        "\"",
        "\"\"",
        ",",
        ";",
        ", ",
        " ",
        "[",
        "]",
        "[1]",
        "{",
        "\\",
        "\\n",
        "\u{feff}",
        "\u{85}",
        "\u{2028}",
        "\u{202e}",
        "#",
        "a",
        "é",
        "😀",
        "null",
        "=cmd|' /C calc'!A0",
    ]);
    prop_oneof![
        3 => prop::collection::vec(piece, 1..5).prop_map(|pieces| pieces.concat()),
        1 => any::<String>(),
    ]
    .prop_filter("CSV keeps no empty text", |text| !text.is_empty())
}

fn ulid() -> impl Strategy<Value = Ulid> {
    any::<u128>().prop_map(Ulid)
}

fn time() -> impl Strategy<Value = Value> {
    (-62_135_596_800_i64..253_402_300_800)
        .prop_map(|seconds| Timestamp::from_seconds(seconds).to_string().into())
}

fn person() -> impl Strategy<Value = Value> {
    "[A-Za-z0-9][A-Za-z0-9._@+-]{0,12}".prop_map(Value::from)
}

fn state() -> impl Strategy<Value = Value> {
    "[a-z0-9][a-z0-9_]{0,12}".prop_map(Value::from)
}

fn ids(kinds: &'static [Kind]) -> impl Strategy<Value = Vec<RecordId>> {
    let id =
        (prop::sample::select(kinds), ulid()).prop_map(|(kind, ulid)| RecordId::new(kind, ulid));
    prop::collection::vec(id, 1..4)
}

fn one_of(words: &'static [&'static str]) -> BoxedStrategy<Value> {
    prop::sample::select(words).prop_map(Value::from).boxed()
}

/// A value for a field, by its name or else its kind.
fn value(name: &str, kind: FieldKind) -> BoxedStrategy<Value> {
    match (name, kind) {
        ("model", _) => one_of(&["normal", "standard", "emergency"]),
        ("risk", _) => one_of(&["low", "moderate", "high"]),
        ("outcome", _) => one_of(&["successful", "failed", "rolled_back"]),
        ("major", _) => one_of(&["proposed", "promoted", "declined"]),
        ("criticality", _) | (_, FieldKind::Level) => one_of(&["high", "medium", "low"]),
        ("class", _) | (_, FieldKind::Line | FieldKind::Text) => {
            text().prop_map(Value::from).boxed()
        }
        (_, FieldKind::Word) => state().boxed(),
        (_, FieldKind::Priority) => one_of(&["P1", "P2", "P3", "P4", "P5"]),
        (_, FieldKind::Person | FieldKind::Team) => {
            "[A-Za-z0-9][A-Za-z0-9._-]{0,12}".prop_map(Value::from).boxed()
        }
        (_, FieldKind::Time) => time().boxed(),
        (_, FieldKind::Flag) => Just(true.into()).boxed(),
        (_, FieldKind::Count) => (1..u32::MAX).prop_map(Value::from).boxed(),
        (_, FieldKind::Words) => {
            let words = prop::collection::vec(prop_oneof![text(), Just(String::new())], 1..4);
            words.prop_map(Value::from).boxed()
        }
        (_, FieldKind::Records) => ids(&[Kind::Ci]).prop_map(|ids| json!(ids)).boxed(),
    }
}

/// What records have besides single fields.
fn parts(tickets: bool) -> impl Strategy<Value = Map<String, Value>> {
    let link = (prop::sample::select(&Relation::ALL[..]), ids(&Kind::ALL))
        .prop_map(|(rel, ids)| json!({ "rel": rel, "to": ids.first() }));
    let note = (ulid(), time(), person(), one_of(&["public", "work", "system"]), text()).prop_map(
        |(id, at, by, kind, text)| {
            json!({ "id": id.to_string(), "at": at, "by": by, "kind": kind, "text": text })
        },
    );
    let file = (ulid(), time(), person(), text(), any::<u64>(), "[0-9a-f]{64}").prop_map(
        |(id, at, by, name, size, sha256)| {
            json!({ "id": id.to_string(), "name": name, "sha256": sha256, "size": size,
                    "at": at, "by": by })
        },
    );
    let hold = (state(), time(), prop::option::of(time())).prop_map(|(reason, from, until)| {
        let mut hold = json!({ "reason": reason, "from": from });
        if let Some(until) = until {
            hold["until"] = until;
        }
        hold
    });
    let vote = (ulid(), time(), person(), one_of(&["approved", "rejected"]), text()).prop_map(
        |(id, at, by, verdict, text)| {
            json!({ "id": id.to_string(), "at": at, "by": by, "verdict": verdict, "text": text })
        },
    );
    let several = |one: BoxedStrategy<Value>| prop::collection::vec(one, 0..3);
    let custom = prop::collection::vec((text(), text()), 0..4);
    let all = (
        several(link.boxed()),
        several(note.boxed()),
        several(file.boxed()),
        several(hold.boxed()),
        several(vote.boxed()),
        custom,
    );
    all.prop_map(move |(links, notes, files, holds, votes, custom)| {
        let mut parts = Map::new();
        let custom: Map<String, Value> =
            custom.into_iter().map(|(name, value)| (name, value.into())).collect();
        for (name, list) in [("links", links), ("notes", notes), ("attachments", files)] {
            parts.insert(name.to_owned(), list.into());
        }
        if tickets {
            parts.insert("holds".to_owned(), holds.into());
            parts.insert("approvals".to_owned(), votes.into());
        }
        parts.insert("custom".to_owned(), custom.into());
        parts
    })
}

fn record_of(kind: Kind) -> impl Strategy<Value = Record> {
    let always = |name: &str| matches!(name, "status" | "opened_at" | "opened_by" | "updated_at");
    let fields: Vec<_> = fields_of(kind)
        .map(|field| {
            let value = value(field.name, field.kind);
            let given = if field.required || always(field.name) {
                value.prop_map(Some).boxed()
            } else {
                prop::option::of(value).boxed()
            };
            given.prop_map(move |value| (field.name, value))
        })
        .collect();
    (ulid(), fields, parts(kind.is_ticket())).prop_map(move |(ulid, fields, parts)| {
        let mut tree = json!({ "id": RecordId::new(kind, ulid) });
        let mut resolution = Map::new();
        for (name, value) in fields {
            match (name.strip_prefix("resolution."), value) {
                (_, None) => {}
                (Some(part), Some(value)) => drop(resolution.insert(part.to_owned(), value)),
                (None, Some(value)) => tree[name] = value,
            }
        }
        if resolution.contains_key("code") && resolution.contains_key("by") {
            tree["resolution"] = resolution.into();
        }
        if kind == Kind::Problem && tree["cause"].is_string() {
            tree["whys"] = json!([tree["cause"], "because"]);
        }
        if kind == Kind::Change && tree["cis"].is_array() {
            tree["deployment"] = json!({
                "key": "0".repeat(64), "repository": "crm", "environment": "production",
                "ref": "refs/heads/main", "range": "first", "commit": "1".repeat(40),
                "commits": [{ "id": "1".repeat(40), "at": tree["opened_at"], "author": "A <a@b>",
                              "subject": "=1+1" }],
                "commit_count": 1
            });
            tree["accepted_conflicts"] = json!([{
                "id": ulid.to_string(), "with": "year-end", "rule": "in_freeze",
                "reason": "=1+1", "at": tree["opened_at"], "by": tree["opened_by"],
                "start": tree["opened_at"], "end": tree["opened_at"],
                "other_start": tree["opened_at"]
            }]);
            tree["deploys"] = json!([{
                "id": ulid.to_string(), "at": tree["opened_at"], "by": tree["opened_by"],
                "environment": "production", "result": "rolled_back"
            }]);
        }
        for (name, part) in parts {
            tree[name] = part;
        }
        Record::from_value(kind, tree).expect("a record")
    })
}

fn records() -> impl Strategy<Value = Vec<Record>> {
    let one = prop::sample::select(&Kind::ALL[..]).prop_flat_map(record_of);
    prop::collection::vec(one, 0..4)
}

fn written(mut writer: Writer, header: &str, records: &[Record]) -> String {
    let mut text = header.to_owned();
    let mut out = |piece: &str| {
        text.push_str(piece);
        Ok::<_, CommandError>(())
    };
    for record in records {
        writer.one(record, b"", &mut out).expect("written");
    }
    writer.end(&mut out).expect("written");
    text
}

type Reader = fn(&[u8], &str, &mut read::Each<'_>) -> Result<(), CommandError>;

fn comes_back(reader: Reader, text: &str, records: &[Record]) -> Result<(), TestCaseError> {
    let mut found = Vec::new();
    reader(text.as_bytes(), "x", &mut |row, _| found.push(row.record)).expect(text);
    let records: Vec<_> = records.iter().cloned().map(Ok).collect();
    prop_assert_eq!(found, records, "{}", text);
    Ok(())
}

proptest! {
    #[test]
    fn json_holds_everything(records in records()) {
        let text = written(Writer::Jsonl, "", &records);
        comes_back(|text, name, each| read::lines(text, name, each), &text, &records)?;
        let text = written(Writer::Json { first: true }, "", &records);
        comes_back(|text, name, each| read::list(text, name, each), &text, &records)?;
    }

    #[test]
    fn a_table_holds_everything_but_empty_texts(records in records()) {
        let mut own: Vec<String> =
            records.iter().flat_map(|record| record.custom().keys().cloned()).collect();
        own.sort();
        own.dedup();
        let table = Table::new(&Kind::ALL, &settings(), &own, None).expect("columns");
        let header = table.header(true).expect("a header");
        let text = written(Writer::Csv(table, true), &header, &records);
        comes_back(|text, name, each| read::csv(text, name, each), &text, &records)?;
        let mut cells = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        for row in cells.records() {
            let row = row.expect("a row");
            let formula = row.iter().find(|cell| cell.starts_with(['=', '+', '-', '@', '\t', '\r']));
            prop_assert_eq!(formula, None);
        }
    }
}

/// Fields that are added to records must not be lost in tables.
#[test]
fn a_table_has_a_column_for_every_field() {
    let none = DeskSettings::clone(&settings());
    for (kind, schema) in [
        (Kind::Incident, crate::format::schema_of::<Incident>()),
        (Kind::Request, crate::format::schema_of::<Request>()),
        (Kind::Problem, crate::format::schema_of::<Problem>()),
        (Kind::Change, crate::format::schema_of::<Change>()),
        (Kind::Ci, crate::format::schema_of::<Ci>()),
    ] {
        let table = Table::new(&[kind], &none, &[], None).expect("columns");
        let header = table.header(true).expect("a header");
        let columns: Vec<String> = header.trim_end().split(',').map(str::to_owned).collect();
        assert_eq!(columns_of(&columns), Ok(0));
        let fields = schema["properties"].as_object().expect("fields");
        for field in fields.keys().filter(|field| *field != "custom") {
            let part = format!("{field}.");
            let has = |column: &String| column == field || column.starts_with(&part);
            assert!(columns.iter().any(has), "{kind}: {field}");
        }
        let known = |column: &&String| {
            let field = column.split('.').next().unwrap_or_default();
            field == "type" || fields.contains_key(field)
        };
        assert_eq!(columns.iter().find(|column| !known(column)), None, "{kind}");
    }
}

//! Tickets from JSON.

use serde_json::json;

use crate::desk::{Desk, text};

const MAP: &str = "\
type: incident
key: id
fields:
  title: t.short
  impact: i
  tags: {column: 'l[].name', slug: true}
  opened_at: o
notes: {from: c, each: {at: when, by: {column: who.login, slug: true}, text: what, kind: {column: open, values: {true: public, false: work}, default: work}}}
";

#[test]
fn objects_become_tickets_with_tags_and_notes() {
    let desk = Desk::new();
    let one = json!({
        "id": 18_446_744_073_709_551_615_u64, "t": {"short": "Zoë"}, "i": "high", "o": "2026-01-01",
        "l": [{"name": "Good first issue"}, {"name": "b"}],
        "c": [
            {"when": "2026-01-03", "who": {"login": "Bob X"}, "what": "second\r\n\tline", "open": true},
            {"when": "2026-01-02T10:00:00+01:00", "who": null, "what": "first", "open": null},
            {"when": "2026-01-02", "what": " "},
        ],
    });
    let done = desk.given("json", &json!([one]).to_string(), MAP);
    assert_eq!((done.code, done.counts()), (0, [1, 1, 1, 0, 0]), "{}", done.err);
    let incidents = desk.incidents();
    let one = &incidents["18446744073709551615"];
    assert_eq!((text(&one["title"]), &one["tags"]), ("Zoë", &json!(["b", "good_first_issue"])));
    let notes = one["notes"].as_array().expect("notes");
    let said: Vec<_> = notes
        .iter()
        .map(|n| (text(&n["at"]), text(&n["by"]), text(&n["kind"]), text(&n["text"])))
        .collect();
    assert_eq!(
        said,
        [
            ("2026-01-02T09:00:00Z", "alice", "work", "first\n"),
            ("2026-01-03T00:00:00Z", "bob-x", "public", "second\n    line\n"),
        ]
    );
    assert!(desk.gitsm(&["--desk", "desk", "check"]).status.success());
    let again =
        desk.given("jsonl", &format!("{}\n", json!({"id": u64::MAX, "t": {"short": "x"}})), MAP);
    assert_eq!(again.counts(), [1, 1, 0, 1, 0], "the same ticket in another format");
    assert_eq!(again.json["absent"], json!(["i", "l[].name", "o", "c"]));
}

#[test]
fn what_cannot_be_read_is_told_by_element_or_line() {
    let desk = Desk::new();
    let objects = [
        r#"{"id":"A","t":{"short":"x"},"i":"high"}"#,
        r#"{"id":"B","t":{"short":"x"},"i":"huge"}"#,
        r#"{"id":"C","t":{"short":{"deep":1}}}"#,
        r#"{"t":{"short":"x"}}"#,
        r#"{"id":"A","t":{"short":"x"}}"#,
        r#"{"id":"D","t":{"short":"x"},"c":[{"when":"never","what":"x"}]}"#,
    ];
    let says = ["huge", "`t.short.deep`", "`id` is missing", "1 already", "comment 1"];
    let array = desk.given("json", &format!("[{}]", objects.join(",\n\n")), MAP);
    assert_eq!((array.code, &array.json["numbered_by"]), (6, &json!("element")), "{}", array.err);
    let lines = desk.given("jsonl", &objects.join("\n"), MAP);
    assert_eq!((lines.code, &lines.json["numbered_by"]), (6, &json!("line")), "{}", lines.err);
    for answer in [&array, &lines] {
        let rejected = answer.rejected();
        assert_eq!(rejected.iter().map(|row| row.0).collect::<Vec<_>>(), [2, 3, 4, 5, 6]);
        for (row, says) in rejected.iter().zip(says) {
            assert!(row.2.contains(says), "{row:?} lacks {says}");
        }
    }
    assert!(array.rejected()[3].2.contains("in element 1"));
    for (source, says) in [
        ("[{\"id\":1},", "is no JSON"),
        ("id,t\n1,x\n", "an array or object is needed"),
        ("", "is empty"),
    ] {
        let refused = desk.given("json", source, MAP);
        assert_eq!(refused.code, 6, "{source}");
        assert!(refused.err.contains(says), "{source}: {}", refused.err);
    }
    let wrapped =
        desk.given("json", "{\"total\":0,\"issues\":[]}", &format!("{MAP}records: items\n"));
    assert!(
        wrapped.err.contains("has no `items`") && wrapped.err.contains("total, issues"),
        "{}",
        wrapped.err
    );
    let around = desk.given("json", "{\"total\":1,\"items\":[{\"id\":1}]}", MAP);
    assert_eq!(around.code, 6);
    assert!(around.rejected()[0].2.contains("`records: items`"), "{:?}", around.rejected());
    let lacking = desk.given("json", "{\"total\":1,\"items\":[{\"no\":1}]}", MAP);
    assert_eq!(lacking.rejected()[0].2, "`id` is missing");
    let path = desk.given("json", "[]", &MAP.replace("t.short", "t..short"));
    assert!(
        path.err.contains("map.yaml:4") && path.err.contains("a name is missing"),
        "{}",
        path.err
    );
    assert!(desk.incidents().is_empty());
}

#[test]
fn an_event_log_may_be_json_and_carry_its_comments() {
    let desk = Desk::new();
    let map = "\
type: incident
key: id
rows: events
event: {time: at, by: who}
fields: {title: t, status: {column: s, values: {o: new, w: in_progress}}}
notes: {from: c, each: {at: at, by: who, text: x}}
";
    let row = |at: &str, s: &str, t: &str| {
        json!({"id": "A", "at": at, "who": "bob", "t": t, "s": s, "c": [
            {"at": "2026-01-01T08:00:00Z", "who": "cy", "x": "one"},
            {"at": "2026-01-02T08:00:00Z", "who": "cy", "x": "two"},
        ]})
        .to_string()
    };
    let log =
        [row("2026-01-01T09:00:00Z", "o", "x"), row("2026-01-03T09:00:00Z", "w", "y")].join("\n");
    let done = desk.given("jsonl", &log, map);
    assert_eq!((done.code, done.events()), (0, [1, 0, 0, 2, 2]), "{}", done.err);
    let incidents = desk.incidents();
    let story = desk.story(text(&incidents["A"]["id"]));
    let notes: Vec<usize> = story.iter().map(|event| event.record.notes().len()).collect();
    assert_eq!(notes, [1, 2], "each comment comes when it was made, once");
    assert_eq!(desk.given("jsonl", &log, map).events(), [0, 0, 1, 0, 0]);
}

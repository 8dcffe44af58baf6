//! Tickets as they stand: one row each, or the last of several.

use std::fs;

use serde_json::{Value, json};

use crate::desk::{Desk, answer, example, text};

const MAP: &str = "\
type: incident
key: n
fields:
  title: t
  impact: i
  opened_at: o
";

#[test]
fn the_small_example() {
    let desk = Desk::new();
    let (csv, map) = (example("simple.csv"), example("simple.yaml"));
    let before = desk.commits();
    let tried = desk.import(&csv, &map, &["--dry-run"]);
    assert_eq!((tried.code, tried.counts()), (0, [10, 10, 10, 0, 0]), "{}", tried.err);
    assert_eq!(desk.commits(), before, "a dry run writes nothing");
    let done = desk.import(&csv, &map, &[]);
    assert_eq!((done.code, done.counts()), (0, [10, 10, 10, 0, 0]), "{}", done.err);
    assert_eq!(desk.commits(), before + 1, "one commit");
    assert_eq!(text(&done.json["commit"]), desk.command_git(&["rev-parse", "HEAD"]).trim());
    assert_eq!(desk.command_git(&["status", "--porcelain"]), "");

    let incidents = desk.incidents();
    assert_eq!(incidents.len(), 10);
    let one = &incidents["T-1001"];
    assert_eq!(one["title"], "Printer on floor 3 prints blank pages");
    assert_eq!(one["opened_at"], "2026-03-02T07:15:00Z", "Oslo is an hour ahead");
    assert_eq!(one["updated_at"], "2026-03-02T09:40:00Z", "the latest time known");
    assert_eq!((&one["requester"], &one["team"]), (&"dana-reyes".into(), &"field-support".into()));
    assert_eq!(one["resolution"]["code"], "fixed");
    assert_eq!(one["resolution"]["by"], "ali-novak", "the assignee, as nobody is named");
    assert_eq!(one["opened_by"], "alice", "whoever imports");
    assert_eq!(one["custom"]["site"], "Leeds");
    let opened = "2026-03-02T07:15:00Z".parse::<gitsm::model::Timestamp>().expect("a time");
    let id: gitsm::model::RecordId = text(&one["id"]).parse().expect("an id");
    assert_eq!(id.minted_at(), opened, "ids sort by when tickets were opened");
    assert_eq!(incidents["T-1002"]["title"], "VPN drops every hour, then reconnects");
    assert_eq!(incidents["T-1002"]["priority"], "P2", "by the desk's matrix");
    assert_eq!(incidents["T-1003"]["title"], "Login page says \"session expired\" at once");
    assert_eq!(incidents["T-1003"].get("assignee"), None, "a dash says nothing");
    let said = "The dock was broken.\nThe laptop itself is fine; the dock was swapped.\n";
    assert_eq!(incidents["T-1004"]["resolution"]["text"], said);

    let again = desk.import(&csv, &map, &[]);
    assert_eq!((again.code, again.counts()), (0, [10, 10, 0, 10, 0]), "{}", again.err);
    assert_eq!(again.json["commit"], Value::Null);
    assert_eq!(desk.commits(), before + 1, "nothing comes in twice");
    let checked = desk.gitsm(&["--desk", "desk", "check"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

#[test]
fn times_that_are_still_to_come_are_told() {
    let desk = Desk::new();
    let csv = "n,t,i,o\nA,a,high,2026-01-01\nB,b,high,2999-01-01\n";
    let done = desk.texts(csv.as_bytes(), MAP, &["--dry-run"]);
    let told = "1 ticket has a time that lies in the future";
    assert_eq!(done.json["warnings"], serde_json::json!([told]), "{}", done.err);
}

#[test]
fn an_end_that_nobody_timed_stays_without_a_time() {
    let desk = Desk::new();
    let map = format!("{MAP}  status: s\n  updated_at: u\n  resolved_at: e\n");
    let csv = "n,t,i,o,s,u,e\n\
        A,closed,high,2026-01-01,closed,2026-02-01,\n\
        B,resolved,high,2026-01-01,resolved,2026-02-01,\n\
        C,resolved in time,high,2026-01-01,closed,2026-02-01,2026-01-03\n\
        D,open,high,2026-01-01,new,2026-02-01,\n";
    let done = desk.texts(csv.as_bytes(), &map, &[]);
    assert_eq!((done.code, done.counts()[2]), (0, 4), "{}", done.err);
    let told = "2 tickets are resolved or closed, but the source does not say since when";
    assert_eq!(done.json["warnings"], serde_json::json!([told]));
    let incidents = desk.incidents();
    assert_eq!(incidents["A"].get("closed_at"), None, "no time is made up");
    assert_eq!(incidents["C"].get("closed_at"), None);
    let checked = desk.gitsm(&["--desk", "desk", "check"]);
    assert_eq!(String::from_utf8_lossy(&checked.stdout), "", "what nobody knows is no fault");
}

#[test]
fn bad_rows_stop_an_import_unless_skipped() {
    let desk = Desk::new();
    let csv = "n,t,i,o\n\
        A,fine,high,2026-01-01\n\
        B,bad date,high,yesterday\n\
        C,unknown word,huge,2026-01-01\n\
        D,,high,2026-01-01\n\
        A,again,high,2026-01-01\n\
        E,short row,high\n\
        ,no number,high,2026-01-01\n";
    let mut csv = csv.as_bytes().to_vec();
    csv.extend_from_slice(b"F,caf\xe9,high,2026-01-01\n");
    let stopped = desk.texts(&csv, MAP, &[]);
    assert_eq!((stopped.code, stopped.counts()[2]), (6, 0), "{}", stopped.err);
    let expected = [
        (3, "B", "yesterday"),
        (4, "C", "huge"),
        (5, "D", "`title` is missing"),
        (6, "A", "on line 2"),
        (7, "E", "3 columns instead of 4"),
        (8, "", "`n` is missing"),
        (9, "F", "`t` is not UTF-8"),
    ];
    let rejected = stopped.rejected();
    assert_eq!(rejected.len(), expected.len(), "{rejected:?}");
    for (is, should) in rejected.iter().zip(expected) {
        assert_eq!((is.0, is.1), (should.0, should.1), "{is:?}");
        assert!(is.2.contains(should.2), "{is:?}");
    }
    assert!(desk.incidents().is_empty(), "all or nothing");
    let skipped = desk.texts(&csv, MAP, &["--skip-bad"]);
    assert_eq!((skipped.code, skipped.counts()), (0, [8, 6, 1, 0, 7]), "{}", skipped.err);
    let numbers: Vec<String> = desk.incidents().into_keys().collect();
    assert_eq!(numbers, ["A"]);
}

#[test]
fn odd_csv_is_read() {
    let desk = Desk::new();
    let map = format!("{MAP}  description: d\ndelimiter: \";\"\n");
    let huge = "x".repeat(900_000);
    let csv = format!(
        "\u{feff}n;t;i;o;d\r\nA;\"two\r\nlines; \"\"quoted\"\"\";high;2026-01-01;\"a\r\nb\"\r\n\r\nB;{};low;2026-01-02T03:04:05Z;{huge}\r\n",
        "Zoë: naïve \u{1F600}"
    );
    let done = desk.texts(csv, &map, &[]);
    assert_eq!((done.code, done.counts()), (0, [2, 2, 2, 0, 0]), "{}", done.err);
    let incidents = desk.incidents();
    assert_eq!(incidents["A"]["title"], "two lines; \"quoted\"");
    assert_eq!(incidents["A"]["description"], "a\nb\n");
    assert_eq!(incidents["B"]["title"], "Zoë: naïve \u{1F600}");
    assert_eq!(text(&incidents["B"]["description"]).len(), huge.len() + 1);
    let too_much = format!("n;t;i;o;d\nC;t;low;2026-01-01;{}\n", "x".repeat(1 << 21));
    let refused = desk.texts(too_much, &map, &[]);
    assert_eq!(refused.code, 6);
    assert!(
        refused.rejected()[0].2.contains("`d` holds 2097152 bytes"),
        "{:?}",
        refused.rejected()
    );
}

#[test]
fn empty_sources_are_told_apart() {
    let desk = Desk::new();
    let empty = desk.texts("", MAP, &[]);
    assert_eq!(empty.code, 6);
    assert!(empty.err.contains("is empty"), "{}", empty.err);
    let header = desk.texts("n,t,i,o\n", MAP, &[]);
    assert_eq!((header.code, header.counts()), (0, [0, 0, 0, 0, 0]), "{}", header.err);
    let missing = desk.import(&desk.path("none.csv"), &desk.path("map.yaml"), &[]);
    assert_eq!(missing.code, 3, "{}", missing.err);
}

#[test]
fn standard_input_is_read() {
    let desk = Desk::new();
    fs::write(desk.path("map.yaml"), MAP).expect("a mapping");
    fs::write(desk.path("in.csv"), "n,t,i,o\nA,t,1,2026-01-01\n").expect("a source");
    let mut command = desk.command();
    command.args(["--json", "--desk", "desk", "import", "csv", "-", "--map", "map.yaml"]);
    command.stdin(fs::File::open(desk.path("in.csv")).expect("a file"));
    let done = answer(&command.output().expect("gitsm runs"));
    assert_eq!((done.code, done.counts()), (0, [1, 1, 1, 0, 0]), "{}", done.err);
}

#[test]
fn mistakes_in_a_mapping_name_the_line_and_the_nearest_name() {
    let desk = Desk::new();
    let csv = "n,summary,i,o\nA,t,high,2026-01-01\n";
    let map = |fields: &str| format!("type: incident\nkey: n\nfields:\n  title: summary\n{fields}");
    for (map, says) in [
        (map("  impact: zzz\n"), ["map.yaml:5: the source has no column `zzz`", "there are n"]),
        ("type: incident\nkey: n\nfields:\n  title: sumary\n".into(), ["map.yaml:4", "`summary`?"]),
        (map("  imapct: i\n"), ["map.yaml:5: a record of type incident has no field", "`impact`?"]),
        (
            map("  status: {value: nwe}\n"),
            ["`nwe` is no state in the workflow of type incident", "`new`?"],
        ),
        (map("  impact: {column: i, values: {high: hihg}}\n"), ["map.yaml:5", "`hihg`"]),
        (map("  impact: {column: i, vaues: {high: high}}\n"), ["line 5", "`vaues`"]),
        (map("  category: {template: \"{i\"}\n"), ["map.yaml:5", "never closed"]),
        (map("dates: [\"%H\"]\n"), ["map.yaml:5", "does not name a day"]),
        (map("time_zone: Mars\n"), ["map.yaml:5", "no time zone"]),
        (map("delimiter: ab\n"), ["map.yaml", "`ab` cannot separate columns"]),
        (
            "type: incident\nkey: n\nfields: {impact: i}\n".into(),
            ["map.yaml:3", "`title` is missing"],
        ),
    ] {
        let refused = desk.texts(csv, &map, &[]);
        assert_eq!(refused.code, 6, "{map}: {}", refused.err);
        for part in says {
            assert!(refused.err.contains(part), "{map}: {} lacks {part}", refused.err);
        }
    }
}

#[test]
fn every_type_of_record_can_be_imported() {
    let desk = Desk::new();
    let maps = [
        "type: request\nkey: n\nfields: {title: t, offering: t}\n",
        "type: problem\nkey: n\nfields: {title: t, cause: t, known_error: {value: true}}\n",
        "type: change\nkey: n\nfields: {title: t, risk: {value: low}}\n",
        "type: ci\nkey: n\nfields: {name: t, class: {value: server}}\n",
    ];
    for map in maps {
        let done = desk.texts("n,t\nX1,some thing\n", map, &[]);
        assert_eq!((done.code, done.counts()), (0, [1, 1, 1, 0, 0]), "{map}: {}", done.err);
        let again = desk.texts("n,t\nX1,some thing\n", map, &[]);
        assert_eq!(again.counts(), [1, 1, 0, 1, 0], "a number counts per type of record");
    }
}

#[test]
fn the_example_mappings_keep_to_the_schema() {
    let desk = Desk::new();
    let schema = desk.gitsm(&["schema", "import-mapping"]);
    let schema: Value = serde_json::from_slice(&schema.stdout).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let simple = fs::read_to_string(example("simple.yaml")).expect("a mapping");
    let ready = gitsm::app::import::READY.iter().map(|ready| (ready.name, ready.text));
    for (name, mapping) in ready.chain([("simple.yaml", simple.as_str())]) {
        let mapping: Value = gitsm::format::read_settings(name, mapping.as_bytes()).expect("YAML");
        let errors: Vec<String> = validator.iter_errors(&mapping).map(|e| e.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
    }
    let wrong = serde_json::json!({ "type": "incident", "key": "n", "fields": {"title": 1} });
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn two_systems_that_count_alike_keep_apart() {
    let desk = Desk::new();
    let one = "n,t,i,o\n12,Theirs,low,2026-01-02\n13,Also theirs,low,2026-01-03\n";
    assert_eq!(desk.texts(one, MAP, &[]).counts(), [2, 2, 2, 0, 0]);
    // A day makes no difference: who knows in which zone it was written.
    let close = desk.texts("n,t,i,o\n12,Theirs,low,2026-01-02T14:00\n", MAP, &[]);
    assert_eq!((close.counts(), &close.json["warnings"]), ([1, 1, 0, 1, 0], &json!([])));

    let links = format!("{MAP}links:\n  - {{relation: child_of, to: p}}\n");
    let other = "n,t,i,o,p\n12,Ours,low,2026-03-04,\n13,Ours too,low,2026-03-04,\n\
                 14,Ours as well,low,2026-03-05,12\n";
    let dry = desk.texts(other, &links, &["--dry-run"]);
    let warnings = dry.json["warnings"].as_array().expect("a list");
    let told = text(&warnings[0]);
    assert!(told.starts_with("12 (INC-") && told.contains("), 13 (INC-"), "{told}");
    assert!(told.contains("opened at another time, and are left alone"), "{told}");
    assert!(told.contains("`--key-prefix`"), "{told}");
    let done = desk.texts(other, &links, &[]);
    assert_eq!((done.code, &done.json["links"]), (0, &json!(0)), "{}", done.json);
    assert_eq!(desk.incidents()["14"].get("links"), None, "theirs is not its parent");

    let done = desk.texts(other, &links, &["--key-prefix", "B-"]);
    assert_eq!((done.counts(), &done.json["links"]), ([3, 3, 3, 0, 0], &json!(1)), "{}", done.err);
    let incidents = desk.incidents();
    assert_eq!(
        (&incidents["12"]["title"], &incidents["B-12"]["title"]),
        (&json!("Theirs"), &json!("Ours"))
    );
    assert_eq!(incidents["B-14"]["links"][0]["to"], incidents["B-12"]["id"]);
    let in_the_mapping = format!("key_prefix: B-\n{links}");
    assert_eq!(desk.texts(other, &in_the_mapping, &[]).counts(), [3, 3, 0, 3, 0]);
    let bad = desk.texts(other, &format!("key_prefix: \"a\\nb\"\n{links}"), &[]);
    assert!(bad.code == 6 && bad.err.contains("map.yaml:1: `key_prefix`: "), "{}", bad.err);
}

#[test]
fn the_first_of_several_people_in_a_cell_counts() {
    let desk = Desk::new();
    let map = "type: incident\nkey: n\nfields:\n  title: n\n  requester: {column: r, slug: true}\n";
    let table = "n,r\nA,Ann Ray<br>Bob Oh\nB,\"Ann Ray\nBob Oh\"\n";
    assert_eq!(desk.texts(table, map, &[]).code, 0);
    let incidents = desk.incidents();
    assert_eq!(
        (&incidents["A"]["requester"], &incidents["B"]["requester"]),
        (&json!("ann-ray"), &json!("ann-ray"))
    );
}

#[test]
fn what_is_no_text_names_the_way_to_make_it_some() {
    let desk = Desk::new();
    for (bytes, way) in [
        (&b"\xff\xfen\0,\0t\0\n\0"[..], "iconv -f UTF-16 -t UTF-8 FILE | gitsm import csv - ..."),
        (&b"\x1f\x8b\x08\0"[..], "gzip -dc FILE | gitsm import csv - ..."),
        (&b"PK\x03\x04\0"[..], "unpack it first, or save it as CSV"),
    ] {
        let refused = desk.texts(bytes, MAP, &[]);
        assert_eq!(refused.code, 6);
        assert!(refused.err.contains(way), "{}", refused.err);
    }
}

//! An import without a desk: whatever comes in, an answer comes out.

use gitsm::app::import::{Format, dry};
use gitsm::format::write_record;
use proptest::prelude::*;

const MAP: &str = "\
type: incident
key: n
rows: events
event: {time: at, by: {column: who, slug: true}}
missing: ['?']
fields:
  title: {template: '{t}[ / {s}]'}
  status: s
  resolved_at: at
  resolution.code: {column: s, slug: true}
custom: {more: t}
";

#[test]
fn the_example_comes_out_as_records() {
    let read = |name: &str| std::fs::read(crate::desk::example(name)).expect("an example");
    let found = dry(Format::Csv, &read("simple.csv"), &read("simple.yaml")).expect("records");
    assert_eq!((found.rows, found.records.len(), found.rejected.len()), (10, 10, 0));
    let log = "n,at,who,t,s\nA,2026-01-01,Ann,one,new\nA,2026-01-03,Bob,two,closed\n\
        A,2026-01-02,Cy,?,on_hold\nB,2026-01-02,Cy,x,asleep\n";
    let found = dry(Format::Csv, log.as_bytes(), MAP.as_bytes()).expect("records");
    assert_eq!((found.rows, found.records.len(), found.rejected.len()), (4, 1, 2));
    assert_eq!(found.records[0].title(), "two / closed");
    assert_eq!(
        found.records[0].closed_at().map(|at| at.to_string()[..10].to_owned()),
        Some("2026-01-03".to_owned())
    );
    assert!(dry(Format::Csv, b"", MAP.as_bytes()).is_err());
    assert!(dry(Format::Csv, log.as_bytes(), b"").is_err());
}

const PATHS: &str = "\
type: incident
key: n
records: a.b
skip: skip
rows: last
fields:
  title: {template: '{t.x | t}[ / {l[].x}]'}
  tags: {column: 'l[].x | l', slug: true}
notes: {from: c | l, split: ';', each: {at: '1 | at', by: {column: who.x, slug: true}, text: '2 | t'}}
";

#[test]
fn objects_come_out_as_records() {
    let text = r#"{"n":1,"t":"one","l":["A b","c"],"c":["2026-01-02;hello"]}
{"n":2,"t":{"x":"two"},"skip":null}
{"n":3,"t":"three","skip":true}
{"n":4,"t":[[]]}"#;
    let found = dry(Format::Jsonl, text.as_bytes(), PATHS.as_bytes()).expect("records");
    assert_eq!((found.rows, found.records.len(), found.rejected.len()), (4, 2, 1));
    assert_eq!(found.records[0].title(), "one");
    assert_eq!(found.records[0].tags(), ["a_b", "c"]);
    assert_eq!(found.records[0].notes()[0].text, "hello\n");
    assert_eq!(found.rejected[0].line, 4);
    let array = format!(r#"{{"z":0,"a":{{"b":[{}]}}}}"#, text.replace('\n', ","));
    let again = dry(Format::Json, array.as_bytes(), PATHS.as_bytes()).expect("records");
    assert_eq!((again.rows, again.records.len(), again.rejected.len()), (4, 2, 1));
}

fn pieces(pieces: &'static [&'static str], count: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(pieces), 0..count).prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_table_is_answered(
        table in pieces(&[
            "n,at,who,t,s\n", "A,", "B,", "2026-01-01,", "1969-01-01,", "2026-01-01 10:00,", "Ann,",
            "ann lee,", "?,", "\"", "\n", "\r\n", ",", "new\n", "in_progress\n", "on_hold\n", "closed\n", "résumé,",
            "\u{1b}[31m,", "{}", "   ,", "9999-12-31,", "title,", "-,", "=1+1,", "\u{feff}",
        ], 60),
    ) {
        let table = format!("n,at,who,t,s\n{table}");
        if let Ok(found) = dry(Format::Csv, table.as_bytes(), MAP.as_bytes()) {
            for record in &found.records {
                prop_assert!(write_record(record).is_ok());
            }
        }
    }

    #[test]
    fn any_json_is_answered(
        text in pieces(&[
            "{", "}", "[", "]", ",", ":", "\n", " ", "\"a\":", "\"b\":", "\"n\":", "\"t\":", "\"x\":", "\"l\":",
            "\"c\":", "\"at\":", "\"who\":", "\"skip\":", "1", "-1.5e300", "99999999999999999999", "null", "true",
            "\"2026-01-01;hi\"", "\"\\ud800\"", "\"é\\u0000,\"", "{\"n\":1,\"t\":\"x\"}", "{\"a\":{\"b\":[",
            "\"c\":[{\"at\":\"2026-01-01\",\"t\":\"y\"}]", "\u{feff}", "\"",
        ], 30),
    ) {
        for format in [Format::Json, Format::Jsonl] {
            if let Ok(found) = dry(format, text.as_bytes(), PATHS.as_bytes()) {
                for record in &found.records {
                    prop_assert!(write_record(record).is_ok());
                }
            }
        }
    }

    #[test]
    fn any_mapping_is_answered(
        mapping in pieces(&[
            "type: incident\n", "type: ci\n", "key: n\n", "rows: events\n", "rows: last\n", "event: {time: at}\n",
            "fields:\n", "  title: t\n", "  name: t\n", "  status: {value: new}\n", "  impact: {column: s, values: {a: high}, other: low}\n",
            "  title: {template: '{t', prefix: x}\n", "custom: {a: t}\n", "missing: ['']\n", "dates: ['%s']\n", "dates: ['%Q%']\n",
            "time_zone: Europe/Oslo\n", "records: a..b\n", "skip: t\n", "partial: true\n", "notes: {from: t, each: {at: at, text: '1'}}\n", "  tags: t[]\n", "delimiter: ';'\n", "delimiter: \"\\0\"\n", "commits: week\n", "&a", "*a", "{", "[", "\n", "  tags: t\n", "  cis: t\n",
        ], 14),
        bytes in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let table = b"n,at,who,t,s\nA,2026-01-01,x,y,new\nB,1,x,,z\n";
        let _ = dry(Format::Csv, table, mapping.as_bytes());
        let _ = dry(Format::Csv, table, &bytes);
        let _ = dry(Format::Jsonl, b"{\"n\":1,\"t\":[\"x\"],\"at\":\"2026-01-01\",\"s\":{}}", mapping.as_bytes());
        let _ = dry(Format::Json, &bytes, PATHS.as_bytes());
        let _ = dry(Format::Csv, &bytes, MAP.as_bytes());
    }
}

//! Text and model: what is written reads back, and hand-written text is understood.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail")]

use gitsm::format::{
    self, FormatError, has_comments, is_canonical, read_record, read_settings, write_record,
    write_settings,
};
use gitsm::model::{
    Incident, Kind, Level, Link, Note, NoteKind, Person, PersonId, Priority, Record, RecordId,
    Relation, StateName, Timestamp, paragraph,
};
use proptest::prelude::*;
use ulid::Ulid;

const MINIMAL: &str = "\
id: INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q
title: CRM crashes
status: new
impact: high
urgency: medium
priority: P2
opened_at: \"2026-11-22T09:12:04Z\"
opened_by: alice
updated_at: \"2026-11-22T09:12:04Z\"
";

fn id() -> RecordId {
    "INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q".parse().unwrap()
}

fn read(text: &str) -> Result<Record, FormatError> {
    read_record(id(), text.as_bytes())
}

fn minimal() -> Incident {
    match read(MINIMAL).unwrap() {
        Record::Incident(incident) => incident,
        other => panic!("{other:?}"),
    }
}

// What is written reads back.

/// Strings that have caught out YAML writers, readers or both.
const ADVERSARIAL: &[&str] = &[
    "",
    " ",
    "  ",
    "\n",
    "\n\n",
    " \n",
    "\n ",
    "\t",
    "\ta",
    "a\t",
    "a\tb",
    "a\n\tb",
    "\ta\nb",
    "\n\ta",
    " \ta\n",
    "no",
    "No",
    "yes",
    "on",
    "off",
    "y",
    "n",
    "true",
    "null",
    "Null",
    "~",
    "<<",
    "=",
    "1_000",
    "22:30",
    "12:30:45",
    "190:20:30",
    "2026-01-01",
    "2026-11-22T09:12:04Z",
    "1.10",
    "1e3",
    "0x1F",
    "0o17",
    "017",
    ".5",
    ".inf",
    "-.INF",
    ".nan",
    "+1",
    "-1",
    "-",
    "- a",
    "--",
    "---",
    "--- a",
    "...",
    "?",
    "? a",
    ":",
    ": a",
    "a:",
    "a: b",
    "a:b",
    "a :b",
    "#",
    "# a",
    "a # b",
    "a#b",
    "'",
    "''",
    "\"",
    "\"\"",
    "'a'",
    "\"a\"",
    "a'b\"c",
    "\\",
    "\\n",
    "a\\",
    "[",
    "]",
    "[a]",
    "{",
    "}",
    "{a: b}",
    ",",
    "a, b",
    "&a",
    "&",
    "*a",
    "* a",
    "!a",
    "!!str a",
    "!",
    "%a",
    "@a",
    "`a`",
    "|",
    "|2",
    ">",
    ">-",
    " a",
    "a ",
    "  a",
    "a\n",
    "a\nb",
    "a\nb\n",
    "a\n\n",
    "a\nb\n\n\n",
    "\na",
    "\n\na\n",
    "\n a",
    "\n  a\n",
    " a\nb",
    "  a\n b\nc\n",
    "   \na",
    "   \n a\n",
    "a\n \nb",
    "a \nb \n",
    "a\n   \n",
    "a\n  b\n c\n",
    "a: |\n  b\n",
    "- a\n- b\n",
    "# a\n# b\n",
    "---\na\n...\n",
    "<<<<<<< a\n=======\n>>>>>>> b\n",
    "\r",
    "a\rb",
    "a\r\nb\r\n",
    "\u{85}",
    "a\u{85}b\nc",
    "\u{2028}",
    "a\u{2029}\n",
    "\u{FEFF}",
    "\u{FEFF}a\nb",
    "\0",
    "a\0b\n",
    "\u{7}",
    "\u{1b}[31m",
    "\u{7f}",
    "\u{80}",
    "\u{9f}\n",
    "\u{a0}",
    "\u{a0}\n",
    "\u{ad}",
    "\u{200b}",
    "\u{202e}abc",
    "\u{fffd}",
    "\u{fffe}",
    "\u{ffff}\n",
    "\u{1fffe}",
    "\u{10ffff}\n",
    "😀",
    "👩‍💻\n👍🏽",
    "é",
    "e\u{301}",
    "日本語\nテスト\n",
    "\u{3000}",
    "\u{3000}a\nb",
    "ß ",
    "naïve: café #1",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        2 => prop::sample::select(ADVERSARIAL).prop_map(str::to_owned),
        2 => prop::collection::vec(prop::sample::select(ADVERSARIAL), 0..5).prop_map(|parts| parts.concat()),
        2 => "[ \\t\\n:#'\"|>&*!%@`,\\[\\]{}?=~<\\-a-c0-9_.]{0,40}",
        1 => any::<String>(),
        1 => "[a-z ]{900,1200}",
    ]
}

fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(ADVERSARIAL).prop_map(str::to_owned),
        "[a-z][a-z0-9_]{0,12}",
        "[ \\t:#'\"|&*!,\\[\\]{}?a-c0-9_.]{0,12}",
    ]
}

fn time() -> impl Strategy<Value = Timestamp> {
    (-62_135_596_800_i64..253_402_300_800).prop_map(Timestamp::from_seconds)
}

fn ulid() -> impl Strategy<Value = Ulid> {
    any::<u128>().prop_map(Ulid)
}

fn person() -> impl Strategy<Value = PersonId> {
    prop_oneof!["[A-Za-z0-9][A-Za-z0-9._@+-]{0,12}", Just("no".to_owned()), "[0-9]{1,4}"]
        .prop_map(|name| PersonId::new(name).unwrap())
}

fn state() -> impl Strategy<Value = StateName> {
    prop_oneof!["[a-z0-9][a-z0-9_]{0,12}", Just("on".to_owned()), "[0-9_]{0,3}0"]
        .prop_filter_map("a state", |name| StateName::new(name).ok())
}

prop_compose! {
    fn note()(id in ulid(), at in time(), by in person(), text in text()) -> Note {
        Note { id, at, by, kind: NoteKind::Work, text }
    }
}

prop_compose! {
    fn incident()(
        ulid in ulid(),
        title in text(),
        status in state(),
        service in prop::option::of(text()),
        requester in prop::option::of(person()),
        tags in prop::collection::vec(text(), 0..4),
        (opened_at, updated_at, resolved_at) in (time(), time(), prop::option::of(time())),
        opened_by in person(),
        description in prop::option::of(text()),
        links in prop::collection::vec(ulid(), 0..3),
        notes in prop::collection::vec(note(), 0..3),
        custom in prop::collection::vec((key(), text()), 0..4),
    ) -> Record {
        Record::Incident(Incident {
            id: RecordId::new(Kind::Incident, ulid),
            title,
            status,
            service,
            requester,
            tags,
            opened_at,
            updated_at,
            resolved_at,
            opened_by,
            description,
            links: links
                .into_iter()
                .map(|to| Link { rel: Relation::CausedBy, to: RecordId::new(Kind::Problem, to) })
                .collect(),
            notes,
            custom: custom.into_iter().collect(),
            impact: Level::High,
            urgency: Level::Low,
            priority: Priority::P3,
            ..minimal()
        })
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_is_written_reads_back(record in incident()) {
        let text = write_record(&record).unwrap();
        let read = read_record(record.id(), text.as_bytes()).unwrap();
        prop_assert_eq!(&read, &record, "{}", text);
        prop_assert_eq!(is_canonical(text.as_bytes(), &read), Ok(()));
        prop_assert!(!has_comments(text.as_bytes()), "{}", text);
    }

    #[test]
    fn settings_read_back(name in text(), emails in prop::collection::vec(text(), 0..3)) {
        let mut person: Person =
            read_settings("p", b"id: alice\nname: Alice\n").unwrap();
        person.name = name;
        person.emails = emails;
        let text = write_settings(&vec![person.clone()]).unwrap();
        prop_assert_eq!(read_settings::<Vec<Person>>("p", text.as_bytes()).unwrap(), [person]);
    }

    /// Whatever the bytes are, reading ends, and what it accepts it can write.
    #[test]
    fn reading_anything_never_panics(
        cut in 0..MINIMAL.len(),
        replaced in 0_usize..20,
        junk in prop_oneof![text().prop_map(String::into_bytes), prop::collection::vec(any::<u8>(), 0..30)],
    ) {
        let mut bytes = MINIMAL.as_bytes()[..cut].to_vec();
        bytes.extend(junk);
        bytes.extend(&MINIMAL.as_bytes()[(cut + replaced).min(MINIMAL.len())..]);
        match read_record(id(), &bytes) {
            Ok(record) => {
                let text = write_record(&record).unwrap();
                prop_assert_eq!(read_record(id(), text.as_bytes()).unwrap(), record);
            }
            Err(error) => prop_assert!(!error.to_string().contains(char::is_control)),
        }
    }

    /// What `model::paragraph` lets through always stands as a block literal.
    #[test]
    fn paragraphs_stand_as_literals(text in text()) {
        // Unicode's noncharacters are the one thing that YAML wants escaped.
        let text = text.replace(['\u{fffe}', '\u{ffff}'], "");
        if let Some(text) = paragraph(&text) {
            let mut incident = minimal();
            incident.description = Some(text.clone());
            let written = write_record(&Record::Incident(incident)).unwrap();
            prop_assert!(written.contains("description: |"), "{:?}\n{}", text, written);
        }
    }
}

#[test]
fn every_adversarial_string_reads_back_in_every_place() {
    for text in ADVERSARIAL {
        let mut incident = minimal();
        incident.title = (*text).to_owned();
        incident.category = Some((*text).to_owned());
        incident.description = Some((*text).to_owned());
        incident.tags = vec![(*text).to_owned(), "a".into(), (*text).to_owned()];
        incident.custom.insert((*text).to_owned(), (*text).to_owned());
        let record = Record::Incident(incident);
        let written = write_record(&record).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(read(&written).unwrap(), record, "{text:?}\n{written}");
    }
}

#[test]
fn the_canonical_form_is_as_documented() {
    let mut incident = minimal();
    incident.tags = vec!["no".into(), "crash".into()];
    incident.description = Some("One long line ".repeat(30) + "end.\n\n  Indented: yes # really\n");
    incident.notes = vec![Note {
        id: "01KAM3T5ZV8N2C6QJ4W9XB7RDE".parse().unwrap(),
        at: Timestamp::from_seconds(1_795_339_241),
        by: PersonId::new("alice").unwrap(),
        kind: NoteKind::Work,
        text: "Restarted.\nIt holds.\n".into(),
    }];
    for (key, value) in
        [("build", "1.10"), ("window", "22:30"), ("since", "2026-01-01"), ("rack", "1_000")]
    {
        incident.custom.insert(key.into(), value.into());
    }
    let long = "One long line ".repeat(30);
    let written = write_record(&Record::Incident(incident)).unwrap();
    assert_eq!(
        written,
        MINIMAL.replace("P2\n", "P2\ntags:\n- \"no\"\n- crash\n")
            + &format!(
                "\
description: |
  {long}end.

    Indented: yes # really
notes:
- id: 01KAM3T5ZV8N2C6QJ4W9XB7RDE
  at: \"2026-11-22T09:20:41Z\"
  by: alice
  kind: work
  text: |
    Restarted.
    It holds.
custom:
  build: \"1.10\"
  window: \"22:30\"
  since: \"2026-01-01\"
  rack: \"1_000\"
"
            )
    );
}

// Hand-written text that is fine.

#[test]
fn plain_scalars_stay_text() {
    let text =
        format!("{MINIMAL}custom:\n  build: 1.10\n  a: no\n  b: 22:30\n  c: 0x10\n  d: 1_000\n")
            .replace("title: CRM crashes", "title: 123")
            .replace('"', "");
    let record = read(&text).unwrap();
    assert_eq!(record.title(), "123");
    let custom: Vec<_> = record.custom().values().map(String::as_str).collect();
    assert_eq!(custom, ["1.10", "no", "22:30", "0x10", "1_000"]);
    let written = write_record(&record).unwrap();
    assert!(written.contains("title: \"123\"\n") && written.contains("build: \"1.10\"\n"));
}

#[test]
fn windows_files_read_the_same() {
    let wanted = read(&format!("{MINIMAL}description: |\n  a\n  b\n")).unwrap();
    let crlf = format!("{MINIMAL}description: |\n  a\n  b\n").replace('\n', "\r\n");
    for text in [crlf.clone(), format!("\u{FEFF}{crlf}")] {
        let record = read(&text).unwrap();
        assert_eq!(record, wanted);
        assert_eq!(is_canonical(text.as_bytes(), &record).unwrap_err().line, 1);
    }
}

#[test]
fn the_first_line_that_is_not_canonical_is_named() {
    let record = read(MINIMAL).unwrap();
    assert_eq!(is_canonical(MINIMAL.as_bytes(), &record), Ok(()));
    for (text, line) in [
        (MINIMAL.replace("title: CRM crashes", "title: 'CRM crashes'"), 2),
        (format!("{MINIMAL}# done\n"), 10),
        (MINIMAL.trim_end().to_owned(), 9),
        (format!("---\n{MINIMAL}"), 1),
    ] {
        let record_again = read(&text).unwrap();
        assert_eq!(record_again, record);
        assert_eq!(is_canonical(text.as_bytes(), &record).unwrap_err().line, line, "{text}");
    }
}

#[test]
fn comments_are_seen_where_they_are() {
    assert!(has_comments(format!("# head\n{MINIMAL}").as_bytes()));
    assert!(has_comments(MINIMAL.replace("P2", "P2   # agreed").as_bytes()));
    assert_eq!(format::comment_line(format!("{MINIMAL}\n  # tail\n").as_bytes()), Some(11));
    let storm = "# one\n".repeat(1000) + MINIMAL;
    assert_eq!(format::comment_line(storm.as_bytes()), Some(1));
    for text in ["title: a#b\n", "title: \"a # b\"\n", "text: |\n  # heading\n  a # b\n"] {
        assert!(!has_comments(text.as_bytes()), "{text}");
    }
}

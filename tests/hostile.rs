//! What is refused on reading: with the line, without a panic, quickly.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail")]

use std::time::{Duration, Instant};

use gitsm::format::{
    self, FormatError, FormatErrorKind as Problem, read_record, read_record_any, read_settings,
    write_settings,
};
use gitsm::model::{DeskSettings, Kind, Person, Record, RecordId};

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

/// The error for the minimal record with `extra` at its end.
fn refused(extra: &str) -> FormatError {
    read(&format!("{MINIMAL}{extra}")).unwrap_err()
}

fn quickly<T>(what: &str, act: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let result = act();
    let took = start.elapsed();
    // Debug builds on a busy machine; what is guarded against takes minutes.
    assert!(took < Duration::from_secs(5), "{what} took {took:?}");
    result
}

#[test]
fn hostile_structure_is_refused() {
    for (extra, kind, line) in [
        ("custom:\n  a: &x 1\n", Problem::Forbidden, 11),
        ("custom:\n  a: *x\n", Problem::Forbidden, 11),
        ("custom:\n  a: !!python/object/apply:os.system ['id']\n", Problem::Forbidden, 11),
        ("custom:\n  a: !secret x\n", Problem::Forbidden, 11),
        ("custom:\n  a: ! x\n", Problem::Forbidden, 11),
        ("custom: {a: 1, <<: {b: 2}}\n", Problem::Forbidden, 10),
        ("custom:\n  <<: {b: 2}\n", Problem::Forbidden, 11),
        ("tags: [a,*x]\n", Problem::Forbidden, 10),
        ("---\nid: x\n", Problem::SeveralDocuments, 10),
        ("...\n---\nid: x\n", Problem::SeveralDocuments, 11),
        ("title: again\n", Problem::DuplicateKey, 10),
        ("custom:\n  a: 1\n  b: 2\n  a: 3\n", Problem::DuplicateKey, 13),
        ("custom:\n  a: 1\n  \"a\": 3\n", Problem::DuplicateKey, 12),
        (
            "links:\n- rel: caused_by\n  to: PRB-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q\n  rel: fixed_by\n",
            Problem::DuplicateKey,
            13,
        ),
        ("titel: x\n", Problem::UnknownField, 10),
        ("links:\n- rel: eats\n  to: PRB-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q\n", Problem::Value, 11),
        ("reopen_count: many\n", Problem::Value, 10),
        ("resolved_at: yesterday\n", Problem::Value, 10),
        ("cis: [INC-1]\n", Problem::Value, 10),
        ("tags: [a, b\n", Problem::Syntax, 10),
        ("description: \"open\n", Problem::Syntax, 10),
        ("\tx: 1\n", Problem::Syntax, 10),
        ("description: \u{0}\n", Problem::NotText, 10),
        ("<<<<<<< HEAD\nteam: a\n=======\nteam: b\n>>>>>>> other\n", Problem::Conflict, 10),
    ] {
        let error = quickly(extra, || refused(extra));
        assert_eq!(error.kind, kind, "{extra:?}: {error}");
        let found = error.line.unwrap_or_else(|| panic!("{extra:?}: {error} has no line"));
        assert!((line..=line + 1).contains(&found), "{extra:?}: {error}");
        assert!(error.to_string().starts_with(&id().path()), "{error}");
    }
}

#[test]
fn hostile_bytes_are_refused() {
    let path = id().path();
    let bad = |bytes: &[u8]| quickly("bytes", || read_record(id(), bytes).unwrap_err());
    assert_eq!(bad(b"").kind, Problem::Empty);
    assert_eq!(bad(b" \n\n").kind, Problem::Empty);
    assert_eq!(bad(b"\xEF\xBB\xBF").kind, Problem::Empty);
    assert_eq!(bad(b"# nothing\n").kind, Problem::MissingField);
    // What git keeps as the content of a symbolic link.
    assert_eq!(bad(b"../../etc/passwd").kind, Problem::Value);
    assert_eq!(bad(b"- a\n").kind, Problem::Value);
    assert_eq!(bad(b"\x7fELF\x02\x01\x01\x00").kind, Problem::NotText);
    assert_eq!(
        bad("id: x\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>().as_slice())
            .kind,
        Problem::NotText
    );

    let latin = bad(b"id: x\ntitle: caf\xe9\n");
    assert_eq!((latin.kind, latin.line), (Problem::NotText, Some(2)));
    assert_eq!(latin.to_string(), format!("{path}: line 2: not UTF-8 at byte 16"));

    let mut large = MINIMAL.to_owned() + "description: ";
    large.push_str(&"x".repeat(format::limits::MAX_BYTES));
    assert_eq!(bad(large.as_bytes()).kind, Problem::TooLarge);
}

#[test]
fn bombs_are_refused_quickly() {
    let mut aliases = "custom:\n  a0: &a0 [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..9 {
        let below = vec![format!("*a{}", level - 1); 9].join(",");
        aliases.push_str(&format!("  a{level}: &a{level} [{below}]\n"));
    }
    let error = quickly("aliases", || refused(&aliases));
    assert_eq!((error.kind, error.line), (Problem::Forbidden, Some(11)));

    let size = 100_000;
    for deep in [
        "[".repeat(size),
        "{a: ".repeat(size),
        "- ".repeat(size),
        "? ".repeat(size),
        format!("custom: {}", "[".repeat(size)),
        (0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect(),
    ] {
        let error = quickly("depth", || read(&deep).unwrap_err());
        assert_eq!(error.kind, Problem::TooDeep, "{}", &deep[..40]);
    }
    for long in [
        format!(
            "{MINIMAL}custom:\n{}",
            (0..40_000).map(|n| format!("  k{n}: v\n")).collect::<String>()
        ),
        format!("{MINIMAL}tags: [{}]\n", "a, ".repeat(200_000)),
    ] {
        quickly("many", || read(&long)).unwrap();
    }
    for bad in [
        "[a, ".repeat(10) + &"'".repeat(900_000),
        "&a ".repeat(300_000),
        "*a ".repeat(300_000),
        "!a ".repeat(300_000),
        "# c\n".repeat(200_000),
        "a: |\n".to_owned() + &" \n".repeat(400_000),
        "\"".to_owned() + &"\\x41".repeat(200_000),
        ":".repeat(900_000),
        "- \n".repeat(300_000),
        "? a\n".repeat(200_000),
        "---\n".repeat(200_000),
        "%YAML 1.1\n".repeat(90_000),
        "\r".repeat(900_000) + "a",
    ] {
        quickly(&bad[..12], || read(&bad)).unwrap_err();
    }
}

#[test]
fn errors_help() {
    let typo = refused("asignee: bob\n");
    assert_eq!(typo.hint(), Some("did you mean `assignee`?"));
    assert_eq!(typo.snippet(), Some("asignee: bob"));
    assert_eq!(typo.column, Some(1));

    let own = refused("rack_position: 7\n");
    assert_eq!(own.hint(), Some("fields of your own go below `custom:`"));

    // The key is looked for as a key, not in the text before it.
    let text = refused("description: |\n  titel: no\nnotes:\n- titel: x\n");
    assert_eq!((text.line, text.column), (Some(13), Some(3)), "{text}");

    let level = read(&MINIMAL.replace("impact: high", "impact: hih")).unwrap_err();
    assert_eq!((level.kind, level.line, level.column), (Problem::Value, Some(4), Some(9)));
    assert!(level.message.contains("`hih`"), "{level}");
    assert_eq!(level.hint(), Some("did you mean `high`? possible are high, medium and low"));
    assert!(!level.message.contains(" at line "), "{level}");

    let missing = read(&MINIMAL.replace("title: CRM crashes\n", "")).unwrap_err();
    assert_eq!(
        (missing.kind, &*missing.message),
        (Problem::MissingField, "the field `title` is missing here")
    );
}

#[test]
fn the_id_inside_is_the_id_of_the_path() {
    let other = MINIMAL.replace("3F9Q", "3F9R");
    let error = read(&other).unwrap_err();
    assert_eq!((error.kind, error.line, error.column), (Problem::WrongId, Some(1), Some(1)));
    // Without a path any id of the type will do, but not one of another type.
    assert_eq!(read_record_any(Kind::Incident, other.as_bytes()).unwrap().title(), "CRM crashes");
    let error =
        read_record_any(Kind::Incident, MINIMAL.replace("INC-", "PRB-").as_bytes()).unwrap_err();
    assert_eq!(error.kind, Problem::WrongId);
    let error = read(&MINIMAL.replace("INC-", "inc-")).unwrap_err();
    assert_eq!((error.kind, error.line), (Problem::Value, Some(1)));
}

#[test]
fn settings_may_have_comments_but_nothing_clever() {
    let text = "\
# Who may act here.
- id: alice
  name: Alice # the boss
- id: bob
  name: Bob
";
    let people: Vec<Person> = read_settings(".gitsm/people.yaml", text.as_bytes()).unwrap();
    assert_eq!(people.len(), 2);
    for (bad, kind, line) in [
        (text.replace("name: Bob", "name: Bob\n  name: Rob"), Problem::DuplicateKey, 6),
        (text.replace("name: Bob", "name: Bob\n  role: admin"), Problem::UnknownField, 6),
        (text.replace("id: bob", "id: &x bob"), Problem::Forbidden, 4),
        (text.replace("id: bob", "id: a b"), Problem::Value, 4),
    ] {
        let error = read_settings::<Vec<Person>>(".gitsm/people.yaml", bad.as_bytes()).unwrap_err();
        assert_eq!((error.kind, error.line), (kind, Some(line)), "{error}");
        assert!(error.to_string().starts_with(".gitsm/people.yaml: line "), "{error}");
    }
    let desk = "\
format: 1
id: 01KAM2V0T8Q4ZJ6D3N0R7K3F9Q
name: IT
trunk: main
time_zone: Europe/Berlin
profile: itsm
practices: [incident]
custom_fields:
  rack: {type: text, on: [incident]}
";
    let settings: DeskSettings = read_settings(".gitsm/desk.yaml", desk.as_bytes()).unwrap();
    let written = write_settings(&settings).unwrap();
    assert_eq!(read_settings::<DeskSettings>("d", written.as_bytes()).unwrap(), settings);
    let twice = format!("{desk}  rack: {{type: number}}\n");
    let error = read_settings::<DeskSettings>("d", twice.as_bytes()).unwrap_err();
    assert_eq!((error.kind, error.line), (Problem::DuplicateKey, Some(10)));
}

//! Event logs: every row an event of the past.

use std::fs;

use gitsm::model::{Record, StateCategory};

use crate::desk::{Desk, Happening};

const MAP: &str = "\
type: incident
key: n
rows: events
event:
  time: at
  by: who
  hold_reason: {column: state, values: {wait user: awaiting_requester, wait vendor: awaiting_vendor}, other: ''}
fields:
  title: t
  status:
    column: state
    values: {new: new, work: in_progress, wait user: on_hold, wait vendor: on_hold, done: resolved, end: closed}
  team: team
  opened_at: opened
  resolved_at: resolved
  resolution.code: {column: code, values: {ok: fixed}}
custom:
  note: note
";

const HEAD: &str = "n,at,who,t,state,team,opened,resolved,code,note\n";

/// The end of A is in every row of it, as real logs have it.
const LOG: &str = "\
A,2016-01-01 08:00,ann,Printer,new,,2016-01-01 07:50,2016-01-05 10:00,ok,
B,2016-01-01 09:00,bob,Mail,work,net,2016-01-01 09:00,,,
A,2016-01-02 08:00,bob,Printer,work,net,2016-01-01 07:50,2016-01-05 10:00,ok,
A,2016-01-03 08:00,bob,Printer,wait user,net,2016-01-01 07:50,2016-01-05 10:00,ok,
B,2016-01-01 12:00,ann,Mail down,end,net,2016-01-01 09:00,,,
A,2016-01-04 08:00,cy,Printer,wait vendor,net,2016-01-01 07:50,2016-01-05 10:00,ok,
A,2016-01-05 10:00,bob,Printer,done,net,2016-01-01 07:50,2016-01-05 10:00,ok,
A,2016-01-05 10:00,bob,Printer,done,net,2016-01-01 07:50,2016-01-05 10:00,ok,
B,2016-01-06 09:00,ann,Mail down,work,net,2016-01-01 09:00,,,again
A,2016-01-08 10:00,robot,Printer,end,net,2016-01-01 07:50,2016-01-05 10:00,ok,
";

fn log() -> String {
    format!("{HEAD}{LOG}")
}

/// The lines of `log` by their numbers in the source, which count from 1.
fn only(lines: &[usize]) -> String {
    let rows: Vec<&str> = LOG.lines().collect();
    let rows: Vec<&str> = lines.iter().map(|line| rows[line - 2]).collect();
    format!("{HEAD}{}\n", rows.join("\n"))
}

fn id(desk: &Desk, number: &str) -> String {
    desk.incidents()[number]["id"].as_str().expect("an id").to_owned()
}

fn time(happening: &Happening) -> String {
    gitsm::model::Timestamp::from_seconds(happening.at).to_string()
}

/// What the life of a record says, in one line.
fn marks(record: &Record) -> String {
    let time = |at: Option<gitsm::model::Timestamp>| {
        at.map_or_else(|| "-".to_owned(), |at| at.to_string()[5..13].replace('T', " "))
    };
    let holds: Vec<String> = record
        .holds()
        .iter()
        .map(|hold| format!("{} {}..{}", hold.reason, time(Some(hold.from)), time(hold.until)))
        .collect();
    format!(
        "{} s{} r{} c{} x{} {} [{}]",
        record.status(),
        time(record.started_at()),
        time(record.resolved_at()),
        time(record.closed_at()),
        record.reopen_count(),
        record.resolution().map_or("-", |resolution| resolution.code.as_str()),
        holds.join(", ")
    )
}

#[test]
fn every_row_is_a_commit_of_its_time() {
    let desk = Desk::new();
    let before = desk.commits();
    let tried = desk.texts(log(), MAP, &["--dry-run"]);
    assert_eq!((tried.code, tried.events()), (0, [2, 0, 0, 10, 0]), "{}", tried.err);
    assert_eq!(desk.commits(), before, "a dry run writes nothing");
    let done = desk.texts(log(), MAP, &[]);
    assert_eq!((done.code, done.events()), (0, [2, 0, 0, 10, 10]), "{}", done.err);
    assert_eq!(desk.commits(), before + 10);
    desk.sound();
    let times = desk.command_git(&["log", "--reverse", "--format=%at", "HEAD~9^..HEAD"]);
    assert!(times.lines().map(|line| line.parse::<i64>().expect("a time")).is_sorted());

    let story = desk.story(&id(&desk, "A"));
    let told: Vec<String> = story
        .iter()
        .map(|event| format!("{} {} {} {}", time(event), event.actor, event.action, event.import))
        .collect();
    assert_eq!(
        told,
        [
            "2016-01-01T08:00:00Z ann new in.csv 2",
            "2016-01-02T08:00:00Z bob start in.csv 4",
            "2016-01-03T08:00:00Z bob hold in.csv 5",
            "2016-01-04T08:00:00Z cy edit in.csv 7",
            "2016-01-05T10:00:00Z bob resolve in.csv 8",
            "2016-01-05T10:00:00Z bob edit in.csv 9",
            "2016-01-08T10:00:00Z robot close in.csv 11",
        ]
    );
    assert_eq!(story[0].author, "ann <ann@in.csv.invalid>");
    assert_eq!(story[0].committer, "Alice");
    assert!(story[0].subject.ends_with(" new: Printer"), "{}", story[0].subject);
    let lived: Vec<String> = story.iter().map(|event| marks(&event.record)).collect();
    assert_eq!(
        lived,
        [
            "new s- r- c- x0 - []",
            "in_progress s01-02 08 r- c- x0 - []",
            "on_hold s01-02 08 r- c- x0 - [awaiting_requester 01-03 08..-]",
            "on_hold s01-02 08 r- c- x0 - [awaiting_requester 01-03 08..01-04 08, awaiting_vendor 01-04 08..-]",
            "resolved s01-02 08 r01-05 10 c- x0 fixed [awaiting_requester 01-03 08..01-04 08, awaiting_vendor 01-04 08..01-05 10]",
            "resolved s01-02 08 r01-05 10 c- x0 fixed [awaiting_requester 01-03 08..01-04 08, awaiting_vendor 01-04 08..01-05 10]",
            "closed s01-02 08 r01-05 10 c01-08 10 x0 fixed [awaiting_requester 01-03 08..01-04 08, awaiting_vendor 01-04 08..01-05 10]",
        ]
    );
    for event in &story {
        assert_eq!(event.record.updated_at().seconds(), event.at);
        assert_eq!(event.record.opened_at().to_string(), "2016-01-01T07:50:00Z");
    }
    assert_eq!(story[6].record.resolution().map(|r| r.by.as_str()), Some("bob"));

    // What no workflow allows was so all the same.
    let story = desk.story(&id(&desk, "B"));
    let told: Vec<String> =
        story.iter().map(|event| format!("{} {}", event.action, marks(&event.record))).collect();
    assert_eq!(
        told,
        [
            "new in_progress s01-01 09 r- c- x0 - []",
            "move closed s01-01 09 r- c01-01 12 x0 - []",
            "move in_progress s01-01 09 r- c- x1 - []",
        ]
    );
    assert_eq!(story[1].record.title(), "Mail down");
    assert_eq!(story[2].record.custom()["note"], "again");
    let checked = desk.gitsm(&["--desk", "desk", "check"]);
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
}

#[test]
fn nothing_comes_in_twice() {
    let desk = Desk::new();
    // The log grows, row by row at worst.
    let first = desk.texts(only(&[2, 3, 4]), MAP, &[]);
    assert_eq!(first.events(), [2, 0, 0, 3, 3], "{}", first.err);
    let grown = desk.texts(only(&[2, 3, 4, 5, 6]), MAP, &[]);
    assert_eq!(grown.events(), [0, 2, 0, 2, 2], "{}", grown.err);
    // An export that begins where the last one ended, under another name.
    fs::write(desk.path("next month.csv"), only(&[7, 8])).expect("a source");
    let next = desk.import(&desk.path("next month.csv"), &desk.path("map.yaml"), &[]);
    assert_eq!(next.events(), [0, 1, 0, 2, 2], "{}", next.err);
    assert_eq!(next.json["tickets"], 1);
    // The whole log, in any order: rows of one moment are told apart by number.
    let whole = desk.texts(only(&[11, 10, 9, 8, 7, 6, 5, 4, 3, 2]), MAP, &[]);
    assert_eq!((whole.code, whole.events()), (0, [0, 2, 0, 3, 3]), "{}", whole.err);
    let again = desk.texts(log(), MAP, &[]);
    assert_eq!((again.code, again.events()), (0, [0, 0, 2, 0, 0]), "{}", again.err);
    assert_eq!(again.json["commit"], serde_json::Value::Null);
    desk.sound();
    let pieces: Vec<String> =
        desk.story(&id(&desk, "A")).iter().map(|event| marks(&event.record)).collect();
    let other = Desk::new();
    other.texts(log(), MAP, &[]);
    let at_once: Vec<String> =
        other.story(&id(&other, "A")).iter().map(|event| marks(&event.record)).collect();
    assert_eq!(pieces, at_once, "the same life, in however many pieces it came");
    let names: Vec<String> =
        desk.story(&id(&desk, "A")).into_iter().map(|event| event.import).collect();
    assert_eq!(names[3], "next month.csv 2");
}

#[test]
fn what_comes_too_late_is_told() {
    let desk = Desk::new();
    desk.texts(only(&[2, 3, 5, 8]), MAP, &[]);
    let late = desk.texts(log(), MAP, &[]);
    assert_eq!((late.code, late.events()), (6, [0, 0, 0, 0, 0]), "{}", late.err);
    let lines: Vec<u64> = late.rejected().iter().map(|row| row.0).collect();
    assert_eq!(lines, [4, 7], "what lies between rows that are history already");
    assert!(late.rejected()[0].2.contains("up to 2016-01-05T10:00:00Z"), "{:?}", late.rejected());
    let rest = desk.texts(log(), MAP, &["--skip-bad"]);
    assert_eq!((rest.code, rest.events()), (0, [0, 2, 0, 4, 4]), "{}", rest.err);
    desk.sound();
}

#[test]
fn what_people_did_in_between_stays() {
    let desk = Desk::new();
    desk.texts(only(&[2, 3, 4]), MAP, &[]);
    let id = id(&desk, "A");
    for args in [
        ["edit", &id, "--set", "title=Printer on floor 3"],
        ["edit", &id, "--set", "tags=printer"],
        ["note", &id, "-m", "toner?"],
        ["edit", &id, "--set", "team=field"],
    ] {
        let done = desk.gitsm(&[&["--desk", "desk"], &args[..]].concat());
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
    let mut source = only(&[2, 3, 4, 5, 7]);
    // The team is the source's to say again once it changes there.
    source = source.replace("wait vendor,net", "wait vendor,apps");
    let grown = desk.texts(source, MAP, &[]);
    assert_eq!(grown.events(), [0, 1, 1, 2, 2], "{}", grown.err);
    let story = desk.story(&id);
    let on_hold = &story[story.len() - 2].record;
    assert_eq!(on_hold.title(), "Printer on floor 3");
    assert_eq!(on_hold.status().as_str(), "on_hold");
    assert_eq!(on_hold.team().map(gitsm::model::TeamId::as_str), Some("field"));
    let last = &story[story.len() - 1].record;
    assert_eq!(last.team().map(gitsm::model::TeamId::as_str), Some("apps"));
    assert_eq!((last.notes().len(), last.tags()), (1, &["printer".to_owned()][..]));
    // Another import of the desk's own, in which the ticket ended here.
    for args in [["resolve", &id, "-m", "toner"], ["close", &id, "-m", "done"]] {
        let verb = desk.gitsm(&[&["--desk", "desk", "incident"], &args[..]].concat());
        assert!(verb.status.success(), "{}", String::from_utf8_lossy(&verb.stderr));
    }
    let mut source = only(&[2, 3, 4, 5, 7]).replace("wait vendor,net", "wait vendor,apps");
    source.push_str(
        "A,2016-01-04 09:00,cy,Printer,wait vendor,apps,2016-01-01 07:50,,,still waiting\n",
    );
    let grown = desk.texts(source, MAP, &[]);
    assert_eq!(grown.events(), [0, 1, 1, 1, 1], "{}", grown.err);
    let last = desk.story(&id).pop().expect("events").record;
    assert_eq!(last.status().as_str(), "closed", "the source did not change the state");
    assert_eq!(last.custom()["note"], "still waiting");
    desk.sound();
}

#[test]
fn tickets_that_came_in_otherwise_are_left_alone() {
    let desk = Desk::new();
    let plain = "type: incident\nkey: n\nfields: {title: t}\n";
    desk.texts("n,t\nA,by hand\n", plain, &[]);
    let done = desk.texts(log(), MAP, &[]);
    assert_eq!(done.events(), [1, 0, 1, 3, 3], "{}", done.err);
    assert_eq!(desk.incidents()["A"]["title"], "by hand");
}

#[test]
fn periods_make_one_commit() {
    for (period, commits, lines) in [
        ("hour", 9, "in.csv 8-9"),
        ("day", 7, "in.csv 8-9"),
        ("week", 2, "in.csv 7-11"),
        ("month", 1, "in.csv 2-11"),
    ] {
        let desk = Desk::new();
        let done = desk.texts(log(), MAP, &["--commits", period]);
        assert_eq!(
            (done.code, done.events()),
            (0, [2, 0, 0, 10, commits]),
            "{period} {}",
            done.err
        );
        desk.sound();
        let imports = desk.command_git(&["log", "--format=%(trailers:key=Gitsm-Import,valueonly)"]);
        assert!(imports.lines().any(|line| line == lines), "{period}: {imports}");
        let end = desk.story(&id(&desk, "A")).pop().expect("events");
        assert_eq!(
            marks(&end.record),
            "closed s01-02 08 r01-05 10 c01-08 10 x0 fixed [awaiting_requester 01-03 08..01-04 08, awaiting_vendor 01-04 08..01-05 10]",
            "nothing in between is lost"
        );
        let again = desk.texts(log(), MAP, &["--commits", period]);
        assert_eq!((again.code, again.events()), (0, [0, 0, 2, 0, 0]), "{period} {}", again.err);
    }
    let desk = Desk::new();
    let map = format!("{MAP}commits: day\n");
    desk.texts(only(&[2, 3, 4]), &map, &[]);
    // From days to single events and back.
    let grown = desk.texts(only(&[2, 3, 4, 5, 6, 7]), &map, &["--commits", "event"]);
    assert_eq!(grown.events(), [0, 2, 0, 3, 3], "{}", grown.err);
    let grown = desk.texts(log(), &map, &[]);
    assert_eq!(grown.events(), [0, 2, 0, 4, 3], "{}", grown.err);
    assert_eq!(desk.texts(log(), &map, &[]).events(), [0, 0, 2, 0, 0]);
    let day = desk.command_git(&["log", "-1", "--grep=8-9", "--format=%an %at%n%B"]);
    assert!(day.starts_with("bob 1451988000\n"), "one person's day is theirs: {day}");
    let many = desk.command_git(&["log", "-1", "--grep=2-3", "--format=%an %at"]);
    assert_eq!(many, "Alice 1451638800\n", "several people's is the importer's");
    desk.sound();
}

#[test]
fn rows_without_a_time_keep_their_place() {
    let desk = Desk::new();
    let log = "n,at,who,t,state,team,opened,resolved,code,note\n\
        A,,ann,one,new,,,,,\n\
        B,2016-01-09 08:00,bob,other,new,,,,,\n\
        A,2016-01-02 08:00,ann,two,new,,,,,\n\
        A,,ann,three,new,,,,,\n\
        A,2016-01-01 08:00,ann,zero,new,,,,,\n\
        C,,ann,alone,new,,,,,\n";
    let done = desk.texts(log, MAP, &[]);
    assert_eq!((done.code, done.events()), (0, [3, 0, 0, 6, 6]), "{}", done.err);
    let told: Vec<(String, String)> = desk
        .story(&id(&desk, "A"))
        .iter()
        .map(|event| (time(event)[..10].to_owned(), event.record.title().to_owned()))
        .collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        told,
        [
            ("2016-01-01", "zero"),
            ("2016-01-02", "one"),
            ("2016-01-02", "two"),
            ("2016-01-02", "three"),
        ]
    );
    assert_eq!(time(&desk.story(&id(&desk, "C"))[0]), "2016-01-01T08:00:00Z");
    assert_eq!(desk.texts(log, MAP, &[]).events(), [0, 0, 3, 0, 0]);
}

#[test]
fn bad_rows_stop_everything_unless_skipped() {
    let desk = Desk::new();
    let before = desk.commits();
    let bad = "A,yesterday,ann,Printer,new,,,,,\n\
        A,2016-01-04 12:00,ann ann,Printer,new,,,,,\n\
        B,2016-01-04 12:00,ann,Mail,asleep,,,,,\n\
        B,2016-01-04 12:00,ann,,work,,,,,\n\
        C,2016-01-04 12:00,ann,short\n\
        ,2016-01-04 12:00,ann,x,work,,,,,\n";
    let stopped = desk.texts(format!("{}{bad}", log()), MAP, &[]);
    assert_eq!((stopped.code, stopped.counts()), (6, [16, 2, 0, 0, 6]), "{}", stopped.err);
    assert_eq!(desk.commits(), before);
    let reasons =
        ["yesterday", "`by`", "asleep", "`title` is missing", "4 columns", "`n` is missing"];
    for (row, reason) in stopped.rejected().iter().zip(reasons) {
        assert!(row.2.contains(reason), "{row:?} lacks {reason}");
    }
    let skipped = desk.texts(format!("{}{bad}", log()), MAP, &["--skip-bad"]);
    assert_eq!((skipped.code, skipped.events()), (0, [2, 0, 0, 10, 10]), "{}", skipped.err);
    desk.sound();
}

#[test]
fn people_of_the_desk_are_who_they_are() {
    let desk = Desk::new();
    let people = "- id: ann\n  name: Ann Example\n  emails: [ann@example.com]\n\
        - id: alice\n  name: Alice Desk\n  emails: [alice@example.com]\n";
    fs::write(desk.path("desk/.gitsm/people.yaml"), people).expect("written");
    let done = desk.gitsm(&["--desk", "desk", "commit"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    desk.texts(log(), MAP, &[]);
    let story = desk.story(&id(&desk, "A"));
    assert_eq!(story[0].author, "Ann Example <ann@example.com>");
    assert_eq!(story[1].author, "bob <bob@in.csv.invalid>");
}

#[test]
fn a_mapping_of_events_says_when_they_happened() {
    let desk = Desk::new();
    let plain = "type: incident\nkey: n\nrows: events\nfields: {title: t}\n";
    let refused = desk.texts(log(), plain, &[]);
    assert_eq!(refused.code, 6);
    assert!(refused.err.contains("map.yaml:3: `rows: events` needs `event:`"), "{}", refused.err);
    let refused = desk.texts(log(), &MAP.replace("rows: events\n", ""), &[]);
    assert!(refused.err.contains("goes with `rows: events`"), "{}", refused.err);
    let refused = desk.texts(log(), &MAP.replace("time: at", "time: sometime"), &[]);
    assert!(refused.err.contains("no column `sometime`"), "{}", refused.err);
    assert!(StateCategory::Open.is_open());
}

/// Writing looks at the history once more; that is no reason to say it twice.
#[test]
fn a_late_row_is_rejected_once() {
    let desk = Desk::new();
    assert_eq!(desk.texts(only(&[2, 6, 8]), MAP, &[]).code, 0);
    let done = desk.texts(only(&[2, 4, 6, 8, 11]), MAP, &["--skip-bad"]);
    assert_eq!(done.json["rejected"].as_array().map(Vec::len), Some(1), "{}", done.json);
    assert_eq!(done.events()[3], 1, "{}", done.json);
}

#[test]
fn the_same_row_twice_is_no_lie() {
    let desk = Desk::new();
    let map = "type: incident\nkey: n\nrows: events\nevent: {time: at}\nfields: {title: t}\n";
    let done = desk.texts("n,at,t\nA,2026-03-01,a\nA,2026-03-02,b\nA,2026-03-02,b\n", map, &[]);
    assert_eq!(done.code, 0, "{}", done.err);
    let log = desk.gitsm(&["--json", "--desk", "desk", "log", "A"]);
    let log: serde_json::Value = serde_json::from_slice(&log.stdout).expect("JSON");
    let events = log["events"].as_array().expect("events");
    assert_eq!(events.len(), 3);
    assert!(events.iter().all(|event| event["disputed"] == false), "{log}");
}

#[test]
fn events_of_another_system_do_not_go_on_the_same_ticket() {
    let desk = Desk::new();
    let map = "type: incident\nkey: n\nrows: events\nevent: {time: at}\n\
               fields: {title: t, opened_at: o}\n";
    let ours = "n,at,t,o\n1,2026-03-01,a,2026-03-01\n1,2026-03-02,b,2026-03-01\n";
    assert_eq!(desk.texts(ours, map, &[]).code, 0);
    let theirs = "n,at,t,o\n1,2026-05-01,x,2026-05-01\n1,2026-05-02,y,2026-05-01\n";
    let done = desk.texts(theirs, map, &[]);
    assert_eq!((done.code, done.events()), (0, [0, 0, 1, 0, 0]), "{}", done.json);
    assert!(done.err.contains("opened at another time"), "{}", done.err);
    let done = desk.texts(theirs, map, &["--key-prefix", "B"]);
    assert_eq!((done.code, done.events()[0]), (0, 1), "{}", done.json);
    // What goes on with a ticket of ours is no other one.
    let later = "n,at,t,o\n1,2026-03-03,c,2026-03-01\n";
    assert_eq!(desk.texts(later, map, &[]).events()[1], 1);
}

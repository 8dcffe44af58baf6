//! The audit log of a real ServiceNow instance, which is not part of this
//! repository. Its published counts, and the rows themselves, are the yardstick.
//!
//! By default every thirteenth incident is told as history. `GITSM_REAL=all`
//! takes all of them, for which an optimised build is advised.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use chrono::NaiveDateTime;
use gitsm::format::read_record;
use gitsm::model::{Record, RecordId, Timestamp};
use serde_json::Value;

use crate::desk::{Desk, answer, example};

/// The unpacked log; `None`, with a word about it, where it is not there.
pub(crate) fn log() -> Option<Vec<u8>> {
    let packed = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data/uci_servicenow/incident_event_log.csv.xz");
    let unpacked = packed
        .exists()
        .then(|| Command::new("xz").arg("-dc").arg(&packed).stderr(Stdio::null()).output().ok());
    let log = unpacked.flatten().filter(|output| output.status.success());
    if log.is_none() {
        eprintln!("SKIPPED: {} or the program xz is missing", packed.display());
    }
    log.map(|output| output.stdout)
}

pub(crate) fn mapping() -> String {
    std::fs::read_to_string(example("servicenow-uci.yaml")).expect("a mapping")
}

#[test]
fn every_incident_as_it_ended() {
    let Some(log) = log() else { return };
    let desk = Desk::new();
    // The same mapping for the last row of each.
    let map = mapping().replace("rows: events", "rows: last");
    let (start, rest) = map.split_once("\nevent:\n").expect("an event");
    let (_, rest) = rest.split_once("\nmissing:").expect("what is missing");
    let done = desk.texts(log, &format!("{start}\nmissing:{rest}"), &[]);
    assert_eq!((done.code, done.counts()), (0, [141_712, 24_918, 24_918, 0, 0]), "{}", done.err);
    priorities(&desk);
    assert_eq!(desk.command_git(&["status", "--porcelain"]), "");
}

fn priorities(desk: &Desk) {
    for (priority, count) in [("P1", 270), ("P2", 408), ("P3", 23_466), ("P4", 774), ("P5", 0)] {
        let query = format!("priority:{priority}");
        let listed =
            desk.gitsm(&["--json", "--desk", "desk", "list", "--all", "--limit", "1", &query]);
        let listed: Value = serde_json::from_slice(&listed.stdout).expect("JSON");
        assert_eq!(listed["total"], count, "{priority}");
    }
}

/// A row of the log: the cells by their columns' names.
struct Row {
    at: i64,
    cells: BTreeMap<String, String>,
}

impl Row {
    fn says(&self, column: &str) -> Option<&str> {
        Some(self.cells[column].trim()).filter(|cell| *cell != "?")
    }

    fn id(&self, column: &str) -> Option<String> {
        let words: Vec<&str> = self.says(column)?.split_whitespace().collect();
        Some(words.join("-").to_lowercase())
    }

    fn is(&self, states: &[&str]) -> bool {
        states.contains(&self.cells["incident_state"].as_str())
    }

    fn is_on_hold(&self) -> bool {
        self.cells["incident_state"].starts_with("Awaiting")
    }
}

pub(crate) fn seconds(text: &str) -> i64 {
    NaiveDateTime::parse_from_str(text, "%d/%m/%Y %H:%M").expect("a time").and_utc().timestamp()
}

/// The rows of each incident in order of time, and the log cut down to them.
fn excerpt(log: &[u8], step: usize) -> (BTreeMap<String, Vec<Row>>, Vec<u8>) {
    let mut reader = csv::Reader::from_reader(log);
    let header = reader.headers().expect("a header").clone();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header).expect("written");
    let mut numbers = BTreeMap::new();
    let mut incidents: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in reader.records() {
        let row = row.expect("a row");
        let count = numbers.len();
        if !numbers.entry(row[0].to_owned()).or_insert(count).is_multiple_of(step) {
            continue;
        }
        writer.write_record(&row).expect("written");
        let cells: BTreeMap<String, String> = header
            .iter()
            .zip(&row)
            .map(|(name, cell)| (name.to_owned(), cell.to_owned()))
            .collect();
        let at = seconds(&cells["sys_updated_at"]);
        incidents.entry(row[0].to_owned()).or_default().push(Row { at, cells });
    }
    for rows in incidents.values_mut() {
        rows.sort_by_key(|row| row.at);
    }
    (incidents, writer.into_inner().expect("written"))
}

/// One event as the history has it.
struct Happening {
    at: i64,
    actor: String,
    record: Record,
}

/// Every event of the desk, in the order of the history.
fn history(desk: &Desk) -> Vec<Happening> {
    let format = "--format=%H %at %(trailers:key=Gitsm-Record,valueonly,separator=) \
         %(trailers:key=Gitsm-Actor,valueonly,separator=)";
    let log = desk.command_git(&["log", "--reverse", "--grep=^Gitsm-Import: ", format]);
    let lines: Vec<Vec<&str>> = log.lines().map(|line| line.split(' ').collect()).collect();
    let mut child = Command::new("git")
        .arg("-C")
        .arg(desk.path("desk"))
        .args(["cat-file", "--batch"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("git starts");
    let mut names = String::new();
    for line in &lines {
        let id: RecordId = line[2].parse().expect("an id");
        let _ = writeln!(names, "{}:{}", line[0], id.path());
    }
    let mut stdin = child.stdin.take().expect("a pipe");
    let feeder = std::thread::spawn(move || stdin.write_all(names.as_bytes()));
    let output = child.wait_with_output().expect("git ends");
    feeder.join().expect("a thread").expect("written");
    let mut rest = &output.stdout[..];
    let mut events = Vec::with_capacity(lines.len());
    for line in lines {
        let end = rest.iter().position(|byte| *byte == b'\n').expect("a line");
        let head = std::str::from_utf8(&rest[..end]).expect("text");
        let size: usize = head.rsplit(' ').next().and_then(|n| n.parse().ok()).expect(head);
        let content = &rest[end + 1..end + 1 + size];
        let id: RecordId = line[2].parse().expect("an id");
        let record = read_record(id, content).expect("a record");
        rest = &rest[end + size + 2..];
        events.push(Happening {
            at: line[1].parse().expect("seconds"),
            actor: line[3].to_owned(),
            record,
        });
    }
    events
}

/// What the record must be after `rows`, as far as it follows from them.
fn compare(rows: &[Row], event: &Happening, number: &str) {
    let (row, record) = (rows.last().expect("a row"), &event.record);
    let place = format!("{number} row {}", rows.len());
    assert_eq!(event.at, row.at, "{place}");
    assert_eq!(Some(&event.actor), row.id("sys_updated_by").as_ref(), "{place}");
    assert_eq!(record.updated_at().seconds(), row.at, "{place}");
    if let Some(opened) = row.says("opened_at") {
        assert_eq!(record.opened_at().seconds(), seconds(opened), "{place}");
    }
    let status = match row.cells["incident_state"].as_str() {
        "New" => "new",
        "Resolved" => "resolved",
        "Closed" => "closed",
        "Active" | "-100" => "in_progress",
        _ => "on_hold",
    };
    assert_eq!(record.status().as_str(), status, "{place}");
    let level = |column: &str| row.cells[column].rsplit(' ').next().map(str::to_lowercase);
    assert_eq!(record.impact().map(|l| l.to_string()), level("impact"), "{place}");
    assert_eq!(record.urgency().map(|l| l.to_string()), level("urgency"), "{place}");
    let priority = format!("P{}", &row.cells["priority"][..1]);
    assert_eq!(record.priority().map(|p| p.to_string()), Some(priority), "{place}");
    assert_eq!(record.requester().map(ToString::to_string), row.id("caller_id"), "{place}");
    assert_eq!(record.assignee().map(ToString::to_string), row.id("assigned_to"), "{place}");
    assert_eq!(record.team().map(ToString::to_string), row.id("assignment_group"), "{place}");
    for column in ["sys_mod_count", "reassignment_count", "made_sla", "location", "cmdb_ci"] {
        assert_eq!(record.custom().get(column).map(String::as_str), row.says(column), "{place}");
    }
    life(rows, record, &place);
}

/// The times of its life, worked out from the rows alone.
fn life(rows: &[Row], record: &Record, place: &str) {
    let row = rows.last().expect("a row");
    let is_open = |row: &Row| !row.is(&["Resolved", "Closed"]);
    let started = rows.iter().find(|row| row.is(&["Active", "-100"])).map(|row| row.at);
    assert_eq!(record.started_at().map(Timestamp::seconds), started, "{place}");
    let said = |column: &str| row.says(column).map(seconds).filter(|at| *at <= row.at);
    let entered = |states: &[&str]| {
        let last = rows.iter().rposition(is_open).map_or(0, |at| at + 1);
        rows[last..].iter().find(|row| row.is(states)).map(|row| row.at)
    };
    let resolved = said("resolved_at").or_else(|| {
        // The row before may have said it already.
        let last = rows.iter().rposition(is_open).map_or(0, |at| at + 1);
        let earlier = rows[last..].iter().rev();
        let mut said = earlier
            .filter_map(|row| row.says("resolved_at").map(seconds).filter(|at| *at <= row.at));
        said.next().or_else(|| entered(&["Resolved"]))
    });
    let resolved = resolved.filter(|_| !is_open(row));
    assert_eq!(record.resolved_at().map(Timestamp::seconds), resolved, "{place}");
    let closed = row.is(&["Closed"]).then(|| said("closed_at").or_else(|| entered(&["Closed"])));
    assert_eq!(record.closed_at().map(Timestamp::seconds), closed.flatten(), "{place}");
    let code = row.says("closed_code").filter(|_| !is_open(row)).map(|code| code.replace(' ', "_"));
    assert_eq!(record.resolution().map(|r| r.code.to_string()), code, "{place}");
    // Spans on hold: a new one wherever the reason changes.
    let mut spans: Vec<(String, i64, Option<i64>)> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| rows.get(at));
        if before
            .is_some_and(|before| before.cells["incident_state"] == row.cells["incident_state"])
        {
            continue;
        }
        if let Some(span) = spans.last_mut().filter(|span| span.2.is_none()) {
            span.2 = Some(row.at);
        }
        if row.is_on_hold() {
            spans.push((row.cells["incident_state"].clone(), row.at, None));
        }
    }
    let holds = record.holds().iter();
    let holds: Vec<(i64, Option<i64>)> =
        holds.map(|hold| (hold.from.seconds(), hold.until.map(Timestamp::seconds))).collect();
    let expected: Vec<_> = spans.iter().map(|(_, from, until)| (*from, *until)).collect();
    assert_eq!(holds, expected, "{place}");
}

#[test]
fn every_row_is_an_event_of_its_incident() {
    let Some(log) = log() else { return };
    let whole = std::env::var("GITSM_REAL").is_ok_and(|what| what == "all");
    let (incidents, log) = excerpt(&log, if whole { 1 } else { 13 });
    let desk = Desk::new();
    std::fs::write(desk.path("log.csv"), log).expect("a source");
    let map = example("servicenow-uci.yaml");
    let done = desk.import(&desk.path("log.csv"), &map, &[]);
    let rows: usize = incidents.values().map(Vec::len).sum();
    let expected = [incidents.len(), 0, 0, rows, rows].map(|count| count as u64);
    assert_eq!((done.code, done.events()), (0, expected), "{}", done.err);
    desk.sound();
    if whole {
        assert_eq!((rows, incidents.len()), (141_712, 24_918));
        priorities(&desk);
    }

    let events = history(&desk);
    assert!(events.is_sorted_by_key(|event| event.at), "in the order of their times");
    let mut stories: BTreeMap<&str, Vec<&Happening>> = BTreeMap::new();
    for event in &events {
        let number = event.record.external_id().expect("a number");
        stories.entry(number).or_default().push(event);
    }
    assert_eq!(stories.len(), incidents.len());
    for (number, rows) in &incidents {
        let story = &stories[number.as_str()];
        assert_eq!(story.len(), rows.len(), "{number}: one event for each row");
        for (at, event) in story.iter().enumerate() {
            compare(&rows[..=at], event, number);
        }
    }

    // How many were open, by the rows and by the history.
    for day in ["2016-03-05", "2016-03-31", "2016-05-16", "2016-07-01", "2016-12-24"] {
        let at = NaiveDateTime::parse_from_str(&format!("{day} 12:00"), "%Y-%m-%d %H:%M")
            .expect("a time")
            .and_utc()
            .timestamp();
        let by_rows = incidents
            .values()
            .filter_map(|rows| rows.iter().rev().find(|row| row.at <= at))
            .filter(|row| !row.is(&["Resolved", "Closed"]))
            .count();
        let mut latest: BTreeMap<RecordId, bool> = BTreeMap::new();
        for event in events.iter().take_while(|event| event.at <= at) {
            let open = !matches!(event.record.status().as_str(), "resolved" | "closed");
            latest.insert(event.record.id(), open);
        }
        let by_history = latest.values().filter(|open| **open).count();
        assert_eq!(by_history, by_rows, "open on {day}");
    }

    let again = answer(
        &desk
            .command()
            .args(["--json", "--desk", "desk", "import", "csv", "log.csv", "--map"])
            .arg(&map)
            .output()
            .expect("gitsm runs"),
    );
    assert_eq!(again.events(), [0, 0, incidents.len() as u64, 0, 0], "{}", again.err);
}

//! Each view as people see it, and what must hold for all of them.

use anstream::adapter::strip_str;
use indexmap::IndexMap;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::ui::rendered;
use super::view::{Look, Rendered};
use super::{Format, ShowError, UiOptions, columns, escape};
use crate::model::{
    FieldChange, Kind, Level, PersonId, Priority, RecordId, Relation, StateCategory, StateName,
    Timestamp,
};
use crate::outcome::*;
use crate::query::Row;

const FULL: &str = "INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q";

fn id(text: &str) -> RecordId {
    text.parse().expect("an id")
}

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn now() -> Timestamp {
    at("2026-11-22T12:00:00Z")
}

fn state(text: &str) -> StateName {
    StateName::new(text).expect("a state")
}

fn person(text: &str) -> PersonId {
    PersonId::new(text).expect("a person")
}

fn change(field: &str, from: Value, to: Value) -> FieldChange {
    let side = |value: Value| if value.is_null() { None } else { Some(value) };
    FieldChange { field: field.into(), from: side(from), to: side(to) }
}

fn options() -> UiOptions {
    UiOptions::new(now())
}

fn show_with(outcome: &Outcome, options: &UiOptions, terminal: bool) -> Rendered {
    rendered(outcome, options, &Look::new(options, terminal, options.width)).expect("shown")
}

/// Standard output and standard error without styles, in a pipe.
fn show(outcome: &Outcome, options: &UiOptions) -> (String, String) {
    let shown = show_with(outcome, options, false);
    (strip_str(&shown.out).to_string(), strip_str(&shown.err).to_string())
}

fn listed(title: &str, full: &str, priority: Option<Priority>) -> ListedRow {
    let id = id(full);
    ListedRow {
        short: id.short(),
        row: Row {
            id,
            kind: Kind::Incident,
            title: title.into(),
            status: state("in_progress"),
            state: StateCategory::Open,
            domain: None,
            impact: Some(Level::High),
            urgency: Some(Level::Medium),
            priority,
            service: Some("crm".into()),
            cis: Vec::new(),
            requester: None,
            assignee: Some(person("alice")),
            team: None,
            category: None,
            tags: vec!["crash".into(), "q4".into()],
            channel: None,
            external_id: None,
            opened_at: at("2026-11-22T09:12:04Z"),
            updated_at: at("2026-11-22T09:20:41Z"),
            started_at: None,
            resolved_at: None,
            closed_at: None,
            custom: IndexMap::from([("floor".to_owned(), "=2+3".to_owned())]),
        },
        excerpt: None,
    }
}

fn rows() -> RowsView {
    RowsView {
        schema: "gitsm.rows/1",
        total: 340,
        order: "priority".into(),
        columns: columns::parse("id,priority,status,title,assignee,team,age").expect("columns"),
        now: now(),
        rows: vec![
            listed("CRM crashes when the quarterly report runs", FULL, Some(Priority::P2)),
            listed("Printer", "INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9R", None),
        ],
    }
}

fn record() -> RecordView {
    RecordView {
        schema: "gitsm.record/1",
        id: id(FULL),
        short: "INC-7K3F9Q".into(),
        kind: Kind::Incident,
        state: StateCategory::Open,
        path: id(FULL).path(),
        edited_by_hand: true,
        record: json!({
            "id": FULL,
            "title": "CRM crashes when the quarterly report runs",
            "status": "in_progress",
            "impact": "high",
            "urgency": "medium",
            "priority": "P2",
            "service": "crm",
            "cis": ["CI-01KAM2V0T8Q4ZJ6D3N0R7K3F9S"],
            "requester": "bob",
            "assignee": "alice",
            "tags": ["crash", "q4"],
            "opened_at": "2026-11-22T09:12:04Z",
            "opened_by": "bob",
            "updated_at": "2026-11-19T09:20:41Z",
            "reopen_count": 1,
            "holds": [
                {"reason": "awaiting_requester", "from": "2026-11-22T09:30:00Z", "until": "2026-11-22T10:00:00Z"},
                {"reason": "awaiting_vendor", "from": "2026-11-22T11:00:00Z"},
            ],
            "resolution": {"code": "fixed", "by": "alice", "text": "Restarted.\n"},
            "description": "Since this morning's update the report aborts.\n\nEvery time.\n",
            "approvals": [{"id": "x", "at": "2026-11-22T10:00:00Z", "by": "carol", "verdict": "approved", "text": "Go."}],
            "notes": [
                {"id": "x", "at": "2026-11-22T09:20:41Z", "by": "alice", "kind": "work", "text": "Restarted the pool; it holds for now.\n"},
                {"id": "y", "at": "2026-11-22T09:40:00Z", "by": "bob", "kind": "public", "text": "Thanks.\n"},
            ],
            "attachments": [{"id": "z", "name": "trace.log", "sha256": "00", "size": 2048, "at": "2026-11-22T09:20:41Z", "by": "bob"}],
            "custom": {"floor": "3"},
        }),
        links: vec![
            LinkView {
                rel: "caused_by",
                relation: Relation::CausedBy,
                other: RecordRef {
                    id: id("CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9T"),
                    short: "CHG-7K3F9T".into(),
                    title: Some("Update the CRM".into()),
                    status: Some(state("closed")),
                    state: Some(StateCategory::Closed),
                },
            },
            LinkView {
                rel: "blocks",
                relation: Relation::BlockedBy,
                other: RecordRef {
                    id: id("PRB-01KAM2V0T8Q4ZJ6D3N0R7K3F9V"),
                    short: "PRB-7K3F9V".into(),
                    title: None,
                    status: None,
                    state: None,
                },
            },
        ],
        cis: vec![RecordRef {
            id: id("CI-01KAM2V0T8Q4ZJ6D3N0R7K3F9S"),
            short: "CI-7K3F9S".into(),
            title: Some("web-01".into()),
            status: Some(state("in_use")),
            state: Some(StateCategory::Open),
        }],
        actions: vec!["hold".into(), "resolve".into()],
    }
}

fn log() -> LogView {
    let one = |short: &str, changes| EventRecord {
        id: id(FULL),
        short: short.into(),
        title: Some("CRM crashes".into()),
        changes,
    };
    let resolve = vec![
        change("status", json!("in_progress"), json!("resolved")),
        change("resolution.code", Value::Null, json!("fixed")),
    ];
    let event = |action: &str, subject: &str, records| EventView {
        commit: "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678".into(),
        at: now(),
        actor: "alice".into(),
        action: action.into(),
        subject: subject.into(),
        records,
    };
    LogView {
        schema: "gitsm.log/1",
        events: vec![
            event("resolve", "INC-7K3F9Q resolve: CRM crashes", vec![one("INC-7K3F9Q", resolve)]),
            event(
                "close",
                "close 2 records",
                vec![
                    one("INC-7K3F9Q", vec![change("status", json!("resolved"), json!("closed"))]),
                    one("INC-7K3F9R", Vec::new()),
                ],
            ),
            event("edit", "Change the settings", Vec::new()),
        ],
    }
}

fn counts() -> Vec<Count> {
    vec![
        Count { value: Some("apps".into()), open: 3, total: 12 },
        Count { value: None, open: 0, total: 1 },
    ]
}

fn summary() -> Summary {
    Summary {
        schema: "gitsm.summary/1",
        now: now(),
        total: 13,
        open: 3,
        by_type: Vec::new(),
        by_status: Vec::new(),
        by_priority: Vec::new(),
        by_team: counts(),
        by_assignee: Vec::new(),
        open_age: Vec::new(),
    }
}

fn status() -> StatusView {
    StatusView {
        schema: "gitsm.status/1",
        name: "Acme IT".into(),
        desk: "01KAM2V0T8Q4ZJ6D3N0R7K3F9Q".into(),
        profile: "help-desk".into(),
        location: "/srv/desk".into(),
        mode: "work tree",
        trunk: "main".into(),
        commit: "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678".into(),
        actor: "alice".into(),
        open: counts(),
        mine: 2,
        unassigned: 1,
        edited: vec!["incidents/9/Q/x.yaml".into()],
        unreadable: 1,
    }
}

fn check() -> CheckView {
    CheckView {
        schema: "gitsm.check/1",
        checked: 340,
        findings: vec![
            Finding {
                path: "incidents/9/Q/x.yaml".into(),
                line: Some(7),
                severity: Severity::Error,
                rule: "link-dangling",
                message: "CHG-1 does not exist".into(),
            },
            Finding {
                path: ".gitsm/desk.yaml".into(),
                line: None,
                severity: Severity::Warning,
                rule: "unused-team",
                message: "nobody is in `net`".into(),
            },
        ],
    }
}

fn import() -> ImportView {
    ImportView {
        schema: "gitsm.import/1",
        dry_run: false,
        rows: 10,
        tickets: 4,
        created: 3,
        present: 1,
        commit: Some("a1b2c3d4e5f60718293a4b5c6d7e8f9012345678".into()),
        rejected: vec![
            RejectedRow {
                line: 7,
                external_id: Some("INC0000045".into()),
                reason: "no such date".into(),
            },
            RejectedRow { line: 9, external_id: None, reason: "3 columns in place of 5".into() },
        ],
    }
}

fn written(action: &str, commit: bool, changes: Vec<FieldChange>) -> Written {
    Written {
        schema: "gitsm.written/1",
        commit: commit.then(|| "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678".to_owned()),
        records: vec![WrittenRecord {
            id: id(FULL),
            short: "INC-7K3F9Q".into(),
            kind: Kind::Incident,
            title: "CRM crashes".into(),
            status: state("new"),
            priority: Some(Priority::P2),
            action: action.into(),
            changes,
        }],
    }
}

#[test]
fn rows_in_a_pipe_are_whole() {
    let (out, err) = show(&Outcome::Rows(rows()), &options());
    assert_eq!(
        out,
        "\
ID          PRIORITY  STATUS       TITLE                                       ASSIGNEE  TEAM  AGE
INC-7K3F9Q  P2        in_progress  CRM crashes when the quarterly report runs  alice     -      2h
INC-7K3F9R  -         in_progress  Printer                                     alice     -      2h
"
    );
    assert_eq!(err, "2 of 340 records\n");
}

#[test]
fn rows_keep_to_the_width_and_show_where_words_were_found() {
    let mut view = rows();
    view.total = 2;
    view.rows[0].excerpt =
        Some("since this morning the report aborts, and again and again and again".into());
    let (out, err) = show(&Outcome::Rows(view), &UiOptions { width: Some(72), ..options() });
    assert_eq!(
        out,
        "\
ID          PRIORITY  STATUS       TITLE             ASSIGNEE  TEAM  AGE
INC-7K3F9Q  P2        in_progress  CRM crashes whe…  alice     -      2h
    since this morning the report aborts, and again and again and again
INC-7K3F9R  -         in_progress  Printer           alice     -      2h
"
    );
    assert_eq!(err, "");
}

#[test]
fn columns_can_be_chosen_and_nothing_found_is_said() {
    let columns = columns::parse("id,tags,opened,custom.floor,closed").ok();
    let (out, _) = show(&Outcome::Rows(rows()), &UiOptions { columns, ..options() });
    assert_eq!(out.lines().nth(1), Some("INC-7K3F9Q  crash,q4  2026-11-22 09:12  =2+3   -"));
    let view = RowsView { total: 0, rows: Vec::new(), ..rows() };
    assert_eq!(
        show(&Outcome::Rows(view), &options()),
        (String::new(), "no records match\n".into())
    );
}

#[test]
fn record_in_full() {
    let outcome = Outcome::Record(Box::new(record()));
    let (out, err) = show(&outcome, &UiOptions { width: Some(60), ..options() });
    assert_eq!(
        out,
        "\
INC-7K3F9Q CRM crashes when the quarterly report runs
incident · in_progress (open) · P2 · impact high · urgency medium

  service       crm
  requester     bob
  assignee      alice
  tags          crash, q4
  opened        2026-11-22 09:12 (2h ago) by bob
  updated       2026-11-19 09:20 (3d ago)
  reopen count  1
  custom.floor  3
  id            INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q

description
  Since this morning's update the report aborts.

  Every time.

links
  caused_by  CHG-7K3F9T  Update the CRM (closed)
  blocks     PRB-7K3F9V  missing

configuration items
  CI-7K3F9S  web-01 (in_use)

on hold
  awaiting_requester  2026-11-22 09:30 to 2026-11-22 10:00 (30m)
  awaiting_vendor  since 2026-11-22 11:00 (1h)

approvals
  approved by carol, 2026-11-22 10:00 (2h ago)
    Go.

resolution
  fixed by alice
  Restarted.

attachments
  trace.log  2.0 KiB  2026-11-22 09:20 (2h ago) by bob

notes
  2026-11-22 09:20 (2h ago) alice, work
    Restarted the pool; it holds for now.

  2026-11-22 09:40 (2h ago) bob, public
    Thanks.

incidents/9/Q/INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q.yaml was edited by hand; this is the committed state

next: hold, resolve
"
    );
    assert_eq!(err, "");
}

#[test]
fn a_bare_record_shows_no_empty_parts() {
    let view = RecordView {
        record: json!({"id": FULL, "name": "web-01", "class": "server", "status": "open"}),
        links: Vec::new(),
        cis: Vec::new(),
        actions: Vec::new(),
        edited_by_hand: false,
        ..record()
    };
    let (out, _) = show(&Outcome::Record(Box::new(view)), &options());
    assert_eq!(
        out,
        "\
INC-7K3F9Q web-01
incident · open

  class  server
  id     INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q
"
    );
}

#[test]
fn log_reads_like_git_log() {
    let (out, _) = show(&Outcome::Log(log()), &options());
    assert_eq!(
        out,
        "\
a1b2c3d 2026-11-22 12:00 alice resolve INC-7K3F9Q CRM crashes
    status: in_progress -> resolved
    resolution.code: - -> fixed
a1b2c3d 2026-11-22 12:00 alice close close 2 records
    INC-7K3F9Q CRM crashes
        status: resolved -> closed
    INC-7K3F9R CRM crashes
a1b2c3d 2026-11-22 12:00 alice edit Change the settings
"
    );
}

#[test]
fn summary_counts() {
    let (out, _) = show(&Outcome::Summary(summary()), &options());
    assert_eq!(
        out,
        "\
13 records, 3 open

TEAM    OPEN  TOTAL
apps       3     12
(none)     0      1
"
    );
    let shown = show_with(&Outcome::Summary(summary()), &options(), true);
    assert_eq!(
        strip_str(&shown.out).to_string().lines().nth(3),
        Some("apps       3     12  ██████░░░░░░░░░░░░░░░░░░")
    );
}

#[test]
fn status_tells_what_needs_attention() {
    let (out, _) = show(&Outcome::Status(Box::new(status())), &options());
    assert_eq!(
        out,
        "\
Acme IT (help-desk), work tree at /srv/desk
trunk main at a1b2c3d, acting as alice

  open        apps 3
  mine        2
  unassigned  1

edited by hand, not committed:
  incidents/9/Q/x.yaml

1 file is no readable record; `gitsm check` says why
"
    );
}

#[test]
fn findings_look_like_those_of_a_compiler() {
    let (out, err) = show(&Outcome::Check(check()), &options());
    assert_eq!(
        out,
        "\
incidents/9/Q/x.yaml:7: error[link-dangling]: CHG-1 does not exist
.gitsm/desk.yaml: warning[unused-team]: nobody is in `net`
"
    );
    assert_eq!(err, "340 records checked: 1 error, 1 warning\n");
    let sound = CheckView { findings: Vec::new(), checked: 1, ..check() };
    let (out, err) = show(&Outcome::Check(sound), &options());
    assert_eq!((out.as_str(), err.as_str()), ("", "1 record checked: nothing wrong\n"));
}

#[test]
fn import_tells_row_by_row_what_it_refused() {
    let (out, err) = show(&Outcome::Import(import()), &options());
    assert_eq!(out, "line 7: INC0000045: no such date\nline 9: 3 columns in place of 5\n");
    assert_eq!(
        err,
        "10 rows read, 4 tickets, 3 created, 1 present already, 2 rows rejected (commit a1b2c3d)\n"
    );
    let dry = ImportView { dry_run: true, commit: None, rejected: Vec::new(), ..import() };
    let (_, err) = show(&Outcome::Import(dry), &options());
    assert_eq!(
        err,
        "10 rows read, 4 tickets, 3 would be created, 1 present already; dry run, nothing was written\n"
    );
}

#[test]
fn writing_prints_only_new_ids_as_data() {
    let (out, err) = show(&Outcome::Written(written("new", true, Vec::new())), &options());
    assert_eq!(out, "INC-7K3F9Q\n");
    assert_eq!(err, "created INC-7K3F9Q: CRM crashes (P2, new)\n");

    let resolve = vec![
        change("resolution.code", Value::Null, json!("fixed")),
        change("status", json!("in_progress"), json!("resolved")),
    ];
    let (out, err) = show(&Outcome::Written(written("resolve", true, resolve)), &options());
    assert_eq!((out.as_str(), err.as_str()), ("", "INC-7K3F9Q resolve: in_progress -> resolved\n"));

    let edit = ["a", "b", "c", "d"].map(|name| change(name, json!("1"), json!("2"))).to_vec();
    let (_, err) = show(&Outcome::Written(written("edit", true, edit)), &options());
    assert_eq!(err, "INC-7K3F9Q edit: a: 1 -> 2; b: 1 -> 2; c: 1 -> 2; 1 more\n");

    let (out, err) = show(&Outcome::Written(written("edit", false, Vec::new())), &options());
    assert_eq!((out.as_str(), err.as_str()), ("", "INC-7K3F9Q edit: nothing to do\n"));
}

#[test]
fn forms_for_programs() {
    let form = |format| UiOptions { format, ..options() };
    let outcome = Outcome::Rows(rows());

    let (json, _) = show(&outcome, &form(Format::Json));
    let value: Value = serde_json::from_str(&json).expect("json");
    assert_eq!(value["total"], 340);
    assert_eq!(value["rows"][0]["id"], FULL);
    assert!(json.starts_with("{\n  \"schema\""), "{json}");

    let (lines, _) = show(&outcome, &form(Format::Jsonl));
    assert_eq!(lines.lines().count(), 2);
    assert!(lines.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()));

    let (ids, _) = show(&outcome, &form(Format::Ids));
    assert_eq!(ids, format!("{FULL}\nINC-01KAM2V0T8Q4ZJ6D3N0R7K3F9R\n"));
    let (ids, _) = show(&Outcome::Log(log()), &form(Format::Ids));
    assert_eq!(ids, format!("{FULL}\n"));

    let columns = columns::parse("id,age,opened,custom.floor,tags").ok();
    let (csv, _) = show(&outcome, &UiOptions { columns, ..form(Format::Csv) });
    assert_eq!(
        csv.lines().take(2).collect::<Vec<_>>(),
        [
            "id,age,opened,custom.floor,tags",
            "INC-7K3F9Q,10076,2026-11-22T09:12:04Z,'=2+3,\"crash,q4\"",
        ]
    );
    let (csv, _) = show(&Outcome::Summary(summary()), &form(Format::Csv));
    assert_eq!(csv, "group,value,open,total\nteam,apps,3,12\nteam,,0,1\n");

    let refused = form(Format::Ids);
    let look = Look::new(&refused, false, None);
    assert!(matches!(
        rendered(&Outcome::Summary(summary()), &refused, &look),
        Err(ShowError::Format(Format::Ids))
    ));
    let template = UiOptions { template: Some("{{ short }} {{ priority }}".into()), ..options() };
    let (text, _) = show(&outcome, &template);
    assert_eq!(text, "INC-7K3F9Q P2\nINC-7K3F9R none\n");
}

#[test]
fn text_goes_to_output_and_messages_do_not() {
    let json = UiOptions { format: Format::Json, ..options() };
    assert_eq!(show(&Outcome::Text("a\tb\n".into()), &json), ("a\tb\n".into(), String::new()));
    assert_eq!(show(&Outcome::Message("done".into()), &json), (String::new(), "done\n".into()));
    assert_eq!(show(&Outcome::Nothing, &json), (String::new(), String::new()));
    let raw = Outcome::Text("\u{1b}[1m".into());
    assert_eq!(show_with(&raw, &json, false).out, "\u{1b}[1m");
    assert_eq!(show_with(&raw, &json, true).out, "\\u{1b}[1m");
}

/// Every view with `text` wherever data comes from people.
fn poisoned(text: &str) -> Vec<Outcome> {
    let text = || text.to_owned();
    let mut rows = rows();
    rows.columns =
        columns::parse("id,title,service,category,tags,channel,external_id").expect("columns");
    rows.columns.push(Column::Custom(text()));
    let row = &mut rows.rows[0];
    row.short = text();
    row.excerpt = Some(text());
    row.row.title = text();
    row.row.service = Some(text());
    row.row.category = Some(text());
    row.row.tags = vec![text()];
    row.row.channel = Some(text());
    row.row.external_id = Some(text());
    row.row.custom = IndexMap::from([(text(), text())]);

    let mut record = record();
    record.short = text();
    record.path = text();
    record.actions = vec![text()];
    record.links[0].other.title = Some(text());
    record.links[0].other.short = text();
    record.record = json!({
        "title": text(), "status": text(), "priority": text(), "service": text(),
        "tags": [text()], "opened_at": text(), "opened_by": text(), "description": text(),
        text(): text(), "other": {text(): text()},
        "holds": [{"reason": text(), "from": text()}, {"reason": text(), "from": "2026-11-22T11:00:00Z"}],
        "resolution": {"code": text(), "by": text(), "text": text()},
        "approvals": [{"at": text(), "by": text(), "verdict": text(), "text": text()}],
        "notes": [{"at": text(), "by": text(), "kind": text(), "text": text()}],
        "attachments": [{"name": text(), "size": 1, "at": text(), "by": text()}],
        "custom": {text(): text()},
    });

    let mut log = log();
    let bad = change(&text(), json!(text()), json!({"rel": text(), "to": text()}));
    for event in &mut log.events {
        event.commit = text();
        event.actor = text();
        event.action = text();
        event.subject = text();
        for record in &mut event.records {
            record.short = text();
            record.title = Some(text());
            record.changes = vec![bad.clone()];
        }
    }

    let mut summary = summary();
    summary.by_team[0].value = Some(text());
    let mut status = status();
    status.name = text();
    status.profile = text();
    status.location = text();
    status.trunk = text();
    status.commit = text();
    status.actor = text();
    status.edited = vec![text()];
    status.open[0].value = Some(text());
    let mut check = check();
    check.findings[0].path = text();
    check.findings[0].message = text();
    let mut import = import();
    import.commit = Some(text());
    import.rejected[0].external_id = Some(text());
    import.rejected[0].reason = text();
    let poison = |action: &str| {
        let mut written = written(action, true, vec![bad.clone()]);
        written.commit = Some(text());
        written.records[0].short = text();
        written.records[0].title = text();
        Outcome::Written(written)
    };
    vec![
        poison("new"),
        poison(&text()),
        Outcome::Rows(rows),
        Outcome::Record(Box::new(record)),
        Outcome::Log(log),
        Outcome::Summary(summary),
        Outcome::Status(Box::new(status)),
        Outcome::Check(check),
        Outcome::Import(import),
        Outcome::Message(text()),
        Outcome::Text(text()),
    ]
}

/// What is left of `text` without the styles that this module writes itself.
fn without_styles(text: &str) -> String {
    let mut left = text.to_owned();
    for style in ["0", "1", "2", "31", "32", "33", "36"] {
        left = left.replace(&format!("\u{1b}[{style}m"), "");
    }
    left
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_view_lets_control_characters_through(
        text in "[a\u{1b}\u{7}\u{8}\u{9b}\u{202e}\u{200b}\u{feff}\r\n\t\\[31m日]{0,24}",
        width in proptest::option::of(0_usize..120),
    ) {
        for terminal in [true, false] {
            for outcome in poisoned(&text) {
                if !terminal && matches!(outcome, Outcome::Text(_)) {
                    continue;
                }
                let shown = show_with(&outcome, &UiOptions { width, verbose: true, ..options() }, terminal);
                for stream in [&shown.out, &shown.err] {
                    let left = without_styles(stream);
                    let tab = matches!(outcome, Outcome::Text(_));
                    prop_assert!(
                        !left.contains(|c| c != '\n' && !(tab && c == '\t') && escape::is_harmful(c)),
                        "{left:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn forms_for_programs_are_harmless_to_a_terminal_too(
        text in "[a\u{1b}\u{7}\u{9b}\u{202e}\u{200b}\r\n\t\\[31m\"]{0,24}",
    ) {
        for format in [Format::Json, Format::Jsonl, Format::Csv] {
            for outcome in poisoned(&text) {
                let shown = show_with(&outcome, &UiOptions { format, ..options() }, true);
                for stream in [&shown.out, &shown.err] {
                    prop_assert!(
                        !stream.contains(|c| !matches!(c, '\n' | '\t') && escape::is_harmful(c)),
                        "{stream:?}"
                    );
                }
                if format == Format::Jsonl && !matches!(outcome, Outcome::Text(_)) {
                    for line in shown.out.lines() {
                        prop_assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
                    }
                }
            }
        }
    }

    #[test]
    fn lists_keep_to_a_reasonable_width(title in "[a-z日 ]{0,200}", width in 72_usize..140) {
        use unicode_width::UnicodeWidthStr as _;
        let mut view = rows();
        view.rows[0].row.title = title;
        let (out, _) = show(&Outcome::Rows(view), &UiOptions { width: Some(width), ..options() });
        for line in out.lines() {
            prop_assert!(line.width() <= width, "{line}");
        }
    }
}

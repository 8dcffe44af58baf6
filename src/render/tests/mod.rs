//! Each view as people and programs see it.

mod harmless;
mod sample;
mod schedule;
mod triage;

use anstream::adapter::strip_str;
use serde_json::{Value, json};

use super::ui::rendered;
use super::view::Look;
use super::{Format, ShowError, UiOptions};
use crate::outcome::*;
use sample::*;

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
    row_of(&mut view, 0).excerpt =
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
    let columns = Column::list("id,tags,opened,custom.floor,closed").ok();
    let (out, _) = show(&Outcome::Rows(rows()), &UiOptions { columns, ..options() });
    assert_eq!(out.lines().nth(1), Some("INC-7K3F9Q  crash,q4  2026-11-22 09:12  =2+3   -"));
    let view = RowsView { total: 0, rows: Rows::default(), ..rows() };
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
        blocked: Vec::new(),
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
    resolution.code: fixed
a1b2c3d 2026-11-22 12:00 alice close close 2 records
    INC-7K3F9Q CRM crashes
        status: resolved -> closed
    INC-7K3F9R CRM crashes
a1b2c3d 2026-11-22 12:00 alice edit Change the settings
"
    );
}

#[test]
fn a_story_tells_texts_in_full_and_time_in_words() {
    let mut story = story();
    story.events.truncate(2);
    let (out, _) = show(&Outcome::Log(story), &options());
    assert_eq!(
        out,
        "\
INC-7K3F9Q CRM crashes (resolved)

a1b2c3d 2026-11-22 12:00 alice resolve
    status: in_progress -> resolved
    resolution.code: fixed
    notes (work):
        One
        Two
    description:
          a
        - b
        + x
          c
        …

a1b2c3d 2026-11-22 12:00 alice close close 2 records, 1 hour later
    INC-7K3F9Q CRM crashes
        status: resolved -> closed
        notes (work):
            One
            Two
        description:
              a
            - b
            + x
              c
            …
    INC-7K3F9R CRM crashes (caused by)
        notes (work):
            One
            Two
        description:
              a
            - b
            + x
              c
            …
"
    );
}

#[test]
fn a_diff_counts_first() {
    let (out, err) = show(&Outcome::Diff(diff()), &options());
    assert_eq!(
        out,
        "\
3 records: 1 created, 2 resolved

INC-7K3F9Q CRM crashes: created, resolved
    status: new -> resolved

INC-7K3F9Q CRM crashes: resolved, edited
    status: new -> resolved
    tags: crash

and 1 more record
"
    );
    assert!(err.starts_with("from commit a1b2c3d, 2026-11-22 12:00 UTC\n"), "{err}");
}

#[test]
fn a_blame_has_a_line_for_each_field() {
    let (out, _) = show(&Outcome::Blame(blame()), &options());
    assert_eq!(
        out,
        "\
INC-7K3F9Q CRM crashes (resolved)

COMMIT   TIME              WHO    ACTION   FIELD        VALUE
a1b2c3d  2026-11-22 12:00  alice  resolve  status       resolved
a1b2c3d  2026-11-22 12:00  alice  new      description  a
a1b2c3d  2026-11-22 12:00  alice  edit                  x
a1b2c3d  2026-11-22 12:00  alice  assign   team         -
-        -                 -      -        title        CRM
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
    assert_eq!(strip_str(&shown.out).to_string().lines().nth(2), Some("TEAM    OPEN  TOTAL"));
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
    let dry = ImportView {
        numbered_by: "element",
        skipped: 1,
        links: 0,
        absent: vec!["a.b".into(), "\u{1b}c".into()],
        warnings: Vec::new(),
        ..import()
    };
    let (out, err) = show(&Outcome::Import(dry), &options());
    assert_eq!(out, "element 7: INC0000045: no such date\nelement 9: 3 columns in place of 5\n");
    assert_eq!(
        err,
        "not in the source: a.b, \\u{1b}c\n10 rows read, 4 tickets, 3 created, 1 present already, 1 row left out, 2 rows rejected (commit a1b2c3d)\n"
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

    let columns = Column::list("id,age,opened,custom.floor,tags").ok();
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
    assert_eq!(text, "INC-7K3F9Q P2\nINC-7K3F9R \n");
}

#[test]
fn text_goes_to_output_and_messages_do_not() {
    let text = Outcome::Text("a\tb\n".into());
    let message = Outcome::Message("done".to_owned().into());
    assert_eq!(show(&text, &options()), ("a\tb\n".into(), String::new()));
    assert_eq!(show(&message, &options()), (String::new(), "done\n".into()));
    let raw = Outcome::Text("\u{1b}[1m".into());
    assert_eq!(show_with(&raw, &options(), false).out, "\u{1b}[1m");
    assert_eq!(show_with(&raw, &options(), true).out, "\\u{1b}[1m");
    let json = UiOptions { format: Format::Json, ..options() };
    assert_eq!(show(&Outcome::Nothing, &json), (String::new(), String::new()));
    let (told, said) = show(&message, &json);
    assert!(told.contains("\"message\": \"done\"") && said.is_empty(), "{told}{said}");
    let look = Look::new(&json, false, None);
    assert!(matches!(rendered(&text, &json, &look), Err(ShowError::Text)));
}

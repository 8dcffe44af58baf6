//! No text that people put into a desk steers the terminal of those who read it.

use indexmap::IndexMap;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::sample::*;
use crate::outcome::*;
use crate::render::{Format, UiOptions, escape};

/// Every view with `text` wherever data comes from people.
fn poisoned(text: &str) -> Vec<Outcome> {
    let text = || text.to_owned();
    let mut rows = rows();
    rows.columns =
        Column::list("id,title,service,category,tags,channel,external_id").expect("columns");
    rows.columns.push(Column::Custom(text()));
    let row = row_of(&mut rows, 0);
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
        "approvals": [{"at": text(), "by": text(), "on_behalf_of": text(), "step": text(),
                       "verdict": text(), "text": text()}],
        "notes": [{"at": text(), "by": text(), "kind": text(), "text": text()}],
        "attachments": [{"name": text(), "size": 1, "at": text(), "by": text()}],
        "custom": {text(): text()},
    });

    let mut approval = approval();
    approval.short = text();
    approval.title = text();
    approval.definitions[0].description = Some(text());
    approval.steps[0].quorum = text();
    approval.steps[1].step = Some(format!("cab/{}", text()));
    approval.uncounted[0].step = Some(text());
    approval.waits_for = vec![text()];
    record.approval = Some(approval.clone());

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
    let note = json!({"kind": text(), "text": format!("{}\n{}", text(), text())});
    let long = change(&text(), Value::Null, note);
    let mut story = story();
    for event in &mut story.events {
        event.commit = text();
        event.actor = text();
        event.action = text();
        event.subject = text();
        event.imported = Some(text());
        for record in &mut event.records {
            record.short = text();
            record.title = Some(text());
            record.changes = vec![bad.clone(), long.clone()];
        }
    }
    if let Some(subject) = &mut story.subject {
        subject.short = text();
        subject.title = Some(text());
    }
    let mut diff = diff();
    for record in &mut diff.records {
        record.short = text();
        record.title = Some(text());
        record.changes = vec![bad.clone(), long.clone()];
    }
    let mut blame = blame();
    blame.record.short = text();
    blame.record.title = Some(text());
    for field in &mut blame.fields {
        field.field = text();
        field.value = Some(text().into());
        if let Some(event) = &mut field.event {
            event.actor = text();
            event.action = text();
        }
        for line in &mut field.lines {
            line.text = text();
            line.event.actor = text();
        }
    }
    let poison = |action: &str| {
        let mut written = written(action, true, vec![bad.clone()]);
        written.commit = Some(text());
        written.notices = vec![text()];
        written.records[0].short = text();
        written.records[0].title = text();
        Outcome::Written(written)
    };
    let mut refused = written("new", true, vec![bad.clone()]);
    refused.files = vec![text()];
    refused.subject = Some(text());
    refused.dry_run = true;
    refused.refused = vec![Refused {
        given: text(),
        id: None,
        short: None,
        reason: text(),
        hints: vec![text()],
        exit_code: 4,
    }];
    let mut files = written("edit", true, Vec::new());
    files.files = vec![text()];
    files.records.clear();
    let mut applied = applied();
    applied.subject = Some(text());
    applied.lines[0].commit = Some(text());
    applied.lines[0].records[0].title = text();
    applied.lines[0].records[0].short = text();
    applied.lines[2].action = Some(text());
    applied.lines[2].refused =
        Some(RefusedLine { reason: text(), hints: vec![text()], exit_code: 4 });
    let mut previewed = applied.clone();
    previewed.dry_run = true;
    let mut attachments = attachments();
    attachments.short = text();
    attachments.attachments[0].name = text();
    attachments.attachments[0].sha256 = text();
    let mut saved = attachments.clone();
    saved.attachments[0].saved_as = Some(text());
    vec![
        Outcome::Written(refused),
        Outcome::Written(files),
        Outcome::Applied(applied),
        Outcome::Applied(previewed),
        Outcome::Attachments(attachments),
        Outcome::Attachments(saved),
        poison("new"),
        poison(&text()),
        Outcome::Rows(rows),
        Outcome::Record(Box::new(record)),
        Outcome::Approval(Box::new(approval)),
        Outcome::Log(log),
        Outcome::Log(story),
        Outcome::Diff(diff),
        Outcome::Blame(blame),
        Outcome::Summary(summary),
        Outcome::Status(Box::new(status)),
        Outcome::Check(check),
        Outcome::Import(import),
        Outcome::Triage(Box::new(super::triage::poisoned(&text()))),
        Outcome::Conflicts(Box::new(super::schedule::conflicts(&text()))),
        Outcome::Slots(super::schedule::slots(&text())),
        Outcome::Schedule(Box::new(super::schedule::schedule(&text()))),
        Outcome::Weeks(Box::new(super::schedule::schedule(&text()))),
        Outcome::Message(MessageView::about(&text(), text())),
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
                for stream in [&shown.out, &shown.err, &shown.errors] {
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
                if matches!(outcome, Outcome::Text(_)) {
                    continue;
                }
                let shown = show_with(&outcome, &UiOptions { format, ..options() }, true);
                let errors = without_styles(&shown.errors);
                for stream in [&shown.out, &shown.err, &errors] {
                    prop_assert!(
                        !stream.contains(|c| !matches!(c, '\n' | '\t') && escape::is_harmful(c)),
                        "{stream:?}"
                    );
                }
                if format == Format::Jsonl {
                    for line in shown.out.lines() {
                        prop_assert!(serde_json::from_str::<Value>(line).is_ok(), "{line}");
                    }
                }
            }
        }
    }

    #[test]
    fn lists_keep_to_a_reasonable_width(title in "[a-z日 ]{0,200}", width in 72_usize..140) {
        use dialoguer::console::measure_text_width;
        let mut view = rows();
        row_of(&mut view, 0).row.title = title;
        let (out, _) = show(&Outcome::Rows(view), &UiOptions { width: Some(width), ..options() });
        for line in out.lines() {
            prop_assert!(measure_text_width(line) <= width, "{line}");
        }
    }
}

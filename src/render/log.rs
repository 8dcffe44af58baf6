//! What happened, in the manner of `git log`.

use super::style::{self, paint};
use super::table::{Cell, Table};
use super::view::{Look, Rendered, short_commit};
use super::{change, escape, time};
use crate::model::{FieldChange, Timestamp};
use crate::outcome::{EventRecord, EventView, LogView, StorySubject};

/// The events, each with the changes of its fields.
pub(crate) fn render(view: &LogView, look: &Look) -> Rendered {
    let mut rendered = Rendered::default();
    if view.events.is_empty() {
        "nothing happened\n".clone_into(&mut rendered.err);
        return rendered;
    }
    let text = match &view.subject {
        _ if view.brief => lines(view, look),
        Some(subject) => story(subject, &view.events),
        None => view.events.iter().map(|event| one(event, None)).collect(),
    };
    Rendered::paged(text)
}

/// What one record went through, with the texts in full.
fn story(subject: &StorySubject, events: &[EventView]) -> String {
    let mut text = heading(subject) + "\n";
    for event in events {
        text.push('\n');
        text.push_str(&one(event, Some(subject)));
    }
    text
}

/// `INC-7K3F9Q CRM crashes (resolved)`.
pub(crate) fn heading(subject: &StorySubject) -> String {
    let short = paint(style::ID, &escape::line(&subject.short));
    let title = subject.title.as_deref().unwrap_or("(no longer there)");
    let title = paint(style::STRONG, &escape::line(title));
    match &subject.status {
        Some(status) => format!("{short} {title} ({})", escape::line(status.as_str())),
        None => format!("{short} {title}"),
    }
}

/// A line for each event.
fn lines(view: &LogView, look: &Look) -> String {
    let mut table = Table::new(["COMMIT", "TIME", "WHO", "ACTION", "WHAT"]).shrink(4, 20);
    for event in &view.events {
        let what = match event.records.as_slice() {
            [record] => match &record.title {
                Some(title) => format!("{} {title}", record.short),
                None => record.short.clone(),
            },
            _ => said(event).to_owned(),
        };
        table.row(vec![
            Cell::new(short_commit(&event.commit), style::COMMIT),
            Cell::plain(&time::absolute(event.at)),
            Cell::plain(&event.actor),
            Cell::new(&event.action, style::STRONG),
            Cell::plain(&what),
        ]);
    }
    table.render(look.width)
}

/// One event; in a record's story, that record goes without saying.
fn one(event: &EventView, story: Option<&StorySubject>) -> String {
    let mut text = format!(
        "{} {} {} {}",
        paint(style::COMMIT, &escape::line(short_commit(&event.commit))),
        time::absolute(event.at),
        escape::line(&event.actor),
        paint(style::STRONG, &escape::line(&event.action)),
    );
    let is_subject = |record: &EventRecord| story.is_some_and(|story| story.id == record.id);
    match event.records.as_slice() {
        [record] if is_subject(record) => {}
        [record] => text.push_str(&format!(" {}", named(record))),
        _ => text.push_str(&format!(" {}", escape::line(said(event)))),
    }
    if let Some(seconds) = event.after_seconds.filter(|seconds| *seconds > 0) {
        let later = format!(", {} later", time::in_words(seconds));
        text.push_str(&paint(style::DIM, &later));
    }
    text.push('\n');
    remarks(event, &mut text);
    match event.records.as_slice() {
        [record] => changes(event.at, record, "    ", is_subject(record), &mut text),
        records => {
            for record in records {
                text.push_str(&format!("    {}\n", named(record)));
                changes(event.at, record, "        ", is_subject(record), &mut text);
            }
            // In a story, the rest of a batch is not its business.
            if let (None, more @ 1..) = (story, event.touched.saturating_sub(records.len())) {
                text.push_str(&format!("    and {more} more\n"));
            }
        }
    }
    text
}

/// The commit's subject line, without the action that stands before it.
fn said(event: &EventView) -> &str {
    let (start, rest) = event.subject.split_once(": ").unwrap_or_default();
    if start == event.action || start.ends_with(&format!(" {}", event.action)) {
        rest
    } else {
        &event.subject
    }
}

/// What is out of the ordinary about an event.
fn remarks(event: &EventView, text: &mut String) {
    let imported = event.imported.as_ref().map(|from| match from.strip_prefix("- ") {
        Some(line) => format!("imported from standard input {line}"),
        None => format!("imported from {from}"),
    });
    let recorded = format!("recorded {}", time::absolute(event.recorded));
    let recorded = (event.recorded != event.at).then_some(recorded);
    if imported.is_some() || recorded.is_some() {
        let remark: Vec<String> = imported.into_iter().chain(recorded).collect();
        let remark = remark.join(", ");
        text.push_str(&format!("    {}\n", paint(style::DIM, &escape::line(&remark))));
    }
    if event.disputed {
        let warning = paint(style::WARNING, "warning:");
        text.push_str(&format!("    {warning} the commit's message says something else\n"));
    }
}

fn named(record: &EventRecord) -> String {
    let short = paint(style::ID, &escape::line(&record.short));
    let title = record.title.as_ref().map(|title| format!(" {}", escape::line(title)));
    let relation = record.relation.map(|name| format!(" ({})", name.replace('_', " ")));
    short + &title.unwrap_or_default() + &relation.unwrap_or_default()
}

fn changes(at: Timestamp, record: &EventRecord, indent: &str, in_full: bool, text: &mut String) {
    for change in record.changes.iter().filter(|change| !is_stamp(change, at)) {
        let lines = if in_full { change::full(change) } else { vec![change::short(change)] };
        for line in lines {
            text.push_str(&format!("{indent}{line}\n"));
        }
    }
}

/// Whether a change only stamps the time of the event itself, which stands in
/// its first line.
fn is_stamp(change: &FieldChange, at: Timestamp) -> bool {
    let stamped = || change.to.as_ref()?.as_str()?.parse::<Timestamp>().ok();
    change.field.ends_with("_at") && stamped() == Some(at)
}

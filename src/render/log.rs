//! What happened, in the manner of `git log`.

use super::style::{self, paint};
use super::view::{Rendered, short_commit};
use super::{escape, time};
use crate::outcome::{EventRecord, EventView, LogView};

/// The events, the newest first, each with the changes of its fields.
pub(crate) fn render(view: &LogView) -> Rendered {
    let mut text = String::new();
    for event in &view.events {
        one(event, &mut text);
    }
    let mut rendered = Rendered::paged(text);
    if view.events.is_empty() {
        "nothing happened\n".clone_into(&mut rendered.err);
    }
    rendered
}

fn one(event: &EventView, text: &mut String) {
    let head = format!(
        "{} {} {} {}",
        paint(style::WARNING, &escape::line(short_commit(&event.commit))),
        time::absolute(event.at),
        escape::line(&event.actor),
        paint(style::STRONG, &escape::line(&event.action)),
    );
    let about = match event.records.as_slice() {
        [record] => named(record),
        _ => escape::line(&event.subject).into_owned(),
    };
    text.push_str(&format!("{head} {about}\n"));
    remarks(event, text);
    match event.records.as_slice() {
        [record] => changes(record, "    ", text),
        records => {
            for record in records {
                text.push_str(&format!("    {}\n", named(record)));
                changes(record, "        ", text);
            }
            if let more @ 1.. = event.touched.saturating_sub(records.len()) {
                text.push_str(&format!("    and {more} more\n"));
            }
        }
    }
}

/// What is out of the ordinary about an event.
fn remarks(event: &EventView, text: &mut String) {
    let imported = event.imported.as_ref().map(|from| format!("imported from {from}"));
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
    match &record.title {
        Some(title) => format!("{short} {}", escape::line(title)),
        None => short,
    }
}

fn changes(record: &EventRecord, indent: &str, text: &mut String) {
    for change in &record.changes {
        text.push_str(&format!("{indent}{}\n", escape::line(&change.to_string())));
    }
}

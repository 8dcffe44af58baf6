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
    text.push_str(&head);
    match event.records.as_slice() {
        [] => {
            text.push_str(&format!(" {}\n", escape::line(&event.subject)));
        }
        [record] => {
            text.push_str(&format!(" {}\n", named(record)));
            changes(record, "    ", text);
        }
        records => {
            text.push_str(&format!(" {}\n", escape::line(&event.subject)));
            for record in records {
                text.push_str(&format!("    {}\n", named(record)));
                changes(record, "        ", text);
            }
        }
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

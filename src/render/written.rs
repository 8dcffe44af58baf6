//! What a command that writes says.

use super::escape;
use super::style::{self, paint};
use super::view::{Look, Rendered, short_commit};
use crate::model::FieldChange;
use crate::outcome::{Written, WrittenRecord};

/// How many changes are named on the line of a record.
const NAMED: usize = 3;

/// The short id of each new record alone on standard output, so that
/// `id=$(gitsm incident new ...)` works; the rest on standard error.
pub(crate) fn render(view: &Written, look: &Look) -> Rendered {
    let mut rendered = Rendered::default();
    let done = view.commit.is_some();
    for record in &view.records {
        let short = escape::line(&record.short);
        if done && record.action == "new" {
            rendered.out.push_str(&format!("{short}\n"));
        }
        let line = if done { did(record) } else { "nothing to do".to_owned() };
        let id = paint(style::ID, &short);
        if done && record.action == "new" {
            rendered.err.push_str(&format!("created {id}: {line}\n"));
        } else {
            rendered.err.push_str(&format!("{id} {}: {line}\n", escape::line(&record.action)));
        }
    }
    match &view.commit {
        None if view.records.is_empty() => rendered.err.push_str("nothing to do\n"),
        Some(commit) if look.verbose => {
            rendered.err.push_str(&format!("commit {}\n", escape::line(short_commit(commit))));
        }
        _ => {}
    }
    rendered
}

fn did(record: &WrittenRecord) -> String {
    if record.action == "new" {
        let priority = record.priority.map(|priority| format!("{priority}, ")).unwrap_or_default();
        return format!("{} ({priority}{})", escape::line(&record.title), record.status);
    }
    let status = record.changes.iter().find(|change| change.field == "status");
    if let Some(FieldChange { from: Some(from), to: Some(to), .. }) = status {
        let word = |value: &serde_json::Value| {
            escape::line(value.as_str().unwrap_or_default()).into_owned()
        };
        return format!("{} -> {}", word(from), word(to));
    }
    let mut named: Vec<String> = record
        .changes
        .iter()
        .take(NAMED)
        .map(|change| escape::line(&change.to_string()).into_owned())
        .collect();
    match record.changes.len().saturating_sub(NAMED) {
        0 if named.is_empty() => named.push("done".to_owned()),
        0 => {}
        more => named.push(format!("{more} more")),
    }
    named.join("; ")
}

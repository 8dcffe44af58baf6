//! What a command that writes says.

use super::error::labelled;
use super::escape;
use super::style::{self, paint};
use super::view::{Look, Rendered, count, short_commit};
use crate::model::FieldChange;
use crate::outcome::{Refused, Written, WrittenRecord};

/// How many changes are named on the line of a record.
const NAMED: usize = 3;

/// The short id of each new record alone on standard output, so that
/// `id=$(gitsm incident new ...)` works; the rest on standard error.
pub(crate) fn render(view: &Written, look: &Look) -> Rendered {
    if view.dry_run {
        return preview(view);
    }
    let mut rendered = Rendered { errors: refusals(view), ..Rendered::default() };
    let done = view.commit.is_some();
    for record in &view.records {
        if done {
            said(record, &mut rendered);
        } else {
            let (id, action) = (escape::line(&record.short), escape::line(&record.action));
            let id = paint(style::ID, &id);
            rendered.err.push_str(&format!("{id} {action}: nothing to do\n"));
        }
    }
    if done && view.records.is_empty() {
        for path in &view.files {
            rendered.err.push_str(&format!("committed {}\n", escape::line(path)));
        }
    }
    for notice in &view.notices {
        rendered.err.push_str(&format!("{}\n", escape::line(notice)));
    }
    match &view.commit {
        None if view.records.is_empty() && view.refused.is_empty() && view.notices.is_empty() => {
            rendered.err.push_str("nothing to do\n");
        }
        Some(commit) if look.verbose => {
            rendered.err.push_str(&format!("commit {}\n", escape::line(short_commit(commit))));
        }
        _ => {}
    }
    rendered
}

/// What would be written, field by field, and the subject of the commit.
fn preview(view: &Written) -> Rendered {
    let mut rendered = Rendered { errors: refusals(view), ..Rendered::default() };
    let mut subject = view.subject.clone().unwrap_or_default();
    for record in &view.records {
        preview_record(record, &mut rendered.out);
        subject = unborn(record, &subject);
    }
    for path in &view.files {
        rendered.out.push_str(&format!("{}\n", escape::line(path)));
    }
    for notice in &view.notices {
        rendered.err.push_str(&format!("{}\n", escape::line(notice)));
    }
    if view.subject.is_some() {
        rendered.out.push_str(&format!("commit: {}\n", escape::line(&subject)));
        rendered.err.push_str("dry run: nothing was written\n");
    } else if view.refused.is_empty() {
        rendered.err.push_str("dry run: nothing to do\n");
    }
    rendered
}

/// What would be done to a record, field by field.
pub(crate) fn preview_record(record: &WrittenRecord, out: &mut String) {
    let title = escape::line(&record.title);
    if record.action == "new" {
        out.push_str(&format!("new {}: {title} ({})\n", record.kind, record.status));
    } else {
        let id = paint(style::ID, &escape::line(&record.short));
        out.push_str(&format!("{id} {}: {title}\n", escape::line(&record.action)));
    }
    for change in &record.changes {
        out.push_str(&format!("  {}\n", escape::line(&change.to_string())));
    }
}

/// The subject without the id of a new record, which is found when it is written.
pub(crate) fn unborn(record: &WrittenRecord, subject: &str) -> String {
    if record.action == "new" {
        subject.replace(&record.short, record.kind.prefix())
    } else {
        subject.to_owned()
    }
}

/// What was done to a record: the id of a new one on standard output.
pub(crate) fn said(record: &WrittenRecord, rendered: &mut Rendered) {
    let (short, line) = (escape::line(&record.short), did(record));
    let id = paint(style::ID, &short);
    if record.action == "new" {
        rendered.out.push_str(&format!("{short}\n"));
        rendered.err.push_str(&format!("created {id}: {line}\n"));
    } else {
        let action = if record.action.starts_with("task_") {
            record.action.replace('_', " ")
        } else {
            record.action.clone()
        };
        rendered.err.push_str(&format!("{id} {}: {line}\n", escape::line(&action)));
    }
}

/// Why each part was refused, and what that means for the rest.
pub(crate) fn refusals(view: &Written) -> String {
    let mut text = String::new();
    let mut said: &[String] = &[];
    for refused in &view.refused {
        let name = refused.short.as_ref().unwrap_or(&refused.given);
        // The same hint on and on would only hide the reasons.
        let hints = if refused.hints == said { &[] } else { &refused.hints[..] };
        text.push_str(&refusal(name, &refused.reason, hints));
        said = &refused.hints;
    }
    if !view.refused.is_empty() {
        let settings = view.refused.iter().all(Refused::is_setting);
        let refused = match settings {
            true => count(view.refused.len(), "setting", "settings") + " could not be followed",
            false => count(view.refused.len(), "record was", "records were") + " refused",
        };
        let rest = match (view.subject.is_some(), view.dry_run) {
            (false, _) => "nothing was written",
            (true, false) if settings => "the rest was done",
            (true, true) if settings => "the rest would be done",
            (true, false) => "the others were changed",
            (true, true) => "the others would be changed",
        };
        text.push_str(&format!("{refused}; {rest}\n"));
    }
    text
}

/// An error line about `name`, with hints below.
pub(crate) fn refusal(name: &str, reason: &str, hints: &[String]) -> String {
    // Most reasons begin with the record's id.
    let named = reason.contains(name);
    let message = if named { reason.to_owned() } else { format!("{name}: {reason}") };
    let mut text = labelled("error", style::ERROR, &message);
    for hint in hints {
        text.push_str(&format!("  {}\n", escape::line(hint)));
    }
    text
}

fn did(record: &WrittenRecord) -> String {
    if record.action == "new" {
        let priority = record.priority.map(|priority| format!("{priority}, ")).unwrap_or_default();
        return format!("{} ({priority}{})", escape::line(&record.title), record.status);
    }
    let word_of = |value: &Option<serde_json::Value>| {
        let text = value.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default();
        escape::line(text).into_owned()
    };
    if record.action.starts_with("task_") {
        // What became of each task, and of the record in its train.
        let told = record.changes.iter().filter_map(|change| match change.field.as_str() {
            "tasks" => change.brief_to().map(|task| escape::line(&task).into_owned()),
            "status" => Some(format!("{} -> {}", word_of(&change.from), word_of(&change.to))),
            _ => None,
        });
        let told = told.collect::<Vec<_>>();
        if !told.is_empty() {
            return told.join("; ");
        }
        // A vote that does not decide yet moves no task.
        let votes = record.changes.iter().filter(|change| change.field == "approvals");
        let votes = votes.filter_map(FieldChange::brief_to);
        return votes.map(|vote| escape::line(&vote).into_owned()).collect::<Vec<_>>().join("; ");
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

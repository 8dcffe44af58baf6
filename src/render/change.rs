//! One field's change, for people.

use serde_json::Value;

use super::escape;
use super::style::{self, paint};
use crate::model::{FieldChange, Line, compare_lines, summary};

/// The widest value that stands on a line of its own field.
const WIDTH: usize = 72;
/// Of a longer text so many lines are shown.
const LINES: usize = 12;

/// `status: new -> resolved`, or `service: crm` where there was nothing before;
/// long texts are cut.
pub(crate) fn short(change: &FieldChange) -> String {
    let name = paint(style::DIM, &format!("{}:", escape::line(&change.field)));
    let value = |text: Option<String>| text.map(|text| escape::line(&text).into_owned());
    match (value(change.brief_from()), value(change.brief_to())) {
        (None, None) => format!("{name} -"),
        (None, Some(to)) => format!("{name} {to}"),
        (Some(from), None) => format!("{name} {from} -> -"),
        (Some(from), Some(to)) => format!("{name} {from} -> {to}"),
    }
}

/// The same with long texts in full, as lines of their own.
pub(crate) fn full(change: &FieldChange) -> Vec<String> {
    let text = |value: &Option<Value>| match value {
        Some(Value::String(text)) => Some(text.clone()),
        Some(Value::Object(note)) if note.contains_key("kind") => {
            note.get("text").and_then(Value::as_str).map(str::to_owned)
        }
        _ => None,
    };
    let is_long = |text: &Option<String>| {
        text.as_ref().is_some_and(|text| summary(text, WIDTH) != text.trim())
    };
    let (from, to) = (text(&change.from), text(&change.to));
    let is_note = |value: &Option<Value>| value.as_ref().is_some_and(Value::is_object);
    let is_new_note = is_note(&change.to) && to.is_some();
    if !(is_long(&from) || is_long(&to) || is_new_note) {
        return vec![short(change)];
    }
    let kind = change.to.as_ref().and_then(|value| value.get("kind")).and_then(Value::as_str);
    let name = match kind {
        Some(kind) => format!("{} ({kind}):", change.field),
        None => format!("{}:", change.field),
    };
    let mut lines = vec![paint(style::DIM, &escape::line(&name))];
    lines.extend(match (&from, &to) {
        (None, Some(to)) => cut(to.trim_end().lines().map(plain).collect()),
        (Some(from), Some(to)) => cut(edited(from, to)),
        (_, None) => return vec![short(change)],
    });
    lines
}

fn plain(line: &str) -> String {
    indent(&escape::line(line))
}

fn indent(line: &str) -> String {
    format!("    {line}").trim_end().to_owned()
}

/// The lines that went and came, with one line around them.
fn edited(from: &str, to: &str) -> Vec<String> {
    let lines = compare_lines(from.trim_end(), to.trim_end());
    let is_kept = |line: Option<&Line<'_>>| matches!(line, None | Some(Line::Kept(..)));
    let mut shown = Vec::new();
    let mut left_out = false;
    for (at, line) in lines.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| lines.get(at));
        if is_kept(Some(line)) && is_kept(before) && is_kept(lines.get(at + 1)) {
            left_out = true;
            continue;
        }
        if std::mem::take(&mut left_out) {
            shown.push(paint(style::DIM, "    …"));
        }
        shown.push(match line {
            Line::Kept(text, _) => format!("      {}", escape::line(text)).trim_end().to_owned(),
            Line::Removed(text) => paint(style::REMOVED, &format!("    - {}", escape::line(text))),
            Line::Added(text) => paint(style::GOOD, &format!("    + {}", escape::line(text))),
        });
    }
    if left_out {
        shown.push(paint(style::DIM, "    …"));
    }
    shown
}

fn cut(mut lines: Vec<String>) -> Vec<String> {
    let more = lines.len().saturating_sub(LINES);
    // One line more takes no more room than saying so.
    if more > 1 {
        lines.truncate(LINES);
        lines.push(paint(style::DIM, &format!("    … and {more} more lines")));
    }
    lines
}

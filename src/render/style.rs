//! What colour means. Everything stays readable without it.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};

use crate::model::{Priority, StateCategory};
use crate::outcome::Severity;

/// No style.
pub(crate) const PLAIN: Style = Style::new();
/// Titles of records and headings.
pub(crate) const STRONG: Style = Style::new().bold();
/// What matters less: full ids, ages, names of fields.
pub(crate) const DIM: Style = Style::new().dimmed();
/// Commits.
pub(crate) const COMMIT: Style = AnsiColor::Yellow.on_default();
/// Short ids.
pub(crate) const ID: Style = AnsiColor::Cyan.on_default();
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// What went, beside [`GOOD`] for what came.
pub(crate) const REMOVED: Style = AnsiColor::Red.on_default();
pub(crate) const WARNING: Style = AnsiColor::Yellow.on_default().bold();
pub(crate) const ERROR: Style = AnsiColor::Red.on_default().bold();
/// The words that were searched for.
pub(crate) const HIT: Style = Style::new().bold().underline();
pub(crate) const HINT: Style = AnsiColor::Cyan.on_default().bold();

/// `text` in `style`.
pub(crate) fn paint(style: Style, text: &str) -> String {
    let mut out = String::new();
    add(&mut out, style, text);
    out
}

/// Adds `text` in `style` to `out`.
fn add(out: &mut String, style: Style, text: &str) {
    if text.is_empty() || style.is_plain() {
        out.push_str(text);
    } else {
        // Nothing goes wrong where text is added to text.
        let _ = write!(out, "{style}{text}{style:#}");
    }
}

/// `text` in `style`, but the spans of characters in `marks`, which stand in
/// order, in a style that stands out. A mark may go beyond the text's end,
/// which then was cut off.
pub(crate) fn marked(style: Style, text: &str, marks: &[(usize, usize)]) -> String {
    let mut out = String::new();
    mark(&mut out, style, text, marks);
    out
}

/// Adds to `out` what [`marked`] gives.
pub(crate) fn mark(out: &mut String, style: Style, text: &str, marks: &[(usize, usize)]) {
    if marks.is_empty() {
        return add(out, style, text);
    }
    let characters: Vec<char> = text.chars().collect();
    let part =
        |from: usize, to: usize| -> String { characters.iter().take(to).skip(from).collect() };
    let cut = usize::from(characters.last() == Some(&'…'));
    let end = characters.len() - cut;
    let mut done = 0;
    for (from, to) in marks {
        let (from, to) = ((*from).clamp(done, end), (*to).clamp(done, end));
        add(out, style, &part(done, from));
        add(out, HIT, &part(from, to));
        done = to;
    }
    add(out, style, &part(done, characters.len()));
}

/// The style of a priority.
pub(crate) fn priority(priority: Option<Priority>) -> Style {
    match priority {
        Some(Priority::P1) => ERROR,
        Some(Priority::P2) => AnsiColor::Yellow.on_default(),
        Some(Priority::P5) => DIM,
        _ => PLAIN,
    }
}

/// The style of a status, by what it means.
pub(crate) fn state(state: StateCategory) -> Style {
    match state {
        StateCategory::Open => PLAIN,
        StateCategory::Hold => AnsiColor::Yellow.on_default(),
        StateCategory::Resolved => GOOD,
        StateCategory::Closed => DIM,
    }
}

/// The style of a finding.
pub(crate) fn severity(severity: Severity) -> Style {
    match severity {
        Severity::Error => ERROR,
        Severity::Warning => WARNING,
    }
}

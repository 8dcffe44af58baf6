//! What colour means. Everything stays readable without it.

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
    if text.is_empty() || style.is_plain() {
        text.to_owned()
    } else {
        format!("{style}{text}{style:#}")
    }
}

/// `text` in `style`, but the spans of characters in `marks`, which stand in
/// order, in a style that stands out. A mark may go beyond the text's end,
/// which then was cut off.
pub(crate) fn marked(style: Style, text: &str, marks: &[(usize, usize)]) -> String {
    if marks.is_empty() {
        return paint(style, text);
    }
    let characters: Vec<char> = text.chars().collect();
    let part =
        |from: usize, to: usize| -> String { characters.iter().take(to).skip(from).collect() };
    let cut = usize::from(characters.last() == Some(&'…'));
    let end = characters.len() - cut;
    let mut out = String::new();
    let mut done = 0;
    for (from, to) in marks {
        let (from, to) = ((*from).clamp(done, end), (*to).clamp(done, end));
        out.push_str(&paint(style, &part(done, from)));
        out.push_str(&paint(HIT, &part(from, to)));
        done = to;
    }
    out.push_str(&paint(style, &part(done, characters.len())));
    out
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

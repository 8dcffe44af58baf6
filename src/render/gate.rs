//! The answer of the gate, in at most ten lines of plain words.

use super::style::{self, paint};
use super::view::{Look, Rendered, short_commit};
use super::{escape, time};
use crate::model::PersonId;
use crate::outcome::{GateReason, GateView};

/// How many reasons are printed; JSON has them all.
const REASONS: usize = 3;

/// The verdict, why, what to do, and what it was decided on.
pub(crate) fn render(view: &GateView, look: &Look) -> Rendered {
    let verdict = if view.bypass { "bypass" } else { view.verdict };
    let what = match (&view.short, &view.title) {
        (Some(short), Some(title)) => {
            format!("{} {}", paint(style::ID, &escape::line(short)), escape::line(title))
        }
        _ => "no change".to_owned(),
    };
    let to = escape::line(&view.environment).into_owned();
    let replayed = if view.replayed { paint(style::WARNING, " (replayed)") } else { String::new() };
    let mut text = format!("{} {what} -> {to}{replayed}\n", paint(of_verdict(verdict), verdict));
    for reason in view.reasons.iter().take(REASONS) {
        text.push_str(&one(reason, look));
    }
    if view.reasons.len() > REASONS {
        let more = view.reasons.len() - REASONS;
        text.push_str(&format!("  and {more} more, see --json\n"));
    }
    text.push_str(&authorised(view, look));
    if view.bypass {
        text.push_str("  the environment is left open where it cannot be told\n");
    }
    text.push_str(&decided_on(view));
    let mut errors = String::new();
    for warning in &view.warnings {
        errors.push_str(&format!("{} {}\n", paint(style::WARNING, "note:"), escape::line(warning)));
    }
    Rendered { out: text, err: errors, ..Rendered::default() }
}

fn one(reason: &GateReason, look: &Look) -> String {
    let until = reason.until.map(|at| format!(" ({})", time::relative(at, look.now)));
    let mut text = format!(
        "  {}{} [{}]\n",
        escape::line(&reason.text),
        until.unwrap_or_default(),
        reason.rule
    );
    if let Some(hint) = &reason.hint {
        text.push_str(&format!("    {} {}\n", paint(style::HINT, "->"), escape::line(hint)));
    }
    text
}

/// By whom or what it is let through.
fn authorised(view: &GateView, look: &Look) -> String {
    if let Some(by) = &view.overridden {
        return format!(
            "  overridden by {} for {}: {}\n  must be approved by {} ({})\n",
            escape::line(by.by.as_str()),
            by.incident.short(),
            escape::line(&by.reason),
            time::absolute(by.due),
            time::relative(by.due, look.now),
        );
    }
    let people: Vec<&str> = view.approved_by.iter().map(PersonId::as_str).collect();
    match (&people[..], &view.digest, &view.model) {
        (_, _, Some(model)) => {
            format!("  authorised beforehand by the change model {}\n", escape::line(model))
        }
        ([], _, _) if view.verdict == "allow" => "  a standard change\n".to_owned(),
        ([], ..) => String::new(),
        (_, digest, _) => {
            let digest = digest.as_deref().map(|digest| digest.get(..12).unwrap_or(digest));
            let people = escape::line(&people.join(", ")).into_owned();
            format!("  approved by {people} (digest {})\n", digest.unwrap_or_default())
        }
    }
}

/// The commit of the desk and the time.
fn decided_on(view: &GateView) -> String {
    let at = view.at;
    match &view.desk {
        Some(commit) => {
            let remote = view.remote.as_ref().map(|remote| format!(" of {}", escape::line(remote)));
            let commit = short_commit(commit);
            format!("decided on commit {commit}{} at {at}\n", remote.unwrap_or_default())
        }
        None => format!("decided without a desk at {at}\n"),
    }
}

fn of_verdict(verdict: &str) -> anstyle::Style {
    match verdict {
        "allow" => style::GOOD,
        "pending" | "override" | "bypass" => style::WARNING,
        _ => style::ERROR,
    }
}

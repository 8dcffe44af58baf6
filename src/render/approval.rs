//! Where the approval of a record stands, step by step.

use super::style::{self, paint};
use super::view::{Look, Rendered};
use super::{escape, time};
use crate::model::{PersonId, TaskId, Timestamp};
use crate::outcome::{ApprovalSeat, ApprovalStep, ApprovalView, UncountedVote};

/// The steps with their votes, what does not count, and what is missing.
pub(crate) fn render(view: &ApprovalView, look: &Look) -> Rendered {
    let mut text = format!(
        "{} {}\n",
        paint(style::ID, &escape::line(&view.short)),
        paint(style::STRONG, &escape::line(&view.title))
    );
    let asked = view.asked_at.map(|at| format!(" · asked {}", moment(at, look)));
    let decision = match view.decision {
        "not_asked" if !view.definitions.is_empty() => {
            "nobody needs to approve the whole".to_owned()
        }
        "not_asked" => "nobody needs to approve it".to_owned(),
        other => words(other),
    };
    let styled = paint(of_decision(view.decision), &decision);
    text.push_str(&format!("{styled}{}\n", asked.unwrap_or_default()));
    for definition in &view.definitions {
        let about = definition.description.as_ref().or(definition.when.as_ref());
        let name = paint(style::STRONG, &escape::line(&definition.name));
        let about = about.map(|about| format!(": {}", escape::line(about))).unwrap_or_default();
        text.push_str(&format!("\n{name}{about}\n"));
        if !definition.tasks.is_empty() {
            let tasks: Vec<&str> = definition.tasks.iter().map(TaskId::as_str).collect();
            text.push_str(&format!("  for {}\n", escape::line(&tasks.join(", "))));
        }
        let own = format!("{}/", definition.name);
        let of = |step: &&ApprovalStep| step.step.as_ref().is_some_and(|s| s.starts_with(&own));
        for step in view.steps.iter().filter(of) {
            text.push_str(&one_step(step, look));
        }
    }
    let unnamed = view.steps.iter().filter(|step| step.step.is_none());
    for step in unnamed.filter(|_| view.decision != "not_asked") {
        text.push('\n');
        text.push_str(&one_step(step, look));
    }
    if !view.uncounted.is_empty() {
        text.push_str(&format!("\n{}\n", paint(style::STRONG, "not counted")));
        for vote in &view.uncounted {
            text.push_str(&format!("  {}\n", not_counted(vote, look)));
        }
    }
    text.push_str(&waits_for(view));
    Rendered::paged(text)
}

/// What is missing, a line for each open step, after a blank line.
pub(super) fn waits_for(view: &ApprovalView) -> String {
    let mut text = String::new();
    for (at, missing) in view.waits_for.iter().enumerate() {
        let before = if at == 0 { "\n" } else { "" };
        let label = paint(style::DIM, "waits for:");
        text.push_str(&format!("{before}{label} {}\n", escape::line(missing)));
    }
    text
}

/// A vote that does not count, and why.
pub(super) fn not_counted(vote: &UncountedVote, look: &Look) -> String {
    let step = vote.step.as_ref().map(|step| format!(" ({})", escape::line(step)));
    format!(
        "{} by {}, {}{}: {}",
        vote.verdict,
        escape::line(vote.by.as_str()),
        moment(vote.at, look),
        step.unwrap_or_default(),
        paint(style::WARNING, vote.why)
    )
}

fn one_step(step: &ApprovalStep, look: &Look) -> String {
    let name = step.step.as_deref().map_or_else(String::new, |name| {
        let last = name.rsplit('/').next().unwrap_or(name);
        format!("{} ", escape::line(last))
    });
    let mut facts = vec![match step.needed {
        Some(needed) => format!("{} of {needed}", step.approved),
        None => format!("{}, which cannot be counted here", step.approved),
    }];
    facts.push(format!("quorum {}", escape::line(&step.quorum)));
    if step.veto {
        facts.push("one veto rejects".to_owned());
    }
    if step.too_few && step.decision != "approved" {
        facts.push(paint(style::ERROR, "too few people may vote"));
    }
    match (step.decided_at, step.expires_at) {
        (Some(at), _) => facts.push(moment(at, look)),
        (None, Some(at)) => facts.push(format!("expires {}", moment(at, look))),
        (None, None) => {}
    }
    let decision = paint(of_decision(step.decision), &words(step.decision));
    let mut text = format!("  {name}{decision} · {}\n", facts.join(" · "));
    for seat in &step.voters {
        text.push_str(&format!("    {}\n", one_seat(seat, look)));
    }
    if step.open_to_all && step.decision == "pending" {
        text.push_str("    pending       anybody\n");
    }
    if !step.excluded.is_empty() {
        let names: Vec<&str> = step.excluded.iter().map(PersonId::as_str).collect();
        let names = escape::line(&names.join(", ")).into_owned();
        text.push_str(&format!(
            "    {}  {names}: their own matter\n",
            paint(style::DIM, "no vote     ")
        ));
    }
    text
}

fn one_seat(seat: &ApprovalSeat, look: &Look) -> String {
    let standing = format!("{:<12}", words(seat.standing));
    let mut text = format!(
        "{}  {}",
        paint(of_decision(seat.standing), &standing),
        escape::line(seat.person.as_str())
    );
    if let Some(by) = seat.by.as_ref().filter(|by| **by != seat.person) {
        text.push_str(&format!(" (by {})", escape::line(by.as_str())));
    }
    if let Some(at) = seat.at {
        text.push_str(&format!(", {}", moment(at, look)));
    }
    if !seat.delegates.is_empty() && seat.at.is_none() {
        let names: Vec<&str> = seat.delegates.iter().map(PersonId::as_str).collect();
        text.push_str(&format!(" (or {})", escape::line(&names.join(", "))));
    }
    text
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

fn of_decision(name: &str) -> anstyle::Style {
    match name {
        "approved" => style::GOOD,
        "rejected" | "expired" => style::ERROR,
        "pending" => style::WARNING,
        _ => style::DIM,
    }
}

fn moment(at: Timestamp, look: &Look) -> String {
    let relative = paint(style::DIM, &format!("({})", time::relative(at, look.now)));
    format!("{} {relative}", time::absolute(at))
}

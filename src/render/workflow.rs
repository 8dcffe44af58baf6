//! Workflows in words, and what can be done with a record.

use super::escape;
use super::style::{self, paint};
use super::view::{Look, Rendered};
use crate::model::StateName;
use crate::outcome::{ActionView, ActionsView, WorkflowView, WorkflowWay, WorkflowsView};

/// Each workflow: its states, and where each action leads.
pub(crate) fn render(view: &WorkflowsView, look: &Look) -> Rendered {
    let texts: Vec<String> = view.workflows.iter().map(|flow| one(flow, look)).collect();
    Rendered::paged(texts.join("\n"))
}

/// `change workflow of customers · .gitsm/workflows/change.yaml`
pub(super) fn heading(flow: &WorkflowView) -> String {
    let domain = flow.domain.as_ref().map(|domain| format!(" of {domain}"));
    format!("{} workflow{}", flow.kind, domain.unwrap_or_default())
}

/// The heading with where it comes from.
pub(super) fn title(flow: &WorkflowView) -> String {
    let origin = flow.path.as_deref().unwrap_or("built in");
    let edited = if flow.edited { ", not committed yet" } else { "" };
    let heading = paint(style::STRONG, &escape::line(&heading(flow)));
    format!("{heading} · {}{edited}", escape::line(origin))
}

fn one(flow: &WorkflowView, look: &Look) -> String {
    let mut text = format!("{}\n\n{}\n", title(flow), paint(style::STRONG, "states"));
    let width = flow.states.iter().map(|state| state.name.as_str().len()).max().unwrap_or(0);
    for state in &flow.states {
        let name = format!("{:width$}", state.name.as_str());
        let mut facts = vec![state.category.to_string()];
        if flow.entry.contains(&state.name) {
            facts.push("begins here".to_owned());
        }
        if state.work {
            facts.push("somebody works on it".to_owned());
        }
        let name = paint(style::state(state.category), &escape::line(&name));
        text.push_str(&format!("  {name}  {}\n", facts.join(" · ")));
    }
    text.push_str(&format!("\n{}\n", paint(style::STRONG, "actions")));
    let width = flow.transitions.iter().map(|way| way.action.as_str().len()).max().unwrap_or(0);
    let mut before: Option<&StateName> = None;
    for way in &flow.transitions {
        let again = before == Some(&way.action);
        let name = if again { String::new() } else { way.action.as_str().replace('_', "-") };
        let name = paint(style::ID, &format!("{:width$}", escape::line(&name)));
        let mut line = format!("  {name}  {}", escape::line(&path(way)));
        let facts = facts(way);
        if !facts.is_empty() {
            line.push_str(&paint(style::DIM, &format!("  {}", escape::line(&facts.join(" · ")))));
        }
        text.push_str(line.trim_end());
        text.push('\n');
        before = Some(&way.action);
    }
    let mut rest = Vec::new();
    if !flow.hold_reasons.is_empty() {
        rest.push(("hold reasons", names(&flow.hold_reasons)));
    }
    if !flow.resolution_codes.is_empty() {
        rest.push(("codes", names(&flow.resolution_codes)));
    }
    for (field, states) in &flow.only_in {
        rest.push(("fixed", format!("{field} can be changed in {} only", names(states))));
    }
    if let Some(action) = &flow.on_reply {
        rest.push(("on reply", format!("an answer of the requester carries out {action}")));
        if flow.follows_up {
            rest.push(("", "and opens a new record where this one is closed".to_owned()));
        }
    }
    if !rest.is_empty() {
        text.push('\n');
    }
    let indent = " ".repeat(14);
    for (label, words) in rest {
        let words = escape::line(&words).into_owned();
        let lines = match look.width {
            Some(width) => textwrap::wrap(&words, width.saturating_sub(14).max(20)),
            None => vec![words.into()],
        };
        for (at, line) in lines.iter().enumerate() {
            let label =
                if at == 0 { paint(style::DIM, &format!("{label:12}")) } else { String::new() };
            let start = if at == 0 { format!("{label}  ") } else { indent.clone() };
            text.push_str(&format!("{start}{line}\n"));
        }
    }
    text
}

fn names(names: &[StateName]) -> String {
    names.iter().map(StateName::as_str).collect::<Vec<_>>().join(", ")
}

/// `new, in_progress -> on_hold`, or the states alone where none changes.
fn path(way: &WorkflowWay) -> String {
    match &way.to {
        Some(to) => format!("{} -> {to}", names(&way.from)),
        None => format!("{}, which stays", names(&way.from)),
    }
}

/// What a way asks for and does.
fn facts(way: &WorkflowWay) -> Vec<String> {
    let mut facts = Vec::new();
    if !way.models.is_empty() {
        facts.push(way.models.join(", "));
    }
    if way.vote.is_some() {
        facts.push("a vote".to_owned());
    }
    if way.approved {
        facts.push("approved".to_owned());
    }
    if way.overridden {
        facts.push("overridden".to_owned());
    }
    if let Some(by) = &way.by {
        facts.push(format!("by {by}"));
    }
    if !way.not_by.is_empty() {
        facts.push(format!("not by {}", way.not_by.join(" or ")));
    }
    if !way.needs.is_empty() {
        facts.push(format!("needs {}", way.needs.join(", ")));
    }
    if !way.explain.is_empty() {
        facts.push(format!("says why if {}", names(&way.explain)));
    }
    if !way.set.is_empty() {
        let set: Vec<String> =
            way.set.iter().map(|(name, value)| format!("{name}={value}")).collect();
        facts.push(format!("sets {}", set.join(", ")));
    }
    if !way.clear.is_empty() {
        facts.push(format!("empties {}", way.clear.join(", ")));
    }
    facts
}

/// What is open to whoever asks, and why the rest is not.
pub(crate) fn actions(view: &ActionsView) -> Rendered {
    let mut text = format!(
        "{} {}\n{} · {}\n",
        paint(style::ID, &escape::line(&view.short)),
        paint(style::STRONG, &escape::line(&view.title)),
        view.kind,
        escape::line(view.status.as_str())
    );
    if !view.known {
        let missing = format!(
            "no state `{}` in its workflow, so nothing leads out of it: add it to `states`, with a way out, \
             and see `gitsm workflow show {}`",
            view.status, view.kind
        );
        text.push_str(&format!("{}\n", paint(style::WARNING, &escape::line(&missing))));
    }
    let width = view.actions.iter().map(|action| action.action.len()).max().unwrap_or(0);
    let who = view.actor.as_ref().map_or_else(|| "you".to_owned(), ToString::to_string);
    let typed = format!("gitsm {} ACTION {}", view.kind, escape::line(&view.short));
    let parts = [
        (format!("open to {who}, by `{typed}`"), true, true),
        (format!("not open to {who}"), false, true),
        (format!("not while it is {}", view.status), false, false),
    ];
    for (heading, open, offered) in parts {
        let mut some = view
            .actions
            .iter()
            .filter(|action| action.open == open && (open || action.offered == offered))
            .peekable();
        if some.peek().is_none() {
            continue;
        }
        text.push_str(&format!("\n{}\n", paint(style::STRONG, &escape::line(&heading))));
        for action in some {
            let name = paint(style::ID, &format!("{:width$}", escape::line(&action.action)));
            let line = format!("  {name}  {}", escape::line(&about(action)));
            text.push_str(line.trim_end());
            text.push('\n');
            if let Some(hint) = action.hint.as_ref().filter(|_| action.offered) {
                let hint = paint(style::DIM, &escape::line(hint));
                text.push_str(&format!("  {:width$}  {hint}\n", ""));
            }
        }
    }
    Rendered::paged(text)
}

fn about(action: &ActionView) -> String {
    if let Some(why) = &action.why {
        return why.clone();
    }
    let mut facts = Vec::new();
    if action.vote {
        facts.push("a vote".to_owned());
    }
    facts.extend(action.to.as_ref().map(|to| format!("-> {to}")));
    if !action.needs.is_empty() {
        facts.push(format!("needs {}", action.needs.join(", ")));
    }
    facts.join(" · ")
}

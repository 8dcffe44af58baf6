//! Records that people write into their files themselves: what they may write
//! there, and what follows from it.
//!
//! A file is an open door to whatever commands keep closed. What only commands
//! write is refused here, what people write must be theirs, and a state typed
//! in is a transition like any other: with its guards, and with the marks that
//! it leaves.

use ulid::Ulid;

use super::transition::{ask, enter};
use super::validate::{self, Breach, Breaches};
use super::{Policy, Scene, closure, plan};
use crate::model::{Record, StateCategory, StateName, TaskState, diff, field_named};

/// What only commands write, besides the fields that cannot be set by name.
const KEPT: &[&str] = &[
    "holds",
    "answers",
    "required_approvals",
    "accepted_conflicts",
    "deployment",
    "deploys",
    "overrides",
    "risk_assessment",
    "test_evidence",
];

/// What a move leaves behind in a record, whichever it is.
const MARKS: &[&str] = &[
    "holds",
    "started_at",
    "resolved_at",
    "closed_at",
    "retired_at",
    "reopen_count",
    "resolution",
];

/// The rules that an edit of a file breaks: what commands guarantee must hold
/// for it too, guards and approvals of transitions included.
pub fn edit(policy: &Policy, before: &Record, after: &Record, scene: &Scene<'_>) -> Vec<Breach> {
    let mut found = Breaches(validate::change(policy, before, after));
    validate::lasting(before, after, &mut found);
    validate::signed(Some(before), after, scene.actor, &mut found);
    if before.approvals() != after.approvals() {
        found.error("vote-changed", "approvals", "votes are cast with approve and reject only");
    }
    for (rule, message) in plan::edited(before, after) {
        found.error(rule, "tasks", message);
    }
    let category = |record: &Record| policy.category_of(record);
    let is_reopened = !category(before).is_open() && category(after).is_open();
    if before.csat() != after.csat() && !(is_reopened && after.csat().is_none()) {
        found.error("csat-changed", "csat", "a survey is answered once, with `gitsm csat`");
    }
    let usual = policy.priorities.usual(after);
    let is_own = after.priority() != usual && after.priority_reason().is_none();
    if is_own && before.priority() != after.priority() {
        let message = "it is not what impact and urgency give; say why in priority_reason";
        found.error("priority-reason", "priority", message);
    }
    let moved = before.status() != after.status();
    let workflow = policy.workflow_of(before);
    let is_resolved = workflow.category(before.status()) == StateCategory::Resolved;
    let way = workflow.ways_between(before, after);
    let ways = way.map(|(_, ways)| ways).unwrap_or_default();
    let mut does_something = moved;
    for field in diff(Some(before), Some(after)) {
        let name = field.field.as_str();
        let by_way = ways.iter().any(|way| {
            way.set.contains_key(name)
                || way.hold.is_some() && root(name) == "holds"
                || way.needs.iter().chain(&way.clear).any(|other| other == name)
        });
        does_something |= by_way && is_kept(name);
        // How it ended may be told better until it is closed.
        let by_move =
            moved && MARKS.contains(&root(name)) || is_resolved && root(name) == "resolution";
        if is_kept(name) && !by_way && !by_move {
            found.error("field-kept", name, "it is kept by commands and not set by hand");
        }
    }
    if does_something {
        validate::moved(policy, before, after, scene, &mut found);
    }
    found.0
}

/// The rules that a record breaks that came into being as a file: it begins as
/// any other does, and has nothing yet that only commands write.
pub fn born(policy: &Policy, record: &Record, scene: &Scene<'_>) -> Vec<Breach> {
    let mut found = Breaches::default();
    let entry = &policy.workflow_of(record).entry;
    if !entry.contains(record.status()) {
        let names: Vec<&str> = entry.iter().map(StateName::as_str).collect();
        let (what, status) = (record.kind().one(), record.status());
        let message = format!("{what} cannot begin as {status}; it begins as {}", names.join(", "));
        found.error("transition-illegal", "status", message);
    }
    if record.opened_by() != scene.actor {
        let (by, actor) = (record.opened_by(), scene.actor);
        found.error(
            "origin-forged",
            "opened_by",
            format!("it is {by}, but {actor} wrote the file"),
        );
    }
    validate::signed(None, record, scene.actor, &mut found);
    if !record.approvals().is_empty() {
        found.error("vote-changed", "approvals", "votes are cast with approve and reject only");
    }
    if record.csat().is_some() {
        found.error("csat-changed", "csat", "a survey is answered once, with `gitsm csat`");
    }
    for task in record.tasks() {
        let is_new = matches!(task.state, TaskState::Waiting | TaskState::Open)
            && task.done_at.is_none()
            && task.checks.iter().all(|check| check.done_at.is_none());
        if !is_new {
            let message = format!("`{}` cannot begin as {}", task.id, task.state);
            found.error("task-moved", "tasks", message);
        }
    }
    for field in diff(None, Some(record)) {
        let name = field.field.as_str();
        let is_birth = matches!(name, "status" | "opened_at" | "opened_by");
        if is_kept(name) && !is_birth {
            found.error("field-kept", name, "it is kept by commands and not set by hand");
        }
    }
    found.0
}

/// Gives a record whose state was typed in the marks that the file does not
/// give: times, the span on hold, the end of its tasks, that votes are asked
/// for. `fresh` yields ids for what is noted.
pub fn finish(
    policy: &Policy,
    before: &Record,
    after: &mut Record,
    scene: &Scene<'_>,
    fresh: &mut dyn FnMut() -> Ulid,
) {
    if before.status() == after.status() {
        return;
    }
    let workflow = policy.workflow_of(before);
    let reason = after.holds().last().filter(|hold| hold.until.is_none());
    let reason = reason.map(|hold| hold.reason.clone());
    let mut told = before.clone();
    enter(workflow, &mut told, after.status(), reason.as_ref(), scene.now);
    if after.started_at() == before.started_at() {
        after.set_started_at(told.started_at());
    }
    if after.resolved_at() == before.resolved_at() {
        after.set_resolved_at(told.resolved_at());
    }
    if after.closed_at() == before.closed_at() {
        after.set_closed_at(told.closed_at());
    }
    if after.resolution() == before.resolution() {
        after.set_resolution(told.resolution().cloned());
    }
    if after.reopen_count() == before.reopen_count() && told.reopen_count() > before.reopen_count()
    {
        after.count_reopening();
    }
    if after.csat() == before.csat() {
        after.set_csat(told.csat().cloned());
    }
    if after.holds() == before.holds()
        && let Some(holds) = after.holds_mut()
    {
        *holds = told.holds().to_vec();
    }
    ask(workflow, before, after, scene, fresh);
    let (was, is) = (workflow.category(before.status()), workflow.category(after.status()));
    closure::ask_for_review(after, is, scene.policy, scene.now);
    plan::ended(after, was, is, scene.actor, scene.now);
}

/// Whether commands alone write the field.
fn is_kept(name: &str) -> bool {
    field_named(name).is_some_and(|field| !field.editable && field.name != "status")
        && !matches!(name, "opened_at" | "opened_by")
        || KEPT.contains(&root(name))
}

fn root(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

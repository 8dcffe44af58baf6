//! The name of what was done, and the commit message that says so.
//!
//! Both are pure functions of the states before and after, so anyone can
//! recompute them and compare.

mod parse;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;

pub use parse::{Told, ToldField, ToldRecord, parse};

use super::Policy;
use crate::model::{
    FieldChange, Major, NoteKind, PersonId, Record, Relation, Task, TaskState, Verdict, diff,
    summary,
};

/// Records listed by name in a commit message; a larger batch says how many.
/// The diff always lists them all.
const LISTED: usize = 100;
/// Up to this many records, a batch's message also shows what changed in each.
const DETAILED: usize = 20;

/// Actions of several sorts, in one commit.
pub const APPLY: &str = "apply";

/// The actions besides those of workflows.
pub const ACTIONS: &[&str] = &[
    "new",
    "edit",
    "note",
    "assign",
    "link",
    "unlink",
    "attach",
    "escalate",
    "cause",
    "workaround",
    "schedule",
    "review",
    "move",
    "import",
    APPLY,
    "commit",
    "merge",
    "init",
    "settings",
    "propose",
    "promote",
    "decline",
    "communicate",
    "why",
    "duplicate",
    "tick",
    "raise",
    "deployed",
    "accept_conflict",
    "evidence",
    "override",
];

/// One record's change within a commit.
#[derive(Clone, Debug)]
pub struct RecordChange<'a> {
    /// `None` for a new record.
    pub before: Option<&'a Record>,
    pub after: &'a Record,
}

impl RecordChange<'_> {
    /// The field changes, without what a new record's subject line says anyway.
    pub fn fields(&self) -> Vec<FieldChange> {
        let mut changes = diff(self.before, Some(self.after));
        if self.before.is_none() {
            changes.retain(|change| {
                !matches!(change.field.as_str(), "title" | "name" | "opened_at" | "opened_by")
            });
        }
        changes
    }
}

/// What was done to a record: the transition's name where the state moved or a
/// transition left its mark, else what the changed fields say.
pub fn action(policy: &Policy, change: &RecordChange<'_>) -> String {
    let Some(before) = change.before else { return "new".to_owned() };
    let duplicates = |record: &Record| {
        record.links().iter().filter(|link| link.rel == Relation::DuplicateOf).count()
    };
    let is_merge = duplicates(change.after) > duplicates(before);
    if is_merge && before.status() != change.after.status() {
        return "duplicate".to_owned();
    }
    if let Some(name) = policy.workflow_of(before).action_between(before, change.after) {
        // Work on a request begins with its first task and ends with its last:
        // then the task is what somebody did.
        if matches!(name.as_str(), "approve" | "reject")
            && before.status() == change.after.status()
            && let Some((task, _)) = task_vote(before, change.after)
        {
            return task.to_owned();
        }
        if matches!(name.as_str(), "start" | "fulfil")
            && let Some((task, _)) = task_action(before, change.after)
            && task != "task_open"
        {
            return task.to_owned();
        }
        return name.to_string();
    }
    if before.status() != change.after.status() {
        return "move".to_owned();
    }
    let fields: Vec<String> =
        diff(Some(before), Some(change.after)).into_iter().map(|change| change.field).collect();
    let only = |names: &[&str]| {
        !fields.is_empty() && fields.iter().all(|field| names.contains(&field.as_str()))
    };
    if only(&["approvals", "tasks", "notes"])
        && let Some((name, _)) = task_vote(before, change.after)
    {
        return name.to_owned();
    }
    if only(&["tasks", "notes"])
        && let Some((name, _)) = task_action(before, change.after)
    {
        return name.to_owned();
    }
    let is_assessed = |field: &String| field == "risk" || field.starts_with("risk_assessment.");
    let is_survey = |field: &String| field.starts_with("csat.");
    let name = if !fields.is_empty() && fields.iter().all(is_survey) {
        "csat"
    } else if fields.iter().any(|field| field.starts_with("risk_assessment."))
        && fields.iter().all(|field| is_assessed(field) || field == "notes")
    {
        "assess"
    } else if only(&["notes"]) {
        let last = change.after.notes().last().map(|note| note.kind);
        if last == Some(NoteKind::Communication) { "communicate" } else { "note" }
    } else if fields.iter().any(|field| field == "major")
        && only(&["major", "review", "notes"])
        && let Record::Incident(incident) = change.after
    {
        match incident.major {
            Some(Major::Promoted) => "promote",
            Some(Major::Declined) => "decline",
            Some(Major::Proposed) | None => "propose",
        }
    } else if only(&["whys"]) {
        "why"
    } else if only(&["links"]) {
        if change.after.links().len() < before.links().len() { "unlink" } else { "link" }
    } else if only(&["assignee", "owner", "team", "notes"]) {
        "assign"
    } else if only(&["attachments", "notes"]) {
        "attach"
    } else if fields.iter().any(|field| field == "escalation") {
        "escalate"
    } else if only(&["cause", "notes"]) {
        "cause"
    } else if only(&["workaround", "notes"]) {
        "workaround"
    } else if only(&["planned_start", "planned_end", "notes"]) {
        "schedule"
    } else if only(&["accepted_conflicts", "notes"]) {
        "accept_conflict"
    } else if fields.iter().any(|field| field == "test_evidence")
        && only(&["test_evidence", "attachments", "notes"])
    {
        "evidence"
    } else if fields.iter().any(|field| field == "overrides")
        && only(&["overrides", "model", "links", "notes"])
    {
        "override"
    } else if fields.iter().any(|field| field == "review") && only(&["review", "tasks", "notes"]) {
        "review"
    } else {
        "edit"
    };
    name.to_owned()
}

/// What was done with the tasks of a record, and which of them it was about: the
/// one that somebody did something with, not those that opened after it.
fn task_action<'a>(before: &'a Record, after: &'a Record) -> Option<(&'static str, &'a Task)> {
    let old = |task: &Task| before.tasks().iter().find(|old| old.id == task.id);
    let follows = |from: TaskState, to: TaskState| {
        matches!((from, to), (TaskState::Waiting, TaskState::Open))
            || (from.is_active() && to == TaskState::Waiting)
    };
    let mut opened = None;
    for task in after.tasks() {
        let Some(old) = old(task) else { return Some(("task_add", task)) };
        if old == task {
            continue;
        }
        if follows(old.state, task.state) {
            opened = opened.or(Some(("task_open", task)));
            continue;
        }
        let name = match task.state {
            state if state == old.state => match () {
                () if old.assignee != task.assignee || old.team != task.team => "task_assign",
                () if old.checks != task.checks => "task_check",
                () => "task_edit",
            },
            TaskState::InProgress => "task_start",
            TaskState::Pending => "task_pend",
            TaskState::Done => "task_done",
            TaskState::Skipped => "task_skip",
            TaskState::Incomplete => "task_end",
            TaskState::Open | TaskState::Waiting => "task_reopen",
        };
        return Some((name, task));
    }
    opened
}

/// A new vote on a task of the record, and the task.
fn task_vote<'a>(before: &Record, after: &'a Record) -> Option<(&'static str, &'a Task)> {
    let vote = after.approvals().get(before.approvals().len()..)?.last()?;
    let definition = vote.step.as_deref()?.split('/').next()?;
    // What the whole request needs is voted on with the whole.
    if let Record::Request(request) = after
        && request.required_approvals.iter().any(|name| name.as_str() == definition)
    {
        return None;
    }
    let of = |task: &&Task| task.approvals.iter().any(|name| name.as_str() == definition);
    // The one whose time for votes it was.
    let was_waiting = |task: &&Task| {
        let old = before.tasks().iter().find(|old| old.id == task.id);
        old.is_some_and(|old| old.state == TaskState::Waiting)
    };
    let task = after.tasks().iter().filter(of).find(was_waiting)?;
    let name = match vote.verdict {
        Verdict::Approved => "task_approve",
        Verdict::Rejected => "task_reject",
        Verdict::Asked => return None,
    };
    Some((name, task))
}

/// An action as the subject line says it: `task done` for `task_done`.
fn spoken(action: &str) -> Cow<'_, str> {
    if action.starts_with("task_") { action.replace('_', " ").into() } else { action.into() }
}

/// What the subject line is about: the task that something was done with, else
/// the record.
fn subject<'a>(change: &RecordChange<'a>, action: &str) -> &'a str {
    let task = change.before.filter(|_| action.starts_with("task_")).and_then(|before| {
        task_vote(before, change.after).or_else(|| task_action(before, change.after))
    });
    task.map_or_else(|| change.after.title(), |(_, task)| task.title.as_str())
}

/// The commit message for these changes, done as one action by `actor`.
///
/// `batch` names an action on many records, such as `import`; without it the
/// first record's own action is used.
pub fn message(
    policy: &Policy,
    changes: &[RecordChange<'_>],
    batch: Option<&str>,
    actor: &PersonId,
) -> String {
    let mut text = String::new();
    let name = match (batch, changes.first()) {
        // `take` is no action of its own, but to start or to be given the work.
        (Some("take"), Some(first)) => {
            let name = action(policy, first);
            let same = changes.iter().all(|change| action(policy, change) == name);
            if same { name } else { "take".to_owned() }
        }
        (Some(name), _) => name.to_owned(),
        (None, Some(first)) => action(policy, first),
        (None, None) => "nothing".to_owned(),
    };
    match changes {
        [only] => {
            let record = only.after;
            let title = summary(subject(only, &name), 100);
            let said = spoken(&name);
            let _ = writeln!(text, "{} {said}: {title}\n", record.id().short());
            for change in only.fields() {
                let _ = writeln!(text, "{change}");
            }
        }
        many => {
            match many.first() {
                // A new record, and the other ends of its links; or an action
                // on one record, and what followed for others.
                Some(first) if batch.is_none() || is_about_first(&name, many) => {
                    let title = summary(first.after.title(), 100);
                    let _ = writeln!(text, "{} {name}: {title}\n", first.after.id().short());
                }
                _ => {
                    let _ = writeln!(text, "{name}: {} records\n", many.len());
                }
            }
            for change in many.iter().take(LISTED) {
                let record = change.after;
                let _ = writeln!(text, "{} {}", record.id().short(), summary(record.title(), 100));
                if many.len() <= DETAILED {
                    for field in change.fields() {
                        let _ = writeln!(text, "  {field}");
                    }
                }
            }
            if many.len() > LISTED {
                let _ = writeln!(text, "and {} more", many.len() - LISTED);
            }
        }
    }
    let _ = writeln!(text, "\nGitsm-Action: {name}");
    for change in changes.iter().take(LISTED) {
        let _ = writeln!(text, "Gitsm-Record: {}", change.after.id());
    }
    let _ = writeln!(text, "Gitsm-Actor: {actor}");
    text
}

/// What a batch of `steps`, which its lines call `name`, is called; `None` where its
/// one record says it. What the files say of several actions on one record is one of
/// them, or none that the workflow has: only the batch tells all of them.
pub fn batch<'a>(
    policy: &Policy,
    changes: &[RecordChange<'_>],
    name: &'a str,
    steps: &BTreeSet<String>,
) -> Option<&'a str> {
    match changes {
        [_] if steps.len() > 1 => Some(APPLY),
        [only] if action(policy, only) != "move" => None,
        _ => Some(name),
    }
}

/// Adds to the message of a batch of several sorts which actions it is made of: of
/// a record that was resolved and closed, the files show the end only.
pub fn tell_steps(message: &mut String, batch: Option<&str>, steps: &BTreeSet<String>) {
    if batch == Some(APPLY) && !steps.is_empty() {
        let steps: Vec<&str> = steps.iter().map(String::as_str).collect();
        let _ = writeln!(message, "Gitsm-Steps: {}", steps.join(", "));
    }
}

/// Whether an action on several records is about the first of them, and the others
/// are there because of it.
fn is_about_first(name: &str, changes: &[RecordChange<'_>]) -> bool {
    matches!(name, "raise" | "deployed" | "override") || (is_one_new(changes) && name == "new")
}

/// Whether the first record is new, and no other.
fn is_one_new(changes: &[RecordChange<'_>]) -> bool {
    let new = changes.iter().map(|change| change.before.is_none());
    new.enumerate().all(|(at, new)| new == (at == 0))
}

/// The commit message for a change of the desk's own settings.
pub fn settings_message(action: &str, what: &str, paths: &[String], actor: &PersonId) -> String {
    let mut text = format!("desk {action}: {}\n\n", summary(what, 100));
    for path in paths {
        let _ = writeln!(text, "{path}");
    }
    let _ = write!(text, "\nGitsm-Action: {action}\nGitsm-Actor: {actor}\n");
    text
}

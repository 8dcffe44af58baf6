//! Whether a plan is sound, also after an edit by hand.

use std::collections::HashSet;

use super::circle;
use crate::model::{Record, StateCategory, Task, TaskState, Verdict};
use crate::policy::Workflow;

/// What is wrong with the tasks of a record: the rule's name, and words.
pub fn flaws(workflow: &Workflow, record: &Record) -> Vec<(&'static str, String)> {
    let tasks = record.tasks();
    let mut flaws = Vec::new();
    if tasks.is_empty() {
        return flaws;
    }
    let mut ids = HashSet::new();
    for task in tasks {
        if !ids.insert(&task.id) {
            flaws.push(("task-duplicate", format!("two tasks are called `{}`", task.id)));
        }
    }
    for task in tasks {
        for need in task.needs.iter().filter(|need| !ids.contains(need)) {
            flaws.push(("task-unknown", format!("`{}` needs `{need}`, which is no task", task.id)));
        }
    }
    if let Some(path) = circle(tasks.iter().map(|task| (&task.id, task.needs.as_slice()))) {
        flaws.push(("task-circle", format!("tasks wait for each other: {}", path.join(" -> "))));
    }
    let begun = |task: &&Task| task.state.is_active() || task.state == TaskState::Done;
    for task in tasks.iter().filter(begun) {
        if let Some(need) = super::waits_for(tasks, task).first() {
            let message = format!("`{}` is {} before `{}` is over", task.id, task.state, need.id);
            flaws.push(("task-early", message));
        }
    }
    let category = workflow.category(record.status());
    let rejected = record.approvals().last().is_some_and(|vote| vote.verdict == Verdict::Rejected);
    let may_wait = match category {
        StateCategory::Open | StateCategory::Hold => true,
        // Other tickets may tidy up after they are resolved.
        StateCategory::Resolved => record.kind() != crate::model::Kind::Request || rejected,
        StateCategory::Closed => false,
    };
    if !may_wait && let Some(task) = super::unfinished(record).next() {
        let message = format!("`{}` is {} although it is {}", task.id, task.state, record.status());
        flaws.push(("task-open", message));
    }
    flaws
}

/// What an edit by hand does to tasks that only commands do: it is not told who
/// did it and when, or takes a task away.
pub fn edited(before: &Record, after: &Record) -> Vec<(&'static str, String)> {
    let mut flaws = Vec::new();
    for old in before.tasks() {
        let Some(new) = after.tasks().iter().find(|task| task.id == old.id) else {
            flaws.push(("task-removed", format!("`{}` is gone; skip it instead", old.id)));
            continue;
        };
        if new.state != old.state {
            let message = format!(
                "`{}` went from {} to {}; use `gitsm task`, which says who did it and when",
                old.id, old.state, new.state
            );
            flaws.push(("task-moved", message));
        }
        if (new.done_at, &new.by) != (old.done_at, &old.by) {
            let message = format!("who ended `{}`, and when, is written by `gitsm task`", old.id);
            flaws.push(("task-moved", message));
        }
        let ticks = |task: &Task| {
            let ticked = task.checks.iter().filter(|check| check.done_at.is_some());
            ticked.cloned().collect::<Vec<_>>()
        };
        if ticks(old) != ticks(new) {
            let message = format!("the check list of `{}` is ticked off by `gitsm task`", old.id);
            flaws.push(("task-moved", message));
        }
    }
    flaws.extend(redrawn(before, after));
    flaws
}

/// What becomes weaker in a plan under way: what a task demands before it opens
/// or is done stays as it was planned, whoever changes it.
pub fn redrawn(before: &Record, after: &Record) -> Vec<(&'static str, String)> {
    let mut flaws = Vec::new();
    for old in before.tasks() {
        let Some(new) = after.tasks().iter().find(|task| task.id == old.id) else { continue };
        let changed = [
            ("needs", old.needs != new.needs),
            ("approvals", old.approvals != new.approvals),
            ("requires", old.requires != new.requires),
            ("evidence", old.evidence != new.evidence),
            ("due_at", old.due_at != new.due_at),
            ("checks", !old.checks.iter().map(|c| &c.text).eq(new.checks.iter().map(|c| &c.text))),
        ];
        for (field, _) in changed.into_iter().filter(|(_, changed)| *changed) {
            let message = format!("`{field}` of `{}` stays as it was planned", old.id);
            flaws.push(("task-redrawn", message));
        }
    }
    flaws
}

//! The plan of a ticket: which tasks open when, what can be done with them, and
//! what becomes of them when the ticket ends.
//!
//! The rules hold for tasks of any ticket, whether they came from an offering
//! or were added by hand.

mod act;
mod ended;
mod graph;
mod sound;
#[cfg(test)]
mod tests;
mod vote;

pub use act::{NewTask, TaskAction, TaskInputs, TaskRefusal, act, add, advance, unfinished};
pub use ended::ended;
pub use graph::circle;
pub use sound::{edited, flaws, redrawn};
pub use vote::{TaskVote, VoteError, own_approvals, vote};

use super::approval::{ApprovalState, Decision};
use super::{Scene, Workflow};
use crate::model::{Record, StateCategory, StateName, Task, TaskState, Timestamp};

/// Whether tasks may open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// What had to be approved is.
    Open,
    /// Approval is pending, or work on the record has not begun or has ended.
    Closed,
    /// It was refused, for the reason given: the task will never open.
    Refused(String),
}

/// Where the approval of one task stands, given that of the definitions that are
/// for it: a task that somebody refused will never open.
pub fn gate_of(task: &Task, approval: Option<&ApprovalState>) -> Gate {
    match approval {
        None if task.approvals.is_empty() => Gate::Open,
        // The desk no longer says who approves it, so nobody can have.
        None => Gate::Closed,
        Some(state) => match state.decision {
            Decision::Approved => Gate::Open,
            Decision::Rejected => {
                let names: Vec<&str> = task.approvals.iter().map(StateName::as_str).collect();
                Gate::Refused(format!("{} was refused", names.join(", ")))
            }
            _ => Gate::Closed,
        },
    }
}

/// The gate of the whole record: closed while it waits for a vote, while votes on
/// it are missing or void, and when work on it has ended. As with user requests
/// in iTop, nothing is worked on in `waiting_for_approval`.
pub fn gate(workflow: &Workflow, record: &Record, scene: &Scene<'_>) -> Gate {
    let status = record.status();
    let category = workflow.category(status);
    let is_voted_on = workflow
        .transitions
        .values()
        .flatten()
        .any(|way| way.vote.is_some() && way.from.contains(status));
    let waits = category == StateCategory::Hold && is_voted_on;
    if waits || !category.is_open() || !(scene.approvals)(record).is_satisfied() {
        return Gate::Closed;
    }
    Gate::Open
}

/// Opens every task whose needs are over and whose gate is open, and skips those
/// whose gate is shut for good. Says whether anything changed.
///
/// A skipped need counts as met: what is not wanted holds nothing up.
pub fn settle(tasks: &mut [Task], gate: &dyn Fn(&Task) -> Gate, now: Timestamp) -> bool {
    let mut changed = false;
    // Each round ends or opens a task, or is the last.
    loop {
        let met: Vec<bool> = tasks.iter().map(|task| needs_met(tasks, task)).collect();
        let mut again = false;
        for (task, met) in tasks.iter_mut().zip(met) {
            if task.state != TaskState::Waiting {
                continue;
            }
            match gate(task) {
                Gate::Refused(reason) => {
                    task.state = TaskState::Skipped;
                    task.done_at = Some(now);
                    task.text = crate::model::paragraph(&reason);
                    again = true;
                }
                Gate::Open if met => {
                    task.state = TaskState::Open;
                    task.opened_at = Some(now);
                    changed = true;
                }
                _ => {}
            }
        }
        changed |= again;
        if !again {
            return changed;
        }
    }
}

/// Whether everything that `task` needs is over. A need that does not exist, as
/// after an edit by hand, holds nothing up.
pub fn needs_met(tasks: &[Task], task: &Task) -> bool {
    task.needs.iter().all(|need| {
        tasks.iter().find(|other| other.id == *need).is_none_or(|other| other.state.is_met())
    })
}

/// The tasks that `task` still waits for.
pub fn waits_for<'a>(tasks: &'a [Task], task: &Task) -> Vec<&'a Task> {
    let unmet = |other: &&Task| task.needs.contains(&other.id) && !other.state.is_met();
    tasks.iter().filter(unmet).collect()
}

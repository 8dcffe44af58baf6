//! Voting on single tasks, such as the parts of a bundle that each have their own
//! approver.

use ulid::Ulid;

use super::TaskRefusal;
use crate::model::{PersonId, Record, StateName, Task, TaskId, TaskState, Timestamp, Verdict};
use crate::policy::approval::{self, ApprovalState, VoteRefusal};

/// A vote on a task.
#[derive(Clone, Debug)]
pub struct TaskVote {
    pub verdict: Verdict,
    pub comment: Option<String>,
    /// The step of the approval; all that are open, if none.
    pub step: Option<String>,
}

/// Records the vote of `actor` on the task `task` of `record`, whose approval
/// stands as `state` says. What follows for the task is found when the plan is
/// settled.
///
/// # Errors
///
/// The task needs no approval or is over, or the person has no vote on it. The
/// record is then unchanged.
pub fn vote(
    record: &mut Record,
    task: &TaskId,
    state: Option<&ApprovalState>,
    vote: &TaskVote,
    (actor, now): (&PersonId, Timestamp),
    fresh: &mut dyn FnMut() -> Ulid,
) -> Result<(), VoteError> {
    let id = record.id();
    let of = |wanted: &&Task| wanted.id == *task;
    let Some(found) = record.tasks().iter().find(of) else {
        let known = record.tasks().iter().map(|task| task.id.clone()).collect();
        return Err(TaskRefusal::NoTask { id, task: task.to_string(), known }.into());
    };
    let Some(state) = state.filter(|_| !found.approvals.is_empty()) else {
        return Err(TaskRefusal::NothingToApprove { id, task: task.clone() }.into());
    };
    if found.state != TaskState::Waiting {
        let (task, state) = (task.clone(), found.state);
        return Err(TaskRefusal::ApprovedAlready { id, task, state }.into());
    }
    let text = vote.comment.as_deref().and_then(crate::model::paragraph);
    if vote.verdict == Verdict::Rejected && text.is_none() {
        let (task, names) = (task.clone(), found.approvals.clone());
        return Err(TaskRefusal::NoReason { id, task, names }.into());
    }
    let ballots = approval::ballots(state, id, actor, vote.verdict, vote.step.as_deref())?;
    if let Some(approvals) = record.approvals_mut() {
        for ballot in ballots {
            approvals.push(ballot.cast(state, fresh(), now, actor, vote.verdict, text.clone()));
        }
    }
    record.touch(now);
    Ok(())
}

/// Why a vote on a task is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VoteError {
    #[error(transparent)]
    Task(#[from] TaskRefusal),
    #[error(transparent)]
    Vote(#[from] VoteRefusal),
}

/// The approvals that only tasks need: votes on them say nothing of the record.
pub fn own_approvals(record: &Record) -> impl Iterator<Item = &StateName> {
    record.tasks().iter().flat_map(|task| &task.approvals)
}

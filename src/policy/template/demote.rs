//! Standard changes that are no longer what was authorised beforehand.
//!
//! Handed in, such a change becomes a normal one, in the same commit, so that
//! its life and its history say which it was. Later on it does not go on: it is
//! taken back, and handed in again.

use super::stands::{Exceeded, stands};
use super::{Unfilled, unfilled};
use crate::model::{ChangeModel, Record, StateCategory, StateName, Timestamp};
use crate::policy::evidence::{self, Untested};
use crate::policy::{Policy, Workflow};

/// What speaks against a standard change, if it is one.
pub fn judged(policy: &Policy, record: &Record, now: Timestamp) -> Result<(), Vec<Exceeded>> {
    match record {
        Record::Change(change) if change.model == ChangeModel::Standard => {
            stands(change, &policy.models, now)
        }
        _ => Ok(()),
    }
}

/// Whether going to `target` hands the record in: it leaves where records begin
/// and goes on.
pub fn hands_in(workflow: &Workflow, from: &StateName, target: &StateName) -> bool {
    let ends = workflow.category(target) == StateCategory::Closed;
    workflow.entry.contains(from) && !workflow.entry.contains(target) && !ends
}

/// The record as a normal change, if it is a standard one that is to be handed
/// in and is not authorised beforehand.
pub fn demoted(
    policy: &Policy,
    workflow: &Workflow,
    record: &Record,
    target: &StateName,
    now: Timestamp,
) -> Option<Record> {
    if !hands_in(workflow, record.status(), target) || judged(policy, record, now).is_ok() {
        return None;
    }
    let mut normal = record.clone();
    if let Record::Change(change) = &mut normal {
        change.model = ChangeModel::Normal;
    }
    Some(normal)
}

/// Whether a standard change has become a normal one.
pub fn is_demoted(before: &Record, after: &Record) -> bool {
    match (before, after) {
        (Record::Change(before), Record::Change(after)) => {
            before.model == ChangeModel::Standard && after.model == ChangeModel::Normal
        }
        _ => false,
    }
}

/// Whether what is found about the risk of a change is other than it was.
pub fn is_assessed_anew(before: &Record, after: &Record) -> bool {
    match (before, after) {
        (Record::Change(before), Record::Change(after)) => {
            before.risk_assessment != after.risk_assessment
        }
        _ => false,
    }
}

/// Why a move must not be made, as far as the record's model goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::policy) enum Held {
    /// Its model asks for more.
    Unfilled(Vec<Unfilled>),
    /// It is not what was authorised beforehand.
    Exceeded(Vec<Exceeded>),
    /// It was not tested.
    Untested(Untested),
}

/// Whether the record, as it will be, may go from `from` to `target`: handed in,
/// it must say what its model asks for, and until somebody works on it a
/// standard change must be what was authorised.
pub(in crate::policy) fn may_go(
    policy: &Policy,
    workflow: &Workflow,
    from: &StateName,
    next: &Record,
    target: &StateName,
    now: Timestamp,
) -> Result<(), Held> {
    if hands_in(workflow, from, target) {
        let missing = unfilled(next, &policy.models);
        if !missing.is_empty() {
            return Err(Held::Unfilled(missing));
        }
    }
    let goes_on = from != target
        && workflow.category(target).is_open()
        && !workflow.entry.contains(target)
        && !workflow.states.get(from).is_some_and(|state| state.work);
    if !goes_on {
        return Ok(());
    }
    judged(policy, next, now).map_err(Held::Exceeded)?;
    // What went on without leave is not held back by tests either.
    match next {
        Record::Change(change) if begins(workflow, target) && change.overrides.is_empty() => {
            evidence::tested(policy, change).map(drop).map_err(Held::Untested)
        }
        _ => Ok(()),
    }
}

/// Whether work begins in that state.
fn begins(workflow: &Workflow, target: &StateName) -> bool {
    workflow.states.get(target).is_some_and(|state| state.work)
}

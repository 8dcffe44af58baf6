//! Emergencies that went on without leave: who may decide that, for how long it
//! counts, and what is owed afterwards.
//!
//! Control C11 of ITGC audits: an emergency is released by somebody who may, for a
//! reason and because of an incident, and is approved afterwards within a fixed
//! time.

use super::approval::ApprovalState;
use super::gate::Ask;
use super::roles;
use super::{Policy, Refusal};
use crate::model::{Change, ChangeModel, Override, Record, StateCategory, Timestamp, Verdict};

/// The last override of a record, if it has one.
pub fn of(record: &Record) -> Option<&Override> {
    match record {
        Record::Change(change) => change.overrides.last(),
        _ => None,
    }
}

/// Whether an override was recorded that made an emergency of the change.
pub fn is_recorded(before: &Record, after: &Record) -> bool {
    match (before, after) {
        (Record::Change(before), Record::Change(after)) => {
            after.model == ChangeModel::Emergency && after.overrides.len() > before.overrides.len()
        }
        _ => false,
    }
}

/// The overrides by which `change` may go where it is asked for at `now`, the last
/// first: for that environment and version, of somebody who may, and not run out.
pub fn live<'a>(
    policy: &'a Policy,
    change: &'a Change,
    ask: &'a Ask,
    now: Timestamp,
) -> impl Iterator<Item = &'a Override> {
    let record = Record::Change(change.clone());
    let deployment = change.deployment.as_deref();
    let commit = ask.commit.as_ref().or(deployment.and_then(|of| of.commit.as_ref()));
    let artefact = ask.artefact.as_ref().or(deployment.and_then(|of| of.artefact.as_ref()));
    change.overrides.iter().rev().filter(move |each| {
        change.model == ChangeModel::Emergency
            && each.is_live(now)
            && each.environment == ask.environment
            && each.commit.as_ref() == commit
            && each.artefact.as_ref() == artefact
            && roles::may_override(policy, &each.by, each.at, &record).is_ok()
    })
}

/// Whether an override of the change lets it go to `environment` at `now`.
pub fn covers(change: &Change, environment: &str, now: Timestamp) -> bool {
    change.model == ChangeModel::Emergency
        && change.overrides.iter().any(|each| each.environment == environment && each.is_live(now))
}

/// Whether nobody has approved the change since it last went on without leave,
/// and nobody has owned up to that.
pub fn is_owed(change: &Change, state: &ApprovalState) -> bool {
    let Some(last) = change.overrides.last() else { return false };
    if change.resolution.as_ref().is_some_and(|end| end.code.as_str() == Change::UNAUTHORISED) {
        return false;
    }
    let mut casts = state.steps.iter().flat_map(|step| &step.seats).filter_map(|s| s.vote.as_ref());
    let since = casts.any(|cast| cast.verdict == Verdict::Approved && cast.at >= last.at);
    !(since && state.is_satisfied())
}

/// Whether the change may end: what went on without leave is approved first.
pub(super) fn may_end(
    record: &Record,
    action: &str,
    was: StateCategory,
    will_be: StateCategory,
    approvals: &dyn Fn(&Record) -> ApprovalState,
) -> Result<(), Refusal> {
    let Record::Change(change) = record else { return Ok(()) };
    let ends = will_be == StateCategory::Closed && was == StateCategory::Resolved;
    let Some(last) = change.overrides.last().filter(|_| ends) else { return Ok(()) };
    if !is_owed(change, &approvals(record)) {
        return Ok(());
    }
    let (id, action, due) = (record.id(), action.to_owned(), last.due);
    Err(Refusal::Overridden { id, action, due })
}

/// Whether a way that is open by an override alone is open at `now`.
pub(super) fn may_go(
    overridden: bool,
    is_vote: bool,
    record: &Record,
    action: &str,
    now: Timestamp,
) -> Result<(), Refusal> {
    let Record::Change(change) = record else { return Ok(()) };
    let is_live = change.overrides.last().is_some_and(|each| each.is_live(now));
    if !overridden || is_vote || is_live {
        return Ok(());
    }
    let (id, action) = (record.id(), action.to_owned());
    Err(Refusal::OverrideOver { id, action })
}

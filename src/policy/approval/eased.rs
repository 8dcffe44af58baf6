//! Whether other settings ask for less before somebody's own record goes on.
//!
//! Control C5 of ITGC audits: neither the quorum nor the approvers of a change are
//! of the making of those who want it, carry it out or vote on it.

use super::seats::involved;
use super::{ApprovalSettings, ApprovalState, Decision, StepState};
use crate::model::{PersonId, Record};
use crate::policy::Policy;

/// What `actor` has to do with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stake {
    /// They asked for it, carry it out, or wrote what it brings.
    Own,
    /// They voted on it.
    Voted,
}

/// What `actor` has to do with `record`, if there is something.
pub fn stake(record: &Record, policy: &Policy, actor: &PersonId) -> Option<Stake> {
    if involved(record, policy).contains(actor) || record.opened_by() == actor {
        return Some(Stake::Own);
    }
    record.votes().any(|vote| vote.by == *actor).then_some(Stake::Voted)
}

/// What less is asked for before a record goes on, where its approval stood at
/// `was` and by the settings `after` stands at `is`, in words. To whom it is
/// `Stake::Own` may not give others a vote on it either, be that only where a
/// step names its voters: whoever comes to the desk may vote on the rest.
pub fn eased(
    was: &ApprovalState,
    is: &ApprovalState,
    after: &ApprovalSettings,
    stake: Stake,
) -> Option<String> {
    if is.decision == Decision::Approved && was.decision != Decision::Approved {
        return Some("it would be approved by that".to_owned());
    }
    for old in &was.steps {
        let called = if old.name.is_empty() { "the approval" } else { &old.name };
        let Some(new) = is.steps.iter().find(|step| step.name == old.name) else {
            if old.definition.is_some() {
                return Some(format!("{called} would no longer be asked for"));
            }
            continue;
        };
        if new.needed < old.needed {
            return Some(format!(
                "{called} would need {} instead of {} votes",
                new.needed, old.needed
            ));
        }
        if old.veto && !new.veto {
            return Some(format!("{called} would lose its veto"));
        }
        if let Some(freed) = old.excluded.iter().find(|one| !new.excluded.contains(one)) {
            return Some(format!("{freed} would get a vote on their own matter in {called}"));
        }
        if stake == Stake::Own
            && names_voters(new, after)
            && let Some(seat) = new.seats.iter().find(|seat| !has_seat(old, &seat.person))
        {
            return Some(format!("{} would get a vote in {called}", seat.person));
        }
    }
    None
}

fn has_seat(step: &StepState, person: &PersonId) -> bool {
    step.is_open_to_all || step.seats.iter().any(|seat| seat.person == *person)
}

/// Whether the step says who votes.
fn names_voters(step: &StepState, settings: &ApprovalSettings) -> bool {
    let Some(name) = &step.definition else { return false };
    let Some(definition) = settings.definitions.get(name) else { return false };
    let mut steps = definition.steps.iter().enumerate();
    let same = steps.find(|(at, each)| format!("{name}/{}", each.label(*at)) == step.name);
    same.is_some_and(|(_, each)| !each.approvers.is_everybody())
}

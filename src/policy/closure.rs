//! Closing changes: what has to be learnt from them, by whom they are closed,
//! and as what.

use super::Policy;
use super::approval::{Source, led_to};
use crate::model::{
    Change, ChangeModel, ChangeOutcome, PersonId, Record, Risk, RiskAssessment, StateCategory,
    StateName,
};

/// Resolution codes that say that all went well, as far as rules know them.
const SUCCESSFUL: &str = "successful";
const WITH_ISSUES: &str = "successful_with_issues";
/// The resolution code of a change that nobody was asked for.
const UNAUTHORISED: &str = "unauthorised";

/// Why a review must be written before a change is closed, in words.
///
/// Control C14 of ITGC audits: there is a post-implementation review of what
/// failed, was an emergency, or was of high risk; and, as ServiceNow has it, of
/// what was made without being authorised.
pub fn reviewed_because(change: &Change) -> Option<&'static str> {
    let code = change.resolution.as_ref().map(|end| end.code.as_str());
    match change.outcome {
        Some(ChangeOutcome::Failed) => return Some("it failed"),
        Some(ChangeOutcome::RolledBack) => return Some("it was rolled back"),
        Some(ChangeOutcome::Successful) | None => {}
    }
    if code == Some(UNAUTHORISED) {
        return Some("nobody had authorised it");
    }
    if change.model == ChangeModel::Emergency {
        return Some("it was an emergency");
    }
    (risk_of(change) == Some(Risk::High)).then_some("its risk is high")
}

/// The risk that counts here: what was found, or what was said, whichever is
/// higher.
fn risk_of(change: &Change) -> Option<Risk> {
    let found = change.risk_assessment.as_deref().and_then(RiskAssessment::found);
    change.risk.max(found)
}

/// Whether a record that ends was carried out, as far as it is known.
fn is_closed_after_work(change: &Change, was: StateCategory, will_be: StateCategory) -> bool {
    will_be == StateCategory::Closed
        && was != StateCategory::Closed
        && (was == StateCategory::Resolved || change.outcome.is_some())
}

/// Why a review is missing without which the change must not go from a state of
/// category `was` to one of category `will_be`, in words.
pub fn unreviewed(
    record: &Record,
    was: StateCategory,
    will_be: StateCategory,
) -> Option<&'static str> {
    let Record::Change(change) = record else { return None };
    let is_written = change.review.as_ref().is_some_and(|text| !text.trim().is_empty());
    if is_written || !is_closed_after_work(change, was, will_be) {
        return None;
    }
    reviewed_because(change)
}

/// Whether `actor` may close the change: on a desk that lists people, one of
/// high risk is closed by somebody else than who carried it out (control C14 of
/// ITGC audits).
pub fn may_close(
    policy: &Policy,
    record: &Record,
    was: StateCategory,
    will_be: StateCategory,
    actor: &PersonId,
) -> bool {
    let Record::Change(change) = record else { return true };
    if policy.is_open_desk() || !is_closed_after_work(change, was, will_be) {
        return true;
    }
    let did = |source| led_to(source, record, policy).contains(actor);
    risk_of(change) != Some(Risk::High) || !(did(Source::Assignee) || did(Source::Resolver))
}

/// What is wrong with how a change is said to have ended, if it was not so
/// before: what was rolled back or failed was not successful (control C10 of
/// ITGC audits). That part of it went in may be said of what was rolled back.
pub fn breach(before: &Record, after: &Record) -> Option<String> {
    let contradicts = |record: &Record| -> Option<(ChangeOutcome, StateName)> {
        let Record::Change(change) = record else { return None };
        let (outcome, code) = (change.outcome?, change.resolution.as_ref()?.code.clone());
        let is_wrong = match outcome {
            ChangeOutcome::Successful => false,
            ChangeOutcome::RolledBack => code.as_str() == SUCCESSFUL,
            ChangeOutcome::Failed => [SUCCESSFUL, WITH_ISSUES].contains(&code.as_str()),
        };
        is_wrong.then_some((outcome, code))
    };
    let (outcome, code) = contradicts(after)?;
    if contradicts(before).is_some() {
        return None;
    }
    let outcome = match outcome {
        ChangeOutcome::RolledBack => "was rolled back",
        ChangeOutcome::Failed | ChangeOutcome::Successful => "failed",
    };
    Some(format!("the change {outcome}, so it cannot have ended as {code}"))
}

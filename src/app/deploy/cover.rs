//! Whether a change allows a deployment that has happened.

use super::super::write::Work;
use crate::error::CommandError;
use crate::model::{Change, ChangeOutcome, DeployResult, Record, StateCategory};
use crate::policy::deployment::Standing;
use crate::policy::{self, Scene, overriding};

/// What a change means for a deployment that has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cover {
    /// It has the attempt already.
    Recorded,
    /// It allows it.
    Allowed,
    /// It does not, for this reason.
    Denied(String),
}

/// What `change` means for a deployment to `environment` that ended with `result`.
///
/// # Errors
///
/// The desk's approvals cannot be read.
pub(super) fn of(
    work: &Work<'_>,
    change: &Change,
    result: DeployResult,
    environment: &str,
    standing: &Standing,
) -> Result<Cover, CommandError> {
    let last = change.deploys.iter().rfind(|each| each.environment == environment);
    let stands = standing.now().is_none_or(|now| now.change == change.id);
    let is_same = last.is_some_and(|last| last.result == result);
    if is_same && (result != DeployResult::Ok || stands) {
        return Ok(Cover::Recorded);
    }
    let record = Record::Change(change.clone());
    let workflow = work.policy.workflow_of(&record);
    let id = change.id.short();
    let denied = |why: String| Ok(Cover::Denied(why));
    // What was allowed to go there may be taken away again.
    if result == DeployResult::RolledBack
        && last.is_some_and(|last| last.result == DeployResult::Ok)
    {
        return Ok(Cover::Allowed);
    }
    match workflow.category(&change.status) {
        StateCategory::Closed => match (change.outcome, last) {
            // It was carried out, and nobody had said that it was deployed.
            (Some(ChangeOutcome::Successful), None) => Ok(Cover::Allowed),
            _ => denied(format!("{id} is {}", change.status)),
        },
        StateCategory::Resolved => match last {
            Some(last) if last.result == DeployResult::Ok && !stands => denied(format!(
                "{id} was deployed, and something else stands in {environment} since"
            )),
            // Whoever tries again does what was allowed; and what seemed well may
            // turn out not to be.
            _ => Ok(Cover::Allowed),
        },
        StateCategory::Open | StateCategory::Hold => {
            let works = workflow.states.get(&change.status).is_some_and(|state| state.work);
            if works && !workflow.is_held(&record) {
                return Ok(Cover::Allowed);
            }
            let (session, policy) = (work.session, work.policy);
            let approvals = work.approvals_of(&record)?;
            let state = |record: &Record| approvals.state(session, policy, record);
            if !change.overrides.is_empty()
                && !overriding::covers(change, environment, session.now())
                && !state(&record).is_satisfied()
            {
                return denied(format!("no override of {id} for {environment} counts"));
            }
            // Whether whoever acts may is another question.
            let scene =
                Scene { actor: work.actor, now: session.now(), approvals: &state, policy: None };
            let choices = policy::choices(workflow, &record, &scene);
            let choice = choices.into_iter().find(|each| each.action.as_str() == "implement");
            match choice.map(|choice| choice.refusal) {
                Some(None) => Ok(Cover::Allowed),
                Some(Some(refusal)) => denied(refusal.to_string()),
                None => denied(format!("{id} is {}", change.status)),
            }
        }
    }
}

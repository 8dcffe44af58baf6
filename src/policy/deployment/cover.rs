//! Whether a change allows a deployment that has happened.

use super::Standing;
use crate::model::{Change, ChangeOutcome, DeployResult, Record, StateCategory};
use crate::policy::{self, Policy, Scene, overriding};

/// What a change means for a deployment that has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cover {
    /// It has the attempt already.
    Recorded,
    /// It allows it.
    Allowed,
    /// It does not, for this reason.
    Denied(String),
}

/// What `change` means for a deployment to `environment` that ended with `result`,
/// where `standing` is what was deployed there before. `scene` has the time and
/// where votes stand; whether whoever acts may is another question.
///
/// After the population test of ITGC audits: each deployment has a change that
/// was approved as it reads, or is told as one that nobody had allowed.
pub fn cover(
    policy: &Policy,
    change: &Change,
    (environment, result): (&str, DeployResult),
    standing: &Standing,
    scene: &Scene<'_>,
) -> Cover {
    let last = change.deploys.iter().rfind(|each| each.environment == environment);
    let stands = standing.now().is_none_or(|now| now.change == change.id);
    let is_same = last.is_some_and(|last| last.result == result);
    if is_same && (result != DeployResult::Ok || stands) {
        return Cover::Recorded;
    }
    // What was allowed to go there may be taken away again.
    if result == DeployResult::RolledBack
        && last.is_some_and(|last| last.result == DeployResult::Ok)
    {
        return Cover::Allowed;
    }
    let record = Record::Change(change.clone());
    let workflow = policy.workflow_of(&record);
    let id = change.id.short();
    match workflow.category(&change.status) {
        StateCategory::Closed => match (change.outcome, last) {
            // It was carried out, and nobody had said that it was deployed.
            (Some(ChangeOutcome::Successful), None) => Cover::Allowed,
            _ => Cover::Denied(format!("{id} is {}", change.status)),
        },
        StateCategory::Resolved => match last {
            Some(last) if last.result == DeployResult::Ok && !stands => Cover::Denied(format!(
                "{id} was deployed, and something else stands in {environment} since"
            )),
            // Whoever tries again does what was allowed; and what seemed well may
            // turn out not to be.
            _ => Cover::Allowed,
        },
        StateCategory::Open | StateCategory::Hold => {
            let works = workflow.states.get(&change.status).is_some_and(|state| state.work);
            if works && !workflow.is_held(&record) {
                return Cover::Allowed;
            }
            if !change.overrides.is_empty()
                && !overriding::covers(change, environment, scene.now)
                && !(scene.approvals)(&record).is_satisfied()
            {
                return Cover::Denied(format!("no override of {id} for {environment} counts"));
            }
            let choices = policy::choices(workflow, &record, scene);
            let choice = choices.into_iter().find(|each| each.action.as_str() == "implement");
            match choice.map(|choice| choice.refusal) {
                Some(None) => Cover::Allowed,
                Some(Some(refusal)) => Cover::Denied(refusal.to_string()),
                None => Cover::Denied(format!("{id} is {}", change.status)),
            }
        }
    }
}

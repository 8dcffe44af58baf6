//! What there is to do next with a change that deploys something.

use super::super::risk;
use super::super::write::Work;
use crate::error::CommandError;
use crate::model::{ChangeModel, Record, StateCategory};
use crate::policy;
use crate::policy::Scene;

/// What to do next with the change, in words.
///
/// # Errors
///
/// The desk's approvals cannot be read.
pub(super) fn steps(work: &Work<'_>, record: &Record) -> Result<Vec<String>, CommandError> {
    let Record::Change(change) = record else { return Ok(Vec::new()) };
    let (session, policy) = (work.session, work.policy);
    let id = change.id.short();
    let workflow = policy.workflow_of(record);
    let mut steps = Vec::new();
    match workflow.category(&change.status) {
        StateCategory::Closed => return Ok(vec![format!("it is {}", change.status)]),
        StateCategory::Resolved => {
            return Ok(vec![format!("close it with `gitsm change close {id}`")]);
        }
        StateCategory::Open | StateCategory::Hold => {}
    }
    let approvals = work.approvals_of(record)?;
    let state = |record: &Record| approvals.state(session, policy, record);
    let scene = Scene { actor: work.actor, now: session.now(), approvals: &state, policy: None };
    let open = policy::open_to(workflow, record, &scene);
    let waits = workflow.takes_votes(&change.status, record) && !open.contains(&"implement");
    if waits && !state(record).is_satisfied() {
        steps.push(format!("it needs approval, {}", state(record).in_words()));
    }
    if open.contains(&"submit") {
        steps.push(format!("hand it in with `gitsm change submit {id}`"));
    }
    if open.contains(&"assess") || change.status.as_str() == "assess" {
        steps.push(format!("assess it with `{}`", risk::to_type(work, change)?));
    }
    if change.planned_start.is_none() && change.model == ChangeModel::Normal {
        steps.push(format!("say when with `gitsm change schedule {id} --start TIME --end TIME`"));
    }
    if open.contains(&"implement") {
        steps.push(format!("deploy it, then `gitsm change deployed {id} --result ok`"));
    }
    Ok(steps)
}

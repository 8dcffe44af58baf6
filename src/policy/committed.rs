//! Whether a commit keeps the rules, whoever made it and by whatever means.
//!
//! As [`by_hand`](super::by_hand), but what only commands write may be there, if
//! it is the author's: a commit that a command made looks like that.

use super::approval::{self, ApprovalState, Decision};
use super::deployment::key;
use super::validate::{self, Breach, Breaches};
use super::{Policy, Scene, Vote, plan, transition};
use crate::model::{Approval, Deployment, Record, StateName};

/// Where the votes on those tasks stand that need an approval of their own, by
/// its name.
pub type TaskApprovals<'a> = dyn Fn(&Record, &StateName) -> Option<ApprovalState> + 'a;

/// The rules that a change of a record breaks.
pub fn changed(
    policy: &Policy,
    before: &Record,
    after: &Record,
    scene: &Scene<'_>,
    of_tasks: &TaskApprovals<'_>,
) -> Vec<Breach> {
    let mut found = Breaches(validate::change(policy, before, after));
    validate::lasting(before, after, &mut found);
    validate::signed(Some(before), after, scene.actor, &mut found);
    if required_approvals(before) != required_approvals(after) {
        let message = "what the offering demanded when it was ordered never changes";
        found.error("approvals-changed", "required_approvals", message);
    }
    for (rule, message) in plan::redrawn(before, after) {
        found.error(rule, "tasks", message);
    }
    match after.approvals().strip_prefix(before.approvals()) {
        None => found.error("vote-changed", "approvals", "votes are added, never changed"),
        Some(added) => votes(before, added, scene, of_tasks, &mut found),
    }
    if before.status() != after.status() {
        validate::moved(policy, before, after, scene, &mut found);
    }
    found.0
}

/// The change halfway through what recording a deployment makes of it in one
/// commit: work on it begins and ends. Each half is then judged by itself.
pub fn halfway(policy: &Policy, before: &Record, after: &Record) -> Option<Record> {
    let (Record::Change(was), Record::Change(is)) = (before, after) else { return None };
    let workflow = policy.workflow_of(before);
    if is.deploys.len() <= was.deploys.len() || before.status() == after.status() {
        return None;
    }
    let mut found = workflow.ways(IMPLEMENT, before).filter_map(|way| {
        let mut halfway = before.clone();
        halfway.set_status(way.to.clone()?);
        if halfway.started_at().is_none() {
            halfway.set_started_at(after.started_at());
        }
        workflow.ways_between(&halfway, after).is_some().then_some(halfway)
    });
    found.next()
}

/// The action by which work on a change begins.
const IMPLEMENT: &str = "implement";

/// The rules that a new record breaks. It may have been made and worked on in one
/// commit: then each step of the way must have been open to its author.
pub fn created(policy: &Policy, record: &Record, scene: &Scene<'_>) -> Vec<Breach> {
    let mut found = Breaches::default();
    if record.opened_by() != scene.actor {
        let message = format!("it is {}, but {} committed it", record.opened_by(), scene.actor);
        found.error("origin-forged", "opened_by", message);
    }
    validate::signed(None, record, scene.actor, &mut found);
    if let Record::Change(change) = record
        && let Some(deployment) = &change.deployment
        && !is_own_key(deployment, change.service.as_deref())
    {
        let message = "it is not the key of what is deployed to where";
        found.error("deployment-key", "deployment.key", message);
    }
    for vote in record.approvals() {
        forged(vote, scene, &mut found);
    }
    if !is_reachable(policy, record, scene) {
        let message = format!("no way leads a new {} to {}", record.kind(), record.status());
        found.error("transition-illegal", "status", message);
    }
    found.0
}

/// Whether the key of a deployment is the one of its commit or artefact.
fn is_own_key(deployment: &Deployment, service: Option<&str>) -> bool {
    let Deployment { repository, environment, commit, artefact, .. } = deployment;
    let versions = [artefact, commit].into_iter().flatten();
    let mut keys = versions.map(|version| key(repository, environment, service, version));
    keys.any(|key| key == deployment.key)
}

/// Whether an import can account for a change: it brings a record, or goes on with
/// one that an import brought, to which it adds no votes. A commit that calls
/// itself an import is judged like any other for the rest.
pub fn is_of_import(before: Option<&Record>, after: &Record) -> bool {
    before.is_none_or(|before| {
        before.external_id().is_some() && before.approvals() == after.approvals()
    })
}

/// Whether transitions that are open to the author lead from where records begin
/// to where this one is.
fn is_reachable(policy: &Policy, record: &Record, scene: &Scene<'_>) -> bool {
    let workflow = policy.workflow_of(record);
    let mut reached: Vec<StateName> = workflow.entry.clone();
    let mut at = 0;
    let mut blank = record.clone();
    blank.notes_mut().clear();
    blank.set_resolution(None);
    if let Some(approvals) = blank.approvals_mut() {
        approvals.clear();
    }
    if let Some(holds) = blank.holds_mut() {
        holds.clear();
    }
    while let Some(state) = reached.get(at).cloned() {
        if state == *record.status() {
            return true;
        }
        blank.set_status(state);
        for action in workflow.transitions.keys() {
            for way in workflow.ways(action.as_str(), &blank) {
                let Some(to) = way.to.as_ref().filter(|to| !reached.contains(to)) else { continue };
                let decided = match way.vote {
                    None => true,
                    Some(vote) => {
                        let wanted = match vote {
                            Vote::Approve => Decision::Approved,
                            Vote::Reject => Decision::Rejected,
                        };
                        (scene.approvals)(record).decision == wanted
                    }
                };
                if decided
                    && transition::retold(workflow, way, action.as_str(), &blank, record, scene)
                        .is_ok()
                {
                    reached.push(to.clone());
                }
            }
        }
        at += 1;
    }
    false
}

/// Whether the votes that were added are the author's, and theirs to cast.
fn votes(
    before: &Record,
    added: &[Approval],
    scene: &Scene<'_>,
    of_tasks: &TaskApprovals<'_>,
    found: &mut Breaches,
) {
    let whole = (scene.approvals)(before);
    for vote in added {
        forged(vote, scene, found);
        if !vote.is_vote() || vote.by != *scene.actor {
            continue;
        }
        let step = vote.step.as_deref();
        let definition = step.and_then(|step| step.split('/').next());
        let own = plan::own_approvals(before).find(|name| Some(name.as_str()) == definition);
        let is_whole = |name: &StateName| {
            whole.steps.iter().any(|step| step.definition.as_ref() == Some(name))
        };
        let of_task = own.filter(|name| !is_whole(name)).and_then(|name| of_tasks(before, name));
        let state = of_task.as_ref().unwrap_or(&whole);
        if let Err(refusal) = approval::ballots(state, before.id(), scene.actor, vote.verdict, step)
        {
            found.error("vote-refused", "approvals", refusal.to_string());
        }
    }
}

fn forged(vote: &Approval, scene: &Scene<'_>, found: &mut Breaches) {
    if vote.by != *scene.actor {
        let message = format!("a vote of {} that {} committed", vote.by, scene.actor);
        found.error("vote-forged", "approvals", message);
    }
}

fn required_approvals(record: &Record) -> &[StateName] {
    match record {
        Record::Request(request) => &request.required_approvals,
        _ => &[],
    }
}

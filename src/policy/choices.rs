//! What can be done with a record, by whom it is asked, and why the rest cannot.

use std::cell::OnceCell;

use super::approval;
use super::held::{as_normal, check_model, closed_by};
use super::transition::{check_review, guarded, not_approved};
use super::{Refusal, Scene, Transition, Workflow, overriding, template};
use crate::model::{Record, StateName};

/// An action of a workflow, as it stands for one record and one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<'a> {
    pub action: &'a StateName,
    /// Where it leads, if it moves the state.
    pub to: Option<&'a StateName>,
    /// What must still be given with it, by name.
    pub needs: Vec<String>,
    /// Whether it is a vote, which moves the state once the votes decide.
    pub is_vote: bool,
    /// Whether the record's state and model offer it at all.
    pub is_offered: bool,
    /// Why it is not open to whoever asks; `None` if it is.
    pub refusal: Option<Refusal>,
}

/// Every action of the workflow, in its order.
pub fn choices<'a>(workflow: &'a Workflow, record: &Record, scene: &Scene<'_>) -> Vec<Choice<'a>> {
    let tree = OnceCell::new();
    let each = |(action, ways): (&'a StateName, &'a Vec<Transition>)| {
        // A standard change that is none is handed in as a normal one.
        let first = ways.iter().find(|way| workflow.fits(way, record));
        let normal = first.and_then(|way| as_normal(workflow, way, record, scene));
        let record = normal.as_ref().unwrap_or(record);
        let fits = |way: &&'a Transition| workflow.fits(way, record);
        let offered: Vec<&'a Transition> = ways.iter().filter(fits).collect();
        let judged = offered
            .iter()
            .map(|way| (*way, obstacle(workflow, way, action.as_str(), record, scene)));
        let judged: Vec<_> = judged.collect();
        let best = judged.iter().find(|(_, refusal)| refusal.is_none()).or(judged.first());
        let (way, refusal) = match best {
            Some((way, refusal)) => (Some(*way), refusal.clone()),
            None => (
                ways.first(),
                Some(super::transition::not_offered(workflow, record, action.as_str())),
            ),
        };
        Choice {
            action,
            to: way.and_then(|way| way.to.as_ref()),
            needs: way.map(|way| missing(workflow, way, record, &tree, scene)).unwrap_or_default(),
            is_vote: way.is_some_and(|way| way.vote.is_some()),
            is_offered: !offered.is_empty(),
            refusal,
        }
    };
    workflow.transitions.iter().map(each).collect()
}

/// What keeps the acting person from going this way, beside what they must give.
pub(super) fn obstacle(
    workflow: &Workflow,
    way: &Transition,
    action: &str,
    record: &Record,
    scene: &Scene<'_>,
) -> Option<Refusal> {
    if let Err(refusal) = guarded(way, action, record, scene) {
        return Some(refusal.into());
    }
    if changes_nothing(way, record, scene) {
        return Some(Refusal::Done { id: record.id(), action: action.to_owned() });
    }
    let is = |state: &StateName| workflow.category(state);
    let target = way.to.as_ref().unwrap_or(record.status());
    let categories = (is(record.status()), is(target));
    if let Err(refusal) = check_review(workflow, action, record, categories.0, categories.1) {
        return Some(refusal);
    }
    if way.vote.is_none() {
        let closes = closed_by(action, record, categories.0, categories.1, scene);
        let stands = || check_model(workflow, action, record.status(), record, target, scene);
        match closes.and_then(|()| stands()) {
            // What is asked for is told as what it needs.
            Ok(()) | Err(Refusal::Unfilled { .. }) => {}
            Err(refusal) => return Some(refusal),
        }
    }
    let (was, will_be) = categories;
    let owed = overriding::may_end(record, action, was, will_be, scene.approvals);
    let is_vote = way.vote.is_some();
    let is_open = || overriding::may_go(way.overridden, is_vote, record, action, scene.now);
    if let Err(refusal) = owed.and_then(|()| is_open()) {
        return Some(refusal);
    }
    if way.vote.is_none() && !way.approved {
        return None;
    }
    let state = (scene.approvals)(record);
    if let Some(vote) = way.vote {
        let ballots = approval::ballots(&state, record.id(), scene.actor, vote.verdict(), None);
        if let Err(refusal) = ballots {
            return Some(Refusal::Vote(Box::new(refusal)));
        }
    }
    (way.approved && !state.is_satisfied()).then(|| not_approved(workflow, action, record, &state))
}

/// Whether it moves nothing, and sets what is set already.
fn changes_nothing(way: &Transition, record: &Record, scene: &Scene<'_>) -> bool {
    if way.to.is_some() || way.vote.is_some() || way.set.is_empty() {
        return false;
    }
    let mut next = record.clone();
    let patches = way.patches(scene.actor, scene.now);
    patches.iter().all(|patch| next.force(patch).is_ok()) && next == *record
}

/// What the transition needs and the record does not have, and what its change
/// model asks for before it is handed in.
fn missing(
    workflow: &Workflow,
    way: &Transition,
    record: &Record,
    tree: &OnceCell<serde_json::Value>,
    scene: &Scene<'_>,
) -> Vec<String> {
    let is_there = |need: &str| {
        // What ended before does not count for a new end.
        !matches!(need, "comment" | "hold_reason")
            && tree
                .get_or_init(|| record.to_value())
                .pointer(&format!("/{}", need.replace('.', "/")))
                .is_some_and(|value| !value.is_null())
    };
    let mut needs: Vec<String> = way.needs.iter().filter(|need| !is_there(need)).cloned().collect();
    if let (Some(policy), Some(to)) = (scene.policy, &way.to)
        && template::hands_in(workflow, record.status(), to)
    {
        for unfilled in template::unfilled(record, &policy.models) {
            if !needs.contains(&unfilled.field) {
                needs.push(unfilled.field);
            }
        }
    }
    needs
}

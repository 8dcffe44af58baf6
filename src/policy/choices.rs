//! What can be done with a record, by whom it is asked, and why the rest cannot.

use std::cell::OnceCell;

use super::approval;
use super::transition::{check_review, guarded, not_approved};
use super::{Refusal, Scene, Transition, Workflow};
use crate::model::{Record, StateName};

/// An action of a workflow, as it stands for one record and one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice<'a> {
    pub action: &'a StateName,
    /// Where it leads, if it moves the state.
    pub to: Option<&'a StateName>,
    /// What must still be given with it, by name.
    pub needs: Vec<&'a str>,
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
            needs: way.map(|way| missing(way, record, &tree)).unwrap_or_default(),
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
    let is = |state: &StateName| workflow.category(state);
    let target = way.to.as_ref().unwrap_or(record.status());
    if let Err(refusal) = check_review(workflow, action, record, is(record.status()), is(target)) {
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

/// What the transition needs and the record does not have.
fn missing<'a>(
    way: &'a Transition,
    record: &Record,
    tree: &OnceCell<serde_json::Value>,
) -> Vec<&'a str> {
    let is_there = |need: &str| {
        // What ended before does not count for a new end.
        !matches!(need, "comment" | "hold_reason")
            && tree
                .get_or_init(|| record.to_value())
                .pointer(&format!("/{}", need.replace('.', "/")))
                .is_some_and(|value| !value.is_null())
    };
    way.needs.iter().map(String::as_str).filter(|need| !is_there(need)).collect()
}

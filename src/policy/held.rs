//! What changes are held to besides their workflow: their model, and who closes
//! them.

use super::template::{self, Held};
use super::{Refusal, Scene, Transition, Workflow, closure};
use crate::model::{Kind, Record, StateCategory, StateName};

/// The record as a normal change, if by `way` a standard one would be handed in
/// that is not authorised beforehand.
pub(super) fn as_normal(
    workflow: &Workflow,
    way: &Transition,
    record: &Record,
    scene: &Scene<'_>,
) -> Option<Record> {
    let target = way.to.as_ref()?;
    template::demoted(scene.policy?, workflow, record, target, scene.now)
}

/// Whether the record, as it will be, says what its change model asks for, and is
/// still what was authorised beforehand, if it goes on to `target`.
pub(super) fn check_model(
    workflow: &Workflow,
    action: &str,
    from: &StateName,
    next: &Record,
    target: &StateName,
    scene: &Scene<'_>,
) -> Result<(), Refusal> {
    let Some(policy) = scene.policy.filter(|_| next.kind() == Kind::Change) else { return Ok(()) };
    let held = template::may_go(policy, workflow, from, next, target, scene.now);
    let (id, action) = (next.id(), action.to_owned());
    held.map_err(|held| match held {
        Held::Unfilled(fields) => Refusal::Unfilled { id, action, fields },
        Held::Untested(why) => Refusal::Untested { id, action, why },
        Held::Exceeded(why) => {
            let leads_back = |way: &Transition| {
                way.from.contains(from)
                    && way.vote.is_none()
                    && way.to.as_ref().is_some_and(|to| workflow.entry.contains(to))
            };
            let mut actions = workflow.transitions.iter();
            let back = actions.find(|(_, ways)| ways.iter().any(leads_back));
            let back = back.map(|(name, _)| name.clone());
            Refusal::NotAuthorised { id, action, why, back }
        }
    })
}

/// Whether whoever acts may close the record.
pub(super) fn closed_by(
    action: &str,
    next: &Record,
    was: StateCategory,
    will_be: StateCategory,
    scene: &Scene<'_>,
) -> Result<(), Refusal> {
    let Some(policy) = scene.policy else { return Ok(()) };
    if closure::may_close(policy, next, was, will_be, scene.actor) {
        return Ok(());
    }
    let (id, action, actor) = (next.id(), action.to_owned(), scene.actor.clone());
    Err(Refusal::OwnWork { id, action, actor })
}

//! Who may say that one can live with a conflict of a change.

use super::Right;
use super::judge::{Denied, Wish, count, may_vote};
use crate::model::{Person, PersonId, PrincipalKind, Record, Timestamp};
use crate::policy::Policy;

/// The field of what [`may_accept_conflict`] is about.
pub(super) const ACCEPTED: &str = "accepted_conflicts";
/// As grants of `move` name it.
pub const ACCEPT_CONFLICT: &str = "accept_conflict";

/// As grants of `move` name it.
pub const OVERRIDE: &str = "override";

/// Whether `actor` may let an emergency go on without leave: whoever may take the
/// change any step further. A pipeline, and whoever may take only some steps, needs
/// a grant of `move` that names it.
///
/// # Errors
///
/// Their roles do not allow it, or it is a machine on a desk without roles.
pub fn may_override(
    policy: &Policy,
    actor: &PersonId,
    now: Timestamp,
    record: &Record,
) -> Result<(), Denied> {
    if policy.is_open_desk() {
        return Ok(());
    }
    let action = Some(OVERRIDE);
    let step = Wish { right: Right::Move, record: Some(record), action, new: false };
    let may = |person: &Person| match count(policy) {
        false => person.kind == PrincipalKind::Person,
        true => step.is_granted_to(person, policy),
    };
    let person = policy.person(actor);
    if person.is_some_and(may) {
        return Ok(());
    }
    let roles = person.map(|person| policy.roles.settings().names(person)).unwrap_or_default();
    let could = policy.people.iter().filter(|each| each.is_active(now) && may(each));
    Err(Denied {
        actor: actor.clone(),
        roles: roles.into_iter().map(str::to_owned).collect(),
        right: Right::Move,
        what: format!("override the gate for {}", record.id().short()),
        could: could.map(|each| each.id.clone()).collect(),
    })
}

/// Whether `actor` may say that one can live with a conflict of `record`: whoever
/// may vote on it, or take it any step further. A pipeline, and whoever may take
/// only some steps, needs a grant of `move` that names it.
///
/// # Errors
///
/// Their roles do not allow it, or it is a machine on a desk without roles.
pub fn may_accept_conflict(
    policy: &Policy,
    actor: &PersonId,
    now: Timestamp,
    record: &Record,
) -> Result<(), Denied> {
    let Some(person) = policy.person(actor) else { return Ok(()) };
    let action = Some(ACCEPT_CONFLICT);
    let step = Wish { right: Right::Move, record: Some(record), action, new: false };
    let may = |person: &Person| match count(policy) {
        false => person.kind == PrincipalKind::Person,
        true => step.is_granted_to(person, policy) || may_vote(policy, person, record),
    };
    if may(person) {
        return Ok(());
    }
    let could = policy.people.iter().filter(|each| each.is_active(now) && may(each));
    Err(Denied {
        actor: actor.clone(),
        roles: policy.roles.settings().names(person).into_iter().map(str::to_owned).collect(),
        right: Right::Move,
        what: format!("accept conflicts of {}", record.id().short()),
        could: could.map(|each| each.id.clone()).collect(),
    })
}

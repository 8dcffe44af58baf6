//! Guards: who may carry out a transition, beyond what their role allows.

use super::approval::{Approvers, Source, led_to, named};
use super::refusal::verb;
use super::roles::{self, Denied};
use super::{Policy, Transition};
use crate::model::{PersonId, Record, RecordId, Timestamp};

/// Why somebody must not carry out a transition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GuardRefusal {
    /// The transition is for others.
    #[error("`{act}` of {} is for {wanted} [workflow-by]", id.short(), act = verb(action))]
    NotAmong { id: RecordId, action: String, wanted: String, could: Vec<PersonId> },
    /// Segregation of duties.
    #[error("`{act}` of {} must be done by somebody else than {role}, who is {actor} [workflow-not-by]", id.short(), act = verb(action))]
    Segregated { id: RecordId, action: String, actor: PersonId, role: &'static str },
    /// Their role does not allow it.
    #[error(transparent)]
    Role(#[from] Denied),
}

impl GuardRefusal {
    /// Who could.
    pub fn hint(&self) -> Option<String> {
        match self {
            GuardRefusal::NotAmong { could, .. } if could.is_empty() => {
                Some("nobody on this desk may; `gitsm workflow check` says more".to_owned())
            }
            GuardRefusal::NotAmong { could, .. } => {
                Some(format!("who may: {}", roles::people(could)))
            }
            GuardRefusal::Segregated { .. } => Some("ask a colleague to do it".to_owned()),
            GuardRefusal::Role(denied) => Some(denied.hint()),
        }
    }
}

/// Whether `actor` may carry out `action` on `record` by `way`.
///
/// On an open desk nobody has roles or teams, so guards that name only those
/// hold for everybody; who the record names is known there too.
///
/// # Errors
///
/// The first guard that does not hold.
pub fn check(
    policy: &Policy,
    way: &Transition,
    action: &str,
    record: &Record,
    actor: &PersonId,
    now: Timestamp,
) -> Result<(), GuardRefusal> {
    // Whoever has a vote may cast it, whatever their role.
    if way.vote.is_none() {
        roles::may_move(policy, actor, now, record, action)?;
    }
    let is = |source: &&Source| led_to(**source, record, policy).contains(actor);
    if let Some(source) = way.not_by.iter().find(is) {
        return Err(GuardRefusal::Segregated {
            id: record.id(),
            action: action.to_owned(),
            actor: actor.clone(),
            role: source.words(),
        });
    }
    if way.by.is_everybody() || passes(&way.by, policy) {
        return Ok(());
    }
    let mut could = candidates(&way.by, record, policy);
    if could.contains(actor) {
        return Ok(());
    }
    could.retain(|person| {
        policy.is_open_desk() || policy.person(person).is_some_and(|person| person.is_active(now))
    });
    could.retain(|person| !way.not_by.iter().any(|s| led_to(*s, record, policy).contains(person)));
    let (id, action, wanted) = (record.id(), action.to_owned(), words(&way.by));
    Err(GuardRefusal::NotAmong { id, action, wanted, could })
}

/// Whether the desk does not say who has the roles or belongs to the teams that
/// are asked for, so that nobody can be kept out.
fn passes(by: &Approvers, policy: &Policy) -> bool {
    let by_role = !by.roles.is_empty() && !policy.roles.count_for(&policy.people);
    let by_team = !by.teams.is_empty() && policy.is_open_desk();
    by_role || by_team
}

/// Those whom `by` names, outright or by way of the record.
fn candidates(by: &Approvers, record: &Record, policy: &Policy) -> Vec<PersonId> {
    let mut people = named(by, policy);
    for source in &by.from {
        for person in led_to(*source, record, policy) {
            if !people.contains(&person) {
                people.push(person);
            }
        }
    }
    people
}

/// Whom `by` names, in words: `the role manager, the assignee`.
pub fn words(by: &Approvers) -> String {
    let list = |what: &str, names: Vec<&str>| match names.len() {
        0 => None,
        1 => Some(format!("the {what} {}", names[0])),
        _ => Some(format!("the {what}s {}", names.join(", "))),
    };
    let people: Vec<&str> = by.people.iter().map(PersonId::as_str).collect();
    let parts = [
        (!people.is_empty()).then(|| people.join(", ")),
        list("role", by.roles.iter().map(String::as_str).collect()),
        list("team", by.teams.iter().map(crate::model::TeamId::as_str).collect()),
    ];
    let from = by.from.iter().map(|source| source.words().to_owned());
    parts.into_iter().flatten().chain(from).collect::<Vec<_>>().join(" or ")
}

//! Whether somebody's roles allow what they do.

use super::{Grant, Right};
use crate::model::{Person, PersonId, PrincipalKind, Record, Timestamp, diff};
use crate::policy::Policy;
use crate::policy::event::RecordChange;

/// Somebody's roles do not allow what they want to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} may not {what} [role]", who(actor, roles))]
pub struct Denied {
    pub actor: PersonId,
    /// Their roles, as far as the desk knows them.
    pub roles: Vec<String>,
    pub right: Right,
    /// What they wanted, in words.
    pub what: String,
    /// The listed people who may.
    pub could: Vec<PersonId>,
}

fn who(actor: &PersonId, roles: &[String]) -> String {
    if roles.is_empty() {
        format!("{actor} (no role)")
    } else {
        format!("{actor} ({})", roles.join(", "))
    }
}

/// How many people a hint names.
const NAMED: usize = 5;

impl Denied {
    /// Who could do it.
    pub fn hint(&self) -> String {
        match &self.could[..] {
            [] => "nobody on this desk may; see roles in .gitsm/people.yaml".to_owned(),
            could => format!("who may: {}", people(could)),
        }
    }
}

/// The first of `people` by name, and how many more there are.
pub(in crate::policy) fn people(people: &[PersonId]) -> String {
    let named: Vec<&str> = people.iter().take(NAMED).map(PersonId::as_str).collect();
    let more = people.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", named.join(", "))
}

/// What a grant is asked for.
struct Wish<'a> {
    right: Right,
    record: Option<&'a Record>,
    action: Option<&'a str>,
}

impl Wish<'_> {
    fn is_granted(&self, grant: &Grant, person: &PersonId) -> bool {
        grant.rights.contains(&self.right)
            && self
                .record
                .is_none_or(|record| grant.is_for(record) && (!grant.own || is_own(record, person)))
            && (self.right != Right::Move
                || grant.actions.is_empty()
                || self
                    .action
                    .is_some_and(|action| grant.actions.iter().any(|a| a.as_str() == action)))
    }

    fn is_granted_to(&self, person: &Person, policy: &Policy) -> bool {
        let grants = policy.roles.settings().grants(person);
        grants.into_iter().any(|grant| self.is_granted(grant, &person.id))
    }

    fn judge(&self, policy: &Policy, actor: &PersonId, now: Timestamp) -> Result<(), Denied> {
        // On a desk that lists people only they act; see `access::actor`.
        let Some(person) = policy.person(actor) else { return Ok(()) };
        if self.is_granted_to(person, policy) {
            return Ok(());
        }
        let could = |each: &&Person| each.is_active(now) && self.is_granted_to(each, policy);
        let could = policy.people.iter().filter(could).map(|each| each.id.clone());
        Err(Denied {
            actor: actor.clone(),
            roles: policy.roles.settings().names(person).into_iter().map(str::to_owned).collect(),
            right: self.right,
            what: self.in_words(),
            could: could.collect(),
        })
    }

    fn in_words(&self) -> String {
        let record = match self.record {
            Some(record) if self.right == Right::Create => {
                return format!("create {}", record.kind().one());
            }
            Some(record) => record.id().short(),
            None => String::new(),
        };
        match self.right {
            Right::Create => "create records".to_owned(),
            Right::Edit => format!("edit {record}"),
            Right::Note => format!("add notes to {record}"),
            Right::Assign => format!("assign {record}"),
            Right::Link => format!("link {record}"),
            Right::Attach => format!("attach files to {record}"),
            Right::Move => {
                let action = self.action.unwrap_or("move").replace('_', "-");
                format!("{action} {record}")
            }
            Right::Vote => format!("vote on {record}"),
            Right::Import => "import".to_owned(),
            Right::Settings => "change the settings of this desk".to_owned(),
        }
    }
}

/// Whether the record is somebody's own: they asked for it, opened it, or work
/// on it.
fn is_own(record: &Record, person: &PersonId) -> bool {
    record.requester() == Some(person)
        || record.opened_by() == person
        || record.assignee() == Some(person)
}

/// Whether roles decide anything on this desk.
fn count(policy: &Policy) -> bool {
    policy.roles.count_for(&policy.people)
}

/// Whether `actor` may make this change: every right that it makes use of must
/// be theirs. What is not allowed is refused, whichever way it was done.
///
/// # Errors
///
/// The first right that is missing.
pub fn may_change(
    policy: &Policy,
    actor: &PersonId,
    now: Timestamp,
    change: &RecordChange<'_>,
) -> Result<(), Denied> {
    if !count(policy) {
        return Ok(());
    }
    let judge = |right, record, action| {
        Wish { right, record: Some(record), action }.judge(policy, actor, now)
    };
    let Some(before) = change.before else { return judge(Right::Create, change.after, None) };
    let workflow = policy.workflow_of(before);
    let way = workflow.ways_between(before, change.after);
    let mut explained: Vec<&str> = Vec::new();
    let moved = before.status() != change.after.status();
    match &way {
        Some((name, ways)) => {
            // A vote is judged by who may vote.
            if ways.iter().all(|way| way.vote.is_none()) {
                judge(Right::Move, before, Some(name.as_str()))?;
            }
            for way in ways {
                let fields = way.set.keys().chain(&way.needs).chain(&way.clear);
                explained.extend(fields.map(String::as_str));
            }
        }
        None if moved => judge(Right::Move, before, None)?,
        None => {}
    }
    let mut asked = Vec::new();
    for field in diff(Some(before), Some(change.after)) {
        let Some(right) = right_for(&field.field, moved || way.is_some()) else { continue };
        if explained.contains(&field.field.as_str()) || asked.contains(&right) {
            continue;
        }
        judge(right, before, None)?;
        if before.domain() != change.after.domain() {
            judge(right, change.after, None)?;
        }
        asked.push(right);
    }
    Ok(())
}

/// The right that changing a field needs; none for what follows from an action.
fn right_for(field: &str, by_action: bool) -> Option<Right> {
    const FOLLOWS: &[&str] = &[
        "holds",
        "resolution",
        "started_at",
        "resolved_at",
        "closed_at",
        "retired_at",
        "reopen_count",
        "notes",
    ];
    let root = field.split('.').next().unwrap_or(field);
    match root {
        "status" | "updated_at" | "approvals" => None,
        _ if by_action && FOLLOWS.contains(&root) => None,
        "notes" => Some(Right::Note),
        "links" => Some(Right::Link),
        "attachments" => Some(Right::Attach),
        "assignee" | "owner" | "team" | "escalation" => Some(Right::Assign),
        _ => Some(Right::Edit),
    }
}

/// Whether `actor` may carry out `action` on `record`, as far as roles go.
///
/// # Errors
///
/// Their roles do not allow it.
pub fn may_move(
    policy: &Policy,
    actor: &PersonId,
    now: Timestamp,
    record: &Record,
    action: &str,
) -> Result<(), Denied> {
    if !count(policy) {
        return Ok(());
    }
    let wish = Wish { right: Right::Move, record: Some(record), action: Some(action) };
    wish.judge(policy, actor, now)
}

/// Whether `actor` may change settings. Where nobody may, everybody who may
/// create records may: a desk cannot lock itself out.
///
/// # Errors
///
/// Their roles do not allow it.
pub fn may_change_settings(
    policy: &Policy,
    actor: &PersonId,
    now: Timestamp,
) -> Result<(), Denied> {
    general(policy, actor, now, Right::Settings)
}

/// Whether `actor` may take over records from another system, by the same rule.
///
/// # Errors
///
/// Their roles do not allow it.
pub fn may_import(policy: &Policy, actor: &PersonId, now: Timestamp) -> Result<(), Denied> {
    general(policy, actor, now, Right::Import)
}

fn general(policy: &Policy, actor: &PersonId, now: Timestamp, right: Right) -> Result<(), Denied> {
    if !count(policy) {
        return Ok(());
    }
    match (Wish { right, record: None, action: None }).judge(policy, actor, now) {
        Err(denied) if denied.could.is_empty() => {
            let wish = Wish { right: Right::Edit, record: None, action: None };
            wish.judge(policy, actor, now).map_err(|can| Denied { could: can.could, ..denied })
        }
        judged => judged,
    }
}

/// Whether a listed person may vote where an approval names nobody. A pipeline
/// votes only where it is named.
pub(in crate::policy) fn may_vote(policy: &Policy, person: &Person, record: &Record) -> bool {
    person.kind == PrincipalKind::Person
        && (!count(policy)
            || Wish { right: Right::Vote, record: Some(record), action: None }
                .is_granted_to(person, policy))
}

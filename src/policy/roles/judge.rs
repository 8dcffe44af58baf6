//! Whether somebody's roles allow what they do.

use super::conflict::{ACCEPTED, may_accept_conflict, may_override};
use super::{Grant, Right};
use crate::model::{
    Kind, Link, Person, PersonId, PrincipalKind, Record, Relation, Timestamp, diff,
};
use crate::policy::event::RecordChange;
use crate::policy::{Policy, closure, overriding, template};

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

/// The field of what [`may_override`] is about.
const OVERRIDES: &str = "overrides";
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
pub(super) struct Wish<'a> {
    pub(super) right: Right,
    pub(super) record: Option<&'a Record>,
    pub(super) action: Option<&'a str>,
    /// Whether the record is being made just now.
    pub(super) new: bool,
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

    pub(super) fn is_granted_to(&self, person: &Person, policy: &Policy) -> bool {
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
            Some(record) if self.new => format!("a new {}", record.kind()),
            Some(record) => record.id().short(),
            None => String::new(),
        };
        match self.right {
            // Nothing else of a new record is an edit; see `beyond_asking`.
            Right::Edit if self.new => format!("set the priority of {record}"),
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
pub(super) fn count(policy: &Policy) -> bool {
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
    let Some(before) = change.before else { return may_create(policy, actor, now, change.after) };
    let judge = |right, record, action| {
        Wish { right, record: Some(record), action, new: false }.judge(policy, actor, now)
    };
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
    // What becomes of a change that is handed in is no edit of whoever does it.
    if way.is_some() && template::is_demoted(before, change.after) {
        explained.push("model");
    }
    if way.is_some() && template::is_assessed_anew(before, change.after) {
        explained.push("risk");
    }
    if way.is_some() && closure::is_asked_for_review(before, change.after) {
        explained.push("tasks");
    }
    // So is what an override makes of it.
    if overriding::is_recorded(before, change.after) {
        explained.push("model");
    }
    let mut asked = Vec::new();
    for field in diff(Some(before), Some(change.after)) {
        if field.field == ACCEPTED {
            may_accept_conflict(policy, actor, now, before)?;
            continue;
        }
        if field.field == OVERRIDES {
            may_override(policy, actor, now, before)?;
            continue;
        }
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

/// Whether `actor` may make this record: they must have the right to make one,
/// and those that it takes to set what nobody sets who only asks for something.
fn may_create(
    policy: &Policy,
    actor: &PersonId,
    now: Timestamp,
    record: &Record,
) -> Result<(), Denied> {
    let rights = std::iter::once(Right::Create).chain(beyond_asking(policy, record));
    for right in rights {
        Wish { right, record: Some(record), action: None, new: true }.judge(policy, actor, now)?;
    }
    Ok(())
}

/// What a new record says beyond what is asked for: who is to work on it, a
/// priority other than that of its impact and urgency, relations, files.
fn beyond_asking(policy: &Policy, record: &Record) -> Vec<Right> {
    let mut rights = Vec::new();
    // An offering says which team does the work; so does what is followed up.
    let is_ordered = matches!(record, Record::Request(request) if request.offering.is_some());
    let is_ordered = is_ordered || matches!(record, Record::Change(c) if c.template.is_some());
    let follows_up = |link: &Link| link.rel == Relation::FollowUpOf;
    let is_routed = is_ordered || record.links().iter().any(follows_up);
    let is_given = record.assignee().is_some()
        || (record.team().is_some() && !is_routed)
        || matches!(record, Record::Ci(ci) if ci.owner.is_some());
    if is_given {
        rights.push(Right::Assign);
    }
    let usual = record.impact().zip(record.urgency());
    let usual = usual.map(|(impact, urgency)| policy.priorities.priority(impact, urgency));
    if usual.is_some() && record.priority() != usual {
        rights.push(Right::Edit);
    }
    if !record.links().iter().all(follows_up) {
        rights.push(Right::Link);
    }
    if !record.attachments().is_empty() {
        rights.push(Right::Attach);
    }
    rights
}

/// Whether `person` is nobody but who asks for the record: what they say about
/// it is meant for whoever reads it.
pub fn only_asks(policy: &Policy, person: &PersonId, record: &Record) -> bool {
    let Some(person) = policy.person(person).filter(|_| count(policy)) else { return false };
    let may = |right| {
        Wish { right, record: Some(record), action: None, new: false }.is_granted_to(person, policy)
    };
    is_own(record, &person.id) && !may(Right::Edit) && !may(Right::Assign)
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
        "csat",
        "notes",
        "review",
        "csat",
        "deploys",
        "risk_assessment",
    ];
    let root = field.split('.').next().unwrap_or(field);
    match root {
        "status" | "updated_at" | "approvals" => None,
        _ if by_action && FOLLOWS.contains(&root) => None,
        "notes" | "csat" => Some(Right::Note),
        "links" => Some(Right::Link),
        "attachments" | "test_evidence" => Some(Right::Attach),
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
    let wish = Wish { right: Right::Move, record: Some(record), action: Some(action), new: false };
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

/// Whether `actor` may change what everybody finds on the desk without being a
/// rule of it, such as views: who works on records, whosever they are, or
/// changes settings.
///
/// # Errors
///
/// Their roles do not allow it.
pub fn may_save_views(policy: &Policy, actor: &PersonId, now: Timestamp) -> Result<(), Denied> {
    let works = |person: &Person| {
        let mut grants = policy.roles.settings().grants(person).into_iter();
        grants.any(|grant| grant.rights.contains(&Right::Edit) && !grant.own)
    };
    match policy.person(actor) {
        Some(person) if count(policy) && !works(person) => may_change_settings(policy, actor, now),
        _ => Ok(()),
    }
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
    match (Wish { right, record: None, action: None, new: false }).judge(policy, actor, now) {
        Err(denied) if denied.could.is_empty() => {
            let wish = Wish { right: Right::Edit, record: None, action: None, new: false };
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
            || Wish { right: Right::Vote, record: Some(record), action: None, new: false }
                .is_granted_to(person, policy))
}

/// Whether a listed person may vote on changes in general, such as on what they
/// are made from.
pub(in crate::policy) fn may_vote_on_changes(policy: &Policy, person: &Person) -> bool {
    let votes = |grant: &Grant| {
        grant.rights.contains(&Right::Vote)
            && (grant.types.is_empty() || grant.types.contains(&Kind::Change))
    };
    person.kind == PrincipalKind::Person
        && (!count(policy) || policy.roles.settings().grants(person).into_iter().any(votes))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;

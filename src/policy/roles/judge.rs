//! Whether somebody's roles allow what they do.

use super::conflict::{ACCEPTED, may_accept_conflict};
use super::{Grant, Right};
use crate::model::{
    Kind, Link, Person, PersonId, PrincipalKind, Record, Relation, Timestamp, diff,
};
use crate::policy::event::RecordChange;
use crate::policy::{Policy, template};

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
    let mut asked = Vec::new();
    for field in diff(Some(before), Some(change.after)) {
        if field.field == ACCEPTED {
            may_accept_conflict(policy, actor, now, before)?;
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
mod tests {
    use ulid::Ulid;

    use super::*;
    use crate::format;
    use crate::model::{DeskSettings, FORMAT_VERSION, Profile};
    use crate::policy::roles::{RoleSettings, Roles};
    use crate::policy::{PriorityMatrix, Workflow, Workflows, defaults};

    const PEOPLE: &str = "\
- {id: rob, name: Rob, roles: [requester]}
- {id: alice, name: Alice, roles: [agent]}
- {id: mona, name: Mona, roles: [manager]}
- {id: adam, name: Adam, roles: [admin]}
- {id: otto, name: Otto, roles: [auditor]}
- {id: bot, name: Pipeline, kind: machine}
- {id: cab, name: Board, roles: [board]}
";

    fn built_in() -> RoleSettings {
        format::read_built_in(defaults::ROLES).expect("the default roles read")
    }

    fn flow(kind: Kind) -> Workflow {
        format::read_built_in(defaults::workflow(kind)).expect("a workflow")
    }

    fn policy(people: &'static str, own: Option<&'static str>) -> Policy {
        let people: Vec<Person> = format::read_built_in(people).expect("people");
        let own = own.map(|text| format::read_built_in(text).expect("roles"));
        Policy {
            settings: DeskSettings {
                format: FORMAT_VERSION,
                id: Ulid::nil(),
                name: String::new(),
                trunk: "main".into(),
                time_zone: "UTC".into(),
                profile: Profile::Itsm,
                practices: Profile::Itsm.practices(),
                domains: indexmap::IndexMap::new(),
                custom_fields: indexmap::IndexMap::new(),
            },
            people,
            teams: Vec::new(),
            priorities: PriorityMatrix::default(),
            workflows: Workflows::new([], flow),
            roles: Roles::new(own, built_in),
            models: crate::policy::template::Models::default(),
        }
    }

    fn who(name: &str) -> PersonId {
        PersonId::new(name).expect("a name")
    }

    fn incident(rest: &str) -> Record {
        let text = format!(
            "id: INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q\ntitle: t\nstatus: new\nimpact: low\nurgency: low\n\
             priority: P5\n{rest}opened_at: 2026-11-22T09:12:04Z\nopened_by: alice\n\
             updated_at: 2026-11-22T09:12:04Z\n"
        );
        format::read_record_any(Kind::Incident, text.as_bytes()).expect("a record")
    }

    fn may(
        policy: &Policy,
        actor: &str,
        before: Option<&Record>,
        after: &Record,
    ) -> Option<String> {
        let change = RecordChange { before, after };
        let now = Timestamp::from_seconds(1_764_000_000);
        may_change(policy, &who(actor), now, &change).err().map(|denied| denied.to_string())
    }

    #[test]
    fn roles_count_once_somebody_has_one() {
        let after = incident("");
        let without =
            policy("- {id: otto, name: Otto}\n- {id: cab, name: Cab, roles: [board]}\n", None);
        assert_eq!(may(&without, "otto", None, &after), None);
        let open = policy("[]", None);
        assert_eq!(may(&open, "anybody", None, &after), None);
        let with = policy(PEOPLE, None);
        let denied = may(&with, "otto", None, &after);
        assert_eq!(denied.as_deref(), Some("otto (auditor) may not create an incident [role]"));
        assert_eq!(
            may(&with, "cab", None, &after),
            None,
            "a role of approvals only works as an agent"
        );
        assert_eq!(may(&with, "bot", None, &after), None);
        let own = policy("- {id: otto, name: Otto}\n", Some("roles: {}\n"));
        let denied = may(&own, "otto", None, &after);
        assert_eq!(denied.as_deref(), Some("otto (no role) may not create an incident [role]"));
    }

    #[test]
    fn what_a_change_does_decides_which_rights_it_needs() {
        let policy = policy(PEOPLE, None);
        let before = incident("requester: rob\n");
        let noted = {
            let mut after = before.clone();
            let text = "Hello.\n".to_owned();
            let (id, at, by) =
                (Ulid::from(1u128), Timestamp::from_seconds(1_764_000_000), who("rob"));
            let kind = crate::model::NoteKind::Public;
            after.notes_mut().push(crate::model::Note { id, at, by, kind, text });
            after
        };
        assert_eq!(may(&policy, "rob", Some(&before), &noted), None, "their own");
        let others = incident("requester: mona\n");
        let mut noted_others = others.clone();
        noted_others.notes_mut().extend(noted.notes().to_vec());
        assert!(may(&policy, "rob", Some(&others), &noted_others).is_some());
        let mut given = before.clone();
        given.set_assignee(Some(who("alice")));
        let denied = may(&policy, "rob", Some(&before), &given);
        assert_eq!(denied.as_deref(), Some("rob (requester) may not assign INC-7K3F9Q [role]"));
        assert_eq!(may(&policy, "alice", Some(&before), &given), None);
        // An edit that rides along with a move is an edit nevertheless.
        let cancelled = incident("requester: rob\n");
        let mut cancelled = cancelled;
        cancelled.set_status(crate::model::StateName::new("cancelled").expect("a state"));
        cancelled.set_resolution(Some(crate::model::Resolution {
            code: crate::model::StateName::new("cancelled").expect("a code"),
            by: who("rob"),
            text: None,
        }));
        assert_eq!(may(&policy, "rob", Some(&before), &cancelled), None);
        cancelled
            .patch(&crate::model::Patch::Set("impact".into(), "high".into()))
            .expect("a level");
        let denied = may(&policy, "rob", Some(&before), &cancelled);
        assert_eq!(denied.as_deref(), Some("rob (requester) may not edit INC-7K3F9Q [role]"));
    }

    #[test]
    fn a_new_record_says_no_more_than_whoever_makes_it_may_change() {
        let policy = policy(PEOPLE, None);
        let denied = |rest: &str| may(&policy, "rob", None, &incident(rest));
        assert_eq!(denied("requester: rob\n"), None);
        let assigned = denied("requester: rob\nassignee: alice\n");
        assert_eq!(
            assigned.as_deref(),
            Some("rob (requester) may not assign a new incident [role]")
        );
        assert!(denied("team: apps\n").is_some());
        let mut urgent = incident("requester: rob\n");
        urgent
            .patch(&crate::model::Patch::Set("priority".into(), "P1".into()))
            .expect("a priority");
        assert_eq!(
            may(&policy, "rob", None, &urgent).as_deref(),
            Some("rob (requester) may not set the priority of a new incident [role]")
        );
        assert_eq!(may(&policy, "alice", None, &urgent), None);
        assert!(
            denied("links:\n- rel: child_of\n  to: INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9R\n").is_some()
        );
        // A pipeline works on what it made itself, and relates tickets to it.
        let linked = incident("links:\n- rel: child_of\n  to: INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9R\n");
        assert_eq!(may(&policy, "bot", None, &linked), None);
        let mut own = incident("");
        own.patch(&crate::model::Patch::Set("priority".into(), "P1".into())).expect("a priority");
        assert!(may(&policy, "bot", None, &own).is_some(), "alice has opened it");
        own.patch(&crate::model::Patch::Set("requester".into(), "bot".into())).expect("a person");
        assert_eq!(may(&policy, "bot", None, &own), None);
    }

    #[test]
    fn settings_are_for_admins_where_there_are_any() {
        let now = Timestamp::from_seconds(1_764_000_000);
        let with = policy(PEOPLE, None);
        assert!(may_change_settings(&with, &who("adam"), now).is_ok());
        let denied = may_change_settings(&with, &who("alice"), now).expect_err("an agent");
        assert_eq!(
            denied.to_string(),
            "alice (agent) may not change the settings of this desk [role]"
        );
        assert_eq!(denied.hint(), "who may: adam");
        let alone = policy("- {id: alice, name: Alice, roles: [agent]}\n", None);
        assert!(may_change_settings(&alone, &who("alice"), now).is_ok(), "nobody is locked out");
        assert!(may_import(&with, &who("mona"), now).is_ok());
        assert!(may_import(&with, &who("alice"), now).is_err());
    }

    #[test]
    fn grants_can_be_limited_to_domains_and_actions() {
        let own = "\
otherwise: [clerk]
roles:
  clerk:
    may:
    - {do: [create, edit], types: [incident], domains: [customers]}
    - {do: [move], types: [incident], actions: [resolve]}
";
        let policy = policy("- {id: eve, name: Eve}\n", Some(own));
        let inside = incident("domain: customers\n");
        assert_eq!(may(&policy, "eve", None, &inside), None);
        let outside = incident("domain: internal\n");
        assert!(may(&policy, "eve", None, &outside).is_some());
        assert!(
            may(&policy, "eve", Some(&inside), &outside).is_some(),
            "it would leave their domain"
        );
        let now = Timestamp::from_seconds(1_764_000_000);
        assert!(may_move(&policy, &who("eve"), now, &outside, "resolve").is_ok());
        assert!(may_move(&policy, &who("eve"), now, &outside, "cancel").is_err());
    }

    #[test]
    fn mistakes_in_roles_are_named() {
        let own = "\
otherwise: [ghost]
roles:
  clerk:
    includes: [spirit]
    may:
    - {do: [move], actions: [fly], domains: [mars]}
    - {do: [edit], actions: [resolve]}
";
        let settings: RoleSettings = format::read_built_in(own).expect("roles");
        let found = settings
            .mistakes(&|_| false, &|kind, action| flow(kind).transitions.contains_key(action));
        let rules: Vec<(&str, &str)> = found.iter().map(|m| (m.rule, m.mark.as_str())).collect();
        let expected = [
            ("role-unknown", "ghost"),
            ("role-unknown", "spirit"),
            ("role-domain", "mars"),
            ("role-action", "fly"),
            ("role-action", "resolve"),
        ];
        assert_eq!(rules, expected);
        assert!(
            built_in()
                .mistakes(&|_| true, &|kind, action| {
                    flow(kind).transitions.contains_key(action)
                })
                .is_empty()
        );
    }
}

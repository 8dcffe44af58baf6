//! Who may vote in a step.

use super::{Approvers, Source};
use crate::model::{Kind, PersonId, Record, Timestamp};
use crate::policy::{Policy, Workflow, access, roles};

/// Who may vote in a step, requester and assignee kept apart if need be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Seats {
    /// Anybody at all: a desk that lists nobody cannot count them.
    Anybody,
    /// These, each once, in the order in which they are named.
    Listed(Vec<PersonId>),
}

/// Those who are named outright, be it by team or role.
pub(in crate::policy) fn named(approvers: &Approvers, policy: &Policy) -> Vec<PersonId> {
    let mut people = approvers.people.clone();
    for person in &policy.people {
        let in_team = person.teams.iter().any(|team| approvers.teams.contains(team));
        let has_role = person.roles.iter().any(|role| approvers.roles.contains(role));
        if in_team || has_role {
            people.push(person.id.clone());
        }
    }
    unique(people)
}

/// Everybody who may vote on `record` by what the step says.
pub(super) fn of_step(approvers: &Approvers, record: &Record, policy: &Policy) -> Seats {
    if approvers.is_everybody() {
        if policy.is_open_desk() {
            return Seats::Anybody;
        }
        let may = |person: &&crate::model::Person| roles::may_vote(policy, person, record);
        let people = policy.people.iter().filter(may);
        return Seats::Listed(people.map(|person| person.id.clone()).collect());
    }
    let mut people = named(approvers, policy);
    for source in &approvers.from {
        people.extend(led_to(*source, record, policy));
    }
    Seats::Listed(unique(people))
}

/// The people that the record leads to.
pub(in crate::policy) fn led_to(source: Source, record: &Record, policy: &Policy) -> Vec<PersonId> {
    let team = || record.team().and_then(|team| policy.team(team));
    let one = match source {
        Source::Requester => record.requester().cloned(),
        Source::Opener => Some(record.opened_by().clone()),
        Source::Assignee => record.assignee().cloned(),
        Source::Resolver => record.resolution().map(|resolution| resolution.by.clone()),
        Source::RequesterManager => record
            .requester()
            .and_then(|requester| policy.person(requester))
            .and_then(|person| person.manager.clone()),
        Source::TeamLead => team().and_then(|team| team.lead.clone()),
        Source::Team => {
            let Some(team) = record.team() else { return Vec::new() };
            let members = policy.people.iter().filter(|person| person.teams.contains(team));
            return members.map(|person| person.id.clone()).collect();
        }
    };
    one.into_iter().collect()
}

/// Whether `person` may act at `at`; on a desk that lists nobody everybody may.
pub(super) fn is_active(policy: &Policy, person: &PersonId, at: Timestamp) -> bool {
    policy.is_open_desk() || policy.person(person).is_some_and(|person| person.is_active(at))
}

/// The people who must not vote on what they asked for, carry out or wrote
/// (ITGC control C4): requester and assignee, and of a deployment whoever wrote
/// its commits, pushed them, recorded an attempt at it or let it go without
/// leave. Whoever opened a change for somebody else wants it too, unless it was
/// raised from a push: then the desk opened it, and whoever pushed wants it.
/// People are found by any of their addresses.
pub(super) fn involved(record: &Record, policy: &Policy) -> Vec<PersonId> {
    let people = record.requester().into_iter().chain(record.assignee());
    let mut people: Vec<PersonId> = people.cloned().collect();
    if let Record::Change(change) = record {
        let names = change.deployment.iter().flat_map(|deployment| {
            let authors = deployment.commits.iter().map(|commit| commit.author.as_str());
            authors.chain(deployment.by.as_deref())
        });
        let is_raised = change.deployment.as_ref().is_some_and(|of| of.by.is_some());
        people.extend((!is_raised).then(|| change.opened_by.clone()));
        people.extend(names.filter_map(|name| access::known_as(policy, name)));
        people.extend(change.deploys.iter().map(|deploy| deploy.by.clone()));
        people.extend(change.overrides.iter().map(|each| each.by.clone()));
    }
    unique(people)
}

/// Why the requester of `after` must stay who it was, if it must: from when a
/// change has been handed in, who asked for it is who has no vote on it (ITGC
/// control C4).
pub(in crate::policy) fn requester_lost(
    workflow: &Workflow,
    before: &Record,
    after: &Record,
) -> Option<&'static str> {
    let was = before.requester()?;
    let is_asked = before.kind() == Kind::Change
        && workflow.has_approvals()
        && workflow.category(before.status()).is_open()
        && !workflow.entry.contains(before.status());
    (is_asked && after.requester() != Some(was)).then_some(
        "who asked for a change stays while it is on its way, as they have no vote on it; \
         take it back with `gitsm change revise` first",
    )
}

fn unique(people: Vec<PersonId>) -> Vec<PersonId> {
    let mut seen = std::collections::HashSet::new();
    people.into_iter().filter(|person| seen.insert(person.clone())).collect()
}

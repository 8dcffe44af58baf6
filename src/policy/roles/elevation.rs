//! Whether somebody who changes the rules gives themselves more rights by that.
//!
//! Control C5 of ITGC audits: nobody elevates themselves. What counts is what
//! they could do before and could do after, whichever file it was done in.

use std::collections::BTreeSet;

use super::judge::{count, may_change_settings, may_import, people};
use super::{Grant, Right};
use crate::model::{Kind, Person, PersonId, PrincipalKind, StateName, Timestamp};
use crate::policy::Policy;
use crate::policy::approval::{self, ApprovalSettings, Approvers, Delegation, Source};

/// The rules by which rights are judged.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    pub policy: &'a Policy,
    pub approvals: &'a ApprovalSettings,
}

/// Somebody would raise their own rights.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{actor} would give themselves {} [self-elevation]", in_few(gains))]
pub struct Elevation {
    pub actor: PersonId,
    /// What they could not do before, in words.
    pub gains: Vec<String>,
    /// The others who may change settings.
    pub could: Vec<PersonId>,
}

/// How many gains are named.
const NAMED: usize = 3;

fn in_few(gains: &[String]) -> String {
    let named: Vec<&str> = gains.iter().take(NAMED).map(String::as_str).collect();
    let more = gains.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest}", named.join(", "))
}

impl Elevation {
    /// Who could do it for them.
    pub fn hint(&self) -> String {
        match &self.could[..] {
            [] => "somebody else must do that: let a colleague change settings, and ask them"
                .to_owned(),
            could => format!("somebody else must do that: {}", people(could)),
        }
    }
}

/// Whether `actor`, who turns the rules `before` into those `after`, can do more
/// by these than they could. On an open desk everybody can do everything, and
/// where there is nobody else there is nobody to ask.
///
/// # Errors
///
/// What they would gain.
pub fn may_change_rules(
    before: Rules<'_>,
    after: Rules<'_>,
    actor: &PersonId,
    now: Timestamp,
) -> Result<(), Elevation> {
    let Some(was) = before.policy.person(actor) else { return Ok(()) };
    let others = || {
        let is_other = |person: &&Person| {
            person.id != *actor && person.is_active(now) && person.kind == PrincipalKind::Person
        };
        before.policy.people.iter().filter(is_other)
    };
    if others().next().is_none() {
        return Ok(());
    }
    let mut gains = BTreeSet::new();
    if after.policy.is_open_desk() {
        gains.insert("every right, as nobody would be listed".to_owned());
    } else if let Some(is) = after.policy.person(actor) {
        of_person((before, was), (after, is), now, &mut gains);
    }
    if gains.is_empty() {
        return Ok(());
    }
    let may = |person: &&Person| may_change_settings(before.policy, &person.id, now).is_ok();
    let could = others().filter(may).map(|person| person.id.clone()).collect();
    Err(Elevation { actor: actor.clone(), gains: gains.into_iter().collect(), could })
}

/// What somebody who stays on the desk gains.
fn of_person(
    (before, was): (Rules<'_>, &Person),
    (after, is): (Rules<'_>, &Person),
    now: Timestamp,
    gains: &mut BTreeSet<String>,
) {
    let actor = &was.id;
    if let Some(until) = was.active_until
        && is.active_until.is_none_or(|later| until < later)
    {
        gains.insert("more time on the desk".to_owned());
    }
    rights((before.policy, was), (after.policy, is), now, gains);
    seats(before, after, actor, gains);
    moves(before.policy, after.policy, actor, gains);
    led(before, after, actor, gains);
    let is_mine = |each: &&Delegation| each.to == *actor;
    for delegation in after.approvals.delegations.iter().filter(is_mine) {
        if !before.approvals.delegations.contains(delegation) {
            gains.insert(format!("the votes of {}", delegation.from));
        }
    }
}

/// Rights that their roles give.
fn rights(
    (before, was): (&Policy, &Person),
    (after, is): (&Policy, &Person),
    now: Timestamp,
    gains: &mut BTreeSet<String>,
) {
    if !count(before) {
        return;
    }
    if !count(after) {
        gains.insert("every right, as roles would no longer count".to_owned());
        return;
    }
    let own = before.roles.settings().grants(was);
    for grant in after.roles.settings().grants(is) {
        for right in &grant.rights {
            let had = match right {
                Right::Settings => may_change_settings(before, &was.id, now).is_ok(),
                Right::Import => may_import(before, &was.id, now).is_ok(),
                _ => had(&own, grant, *right),
            };
            if !had {
                gains.insert(format!("the right to {}", in_words(grant, *right)));
            }
        }
    }
}

/// Whether `own` allow all that `wanted` allows by `right`.
fn had(own: &[&Grant], wanted: &Grant, right: Right) -> bool {
    fn each<T>(named: &[T]) -> Vec<Option<&T>> {
        if named.is_empty() { vec![None] } else { named.iter().map(Some).collect() }
    }
    fn allows<T: PartialEq>(limits: &[T], wanted: Option<&T>) -> bool {
        limits.is_empty() || wanted.is_some_and(|wanted| limits.contains(wanted))
    }
    let kinds = if wanted.types.is_empty() { &Kind::ALL[..] } else { &wanted.types };
    let actions = if right == Right::Move { each(&wanted.actions) } else { vec![None] };
    let domains = each(&wanted.domains);
    kinds.iter().all(|kind| {
        domains.iter().all(|domain| {
            actions.iter().all(|action| {
                own.iter().any(|grant| {
                    grant.rights.contains(&right)
                        && (!grant.own || wanted.own)
                        && allows(&grant.types, Some(kind))
                        && allows(&grant.domains, *domain)
                        && (right != Right::Move || allows(&grant.actions, *action))
                })
            })
        })
    })
}

fn in_words(grant: &Grant, right: Right) -> String {
    let what = match right {
        Right::Settings => return "change settings".to_owned(),
        Right::Import => return right.name().to_owned(),
        Right::Move => "take further",
        Right::Note => "add notes to",
        Right::Attach => "attach files to",
        Right::Vote => "vote on",
        Right::Create | Right::Edit | Right::Assign | Right::Link => right.name(),
    };
    let kinds: Vec<&str> = grant.types.iter().map(|kind| kind.folder()).collect();
    let kinds = if kinds.is_empty() { "records".to_owned() } else { kinds.join(" and ") };
    format!("{what} {kinds}")
}

/// Whether `actor` is among those who are named, or nobody is.
fn holds(approvers: &Approvers, policy: &Policy, actor: &PersonId) -> bool {
    approvers.is_everybody() || approval::named(approvers, policy).contains(actor)
}

/// Seats in the steps of approvals.
fn seats(before: Rules<'_>, after: Rules<'_>, actor: &PersonId, gains: &mut BTreeSet<String>) {
    for (name, definition) in &after.approvals.definitions {
        let known = before.approvals.definitions.get(name);
        for (at, step) in definition.steps.iter().enumerate() {
            if !holds(&step.approvers, after.policy, actor) {
                continue;
            }
            let label = step.label(at);
            let mut same = known.iter().flat_map(|known| known.steps.iter().enumerate());
            let same = same.find(|(at, step)| step.label(*at) == label).map(|(_, step)| step);
            // Where nothing was defined, one vote of anybody with a vote decided.
            let had = match same {
                Some(step) => holds(&step.approvers, before.policy, actor),
                None => {
                    let person = before.policy.person(actor);
                    person.is_some_and(|one| super::may_vote_on_changes(before.policy, one))
                }
            };
            if !had {
                gains.insert(format!("a vote in {name}/{label}"));
            }
        }
    }
}

/// Ways of workflows that only some may go.
fn moves(before: &Policy, after: &Policy, actor: &PersonId, gains: &mut BTreeSet<String>) {
    let general = Kind::ALL.into_iter().map(|kind| (None, kind));
    let of_domains = after.workflows.of_domains().map(|(domain, flow)| (Some(domain), flow.kind));
    for (domain, kind) in general.chain(of_domains) {
        let domain: Option<&StateName> = domain;
        let is = after.workflows.in_domain(kind, domain);
        let was = before.workflows.in_domain(kind, domain);
        for (action, ways) in &is.transitions {
            let Some(known) = was.transitions.get(action) else { continue };
            for from in ways.iter().flat_map(|way| &way.from) {
                let leads = |way: &&crate::policy::Transition| way.from.contains(from);
                let mut now = ways.iter().filter(leads);
                let mut then = known.iter().filter(leads).peekable();
                if then.peek().is_some()
                    && !then.any(|way| may_go(way, before, actor))
                    && now.any(|way| may_go(way, after, actor))
                {
                    gains.insert(format!("`{action}` of {}", kind.folder()));
                }
            }
        }
    }
}

/// Whether a way is open to them whatever record it is.
fn may_go(way: &crate::policy::Transition, policy: &Policy, actor: &PersonId) -> bool {
    holds(&way.by, policy, actor)
}

/// Whose manager they are, and which teams they lead or belong to, where that
/// decides who votes or acts.
fn led(before: Rules<'_>, after: Rules<'_>, actor: &PersonId, gains: &mut BTreeSet<String>) {
    let steps = |rules: Rules<'_>, source: Source| {
        let definitions = rules.approvals.definitions.values();
        let mut steps = definitions.flat_map(|definition| &definition.steps);
        let mut flows = rules.policy.workflows.iter();
        steps.any(|step| step.approvers.from.contains(&source))
            || flows.any(|flow| {
                let mut ways = flow.transitions.values().flatten();
                ways.any(|way| way.by.from.contains(&source))
            })
    };
    let counts = |source| steps(before, source) && steps(after, source);
    if counts(Source::RequesterManager) {
        let of = |policy: &Policy| -> BTreeSet<PersonId> {
            let led = policy.people.iter().filter(|one| one.manager.as_ref() == Some(actor));
            led.map(|one| one.id.clone()).collect()
        };
        for one in of(after.policy).difference(&of(before.policy)) {
            gains.insert(format!("what the manager of {one} decides"));
        }
    }
    if counts(Source::TeamLead) {
        let of = |policy: &Policy| -> BTreeSet<String> {
            let led = policy.teams.iter().filter(|team| team.lead.as_ref() == Some(actor));
            led.map(|team| team.id.to_string()).collect()
        };
        for team in of(after.policy).difference(&of(before.policy)) {
            gains.insert(format!("what the lead of {team} decides"));
        }
    }
    if counts(Source::Team) {
        let of = |policy: &Policy| -> BTreeSet<String> {
            let own = policy.person(actor).into_iter().flat_map(|person| &person.teams);
            own.map(ToString::to_string).collect()
        };
        for team in of(after.policy).difference(&of(before.policy)) {
            gains.insert(format!("what the team {team} decides"));
        }
    }
}

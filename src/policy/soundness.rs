//! Whether a workflow can be lived in: every state can be reached and left, and
//! every guard met by somebody.

use std::collections::HashSet;

use super::approval::{Source, named};
use super::guard::words;
use super::{Policy, Transition, Vote, Workflow};
use crate::model::{ChangeModel, Kind, StateCategory, StateName};

/// Something in a workflow that does not work, or not as it seems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// A stable name, for example `state-unreachable`.
    pub rule: &'static str,
    /// Whether it must be mended; else it is only worth knowing.
    pub is_error: bool,
    /// Where it is.
    pub place: Place,
    pub message: String,
}

/// A place in a workflow file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    State(StateName),
    /// One way of a transition, counted from 0.
    Way(StateName, usize),
    /// A key at the top.
    Key(&'static str),
}

/// What does not work in `workflow`.
pub fn flaws(policy: &Policy, workflow: &Workflow) -> Vec<Flaw> {
    let mut found = Vec::new();
    states(workflow, &mut found);
    approvals(workflow, &mut found);
    vocabulary(workflow, &mut found);
    for (name, ways) in &workflow.transitions {
        for (at, way) in ways.iter().enumerate() {
            let place = Place::Way(name.clone(), at);
            guards(policy, way, &place, &mut found);
        }
    }
    found
}

/// The models whose changes take different ways; one for other types.
fn models(kind: Kind) -> Vec<Option<ChangeModel>> {
    if kind == Kind::Change {
        ChangeModel::ALL.iter().copied().map(Some).collect()
    } else {
        vec![None]
    }
}

/// The states that lead on from `from` for one model, and what they lead to.
fn reached<'a>(
    workflow: &'a Workflow,
    from: impl IntoIterator<Item = &'a StateName>,
    model: Option<ChangeModel>,
) -> HashSet<&'a StateName> {
    reached_by(workflow, from, model, &|_| true)
}

/// As [`reached`], going only ways that `may` lets through.
fn reached_by<'a>(
    workflow: &'a Workflow,
    from: impl IntoIterator<Item = &'a StateName>,
    model: Option<ChangeModel>,
    may: &dyn Fn(&Transition) -> bool,
) -> HashSet<&'a StateName> {
    let mut reached: HashSet<&StateName> = from.into_iter().collect();
    loop {
        let before = reached.len();
        for way in ways(workflow, model).filter(|way| may(way)) {
            if let Some(to) = &way.to
                && way.from.iter().any(|state| reached.contains(state))
            {
                reached.insert(to);
            }
        }
        if reached.len() == before {
            return reached;
        }
    }
}

fn ways(workflow: &Workflow, model: Option<ChangeModel>) -> impl Iterator<Item = &Transition> {
    workflow.transitions.values().flatten().filter(move |way| {
        way.models.is_empty() || model.is_none_or(|model| way.models.contains(&model))
    })
}

fn states(workflow: &Workflow, found: &mut Vec<Flaw>) {
    let models = models(workflow.kind);
    let of_model: Vec<_> =
        models.iter().map(|model| (*model, reached(workflow, &workflow.entry, *model))).collect();
    for (name, state) in &workflow.states {
        let mut add = |rule, message| {
            let place = Place::State(name.clone());
            found.push(Flaw { rule, is_error: false, place, message });
        };
        if !of_model.iter().any(|(_, reached)| reached.contains(name)) {
            add("state-unreachable", format!("no way leads from the start to `{name}`"));
            continue;
        }
        if state.category == StateCategory::Closed {
            continue;
        }
        for (model, reached_here) in &of_model {
            if !reached_here.contains(name) {
                continue;
            }
            let what = match model {
                Some(model) => format!("a {model} change"),
                None => workflow.kind.one().to_owned(),
            };
            let leaves = ways(workflow, *model)
                .any(|way| way.from.contains(name) && way.to.as_ref().is_some_and(|to| to != name));
            if !leaves {
                add("state-dead-end", format!("{what} that is `{name}` can never leave it"));
                break;
            }
            let ends = |state: &&StateName| workflow.category(state) == StateCategory::Closed;
            if !reached(workflow, [name], *model).iter().any(ends) {
                let message = format!("from `{name}` {what} can never come to an end");
                add("state-endless", message);
                break;
            }
        }
    }
}

/// Ways round an approval, and states in which one that is missing can no longer
/// be given: votes that are void, because what was voted on has changed, must be
/// cast anew somewhere.
fn approvals(workflow: &Workflow, found: &mut Vec<Flaw>) {
    let unapproved = |way: &Transition| !way.approved && !way.overridden;
    // What goes on without leave owes its approval, and does not end without.
    let unasked = |way: &Transition| !way.approved && way.vote.is_none() && !way.overridden;
    for model in models(workflow.kind) {
        let here = reached(workflow, &workflow.entry, model);
        for (name, of_action) in &workflow.transitions {
            for (at, way) in of_action.iter().enumerate() {
                let is_for = way.models.is_empty() || model.is_none_or(|m| way.models.contains(&m));
                let Some(to) = way.to.as_ref().filter(|_| way.approved && is_for) else { continue };
                let from = way.from.iter().filter(|state| here.contains(*state) && *state != to);
                let round =
                    from.map(|state| (state, reached_by(workflow, [state], model, &unasked)));
                let mut round = round.filter(|(_, reached)| reached.contains(to));
                let place = Place::Way(name.clone(), at);
                let known = |flaw: &Flaw| flaw.rule == "approval-bypass" && flaw.place == place;
                if let Some((state, _)) = round.next()
                    && !found.iter().any(known)
                {
                    let message = format!(
                        "other ways lead from `{state}` to `{to}` without the approval that `{name}` needs"
                    );
                    found.push(Flaw { rule: "approval-bypass", is_error: false, place, message });
                }
            }
        }
        for name in workflow.states.keys().filter(|name| here.contains(name)) {
            let leads_to = reached_by(workflow, [name], model, &unapproved);
            let left = |way: &&Transition| way.from.iter().any(|state| leads_to.contains(state));
            let needs = ways(workflow, model).filter(left).any(|way| way.approved);
            let votes =
                ways(workflow, model).filter(left).any(|way| way.vote == Some(Vote::Approve));
            let place = Place::State(name.clone());
            if needs && !votes && !found.iter().any(|flaw| flaw.place == place) {
                let message =
                    format!("an approval that is missing in `{name}` can no longer be given");
                found.push(Flaw { rule: "approval-dead-end", is_error: false, place, message });
            }
        }
    }
}

/// Words that are named in one place and not known in another.
fn vocabulary(workflow: &Workflow, found: &mut Vec<Flaw>) {
    let mut add = |rule, place, message| {
        found.push(Flaw { rule, is_error: true, place, message });
    };
    let knows = |reason: &StateName| {
        workflow.hold_reasons.is_empty() || workflow.hold_reasons.contains(reason)
    };
    if let Some(reply) = &workflow.on_reply {
        for reason in reply.hold_reasons.iter().filter(|reason| !knows(reason)) {
            let message = format!("`{reason}` is not among hold_reasons");
            add("hold-reason-unknown", Place::Key("on_reply"), message);
        }
    }
    for (name, ways) in &workflow.transitions {
        for (at, way) in ways.iter().enumerate() {
            let place = || Place::Way(name.clone(), at);
            for reason in way.explain.iter().filter(|reason| !knows(reason)) {
                let message = format!("`{reason}` is not among hold_reasons");
                add("hold-reason-unknown", place(), message);
            }
            if let Some(code) = way.set.get("resolution.code")
                && !workflow.resolution_codes.is_empty()
                && !workflow.resolution_codes.iter().any(|known| known.as_str() == code)
            {
                let message = format!("`{code}` is not among resolution_codes");
                add("code-unknown", place(), message);
            }
        }
    }
}

/// Guards that nobody can meet, and names that nobody has.
fn guards(policy: &Policy, way: &Transition, place: &Place, found: &mut Vec<Flaw>) {
    let mut add = |rule, is_error, message| {
        found.push(Flaw { rule, is_error, place: place.clone(), message });
    };
    let by = &way.by;
    if by.is_everybody() {
        return;
    }
    if by.from.iter().all(|source| way.not_by.contains(source))
        && !by.from.is_empty()
        && by.people.is_empty()
        && by.roles.is_empty()
        && by.teams.is_empty()
    {
        let message = format!("it is for {} and not for them, so nobody can do it", words(by));
        add("guard-nobody", true, message);
        return;
    }
    if policy.is_open_desk() {
        return;
    }
    let counts = policy.roles.count_for(&policy.people);
    for role in by.roles.iter().filter(|_| counts) {
        let is_known = policy.roles.settings().roles.contains_key(role.as_str());
        let is_held = policy.people.iter().any(|person| person.roles.contains(role));
        if !is_known && !is_held {
            add("role-unknown", false, format!("there is no role `{role}`"));
        }
    }
    for team in &by.teams {
        if !policy.teams.is_empty() && policy.team(team).is_none() {
            add("team-unknown", true, format!("there is no team `{team}`"));
        }
    }
    for person in by.people.iter().filter(|person| policy.person(person).is_none()) {
        add("person-unknown", true, format!("there is no person `{person}`"));
    }
    let by_record = by.from.iter().any(|source| {
        // A team's lead can be missing for every team there is.
        *source != Source::TeamLead || policy.teams.iter().any(|team| team.lead.is_some())
    });
    let passes = !by.roles.is_empty() && !counts;
    let somebody = named(by, policy).iter().any(|person| policy.person(person).is_some());
    if !by_record && !passes && !somebody {
        add("guard-nobody", true, format!("it is for {}, and there is nobody", words(by)));
    }
}

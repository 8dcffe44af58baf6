//! What an action on one record means for those that hang on it.
//!
//! The rules compare the record before and after, so it does not matter by
//! which command or workflow it got there.

use std::collections::{HashMap, HashSet};

use ulid::Ulid;

use super::event::RecordChange;
use super::{Inputs, Policy, Scene, Workflow, apply};
use crate::model::{
    Incident, Note, NoteKind, PersonId, Problem, Record, RecordId, Relation, StateCategory,
    StateName, paragraph, summary,
};

/// The hold reason that concerns the one who waits alone: each ticket has a
/// requester of its own.
const AWAITING_REQUESTER: &str = "awaiting_requester";
/// The hold reason of an incident that waits for its problem's fix.
const AWAITING_PROBLEM: &str = "awaiting_problem";
/// The resolution codes of problems that decide about their incidents.
const FIX_APPLIED: &str = "fix_applied";
const RISK_ACCEPTED: &str = "risk_accepted";
/// The resolution code of incidents that a problem's fix ended.
const RESOLVED_BY_PROBLEM: &str = "resolved_by_problem";

/// The action by which work on a child begins with that on its parent.
const START: &str = "start";

/// What is to be done to a record that hangs on another one.
enum Follow {
    /// Nothing.
    Nothing,
    /// A lifecycle action, if the record's workflow offers it.
    Act { action: &'static str, inputs: Inputs },
    /// Something to be said about it.
    Note { kind: NoteKind, text: String },
}

/// The relation by which records hang on one like `record`, seen from them, if
/// any do.
pub fn hangs_by(record: &Record) -> Option<Relation> {
    match record {
        Record::Incident(_) => Some(Relation::ChildOf),
        Record::Problem(_) => Some(Relation::CausedBy),
        Record::Request(_) | Record::Change(_) | Record::Ci(_) => None,
    }
}

/// What becomes of `dependant` by what happened to the record it hangs on;
/// `None` where nothing does.
///
/// Where its workflow does not allow what follows, it stays as it is, with a
/// note that says why. `scene` names who acted, and no policy: nobody's rights
/// are asked for what follows by itself. `fresh` yields ids for notes.
pub fn carry_on(
    policy: &Policy,
    (before, after): (&Record, &Record),
    dependant: &Record,
    scene: &Scene<'_>,
    fresh: &mut dyn FnMut() -> Ulid,
) -> Option<Record> {
    let (own, theirs) = (policy.workflow_of(after), policy.workflow_of(dependant));
    let mut next = dependant.clone();
    let (kind, text) = match follow(own, (before, after), (theirs, dependant), scene.actor) {
        Follow::Nothing => return None,
        Follow::Note { kind, text } => (kind, text),
        Follow::Act { action, inputs } => {
            let works = theirs.states.get(dependant.status()).is_some_and(|state| state.work);
            if action == START && works {
                return None;
            }
            let why = format!("It did not follow {}", after.id().short());
            if !theirs.transitions.contains_key(action) {
                let text = format!("{why}: its workflow has no action `{action}`.");
                return noted(next, NoteKind::System, &text, scene, fresh);
            }
            theirs.ways(action, dependant).next()?;
            match apply(theirs, &mut next, action, &inputs, scene, fresh) {
                Ok(()) => return Some(next),
                Err(refusal) => (NoteKind::System, format!("{why}: {refusal}.")),
            }
        }
    };
    noted(next, kind, &text, scene, fresh)
}

/// The record with one more note.
fn noted(
    mut record: Record,
    kind: NoteKind,
    text: &str,
    scene: &Scene<'_>,
    fresh: &mut dyn FnMut() -> Ulid,
) -> Option<Record> {
    let (at, by, text) = (scene.now, scene.actor.clone(), paragraph(text)?);
    record.notes_mut().push(Note { id: fresh(), at, by, kind, text });
    Some(record)
}

/// Those of `changes`, all of one commit, that are word for word what follows
/// from another one of them, which was somebody's own doing or follows in turn.
///
/// It does not matter what the commit says of itself: what differs from what
/// follows, in whatever field, is not among them.
pub fn followers(
    policy: &Policy,
    changes: &[RecordChange<'_>],
    scene: &Scene<'_>,
) -> HashSet<RecordId> {
    let by_id: HashMap<RecordId, &RecordChange<'_>> =
        changes.iter().map(|change| (change.after.id(), change)).collect();
    let mut leaders: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
    for change in changes {
        let found = led_by(policy, change, &by_id, scene);
        leaders.insert(change.after.id(), found);
    }
    // Two records that hang on each other explain nothing.
    let mut settled: HashSet<RecordId> = HashSet::new();
    settled.extend(leaders.iter().filter(|(_, by)| by.is_empty()).map(|(id, _)| *id));
    let mut following = HashSet::new();
    loop {
        let is_next = |(id, by): &(&RecordId, &Vec<RecordId>)| {
            !settled.contains(id) && by.iter().any(|leader| settled.contains(leader))
        };
        let next: Vec<RecordId> = leaders.iter().filter(is_next).map(|(id, _)| *id).collect();
        if next.is_empty() {
            return following;
        }
        settled.extend(&next);
        following.extend(next);
    }
}

/// The changed records from whose change this one follows.
fn led_by(
    policy: &Policy,
    change: &RecordChange<'_>,
    changes: &HashMap<RecordId, &RecordChange<'_>>,
    scene: &Scene<'_>,
) -> Vec<RecordId> {
    let Some(was) = change.before else { return Vec::new() };
    let is = change.after;
    // As if it were done again at that time, with the same ids.
    let now = is.updated_at();
    let scene = Scene { actor: scene.actor, now, approvals: scene.approvals, policy: None };
    let leads = |id: &RecordId| {
        let Some(RecordChange { before: Some(before), after }) = changes.get(id) else {
            return false;
        };
        let mut ids = is.notes().iter().skip(was.notes().len()).map(|note| note.id);
        let mut fresh = || ids.next().unwrap_or_default();
        let next = carry_on(policy, (before, after), was, &scene, &mut fresh);
        next.is_some_and(|mut next| {
            next.touch(now);
            next == *is
        })
    };
    let hangs = |id: &RecordId| {
        let rel = changes.get(id).and_then(|leader| hangs_by(leader.after));
        rel.is_some_and(|rel| was.links().iter().any(|link| link.rel == rel && link.to == *id))
    };
    let targets = was.links().iter().map(|link| link.to);
    let mut found: Vec<RecordId> =
        targets.filter(|id| *id != is.id() && hangs(id) && leads(id)).collect();
    found.dedup();
    found
}

/// What follows for `dependant` from what happened to the record it hangs on.
///
/// Only incidents follow: the children of an incident, and those that a problem
/// causes.
fn follow(
    workflow: &Workflow,
    (before, after): (&Record, &Record),
    (dependants, dependant): (&Workflow, &Record),
    actor: &PersonId,
) -> Follow {
    let Record::Incident(incident) = dependant else { return Follow::Nothing };
    let is = dependants.category(&incident.status);
    match (before, after) {
        (Record::Incident(was), Record::Incident(parent)) => {
            of_parent(workflow, (was, parent), (incident, is), actor)
        }
        (Record::Problem(was), Record::Problem(problem)) if is.is_open() => {
            of_problem((was, problem), (incident, is))
        }
        _ => Follow::Nothing,
    }
}

/// ServiceNow's table for parent and child incidents: work, holds, resolutions
/// and reopenings spread; a hold for the requester, closing and cancelling do
/// not, nor does a reopening by the parent's own requester.
fn of_parent(
    workflow: &Workflow,
    (was, parent): (&Incident, &Incident),
    (child, is): (&Incident, StateCategory),
    actor: &PersonId,
) -> Follow {
    use StateCategory::{Hold, Open, Resolved};
    if was.status == parent.status {
        return Follow::Nothing;
    }
    let (old, new) = (workflow.category(&was.status), workflow.category(&parent.status));
    let works = workflow.states.get(&parent.status).is_some_and(|state| state.work);
    let said = |text: &str| Some(format!("{text} {}", name(parent.id, &parent.title)));
    match (old, new) {
        (Open, Open) if works && is == Open => act(START, Inputs::default()),
        (Hold, Open) => {
            // Only what the parent's hold had stopped goes on with it.
            let reason = was.holds.last().map(|hold| &hold.reason);
            let held = child.holds.last().filter(|hold| hold.until.is_none());
            if is == Hold && held.map(|hold| &hold.reason) == reason && !is_personal(reason) {
                act("resume", Inputs::default())
            } else if works && is == Open {
                // Nobody has begun with it: it came, or was linked, meanwhile.
                act(START, Inputs::default())
            } else {
                Follow::Nothing
            }
        }
        (_, Hold) if is == Open => {
            let reason = parent.holds.last().map(|hold| hold.reason.clone());
            if is_personal(reason.as_ref()) {
                return Follow::Nothing;
            }
            act("hold", Inputs { hold_reason: reason, ..Inputs::default() })
        }
        (Open | Hold, Resolved) if is.is_open() => {
            let resolution = parent.resolution.as_ref();
            let text = resolution.and_then(|resolution| resolution.text.clone());
            let comment = text.or_else(|| said("Resolved with its parent"));
            let code = resolution.map(|resolution| resolution.code.clone());
            act("resolve", Inputs { code, comment, ..Inputs::default() })
        }
        (Resolved, Open | Hold) if is == Resolved && parent.requester.as_ref() != Some(actor) => {
            let comment = said("Reopened with its parent");
            act("reopen", Inputs { comment, ..Inputs::default() })
        }
        _ => Follow::Nothing,
    }
}

fn is_personal(reason: Option<&StateName>) -> bool {
    reason.is_some_and(|reason| reason.as_str() == AWAITING_REQUESTER)
}

/// ServiceNow's rules between problem and incidents: a workaround is told to
/// all open ones; a fix resolves those that wait for it; an accepted risk is
/// told, and they stay open.
fn of_problem(
    (was, problem): (&Problem, &Problem),
    (incident, is): (&Incident, StateCategory),
) -> Follow {
    let name = name(problem.id, &problem.title);
    let code = |problem: &Problem| {
        let code = problem.resolution.as_ref().map(|resolution| resolution.code.as_str());
        code.unwrap_or_default().to_owned()
    };
    if code(was) != code(problem) {
        let said = problem.resolution.as_ref().and_then(|resolution| resolution.text.as_deref());
        let said = said.map(|text| format!("\n\n{}", text.trim_end())).unwrap_or_default();
        match code(problem).as_str() {
            FIX_APPLIED => {
                let held = incident.holds.last().filter(|hold| hold.until.is_none());
                let waits = held.is_some_and(|hold| hold.reason.as_str() == AWAITING_PROBLEM);
                if !(waits && is == StateCategory::Hold) {
                    return Follow::Nothing;
                }
                let comment = Some(format!("Fixed by {name}.{said}"));
                let code = StateName::new(RESOLVED_BY_PROBLEM).ok();
                return act("resolve", Inputs { code, comment, ..Inputs::default() });
            }
            RISK_ACCEPTED => {
                let text = format!("The risk of {name} was accepted; it will not be fixed.{said}");
                return Follow::Note { kind: NoteKind::Work, text };
            }
            _ => {}
        }
    }
    match &problem.workaround {
        Some(text) if problem.workaround != was.workaround => {
            let text = format!("Workaround from {name}:\n\n{}", text.trim_end());
            Follow::Note { kind: NoteKind::Public, text }
        }
        _ => Follow::Nothing,
    }
}

fn act(action: &'static str, inputs: Inputs) -> Follow {
    Follow::Act { action, inputs }
}

fn name(id: RecordId, title: &str) -> String {
    format!("{} ({})", id.short(), summary(title, 60))
}

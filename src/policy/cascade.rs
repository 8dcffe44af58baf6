//! What an action on one record means for those that hang on it.
//!
//! The rules compare the record before and after, so it does not matter by
//! which command or workflow it got there.

use super::{Inputs, Workflow};
use crate::model::{
    Incident, NoteKind, PersonId, Problem, Record, RecordId, Relation, StateCategory, StateName,
    summary,
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

/// What is to be done to a record that hangs on another one.
#[derive(Clone, Debug)]
pub enum Follow {
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

/// What follows for `dependant` from what happened to the record it hangs on.
///
/// Only incidents follow: the children of an incident, and those that a problem
/// causes.
pub fn follow(
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
        (Open, Open) if works && is == Open => act("start", Inputs::default()),
        (Hold, Open) => {
            // Only what the parent's hold had stopped goes on with it.
            let reason = was.holds.last().map(|hold| &hold.reason);
            let held = child.holds.last().filter(|hold| hold.until.is_none());
            if is == Hold && held.map(|hold| &hold.reason) == reason && !is_personal(reason) {
                act("resume", Inputs::default())
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

//! Carrying out an action on a record.

use ulid::Ulid;

use super::workflow::is_input;
use super::{Transition, Workflow};
use crate::model::{
    Approval, Hold, Kind, Note, NoteKind, Patch, PatchError, PersonId, Record, RecordId,
    Resolution, StateCategory, StateName, TeamId, Timestamp, field_named, paragraph,
};

/// The field that a transition may fix and a person may give.
const CODE: &str = "resolution.code";

/// What a person gives with an action.
#[derive(Clone, Debug, Default)]
pub struct Inputs {
    /// Why it is put on hold.
    pub hold_reason: Option<StateName>,
    /// How it ended.
    pub code: Option<StateName>,
    /// What is said: the resolution's text where the record ends, a note elsewhere.
    pub comment: Option<String>,
    /// Whether what is said may be read by the requester.
    pub public: bool,
    /// Fields set along with the action.
    pub patches: Vec<Patch>,
}

/// Why the policy does not let somebody do something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No record of this type can do that, ever.
    #[error("{} has no action `{action}`", kind.one())]
    NoSuchAction { kind: Kind, action: String },
    /// The record's state does not offer the action.
    #[error("{} is {status}; `{action}` is possible from {from}", id.short())]
    WrongState { id: RecordId, action: String, status: StateName, from: String },
    /// The action is for other change models.
    #[error("{} is a {model} change, for which `{action}` is not possible", id.short())]
    WrongModel { id: RecordId, action: String, model: String },
    /// Work on it has ended.
    #[error("{} is {status}; only what is open can be escalated", id.short())]
    NotOpen { id: RecordId, status: StateName },
    /// Something must be given with the action.
    #[error("`{action}` of {} needs {what}", id.short())]
    Missing { id: RecordId, action: String, what: String },
    /// A hold reason or resolution code that the workflow does not know.
    #[error("`{given}` is no {what} of this desk")]
    UnknownWord { what: &'static str, given: StateName, choices: Vec<StateName> },
    /// A value does not fit its field.
    #[error(transparent)]
    Patch(#[from] PatchError),
}

impl Refusal {
    /// What to do instead, if there is something to say.
    pub fn hint(&self) -> Option<String> {
        let list = |choices: &[StateName]| {
            choices.iter().map(StateName::as_str).collect::<Vec<_>>().join(", ")
        };
        match self {
            Refusal::UnknownWord { choices, .. } => Some(format!("choose {}", list(choices))),
            Refusal::Missing { what, .. } => Some(match what.as_str() {
                "comment" | "resolution.text" => "say it with `-m TEXT`".to_owned(),
                "hold_reason" => "give it with `--reason`".to_owned(),
                "resolution.code" => "give it with `--code`".to_owned(),
                "planned_start" | "planned_end" => {
                    "set the window with `gitsm change schedule ID --start TIME --end TIME`"
                        .to_owned()
                }
                "risk" => "give it with `--risk`: low, moderate or high".to_owned(),
                "cause" => "record it with `gitsm problem cause ID -m TEXT`".to_owned(),
                field => format!("set it with `gitsm edit ID --set {field}=VALUE`"),
            }),
            _ => None,
        }
    }
}

/// The actions that the workflow offers for `record` as it stands, by name.
pub fn offered<'a>(workflow: &'a Workflow, record: &'a Record) -> Vec<&'a str> {
    workflow
        .transitions
        .keys()
        .map(StateName::as_str)
        .filter(|action| workflow.ways(action, record).next().is_some())
        .collect()
}

/// Carries out `action` on `record` for `actor` at `now`.
///
/// Besides what the transition says, its target's category decides (ITIL 4 and
/// the state models of ServiceNow and iTop agree on these): entering a hold
/// opens a span and leaving it ends the span; reaching a resolved or closed
/// state stamps the time; coming back from one counts as a reopening and clears
/// how it ended; the first state with work in it stamps the start.
///
/// `fresh` yields ids for notes and votes.
///
/// # Errors
///
/// The workflow does not offer the action here, or something is missing. The
/// record is then unchanged.
pub fn apply(
    workflow: &Workflow,
    record: &mut Record,
    action: &str,
    inputs: &Inputs,
    actor: &PersonId,
    now: Timestamp,
    fresh: &mut dyn FnMut() -> Ulid,
) -> Result<(), Refusal> {
    let way = choose(workflow, record, action)?;
    let mut next = record.clone();
    for patch in &inputs.patches {
        next.patch(patch)?;
    }
    for patch in way.patches().filter(|patch| patch.field() != CODE) {
        next.force(&patch)?;
    }
    let fixed_code = way.set.get(CODE).and_then(|code| StateName::new(code.as_str()).ok());
    let comment = inputs.comment.as_deref().and_then(paragraph);
    let was = workflow.category(record.status());
    let target = way.to.as_ref().unwrap_or(record.status());
    let will_be = workflow.category(target);
    let ends = will_be != was && matches!(will_be, StateCategory::Resolved | StateCategory::Closed);

    if let Some(vote) = way.vote {
        let verdict = vote.verdict();
        let text = comment.clone();
        let by = actor.clone();
        let approval = Approval { id: fresh(), at: now, by, verdict, text };
        if let Some(approvals) = next.approvals_mut() {
            approvals.push(approval);
        }
    }
    if (ends && way.vote.is_none()) || fixed_code.is_some() {
        let code = inputs.code.as_ref().or(fixed_code.as_ref());
        resolve(workflow, &mut next, code, comment.clone(), actor)?;
    }
    let said_already = next.resolution().is_some_and(|r| r.text == comment);
    if let Some(text) = &comment
        && way.vote.is_none()
        && !said_already
    {
        let kind = if inputs.public { NoteKind::Public } else { NoteKind::Work };
        let note = Note { id: fresh(), at: now, by: actor.clone(), kind, text: text.clone() };
        next.notes_mut().push(note);
    }
    if let Some(reason) = &inputs.hold_reason {
        known("hold reason", reason, &workflow.hold_reasons)?;
    }
    check_needs(way, action, &next, comment.is_some(), inputs)?;
    enter(workflow, &mut next, target, inputs.hold_reason.as_ref(), now);
    next.touch(now);
    *record = next;
    Ok(())
}

/// Hands a record to the next support level: another team, with nobody assigned
/// yet; an incident counts how often. The state stays.
///
/// # Errors
///
/// Work on it has ended. The record is then unchanged.
pub fn escalate(workflow: &Workflow, record: &mut Record, team: &TeamId) -> Result<(), Refusal> {
    if !workflow.category(record.status()).is_open() {
        let (id, status) = (record.id(), record.status().clone());
        return Err(Refusal::NotOpen { id, status });
    }
    if let Record::Incident(incident) = record {
        incident.escalation = incident.escalation.saturating_add(1);
    }
    record.set_team(Some(team.clone()));
    record.set_assignee(None);
    Ok(())
}

/// Picks the transition, or explains why there is none.
fn choose<'a>(
    workflow: &'a Workflow,
    record: &'a Record,
    action: &str,
) -> Result<&'a Transition, Refusal> {
    if let Some(way) = workflow.ways(action, record).next() {
        return Ok(way);
    }
    let Some(ways) = workflow.transitions.get(action) else {
        return Err(Refusal::NoSuchAction { kind: record.kind(), action: action.to_owned() });
    };
    if let Record::Change(change) = record
        && ways.iter().any(|way| way.from.contains(record.status()))
    {
        let (id, model) = (record.id(), change.model.to_string());
        return Err(Refusal::WrongModel { id, action: action.to_owned(), model });
    }
    let mut from: Vec<&str> = Vec::new();
    for state in ways.iter().flat_map(|way| &way.from) {
        if !from.contains(&state.as_str()) {
            from.push(state.as_str());
        }
    }
    Err(Refusal::WrongState {
        id: record.id(),
        action: action.to_owned(),
        status: record.status().clone(),
        from: from.join(", "),
    })
}

fn known(what: &'static str, given: &StateName, choices: &[StateName]) -> Result<(), Refusal> {
    if choices.is_empty() || choices.contains(given) {
        Ok(())
    } else {
        Err(Refusal::UnknownWord { what, given: given.clone(), choices: choices.to_vec() })
    }
}

/// Notes how the record ended, where there is something to note.
fn resolve(
    workflow: &Workflow,
    record: &mut Record,
    given: Option<&StateName>,
    text: Option<String>,
    actor: &PersonId,
) -> Result<(), Refusal> {
    if let Some(code) = given {
        known("resolution code", code, &workflow.resolution_codes)?;
    }
    let earlier = record.resolution().cloned();
    let code = given
        .cloned()
        .or_else(|| earlier.as_ref().map(|resolution| resolution.code.clone()))
        .or_else(|| workflow.resolution_codes.first().cloned());
    let Some(code) = code else { return Ok(()) };
    let nothing_new = given.is_none() && text.is_none();
    let resolution = match earlier {
        // Closing what was resolved keeps who resolved it and how.
        Some(earlier) if nothing_new => earlier,
        Some(earlier) => Resolution { code, by: actor.clone(), text: text.or(earlier.text) },
        None => Resolution { code, by: actor.clone(), text },
    };
    record.set_resolution(Some(resolution));
    Ok(())
}

fn check_needs(
    way: &Transition,
    action: &str,
    next: &Record,
    has_comment: bool,
    inputs: &Inputs,
) -> Result<(), Refusal> {
    let tree = next.to_value();
    for need in &way.needs {
        let given = match need.as_str() {
            "comment" => has_comment,
            "hold_reason" => inputs.hold_reason.is_some(),
            field => tree
                .pointer(&format!("/{}", field.replace('.', "/")))
                .is_some_and(|value| !value.is_null()),
        };
        if !given {
            debug_assert!(is_input(need) || field_named(need).is_some());
            return Err(Refusal::Missing {
                id: next.id(),
                action: action.to_owned(),
                what: need.clone(),
            });
        }
    }
    Ok(())
}

/// Moves the record to `target` and keeps the times of its life.
pub(super) fn enter(
    workflow: &Workflow,
    record: &mut Record,
    target: &StateName,
    hold_reason: Option<&StateName>,
    now: Timestamp,
) {
    let was = workflow.category(record.status());
    let moved = record.status() != target;
    record.set_status(target.clone());
    if !moved {
        return;
    }
    let is = workflow.category(target);
    if let Some(holds) = record.holds_mut() {
        if let Some(hold) = holds.last_mut()
            && hold.until.is_none()
        {
            hold.until = Some(now);
        }
        if is == StateCategory::Hold {
            let reason = hold_reason.unwrap_or(target).clone();
            holds.push(Hold { reason, from: now, until: None });
        }
    }
    if is.is_open() && !was.is_open() {
        record.count_reopening();
        record.set_resolved_at(None);
        record.set_closed_at(None);
        record.set_resolution(None);
    }
    if workflow.states.get(target).is_some_and(|state| state.work) && record.started_at().is_none()
    {
        record.set_started_at(Some(now));
    }
    match is {
        StateCategory::Resolved => {
            record.set_resolved_at(Some(now));
            record.set_closed_at(None);
        }
        StateCategory::Closed => record.set_closed_at(Some(now)),
        StateCategory::Open | StateCategory::Hold => {}
    }
}

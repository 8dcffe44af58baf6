//! Casting a vote.

use ulid::Ulid;

use super::{ApprovalState, Decision, Seat, StepState};
use crate::model::{Approval, PersonId, RecordId, Timestamp, Verdict};

/// A place that a person's vote can take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ballot {
    /// The step, as votes carry it; none without a definition.
    pub step: Option<String>,
    /// In whose place, if not one's own.
    pub on_behalf_of: Option<PersonId>,
}

/// Why somebody cannot vote.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VoteRefusal {
    /// They asked for it, or carry it out.
    #[error(
        "{who} asked for {} or carries it out, and so has no vote on it [segregation-of-duties]",
        id.short()
    )]
    OwnMatter { id: RecordId, who: PersonId },
    /// Others vote in the step.
    #[error("{who} has no vote on {}{} [approver]", id.short(), in_step(step))]
    NotEntitled { id: RecordId, who: PersonId, step: String, others: String },
    /// They have voted so already.
    #[error("{who} has {} {}{} already [one-vote]", verdict.name(), id.short(), in_step(step))]
    Already { id: RecordId, who: PersonId, step: String, verdict: Verdict },
    /// It is another step's turn.
    #[error("step {step} of {} is not open yet [step-order]", id.short())]
    NotOpen { id: RecordId, step: String, before: String },
    /// It is decided.
    #[error("{} is {} already{} [decided]", id.short(), decision.name(), in_step(step))]
    Decided { id: RecordId, step: String, decision: Decision },
    /// The record has no such step.
    #[error("{} has no approval step `{step}`", id.short())]
    NoSuchStep { id: RecordId, step: String, known: String },
}

fn in_step(step: &str) -> String {
    if step.is_empty() { String::new() } else { format!(" in step {step}") }
}

impl VoteRefusal {
    /// What to do instead.
    pub fn hint(&self) -> Option<String> {
        match self {
            VoteRefusal::OwnMatter { id, .. } => Some(format!(
                "somebody else must vote; `gitsm approval show {}` says who may",
                id.short()
            )),
            VoteRefusal::NotEntitled { others, .. } if others.is_empty() => {
                Some("nobody may; see `gitsm approval show ID`".to_owned())
            }
            VoteRefusal::NotEntitled { others, .. } => Some(format!("who may: {others}")),
            VoteRefusal::Already { .. } => None,
            VoteRefusal::NotOpen { before, .. } => Some(format!("{before} comes first")),
            VoteRefusal::Decided { decision: Decision::Expired, .. } => {
                Some("ask for votes anew: take it back and submit it again".to_owned())
            }
            VoteRefusal::Decided { .. } => None,
            VoteRefusal::NoSuchStep { known, .. } if known.is_empty() => {
                Some("leave `--step` out".to_owned())
            }
            VoteRefusal::NoSuchStep { known, .. } => Some(format!("there are {known}")),
        }
    }
}

/// The places that a vote of `who` can take now: of all open steps, or of the
/// one called `step` (in full, or its last part).
///
/// # Errors
///
/// There is none; the reason is the most telling one.
pub fn ballots(
    state: &ApprovalState,
    id: RecordId,
    who: &PersonId,
    verdict: Verdict,
    step: Option<&str>,
) -> Result<Vec<Ballot>, VoteRefusal> {
    let wanted: Vec<&StepState> = match step {
        None => state.steps.iter().collect(),
        Some(step) => {
            let is_it = |state: &&StepState| {
                let last = state.name.rsplit('/').next();
                !state.name.is_empty() && (state.name == step || last == Some(step))
            };
            let found: Vec<&StepState> = state.steps.iter().filter(is_it).collect();
            if found.is_empty() {
                let names: Vec<&str> = state.steps.iter().map(|step| step.name.as_str()).collect();
                let known = names.join(", ");
                return Err(VoteRefusal::NoSuchStep { id, step: step.to_owned(), known });
            }
            found
        }
    };
    let open: Vec<&StepState> =
        wanted.iter().copied().filter(|step| step.decision == Decision::Pending).collect();
    let mut ballots = Vec::new();
    let mut refusals = Vec::new();
    for step in &open {
        match ballot(step, id, who, verdict) {
            Ok(ballot) => ballots.push(ballot),
            Err(refusal) => refusals.push(refusal),
        }
    }
    if !ballots.is_empty() {
        return Ok(ballots);
    }
    // That one has voted says more than that somebody else's vote is missing.
    let told = refusals
        .iter()
        .position(|refusal| matches!(refusal, VoteRefusal::Already { .. }))
        .or_else(|| refusals.iter().position(|r| matches!(r, VoteRefusal::OwnMatter { .. })))
        .unwrap_or(0);
    if told < refusals.len() {
        return Err(refusals.swap_remove(told));
    }
    // Nothing that was wanted is open.
    Err(match wanted.first() {
        Some(first) if step.is_some() && first.decision == Decision::Waiting => {
            let before = state.open_steps().find(|open| open.definition == first.definition);
            let before = before.map(|step| step.name.clone()).unwrap_or_default();
            VoteRefusal::NotOpen { id, step: first.name.clone(), before }
        }
        Some(first) if step.is_some() => {
            VoteRefusal::Decided { id, step: first.name.clone(), decision: first.decision }
        }
        _ => VoteRefusal::Decided { id, step: String::new(), decision: state.decision },
    })
}

fn ballot(
    step: &StepState,
    id: RecordId,
    who: &PersonId,
    verdict: Verdict,
) -> Result<Ballot, VoteRefusal> {
    if step.excluded.contains(who) {
        return Err(VoteRefusal::OwnMatter { id, who: who.clone() });
    }
    let name = || Some(step.name.clone()).filter(|name| !name.is_empty());
    let own = step.seats.iter().find(|seat| seat.person == *who);
    let cast = step.seats.iter().filter_map(|seat| Some((seat, seat.vote.as_ref()?)));
    // A vote can be changed until the step is decided.
    if let Some((seat, cast)) = cast.clone().find(|(_, cast)| cast.by == *who) {
        if cast.verdict == verdict {
            let (who, step) = (who.clone(), step.name.clone());
            return Err(VoteRefusal::Already { id, who, step, verdict });
        }
        let on_behalf_of = (seat.person != *who).then(|| seat.person.clone());
        return Ok(Ballot { step: name(), on_behalf_of });
    }
    if own.is_some() || step.is_open_to_all {
        return Ok(Ballot { step: name(), on_behalf_of: None });
    }
    let place = step.may_still().find(|seat| seat.delegates.contains(who));
    if let Some(seat) = place {
        return Ok(Ballot { step: name(), on_behalf_of: Some(seat.person.clone()) });
    }
    let others: Vec<String> = step.may_still().map(Seat::in_words).collect();
    let (who, step_name, others) = (who.clone(), step.name.clone(), others.join(", "));
    Err(VoteRefusal::NotEntitled { id, who, step: step_name, others })
}

impl Ballot {
    /// The vote that takes this place.
    pub fn cast(
        self,
        state: &ApprovalState,
        id: Ulid,
        at: Timestamp,
        by: &PersonId,
        verdict: Verdict,
        text: Option<String>,
    ) -> Approval {
        Approval {
            id,
            at,
            by: by.clone(),
            on_behalf_of: self.on_behalf_of,
            verdict,
            step: self.step,
            digest: Some(state.digest.clone()),
            text,
        }
    }
}

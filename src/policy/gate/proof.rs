//! The proof that something was approved, without which nothing is allowed.

use super::answer::{Findings, Rule};
use super::{Facts, Standing};
use crate::model::{Approval, Change, ChangeModel, PersonId, Verdict as Said};
use crate::policy::approval::{ApprovalState, Decision, StepState, Why};
use crate::policy::deployment::Tier;

/// The proof that a change is authorised: of votes that count for what it says
/// now, or of a change model that stands. Nothing else makes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorised(How);

/// How something was authorised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum How {
    /// These people voted for it, and their votes are about this digest.
    Votes { by: Vec<PersonId>, digest: String },
    /// It is a standard change made from this model, which is approved.
    Model(String),
    /// It is a standard change on a desk without models, and it does not go to
    /// production.
    Standard,
}

impl Authorised {
    /// How it was authorised.
    pub const fn how(&self) -> &How {
        &self.0
    }
}

/// The proof that `change` is authorised; without one, says why.
pub(super) fn authorised(
    facts: &Facts<'_>,
    change: &Change,
    found: &mut Findings,
) -> Option<Authorised> {
    let mut beforehand = Vec::new();
    if change.model == ChangeModel::Standard {
        match facts.standing {
            Some(Standing::Model(name, Ok(()))) => {
                return Some(Authorised(How::Model(name.clone())));
            }
            Some(Standing::Model(name, Err(why))) => {
                beforehand.push(format!("the change model `{name}` is not approved: {why}"));
            }
            Some(Standing::NoModels) if facts.tier != Tier::Production => {
                return Some(Authorised(How::Standard));
            }
            Some(Standing::NoModels) => {
                beforehand.push("no approved change model of this desk says so".to_owned());
            }
            Some(Standing::Not(why)) => beforehand.clone_from(why),
            None => {
                let text = "whether its change model stands is not known";
                found.unknown(Rule::Model, text, None);
                return None;
            }
        }
    }
    let Some(state) = facts.approval else {
        found.unknown(Rule::Approval, "where its approval stands is not known", None);
        return None;
    };
    let proof = by_votes(facts, change, state, beforehand.is_empty(), found);
    if proof.is_none() && !beforehand.is_empty() {
        let why = beforehand.join("; ");
        found.deny(
            Rule::Model,
            format!("it calls itself a standard change, and is treated as a normal one: {why}"),
            format!("take it back with `gitsm change revise {}`, and have it approved as a normal change; or have the model approved", change.id.short()),
        );
    }
    proof
}

/// The proof by votes: every step that is asked for has as many votes as it
/// needs, of people who may, and each of them for what the change says now
/// (ITGC controls C1 to C4).
fn by_votes(
    facts: &Facts<'_>,
    change: &Change,
    state: &ApprovalState,
    is_told: bool,
    found: &mut Findings,
) -> Option<Authorised> {
    let short = change.id.short();
    let show = || Some(format!("`gitsm approval show {short}` tells more"));
    match state.decision {
        Decision::Approved => {}
        Decision::Rejected => {
            let by: Vec<&str> = votes(state, Said::Rejected).map(PersonId::as_str).collect();
            let by = if by.is_empty() { String::new() } else { format!(" by {}", by.join(", ")) };
            let hint = format!(
                "what speaks against it stands in `gitsm show {short}`; mend that, and hand it in again"
            );
            found.deny(Rule::Rejected, format!("it was rejected{by}"), hint);
            return None;
        }
        Decision::Expired => {
            let hint = format!(
                "ask for votes anew: `gitsm change revise {short} -m TEXT`, `gitsm change submit {short}`"
            );
            found.deny(Rule::Expired, "the time to approve it ran out", hint);
            return None;
        }
        _ => {
            let missing: Vec<String> = state.open_steps().map(StepState::waits_for).collect();
            let missing = missing.join("; ");
            let voters: Vec<&str> = state.voided().map(|vote| vote.by.as_str()).collect();
            if !voters.is_empty() {
                let what = match facts.changed {
                    [] => "what was approved has changed since".to_owned(),
                    changed => format!("changed since: {}", changed.join(", ")),
                };
                let (votes, count) =
                    if voters.len() == 1 { ("vote", "counts") } else { ("votes", "count") };
                let text =
                    format!("the {votes} of {} no longer {count}: {what}", voters.join(", "));
                found.deny(
                    Rule::Changed,
                    text,
                    format!("have it approved as it reads now: it waits for {missing}"),
                );
            } else if is_told && !found.has(Rule::NotSubmitted) && !found.has(Rule::NotAssessed) {
                let hint = format!(
                    "`gitsm change approve {short}` votes, `gitsm approval show {short}` tells who may"
                );
                found.pending(Rule::Approval, format!("it waits for {missing}"), hint);
            }
            return None;
        }
    }
    if !facts.votes_are_about_it && change.deployment.is_some() {
        let text = "`material` in .gitsm/approvals.yaml leaves out what is deployed, so that the votes are not about it";
        let hint = "add deployment.repository, deployment.environment, deployment.commit and deployment.artefact there".to_owned();
        found.deny(Rule::Digest, text, hint);
        return None;
    }
    // What the engine counted is looked at again: here, every vote must name what
    // it is about, and none may come from the future.
    let Some(witness) = facts.witness else {
        found.unknown(Rule::Forged, "who cast its votes is not known", None);
        return None;
    };
    let mut by: Vec<PersonId> = Vec::new();
    let mut against = None;
    for step in &state.steps {
        if matches!(step.decision, Decision::NotRequired) {
            continue;
        }
        let casts = step.seats.iter().filter_map(|seat| seat.vote.as_ref());
        let mut good: Vec<PersonId> = Vec::new();
        for cast in casts.filter(|cast| cast.verdict == Said::Approved && cast.at <= facts.now) {
            let is_it = |vote: &&Approval| {
                vote.by == cast.by
                    && vote.at == cast.at
                    && vote.verdict == Said::Approved
                    && vote.digest.as_deref() == Some(state.digest.as_str())
            };
            // What says that it is this vote must be the voter's, all of it.
            let mut votes = change.approvals.iter().filter(is_it).peekable();
            let is_there = votes.peek().is_some();
            match votes.find_map(|vote| witness.vote(vote).err()) {
                Some(why) => {
                    let text = format!("the vote of {} does not count: {why}", cast.by);
                    against = against.or(Some(text));
                }
                None if is_there && !good.contains(&cast.by) => good.push(cast.by.clone()),
                None => {}
            }
        }
        let is_enough = good.len() >= step.needed.max(1);
        if let Some(text) = against.take_if(|_| !is_enough) {
            let hint = format!(
                "`gitsm check --range` tells more of that commit; votes are cast with `gitsm change approve {short}`"
            );
            found.deny(Rule::Forged, text, hint);
            return None;
        }
        if !is_enough || step.decision != Decision::Approved {
            let step =
                if step.name.is_empty() { String::new() } else { format!(" ({})", step.name) };
            found.deny(
                Rule::Digest,
                format!("its votes{step} do not say what they are about, or come from the future"),
                show(),
            );
            return None;
        }
        for person in good {
            if !by.contains(&person) {
                by.push(person);
            }
        }
    }
    if by.is_empty() {
        found.pending(Rule::Approval, "nobody has approved it", show());
        return None;
    }
    if let Some(text) = against {
        found.warn(text);
    }
    for each in &state.uncounted {
        let is_old = matches!(each.why, Why::EarlierRound | Why::Superseded);
        if !is_old && !by.contains(&each.vote.by) {
            let text = format!("the vote of {} does not count: {}", each.vote.by, each.why.words());
            found.warn(text);
        }
    }
    Some(Authorised(How::Votes { by, digest: state.digest.clone() }))
}

/// Who said so, among the votes that count.
fn votes(state: &ApprovalState, said: Said) -> impl Iterator<Item = &PersonId> {
    let casts =
        state.steps.iter().flat_map(|step| &step.seats).filter_map(|seat| seat.vote.as_ref());
    casts.filter(move |cast| cast.verdict == said).map(|cast| &cast.by)
}

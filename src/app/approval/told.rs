//! Where an approval stands, as answers tell it.

use super::{Approvals, is_asked, is_votable};
use crate::app::Session;
use crate::model::{Record, StateName, TaskState};
use crate::outcome::{ApprovalDefinition, ApprovalSeat, ApprovalStep, ApprovalView, UncountedVote};
use crate::policy::Policy;
use crate::policy::approval::{ApprovalState, Cast, Decision, Seat, StepState, Uncounted, Why};

/// What a vote of the acting person came to, and what is missing still.
pub(in crate::app) fn after_vote(record: &Record, state: &ApprovalState) -> Option<String> {
    let short = record.id().short();
    match state.decision {
        Decision::Pending if state.is_defined => {
            let open: Vec<String> = state.open_steps().map(StepState::waits_for).collect();
            Some(format!("{short} waits for {}", open.join("; ")))
        }
        _ => None,
    }
}

/// That a change of what conditions ask for has changed who must approve it: an
/// edit is not to be a quiet way round an approval that was asked for.
pub(in crate::app) fn other_demands(
    before: &ApprovalState,
    after: &ApprovalState,
    record: &Record,
) -> Option<String> {
    let names = |state: &ApprovalState| -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for name in state.steps.iter().filter_map(|step| step.definition.as_ref()) {
            if !names.iter().any(|known| known == name.as_str()) {
                names.push(name.to_string());
            }
        }
        names
    };
    let (was, is) = (names(before), names(after));
    if was == is {
        return None;
    }
    let or_nobody = |names: Vec<String>| match names.is_empty() {
        true => "nobody in particular".to_owned(),
        false => names.join(", "),
    };
    Some(format!(
        "who must approve {} has changed: {} instead of {}",
        record.id().short(),
        or_nobody(is),
        or_nobody(was)
    ))
}

/// Which votes a change took the ground from, and what to do about it.
pub(in crate::app) fn voided(
    policy: &Policy,
    before: &ApprovalState,
    after: &ApprovalState,
    record: &Record,
) -> Vec<String> {
    let counted =
        |each: &&Uncounted| !before.uncounted.iter().any(|known| known.vote.id == each.vote.id);
    let of = |why: &Why| -> Vec<&str> {
        let uncounted = after.uncounted.iter().filter(|each| each.why == *why);
        uncounted.filter(counted).map(|each| each.vote.by.as_str()).collect()
    };
    let mut told = Vec::new();
    for why in [Why::Changed, Why::OwnMatter, Why::NotEntitled, Why::NoSuchStep] {
        let voters = of(&why);
        if voters.is_empty() {
            continue;
        }
        let is_one = voters.len() == 1;
        told.push(format!(
            "the vote{} of {} on {} no longer count{}: {}",
            if is_one { "" } else { "s" },
            voters.join(", "),
            record.id().short(),
            if is_one { "s" } else { "" },
            if why == Why::Changed { "what was voted on has changed" } else { why.words() },
        ));
    }
    if !told.is_empty()
        && !after.is_satisfied()
        && policy.category_of(record).is_open()
        && let Some(action) = policy.workflow_of(record).asks_by(record)
    {
        told.push(ask_with(record, action));
    }
    told
}

/// How votes are asked for where the record takes none as it stands.
fn ask_with(record: &Record, action: &StateName) -> String {
    let (kind, short) = (record.kind(), record.id().short());
    let action = action.as_str().replace('_', "-");
    format!("ask for votes with `gitsm {kind} {action} {short}`")
}

pub(super) fn view(
    session: &Session,
    policy: &Policy,
    approvals: &Approvals,
    record: &Record,
    state: &ApprovalState,
) -> ApprovalView {
    let asked = is_asked(policy, record, state);
    let of_tasks = approvals.of_tasks(session, policy, record, state);
    let tasks_of = |name: &StateName| {
        let found = of_tasks.iter().find(|(known, ..)| *known == name);
        found.map(|(_, tasks, _)| tasks.clone())
    };
    let definitions = approvals.settings.definitions.iter().filter(|(name, _)| {
        state.steps.iter().any(|step| step.definition.as_ref() == Some(*name))
            || tasks_of(name).is_some()
    });
    let is_open = policy.category_of(record).is_open();
    let waiting = of_tasks.iter().filter(|(_, tasks, state)| {
        let mut of = record.tasks().iter().filter(|task| tasks.contains(&task.id));
        is_open
            && state.decision == Decision::Pending
            && of.any(|task| task.state == TaskState::Waiting)
    });
    // Where nobody can vote as it stands, the next step is not theirs.
    let workflow = policy.workflow_of(record);
    let is_votable = is_votable(policy, record);
    let asks_by = workflow.asks_by(record).filter(|_| asked && is_open && !is_votable);
    let asks_by = asks_by.map(|action| format!("somebody to {}", ask_with(record, action)));
    let waiting: Vec<String> =
        waiting.flat_map(|(_, _, state)| state.open_steps().map(StepState::waits_for)).collect();
    let decision = match state.decision {
        Decision::Pending if !asked && !state.is_defined => "not_asked",
        decision => decision.name(),
    };
    ApprovalView {
        schema: ApprovalView::SCHEMA,
        id: record.id(),
        short: record.id().short(),
        title: record.title().to_owned(),
        now: session.now(),
        decision,
        digest: state.digest.clone(),
        asked_at: state.asked_at,
        definitions: definitions
            .map(|(name, definition)| ApprovalDefinition {
                name: name.to_string(),
                description: definition.description.clone(),
                when: definition.when.clone(),
                tasks: tasks_of(name).unwrap_or_default(),
            })
            .collect(),
        steps: state
            .steps
            .iter()
            .chain(of_tasks.iter().flat_map(|(_, _, state)| &state.steps))
            .map(step)
            .collect(),
        uncounted: state.uncounted.iter().map(uncounted).collect(),
        waits_for: state
            .open_steps()
            .filter(|_| asked && is_votable)
            .map(StepState::waits_for)
            .chain(asks_by)
            .chain(waiting)
            .collect(),
    }
}

fn step(state: &StepState) -> ApprovalStep {
    use crate::model::Verdict;
    ApprovalStep {
        step: Some(state.name.clone()).filter(|name| !name.is_empty()),
        decision: state.decision.name(),
        decided_at: state.decided_at,
        quorum: state.quorum.to_string(),
        veto: state.veto,
        needed: (state.needed != usize::MAX).then_some(state.needed),
        approved: state.votes(Verdict::Approved),
        rejected: state.votes(Verdict::Rejected),
        open_to_all: state.is_open_to_all,
        too_few: state.is_short(),
        expires_at: state.expires_at,
        voters: state.seats.iter().map(|each| seat(state.decision, each)).collect(),
        excluded: state.excluded.clone(),
    }
}

fn seat(decision: Decision, seat: &Seat) -> ApprovalSeat {
    let standing = match &seat.vote {
        Some(Cast { verdict, .. }) => verdict.name(),
        None => match decision {
            Decision::Pending | Decision::Waiting => "pending",
            Decision::Expired => "expired",
            _ => "not_required",
        },
    };
    ApprovalSeat {
        person: seat.person.clone(),
        standing,
        at: seat.vote.as_ref().map(|cast| cast.at),
        by: seat.vote.as_ref().map(|cast| cast.by.clone()),
        delegates: seat.delegates.clone(),
    }
}

fn uncounted(each: &Uncounted) -> UncountedVote {
    UncountedVote {
        by: each.vote.by.clone(),
        at: each.vote.at,
        verdict: each.vote.verdict.name(),
        step: each.vote.step.clone(),
        why: each.why.words(),
    }
}

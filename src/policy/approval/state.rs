//! Where the approval of a record stands.

use super::seats::{self, Seats};
use super::{ApprovalSettings, Definition, Quorum, Rounding, Step, digest};
use crate::model::{Approval, PersonId, Record, StateName, Timestamp, Verdict};
use crate::policy::Policy;

/// What has been decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Decision {
    /// The step before it is not approved yet.
    Waiting,
    /// Votes are missing.
    Pending,
    Approved,
    Rejected,
    /// The time for voting ran out.
    Expired,
    /// Another step or definition has decided already.
    NotRequired,
}

impl Decision {
    /// The word that answers use.
    pub const fn name(self) -> &'static str {
        match self {
            Decision::Waiting => "waiting",
            Decision::Pending => "pending",
            Decision::Approved => "approved",
            Decision::Rejected => "rejected",
            Decision::Expired => "expired",
            Decision::NotRequired => "not_required",
        }
    }
}

/// Where the approval of a record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApprovalState {
    /// All definitions together.
    pub decision: Decision,
    /// Whether the desk has definitions that are for the record.
    pub is_defined: bool,
    /// The digest of what votes are about now.
    pub digest: String,
    /// When votes were asked for, if that is recorded.
    pub asked_at: Option<Timestamp>,
    /// The steps of all definitions, in order.
    pub steps: Vec<StepState>,
    /// Votes that do not count, and why.
    pub uncounted: Vec<Uncounted>,
    /// How many votes count.
    pub counted: usize,
}

/// Where one step stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepState {
    /// The definition; none for the one that stands in where there is none.
    pub definition: Option<StateName>,
    /// The name as votes carry it: `cab/board`; empty without a definition.
    pub name: String,
    pub decision: Decision,
    /// When it was decided.
    pub decided_at: Option<Timestamp>,
    pub quorum: Quorum,
    pub veto: bool,
    /// How many votes in favour it takes.
    pub needed: usize,
    /// Whether anybody may vote, so that `seats` holds only who has voted.
    pub is_open_to_all: bool,
    /// Those who may vote, or have voted.
    pub seats: Vec<Seat>,
    /// Who may not vote on their own matter.
    pub excluded: Vec<PersonId>,
    /// When the time for voting runs out.
    pub expires_at: Option<Timestamp>,
}

/// Somebody who may vote in a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    pub person: PersonId,
    /// The vote that counts.
    pub vote: Option<Cast>,
    /// Who may vote in their place now.
    pub delegates: Vec<PersonId>,
}

impl Seat {
    /// The person, with those who may vote in their place: `carol (or erin)`.
    pub fn in_words(&self) -> String {
        let delegates: Vec<&str> = self.delegates.iter().map(PersonId::as_str).collect();
        if delegates.is_empty() {
            self.person.to_string()
        } else {
            format!("{} (or {})", self.person, delegates.join(", "))
        }
    }
}

/// A vote that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cast {
    /// Who cast it: the person of the seat, or a delegate.
    pub by: PersonId,
    pub at: Timestamp,
    pub verdict: Verdict,
}

/// A vote that does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncounted {
    pub vote: Approval,
    pub why: Why,
}

/// Why a vote does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// Votes were asked for anew after it.
    EarlierRound,
    /// What was voted on has changed since.
    Changed,
    /// Whoever cast it had asked for the record or carries it out.
    OwnMatter,
    /// Whoever cast it may not vote in this step.
    NotEntitled,
    /// Whoever cast it was not active on the desk.
    Inactive,
    /// There is no such step for the record any more.
    NoSuchStep,
    /// The step was not open yet.
    TooEarly,
    /// The step had been decided, or its time was over.
    TooLate,
    /// The same person voted again.
    Superseded,
    /// The delegate has voted already, and nobody votes twice.
    Twice,
}

impl Why {
    /// In words, after "it does not count:".
    pub const fn words(&self) -> &'static str {
        match self {
            Why::EarlierRound => "votes were asked for anew since",
            Why::Changed => "what it approved has changed since",
            Why::OwnMatter => "nobody votes on what they asked for or carry out",
            Why::NotEntitled => "this person may not vote in the step",
            Why::Inactive => "this person was not active on the desk",
            Why::NoSuchStep => "the record has no such step any more",
            Why::TooEarly => "the step was not open yet",
            Why::TooLate => "the step was decided, or its time over",
            Why::Superseded => "the same person voted again",
            Why::Twice => "nobody votes twice in a step",
        }
    }
}

/// The definition that stands in where the desk has none for a record: one vote
/// of anybody decides, either way.
fn stand_in() -> Definition {
    let steps = vec![Step::default()];
    Definition { when: None, description: None, segregation: None, steps }
}

/// Where the approval of `record` stands, given the names of the definitions
/// that are for it (in `applying`, in the order of the settings).
///
/// Everything is worked out from the votes, so it cannot disagree with them:
/// steps open one after the other, and each is judged by its own votes only; a
/// vote counts for the digest it was cast on (ITGC control C2), by a person who
/// may vote, who neither asked for the record nor carries it out (C4); a step
/// is rejected by a veto or as soon as its quorum is out of reach. All matching
/// definitions apply, each once (ServiceNow approval policies).
pub fn state(
    record: &Record,
    settings: &ApprovalSettings,
    applying: &[&StateName],
    policy: &Policy,
    now: Timestamp,
) -> ApprovalState {
    let digest = digest(record, settings.material(record.kind()));
    let votes = record.approvals();
    let asked = votes.iter().rposition(|vote| !vote.is_vote());
    let asked_at = asked.and_then(|at| votes.get(at)).map(|vote| vote.at);
    let round = votes.get(asked.map_or(0, |at| at + 1)..).unwrap_or_default();
    let mut uncounted: Vec<Uncounted> = votes
        .iter()
        .take(asked.unwrap_or(0))
        .filter(|vote| vote.is_vote())
        .map(|vote| Uncounted { vote: vote.clone(), why: Why::EarlierRound })
        .collect();
    let stand_in = stand_in();
    let mut definitions: Vec<(Option<&StateName>, &Definition)> = applying
        .iter()
        .filter_map(|name| settings.definitions.get(*name).map(|of| (Some(*name), of)))
        .collect();
    let is_defined = !definitions.is_empty();
    if !is_defined {
        definitions.push((None, &stand_in));
    }
    let judge = Judge { record, settings, policy, now, digest: &digest };
    let mut steps: Vec<StepState> = Vec::new();
    let mut known: Vec<String> = Vec::new();
    for (name, definition) in definitions {
        let mut opens = Some(asked_at.unwrap_or(record.opened_at()));
        let mut over = false;
        for (at, step) in definition.steps.iter().enumerate() {
            let full = name.map_or_else(String::new, |name| format!("{name}/{}", step.label(at)));
            // Without definitions a vote is about the record, whatever step it
            // once was for.
            let of_step: Vec<&Approval> = round
                .iter()
                .filter(|vote| !is_defined || vote.step.as_deref() == Some(full.as_str()))
                .collect();
            let asked = Asked { name, definition, step, full: &full, opens, votes: &of_step };
            let mut state = judge.step(&asked, &mut uncounted);
            if over {
                state.decision = Decision::NotRequired;
            }
            over |= matches!(state.decision, Decision::Rejected | Decision::Expired);
            opens = state.decided_at.filter(|_| state.decision == Decision::Approved);
            known.push(full);
            steps.push(state);
        }
    }
    if is_defined {
        let strays = round
            .iter()
            .filter(|vote| !vote.step.as_ref().is_some_and(|step| known.contains(step)));
        uncounted.extend(strays.map(|vote| Uncounted { vote: vote.clone(), why: Why::NoSuchStep }));
    }
    let decision = together(&steps);
    if matches!(decision, Decision::Rejected | Decision::Expired) {
        for step in &mut steps {
            if matches!(step.decision, Decision::Pending | Decision::Waiting) {
                step.decision = Decision::NotRequired;
            }
        }
    }
    let counted = steps.iter().flat_map(|step| &step.seats).filter(|seat| seat.vote.is_some());
    let counted = counted.count();
    ApprovalState { decision, is_defined, digest, asked_at, steps, uncounted, counted }
}

/// One rejection is enough, and all must approve.
fn together(steps: &[StepState]) -> Decision {
    let any = |decision| steps.iter().any(|step| step.decision == decision);
    if any(Decision::Rejected) {
        Decision::Rejected
    } else if any(Decision::Expired) {
        Decision::Expired
    } else if any(Decision::Pending) || any(Decision::Waiting) || steps.is_empty() {
        Decision::Pending
    } else {
        Decision::Approved
    }
}

/// What all steps are judged by.
struct Judge<'a> {
    record: &'a Record,
    settings: &'a ApprovalSettings,
    policy: &'a Policy,
    now: Timestamp,
    digest: &'a str,
}

/// A step, and what it is judged on.
struct Asked<'a> {
    /// The definition that it belongs to; none where the desk has none.
    name: Option<&'a StateName>,
    definition: &'a Definition,
    step: &'a Step,
    /// The step's name, with the definition's before it.
    full: &'a str,
    /// When it was its turn; `None` while it is not.
    opens: Option<Timestamp>,
    votes: &'a [&'a Approval],
}

impl Judge<'_> {
    fn step(&self, asked: &Asked<'_>, uncounted: &mut Vec<Uncounted>) -> StepState {
        let Asked { name, definition, step, full, opens, votes } = *asked;
        let segregated = definition
            .segregation
            .unwrap_or_else(|| self.settings.segregates(self.record.kind(), self.policy));
        let excluded =
            if segregated { seats::involved(self.record, self.policy) } else { Vec::new() };
        let seats = seats::of_step(&step.approvers, self.record, self.policy);
        let is_open_to_all = seats == Seats::Anybody;
        let voters = match seats {
            Seats::Anybody => Vec::new(),
            Seats::Listed(people) => people,
        };
        let has_voted = |person: &PersonId| {
            votes.iter().any(|vote| vote.by == *person && self.was_active(person, vote.at))
        };
        let mut state = StepState {
            definition: name.cloned(),
            name: full.to_owned(),
            decision: if opens.is_some() { Decision::Pending } else { Decision::Waiting },
            decided_at: None,
            quorum: step.quorum(),
            veto: step.one_refusal_decides(),
            needed: 1,
            is_open_to_all,
            seats: voters
                .into_iter()
                .filter(|person| !excluded.contains(person))
                .filter(|person| self.was_active(person, self.now) || has_voted(person))
                .map(|person| Seat {
                    delegates: self.delegates(&person, &excluded),
                    person,
                    vote: None,
                })
                .collect(),
            excluded,
            expires_at: opens.and_then(|opens| step.expires.map(|span| span.after(opens))),
        };
        state.needed = needed(&state, self.settings.rounding);
        self.count(&mut state, opens, votes, uncounted);
        if state.decision == Decision::Pending
            && state.expires_at.is_some_and(|expires| expires <= self.now)
        {
            state.decision = Decision::Expired;
            state.decided_at = state.expires_at;
        }
        state
    }

    /// Takes the votes one after the other until they decide.
    fn count(
        &self,
        state: &mut StepState,
        opens: Option<Timestamp>,
        votes: &[&Approval],
        uncounted: &mut Vec<Uncounted>,
    ) {
        // Whose vote sits where, so that a later one of the same person takes
        // its place.
        let mut seated: Vec<(usize, &Approval)> = Vec::new();
        let mut leave =
            |vote: &Approval, why| uncounted.push(Uncounted { vote: vote.clone(), why });
        for vote in votes {
            let late = state.decision != Decision::Pending
                || state.expires_at.is_some_and(|expires| expires <= vote.at);
            let early = opens.is_none_or(|opens| vote.at < opens);
            if vote.digest.as_deref().is_some_and(|digest| digest != self.digest) {
                leave(vote, Why::Changed);
            } else if state.excluded.contains(&vote.by) {
                leave(vote, Why::OwnMatter);
            } else if !self.was_active(&vote.by, vote.at) {
                leave(vote, Why::Inactive);
            } else if early && vote.digest.is_some() {
                leave(vote, Why::TooEarly);
            } else if late {
                leave(vote, Why::TooLate);
            } else {
                match self.seat_of(state, vote, &seated) {
                    Ok(at) => {
                        if let Some(old) = seated.iter().position(|(seat, _)| *seat == at) {
                            leave(seated.remove(old).1, Why::Superseded);
                        }
                        seated.push((at, vote));
                        if let Some(seat) = state.seats.get_mut(at) {
                            let (by, verdict) = (vote.by.clone(), vote.verdict);
                            seat.vote = Some(Cast { by, at: vote.at, verdict });
                        }
                        state.decide(vote.at);
                    }
                    Err(why) => leave(vote, why),
                }
            }
        }
    }

    /// The seat that a vote takes.
    fn seat_of(
        &self,
        state: &mut StepState,
        vote: &Approval,
        seated: &[(usize, &Approval)],
    ) -> Result<usize, Why> {
        let place = vote.on_behalf_of.as_ref().unwrap_or(&vote.by);
        let found = state.seats.iter().position(|seat| seat.person == *place);
        let at = match found {
            Some(at) => at,
            None if state.is_open_to_all && vote.on_behalf_of.is_none() => {
                let person = vote.by.clone();
                state.seats.push(Seat { person, vote: None, delegates: Vec::new() });
                state.seats.len() - 1
            }
            None => return Err(Why::NotEntitled),
        };
        if let Some(principal) = &vote.on_behalf_of {
            let stands_in = self.settings.delegations.iter().any(|delegation| {
                delegation.from == *principal
                    && delegation.to == vote.by
                    && delegation.is_active(vote.at, self.policy)
            });
            if !stands_in {
                return Err(Why::NotEntitled);
            }
            // Whoever votes themselves is not voted for.
            if state
                .seats
                .get(at)
                .and_then(|seat| seat.vote.as_ref())
                .is_some_and(|cast| cast.by == *principal)
            {
                return Err(Why::Twice);
            }
        }
        // One person fills one seat.
        if seated.iter().any(|(seat, other)| *seat != at && other.by == vote.by) {
            return Err(Why::Twice);
        }
        Ok(at)
    }

    fn was_active(&self, person: &PersonId, at: Timestamp) -> bool {
        seats::is_active(self.policy, person, at)
    }

    /// Who may vote in the place of `person` now.
    fn delegates(&self, person: &PersonId, excluded: &[PersonId]) -> Vec<PersonId> {
        let delegations = self.settings.delegations.iter();
        delegations
            .filter(|delegation| delegation.from == *person)
            .filter(|delegation| delegation.is_active(self.now, self.policy))
            .map(|delegation| delegation.to.clone())
            .filter(|to| !excluded.contains(to) && self.was_active(to, self.now))
            .collect()
    }
}

/// How many votes in favour the step takes; what cannot be counted is never
/// reached.
fn needed(state: &StepState, rounding: Rounding) -> usize {
    if state.is_open_to_all && state.quorum.counts_voters() {
        return usize::MAX;
    }
    state.quorum.needed(state.seats.len(), rounding)
}

impl StepState {
    /// How many votes that count say `verdict`.
    pub fn votes(&self, verdict: Verdict) -> usize {
        let casts = self.seats.iter().filter_map(|seat| seat.vote.as_ref());
        casts.filter(|cast| cast.verdict == verdict).count()
    }

    /// How many more votes in favour it takes.
    pub fn missing(&self) -> usize {
        self.needed.saturating_sub(self.votes(Verdict::Approved))
    }

    /// Those who may still vote.
    pub fn may_still(&self) -> impl Iterator<Item = &Seat> {
        self.seats.iter().filter(|seat| seat.vote.is_none())
    }

    /// Whether it waits for a vote of `person`, be it in somebody's place.
    pub fn awaits(&self, person: &PersonId) -> bool {
        let voted =
            self.seats.iter().any(|seat| seat.vote.as_ref().is_some_and(|cast| cast.by == *person));
        let may = |seat: &Seat| seat.person == *person || seat.delegates.contains(person);
        self.decision == Decision::Pending
            && !voted
            && !self.excluded.contains(person)
            && (self.is_open_to_all || self.may_still().any(may))
    }

    /// What is missing, in words: "2 votes of carol, dora or eve (cab/board)".
    pub fn waits_for(&self) -> String {
        let step = if self.name.is_empty() { String::new() } else { format!(" ({})", self.name) };
        if self.needed == usize::MAX {
            return format!("people whom the desk does not list{step}");
        }
        let missing = self.missing();
        let votes = if missing == 1 { "1 vote".to_owned() } else { format!("{missing} votes") };
        let people: Vec<&str> = self.may_still().map(|seat| seat.person.as_str()).collect();
        match &people[..] {
            _ if self.is_open_to_all => format!("{votes}{step}"),
            [] => format!("{votes}, and nobody may give it{step}"),
            [one] => format!("{votes} of {one}{step}"),
            [many @ .., last] => format!("{votes} of {} or {last}{step}", many.join(", ")),
        }
    }

    /// Whether there are too few people for the quorum, whoever votes.
    pub fn is_short(&self) -> bool {
        !self.is_open_to_all && self.seats.len() < self.needed || self.needed == usize::MAX
    }

    /// Whether the votes so far decide; `at` is the time of the last one.
    fn decide(&mut self, at: Timestamp) {
        let rejected = self.votes(Verdict::Rejected);
        let approved = self.votes(Verdict::Approved);
        let open = self.seats.len().saturating_sub(rejected + approved);
        let out_of_reach = !self.is_open_to_all && approved + open < self.needed;
        if rejected > 0 && (self.veto || out_of_reach) {
            self.decision = Decision::Rejected;
            self.decided_at = Some(at);
        } else if approved >= self.needed {
            self.decision = Decision::Approved;
            self.decided_at = Some(at);
        }
    }
}

impl ApprovalState {
    /// The steps in which votes are missing now.
    pub fn open_steps(&self) -> impl Iterator<Item = &StepState> {
        self.steps.iter().filter(|step| step.decision == Decision::Pending)
    }

    /// Whether nothing that was asked for is missing: every definition that is
    /// for the record is satisfied, and where there is none, the votes that
    /// were cast since they were asked for still count.
    pub fn is_satisfied(&self) -> bool {
        self.decision == Decision::Approved
            || (!self.is_defined
                && self.counted == 0
                && self.uncounted.iter().all(|each| each.why == Why::EarlierRound))
    }

    /// What is missing, in words: "which waits for 1 vote of carol or dora".
    pub fn in_words(&self) -> String {
        let pending: Vec<String> = self.open_steps().map(StepState::waits_for).collect();
        match self.decision {
            Decision::Rejected => "and it was rejected".to_owned(),
            Decision::Expired => "and the time for voting ran out".to_owned(),
            _ if self.voided().next().is_some() => {
                let voters: Vec<&str> = self.voided().map(|vote| vote.by.as_str()).collect();
                let voters = voters.join(", ");
                format!(
                    "and what {voters} voted on has changed; it waits for {}",
                    pending.join("; ")
                )
            }
            _ => format!("which waits for {}", pending.join("; ")),
        }
    }

    /// The votes that no longer count because what they approved has changed.
    pub fn voided(&self) -> impl Iterator<Item = &Approval> {
        self.uncounted.iter().filter(|each| each.why == Why::Changed).map(|each| &each.vote)
    }
}

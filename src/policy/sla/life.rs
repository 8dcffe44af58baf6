//! A record's life as the clock sees it: its states, one after another, with
//! who answered when.

use std::collections::HashSet;
use std::rc::Rc;

use crate::model::{
    Hold, Note, NoteKind, PersonId, PrincipalKind, Record, RecordId, StateCategory, StateName,
    Timestamp,
};
use crate::policy::Policy;
use crate::query::Row;

/// A record as an event left it.
#[derive(Clone, Debug)]
pub struct Told {
    /// When the event happened.
    pub at: Timestamp,
    /// Who acted, if known.
    pub actor: Option<PersonId>,
    pub record: Record,
}

/// A record from one moment until the next.
#[derive(Clone, Debug)]
pub struct Moment {
    pub at: Timestamp,
    pub row: Rc<Row>,
    /// Whether somebody of the desk has answered by now.
    pub answered: bool,
    /// Whether somebody of the desk has taken or assigned it by now.
    pub assigned: bool,
    /// Whether somebody of the desk spoke to the requester at this moment.
    pub updated: bool,
    /// Since when the requester waits for an answer to what they wrote.
    pub waiting_since: Option<Timestamp>,
    /// Since when it is with the team.
    pub team_since: Timestamp,
}

/// A record's life.
#[derive(Clone, Debug)]
pub struct Life {
    pub id: RecordId,
    /// When it was reported.
    pub opened: Timestamp,
    /// At least one; none before another in the list happened after it.
    pub moments: Vec<Moment>,
}

impl Life {
    /// The life that `events` tell, the oldest first; what happened after `now`
    /// is left out. `None` if there were none by then.
    ///
    /// What the first one tells of the time before it, as an imported record
    /// does, becomes moments of their own.
    pub fn tell(policy: &Policy, events: &[Told], now: Timestamp) -> Option<Self> {
        let events: Vec<&Told> = events.iter().filter(|event| event.at <= now).collect();
        let first = events.first()?;
        let opened = first.record.opened_at().min(first.at);
        let mut teller = Teller::new(policy);
        let row = |record: &Record| Row::new(record, policy.category_of(record));
        teller.before(&first.record, &row(&first.record), first.at);
        for event in &events {
            let row = Rc::new(row(&event.record));
            teller.add(event.at, row, event.record.notes(), event.actor.as_ref(), true);
        }
        Some(Self { id: first.record.id(), opened, moments: teller.finish() })
    }
}

/// Puts moments after one another.
pub(super) struct Teller<'a> {
    policy: &'a Policy,
    moments: Vec<Moment>,
    /// The notes that were counted.
    spoken: HashSet<ulid::Ulid>,
}

impl<'a> Teller<'a> {
    pub(super) fn new(policy: &'a Policy) -> Self {
        Self { policy, moments: Vec::new(), spoken: HashSet::new() }
    }

    pub(super) fn finish(self) -> Vec<Moment> {
        self.moments
    }

    /// Adds what the first event, which made the record at `first`, tells of the
    /// time before it.
    pub(super) fn before(&mut self, record: &Record, row: &Row, first: Timestamp) {
        for (at, row) in before(self.policy, record, row, first) {
            self.add(at, Rc::new(row), record.notes(), None, false);
        }
    }

    /// Adds a moment, with the notes of the record. Only notes of its time
    /// count if it is not the record's own (`is_own`).
    pub(super) fn add(
        &mut self,
        at: Timestamp,
        row: Rc<Row>,
        notes: &[Note],
        actor: Option<&PersonId>,
        is_own: bool,
    ) {
        let last = self.moments.last();
        // A clock that was wrong does not turn time back.
        let at = last.map_or(at, |last| at.max(last.at));
        let mut answered = last.is_some_and(|last| last.answered);
        let mut waiting_since = last.and_then(|last| last.waiting_since);
        let mut assigned = last.is_some_and(|last| last.assigned);
        let mut updated = false;
        for note in notes {
            let is_new = (is_own || note.at <= at) && self.spoken.insert(note.id);
            // A work note, and what a machine writes, tells the requester
            // nothing (Zammad).
            if !is_new || note.kind != NoteKind::Public {
                continue;
            }
            if row.requester.as_ref() == Some(&note.by) {
                waiting_since = waiting_since.or(Some(at));
            } else if is_agent(self.policy, &note.by, &row) {
                (answered, updated, waiting_since) = (true, true, None);
            }
        }
        let was = last.and_then(|last| last.row.assignee.as_ref());
        if row.assignee.is_some() && row.assignee.as_ref() != was {
            // Whoever takes their own ticket works on it all the same.
            let by_agent =
                |actor| row.assignee.as_ref() == Some(actor) || is_agent(self.policy, actor, &row);
            let to_person =
                row.assignee.as_ref().is_some_and(|person| !is_machine(self.policy, person));
            assigned |= to_person && actor.is_none_or(by_agent);
        }
        let team_since = match last {
            Some(last) if last.row.team == row.team => last.team_since,
            _ => at,
        };
        let moment = Moment { at, row, answered, assigned, updated, waiting_since, team_since };
        self.moments.push(moment);
    }
}

fn is_machine(policy: &Policy, person: &PersonId) -> bool {
    policy.person(person).is_some_and(|person| person.kind == PrincipalKind::Machine)
}

/// Whether `person` speaks for the desk: not for the requester, and no machine;
/// on a desk that lists its people, one of them.
fn is_agent(policy: &Policy, person: &PersonId, row: &Row) -> bool {
    let listed = policy.is_open_desk() || policy.person(person).is_some();
    listed && row.requester.as_ref() != Some(person) && !is_machine(policy, person)
}

/// What a record, whose row is `now`, tells of the time before its first event.
fn before(policy: &Policy, record: &Record, now: &Row, first: Timestamp) -> Vec<(Timestamp, Row)> {
    let steps = [record.started_at(), record.resolved_at(), record.closed_at()];
    let holds = record.holds().iter().flat_map(|hold| [Some(hold.from), hold.until]);
    let notes = record.notes().iter().map(|note| Some(note.at));
    let mut times: Vec<Timestamp> = steps.into_iter().chain(holds).chain(notes).flatten().collect();
    times.push(record.opened_at());
    times.retain(|at| (record.opened_at()..first).contains(at));
    times.sort();
    times.dedup();
    times.into_iter().map(|at| (at, earlier(policy, record, now, at))).collect()
}

/// The record as it must have been at `at`, by the times it holds.
fn earlier(policy: &Policy, record: &Record, now: &Row, at: Timestamp) -> Row {
    let by = |time: Option<Timestamp>| time.filter(|time| *time <= at);
    let mut row = now.clone();
    row.started_at = by(now.started_at);
    row.resolved_at = by(now.resolved_at);
    row.closed_at = by(now.closed_at);
    if row.started_at.is_none() {
        row.assignee = None;
    }
    let running = |hold: &&Hold| hold.from <= at && hold.until.is_none_or(|until| at < until);
    let hold = record.holds().iter().find(running);
    row.hold = hold.map(|hold| hold.reason.clone());
    row.hold_since = hold.map(|hold| hold.from);
    row.state = if row.closed_at.is_some() {
        StateCategory::Closed
    } else if row.resolved_at.is_some() {
        StateCategory::Resolved
    } else if hold.is_some() {
        StateCategory::Hold
    } else {
        StateCategory::Open
    };
    if row.state.is_open() {
        (row.resolution, row.resolved_by) = (None, None);
    }
    if row.state != now.state {
        row.status = usual_state(policy, now, &row).unwrap_or_else(|| now.status.clone());
    }
    row.notes = u32::try_from(record.notes().iter().filter(|note| note.at <= at).count())
        .unwrap_or(u32::MAX);
    row
}

/// The first state of the workflow that means the same as `row`'s.
fn usual_state(policy: &Policy, now: &Row, row: &Row) -> Option<StateName> {
    let states = &policy.workflows.in_domain(now.kind, now.domain.as_ref()).states;
    let alike = |work: bool| {
        states
            .iter()
            .find(|(_, state)| state.category == row.state && (!work || state.work))
            .map(|(name, _)| name.clone())
    };
    alike(row.started_at.is_some()).or_else(|| alike(false))
}

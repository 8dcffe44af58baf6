//! The clock: what becomes of each commitment over a record's life.
//!
//! At every moment of the life conditions are asked in ServiceNow's order: new
//! commitments first in what they need, then those that run, of which stop goes
//! before pause and pause before start (the tie order of Jira Service
//! Management). Commitments of one kind and metric take turns: one runs at a
//! time, the one that is due first (iTop takes the shortest target).

use std::rc::Rc;

use super::commitment::{Commitment, Ending, Phase, Span, Threshold, Why};
use super::compile::{Definition, Terms};
use super::file::{Cancel, CommitmentKind, FirstResponse, Metric, Reopen, Updates};
use super::life::{Life, Moment};
use super::target::{Due, Target};
use crate::model::{CommitmentName, Kind, StateCategory, Timestamp};
use crate::query::Row;

/// What becomes of every commitment on the record with this life, by kind and
/// metric and then in the order of time.
///
/// Nothing here depends on now: an open commitment tells when it will be due
/// and pass its thresholds if nothing happens.
pub fn reckon(life: &Life, terms: &Terms) -> Vec<Commitment> {
    let mut groups: Vec<(CommitmentKind, Metric)> = Vec::new();
    for definition in &terms.definitions {
        let group = (definition.file.kind, definition.file.metric);
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups.sort();
    let mut all = Vec::new();
    for (kind, metric) in groups {
        let of = |each: &&Definition| each.file.kind == kind && each.file.metric == metric;
        let definitions = terms.definitions.iter().filter(of).collect();
        let mut clock = Clock {
            life,
            terms,
            definitions,
            metric,
            running: None,
            ended: Vec::new(),
            round: None,
            fulfilled: None,
        };
        for at in 0..life.moments.len() {
            clock.step(at);
        }
        all.append(&mut clock.finish());
    }
    all
}

/// A commitment that has been attached.
#[derive(Clone)]
struct Attached<'a> {
    definition: &'a Definition,
    target: &'a Target,
    /// The time in the field that the target waits for.
    field: Option<Timestamp>,
    start: Timestamp,
    at: Timestamp,
    /// Those that were for the record as well, and are due later.
    others: Vec<&'a Definition>,
}

struct Clock<'a> {
    life: &'a Life,
    terms: &'a Terms,
    definitions: Vec<&'a Definition>,
    metric: Metric,
    running: Option<Attached<'a>>,
    /// With the moment at which they ended.
    ended: Vec<(Attached<'a>, usize, Ending)>,
    /// When the present round began, if it is not the first one.
    round: Option<Timestamp>,
    /// Which of `ended` was fulfilled last, and so may be resumed.
    fulfilled: Option<usize>,
}

impl<'a> Clock<'a> {
    fn step(&mut self, index: usize) {
        let Some(moment) = self.life.moments.get(index) else { return };
        let now = moment.at;
        let earlier = index.checked_sub(1).and_then(|earlier| self.life.moments.get(earlier));
        if let Some(running) = self.running.take() {
            let definition = running.definition;
            let end = |is_completed, why| Some(Ending { at: now, is_completed, why });
            let reset = definition.reset.as_ref().is_some_and(|reset| {
                reset.holds(moment) && !earlier.is_some_and(|earlier| reset.holds(earlier))
            });
            let next_round = self.metric == Metric::Update
                && definition.file.updates == Updates::BetweenUpdates
                && moment.updated
                && running.at < now;
            // A breach must not vanish: what is dropped too late counts.
            let late = |clock: &Self| {
                clock.build(&running, Some((index, now))).due.is_some_and(|due| due <= now)
            };
            let ending = if stops(definition, moment) || next_round {
                end(true, Why::Fulfilled)
            } else if reset {
                end(true, Why::Reset)
            } else if cancels(definition, moment) {
                let is_met = definition.when.holds(moment);
                end(late(self), if is_met { Why::Cancelled } else { Why::StartNotMet })
            } else if definition.goal(moment) != Some((running.target, running.field)) {
                end(late(self), Why::TargetChanged)
            } else {
                let better = self.better(&running, moment);
                better.and_then(|name| end(late(self), Why::Replaced(name)))
            };
            let Some(ending) = ending else {
                self.running = Some(running);
                return;
            };
            let fulfilled = ending.why == Why::Fulfilled;
            if ending.why == Why::Reset || next_round {
                self.round = Some(now);
            }
            self.ended.push((running, index, ending));
            self.fulfilled = fulfilled.then(|| self.ended.len() - 1);
        }
        self.attach(moment);
    }

    /// The commitment that is due earlier than the running one. Definitions
    /// count that were valid when it was attached: what begins to be valid
    /// later does not touch it.
    fn better(&self, running: &Attached<'a>, moment: &Moment) -> Option<CommitmentName> {
        if self.definitions.len() < 2 || running.definition.file.cancel_on == Cancel::Never {
            return None;
        }
        let best = self.best(moment, running.at)?;
        if best.definition.name == running.definition.name {
            return None;
        }
        let due = |attached: &Attached<'a>| {
            due_at(&self.terms.calendar(attached.definition, moment), attached)
        };
        let (own, other) = (due(running), due(&best));
        let is_earlier = other.is_some_and(|other| own.is_none_or(|own| other < own));
        is_earlier.then(|| best.definition.name.clone())
    }

    /// Of the definitions that are valid at `valid_at` and would be attached at
    /// this moment, the one that is due first; of several the first in the file.
    fn best(&self, moment: &Moment, valid_at: Timestamp) -> Option<Attached<'a>> {
        let mut best: Option<(Option<Timestamp>, Attached<'a>)> = None;
        for definition in &self.definitions {
            if !definition.is_valid(valid_at) {
                continue;
            }
            let Some(attached) = self.would_attach(definition, moment) else { continue };
            let due = due_at(&self.terms.calendar(definition, moment), &attached);
            let is_first = match &best {
                None => true,
                Some((found, _)) => due.is_some_and(|due| found.is_none_or(|found| due < found)),
            };
            if is_first {
                best = Some((due, attached));
            }
        }
        best.map(|(_, attached)| attached)
    }

    fn would_attach(&self, definition: &'a Definition, moment: &Moment) -> Option<Attached<'a>> {
        let holds = definition.when.holds(moment);
        if !holds || stops(definition, moment) || cancels(definition, moment) {
            return None;
        }
        let to_reply = self.metric == Metric::Update && definition.file.updates == Updates::ToReply;
        if to_reply && moment.waiting_since.is_none() {
            return None;
        }
        let (target, field) = definition.goal(moment)?;
        let first = match definition.file.kind {
            CommitmentKind::Ola if moment.row.team.is_none() => moment.at,
            CommitmentKind::Ola => moment.team_since,
            CommitmentKind::Sla | CommitmentKind::Contract => self.life.opened,
        };
        let start = match (self.round, moment.waiting_since) {
            _ if !definition.counts_back() => moment.at,
            (_, Some(since)) if to_reply => since,
            (Some(round), _) => round.max(first),
            (None, _) => first,
        };
        Some(Attached { definition, target, field, start, at: moment.at, others: Vec::new() })
    }

    fn attach(&mut self, moment: &Moment) {
        // The first response is given once, whatever happens later.
        let fulfilled = |(_, _, end): &(_, _, Ending)| end.why == Why::Fulfilled;
        if self.metric == Metric::Response && self.ended.iter().any(fulfilled) {
            return;
        }
        if let (Metric::Resolution, Some(last)) = (self.metric, self.fulfilled)
            && let Some((old, ..)) = self.ended.get(last)
            && !stops(old.definition, moment)
        {
            match old.definition.file.reopen {
                Reopen::Restart => self.round = Some(moment.at),
                Reopen::Resume => {
                    let goal = old.definition.goal(moment);
                    let applies = self.would_attach(old.definition, moment).is_some();
                    if applies && goal == Some((old.target, old.field)) {
                        let old = old.clone();
                        self.ended.remove(last);
                        self.fulfilled = None;
                        self.running = Some(old);
                        return;
                    }
                }
            }
        }
        if self.metric == Metric::Update && self.fulfilled.is_some() {
            self.round = Some(moment.at);
        }
        if let Some(mut best) = self.best(moment, moment.at) {
            if self.definitions.len() > 1 {
                let others = self.definitions.iter().copied();
                let lost = |other: &&Definition| {
                    other.name != best.definition.name
                        && other.is_valid(moment.at)
                        && self.would_attach(other, moment).is_some()
                };
                best.others = others.filter(lost).collect();
            }
            self.fulfilled = None;
            self.running = Some(best);
        }
    }

    fn finish(self) -> Vec<Commitment> {
        let mut all: Vec<Commitment> = Vec::new();
        for (attached, index, ending) in &self.ended {
            let commitment = self.build(attached, Some((*index, ending.at)));
            // What came and went within a second was never there.
            if ending.is_completed || attached.at < ending.at {
                all.push(Commitment { end: Some(ending.clone()), ..commitment });
            }
        }
        all.extend(self.running.iter().map(|running| self.build(running, None)));
        all
    }

    /// The commitment as it stands, or stood at the moment `end`.
    fn build(&self, attached: &Attached<'_>, end: Option<(usize, Timestamp)>) -> Commitment {
        let definition = attached.definition;
        let moments = &self.life.moments;
        let since = moments.partition_point(|moment| moment.at <= attached.at).saturating_sub(1);
        let basis = moments.get(since).or_else(|| moments.last());
        let calendar = basis.map_or_else(
            || Rc::clone(&definition.calendar),
            |moment| self.terms.calendar(definition, moment),
        );
        let goal = attached
            .target
            .due(&calendar, attached.start, attached.field)
            .unwrap_or(Due { seconds: i64::MAX, fixed: None });
        let first = moments.partition_point(|moment| moment.at <= attached.start);
        let first = first.saturating_sub(1);
        let last = end.map_or(moments.len(), |(index, _)| index);
        let mut spans: Vec<Span> = Vec::new();
        let mut final_phase = Phase::Running;
        for (index, moment) in moments.iter().enumerate().take(last).skip(first) {
            let from = moment.at.max(attached.start);
            let from = if index == first { attached.start } else { from };
            let next = moments.get(index + 1).map(|next| next.at);
            let to = if index + 1 == last { end.map(|(_, at)| at) } else { next };
            let phase = phase(definition, attached, goal, moment);
            final_phase = phase;
            if to.is_some_and(|to| to <= from) {
                continue;
            }
            let Row { status, hold, .. } = &*moment.row;
            match spans.last_mut() {
                Some(span)
                    if span.phase == phase && span.status == *status && span.hold == *hold =>
                {
                    span.to = to;
                }
                _ => {
                    let (status, hold) = (status.clone(), hold.clone());
                    spans.push(Span { from, to, phase, status, hold });
                }
            }
        }
        // Where the clock was running when it ended, it would have gone on.
        let tail = match end {
            Some((_, at)) if final_phase == Phase::Running => Some(at.max(attached.start)),
            _ => None,
        };
        let ran = spans.iter().filter(|span| span.phase == Phase::Running);
        let ran = ran.map(|span| (span.from, span.to)).chain(tail.map(|from| (from, None)));
        let used = |(from, to): (Timestamp, Option<Timestamp>)| {
            (from, to.map_or(i64::MAX, |to| calendar.open_between(from, to)))
        };
        let ran: Vec<(Timestamp, i64)> = ran.map(used).collect();
        let reached = |seconds: i64| {
            let mut left = seconds;
            for (from, used) in &ran {
                if left <= *used {
                    return calendar.after(*from, left);
                }
                left -= used;
            }
            None
        };
        let due = goal.fixed.or_else(|| reached(goal.seconds));
        let thresholds = definition.file.thresholds.iter().map(|percent| {
            let seconds = share(goal.seconds, *percent);
            let at = match (*percent, goal.fixed) {
                (100, Some(fixed)) => Some(fixed),
                _ if seconds == 0 => goal.fixed,
                _ => reached(seconds),
            };
            Threshold { percent: *percent, at: at.map(|at| at.max(attached.at)) }
        });
        Commitment {
            name: definition.name.clone(),
            kind: definition.file.kind,
            metric: definition.file.metric,
            target: attached.target.clone(),
            goal,
            start: attached.start,
            attached: attached.at,
            others: attached.others.iter().map(|other| other.name.clone()).collect(),
            thresholds: thresholds.collect(),
            spans,
            end: None,
            due,
            calendar_name: definition.file.calendar.clone(),
            calendar,
        }
    }
}

/// So much of `seconds`, rounded up: nothing passes too early.
fn share(seconds: i64, percent: u16) -> i64 {
    let part = (i128::from(seconds) * i128::from(percent) + 99) / 100;
    i64::try_from(part).unwrap_or(i64::MAX)
}

fn due_at(
    calendar: &crate::policy::calendar::Calendar,
    attached: &Attached<'_>,
) -> Option<Timestamp> {
    let due = attached.target.due(calendar, attached.start, attached.field)?;
    due.fixed.or_else(|| calendar.after(attached.start, due.seconds))
}

/// What the clock does at a moment of the record's life.
fn phase(definition: &Definition, attached: &Attached<'_>, goal: Due, moment: &Moment) -> Phase {
    if stops(definition, moment) || is_dropped(&moment.row) {
        return Phase::Done;
    }
    let counts = moment.at >= attached.at || definition.file.retroactive_pause.unwrap_or(true);
    if goal.fixed.is_none() && counts && pauses(definition, moment) {
        Phase::Paused
    } else {
        Phase::Running
    }
}

/// Whether the record was cancelled rather than done.
fn is_dropped(row: &Row) -> bool {
    let by_code = row.resolution.as_ref();
    row.state == StateCategory::Closed
        && row.resolved_at.is_none()
        && (row.status.as_str().starts_with("cancel")
            || by_code.is_some_and(|code| matches!(code.as_str(), "cancelled" | "duplicate")))
}

/// Whether what is promised has been done.
fn stops(definition: &Definition, moment: &Moment) -> bool {
    if let Some(stop) = &definition.stop {
        return stop.holds(moment);
    }
    let file = &definition.file;
    let dropped = is_dropped(&moment.row) && file.cancel_on != Cancel::Never;
    if !moment.row.state.is_open() && !dropped {
        return true;
    }
    match file.metric {
        Metric::Response => match file.first_response {
            FirstResponse::Either => moment.answered || moment.assigned,
            FirstResponse::Answer => moment.answered,
            FirstResponse::Assignment => moment.assigned,
        },
        Metric::Update if file.updates == Updates::ToReply => moment.waiting_since.is_none(),
        // The supplier's part is done when the record no longer waits for it.
        Metric::Resolution | Metric::Update => {
            file.kind == CommitmentKind::Contract && !definition.when.holds(moment)
        }
    }
}

/// Whether the clock stands still; waiting for an approval is a hold too, and
/// no clock runs (iTop).
fn pauses(definition: &Definition, moment: &Moment) -> bool {
    let paused = match &definition.pause {
        Some(pause) => pause.holds(moment),
        None => {
            definition.file.kind != CommitmentKind::Contract
                && (moment.row.state == StateCategory::Hold || is_held(&moment.row))
        }
    };
    paused && !definition.resume.as_ref().is_some_and(|resume| resume.holds(moment))
}

/// Whether a change is on hold, which it can be in any state.
fn is_held(row: &Row) -> bool {
    row.kind == Kind::Change && row.state == StateCategory::Open && row.hold.is_some()
}

/// Whether the commitment is dropped.
fn cancels(definition: &Definition, moment: &Moment) -> bool {
    let met = match &definition.cancel {
        Some(cancel) => cancel.holds(moment),
        None => is_dropped(&moment.row),
    };
    match definition.file.cancel_on {
        Cancel::StartNotMet => met || !definition.when.holds(moment),
        Cancel::CancelMet => met,
        Cancel::Never => false,
    }
}

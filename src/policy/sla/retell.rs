//! A record's life told from its present state and what each event says it
//! changed, without the contents of its file in between.
//!
//! Walking back from what is now, every change that is undone must be found as
//! the event left it, and at the beginning nothing may be left over. Where that
//! fails the events keep something quiet, and the files must be read.

use std::rc::Rc;

use super::compile::Terms;
use super::life::{Life, Moment, Teller};
use super::target::Target;
use crate::model::{Hold, Kind, Note, NoteKind, PersonId, Record, StateName, Timestamp};
use crate::policy::Policy;
use crate::query::{Filter, RankField, Row, Test, TextField, TextPart, TimeField};

/// One field's change as an event tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Altered<'a> {
    pub field: &'a str,
    /// The value before, on one line.
    pub old: Option<&'a str>,
    /// The value after; of a note, its kind in brackets is enough.
    pub new: Option<&'a str>,
}

/// What an event says about a record.
#[derive(Clone, Debug)]
pub struct Clue<'a> {
    /// When it happened.
    pub at: Timestamp,
    /// Who acted, if known.
    pub actor: Option<PersonId>,
    pub changes: Vec<Altered<'a>>,
}

/// How the first event is known.
#[derive(Clone, Copy, Debug)]
pub enum Origin<'a> {
    /// It says itself what it made.
    Told,
    /// The record as it left it.
    Read(&'a Record),
}

/// Fields whose changes are undone by their values.
pub const RETOLD: &[&str] = &[
    "status",
    "priority",
    "impact",
    "urgency",
    "assignee",
    "team",
    "requester",
    "service",
    "category",
    "started_at",
    "resolved_at",
    "closed_at",
    "reopen_count",
    "resolution.code",
    "resolution.by",
    "holds",
    "notes",
    "title",
    "domain",
];

/// How far the definitions look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// At nothing but what can be undone.
    Near,
    /// At other fields too, which then must not have changed. Events may keep
    /// quiet about these, so the first one must be [read](Origin::Read).
    Far,
    /// At what every event changes.
    Everywhere,
}

impl Terms {
    /// How far the definitions look.
    pub fn reach(&self) -> Reach {
        let mut reach = Reach::Near;
        for definition in &self.definitions {
            let optional =
                [&definition.pause, &definition.resume, &definition.stop, &definition.reset];
            let conditions = optional.into_iter().chain([&definition.cancel]).flatten();
            for condition in conditions.chain([&definition.when]) {
                widen(&condition.0, &mut reach);
            }
            let waits = |target: &&Target| matches!(target, Target::Until(_));
            if reach == Reach::Near && definition.file.target.all().iter().any(waits) {
                reach = Reach::Far;
            }
        }
        reach
    }

    /// Whether something may be promised for records of this type.
    pub fn concerns(&self, kind: Kind) -> bool {
        self.definitions.iter().any(|definition| may_hold(&definition.when.0, kind, true))
    }
}

fn widen(filter: &Filter, reach: &mut Reach) {
    match filter {
        Filter::And(parts) | Filter::Or(parts) => {
            parts.iter().for_each(|part| widen(part, reach));
        }
        Filter::Not(inner) => widen(inner, reach),
        Filter::Test(test) => match test {
            Test::Any | Test::Kind(_) | Test::Status(_) | Test::State(_) | Test::Id(_) => {}
            Test::Rank(RankField::Priority | RankField::Impact | RankField::Urgency, _) => {}
            Test::Text(
                TextField::Assignee
                | TextField::Requester
                | TextField::Team
                | TextField::Service
                | TextField::Category
                | TextField::Hold
                | TextField::Resolution
                | TextField::ResolvedBy
                | TextField::OpenedBy,
                _,
            ) => {}
            Test::Time(
                TimeField::Opened
                | TimeField::Started
                | TimeField::Resolved
                | TimeField::Closed
                | TimeField::HoldSince,
                _,
            ) => {}
            Test::Time(TimeField::Updated, _) => *reach = Reach::Everywhere,
            _ if *reach == Reach::Near => *reach = Reach::Far,
            _ => {}
        },
    }
}

/// Whether some record of this type may meet the condition; the opposite of it,
/// unless `wanted`.
fn may_hold(filter: &Filter, kind: Kind, wanted: bool) -> bool {
    match (filter, wanted) {
        (Filter::And(parts), true) | (Filter::Or(parts), false) => {
            parts.iter().all(|part| may_hold(part, kind, wanted))
        }
        (Filter::And(parts), false) | (Filter::Or(parts), true) => {
            parts.iter().any(|part| may_hold(part, kind, wanted))
        }
        (Filter::Not(inner), _) => may_hold(inner, kind, !wanted),
        (Filter::Test(Test::Kind(wants)), _) => (*wants == kind) == wanted,
        (Filter::Test(_), _) => true,
    }
}

impl Life {
    /// The life that ends with `last`, by the `events` that led there, the
    /// newest first; the same that [`tell`](Self::tell) tells of all the files
    /// between, as far as definitions of this `reach` see them. `None` if the
    /// events do not explain it. Each event but the first must have changed the
    /// record's file, even where it tells of no change.
    pub fn retell(
        policy: &Policy,
        reach: Reach,
        last: &Record,
        events: &[Clue<'_>],
        origin: Origin<'_>,
    ) -> Option<Self> {
        let (first, later) = events.split_last()?;
        if reach == Reach::Everywhere {
            return None;
        }
        let mut state = State::of(policy, reach, last);
        let mut moments = Vec::with_capacity(events.len());
        for event in later {
            moments.push((event, Rc::clone(&state.row), state.notes));
            for change in &event.changes {
                state.undo(policy, reach, last.notes(), change)?;
            }
        }
        moments.push((first, Rc::clone(&state.row), state.notes));
        let opened = last.opened_at().min(first.at);
        let mut teller = Teller::new(policy);
        match origin {
            Origin::Told => {
                // What it was before it was written down is in its first file.
                if last.opened_at() < first.at || reach == Reach::Far {
                    return None;
                }
                // The states are those of the domain that it has now.
                let domain = first.changes.iter().find(|change| change.field == "domain");
                let told = domain.and_then(|change| change.new);
                if told != state.row.domain.as_ref().map(StateName::as_str) {
                    return None;
                }
                for change in first.changes.iter().filter(|change| change.field != "domain") {
                    if change.old.is_some() {
                        return None;
                    }
                    state.undo(policy, reach, last.notes(), change)?;
                }
                if !state.is_blank() {
                    return None;
                }
            }
            Origin::Read(record) => {
                let mut row = reach.row(policy, record);
                // Every event changes this one.
                let updated = std::mem::replace(&mut row.updated_at, last.updated_at());
                if !state.is(record, &row, last) {
                    return None;
                }
                row.updated_at = updated;
                teller.before(record, &row, first.at);
            }
        }
        for (event, row, notes) in moments.into_iter().rev() {
            let notes = last.notes().get(..notes).unwrap_or_default();
            teller.add(event.at, row, notes, event.actor.as_ref(), true);
        }
        let moments: Vec<Moment> = teller.finish();
        Some(Self { id: last.id(), opened, moments })
    }
}

/// What a record was at some time, as far as it is known.
struct State {
    /// Events that leave it as it is have it together.
    row: Rc<Row>,
    /// `None` before the beginning.
    status: Option<StateName>,
    holds: Vec<Hold>,
    /// How many of the notes there were.
    notes: usize,
}

impl Reach {
    /// So much of a record as is looked at.
    fn row(self, policy: &Policy, record: &Record) -> Row {
        let state = policy.category_of(record);
        if self == Reach::Near { Row::core(record, state) } else { Row::new(record, state) }
    }
}

impl State {
    fn of(policy: &Policy, reach: Reach, record: &Record) -> Self {
        Self {
            row: Rc::new(reach.row(policy, record)),
            status: Some(record.status().clone()),
            holds: record.holds().to_vec(),
            notes: record.notes().len(),
        }
    }

    /// Takes a change back; `None` if it is not the one that led here.
    fn undo(
        &mut self,
        policy: &Policy,
        reach: Reach,
        notes: &[Note],
        change: &Altered<'_>,
    ) -> Option<()> {
        let Altered { field, old, new } = change;
        match *field {
            // A note is added and never changed; who changed one wrote a file.
            "notes" => {
                let last = notes.get(self.notes.checked_sub(1)?)?;
                if old.is_some() || !new.is_some_and(|new| is_kind(new, last.kind)) {
                    return None;
                }
                self.notes -= 1;
                if reach == Reach::Far {
                    Rc::make_mut(&mut self.row).note_as(notes.get(..self.notes)?);
                }
                return Some(());
            }
            "opened_at" | "domain" => return None,
            _ if reach == Reach::Near && !RETOLD.contains(field) => return Some(()),
            _ => {}
        }
        let row = Rc::make_mut(&mut self.row);
        match *field {
            "status" => {
                swap(&mut self.status, *old, *new)?;
                if let Some(status) = &self.status {
                    let workflow = policy.workflows.in_domain(row.kind, row.domain.as_ref());
                    row.state = workflow.category(status);
                    row.status = status.clone();
                }
            }
            "priority" => swap(&mut row.priority, *old, *new)?,
            "impact" => swap(&mut row.impact, *old, *new)?,
            "urgency" => swap(&mut row.urgency, *old, *new)?,
            "assignee" => swap(&mut row.assignee, *old, *new)?,
            "team" => swap(&mut row.team, *old, *new)?,
            "requester" => swap(&mut row.requester, *old, *new)?,
            "service" => text(&mut row.service, *old, *new)?,
            "category" => text(&mut row.category, *old, *new)?,
            "started_at" => swap(&mut row.started_at, *old, *new)?,
            "resolved_at" => swap(&mut row.resolved_at, *old, *new)?,
            "closed_at" => swap(&mut row.closed_at, *old, *new)?,
            "resolution.code" => swap(&mut row.resolution, *old, *new)?,
            "resolution.by" => swap(&mut row.resolved_by, *old, *new)?,
            "reopen_count" => {
                let mut count = Some(row.reopen_count);
                swap(&mut count, Some(old.unwrap_or("0")), Some(new.unwrap_or("0")))?;
                row.reopen_count = count?;
            }
            "holds" => {
                let after = new.map(hold).map_or(Some(None), |hold| hold.map(Some))?;
                let before = old.map(hold).map_or(Some(None), |hold| hold.map(Some))?;
                match (before, after) {
                    (before, Some(after)) => {
                        let at = self.holds.iter().rposition(|hold| *hold == after)?;
                        match before {
                            Some(before) => *self.holds.get_mut(at)? = before,
                            None => drop(self.holds.remove(at)),
                        }
                    }
                    // Where a hold stood that was taken away, nobody knows.
                    (_, None) => return None,
                }
                row.hold_as(&self.holds);
            }
            "title" if reach == Reach::Far => {
                let mut title = Some(std::mem::take(&mut row.title));
                text(&mut title, *old, *new)?;
                row.title = title?;
            }
            "description" | "resolution.text" if reach == Reach::Far => {
                let part = match change.field {
                    "description" => TextPart::Description,
                    _ => TextPart::Resolution,
                };
                if new.is_some() != (row.texts & part.bit() != 0) {
                    return None;
                }
                row.texts = (row.texts & !part.bit()) | if old.is_some() { part.bit() } else { 0 };
            }
            _ if reach == Reach::Near => {}
            _ => return None,
        }
        Some(())
    }

    /// Whether nothing is left that somebody must have put there.
    fn is_blank(&self) -> bool {
        let row = &self.row;
        self.status.is_none()
            && self.holds.is_empty()
            && self.notes == 0
            && row.priority.is_none()
            && row.impact.is_none()
            && row.urgency.is_none()
            && row.assignee.is_none()
            && row.team.is_none()
            && row.requester.is_none()
            && row.service.is_none()
            && row.category.is_none()
            && row.started_at.is_none()
            && row.resolved_at.is_none()
            && row.closed_at.is_none()
            && row.resolution.is_none()
            && row.resolved_by.is_none()
            && row.reopen_count == 0
    }

    /// Whether it is what `record` with this `row` was, of which `last` became.
    fn is(&self, record: &Record, row: &Row, last: &Record) -> bool {
        self.status.as_ref() == Some(&row.status)
            && self.holds == record.holds()
            && last.notes().get(..self.notes) == Some(record.notes())
            && *self.row == *row
    }
}

/// Puts the old value in place of the new one, which must be there.
fn swap<T: std::str::FromStr + PartialEq>(
    field: &mut Option<T>,
    old: Option<&str>,
    new: Option<&str>,
) -> Option<()> {
    let read = |text: Option<&str>| match text {
        None => Some(None),
        Some(text) => text.parse().ok().map(Some),
    };
    if *field != read(new)? {
        return None;
    }
    *field = read(old)?;
    Some(())
}

/// As [`swap`], for texts, which messages show only so far.
fn text(field: &mut Option<String>, old: Option<&str>, new: Option<&str>) -> Option<()> {
    let is_cut = |text: Option<&str>| text.is_some_and(|text| text.ends_with('…'));
    if field.as_deref() != new || is_cut(old) {
        return None;
    }
    *field = old.map(str::to_owned);
    Some(())
}

/// Reads `REASON from TIME until TIME`, as messages write a hold.
fn hold(text: &str) -> Option<Hold> {
    let (rest, until) = text.rsplit_once(" until ")?;
    let (reason, from) = rest.split_once(" from ")?;
    let until = match until {
        "now" => None,
        until => Some(until.parse().ok()?),
    };
    Some(Hold { reason: reason.parse().ok()?, from: from.parse().ok()?, until })
}

/// Whether a note as messages show it is of this kind.
fn is_kind(text: &str, kind: NoteKind) -> bool {
    let inner = text.strip_prefix('(').and_then(|text| text.strip_prefix(kind.name()));
    inner.is_some_and(|rest| rest.starts_with(')'))
}

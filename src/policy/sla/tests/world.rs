//! A small desk for the tests of the clock.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use ulid::Ulid;

use super::super::{Commitment, Life, SlaFile, Terms, Told, reckon};
use crate::format;
use crate::model::{
    CalendarName, Hold, Kind, Note, NoteKind, PersonId, Priority, Record, Resolution, StateName,
    TeamId, Timestamp,
};
use crate::policy::calendar::{CalendarFile, Calendars};
use crate::policy::{Policy, fixture};

pub(super) use crate::policy::fixture::workflow as built_in;

pub(super) fn policy() -> Policy {
    fixture::desk("")
}

/// Calendars by name, each as YAML.
pub(super) fn calendars(files: &[(&str, &str)]) -> Calendars {
    let read = |text: &str| -> CalendarFile {
        format::read_settings("calendar", text.as_bytes()).expect("a calendar")
    };
    let files: BTreeMap<CalendarName, CalendarFile> = files
        .iter()
        .map(|(name, text)| (CalendarName::new(*name).expect("a name"), read(text)))
        .collect();
    Calendars::new(files, "UTC").expect("a zone")
}

pub(super) const CALENDARS: &[(&str, &str)] = &[
    ("nine-five", "hours: {mon-fri: [09:00-17:00]}\n"),
    ("eight-five", "hours: {mon-fri: [08:00-17:00]}\n"),
    ("eight-four", "hours: {mon-sun: [08:00-16:00]}\n"),
    ("not-at-seven", "hours: {mon-sun: [00:00-07:00, 08:00-24:00]}\n"),
    ("lunch", "hours: {mon-fri: [09:00-12:30, 13:30-17:00]}\n"),
];

pub(super) fn file(text: &str) -> SlaFile {
    format::read_settings("sla", text.as_bytes()).expect("definitions")
}

pub(super) fn terms(text: &str) -> Terms {
    Terms::new(&file(text), calendars(CALENDARS), &policy()).expect("terms")
}

pub(super) fn at(text: &str) -> Timestamp {
    let wall = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("a time");
    wall.and_utc().into()
}

pub(super) fn person(name: &str) -> PersonId {
    PersonId::new(name).expect("a person")
}

pub(super) fn state(name: &str) -> StateName {
    StateName::new(name).expect("a state")
}

/// A record whose life is told step by step.
pub(super) struct Story {
    pub(super) policy: Policy,
    pub(super) record: Record,
    pub(super) events: Vec<Told>,
    notes: u128,
}

impl Story {
    pub(super) fn begin(opened: &str) -> Self {
        Self::begin_at(at(opened))
    }

    pub(super) fn begin_at(opened: Timestamp) -> Self {
        let text = format!(
            "id: INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q\ntitle: t\nstatus: new\nimpact: low\n\
             urgency: low\npriority: P3\nrequester: bob\nopened_at: {opened}\nopened_by: alice\n\
             updated_at: {opened}\n"
        );
        let record = format::read_record_any(Kind::Incident, text.as_bytes()).expect("a record");
        let mut story = Self { policy: policy(), record, events: Vec::new(), notes: 0 };
        story.tell(opened, "alice");
        story
    }

    pub(super) fn tell(&mut self, at: Timestamp, actor: &str) {
        let actor = Some(person(actor));
        self.events.push(Told { at, actor, record: self.record.clone() });
    }

    /// Changes the record at a time.
    pub(super) fn then(&mut self, time: &str, change: impl FnOnce(&mut Record)) -> &mut Self {
        self.then_at(at(time), change)
    }

    pub(super) fn then_at(
        &mut self,
        time: Timestamp,
        change: impl FnOnce(&mut Record),
    ) -> &mut Self {
        change(&mut self.record);
        self.tell(time, "alice");
        self
    }

    pub(super) fn moved(&mut self, time: &str, status: &str) -> &mut Self {
        let now = at(time);
        self.then(time, |record| go(record, status, now))
    }

    pub(super) fn priority(&mut self, time: &str, priority: Priority) -> &mut Self {
        self.then(time, |record| record.set_priority(priority))
    }

    pub(super) fn team(&mut self, time: &str, team: &str) -> &mut Self {
        let team = TeamId::new(team).expect("a team");
        self.then(time, |record| record.set_team(Some(team)))
    }

    pub(super) fn note(&mut self, time: &str, by: &str, kind: NoteKind) -> &mut Self {
        self.notes += 1;
        let (id, by, now) = (Ulid::from(self.notes), person(by), at(time));
        let note = Note { id, at: now, by, kind, text: "x".into() };
        self.then(time, |record| record.notes_mut().push(note))
    }

    pub(super) fn life(&self, now: Timestamp) -> Life {
        Life::tell(&self.policy, &self.events, now).expect("a life")
    }

    pub(super) fn reckon(&self, terms: &Terms, now: &str) -> Vec<Commitment> {
        reckon(&self.life(at(now)), terms)
    }
}

/// Moves a record as an action would, marks included.
pub(super) fn go(record: &mut Record, status: &str, now: Timestamp) {
    let workflow = built_in(record.kind());
    let reason = state("awaiting_vendor");
    crate::policy::follow(&workflow, record, &state(status), Some(&reason), now);
    if status == "cancelled" {
        let (code, by) = (state("cancelled"), person("alice"));
        record.set_resolution(Some(Resolution { code, by, text: None }));
    }
    let _: &[Hold] = record.holds();
}

//! Answers about the times of changes.

use gitsm::model::{ConflictRule, Kind, RecordId};
use gitsm::outcome::{
    AcceptanceView, ConflictLine, ConflictsView, FrozenTime, MaintenanceTimes, ScheduleView,
    ScheduledChange, SlotView, SlotsView, TimeSpan,
};

use crate::common::{now, records, reference};

fn id(kind: Kind) -> RecordId {
    records().into_iter().map(|record| record.id()).find(|id| id.kind() == kind).unwrap()
}

pub fn conflicts() -> ConflictsView {
    let line = |full: bool| ConflictLine {
        rule: if full { ConflictRule::ParentScheduled } else { ConflictRule::InFreeze },
        with: "year-end".to_owned(),
        other: full.then(|| reference(id(Kind::Change), true)),
        windows: vec!["sunday".to_owned()],
        freeze: (!full).then(|| "year-end".to_owned()),
        cis: vec![reference(id(Kind::Ci), full)],
        start: full.then(now),
        end: full.then(now),
        warning: !full,
        text: "everything is frozen by year-end".to_owned(),
        accepted: full.then(|| AcceptanceView {
            by: "alice".parse().unwrap(),
            at: now(),
            reason: "The same people".to_owned(),
        }),
    };
    ConflictsView {
        schema: ConflictsView::SCHEMA,
        change: reference(id(Kind::Change), true),
        start: Some(now()),
        end: None,
        conflicts: vec![line(true), line(false)],
        unaccepted: 1,
        unknown: vec!["web-99".to_owned()],
    }
}

pub fn slots() -> SlotsView {
    SlotsView {
        schema: SlotsView::SCHEMA,
        change: reference(id(Kind::Change), true),
        seconds: 3_600,
        from: now(),
        to: now(),
        slots: vec![SlotView {
            start: now(),
            end: now(),
            next: "gitsm change schedule".to_owned(),
        }],
    }
}

pub fn schedule() -> ScheduleView {
    let change = |full: bool| ScheduledChange {
        id: id(Kind::Change),
        short: id(Kind::Change).short(),
        title: "Install CRM 4.2.1".to_owned(),
        start: now(),
        end: now(),
        status: "scheduled".parse().unwrap(),
        state: gitsm::model::StateCategory::Open,
        confirmed: full,
        cancelled: !full,
        model: full.then_some(gitsm::model::ChangeModel::Standard),
        risk: full.then_some(gitsm::model::Risk::High),
        service: full.then(|| "crm".to_owned()),
        assignee: full.then(|| "alice".parse().unwrap()),
        team: full.then(|| "apps".parse().unwrap()),
        cis: vec!["web-01".to_owned()],
        conflicts: 2,
        updated_at: now(),
    };
    ScheduleView {
        schema: ScheduleView::SCHEMA,
        desk: "Ours".to_owned(),
        time_zone: "UTC".to_owned(),
        now: now(),
        from: now(),
        to: now(),
        changes: vec![change(true), change(false)],
        freezes: [Some(vec!["crm".to_owned()]), None]
            .into_iter()
            .map(|cis| FrozenTime {
                name: "year-end".to_owned(),
                description: cis.as_ref().map(|_| "Books are closed".to_owned()),
                start: now(),
                end: now(),
                cis,
            })
            .collect(),
        maintenance: vec![MaintenanceTimes {
            name: "sunday".to_owned(),
            description: None,
            cis: vec!["web-01".to_owned()],
            times: vec![TimeSpan { start: now(), end: now() }],
        }],
    }
}

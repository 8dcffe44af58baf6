//! Answers about service levels and calendars.

use gitsm::model::{StateName, Timestamp};
use gitsm::outcome::{
    CalendarDay, CalendarLine, CalendarView, CalendarsView, ClockLine, CommitmentView, Compliance,
    ComplianceView, HoursView, PromiseLine, SlaListView, SlaRow, SlaView,
};

use crate::common::{bare, now};
use crate::history::subject;

pub fn promise(due: Option<Timestamp>) -> PromiseLine {
    PromiseLine {
        name: "fix".to_owned(),
        kind: "sla",
        metric: "resolution",
        standing: "running",
        breached: false,
        at_risk: true,
        due,
        ended: due,
        left_seconds: -60,
    }
}

pub fn sla() -> SlaView {
    let clock = |full: bool| ClockLine {
        at: now(),
        what: "paused",
        until: full.then(now),
        business_seconds: full.then_some(60),
        actual_seconds: full.then_some(120),
        percent: full.then_some(75),
        status: full.then(|| StateName::new("on_hold").unwrap()),
        why: full.then(|| "awaiting vendor".to_owned()),
    };
    let one = |full: bool| CommitmentView {
        name: "fix".to_owned(),
        description: full.then(|| "Fixed".to_owned()),
        kind: "sla",
        metric: "resolution",
        target: "4h".to_owned(),
        calendar: full.then(|| "office".to_owned()),
        time_zone: "UTC".to_owned(),
        standing: "running",
        breached: false,
        at_risk: false,
        start: now(),
        attached: now(),
        instead_of: if full { vec!["repair".into()] } else { Vec::new() },
        ended: full.then(now),
        due: full.then(now),
        target_seconds: 14_400,
        business_seconds: 60,
        actual_seconds: 120,
        left_seconds: 14_340,
        percent: 0.42,
        actual_percent: 0.83,
        timeline: vec![clock(true), clock(false)],
    };
    SlaView {
        promises: true,
        then: false,
        schema: SlaView::SCHEMA,
        record: subject(true),
        now: now(),
        commitments: vec![one(true), one(false)],
    }
}

pub fn sla_list() -> SlaListView {
    let row = |full: bool| SlaRow {
        id: bare().id(),
        short: "INC-7K3F9Q".to_owned(),
        title: "Printer".to_owned(),
        status: StateName::new("new").unwrap(),
        priority: full.then_some(gitsm::model::Priority::P1),
        name: "fix".to_owned(),
        kind: "sla",
        metric: "resolution",
        standing: "running",
        breached: true,
        at_risk: false,
        due: full.then(now),
    };
    let commitments = vec![row(true), row(false)];
    SlaListView {
        schema: SlaListView::SCHEMA,
        promises: true,
        then: false,
        now: now(),
        total: 2,
        commitments,
    }
}

pub fn calendar() -> CalendarView {
    let day = |full: bool| CalendarDay {
        date: "2026-11-22".to_owned(),
        weekday: "sun",
        hours: if full { vec!["09:00-17:00".to_owned()] } else { Vec::new() },
        open_seconds: 0,
        remark: full.then(|| "holiday".to_owned()),
    };
    CalendarView {
        schema: CalendarView::SCHEMA,
        name: "office".to_owned(),
        description: Some("Office hours".to_owned()),
        time_zone: "UTC".to_owned(),
        now: now(),
        open: false,
        opens: Some(now()),
        closes: None,
        days: vec![day(true), day(false)],
        open_seconds: 28_800,
    }
}

pub fn calendars() -> CalendarsView {
    let line = |description| CalendarLine {
        name: "office".to_owned(),
        description,
        time_zone: "UTC".to_owned(),
        open: true,
    };
    let calendars = vec![line(None), line(Some("Office hours".to_owned()))];
    CalendarsView { schema: CalendarsView::SCHEMA, calendars }
}

pub fn hours() -> HoursView {
    HoursView {
        schema: HoursView::SCHEMA,
        calendar: "office".to_owned(),
        time_zone: "UTC".to_owned(),
        from: now(),
        to: now(),
        open_seconds: 0,
        actual_seconds: 0,
    }
}

pub fn compliance() -> ComplianceView {
    let one = Compliance {
        name: Some("fix".to_owned()),
        kind: Some("sla"),
        metric: Some("resolution"),
        calendar: Some("office".to_owned()),
        met: 1,
        completed: 2,
        percent: Some(50.0),
        open_breached: 1,
        open: 3,
    };
    ComplianceView {
        schema: ComplianceView::SCHEMA,
        from: Some(now()),
        to: now(),
        time_zone: "UTC".to_owned(),
        commitments: vec![one],
        total: Compliance::default(),
        then: false,
    }
}

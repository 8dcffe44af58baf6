//! The times of changes, with `text` wherever data comes from people.

use super::sample::*;
use crate::model::{ConflictRule, RecordId, StateCategory};
use crate::outcome::*;
use crate::render::{Format, UiOptions};

const CHANGE: &str = "CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9T";

fn change() -> RecordId {
    id(CHANGE)
}

fn reference(text: &str) -> RecordRef {
    RecordRef {
        id: change(),
        short: text.into(),
        title: Some(text.into()),
        status: Some(state("assess")),
        state: Some(StateCategory::Open),
    }
}

pub(super) fn conflicts(text: &str) -> ConflictsView {
    let line = |warning: bool, accepted: Option<AcceptanceView>| ConflictLine {
        rule: ConflictRule::OutsideWindow,
        with: text.into(),
        other: Some(reference(text)),
        windows: vec![text.into(), text.into()],
        freeze: Some(text.into()),
        cis: vec![reference(text)],
        start: Some(now()),
        end: Some(at("2026-11-22T13:00:00Z")),
        warning,
        text: text.into(),
        accepted,
    };
    let accepted =
        AcceptanceView { by: "alice".parse().expect("a person"), at: now(), reason: text.into() };
    ConflictsView {
        schema: ConflictsView::SCHEMA,
        change: reference(text),
        start: Some(now()),
        end: Some(at("2026-11-22T13:00:00Z")),
        conflicts: vec![line(false, None), line(true, None), line(false, Some(accepted))],
        unaccepted: 2,
        unknown: vec![text.into()],
    }
}

pub(super) fn slots(text: &str) -> SlotsView {
    let (start, end) = (now(), at("2026-11-22T13:00:00Z"));
    SlotsView {
        schema: SlotsView::SCHEMA,
        change: reference(text),
        seconds: 3_600,
        from: start,
        to: end,
        slots: vec![SlotView { start, end, next: text.into() }],
    }
}

pub(super) fn schedule(text: &str) -> ScheduleView {
    let (start, end) = (now(), at("2026-11-23T02:00:00Z"));
    ScheduleView {
        schema: ScheduleView::SCHEMA,
        desk: text.into(),
        time_zone: "Europe/Berlin".into(),
        now: start,
        from: at("2026-11-15T23:00:00Z"),
        to: at("2026-11-29T23:00:00Z"),
        changes: vec![ScheduledChange {
            id: change(),
            short: text.into(),
            title: text.into(),
            start,
            end,
            status: state("assess"),
            state: StateCategory::Open,
            confirmed: false,
            cancelled: false,
            model: None,
            risk: None,
            service: Some(text.into()),
            assignee: None,
            team: None,
            cis: vec![text.into()],
            conflicts: 1,
            updated_at: start,
        }],
        freezes: vec![FrozenTime {
            name: "year-end".into(),
            description: Some(text.into()),
            start,
            end,
            cis: Some(vec![text.into()]),
        }],
        maintenance: vec![MaintenanceTimes {
            name: "sunday".into(),
            description: Some(text.into()),
            cis: vec![text.into()],
            times: vec![TimeSpan { start, end }],
        }],
    }
}

#[test]
fn weeks_keep_to_the_width() {
    let long = "An unusually long title of a change that goes on and on, line after line";
    let mut view = schedule(long);
    view.changes[0].short = "CHG-7K3F9T".into();
    let outcome = Outcome::Weeks(Box::new(view));
    for width in [40, 60, 80, 100, 200] {
        let (out, _) = show(&outcome, &UiOptions { width: Some(width), ..options() });
        let widest = out.lines().map(textwrap::core::display_width).max().unwrap_or_default();
        assert!(widest <= width.max(80), "{width}\n{out}");
        assert!(out.contains('▒') && out.contains('×') && out.contains('='), "{out}");
    }
}

/// Clocks are changed on a Sunday, whose day has 25 hours then.
#[test]
fn days_of_25_hours_have_room_for_all_of_them() {
    let mut view = schedule("x");
    view.from = at("2026-10-18T22:00:00Z");
    view.to = at("2026-10-25T23:00:00Z");
    view.changes[0].start = at("2026-10-25T22:00:00Z");
    view.changes[0].end = at("2026-10-25T23:00:00Z");
    view.freezes.clear();
    view.maintenance.clear();
    let (out, _) =
        show(&Outcome::Weeks(Box::new(view)), &UiOptions { width: Some(200), ..options() });
    let bar = out.lines().find(|line| line.contains('▒')).expect("a bar");
    assert!(bar.ends_with(&format!("│{}▒│", " ".repeat(23))), "{out}");
}

#[test]
fn what_is_no_schedule_is_not_for_calendars() {
    let options = UiOptions { format: Format::Ics, ..options() };
    let look = crate::render::view::Look::new(&options, false, None);
    let outcome = Outcome::Conflicts(Box::new(conflicts("x")));
    assert!(crate::render::ui::rendered(&outcome, &options, &look).is_err());
}

//! The conflicts of a change at the time for which it is planned.

use std::collections::BTreeMap;

use super::{Around, Conflict, Facts, Planned, With};
use crate::model::{ConflictRule, RecordId, WindowName};
use crate::policy::interval::Interval;
use crate::policy::windows::{ChangeWindows, Detection};

/// A conflict without what is only known once all of it is.
type Found = BTreeMap<(ConflictRule, With), (Vec<RecordId>, Option<Interval>)>;

/// Everything that is wrong with the time of the change, by rule; nothing for a
/// change that has no time yet.
///
/// ServiceNow conflict detection: an item, its parent or its child is scheduled
/// already; the change is not inside a maintenance window of one of them, or is
/// inside a blackout; the assignee is busy.
pub fn find(facts: &Facts<'_>) -> Vec<Conflict> {
    let Some(span) = facts.change.span else { return Vec::new() };
    let windows = facts.windows;
    let own = compared(windows.detection, &facts.change.cis);
    let around = Around::of(own, facts.ties);
    let mut found = Found::new();
    for other in others(facts, span) {
        overlap(facts.change, other, windows.detection, &around, &mut found);
    }
    set_apart(windows, span, &around, &mut found);
    frozen(windows, span, &around, &mut found);
    let conflicts = found.into_iter().map(|((rule, with), (cis, of_other))| {
        let is_warning = facts.change.is_emergency && rule.is_freeze();
        let mut conflict = Conflict { rule, with, cis, span: of_other, is_warning, accepted: None };
        let holds = facts.accepted.iter().rev().find(|accepted| {
            accepted.rule == conflict.rule
                && accepted.with == conflict.with.text()
                && Interval::new(accepted.start, accepted.end) == Some(span)
                && accepted.other_start == of_other.map(Interval::from)
                && accepted.other_end == of_other.map(Interval::to)
        });
        conflict.accepted = holds.cloned();
        conflict
    });
    conflicts.collect()
}

/// The items of a change that are compared.
pub(super) fn compared(detection: Detection, cis: &[RecordId]) -> &[RecordId] {
    match detection {
        Detection::Basic => cis.get(..1).unwrap_or_default(),
        Detection::Advanced => cis,
    }
}

/// The other changes whose times overlap with `span`.
pub(super) fn others<'a>(
    facts: &Facts<'a>,
    span: Interval,
) -> impl Iterator<Item = &'a Planned> + use<'a> {
    let own = facts.change.id;
    facts.others.iter().filter(move |other| {
        other.id != own && other.span.is_some_and(|theirs| theirs.overlaps(span))
    })
}

/// The rules that another change of the same time breaks, with the items.
pub(super) fn overlap(
    change: &Planned,
    other: &Planned,
    detection: Detection,
    around: &Around,
    found: &mut Found,
) {
    let theirs = compared(detection, &other.cis);
    let mut add = |rule, cis: Vec<RecordId>| {
        found.insert((rule, With::Change(other.id)), (cis, other.span));
    };
    for (rule, items) in [
        (ConflictRule::Scheduled, &around.own),
        (ConflictRule::ParentScheduled, &around.parents),
        (ConflictRule::ChildScheduled, &around.children),
    ] {
        let both: Vec<RecordId> = items.iter().filter(|ci| theirs.contains(ci)).copied().collect();
        if !both.is_empty() {
            add(rule, both);
        }
    }
    if change.assignee.is_some() && change.assignee == other.assignee {
        add(ConflictRule::AssigneeBusy, Vec::new());
    }
}

/// Items with maintenance windows of which none holds the change.
fn set_apart(windows: &ChangeWindows, span: Interval, around: &Around, found: &mut Found) {
    for (rule, items) in [
        (ConflictRule::OutsideWindow, &around.own),
        (ConflictRule::ParentOutsideWindow, &around.parents),
        (ConflictRule::ChildOutsideWindow, &around.children),
    ] {
        for ci in items {
            let Some(times) = windows.times(*ci, span) else { continue };
            if times.iter().any(|time| time.covers(span)) {
                continue;
            }
            let names: Vec<WindowName> = windows.of(*ci).map(|each| each.name.clone()).collect();
            let slot = found.entry((rule, With::Maintenance(names))).or_default();
            slot.0.push(*ci);
        }
    }
}

/// Freezes that the change overlaps with. One for everything is told once.
fn frozen(windows: &ChangeWindows, span: Interval, around: &Around, found: &mut Found) {
    for freeze in windows.freezes().iter().filter(|freeze| freeze.span.overlaps(span)) {
        let with = || With::Freeze(freeze.name.clone());
        let Some(cis) = &freeze.cis else {
            found.insert((ConflictRule::InFreeze, with()), (Vec::new(), Some(freeze.span)));
            continue;
        };
        for (rule, items) in [
            (ConflictRule::InFreeze, &around.own),
            (ConflictRule::ParentInFreeze, &around.parents),
            (ConflictRule::ChildInFreeze, &around.children),
        ] {
            let held: Vec<RecordId> = items.iter().filter(|ci| cis.contains(ci)).copied().collect();
            if !held.is_empty() {
                found.insert((rule, with()), (held, Some(freeze.span)));
            }
        }
    }
}

//! Conflicts, told.

use std::collections::HashMap;

use super::{change, of};
use crate::app::Session;
use crate::app::read::references;
use crate::error::CommandError;
use crate::model::{Change, ConflictRule, PersonId, RecordId, Timestamp, WindowName};
use crate::outcome::{AcceptanceView, ConflictLine, ConflictsView, RecordRef};
use crate::policy::conflict::{Conflict, With};
use crate::policy::interval::Interval;
use crate::policy::windows::ChangeWindows;

/// What is wrong with the time of the change that `text` names.
///
/// # Errors
///
/// It is no change, or the settings or the index cannot be read.
pub fn conflicts(session: &Session, text: &str) -> Result<ConflictsView, CommandError> {
    let change = change(session, text)?;
    let found = of(session, &change)?;
    let unaccepted = found.conflicts.iter().filter(|conflict| conflict.stands()).count();
    let own = references(session.index()?, &[change.id])?.pop();
    Ok(ConflictsView {
        schema: ConflictsView::SCHEMA,
        change: own.unwrap_or_else(|| unknown(change.id)),
        start: found.span.map(Interval::from),
        end: found.span.map(Interval::to),
        conflicts: lines(session, &change, &found.conflicts, &found.windows)?,
        unaccepted,
        unknown: found.windows.unknown,
    })
}

/// Each conflict in words, with whatever it is about.
pub(in crate::app) fn lines(
    session: &Session,
    change: &Change,
    conflicts: &[Conflict],
    windows: &ChangeWindows,
) -> Result<Vec<ConflictLine>, CommandError> {
    let mut ids: Vec<RecordId> = Vec::new();
    for conflict in conflicts {
        ids.extend(&conflict.cis);
        if let With::Change(other) = conflict.with {
            ids.push(other);
        }
    }
    ids.sort();
    ids.dedup();
    let refs = references(session.index()?, &ids)?;
    let known: HashMap<RecordId, RecordRef> = refs.into_iter().map(|one| (one.id, one)).collect();
    let of = |id: RecordId| known.get(&id).cloned().unwrap_or_else(|| unknown(id));
    let line = |conflict: &Conflict| {
        let cis: Vec<RecordRef> = conflict.cis.iter().map(|ci| of(*ci)).collect();
        let other = match &conflict.with {
            With::Change(id) => Some(of(*id)),
            _ => None,
        };
        let (names, freeze) = match &conflict.with {
            With::Change(_) => (Vec::new(), None),
            With::Maintenance(names) => (names.iter().map(ToString::to_string).collect(), None),
            With::Freeze(name) => (Vec::new(), Some(name.to_string())),
        };
        let with = match (&conflict.with, &other) {
            (_, Some(other)) => other.short.clone(),
            (With::Maintenance(names), _) => {
                names.first().map(ToString::to_string).unwrap_or_default()
            }
            (with, _) => with.text(),
        };
        let accepted = conflict.accepted.as_ref().map(|accepted| AcceptanceView {
            by: accepted.by.clone(),
            at: accepted.at,
            reason: accepted.reason.clone(),
        });
        ConflictLine {
            rule: conflict.rule,
            text: words(conflict, change, &cis, other.as_ref(), windows),
            with,
            other,
            windows: names,
            freeze,
            cis,
            start: conflict.span.map(Interval::from),
            end: conflict.span.map(Interval::to),
            warning: conflict.is_warning,
            accepted,
        }
    };
    Ok(conflicts.iter().map(line).collect())
}

/// A record that is not there.
fn unknown(id: RecordId) -> RecordRef {
    RecordRef { id, short: id.short(), title: None, status: None, state: None }
}

/// One conflict as a sentence.
fn words(
    conflict: &Conflict,
    change: &Change,
    cis: &[RecordRef],
    other: Option<&RecordRef>,
    windows: &ChangeWindows,
) -> String {
    let names: Vec<&str> =
        cis.iter().map(|ci| ci.title.as_deref().unwrap_or(ci.short.as_str())).collect();
    let own: &[RecordId] = &change.cis;
    let items = match conflict.rule {
        ConflictRule::ParentScheduled
        | ConflictRule::ParentOutsideWindow
        | ConflictRule::ParentInFreeze => {
            format!("{}, on which {} stand{},", listed(&names), its(own), many(own))
        }
        ConflictRule::ChildScheduled
        | ConflictRule::ChildOutsideWindow
        | ConflictRule::ChildInFreeze => {
            let stand = if names.len() == 1 { "stands" } else { "stand" };
            format!("{}, which {stand} on {},", listed(&names), its(own))
        }
        _ => listed(&names),
    };
    let (is, has) = if names.len() == 1 { ("is", "has") } else { ("are", "have") };
    match (&conflict.with, other) {
        (With::Change(_), other) => {
            let short = other.map_or("another change", |other| other.short.as_str());
            let title = other.and_then(|other| other.title.as_deref());
            let title = title.map(|title| format!(" ({title})")).unwrap_or_default();
            match (conflict.rule, change.assignee.as_ref().map(PersonId::as_str)) {
                (ConflictRule::AssigneeBusy, who) => {
                    let who = who.unwrap_or("the assignee");
                    format!("{who} carries out {short}{title} at the same time")
                }
                _ => format!("{items} {is} changed by {short}{title} at the same time"),
            }
        }
        (With::Maintenance(names), _) => {
            let named: Vec<&str> = names.iter().map(WindowName::as_str).collect();
            let windows = if names.len() == 1 { "window" } else { "windows" };
            format!(
                "{items} {has} the maintenance {windows} {}, and this is outside",
                listed(&named)
            )
        }
        (With::Freeze(name), _) => {
            let freeze = windows.freezes().iter().find(|freeze| freeze.name == *name);
            let about = freeze.and_then(|freeze| freeze.description.as_deref());
            let about = about.map(|about| format!(": {about}")).unwrap_or_default();
            match names.is_empty() {
                true => format!("everything is frozen by {name}{about}"),
                false => format!("{items} {is} frozen by {name}{about}"),
            }
        }
    }
}

fn its(own: &[RecordId]) -> &'static str {
    if own.len() == 1 { "its item" } else { "its items" }
}

fn many(own: &[RecordId]) -> &'static str {
    if own.len() == 1 { "s" } else { "" }
}

/// `a`, `a and b`, `a, b and c`.
fn listed(names: &[&str]) -> String {
    match names {
        [] => "nothing".to_owned(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A time as commands take it back.
pub(super) fn typed(at: Timestamp) -> String {
    match at.seconds().rem_euclid(60) {
        0 => at.to_utc().format("%Y-%m-%dT%H:%MZ").to_string(),
        _ => at.to_string(),
    }
}

//! Living with a conflict.

use super::beside;
use crate::app::write::Work;
use crate::error::{CommandError, ErrorKind};
use crate::model::{AcceptedConflict, Kind, Record, RecordId, one_line};
use crate::policy::conflict::{Conflict, With};
use crate::policy::interval::Interval;
use crate::policy::{Refusal, roles};

/// Accepts the conflicts of the change `id` with another change, a maintenance
/// window or a freeze, for as long as neither time changes.
///
/// # Errors
///
/// There is no such conflict, it is not for the acting person to accept, or no
/// reason is given.
pub(in crate::app) fn accept(
    work: &mut Work<'_>,
    id: RecordId,
    with: &str,
    reason: &str,
) -> Result<(), CommandError> {
    let reason =
        one_line(reason).map_err(|error| CommandError::usage(format!("--reason: {error}")))?;
    let record = work.peek(id)?;
    let Record::Change(change) = &record else {
        return Err(CommandError::usage(format!("{} is no change", id.short())));
    };
    let (session, policy, now) = (work.session, work.policy, work.session.now());
    roles::may_accept_conflict(policy, work.actor, now, &record)?;
    if !policy.category_of(&record).is_open() {
        let (id, status) = (id, record.status().clone());
        return Err(Refusal::NotOpen { id, status }.into());
    }
    let changed: Vec<Record> = work.changed().cloned().collect();
    let found = beside(session, change, &changed)?;
    let Some(span) = found.span else {
        let short = id.short();
        return Err(CommandError::refused(format!("{short} has no planned time yet")).hint(
            format!(
                "gitsm change schedule {short} --start \"tomorrow 22:00\" --end \"tomorrow 23:00\""
            ),
        ));
    };
    let meant = meant(work, with, &found.conflicts)?;
    if meant.is_empty() {
        return Err(none(id, with, &found.conflicts));
    }
    if meant.iter().all(|conflict| !conflict.stands()) {
        return Err(Refusal::Done { id, action: "accept_conflict".to_owned() }.into());
    }
    let by = work.actor.clone();
    let mut fresh = Vec::new();
    for conflict in meant.into_iter().filter(|conflict| conflict.stands()) {
        fresh.push(AcceptedConflict {
            id: session.fresh_id(),
            with: conflict.with.text(),
            rule: conflict.rule,
            reason: reason.clone(),
            at: now,
            by: by.clone(),
            start: span.from(),
            end: span.to(),
            other_start: conflict.span.map(Interval::from),
            other_end: conflict.span.map(Interval::to),
        });
    }
    if let Record::Change(change) = work.record(id)? {
        // What was accepted for other times is void; history keeps it.
        let is_renewed = |old: &AcceptedConflict| {
            fresh.iter().any(|new| new.rule == old.rule && new.with == old.with)
        };
        change.accepted_conflicts.retain(|old| !is_renewed(old));
        change.accepted_conflicts.extend(fresh);
    }
    Ok(())
}

/// The conflicts with what `with` names.
fn meant<'a>(
    work: &Work<'_>,
    with: &str,
    conflicts: &'a [Conflict],
) -> Result<Vec<&'a Conflict>, CommandError> {
    let with = with.trim();
    let named: Vec<&Conflict> =
        conflicts.iter().filter(|conflict| conflict.with.is_called(with)).collect();
    if !named.is_empty() {
        return Ok(named);
    }
    let other = match work.find(with) {
        Ok(id) if id.kind() == Kind::Change => With::Change(id),
        Ok(_) => return Ok(Vec::new()),
        Err(error) if error.kind == ErrorKind::NotFound && error.hints.len() < 2 => {
            return Ok(Vec::new());
        }
        Err(error) => return Err(error),
    };
    Ok(conflicts.iter().filter(|conflict| conflict.with == other).collect())
}

fn none(id: RecordId, with: &str, conflicts: &[Conflict]) -> CommandError {
    let short = id.short();
    let error = CommandError::not_found(format!("{short} has no conflict with `{with}`"));
    if conflicts.is_empty() {
        return error.hint(format!("{short} has no conflict at all"));
    }
    let mut names: Vec<String> = conflicts
        .iter()
        .map(|conflict| match &conflict.with {
            With::Change(other) => other.short(),
            with => with.text(),
        })
        .collect();
    names.dedup();
    error.hint(format!("it has conflicts with {}", names.join(", ")))
}

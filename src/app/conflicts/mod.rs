//! The times of changes: conflicts, free slots, the schedule.

mod accept;
mod lint;
mod load;
mod schedule;
mod slots;
mod tell;
mod view;

use super::Session;
use crate::error::CommandError;
use crate::model::{Change, ChangeModel, Kind, Record, RecordId, Timestamp};
use crate::policy::conflict::{self, Conflict, Facts, Planned};
use crate::policy::impact::{Tie, Way};
use crate::policy::interval::Interval;
use crate::policy::windows::ChangeWindows;
use crate::policy::{Policy, Workflow};
use crate::query::Row;

pub(super) use accept::accept;
pub(super) use lint::findings;
pub(super) use load::{WINDOWS, windows};
pub use schedule::{ScheduleOptions, schedule};
pub use slots::{SlotOptions, slots};
pub(super) use tell::{standing, tell};
pub use view::conflicts;
pub(super) use view::lines;

/// What there is to say about the time of a change.
#[derive(Clone, Debug)]
pub struct Found {
    /// The time for which it is planned; without one, there is no conflict.
    pub span: Option<Interval>,
    /// What is wrong with it, whether accepted or not.
    pub conflicts: Vec<Conflict>,
    /// The settings by which this was found.
    pub windows: ChangeWindows,
}

/// What is wrong with the time of `change`, as it is given and whether or not it
/// was written down like that. On a session of the past, as it was then.
///
/// # Errors
///
/// The settings cannot be read, or the index.
pub fn of(session: &Session, change: &Change) -> Result<Found, CommandError> {
    beside(session, change, &[])
}

/// As [`of`], with some records as they will be.
fn beside(session: &Session, change: &Change, changed: &[Record]) -> Result<Found, CommandError> {
    let windows = windows(session, &session.snapshot()?)?;
    let planned = Planned::of(change);
    let Some(span) = planned.span else {
        return Ok(Found { span: None, conflicts: Vec::new(), windows });
    };
    let ties = ties(session, &planned.cis)?;
    let others = others(session, span, changed)?;
    let facts = Facts {
        change: &planned,
        accepted: &change.accepted_conflicts,
        ties: &ties,
        others: &others,
        windows: &windows,
    };
    Ok(Found { span: Some(span), conflicts: conflict::find(&facts), windows })
}

/// The freezes that `change` would be in if it were carried out at `at`, whenever
/// it is planned.
///
/// # Errors
///
/// As [`of`].
pub(super) fn freezes_at(
    session: &Session,
    change: &Change,
    at: Timestamp,
) -> Result<Vec<Conflict>, CommandError> {
    let windows = windows(session, &session.snapshot()?)?;
    let span = Interval::new(at, Timestamp::from_seconds(at.seconds().saturating_add(1)));
    let planned = Planned { span, ..Planned::of(change) };
    let ties = ties(session, &planned.cis)?;
    let facts =
        Facts { change: &planned, accepted: &[], ties: &ties, others: &[], windows: &windows };
    let mut found = conflict::find(&facts);
    found.retain(|conflict| conflict.rule.is_freeze());
    Ok(found)
}

/// The relations that lead from and to some items.
fn ties(session: &Session, cis: &[RecordId]) -> Result<Vec<Tie>, CommandError> {
    let index = session.index()?;
    let mut ties = index.ties(cis, Way::Upstream)?;
    ties.extend(index.ties(cis, Way::Downstream)?);
    Ok(ties)
}

/// The active changes of some time, those among `changed` as they are there.
fn others(
    session: &Session,
    span: Interval,
    changed: &[Record],
) -> Result<Vec<Planned>, CommandError> {
    let policy = session.policy()?;
    let is_changed = |id: RecordId| changed.iter().any(|record| record.id() == id);
    let rows = session.index()?.planned(span.from(), span.to())?;
    let rows = rows.iter().filter(|row| is_active(policy, row) && !is_changed(row.id));
    let mut others: Vec<Planned> = rows.map(as_planned).collect();
    others.extend(changed.iter().filter_map(|record| match record {
        Record::Change(change) => {
            let workflow = policy.workflow_of(record);
            conflict::is_active(workflow, record.status()).then(|| Planned::of(change))
        }
        _ => None,
    }));
    Ok(others)
}

/// Whether the change is in the way of others.
fn is_active(policy: &Policy, row: &Row) -> bool {
    conflict::is_active(workflow_of(policy, row), &row.status)
}

/// The workflow of the record that a row is of.
fn workflow_of<'a>(policy: &'a Policy, row: &Row) -> &'a Workflow {
    policy.workflows.in_domain(row.kind, row.domain.as_ref())
}

/// What a change has to do with others, as the index knows it.
fn as_planned(row: &Row) -> Planned {
    let times = row.planned_start.zip(row.planned_end);
    Planned {
        id: row.id,
        span: times.and_then(|(start, end)| Interval::new(start, end)),
        cis: row.cis.clone(),
        assignee: row.assignee.clone(),
        is_emergency: row.model == Some(ChangeModel::Emergency),
    }
}

/// The change that `text` names.
///
/// # Errors
///
/// Nothing has that name, or it is no change.
fn change(session: &Session, text: &str) -> Result<Change, CommandError> {
    let id = session.find(text)?;
    match session.record(id)? {
        Record::Change(change) => Ok(change),
        other => {
            let message = format!("{} is no change but {}", id.short(), other.kind().one());
            Err(CommandError::usage(message).hint(format!("only a {} has a time", Kind::Change)))
        }
    }
}

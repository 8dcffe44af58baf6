//! The times of changes: conflicts, free slots, the schedule.

mod load;

use crate::app::Session;
use crate::error::CommandError;
use crate::model::{Change, ChangeModel};
use crate::policy::Policy;
use crate::policy::conflict::{self, Conflict, Facts, Planned};
use crate::policy::impact::{Tie, Way};
use crate::policy::interval::Interval;
use crate::policy::windows::ChangeWindows;
use crate::query::Row;

pub(in crate::app) use load::{WINDOWS, windows};

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
    let snapshot = session.snapshot()?;
    let windows = windows(session, &snapshot)?;
    let planned = Planned::of(change);
    let Some(span) = planned.span else {
        return Ok(Found { span: None, conflicts: Vec::new(), windows });
    };
    let (ties, others) = around(session, &planned, span)?;
    let facts = Facts {
        change: &planned,
        accepted: &change.accepted_conflicts,
        ties: &ties,
        others: &others,
        windows: &windows,
    };
    Ok(Found { span: Some(span), conflicts: conflict::find(&facts), windows })
}

/// The relations of the change's items, and the active changes of the time.
pub(super) fn around(
    session: &Session,
    planned: &Planned,
    span: Interval,
) -> Result<(Vec<Tie>, Vec<Planned>), CommandError> {
    let index = session.index()?;
    let mut ties = index.ties(&planned.cis, Way::Upstream)?;
    ties.extend(index.ties(&planned.cis, Way::Downstream)?);
    let policy = session.policy()?;
    let rows = index.planned(span.from(), span.to())?;
    let others = rows.iter().filter(|row| is_active(policy, row)).map(as_planned);
    Ok((ties, others.collect()))
}

/// Whether the change is in the way of others.
pub(super) fn is_active(policy: &Policy, row: &Row) -> bool {
    let workflow = policy.workflows.in_domain(row.kind, row.domain.as_ref());
    conflict::is_active(workflow, &row.status)
}

/// What a change has to do with others, as the index knows it.
pub(super) fn as_planned(row: &Row) -> Planned {
    let times = row.planned_start.zip(row.planned_end);
    Planned {
        id: row.id,
        span: times.and_then(|(start, end)| Interval::new(start, end)),
        cis: row.cis.clone(),
        assignee: row.assignee.clone(),
        is_emergency: row.model == Some(ChangeModel::Emergency),
    }
}

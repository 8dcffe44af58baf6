//! Carrying on to the records that hang on a changed one, in the same commit.

use std::collections::HashSet;

use super::write::Work;
use crate::error::CommandError;
use crate::model::{Record, RecordId};
use crate::policy::{Scene, cascade};

/// Does to the records that hang on `id` what follows from its change since it
/// read `before`, and to those that hang on them in turn.
///
/// # Errors
///
/// The index or a record cannot be read.
pub(super) fn spread(
    work: &mut Work<'_>,
    id: RecordId,
    before: &Record,
) -> Result<(), CommandError> {
    let mut seen = HashSet::from([id]);
    let mut waiting = vec![(id, before.clone())];
    while let Some((id, before)) = waiting.pop() {
        let after = work.peek(id)?;
        if !may_spread(&before, &after) {
            continue;
        }
        for dependant in dependants(work, &after)? {
            if work.named.contains(&dependant) || !seen.insert(dependant) {
                continue;
            }
            let was = work.peek(dependant)?;
            let (session, policy, actor) = (work.session, work.policy, work.actor);
            let approvals = work.approvals_of(&was)?;
            let state = |record: &Record| approvals.state(session, policy, record);
            let scene = Scene { actor, now: session.now(), approvals: &state, policy: None };
            let mut fresh = || session.fresh_id();
            let next = cascade::carry_on(policy, (&before, &after), &was, &scene, &mut fresh);
            if let Some(next) = next {
                work.follow(next)?;
                waiting.push((dependant, was));
            }
        }
    }
    Ok(())
}

/// Whether anything could follow, so that the index need not be asked in vain.
fn may_spread(before: &Record, after: &Record) -> bool {
    before.status() != after.status()
        || before.resolution() != after.resolution()
        || matches!((before, after), (Record::Problem(was), Record::Problem(is))
            if was.workaround != is.workaround)
}

/// The records that hang on `record`, as the index and this action have them,
/// the oldest first.
fn dependants(work: &Work<'_>, record: &Record) -> Result<Vec<RecordId>, CommandError> {
    let Some(relation) = cascade::hangs_by(record) else { return Ok(Vec::new()) };
    let found = work.session.index()?.links_to(record.id())?;
    let mut ids: Vec<RecordId> = found
        .into_iter()
        .filter(|(_, rel)| *rel == relation)
        .map(|(id, _)| id)
        .chain(work.changed().map(Record::id))
        .collect();
    ids.sort();
    ids.dedup();
    // What this action unlinked or deleted hangs on it no more.
    ids.retain(|id| {
        work.peek(*id).is_ok_and(|other| {
            other.links().iter().any(|link| link.rel == relation && link.to == record.id())
        })
    });
    Ok(ids)
}

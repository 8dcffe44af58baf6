//! Deciding again as on an earlier commit of the desk.

use crate::app::Session;
use crate::error::CommandError;
use crate::model::Timestamp;
use crate::policy::gate::SKEW;

/// What one should know of a replay: a desk that had gone on by the time for which
/// it is asked gave another answer then.
///
/// # Errors
///
/// The history cannot be read.
pub(super) fn doubt(
    session: &Session,
    past: &Session,
    now: Timestamp,
) -> Result<Option<String>, CommandError> {
    let (Some(then), Some(head)) = (past.snapshot()?.commit(), session.snapshot()?.commit()) else {
        return Ok(None);
    };
    if then == head {
        return Ok(None);
    }
    let short = |commit: &str| commit.get(..7).unwrap_or(commit).to_owned();
    if !session.store.is_ancestor(then, head)? {
        let then = short(&then.to_string());
        return Ok(Some(format!("{then} is no part of what the desk has become")));
    }
    let mut next = None;
    session.store.each_commit(Some(then), head, |commit| -> Result<(), CommandError> {
        if commit.parents.contains(&then) {
            next = Some((commit.id, Timestamp::from_seconds(commit.recorded)));
        }
        Ok(())
    })?;
    let gone_on = next.filter(|(_, at)| at.seconds().saturating_add(SKEW) < now.seconds());
    Ok(gone_on.map(|(commit, at)| {
        let commit = short(&commit.to_string());
        format!("by {now} the desk had gone on: {commit} came {at}")
    }))
}

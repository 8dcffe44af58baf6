//! What is said of conflicts in passing: to whoever plans a change or takes it a
//! step further, and on its page.

use super::{beside, of};
use crate::app::Session;
use crate::app::write::Work;
use crate::error::CommandError;
use crate::model::{Change, Record, RecordId};
use crate::policy::Policy;
use crate::policy::conflict::{Conflict, Planned};

/// How many conflicts are told in full.
const TOLD: usize = 3;

/// Says which conflicts stand in the way of the change `id`, if what it became
/// since it read `before` has to do with that: its time, its items, its state, or
/// who carries it out. That conflicts cannot be looked for stops nobody.
///
/// # Errors
///
/// Its file cannot be read.
pub(in crate::app) fn tell(
    work: &mut Work<'_>,
    id: RecordId,
    before: Option<&Record>,
) -> Result<(), CommandError> {
    let record = work.peek(id)?;
    let Record::Change(change) = &record else { return Ok(()) };
    let is_open = work.policy.category_of(&record).is_open();
    if !is_open || change.planned_start.is_none() || !matters(work.policy, before, &record) {
        return Ok(());
    }
    let changed: Vec<Record> = work.changed().cloned().collect();
    let short = id.short();
    let said = match beside(work.session, change, &changed) {
        Ok(found) => {
            let mut standing = found.conflicts;
            standing.retain(Conflict::stands);
            let more = standing.len().saturating_sub(TOLD);
            standing.truncate(TOLD);
            let lines = super::view::lines(work.session, change, &standing, &found.windows)?;
            let mut said: Vec<String> = lines.into_iter().map(|line| line.text).collect();
            if more > 0 {
                said.push(format!("and {more} more"));
            }
            said.join("; ")
        }
        Err(error) => {
            let told = format!("nobody knows what is in the way of {short}: {}", error.message);
            work.notices.push(told);
            return Ok(());
        }
    };
    if !said.is_empty() {
        work.notices
            .push(format!("{short} is in conflict: {said}; see `gitsm change conflicts {short}`"));
    }
    Ok(())
}

/// Whether conflicts may have come or gone, or it is a moment to think of them.
fn matters(policy: &Policy, before: Option<&Record>, after: &Record) -> bool {
    let Some(Record::Change(was)) = before else { return true };
    let Record::Change(is) = after else { return false };
    let is_begun = policy.workflow_of(after).states.get(after.status());
    let is_begun = is_begun.is_some_and(|state| state.work);
    let moved = was.status != is.status;
    let entered = policy.workflow_of(after).entry.contains(&was.status);
    Planned::of(was) != Planned::of(is) || moved && (is_begun || entered)
}

/// How many conflicts of a change nobody has accepted, for its page: none for one
/// that is over or has no time, which takes no look at anything else.
///
/// # Errors
///
/// The settings or the index cannot be read.
pub(in crate::app) fn standing(
    session: &Session,
    policy: &Policy,
    record: &Record,
) -> Result<usize, CommandError> {
    let Record::Change(change) = record else { return Ok(0) };
    let is_over = |change: &Change| change.planned_end.is_none_or(|end| end <= session.now());
    if is_over(change) || !policy.category_of(record).is_open() {
        return Ok(0);
    }
    let conflicts = of(session, change)?.conflicts;
    Ok(conflicts.iter().filter(|conflict| conflict.stands()).count())
}

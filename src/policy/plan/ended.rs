//! What becomes of the tasks of a ticket that ends.

use crate::model::{PersonId, Record, StateCategory, TaskState, Timestamp};

/// Ends the tasks of a record that moved from `was` to `is`.
///
/// After the incident state model of ServiceNow: when the ticket is closed, its
/// open tasks end as incomplete; when it is cancelled, they are skipped. A ticket
/// is cancelled if it is closed without having been resolved. A task that never
/// opened is skipped in both cases.
pub fn ended(
    record: &mut Record,
    was: StateCategory,
    is: StateCategory,
    actor: &PersonId,
    now: Timestamp,
) {
    if is != StateCategory::Closed || was == StateCategory::Closed {
        return;
    }
    let cancelled = was != StateCategory::Resolved;
    let Some(tasks) = record.tasks_mut() else { return };
    for task in tasks.iter_mut().filter(|task| !task.state.is_over()) {
        let begun = task.state != TaskState::Waiting;
        task.state = if begun && !cancelled { TaskState::Incomplete } else { TaskState::Skipped };
        task.done_at = Some(now);
        task.by = Some(actor.clone());
    }
}

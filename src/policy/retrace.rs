//! The marks that a past leaves in a record when it is told again, state by
//! state, as an import does.
//!
//! They are those that the actions of the desk leave, but no rule is asked
//! whether a step was allowed: what was, was.

use super::Workflow;
use super::transition::enter;
use crate::model::{Hold, Record, StateCategory, StateName, Timestamp};

/// Marks a record that began its life at `at` in the state it has.
pub fn begin(
    workflow: &Workflow,
    record: &mut Record,
    hold_reason: Option<&StateName>,
    at: Timestamp,
) {
    let status = record.status().clone();
    if workflow.states.get(&status).is_some_and(|state| state.work) {
        record.set_started_at(Some(at));
    }
    match workflow.category(&status) {
        StateCategory::Open => {}
        StateCategory::Hold => waits(workflow, record, hold_reason, at),
        StateCategory::Resolved => record.set_resolved_at(Some(at)),
        StateCategory::Closed => record.set_closed_at(Some(at)),
    }
}

/// Marks a record that is on hold as waiting since `at`, unless it says since when.
pub fn waits(
    workflow: &Workflow,
    record: &mut Record,
    hold_reason: Option<&StateName>,
    at: Timestamp,
) {
    let status = record.status().clone();
    let is_marked = record.holds().last().is_some_and(|hold| hold.until.is_none());
    if workflow.category(&status) != StateCategory::Hold || is_marked {
        return;
    }
    let reason = hold_reason.unwrap_or(&status).clone();
    if let Some(holds) = record.holds_mut() {
        holds.push(Hold { reason, from: at, until: None });
    }
}

/// Moves a record to `target`, where it was at `at`. A hold that goes on for
/// another reason begins anew.
pub fn follow(
    workflow: &Workflow,
    record: &mut Record,
    target: &StateName,
    hold_reason: Option<&StateName>,
    at: Timestamp,
) {
    if record.status() != target {
        enter(workflow, record, target, hold_reason, at);
        return;
    }
    if workflow.category(target) == StateCategory::Hold
        && let Some(reason) = hold_reason
        && let Some(holds) = record.holds_mut()
        && let Some(hold) = holds.last_mut()
        && hold.until.is_none()
        && hold.reason != *reason
    {
        hold.until = Some(at);
        holds.push(Hold { reason: reason.clone(), from: at, until: None });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format;
    use crate::model::Kind;
    use crate::policy::defaults;

    fn workflow() -> Workflow {
        format::read_built_in(defaults::workflow(Kind::Incident)).expect("a workflow")
    }

    fn record(status: &str) -> Record {
        let text = format!(
            "id: INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q\ntitle: t\nstatus: {status}\nimpact: low\n\
             urgency: low\npriority: P5\nopened_at: 2026-11-22T09:12:04Z\nopened_by: alice\n\
             updated_at: 2026-11-22T09:12:04Z\n"
        );
        format::read_record_any(Kind::Incident, text.as_bytes()).expect("a record")
    }

    fn state(name: &str) -> StateName {
        StateName::new(name).expect("a state")
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn a_life_leaves_its_marks() {
        let workflow = workflow();
        let mut record = record("new");
        begin(&workflow, &mut record, None, at(0));
        assert_eq!(record.started_at(), None);
        let user = state("awaiting_requester");
        let mut step = |status: &str, reason: Option<&StateName>, time| {
            follow(&workflow, &mut record, &state(status), reason, at(time));
            record.clone()
        };
        step("in_progress", None, 10);
        step("on_hold", Some(&user), 20);
        let on_hold = step("on_hold", Some(&state("awaiting_vendor")), 30);
        assert_eq!(on_hold.holds().len(), 2, "another reason is another span");
        assert_eq!(on_hold.holds()[0].until, Some(at(30)));
        step("on_hold", None, 35);
        step("resolved", None, 40);
        let again = step("in_progress", None, 50);
        assert_eq!((again.reopen_count(), again.resolved_at()), (1, None));
        // No transition leads there; it was so nevertheless.
        let closed = step("closed", None, 60);
        assert_eq!(closed.started_at(), Some(at(10)), "kept from the first time");
        assert_eq!((closed.resolved_at(), closed.closed_at()), (None, Some(at(60))));
        let holds: Vec<_> = closed.holds().iter().map(|h| (h.reason.as_str(), h.until)).collect();
        assert_eq!(
            holds,
            [("awaiting_requester", Some(at(30))), ("awaiting_vendor", Some(at(40)))]
        );
        let open = step("new", None, 70);
        assert_eq!((open.reopen_count(), open.closed_at()), (2, None));
    }

    #[test]
    fn a_life_may_begin_anywhere() {
        let workflow = workflow();
        for (status, marks) in [
            ("new", (None, None, None, 0)),
            ("in_progress", (Some(at(5)), None, None, 0)),
            ("on_hold", (None, None, None, 1)),
            ("resolved", (None, Some(at(5)), None, 0)),
            ("closed", (None, None, Some(at(5)), 0)),
        ] {
            let mut record = record(status);
            begin(&workflow, &mut record, None, at(5));
            let found = (
                record.started_at(),
                record.resolved_at(),
                record.closed_at(),
                record.holds().len(),
            );
            assert_eq!(found, marks, "{status}");
        }
    }
}

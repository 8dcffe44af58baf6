//! How satisfied the requester was: asked when a ticket is resolved, answered
//! once for each time that it is.

use super::Workflow;
use crate::model::{
    PersonId, Record, RecordId, StateCategory, StateName, Survey, Timestamp, paragraph,
};

/// Why an answer to the survey is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SurveyRefusal {
    /// The work is not done yet.
    #[error("{} is {status}; satisfaction is asked when it is resolved", id.short())]
    TooEarly { id: RecordId, status: StateName },
    /// It ended without being resolved.
    #[error("{} is {status} and was never resolved; nobody is asked about it", id.short())]
    NotResolved { id: RecordId, status: StateName },
    /// It was answered before.
    #[error("{} was rated by {by} already, with {points}", id.short())]
    Answered { id: RecordId, by: PersonId, points: u32 },
    /// Somebody else's ticket.
    #[error("{} was asked for by {requester}, not by {by}", id.short())]
    NotTheRequester { id: RecordId, requester: PersonId, by: PersonId },
    /// Not on the scale.
    #[error("{points} is not from 1 (very dissatisfied) to 5 (very satisfied)")]
    Points { points: u32 },
    /// Nobody asks for a configuration item.
    #[error("{} is no ticket", id.short())]
    NoTicket { id: RecordId },
}

impl SurveyRefusal {
    /// What to do instead.
    pub fn hint(&self) -> Option<String> {
        match self {
            SurveyRefusal::NotTheRequester { requester, .. } => {
                Some(format!("what {requester} told you is recorded with `--from {requester}`"))
            }
            SurveyRefusal::Answered { .. } => {
                Some("a ticket that is reopened can be rated anew once it is resolved".to_owned())
            }
            SurveyRefusal::Points { .. } => {
                Some("for example `gitsm csat ID 4 -m \"Quick.\"`".to_owned())
            }
            SurveyRefusal::NoTicket { .. } => {
                Some("incidents, requests, problems and changes can be rated".to_owned())
            }
            SurveyRefusal::TooEarly { id, .. } => {
                Some(format!("see what leads there with `gitsm actions {}`", id.short()))
            }
            SurveyRefusal::NotResolved { id, .. } => {
                Some(format!("say it with `gitsm note {} -m TEXT`", id.short()))
            }
        }
    }
}

/// Whether requesters are asked about tickets that are in `status`: those that
/// are resolved, or were before they were closed. What was cancelled, or merged
/// into another ticket, was not; in a workflow that resolves nothing, closing
/// does. `resolution` is the code.
pub fn is_asked(
    workflow: &Workflow,
    status: &StateName,
    was_resolved: bool,
    resolution: Option<&StateName>,
) -> bool {
    let of =
        |category: StateCategory| workflow.states.values().any(|state| state.category == category);
    match workflow.category(status) {
        StateCategory::Open | StateCategory::Hold => false,
        StateCategory::Resolved => true,
        StateCategory::Closed => {
            !resolution.is_some_and(|code| WITHOUT.contains(&code.as_str()))
                && (was_resolved || !of(StateCategory::Resolved))
        }
    }
}

/// The codes of what ended without being resolved.
const WITHOUT: [&str; 2] = ["cancelled", "duplicate"];

/// Records how satisfied `by` was with the ticket.
///
/// # Errors
///
/// The ticket is not resolved, was rated since, or is somebody else's. It is
/// then unchanged.
pub fn rate(
    workflow: &Workflow,
    record: &mut Record,
    points: u32,
    text: Option<&str>,
    by: &PersonId,
    now: Timestamp,
) -> Result<(), SurveyRefusal> {
    let id = record.id();
    if !record.kind().is_ticket() {
        return Err(SurveyRefusal::NoTicket { id });
    }
    if !Survey::POINTS.contains(&points) {
        return Err(SurveyRefusal::Points { points });
    }
    let category = workflow.category(record.status());
    let status = record.status().clone();
    if category.is_open() {
        return Err(SurveyRefusal::TooEarly { id, status });
    }
    let code = record.resolution().map(|resolution| &resolution.code);
    if !is_asked(workflow, &status, record.resolved_at().is_some(), code) {
        return Err(SurveyRefusal::NotResolved { id, status });
    }
    if let Some(survey) = record.csat() {
        return Err(SurveyRefusal::Answered { id, by: survey.by.clone(), points: survey.points });
    }
    if let Some(requester) = record.requester().filter(|requester| *requester != by) {
        let (requester, by) = (requester.clone(), by.clone());
        return Err(SurveyRefusal::NotTheRequester { id, requester, by });
    }
    let text = text.and_then(paragraph);
    record.set_csat(Some(Survey { points, at: now, by: by.clone(), text }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format;
    use crate::model::Kind;
    use crate::policy::defaults;

    fn rated(status: &str, requester: &str, points: u32, by: &str) -> Result<(), SurveyRefusal> {
        let workflow = format::read_built_in(defaults::workflow(Kind::Incident)).expect("one");
        let text = format!(
            "id: INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q\ntitle: t\nstatus: {status}\nimpact: low\n\
             urgency: low\npriority: P5\n{requester}opened_at: 2026-11-22T09:12:04Z\n\
             opened_by: alice\nupdated_at: 2026-11-22T09:12:04Z\n"
        );
        let mut record =
            format::read_record_any(Kind::Incident, text.as_bytes()).expect("a record");
        let by = PersonId::new(by).expect("a name");
        let now = Timestamp::from_seconds(1);
        rate(&workflow, &mut record, points, Some("thanks"), &by, now)?;
        let again = rate(&workflow, &mut record, 5, None, &by, now);
        assert!(matches!(again, Err(SurveyRefusal::Answered { points: 4, .. })), "{again:?}");
        Ok(())
    }

    #[test]
    fn closing_resolves_where_nothing_else_does() {
        let mut workflow: Workflow =
            format::read_built_in(defaults::workflow(Kind::Incident)).expect("one");
        let state = |name: &str| StateName::new(name).expect("a name");
        let (closed, code) = (state("closed"), state("cancelled"));
        assert!(!is_asked(&workflow, &closed, false, None));
        workflow.states.retain(|_, state| state.category != StateCategory::Resolved);
        assert!(is_asked(&workflow, &closed, false, None));
        assert!(!is_asked(&workflow, &closed, true, Some(&code)));
        assert!(!is_asked(&workflow, &state("new"), true, None));
    }

    #[test]
    fn a_ticket_is_rated_once_by_its_requester() {
        assert_eq!(rated("resolved", "requester: bob\n", 4, "bob"), Ok(()));
        let closed = "resolved_at: 2026-11-22T10:00:00Z\n";
        assert_eq!(rated("closed", closed, 4, "anybody"), Ok(()));
        for status in ["closed", "cancelled"] {
            let never = rated(status, "", 4, "anybody");
            assert!(matches!(never, Err(SurveyRefusal::NotResolved { .. })), "{never:?}");
        }
        let early = rated("in_progress", "", 4, "bob");
        assert!(matches!(early, Err(SurveyRefusal::TooEarly { .. })), "{early:?}");
        let other = rated("resolved", "requester: bob\n", 4, "carol");
        assert!(matches!(other, Err(SurveyRefusal::NotTheRequester { .. })), "{other:?}");
        for points in [0, 6] {
            let off = rated("resolved", "", points, "bob");
            assert_eq!(off, Err(SurveyRefusal::Points { points }));
        }
    }
}

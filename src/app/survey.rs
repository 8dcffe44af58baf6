//! Recording how satisfied requesters were, and the figure that comes of it.

use super::listed::Wanted;
use super::write::Work;
use super::{Session, listed, resolve};
use crate::error::{CommandError, ErrorKind};
use crate::model::RecordId;
use crate::outcome::{CsatView, PageError};
use crate::policy::survey::{self, SurveyRefusal, rate};
use crate::query::{Query, Row};
use crate::report;

impl From<SurveyRefusal> for CommandError {
    fn from(error: SurveyRefusal) -> Self {
        let kind = match &error {
            SurveyRefusal::Points { .. } | SurveyRefusal::NoTicket { .. } => ErrorKind::Usage,
            _ => ErrorKind::Refused,
        };
        let hint = error.hint();
        let error = CommandError::new(kind, &error);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

/// Records how satisfied `from` (the acting person, if absent) was.
pub(super) fn answer(
    work: &mut Work<'_>,
    id: RecordId,
    points: u32,
    text: Option<&str>,
    from: Option<&str>,
) -> Result<(), CommandError> {
    let by = match from {
        Some(person) => resolve::person(work.policy, work.actor, person, true, work.session)?,
        None => work.actor.clone(),
    };
    let policy = work.policy;
    let now = work.session.now();
    let record = work.record(id)?;
    rate(policy.workflow_of(record), record, points, text, &by, now)?;
    Ok(())
}

/// How satisfied requesters were with the tickets that match and were resolved.
///
/// # Errors
///
/// The query does not fit the desk, or the index cannot be read.
pub fn csat(session: &Session, query: &Query, text: &str) -> Result<CsatView, CommandError> {
    let selection = super::read::checked(session, query)?;
    let listed = listed::rows(session, selection, Vec::new(), Wanted::Whole, false)?;
    let policy = session.policy()?;
    let is_asked = |row: &Row| {
        let workflow = policy.workflows.in_domain(row.kind, row.domain.as_ref());
        let (was_resolved, code) = (row.resolved_at.is_some(), row.resolution.as_ref());
        row.kind.is_ticket() && survey::is_asked(workflow, &row.status, was_resolved, code)
    };
    let mut rated = Vec::new();
    listed
        .rows
        .each(|row| {
            if is_asked(&row.row) {
                rated.push(row.row.csat);
            }
            Ok::<(), PageError>(())
        })
        .map_err(|error| CommandError::new(ErrorKind::Internal, error))?;
    Ok(report::csat(session.now(), text, rated))
}

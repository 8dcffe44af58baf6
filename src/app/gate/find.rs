//! Which change covers what is asked.

use super::GateRequest;
use super::USUAL;
use crate::app::Session;
use crate::error::CommandError;
use crate::model::{Record, RecordId, StateCategory};

/// The change that was named, or the one that brings the commit or artefact to
/// the environment; none, where there is none.
///
/// # Errors
///
/// Several are meant, or the index cannot be read.
pub(super) fn change(
    session: &Session,
    request: &GateRequest,
) -> Result<Option<RecordId>, CommandError> {
    if let Some(text) = &request.id {
        return match &session.candidates(text)?[..] {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            several => {
                Err(CommandError::not_found(format!("`{text}` names {} records", several.len()))
                    .hint("give more of the id"))
            }
        };
    }
    let Some(repository) = &request.repository else { return Ok(None) };
    let environment = request.environment.as_deref().unwrap_or(USUAL);
    for version in [&request.artefact, &request.commit].into_iter().flatten() {
        let found = session.index()?.deployments(repository, environment, version)?;
        if let Some(id) = only(session, &found)? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The one that is not over; where all are, the newest.
fn only(session: &Session, found: &[RecordId]) -> Result<Option<RecordId>, CommandError> {
    if found.len() < 2 {
        return Ok(found.first().copied());
    }
    let policy = session.policy()?;
    let mut open = Vec::new();
    for id in found {
        let record: Record = super::facts::whole_record(session, *id)?;
        let category = policy.category_of(&record);
        if matches!(category, StateCategory::Open | StateCategory::Hold) {
            open.push(*id);
        }
    }
    match &open[..] {
        [] => Ok(found.first().copied()),
        [one] => Ok(Some(*one)),
        several => {
            let names: Vec<String> = several.iter().map(|id| id.short()).collect();
            Err(CommandError::invalid(format!("several changes cover it: {}", names.join(", ")))
                .hint("name the one that is meant: `gitsm change gate ID`"))
        }
    }
}

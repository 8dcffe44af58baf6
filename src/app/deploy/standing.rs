//! The changes about one environment: what stands there, and which change stands
//! for something.

use super::super::write::{Work, load};
use crate::app::Session;
use crate::error::CommandError;
use crate::model::{Change, ChangeOutcome, Record, RecordId};
use crate::policy::deployment::Standing;

/// How many changes are looked at for what stands in an environment.
const ATTEMPTED: usize = 50;
/// How many open changes are compared with one that is raised.
const OPEN: usize = 20;

/// What stands in an environment, as the desk has it at the start of the command.
pub(super) fn load_standing(
    session: &Session,
    repository: &str,
    environment: &str,
) -> Result<Standing, CommandError> {
    let ids = session.index()?.attempted(repository, environment, ATTEMPTED)?;
    Ok(Standing::of(&changes(session, &ids)?, environment))
}

/// The same, on top of which the action is.
pub(super) fn now(
    work: &Work<'_>,
    repository: &str,
    environment: &str,
) -> Result<Standing, CommandError> {
    let index = work.session.index()?;
    if let Some(commit) = work.snapshot.commit() {
        index.catch_up(commit)?;
    }
    let ids = index.attempted(repository, environment, ATTEMPTED)?;
    let changes: Vec<Change> = ids.into_iter().filter_map(|id| as_change(work.peek(id))).collect();
    Ok(Standing::of(&changes, environment))
}

/// The changes that may stand for a commit or artefact, those that are not over
/// first, and of these the newest; what was made up for a deployment that nobody
/// had allowed comes last.
pub(super) fn candidates(
    work: &Work<'_>,
    repository: &str,
    environment: &str,
    commit: &str,
    artefact: Option<&str>,
) -> Result<Vec<RecordId>, CommandError> {
    let index = work.session.index()?;
    let mut ids = Vec::new();
    for version in artefact.into_iter().chain([commit]) {
        for id in index.deployments(repository, environment, version)? {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    let is_made_up =
        |id: &RecordId| as_change(work.peek(*id)).is_some_and(|change| change.is_unauthorised());
    ids.sort_by_key(is_made_up);
    Ok(ids)
}

/// Whether a change still stands for what it deploys: it is not over, or it is
/// what stands there. What was cancelled, failed, or has been replaced by
/// something else since has to be asked for again.
pub(super) fn in_force(change: &Change, is_open: bool, standing: &Standing) -> bool {
    if is_open {
        return true;
    }
    match standing.now() {
        _ if change.deploys.is_empty() => {
            change.outcome == Some(ChangeOutcome::Successful) && standing.now().is_none()
        }
        Some(now) => now.change == change.id,
        None => false,
    }
}

/// The open changes about an environment, the newest first.
pub(super) fn open(
    session: &Session,
    repository: &str,
    environment: &str,
) -> Result<Vec<Change>, CommandError> {
    let ids = session.index()?.undeployed(repository, environment, OPEN)?;
    changes(session, &ids)
}

/// The change that stands for a commit or artefact: see [`super::find`].
pub(super) fn find(
    session: &Session,
    (repository, environment): (&str, &str),
    commit: Option<&str>,
    artefact: Option<&str>,
) -> Result<Option<RecordId>, CommandError> {
    let index = session.index()?;
    let mut found: Option<RecordId> = None;
    for version in artefact.into_iter().chain(commit) {
        let ids = index.deployments(repository, environment, version)?;
        for change in changes(session, &ids)? {
            let Some(deployment) = &change.deployment else { continue };
            let same = match (artefact, deployment.artefact.as_deref()) {
                (Some(wanted), Some(artefact)) => wanted == artefact,
                _ => commit.is_some() && commit == deployment.commit.as_deref(),
            };
            if same && !change.is_unauthorised() {
                return Ok(Some(change.id));
            }
            found = found.or(Some(change.id).filter(|_| same));
        }
    }
    Ok(found)
}

/// Those of `ids` that are changes and can be read: one bad file hides no other.
fn changes(session: &Session, ids: &[RecordId]) -> Result<Vec<Change>, CommandError> {
    if session.past().is_some() {
        return Ok(ids.iter().filter_map(|id| as_change(session.record(*id))).collect());
    }
    let snapshot = session.snapshot()?;
    Ok(ids.iter().filter_map(|id| as_change(load(&snapshot, *id))).collect())
}

fn as_change(record: Result<Record, CommandError>) -> Option<Change> {
    match record {
        Ok(Record::Change(change)) => Some(change),
        Ok(_) | Err(_) => None,
    }
}

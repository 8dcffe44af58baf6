//! The gate on the remote's trunk: what was not pushed does not count.

use std::time::Duration;

use super::{GateRequest, Known, answer, name_environment};
use crate::app::{Session, deployments};
use crate::error::CommandError;
use crate::policy::gate::{Answer, Heals};
use crate::store::{Fetched, StoreError};

/// How long a remote may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Asks the trunk of the desk's remote, as it is there now.
///
/// # Errors
///
/// The remote cannot be reached, or has lost what it had before; and as
/// [`answer`].
pub(super) fn ask(
    session: &Session,
    request: &GateRequest,
    known: &mut Known,
) -> Result<Answer, CommandError> {
    if session.store.is_shallow() {
        return Err(StoreError::Shallow.into());
    }
    let fetched = match session.store.fetch_trunk(LIMIT) {
        Ok(fetched) => fetched,
        Err(error) => {
            let rewritten = matches!(error, StoreError::Rewritten { .. });
            known.heals = if rewritten { Heals::Never } else { Heals::ByPeople };
            last_seen(session, request, known);
            return Err(error.into());
        }
    };
    known.remote = Some(fetched.remote.clone());
    known.warnings.extend(told(session, &fetched));
    if session.store.head()? == fetched.commit {
        return answer(session, request, known);
    }
    let there = session.as_of(&fetched.commit.to_string())?.dated(session.now());
    answer(&there, request, known)
}

/// What the remote said of the environment when it was last reached: what stands
/// here and was not pushed opens nothing.
fn last_seen(session: &Session, request: &GateRequest, known: &mut Known) {
    let Some(name) = request.environment.as_deref() else { return };
    let settings = || {
        let commit = session.store.last_fetched()?;
        deployments::settings(&session.store.snapshot_at(commit).ok()?).ok()
    };
    if let Some(settings) = settings() {
        name_environment(Some(name), &settings, known);
    }
}

/// What one should know of the local trunk.
fn told(session: &Session, fetched: &Fetched) -> Option<String> {
    let head = session.store.head().ok()?;
    if head == fetched.commit {
        return None;
    }
    let follows = |before, after| matches!(session.store.is_ancestor(before, after), Ok(true));
    let there = &fetched.remote;
    Some(if follows(head, fetched.commit) {
        format!("this desk lacks commits that {there} has; those of {there} count")
    } else if follows(fetched.commit, head) {
        format!("this desk has commits that {there} lacks; they do not count")
    } else {
        format!("this desk and {there} have gone different ways; what {there} has counts")
    })
}

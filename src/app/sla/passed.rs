//! Which thresholds of open commitments have been passed.

use super::story;
use crate::app::Session;
use crate::error::CommandError;
use crate::model::{RecordId, TeamId, Timestamp};
use crate::policy::Policy;
use crate::policy::sla::{Terms, reckon};

/// A threshold that was passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::app) struct Passed {
    /// The commitment.
    pub name: String,
    /// When the commitment came to apply; one record may have it again.
    pub attached: Timestamp,
    /// The part of the target that was used up.
    pub percent: u16,
    pub at: Timestamp,
    /// When all of it is used up.
    pub due: Option<Timestamp>,
    /// The team to which the record is to go then.
    pub team: Option<TeamId>,
}

/// The thresholds of the record's open commitments that have been passed, in
/// order of time.
///
/// # Errors
///
/// The record's history cannot be read.
pub(in crate::app) fn passed(
    session: &Session,
    policy: &Policy,
    terms: &Terms,
    id: RecordId,
) -> Result<Vec<Passed>, CommandError> {
    let Some(life) = story::life(session, policy, id)? else { return Ok(Vec::new()) };
    let now = session.now();
    let mut passed = Vec::new();
    for commitment in reckon(&life, terms).iter().filter(|commitment| commitment.is_open()) {
        for threshold in &commitment.thresholds {
            if let Some(at) = threshold.at
                && commitment.has_passed(threshold, now)
            {
                let of = terms.definitions.iter().find(|each| each.name == commitment.name);
                passed.push(Passed {
                    team: of.and_then(|of| of.escalates_to(threshold.percent)).cloned(),
                    name: commitment.name.to_string(),
                    attached: commitment.attached,
                    percent: threshold.percent,
                    at,
                    due: commitment.due,
                });
            }
        }
    }
    passed.sort_by_key(|each| (each.at, each.percent));
    Ok(passed)
}

//! Which thresholds of open commitments have been passed.

use std::collections::HashMap;

use super::bulk;
use crate::app::Session;
use crate::error::CommandError;
use crate::model::{RecordId, TeamId, Timestamp};
use crate::policy::sla::{Life, Terms, reckon};

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

/// The thresholds of each record's open commitments that have been passed, in
/// order of time; records without any are left out.
///
/// # Errors
///
/// The history cannot be read.
pub(in crate::app) fn passed(
    session: &Session,
    terms: &Terms,
    ids: &[RecordId],
) -> Result<HashMap<RecordId, Vec<Passed>>, CommandError> {
    let now = session.now();
    let mut all = HashMap::new();
    bulk::lives(session, terms, ids, false, |id, life| {
        let passed = life.map(|life| of(life, terms, now)).unwrap_or_default();
        if !passed.is_empty() {
            all.insert(id, passed);
        }
    })?;
    Ok(all)
}

fn of(life: &Life, terms: &Terms, now: Timestamp) -> Vec<Passed> {
    let mut passed = Vec::new();
    for commitment in reckon(life, terms).iter().filter(|commitment| commitment.is_open()) {
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
    passed
}

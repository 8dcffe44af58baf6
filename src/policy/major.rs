//! Major incidents: proposed, promoted or declined.
//!
//! After ServiceNow's major incident process: a candidate is proposed, and a
//! promoted one is closed by hand and with a review only, which is written after
//! it was resolved.

use super::Workflow;
use crate::model::{Major, Record, RecordId, Relation, StateCategory, StateName};

/// Why an incident cannot be called a major one, or not any more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MajorRefusal {
    /// Work on it has ended.
    #[error("{} is {status}; only an open incident can become a major one", id.short())]
    NotOpen { id: RecordId, status: StateName },
    /// It is part of another one, which is to be looked at instead.
    #[error("{} is a child of {}", id.short(), parent.short())]
    Child { id: RecordId, parent: RecordId },
    /// It stands there already, or past it.
    #[error("{} is {is} already", id.short())]
    Already { id: RecordId, is: Major },
    /// It is a major one and was resolved as such: what is left is its review.
    #[error("{} is {status}; a major incident is declined while it is open", id.short())]
    Ended { id: RecordId, status: StateName },
    /// Nobody thinks that it is one.
    #[error("{} is not proposed as a major incident", id.short())]
    NotProposed { id: RecordId },
    /// Only incidents can be major.
    #[error("{} is no incident", .0.short())]
    NoIncident(RecordId),
}

impl MajorRefusal {
    /// What to do instead, if there is something to say.
    pub fn hint(&self) -> Option<String> {
        match self {
            MajorRefusal::Child { parent, .. } => {
                Some(format!("gitsm incident promote {}", parent.short()))
            }
            MajorRefusal::NotProposed { id } => {
                Some(format!("gitsm incident propose {} -m \"why\"", id.short()))
            }
            MajorRefusal::Ended { id, .. } => Some(format!(
                "record the review with `gitsm incident review {0} -m TEXT`, or take it up again with `gitsm incident reopen {0} -m TEXT`",
                id.short()
            )),
            MajorRefusal::NotOpen { .. }
            | MajorRefusal::Already { .. }
            | MajorRefusal::NoIncident(_) => None,
        }
    }
}

/// Takes the incident to `to`.
///
/// # Errors
///
/// It is not open, has a parent, or does not stand where that is possible; the
/// record is then unchanged.
pub fn take_to(workflow: &Workflow, record: &mut Record, to: Major) -> Result<(), MajorRefusal> {
    let id = record.id();
    let parent = record.links().iter().find(|link| link.rel == Relation::ChildOf);
    let parent = parent.map(|link| link.to);
    let (status, is_open) = {
        let status = record.status().clone();
        let is_open = workflow.category(&status).is_open();
        (status, is_open)
    };
    let Record::Incident(incident) = record else { return Err(MajorRefusal::NoIncident(id)) };
    match (incident.major, to) {
        (Some(is), _) if is == to => return Err(MajorRefusal::Already { id, is }),
        (Some(is @ Major::Promoted), Major::Proposed) => {
            return Err(MajorRefusal::Already { id, is });
        }
        (None, Major::Declined) => return Err(MajorRefusal::NotProposed { id }),
        _ => {}
    }
    if to != Major::Declined {
        if !is_open {
            return Err(MajorRefusal::NotOpen { id, status });
        }
        if let Some(parent) = parent {
            return Err(MajorRefusal::Child { id, parent });
        }
    }
    if to == Major::Declined && incident.major == Some(Major::Promoted) && !is_open {
        return Err(MajorRefusal::Ended { id, status });
    }
    if to == Major::Promoted {
        // What was written before is no review of the major incident.
        incident.review = None;
    }
    incident.major = Some(to);
    Ok(())
}

/// Whether this is a major incident.
pub const fn is_promoted(record: &Record) -> bool {
    matches!(record, Record::Incident(incident) if matches!(incident.major, Some(Major::Promoted)))
}

/// Whether a review must be written before the record is closed.
pub fn needs_review(record: &Record) -> bool {
    let Record::Incident(incident) = record else { return false };
    let is_written = incident.review.as_ref().is_some_and(|text| !text.trim().is_empty());
    is_promoted(record) && !is_written
}

/// Why a major incident must not go from a state of category `was` to one of
/// category `will_be`; `record` is as it would be then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreviewed {
    /// Its review is missing.
    Missing,
    /// It is to end without having been resolved, and so without a review.
    Unresolved,
}

/// Whether a record may be closed: a major incident is resolved first, then
/// reviewed (ServiceNow: the post-incident report comes after the resolution).
/// Where the workflow has no resolved states, the review alone is asked for.
pub fn unreviewed(
    workflow: &Workflow,
    record: &Record,
    was: StateCategory,
    will_be: StateCategory,
) -> Option<Unreviewed> {
    if will_be != StateCategory::Closed || was == StateCategory::Closed || !is_promoted(record) {
        return None;
    }
    if was.is_open() && resolves(workflow) {
        return Some(Unreviewed::Unresolved);
    }
    needs_review(record).then_some(Unreviewed::Missing)
}

fn resolves(workflow: &Workflow) -> bool {
    workflow.states.values().any(|state| state.category == StateCategory::Resolved)
}

/// What a change of an incident does wrong, whatever it was made by: the field
/// and the reason. A review is written once the incident is resolved, and does
/// not outlive a reopening; what was promoted and resolved stays a major one.
pub fn breach(
    workflow: &Workflow,
    before: &Record,
    after: &Record,
) -> Option<(&'static str, String)> {
    let (Record::Incident(old), Record::Incident(new)) = (before, after) else { return None };
    let is_open = |record: &Record| workflow.category(record.status()).is_open();
    if old.major != new.major {
        match (old.major, new.major) {
            (Some(_), None) => {
                let message = "it can be declined, but not forgotten".to_owned();
                return Some(("major", message));
            }
            (Some(Major::Promoted), Some(Major::Proposed)) => {
                return Some(("major", "it is promoted already".to_owned()));
            }
            (_, Some(Major::Declined)) if old.major != Some(Major::Promoted) => {}
            _ if is_open(before) || is_open(after) => {}
            _ => {
                let message = format!("it cannot change while the incident is {}", old.status);
                return Some(("major", message));
            }
        }
    }
    let is_stale = old.review != new.review || !is_open(before);
    if new.review.is_some() && is_stale && is_open(after) && resolves(workflow) {
        let message = format!("it is written once the incident is resolved; it is {}", new.status);
        return Some(("review", message));
    }
    None
}

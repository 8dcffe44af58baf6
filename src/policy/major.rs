//! Major incidents: proposed, promoted or declined.
//!
//! After ServiceNow's major incident process: a candidate is proposed, and a
//! promoted one is closed by hand and with a review only.

use super::Workflow;
use crate::model::{Major, Record, RecordId, Relation, StateName};

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
    incident.major = Some(to);
    Ok(())
}

/// Whether a record must have a review before it is closed.
pub const fn needs_review(record: &Record) -> bool {
    match record {
        Record::Incident(incident) => {
            matches!(incident.major, Some(Major::Promoted)) && incident.review.is_none()
        }
        _ => false,
    }
}

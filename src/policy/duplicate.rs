//! What may end as a duplicate of what, and how it ends.

use super::{Policy, Workflow, major};
use crate::model::{Record, RecordId, StateCategory, StateName};

/// How a duplicate ended, where the workflow has such a code.
pub const CODE: &str = "duplicate";

/// Why a ticket is not merged into another one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DuplicateRefusal {
    /// Nothing goes on there any more.
    #[error("{} is {status} already", original.short())]
    Closed { duplicate: RecordId, original: RecordId, status: StateName },
    /// It ends by being resolved and reviewed.
    #[error("{} is a major incident, which does not end as a duplicate", duplicate.short())]
    Major { duplicate: RecordId, original: RecordId },
}

impl DuplicateRefusal {
    /// What to do instead.
    pub fn hint(&self) -> String {
        match self {
            DuplicateRefusal::Closed { duplicate, original, .. } => format!(
                "gitsm link {} duplicate_of {}, and close it by itself",
                duplicate.short(),
                original.short()
            ),
            DuplicateRefusal::Major { duplicate, original } => {
                format!("gitsm incident merge {} --into {}", original.short(), duplicate.short())
            }
        }
    }
}

/// Whether `duplicate` may end as a duplicate of `original`, which goes on. That
/// their types fit is asked of the link between them.
///
/// # Errors
///
/// The original is closed, or the duplicate is a major incident.
pub fn may_merge(
    policy: &Policy,
    duplicate: &Record,
    original: &Record,
) -> Result<(), DuplicateRefusal> {
    let same = duplicate.kind() == original.kind();
    if same && policy.category_of(original) == StateCategory::Closed {
        let (duplicate, status) = (duplicate.id(), original.status().clone());
        return Err(DuplicateRefusal::Closed { duplicate, original: original.id(), status });
    }
    if major::is_promoted(duplicate) {
        let (duplicate, original) = (duplicate.id(), original.id());
        return Err(DuplicateRefusal::Major { duplicate, original });
    }
    Ok(())
}

/// The action by which a duplicate ends: one of that name, where the desk's own
/// workflow has it, else by being cancelled, with [`CODE`] for a resolution.
pub fn ends_by(workflow: &Workflow, duplicate: &Record) -> &'static str {
    const CANCEL: &str = "cancel";
    [CODE, CANCEL]
        .into_iter()
        .find(|name| workflow.ways(name, duplicate).next().is_some())
        .unwrap_or(CANCEL)
}

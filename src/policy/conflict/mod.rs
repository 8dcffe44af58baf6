//! Whether a change may be carried out when it is planned: what else happens
//! then, and what the maintenance windows and freezes say.
//!
//! After the conflict detection of ServiceNow. A change's items, what they
//! stand on (their parents: what they run on, depend on or are part of) and
//! what stands on them (their children) are looked at, one step each. Only
//! active changes count, times are half-open, and a conflict that somebody
//! accepted no longer counts as long as neither window moves.

mod find;
mod slots;
#[cfg(test)]
mod tests;

pub use find::find;
pub use slots::{HORIZON_DAYS, Wanted, slots};

use super::Workflow;
use super::impact::{Tie, consumer};
use super::interval::Interval;
use super::windows::ChangeWindows;
use crate::model::{
    AcceptedConflict, Change, ChangeModel, ConflictRule, PersonId, RecordId, StateCategory,
    StateName, WindowName,
};

/// A change as far as conflicts go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    pub id: RecordId,
    /// When it is to be carried out; a change without such a time cannot be in
    /// the way of others.
    pub span: Option<Interval>,
    /// The configuration items, the most important first.
    pub cis: Vec<RecordId>,
    pub assignee: Option<PersonId>,
    pub is_emergency: bool,
}

impl Planned {
    /// What `change` has to do with others.
    pub fn of(change: &Change) -> Self {
        let times = change.planned_start.zip(change.planned_end);
        Self {
            id: change.id,
            span: times.and_then(|(start, end)| Interval::new(start, end)),
            cis: change.cis.clone(),
            assignee: change.assignee.clone(),
            is_emergency: change.model == ChangeModel::Emergency,
        }
    }
}

/// Whether a change in this state is in the way of others: it was handed in and
/// neither rejected, which takes it back to where it began, nor is it over.
pub fn is_active(workflow: &Workflow, status: &StateName) -> bool {
    workflow.category(status).is_open() && !workflow.entry.contains(status)
}

/// What carrying out a change begins with.
const IMPLEMENT: &str = "implement";

/// Whether a change in this state can be carried out as far as its state goes, or
/// was; what only an override opens is no leave.
pub fn is_confirmed(workflow: &Workflow, status: &StateName, was_begun: bool) -> bool {
    let ways = workflow.transitions.get(IMPLEMENT).into_iter().flatten();
    was_begun
        || !workflow.category(status).is_open()
        || ways.into_iter().any(|way| !way.overridden && way.from.contains(status))
}

/// Whether a change in this state ended without having been begun.
pub fn is_cancelled(workflow: &Workflow, status: &StateName, was_begun: bool) -> bool {
    workflow.category(status) == StateCategory::Closed && !was_begun
}

/// What conflicts are worked out from.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// The change that is asked about.
    pub change: &'a Planned,
    /// What it accepted.
    pub accepted: &'a [AcceptedConflict],
    /// The relations that lead from and to its items; there may be others among
    /// them.
    pub ties: &'a [Tie],
    /// The active changes of the same time; there may be others among them, and
    /// the change itself.
    pub others: &'a [Planned],
    pub windows: &'a ChangeWindows,
}

/// What a change is in conflict with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum With {
    Change(RecordId),
    /// None of these maintenance windows holds it.
    Maintenance(Vec<WindowName>),
    Freeze(WindowName),
}

impl With {
    /// As a record of its acceptance says it.
    pub fn text(&self) -> String {
        match self {
            With::Change(id) => id.to_string(),
            With::Maintenance(names) => {
                names.iter().map(WindowName::as_str).collect::<Vec<_>>().join(",")
            }
            With::Freeze(name) => name.to_string(),
        }
    }

    /// Whether it is the window or freeze of this name, or one of them.
    pub fn is_called(&self, name: &str) -> bool {
        match self {
            With::Change(_) => false,
            With::Maintenance(names) => names.iter().any(|each| each.as_str() == name),
            With::Freeze(freeze) => freeze.as_str() == name,
        }
    }
}

/// One thing that is wrong with the time of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    pub rule: ConflictRule,
    pub with: With,
    /// The items at which they meet; none where it is not about items.
    pub cis: Vec<RecordId>,
    /// The time of the other change, or of the freeze.
    pub span: Option<Interval>,
    /// Whether it is only to be thought of: an emergency in a freeze, which goes
    /// on with a reason.
    pub is_warning: bool,
    /// The acceptance by which it no longer counts.
    pub accepted: Option<AcceptedConflict>,
}

impl Conflict {
    /// Whether nobody has accepted it.
    pub const fn stands(&self) -> bool {
        self.accepted.is_none()
    }
}

/// The items that stand next to some others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Around {
    pub own: Vec<RecordId>,
    /// What they stand on.
    pub parents: Vec<RecordId>,
    /// What stands on them.
    pub children: Vec<RecordId>,
}

impl Around {
    /// What stands next to `own`, itself not among it.
    pub fn of(own: &[RecordId], ties: &[Tie]) -> Self {
        let mut around = Self { own: own.to_vec(), ..Self::default() };
        for tie in ties.iter().filter(|tie| consumer(tie.link.rel).is_some()) {
            let (child, parent) = (tie.from, tie.link.to);
            match (own.contains(&child), own.contains(&parent)) {
                (true, false) => around.parents.push(parent),
                (false, true) => around.children.push(child),
                _ => {}
            }
        }
        for items in [&mut around.parents, &mut around.children] {
            items.sort();
            items.dedup();
        }
        around
    }
}

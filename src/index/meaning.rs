//! What the index must know of the desk's settings.

use std::fmt;

use super::IndexError;
use crate::model::{Record, StateCategory};
use crate::store::Snapshot;

/// Says what a record's status means in its workflow.
pub type StateOf = Box<dyn Fn(&Record) -> StateCategory>;

/// What the settings of a snapshot mean for its records.
pub struct Meaning {
    pub state_of: StateOf,
    /// Whether the settings can all be read, so that nobody need be warned.
    pub sound: bool,
}

impl fmt::Debug for Meaning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meaning").field("sound", &self.sound).finish_non_exhaustive()
    }
}

/// Reads from a snapshot's workflows what states mean. Asked only when records
/// must be read, and never for a desk that has not changed.
pub type States = dyn Fn(&Snapshot<'_>) -> Result<Meaning, IndexError>;

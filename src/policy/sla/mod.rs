//! Service level management: commitments, and the clock that measures them.
//!
//! A commitment's state is a pure function of a record's history
//! ([`Life`]), the desk's definitions ([`Terms`]) with their calendars, and
//! now. Nothing is counted up and stored, so nothing can go wrong and need
//! repair: what ServiceNow's "SLA repair" deletes and recomputes is here
//! computed whenever it is asked for.

mod clock;
mod commitment;
mod compile;
mod file;
mod life;
mod lint;
mod retell;
mod target;
#[cfg(test)]
mod tests;

pub use clock::reckon;
pub use commitment::{Commitment, Elapsed, Ending, Phase, Span, Standing, Threshold, Why};
pub use compile::{Condition, Definition, SlaError, Terms};
pub use file::{
    Cancel, CommitmentKind, DefinitionFile, FirstResponse, Metric, Reopen, SlaFile, Updates,
    ZoneSource,
};
pub use life::{Life, Moment, Told};
pub use lint::{Trap, traps};
pub use retell::{Altered, Clue, Origin, RETOLD, Reach};
pub use target::{Due, DueField, Target, TargetTable};

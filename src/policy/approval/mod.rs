//! Approvals: who must approve what, and where that stands.
//!
//! A desk says it in `.gitsm/approvals.yaml`; the votes stand in the records.
//! Nothing else is stored: [`state`] works out from both where a record's
//! approval stands, for commands, gates, lists and errors alike.

mod digest;
mod eased;
mod edge;
mod quorum;
mod seats;
mod settings;
mod span;
mod state;
#[cfg(test)]
mod tests;
mod vote;

pub use digest::{MATERIAL, digest};
pub use eased::{Stake, eased, stake};
pub use edge::{BadEdge, Edge};
pub use quorum::{BadQuorum, Percent, Quorum, Rounding};
pub(super) use seats::{led_to, named, requester_lost};
pub use settings::{ApprovalSettings, Approvers, Definition, Delegation, Mistake, Source, Step};
pub use span::{BadSpan, Span};
pub use state::{ApprovalState, Cast, Decision, Seat, StepState, Uncounted, Why, state};
pub use vote::{Ballot, VoteRefusal, ballots};

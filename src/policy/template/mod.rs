//! Change models as files: what a change of a kind that is made again and again
//! begins with, what must be filled in before it is handed in, and within which
//! bounds it is authorised beforehand.
//!
//! After ServiceNow's standard change templates and ITIL 4's change models: a
//! standard change counts as authorised only while the model that it was made
//! from is itself approved and unexpired, and the change is what was approved.

mod bounds;
mod demote;
mod file;
mod fill;
mod models;
mod requires;
mod stands;
#[cfg(test)]
mod tests;
mod vote;

pub(super) use bounds::breach;
pub use bounds::{Extent, Paths};
pub(in crate::policy) use demote::{Held, may_go};
pub use demote::{demoted, hands_in, is_assessed_anew, is_demoted, judged};
pub use file::{Bounds, ModelFile, ModelMistake, ModelVote};
pub use fill::{end, fill};
pub use models::{Models, ReadModel};
pub use requires::{Unfilled, is_placeholder, unfilled};
pub use stands::{Exceeded, against, stands, stands_with};
pub use vote::{ModelVoteRefusal, VotesChange, cast, is_vote_of, may_vote, votes_change};

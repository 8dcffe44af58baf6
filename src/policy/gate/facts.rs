//! What the gate decides by.

use super::{Ask, Witness};
use crate::model::{AcceptedConflict, Record, Timestamp};
use crate::policy::Policy;
use crate::policy::approval::ApprovalState;
use crate::policy::deployment::Tier;

/// What the gate decides by. What is `None` is not known, and what is not known
/// opens nothing.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub now: Timestamp,
    /// When the desk's last commit was made.
    pub last_commit: Option<Timestamp>,
    pub ask: &'a Ask,
    /// How much depends on the environment.
    pub tier: Tier,
    /// The environment in which it must have been deployed well before.
    pub after: Option<&'a str>,
    pub policy: &'a Policy,
    /// The change that covers it; none, if there is none.
    pub record: Option<&'a Record>,
    /// Where its approval stands.
    pub approval: Option<&'a ApprovalState>,
    /// Whether a change of what is deployed would void the votes.
    pub votes_are_about_it: bool,
    /// What has changed since the votes that no longer count, in words.
    pub changed: &'a [String],
    /// Whether it is authorised beforehand, if it is a standard change.
    pub standing: Option<&'a Standing>,
    /// Whether those by whose word it goes out said it themselves.
    pub witness: Option<&'a Witness>,
    /// The freezes that hold now.
    pub freezes: Option<&'a [Hindrance]>,
    /// What is in the way of its time and nobody has accepted.
    pub conflicts: Option<&'a [Hindrance]>,
    /// The acceptances by which freezes and conflicts are not in its way.
    pub accepted: &'a [AcceptedConflict],
    /// Whether the same was deployed well in the environment that comes before.
    pub staged: Option<bool>,
}

/// Something that is in the way of a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hindrance {
    /// What it is, in words.
    pub text: String,
    /// By what it is called where it is accepted.
    pub with: Option<String>,
    /// When it is over, if it ends by itself.
    pub until: Option<Timestamp>,
}

/// Whether a standard change is authorised beforehand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// By the model of this name; or, where its votes are not those of who is
    /// said to have cast them, why not.
    Model(String, Result<(), String>),
    /// The desk has no models, so that the word alone says it.
    NoModels,
    /// It is treated as a normal change, for these reasons.
    Not(Vec<String>),
}

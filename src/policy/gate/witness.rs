//! Whether those by whose word something goes out said it themselves.

use std::collections::BTreeSet;

use crate::model::{AcceptedConflict, Approval, Override, PersonId, TestEvidence};
use crate::policy::template::{ModelFile, ModelVote};

/// A word of somebody's, and what the desk's history says against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Testimony<T> {
    pub of: T,
    /// Why it does not count; nothing, where they committed it themselves and
    /// kept the rules.
    pub against: Option<String>,
}

/// What the desk's history says of the words that could let something out.
///
/// A file can say anything; who committed it is another question. What is not in
/// here was not looked for, and counts for nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Witness {
    /// Votes on the change.
    pub votes: Vec<Testimony<Approval>>,
    /// Everybody who was the requester of the change since it was handed in.
    pub requesters: Vec<PersonId>,
    /// Overrides of the gate.
    pub overrides: Vec<Testimony<Override>>,
    /// Evidence of tests.
    pub tests: Vec<Testimony<TestEvidence>>,
    /// Conflicts and freezes that somebody has accepted.
    pub acceptances: Vec<Testimony<AcceptedConflict>>,
    /// Votes on the change model.
    pub model: Vec<Testimony<ModelVote>>,
}

/// What speaks against one of the words that were looked for.
fn against<'a, T: PartialEq>(found: &'a [Testimony<T>], of: &T) -> Result<(), &'a str> {
    // The same word twice is no better than the worse of the two.
    let mut same = found.iter().filter(|each| each.of == *of).peekable();
    if same.peek().is_none() {
        return Err("nothing says who committed it");
    }
    match same.find_map(|each| each.against.as_deref()) {
        Some(why) => Err(why),
        None => Ok(()),
    }
}

impl Witness {
    /// Whether `vote` is the voter's own, and not of somebody who asked for the
    /// change: whoever took their name off it still wants it (ITGC control C4).
    ///
    /// # Errors
    ///
    /// Why it does not count, in words.
    pub fn vote(&self, vote: &Approval) -> Result<(), &str> {
        against(&self.votes, vote)?;
        if self.requesters.contains(&vote.by) { Err("they asked for it") } else { Ok(()) }
    }

    /// Whether the override is of whoever it says.
    ///
    /// # Errors
    ///
    /// Why it is not, in words.
    pub fn overriding(&self, of: &Override) -> Result<(), &str> {
        against(&self.overrides, of)
    }

    /// Whether the test was recorded by whoever it says.
    ///
    /// # Errors
    ///
    /// Why it was not, in words.
    pub fn test(&self, of: &TestEvidence) -> Result<(), &str> {
        against(&self.tests, of)
    }

    /// Whether the conflict was accepted by whoever it says.
    ///
    /// # Errors
    ///
    /// Why it was not, in words.
    pub fn acceptance(&self, of: &AcceptedConflict) -> Result<(), &str> {
        against(&self.acceptances, of)
    }

    /// Whether as many as must have approved the model, as it reads now, did so
    /// themselves.
    ///
    /// # Errors
    ///
    /// Why not, in words.
    pub fn model(&self, file: &ModelFile) -> Result<(), String> {
        let mut own: BTreeSet<&PersonId> = BTreeSet::new();
        let mut against_it = None;
        for vote in file.votes_for_it() {
            match against(&self.model, vote) {
                Ok(()) => {
                    own.insert(&vote.by);
                }
                Err(why) => {
                    let text = || format!("the vote of {} does not count: {why}", vote.by);
                    against_it = against_it.or_else(|| Some(text()));
                }
            }
        }
        match against_it {
            Some(why) if own.len() < file.quorum().max(1) => Err(why),
            None if own.len() < file.quorum().max(1) => Err("nobody has approved it".to_owned()),
            _ => Ok(()),
        }
    }
}

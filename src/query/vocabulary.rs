//! What a query is about besides its text: who asks, when, and what exists.

use super::TextField;
use crate::model::{CustomType, PersonId, RecordId, Timestamp, View, ViewOrigin};

/// What a query is about, apart from its text.
#[derive(Clone, Debug)]
pub struct Context {
    /// For ages and relative dates.
    pub now: Timestamp,
    /// Who `me` is.
    pub me: Option<PersonId>,
}

/// What exists on the desk. An empty list means that anything may exist.
pub trait Vocabulary {
    /// Every state of every workflow.
    fn states(&self) -> Vec<String> {
        Vec::new()
    }

    /// The people's ids.
    fn people(&self) -> Vec<String> {
        Vec::new()
    }

    /// The teams' ids.
    fn teams(&self) -> Vec<String> {
        Vec::new()
    }

    /// The teams that somebody belongs to.
    fn teams_of(&self, _person: &PersonId) -> Vec<String> {
        Vec::new()
    }

    /// The words that a field other than people and teams takes: reasons of
    /// holds, codes of resolutions, choices of the desk's own fields.
    fn words(&self, _field: &TextField) -> Vec<String> {
        Vec::new()
    }

    /// The names of the desk's own fields.
    fn custom_fields(&self) -> Vec<String> {
        Vec::new()
    }

    /// What one of the desk's own fields holds.
    fn custom_type(&self, _name: &str) -> Option<CustomType> {
        None
    }

    /// The names of what the desk promises.
    fn commitments(&self) -> Vec<String> {
        Vec::new()
    }

    /// The names of all views.
    fn views(&self) -> Vec<String> {
        Vec::new()
    }

    /// The view called `name`. If `shared`, only one that everybody has: what a
    /// view of the desk means does not depend on who asks.
    fn view(&self, _name: &str, _shared: bool) -> Option<(View, ViewOrigin)> {
        None
    }

    /// The open records whose approval is waited for; only those that wait for
    /// a vote of `person`, if one is named.
    ///
    /// # Errors
    ///
    /// Why that cannot be said, in words.
    fn waiting_for_votes(&self, _person: Option<&PersonId>) -> Result<Vec<RecordId>, String> {
        Ok(Vec::new())
    }

    /// The records that `text` may name: by id, by an ending of it, by a
    /// configuration item's name or by an external id.
    fn records(&self, text: &str) -> Vec<RecordId> {
        text.parse().into_iter().collect()
    }
}

/// Knows nothing, and so lets any name pass; of records only full ids.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoVocabulary;

impl Vocabulary for NoVocabulary {}

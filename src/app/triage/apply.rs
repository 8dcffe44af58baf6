//! Carrying out what a triage proposes.

use super::super::Action;
use super::super::Session;
use super::super::batch::{Mode, Named, perform};
use crate::error::CommandError;
use crate::model::{Patch, RecordId};
use crate::outcome::{NamedCi, Proposal, TriageView, Written};

/// The proposals of a triage that are at least so sure, in percent, and the
/// items that the text names, which are sure.
pub fn chosen(view: &TriageView, least: u8) -> (Vec<&Proposal>, Vec<&NamedCi>) {
    let proposals = view.proposals.iter().filter(|one| one.confidence >= least).collect();
    (proposals, view.concern.named.iter().collect())
}

/// Sets the fields that the proposals name, and adds the items, in one commit.
///
/// # Errors
///
/// The ticket cannot be changed, or the store cannot write.
pub fn apply_proposals(
    session: &Session,
    id: RecordId,
    (proposals, named): &(Vec<&Proposal>, Vec<&NamedCi>),
    mode: Mode,
) -> Result<Written, CommandError> {
    let set = proposals.iter().map(|one| Patch::Set(one.field.clone(), one.value.clone()));
    let add = named.iter().map(|one| Patch::Add("cis".to_owned(), one.ci.record.id.to_string()));
    let action = Action::Edit { name: "triage", patches: set.chain(add).collect() };
    let texts = [id.to_string()];
    perform(session, Named { kind: None, texts: &texts }, &action, mode)
}

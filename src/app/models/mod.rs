//! Change models: reading and checking their files, and approving them.

mod approve;
mod fill;
mod findings;
mod load;
mod view;

use crate::model::{Record, Timestamp};
use crate::policy::{Policy, template};

pub use approve::approve_model;
pub(super) use approve::author;
pub(super) use fill::chosen;
pub use fill::model_title;
pub(super) use findings::{findings, is_vote_of, of_hand, votes_in};
pub(super) use load::{FOLDER, is_one, load, path_of, paths};
pub(super) use view::find;
pub use view::{complete_models, model, models};

/// Why a standard change was handed in as a normal one, if it was.
pub(super) fn demoted(
    policy: &Policy,
    before: &Record,
    after: &Record,
    now: Timestamp,
) -> Vec<String> {
    if !template::is_demoted(before, after) {
        return Vec::new();
    }
    let mut told = after.clone();
    if let (Record::Change(was), Record::Change(told)) = (before, &mut told) {
        told.model = was.model;
    }
    let why = template::judged(policy, &told, now).err().unwrap_or_default();
    let id = after.id().short();
    let why: Vec<String> = why.iter().map(ToString::to_string).collect();
    vec![format!("{id} is treated as a normal change: {}", why.join("; "))]
}

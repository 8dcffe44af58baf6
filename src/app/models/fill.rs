//! What a new change takes from its model.

use super::view::{find, unknown};
use crate::app::Session;
use crate::error::CommandError;
use crate::model::{Change, ChangeModel, Kind, Patch, paragraph};
use crate::policy::Policy;
use crate::policy::template::ModelFile;

/// The field by which a model is named.
const MODEL: &str = "model";

/// A model with its name.
pub(in crate::app) type Chosen<'a> = (String, &'a ModelFile);

/// The model that `patches` name, or that every change of the usual kind is made
/// from, with the patches that are left.
///
/// # Errors
///
/// There is no such model, or its file cannot be read.
pub(in crate::app) fn chosen<'a>(
    policy: &'a Policy,
    kind: Kind,
    patches: &[Patch],
) -> Result<(Option<Chosen<'a>>, Vec<Patch>), CommandError> {
    let named = |patch: &&Patch| matches!(patch, Patch::Set(field, _) if field == MODEL);
    if kind != Kind::Change || policy.models.is_empty() {
        return match patches.iter().rfind(named).filter(|_| kind == Kind::Change) {
            Some(patch) if patch.value().is_some_and(|name| !is_built_in(name)) => {
                Err(unknown(policy, patch.value().unwrap_or_default()))
            }
            _ => Ok((None, patches.to_vec())),
        };
    }
    let wanted = patches.iter().rfind(named).and_then(Patch::value);
    let name = wanted.unwrap_or(ChangeModel::Normal.name());
    if policy.models.get(name).is_none() {
        return match is_built_in(name) {
            true => Ok((None, patches.to_vec())),
            false => Err(unknown(policy, name)),
        };
    }
    let (name, file) = find(policy, name)?;
    let rest = patches.iter().filter(|patch| patch.field() != MODEL).cloned().collect();
    Ok((Some((name.to_string(), file)), rest))
}

fn is_built_in(name: &str) -> bool {
    name.parse::<ChangeModel>().is_ok()
}

/// Gives a new change what its model says; what a person says comes after it.
pub(in crate::app) fn fill(change: &mut Change, name: &str, file: &ModelFile) {
    let text = |text: &Option<String>| text.as_deref().and_then(paragraph);
    change.model = file.model;
    change.template = Some(name.to_owned());
    change.risk = file.risk;
    change.description = text(&file.description);
    change.implementation_plan = text(&file.implementation_plan);
    change.test_plan = text(&file.test_plan);
    change.backout_plan = text(&file.backout_plan);
    change.service.clone_from(&file.service);
    change.cis.clone_from(&file.cis);
    change.category.clone_from(&file.category);
    change.team.clone_from(&file.team);
}

/// The planned end that follows from a planned start.
pub(in crate::app) fn end(change: &mut Change, file: &ModelFile) {
    if let (Some(start), None, Some(duration)) =
        (change.planned_start, change.planned_end, file.duration)
    {
        change.planned_end = Some(duration.after(start));
    }
}

/// The title that a change made from the model `name` has, where the person
/// gives none.
///
/// # Errors
///
/// The desk's settings cannot be read.
pub fn model_title(session: &Session, name: &str) -> Result<Option<String>, CommandError> {
    let file = session.policy()?.models.get(name).and_then(Result::ok);
    Ok(file.and_then(|file| file.title.clone()))
}

//! Which model a new change is made from.

use super::view::{find, unknown};
use crate::app::Session;
use crate::error::CommandError;
use crate::model::{ChangeModel, Kind, Patch};
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

//! What was deployed, from where and to where.

use super::words::word;
use super::{DeployedOptions, Place};
use crate::app::{Session, deployments};
use crate::error::{CommandError, ErrorKind};
use crate::model::{Change, Deployment, Record};
use crate::policy::deployment::DeploymentSettings;
use crate::store::CommitId;

/// What was deployed, from where and to where.
pub(super) struct Facts {
    /// The code repository, where it is at hand.
    pub place: Option<Place>,
    pub repository: Option<String>,
    pub environment: String,
    pub commit: Option<String>,
    pub artefact: Option<String>,
    pub service: Option<String>,
}

/// The change that somebody named.
///
/// # Errors
///
/// There is none, or it is something else.
pub(super) fn change_named(session: &Session, text: &str) -> Result<Change, CommandError> {
    match session.record(session.find(text)?)? {
        Record::Change(change) => Ok(change),
        other => {
            let (id, what) = (other.id().short(), other.kind().one());
            Err(CommandError::usage(format!("{id} is no change but {what}"))
                .hint("name the change, or leave it out: it is found by what was deployed"))
        }
    }
}

/// What was deployed: as it is said, else as the change that is named says, else
/// as the code repository has it.
///
/// # Errors
///
/// The code repository cannot be read, or nobody says what was deployed or where.
pub(super) fn facts(
    session: &Session,
    options: &DeployedOptions,
    named: Option<&Change>,
) -> Result<Facts, CommandError> {
    let known = named.and_then(|change| change.deployment.as_deref());
    let environment = options.environment.as_deref();
    let environment = environment.map(|text| word(text, "environment")).transpose()?;
    let artefact = options.artefact.as_deref();
    let artefact = artefact.map(|text| word(text, "artefact")).transpose()?;
    if let Some(change) = named {
        let environment = environment.or_else(|| known.map(|known| known.environment.clone()));
        let environment = environment.ok_or_else(|| {
            let id = change.id.short();
            CommandError::usage(format!("{id} does not say where it goes"))
                .hint("say where it was deployed with `--environment NAME`")
        })?;
        let given = options.commit.as_deref().map(|text| whole(session, options, text));
        let given = given.transpose()?;
        let same = given.is_none() && artefact.is_none();
        let of_change = |part: fn(&Deployment) -> Option<String>| known.and_then(part);
        return Ok(Facts {
            place: None,
            repository: known.map(|known| known.repository.clone()),
            environment,
            commit: given.or_else(|| of_change(|known| known.commit.clone()).filter(|_| same)),
            artefact: artefact
                .or_else(|| of_change(|known| known.artefact.clone()).filter(|_| same)),
            service: change.service.clone(),
        });
    }
    let place = place(session, options);
    let (place, name, settings) = match (place, &options.name) {
        (Ok(place), _) => {
            let (name, settings) = (place.name.clone(), place.settings.clone());
            (Some(place), name, settings)
        }
        // The host that deploys need not have the code.
        (Err(error), Some(name)) if error.kind == ErrorKind::NotFound => {
            let settings: DeploymentSettings = deployments::settings(&session.snapshot()?)?;
            (None, word(name, "name of a code repository")?, settings)
        }
        (Err(error), _) => return Err(error),
    };
    let entry = settings.repositories.get(&name);
    let environment = match environment {
        Some(environment) => environment,
        None => {
            let code = place.as_ref().map(|place| &place.code);
            let reference = match (&options.reference, code) {
                (Some(name), Some(code)) => Some(code.full_name(name)),
                (Some(name), None) => Some(name.clone()),
                (None, Some(code)) => code.head_reference(),
                (None, None) => None,
            };
            let rules = reference.as_deref().zip(entry).map(|(name, entry)| entry.deploys_of(name));
            match rules.unwrap_or_default()[..] {
                [rule] => rule.to.clone(),
                _ => {
                    return Err(CommandError::usage("nobody says where it was deployed")
                        .hint("say it with `--environment NAME`"));
                }
            }
        }
    };
    let commit = match (&options.commit, &place) {
        (Some(text), _) => Some(whole(session, options, text)?),
        (None, Some(place)) => Some(place.code.resolve("HEAD")?.to_string()),
        (None, None) if artefact.is_some() => None,
        (None, None) => {
            return Err(CommandError::usage("nobody says what was deployed")
                .hint("say it with `--commit COMMIT` or `--artefact DIGEST`"));
        }
    };
    let service = entry.and_then(|entry| entry.service.clone());
    Ok(Facts { place, repository: Some(name), environment, commit, artefact, service })
}

fn place(session: &Session, options: &DeployedOptions) -> Result<Place, CommandError> {
    Place::of(session, &options.repository, &[], options.name.as_deref(), &options.known_as)
}

/// The whole name of a commit. One that is given in full need not be at hand.
fn whole(session: &Session, options: &DeployedOptions, text: &str) -> Result<String, CommandError> {
    if let Ok(id) = text.parse::<CommitId>() {
        return Ok(id.to_string());
    }
    Ok(place(session, options)?.code.resolve(text)?.to_string())
}

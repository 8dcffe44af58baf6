//! Answers about change models.

use super::load::path_of;
use crate::app::Session;
use crate::app::nearest::nearest;
use crate::error::CommandError;
use crate::model::{ChangeModel, TemplateName, Timestamp};
use crate::outcome::{ModelField, ModelLine, ModelView, ModelVoteView, ModelsView};
use crate::policy::Policy;
use crate::policy::template::{Bounds, Exceeded, ModelFile, against};

/// The model called `name`.
///
/// # Errors
///
/// There is none, or its file cannot be read.
pub(in crate::app) fn find<'a>(
    policy: &'a Policy,
    name: &str,
) -> Result<(&'a TemplateName, &'a ModelFile), CommandError> {
    let models = &policy.models;
    let found = models.names().find(|known| known.as_str() == name);
    match (found, models.get(name)) {
        (Some(known), Some(Ok(file))) => Ok((known, file)),
        (_, Some(Err(message))) => {
            let message = format!("{}: {message}", path_of(name));
            Err(CommandError::invalid(message).hint(crate::app::error::MEND))
        }
        _ => Err(unknown(policy, name)),
    }
}

/// That there is no change model called `name`.
pub(in crate::app) fn unknown(policy: &Policy, name: &str) -> CommandError {
    let error = CommandError::not_found(format!("there is no change model `{name}`"));
    if name.parse::<ChangeModel>().is_ok() {
        let hint = "it is built in and says nothing more, as long as the desk has no file for it";
        return error.hint(hint);
    }
    let built_in = ChangeModel::ALL.iter().map(|model| model.name());
    let names = policy.models.names().map(TemplateName::as_str).chain(built_in);
    match nearest(name, names) {
        Some(near) => error.hint(format!("did you mean `{near}`?")),
        None if policy.models.is_empty() => error.hint(
            "a desk's own lie in .gitsm/models/; built in are normal, standard and emergency",
        ),
        None => error.hint("see what there is with `gitsm change model list`"),
    }
}

/// How a model stands, in a word.
fn standing(file: &ModelFile, against: &[Exceeded]) -> &'static str {
    if file.model != ChangeModel::Standard {
        return "one by one";
    }
    let expired = against.iter().any(|each| matches!(each, Exceeded::Expired { .. }));
    match against {
        [] => "approved",
        _ if expired => "expired",
        _ => "unapproved",
    }
}

/// The desk's change models.
///
/// # Errors
///
/// The desk's settings cannot be read.
pub fn models(session: &Session) -> Result<ModelsView, CommandError> {
    let policy = session.policy()?;
    let now = session.now();
    let line = |name: &TemplateName| match policy.models.get(name.as_str()) {
        Some(Ok(file)) => ModelLine {
            name: name.clone(),
            model: Some(file.model),
            about: file.about.clone().or_else(|| file.title.clone()),
            standing: standing(file, &against(&policy.models, name.as_str(), now)),
            valid_until: file.valid_until.map(|until| until.to_string()),
            votes: file.approved_by().len(),
            quorum: file.quorum(),
        },
        _ => ModelLine {
            name: name.clone(),
            model: None,
            about: None,
            standing: "unreadable",
            valid_until: None,
            votes: 0,
            quorum: 0,
        },
    };
    let models = policy.models.names().map(line).collect();
    Ok(ModelsView { schema: ModelsView::SCHEMA, models })
}

/// One change model.
///
/// # Errors
///
/// There is none of this name, or its file cannot be read.
pub fn model(session: &Session, name: &str) -> Result<ModelView, CommandError> {
    let policy = session.policy()?;
    let (name, file) = find(policy, name)?;
    let now: Timestamp = session.now();
    let against = match file.model {
        ChangeModel::Standard => against(&policy.models, name.as_str(), now),
        _ => Vec::new(),
    };
    let digest = file.digest();
    Ok(ModelView {
        schema: ModelView::SCHEMA,
        name: name.clone(),
        path: path_of(name.as_str()),
        model: file.model,
        about: file.about.clone(),
        standing: standing(file, &against),
        against: against.iter().map(ToString::to_string).collect(),
        fills: fills(session, file)?,
        requires: file.requires.clone(),
        bounds: file.bounds.as_ref().map(in_words).unwrap_or_default(),
        may_change: match file.model {
            ChangeModel::Standard => file.open_fields(),
            _ => Vec::new(),
        },
        valid_until: file.valid_until.map(|until| until.to_string()),
        quorum: file.quorum(),
        votes: file
            .approvals
            .iter()
            .map(|vote| ModelVoteView {
                by: vote.by.clone(),
                at: vote.at,
                counts: vote.digest == digest,
            })
            .collect(),
        digest,
    })
}

/// What changes made from it begin with.
fn fills(session: &Session, file: &ModelFile) -> Result<Vec<ModelField>, CommandError> {
    let mut cis = Vec::new();
    for ci in &file.cis {
        let title = session.snapshot()?.record_bytes(*ci)?;
        let record = title.and_then(|bytes| crate::format::read_record(*ci, &bytes).ok());
        cis.push(record.map_or_else(|| ci.short(), |record| record.title().to_owned()));
    }
    let fields = [
        ("title", file.title.clone()),
        ("description", file.description.clone()),
        ("risk", file.risk.map(|risk| risk.to_string())),
        ("duration", file.duration.map(|duration| duration.to_string())),
        ("service", file.service.clone()),
        ("cis", (!cis.is_empty()).then(|| cis.join(", "))),
        ("category", file.category.clone()),
        ("team", file.team.as_ref().map(ToString::to_string)),
        ("implementation_plan", file.implementation_plan.clone()),
        ("test_plan", file.test_plan.clone()),
        ("backout_plan", file.backout_plan.clone()),
    ];
    let set = fields.into_iter().filter_map(|(field, value)| Some((field, value?)));
    Ok(set.map(|(field, value)| ModelField { field, value }).collect())
}

fn in_words(bounds: &Bounds) -> Vec<String> {
    let list = |what: &str, names: &[String]| {
        (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")))
    };
    let most = |what: &str, most: Option<u64>| most.map(|most| format!("at most {most} {what}"));
    [
        bounds.risk.map(|risk| format!("risk {risk} at most")),
        list("repositories", &bounds.repositories),
        list("environments", &bounds.environments),
        list("paths", &bounds.paths),
        most("commits", bounds.commits),
        most("changed files", bounds.files),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Names of change models that begin with what was typed, with what they are for.
pub fn complete_models(session: &Session, typed: &str) -> Vec<(String, String)> {
    let Ok(policy) = session.policy() else { return Vec::new() };
    let own = policy.models.iter().map(|(name, file)| {
        let about = file.about.clone().or_else(|| file.title.clone());
        (name.to_string(), about.unwrap_or_else(|| format!("{} changes", file.model)))
    });
    let built_in =
        ChangeModel::ALL.iter().filter(|model| policy.models.get(model.name()).is_none());
    let built_in = built_in.map(|model| (model.name().to_owned(), "built in".to_owned()));
    own.chain(built_in).filter(|(name, _)| name.starts_with(typed)).collect()
}

//! Recording a deployment that no change had allowed.

use super::super::create::{self, NewRecord};
use super::super::update;
use super::super::write::Work;
use super::deployed::Recorder;
use super::incoming::Incoming;
use super::words::{person, short, word};
use super::{RaiseOptions, incoming, related};
use crate::error::CommandError;
use crate::model::{
    Change, ChangeModel, DeployRange, Deployment, Kind, Patch, Record, RecordId, one_line, summary,
};
use crate::policy::Inputs;
use crate::policy::deployment::{Standing, key};
use crate::store::CommitId;

impl Recorder<'_> {
    /// Records a deployment that no change had allowed, on an emergency change of
    /// its own: what happened must not be lost, and is to be regularised.
    ///
    /// # Errors
    ///
    /// The desk's rules refuse the change.
    pub(super) fn make_up(
        &self,
        work: &mut Work<'_>,
        standing: &Standing,
        why: Option<&(RecordId, String)>,
        told: &mut Vec<String>,
    ) -> Result<RecordId, CommandError> {
        let (session, facts) = (work.session, self.facts);
        let id = RecordId::new(Kind::Change, self.options.id.unwrap_or_else(|| session.fresh_id()));
        let (repository, environment) = (facts.repository.as_deref(), &facts.environment);
        let version = facts.commit.as_deref().map(short).or_else(|| facts.artefact.clone());
        let version = summary(&version.unwrap_or_else(|| "something".to_owned()), 24);
        let what = repository.map_or(version.clone(), |name| format!("{name} {version}"));
        let title = format!("Unauthorised deployment of {what} to {environment}");
        let mut patches = vec![
            Patch::Set("model".into(), ChangeModel::Emergency.to_string()),
            Patch::Set("tags".into(), Change::UNAUTHORISED.into()),
            Patch::Set("channel".into(), "pipeline".into()),
        ];
        patches.extend(facts.service.clone().map(|name| Patch::Set("service".into(), name)));
        let by = self.options.by.as_ref();
        let requester = by.and_then(|by| person(work.policy, by, session.now()));
        patches.extend(requester.map(|who| Patch::Set("requester".into(), who.to_string())));
        let reason = match why {
            Some((_, reason)) => reason.clone(),
            None => "no change was raised for it".to_owned(),
        };
        let new = NewRecord {
            kind: Kind::Change,
            title: one_line(&title).unwrap_or_else(|_| "Unauthorised deployment".to_owned()),
            description: Some(format!("Nobody had allowed this deployment: {reason}.")),
            status: None,
            patches,
            links: Vec::new(),
        };
        create::create(work, id, &new)?;
        let deploy = self.deploy(work);
        let deployment = self.deployment(standing)?;
        if let Record::Change(change) = work.record(id)? {
            change.deployment = deployment.map(Box::new);
            change.deploys.push(deploy);
        }
        if let Some((other, _)) = why {
            related::relate(work, id, *other, told);
        }
        let done = work.step(|work| update::act(work, id, "submit", &Inputs::default()));
        if let Err(error) = done {
            told.push(error.message);
        }
        let name = id.short();
        told.push(format!("nobody had allowed this deployment: {reason}"));
        told.push(format!(
            "it is recorded as {name}; say how it came about with `gitsm change regularise {name} -m TEXT`"
        ));
        Ok(id)
    }

    /// What the change that is made up deployed.
    fn deployment(&self, standing: &Standing) -> Result<Option<Deployment>, CommandError> {
        let facts = self.facts;
        let Some(repository) = &facts.repository else { return Ok(None) };
        let version = facts.artefact.as_deref().or(facts.commit.as_deref()).unwrap_or_default();
        let incoming = self.incoming(standing);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let by = self.options.by.as_ref().map(|by| summary(&by.to_string(), 200));
        Ok(Some(Deployment {
            key: key(repository, &facts.environment, facts.service.as_deref(), version),
            repository: repository.clone(),
            environment: facts.environment.clone(),
            reference: None,
            range: incoming.as_ref().map_or(DeployRange::Unknown, |incoming| incoming.range),
            from: standing.now().and_then(|now| now.commit.clone()),
            commit: facts.commit.clone(),
            artefact: facts.artefact.clone(),
            commit_count: incoming.as_ref().and_then(|incoming| incoming.count).map(count),
            files_changed: incoming
                .as_ref()
                .and_then(|incoming| incoming.paths.as_ref())
                .map(|paths| count(paths.len())),
            commits: incoming.map(|incoming| incoming.commits).unwrap_or_default(),
            rolls_back: None,
            by: by.filter(|by| !by.trim().is_empty()),
            pipeline: self
                .options
                .pipeline
                .as_deref()
                .map(|url| word(url, "pipeline"))
                .transpose()?,
        }))
    }

    /// What came in, as far as the code repository can be read.
    fn incoming(&self, standing: &Standing) -> Option<Incoming> {
        let (place, facts) = (self.facts.place.as_ref()?, self.facts);
        let commit: CommitId = facts.commit.as_deref()?.parse().ok()?;
        let options = RaiseOptions { artefact: facts.artefact.clone(), ..RaiseOptions::default() };
        incoming::read(place, &options, (commit, None), standing).ok()
    }
}

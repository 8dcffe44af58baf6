//! Recording what became of a deployment.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::super::create::{self, NewRecord};
use super::super::link::add_link;
use super::super::update;
use super::super::write::{Describe, Work};
use super::cover::{self, Cover};
use super::incoming::Incoming;
use super::raise::{person, short, word};
use super::standing::{self, UNAUTHORISED};
use super::{Place, Pusher, RaiseOptions, incoming, related};
use crate::app::{Session, deployments};
use crate::error::{CommandError, ErrorKind};
use crate::model::{
    Change, ChangeModel, Deploy, DeployRange, DeployResult, Deployment, Kind, Patch, Record,
    RecordId, Relation, Timestamp, one_line, paragraph, summary,
};
use crate::outcome::{DeployedView, RaisedLink};
use crate::policy::Inputs;
use crate::policy::deployment::{DeploymentSettings, Standing, key};
use crate::store::CommitId;
use crate::store::code::Code;

/// What the action is called.
const DEPLOYED: &str = "deployed";
/// A deployment can have ended so many seconds from now: clocks differ.
const AHEAD: i64 = 300;

/// What became of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeployedOptions {
    /// The change, by its name; else it is found by what was deployed.
    pub change: Option<String>,
    /// The code repository: a folder in it.
    pub repository: PathBuf,
    /// Its name, where neither its configuration nor the desk says it; with it,
    /// the repository need not be at hand.
    pub name: Option<String>,
    /// URLs under which it is known besides those of its remotes.
    pub known_as: Vec<String>,
    pub environment: Option<String>,
    /// The branch or tag that leads to the environment, where none is given.
    pub reference: Option<String>,
    pub commit: Option<String>,
    pub artefact: Option<String>,
    pub result: DeployResult,
    /// The incidents that it caused.
    pub incidents: Vec<String>,
    pub text: Option<String>,
    /// When it ended; now, if it is not said.
    pub at: Option<Timestamp>,
    pub pipeline: Option<String>,
    pub by: Option<Pusher>,
    /// Write nothing, and only say what would be written.
    pub dry_run: bool,
    /// What tells it from all others, where it is told later and perhaps again.
    #[serde(skip)]
    pub id: Option<Ulid>,
}

impl DeployedOptions {
    /// The same for when it is told later: what may be something else by then is
    /// as it is now.
    ///
    /// # Errors
    ///
    /// The code repository has no such commit.
    pub fn fixed(&self, now: Timestamp) -> Result<Self, CommandError> {
        let mut fixed = Self { at: self.at.or(Some(now)), ..self.clone() };
        let Ok(code) = Code::open(&self.repository, &[]) else { return Ok(fixed) };
        fixed.repository = code.git_dir();
        if let Some(text) = &self.commit {
            fixed.commit = Some(code.resolve(text)?.to_string());
        } else if self.change.is_none() {
            fixed.commit = Some(code.resolve("HEAD")?.to_string());
        }
        fixed.reference = self.reference.clone().or_else(|| code.head_reference());
        Ok(fixed)
    }

    /// The same as it is told by the entry `id`.
    #[must_use]
    pub fn told(&self, id: Ulid) -> Self {
        Self { id: Some(id), ..self.clone() }
    }
}

/// What was deployed, from where and to where.
struct Facts {
    /// The code repository, where it is at hand.
    place: Option<Place>,
    repository: Option<String>,
    environment: String,
    commit: Option<String>,
    artefact: Option<String>,
    service: Option<String>,
}

/// What one run of the transaction came to.
struct Done {
    record: Change,
    is_authorised: bool,
    is_new: bool,
    taken_back: Option<RecordId>,
}

/// Records what became of a deployment: see [`super::deployed`].
pub(super) fn deployed(
    session: &Session,
    options: &DeployedOptions,
) -> Result<DeployedView, CommandError> {
    let at = options.at.unwrap_or(session.now());
    if at.seconds() > session.now().seconds() + AHEAD {
        return Err(CommandError::usage(format!("{at} has not come yet"))
            .hint("record a deployment when it is over"));
    }
    let named = options.change.as_deref().map(|text| change_named(session, text)).transpose()?;
    let facts = facts(session, options, named.as_ref())?;
    let recorder = Recorder { options, facts: &facts, named: named.map(|change| change.id), at };
    let (mut done, mut told) = (None, Vec::new());
    let describe =
        Describe { batch: Some(DEPLOYED), dry_run: options.dry_run, ..Describe::default() };
    let written = session.write(describe, |work| {
        told.clear();
        done = Some(recorder.fill(work, &mut told)?);
        Ok(())
    })?;
    told.extend(written.notices.iter().cloned());
    let Some(done) = done else {
        return Err(CommandError::new(ErrorKind::Internal, "nothing was done"));
    };
    let index = session.index()?;
    let name = |id: RecordId| -> Result<String, CommandError> {
        Ok(index.shorten(&[id])?.pop().unwrap_or_else(|| id.short()))
    };
    let taken_back = done.taken_back.map(|id| -> Result<RaisedLink, CommandError> {
        let known = index.refs(&[id])?.pop().flatten();
        let title = known.map(|known| known.title).unwrap_or_default();
        Ok(RaisedLink { rel: Relation::CausedBy.name().to_owned(), id, short: name(id)?, title })
    });
    let record = done.record;
    Ok(DeployedView {
        schema: DeployedView::SCHEMA,
        dry_run: options.dry_run,
        id: record.id,
        short: name(record.id)?,
        title: record.title,
        status: record.status,
        environment: facts.environment,
        deployed_commit: facts.commit,
        artefact: facts.artefact,
        result: options.result,
        authorised: done.is_authorised,
        recorded: written.commit.is_some() || options.dry_run && done.is_new,
        commit: written.commit,
        taken_back: taken_back.transpose()?,
        notices: told,
    })
}

fn change_named(session: &Session, text: &str) -> Result<Change, CommandError> {
    match session.record(session.find(text)?)? {
        Record::Change(change) => Ok(change),
        other => {
            let (id, what) = (other.id().short(), other.kind().one());
            Err(CommandError::usage(format!("{id} is no change but {what}")))
        }
    }
}

/// What was deployed: as it is said, else as the change that is named says, else
/// as the code repository has it.
fn facts(
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

/// Records it on top of one committed state.
struct Recorder<'a> {
    options: &'a DeployedOptions,
    facts: &'a Facts,
    /// The change that somebody named.
    named: Option<RecordId>,
    at: Timestamp,
}

impl Recorder<'_> {
    fn fill(&self, work: &mut Work<'_>, told: &mut Vec<String>) -> Result<Done, CommandError> {
        let facts = self.facts;
        let standing = match &facts.repository {
            Some(name) => standing::now(work, name, &facts.environment)?,
            None => Standing::default(),
        };
        let candidates = self.candidates(work)?;
        let mut why = None;
        if let Some(id) = self.told_already(work, &candidates) {
            return self.done(work, id, is_authorised(work, id), false, None);
        }
        for id in candidates {
            let Record::Change(change) = work.peek(id)? else { continue };
            if !self.is_about(&change) {
                let id = id.short();
                why = why.or(Some((change.id, format!("{id} is about something else"))));
                continue;
            }
            match cover::of(work, &change, self.options.result, &facts.environment, &standing)? {
                Cover::Recorded => {
                    self.caused(work, id, told);
                    return self.done(work, id, is_authorised(work, id), false, None);
                }
                Cover::Allowed => {
                    let taken_back = self.record(work, id, told)?;
                    return self.done(work, id, true, true, taken_back);
                }
                Cover::Denied(reason) => why = why.or(Some((id, reason))),
            }
        }
        let id = self.make_up(work, &standing, why.as_ref(), told)?;
        self.caused(work, id, told);
        self.done(work, id, false, true, None)
    }

    fn done(
        &self,
        work: &Work<'_>,
        id: RecordId,
        is_authorised: bool,
        is_new: bool,
        taken_back: Option<RecordId>,
    ) -> Result<Done, CommandError> {
        match work.peek(id)? {
            Record::Change(record) => Ok(Done { record, is_authorised, is_new, taken_back }),
            other => Err(CommandError::usage(format!("{} is no change", other.id().short()))),
        }
    }

    /// The change on which the same entry was told before.
    fn told_already(&self, work: &Work<'_>, candidates: &[RecordId]) -> Option<RecordId> {
        let entry = self.options.id?;
        let made_up = RecordId::new(Kind::Change, entry);
        let has = |id: &RecordId| match work.peek(*id) {
            Ok(Record::Change(change)) => change.deploys.iter().any(|each| each.id == entry),
            _ => false,
        };
        candidates.iter().copied().chain([made_up]).find(has)
    }

    /// The changes that may stand for it.
    fn candidates(&self, work: &Work<'_>) -> Result<Vec<RecordId>, CommandError> {
        let facts = self.facts;
        let mut ids: Vec<RecordId> = self.named.into_iter().collect();
        if let Some(name) = &facts.repository {
            let version = facts.commit.as_deref().or(facts.artefact.as_deref()).unwrap_or_default();
            let artefact = facts.artefact.as_deref();
            let more = standing::candidates(work, name, &facts.environment, version, artefact)?;
            // Whoever names one means that one, unless it was recorded already.
            let is_more = |id: &RecordId| !ids.contains(id) && self.named.is_none();
            let more: Vec<RecordId> = more.into_iter().filter(is_more).collect();
            ids.extend(more);
        }
        Ok(ids)
    }

    /// Whether a change is about what was deployed.
    fn is_about(&self, change: &Change) -> bool {
        let Some(deployment) = &change.deployment else { return self.named == Some(change.id) };
        let facts = self.facts;
        if deployment.environment != facts.environment {
            return false;
        }
        match (facts.artefact.as_deref(), deployment.artefact.as_deref()) {
            (Some(artefact), Some(wanted)) => artefact == wanted,
            _ => facts.commit.is_none() || facts.commit == deployment.commit,
        }
    }

    fn deploy(&self, work: &Work<'_>) -> Deploy {
        let facts = self.facts;
        Deploy {
            id: self.options.id.unwrap_or_else(|| work.session.fresh_id()),
            at: self.at,
            by: work.actor.clone(),
            environment: facts.environment.clone(),
            commit: facts.commit.clone(),
            artefact: facts.artefact.clone(),
            result: self.options.result,
            text: self.options.text.as_deref().and_then(paragraph),
        }
    }

    /// Adds the attempt to the change and moves it as its workflow says.
    fn record(
        &self,
        work: &mut Work<'_>,
        id: RecordId,
        told: &mut Vec<String>,
    ) -> Result<Option<RecordId>, CommandError> {
        let deploy = self.deploy(work);
        let said = self.options.text.as_deref().and_then(paragraph);
        let (action, usual) = match self.options.result {
            DeployResult::Ok => ("complete", None),
            DeployResult::Failed => ("fail", Some("The deployment failed.")),
            DeployResult::RolledBack => ("rollback", Some("The deployment was rolled back.")),
        };
        let comment = said.or_else(|| usual.map(str::to_owned));
        let environment = &self.facts.environment;
        let is_overtaken = matches!(work.peek(id)?, Record::Change(change) if change.deploys.iter()
            .any(|each| each.environment == *environment && each.at > self.at));
        if !is_overtaken && is_offered(work, id, "implement")? {
            update::act(work, id, "implement", &Inputs::default())?;
            work.halfway(id)?;
        }
        if is_overtaken {
            // What came after it has moved the change on.
            let status = work.peek(id)?.status().clone();
            told.push(format!("{} stays {status}: something has happened there since", id.short()));
        } else if is_offered(work, id, action)? {
            let inputs = Inputs { comment, ..Inputs::default() };
            update::act(work, id, action, &inputs)?;
        } else {
            let status = work.peek(id)?.status().clone();
            told.push(format!("{} stays {status}; the deployment is recorded", id.short()));
        }
        let mut rolls_back = None;
        if let Record::Change(change) = work.record(id)? {
            change.deploys.push(deploy);
            let deployment = change.deployment.as_ref();
            rolls_back = deployment.and_then(|deployment| deployment.rolls_back);
        }
        self.caused(work, id, told);
        let taken_back = rolls_back.filter(|_| self.options.result == DeployResult::Ok);
        if let Some(earlier) = taken_back {
            self.take_back(work, id, earlier, told);
        }
        Ok(taken_back)
    }

    /// Notes on the change whose deployment this one took back that it is so.
    fn take_back(
        &self,
        work: &mut Work<'_>,
        id: RecordId,
        earlier: RecordId,
        told: &mut Vec<String>,
    ) {
        let text = format!("Taken back by {}.", id.short());
        let environment = &self.facts.environment;
        let (deploy, by) = (work.session.fresh_id(), work.actor.clone());
        let done = work.step(|work| {
            if is_offered(work, earlier, "rollback")? {
                let inputs = Inputs { comment: Some(text.clone()), ..Inputs::default() };
                update::act(work, earlier, "rollback", &inputs)?;
            }
            if let Record::Change(change) = work.record(earlier)? {
                let last = change.deploys.iter().rfind(|each| each.environment == *environment);
                let last = last.cloned();
                if last.as_ref().is_some_and(|last| last.result == DeployResult::RolledBack) {
                    return Ok(());
                }
                change.deploys.push(Deploy {
                    id: deploy,
                    at: self.at,
                    by: by.clone(),
                    environment: environment.clone(),
                    commit: last.as_ref().and_then(|last| last.commit.clone()),
                    artefact: last.as_ref().and_then(|last| last.artefact.clone()),
                    result: DeployResult::RolledBack,
                    text: paragraph(&text),
                });
            }
            Ok(())
        });
        let short = earlier.short();
        match done {
            Err(error) => told.push(format!("{short} stays as it is: {}", error.message)),
            Ok(_) => {
                let outcome = work.peek(earlier).ok();
                let is_closed = outcome.as_ref().is_some_and(|record| {
                    matches!(record, Record::Change(change)
                        if change.outcome != Some(crate::model::ChangeOutcome::RolledBack))
                });
                if is_closed {
                    let status = outcome.map(|record| record.status().to_string());
                    let status = status.unwrap_or_default();
                    told.push(format!(
                        "{short} is {status}, so that its outcome stays; that it was taken back is recorded"
                    ));
                }
            }
        }
    }

    /// Notes on incidents that the change caused them.
    fn caused(&self, work: &mut Work<'_>, id: RecordId, told: &mut Vec<String>) {
        for text in &self.options.incidents {
            let done = work.find(text).and_then(|incident| {
                work.step(|work| add_link(work, incident, Relation::CausedBy, false, id))
            });
            if let Err(error) = done {
                told.push(format!("{text} is not linked: {}", error.message));
            }
        }
    }

    /// Records a deployment that no change had allowed, on an emergency change of
    /// its own: what happened must not be lost, and is to be regularised.
    fn make_up(
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
            Patch::Set("tags".into(), UNAUTHORISED.into()),
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

/// Whether a change had allowed what it records.
fn is_authorised(work: &Work<'_>, id: RecordId) -> bool {
    let record = work.peek(id);
    !matches!(record, Ok(Record::Change(change)) if change.tags.iter().any(|tag| tag == UNAUTHORISED))
}

/// Whether the workflow has the action where the record stands.
fn is_offered(work: &Work<'_>, id: RecordId, action: &str) -> Result<bool, CommandError> {
    let record = work.peek(id)?;
    Ok(work.policy.workflow_of(&record).ways(action, &record).next().is_some())
}

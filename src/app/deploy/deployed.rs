//! Recording what became of a deployment.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::super::link::add_link;
use super::super::update;
use super::super::write::{Describe, Work};
use super::happened::{Facts, change_named, facts};
use super::{Pusher, standing};
use crate::app::Session;
use crate::error::{CommandError, ErrorKind};
use crate::model::{
    Change, ChangeOutcome, Deploy, DeployResult, Kind, Record, RecordId, Relation, Timestamp,
    paragraph,
};
use crate::outcome::{DeployedView, RaisedLink};
use crate::policy::deployment::{Cover, Standing, cover};
use crate::policy::{Inputs, Scene};

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

/// Records it on top of one committed state.
pub(super) struct Recorder<'a> {
    pub options: &'a DeployedOptions,
    pub facts: &'a Facts,
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
            match self.cover(work, &change, &standing)? {
                Cover::Recorded => {
                    self.caused(work, id, told);
                    return self.done(work, id, !change.is_unauthorised(), false, None);
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

    /// What the change means for what was deployed.
    fn cover(
        &self,
        work: &Work<'_>,
        change: &Change,
        standing: &Standing,
    ) -> Result<Cover, CommandError> {
        let (session, policy) = (work.session, work.policy);
        let approvals = work.approvals_of(&Record::Change(change.clone()))?;
        let state = |record: &Record| approvals.state(session, policy, record);
        let (actor, now) = (work.actor, session.now());
        let scene = Scene { actor, now, approvals: &state, policy: None };
        let deployment = (&*self.facts.environment, self.options.result);
        Ok(cover(policy, change, deployment, standing, &scene))
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
            other => Err(CommandError::usage(format!("{} is no change", other.id().short()))
                .hint("`gitsm list type:change` lists them")),
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

    /// The attempt, as a change keeps it.
    pub(super) fn deploy(&self, work: &Work<'_>) -> Deploy {
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
                        if change.outcome != Some(ChangeOutcome::RolledBack))
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
}

/// Whether a change had allowed what it records.
fn is_authorised(work: &Work<'_>, id: RecordId) -> bool {
    !matches!(work.peek(id), Ok(Record::Change(change)) if change.is_unauthorised())
}

/// Whether the workflow has the action where the record stands.
fn is_offered(work: &Work<'_>, id: RecordId, action: &str) -> Result<bool, CommandError> {
    let record = work.peek(id)?;
    Ok(work.policy.workflow_of(&record).ways(action, &record).next().is_some())
}

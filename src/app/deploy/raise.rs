//! Raising the change that stands for a deployment, or completing the one that
//! is there.

use std::collections::HashSet;

use super::super::create::{self, NewRecord};
use super::super::write::{Describe, Work};
use super::goals::{Goal, reference, targets};
use super::incoming::{self, Incoming};
use super::related::{self, Related};
use super::standing::{self, in_force};
use super::words::{self, About, person, word};
use super::{Place, RaiseOptions, next, way};
use crate::app::Session;
use crate::error::CommandError;
use crate::model::{
    Change, ChangeModel, DeployRange, Deployment, Kind, Patch, PersonId, Record, RecordId,
    Timestamp, summary,
};
use crate::outcome::{RaiseResult, RaiseView, RaisedChange};
use crate::policy::Policy;
use crate::policy::deployment::{Standing, key};
use crate::store::CommitId;

/// What the action is called.
const RAISE: &str = "raise";

/// Raises what `options` ask for: see [`super::raise`].
pub(super) fn raise(session: &Session, options: &RaiseOptions) -> Result<RaiseView, CommandError> {
    let place = Place::of(
        session,
        &options.repository,
        &options.objects,
        options.name.as_deref(),
        &options.known_as,
    )?;
    let mut view = RaiseView {
        schema: RaiseView::SCHEMA,
        dry_run: options.dry_run,
        repository: place.name.clone(),
        changes: Vec::new(),
        notices: Vec::new(),
    };
    let reference = reference(&place, options);
    if options.deleted {
        let what = reference.as_deref().unwrap_or("the reference");
        view.notices.push(format!("{what} was deleted: there is nothing to deploy"));
        return Ok(view);
    }
    let targets = targets(&place, options, reference.as_deref())?;
    if targets.is_empty() {
        let what = reference.as_deref().unwrap_or("it");
        let name = &place.name;
        view.notices.push(format!("{what} of {name} is not deployed anywhere by itself"));
        return Ok(view);
    }
    let ends = incoming::ends(&place, options)?;
    for target in targets {
        view.notices.extend(place.doubt(&target.environment));
        let asked = Asked { place: &place, options, target: &target, ends, reference: &reference };
        let change = asked.raise(session, &mut view.notices)?;
        view.changes.push(change);
    }
    Ok(view)
}

/// What is asked for, for one environment.
struct Asked<'a> {
    place: &'a Place,
    options: &'a RaiseOptions,
    target: &'a Goal,
    ends: (CommitId, Option<CommitId>),
    reference: &'a Option<String>,
}

/// What one run of the transaction came to.
struct Done {
    id: RecordId,
    result: RaiseResult,
    record: Change,
    next: Vec<String>,
}

impl Asked<'_> {
    fn raise(
        &self,
        session: &Session,
        notices: &mut Vec<String>,
    ) -> Result<RaisedChange, CommandError> {
        let (name, environment) = (&self.place.name, &self.target.environment);
        let standing = standing::load_standing(session, name, environment)?;
        let mut incoming = (self.read(&standing)?, standing);
        let related = self.rewritten(session, &incoming.0)?;
        let mut done = None;
        let mut told = Vec::new();
        let describe =
            Describe { batch: Some(RAISE), dry_run: self.options.dry_run, ..Describe::default() };
        let written = session.write(describe, |work| {
            // Another pipeline may have come first.
            let standing = standing::now(work, name, environment)?;
            if standing != incoming.1 {
                incoming = (self.read(&standing)?, standing);
            }
            told.clear();
            done = Some(self.fill(work, &incoming.0, &incoming.1, &related, &mut told)?);
            Ok(())
        })?;
        notices.extend(incoming.0.notices.iter().cloned());
        notices.append(&mut told);
        notices.extend(written.notices.iter().cloned());
        let Some(Done { id, result, record, next }) = done else {
            return Err(CommandError::new(crate::error::ErrorKind::Internal, "nothing was done"));
        };
        let result = match (result, &written.commit, self.options.dry_run) {
            (RaiseResult::Completed, None, false) => RaiseResult::Unchanged,
            (RaiseResult::Completed, _, true) if written.records.is_empty() => {
                RaiseResult::Unchanged
            }
            (result, ..) => result,
        };
        let short = session.index()?.shorten(&[id])?.pop().unwrap_or_else(|| id.short());
        Ok(RaisedChange {
            id,
            short,
            title: record.title.clone(),
            status: record.status.clone(),
            model: record.model,
            planned_start: record.planned_start,
            planned_end: record.planned_end,
            result,
            commit: written.commit,
            linked: related::linked(session, &record, &written.records)?,
            deployment: record.deployment.map(|boxed| *boxed).ok_or_else(|| {
                CommandError::new(crate::error::ErrorKind::Internal, "the deployment was lost")
            })?,
            next,
        })
    }

    fn read(&self, standing: &Standing) -> Result<Incoming, CommandError> {
        incoming::read(self.place, self.options, self.ends, standing)
    }

    fn version(&self) -> (String, Option<&str>) {
        (self.ends.0.to_string(), self.options.artefact.as_deref())
    }

    /// Finds the change or makes it.
    fn fill(
        &self,
        work: &mut Work<'_>,
        incoming: &Incoming,
        standing: &Standing,
        related: &Related,
        told: &mut Vec<String>,
    ) -> Result<Done, CommandError> {
        let (commit, artefact) = self.version();
        let service = self.place.entry().and_then(|entry| entry.service.as_deref());
        let mut over = None;
        let (name, environment) = (&self.place.name, &self.target.environment);
        for id in standing::candidates(work, name, environment, &commit, artefact)? {
            let Ok(Record::Change(change)) = work.peek(id) else { continue };
            if !is_same(&change, service, &commit, artefact) {
                continue;
            }
            let is_open = work.policy.category_of(&Record::Change(change.clone())).is_open();
            if in_force(&change, is_open, standing) {
                self.complete(work, id, incoming, related, told)?;
                return self.done(work, id, RaiseResult::Completed);
            }
            // A push that is told late: what stood for it then has come to its end.
            // Records keep whole seconds.
            let ended = change.resolved_at.or(change.closed_at);
            let is_before = |(at, ended): (Timestamp, Timestamp)| at.seconds() <= ended.seconds();
            if self.options.at.zip(ended).is_some_and(is_before) {
                return self.done(work, id, RaiseResult::Unchanged);
            }
            over = over.or(Some(id));
        }
        let id = self.create(work, incoming, standing, related, told)?;
        if let Some(earlier) = over {
            related::relate(work, id, earlier, told);
            told.push(format!("{} stood for the same before, and is over", earlier.short()));
        }
        let is_planned = self.options.start.is_some() || self.options.end.is_some();
        way::hand_in(work, id, is_planned, told)?;
        self.done(work, id, RaiseResult::Raised)
    }

    fn done(
        &self,
        work: &Work<'_>,
        id: RecordId,
        result: RaiseResult,
    ) -> Result<Done, CommandError> {
        let record = work.peek(id)?;
        let next = next::steps(work, &record)?;
        match record {
            Record::Change(record) => Ok(Done { id, result, record, next }),
            other => Err(CommandError::usage(format!("{} is no change", other.id().short()))
                .hint("`gitsm list type:change` lists them")),
        }
    }

    /// Adds to a change what it did not say yet.
    fn complete(
        &self,
        work: &mut Work<'_>,
        id: RecordId,
        incoming: &Incoming,
        related: &Related,
        told: &mut Vec<String>,
    ) -> Result<(), CommandError> {
        let new = self.deployment(incoming, None)?;
        let Record::Change(change) = work.record(id)? else { return Ok(()) };
        let Some(known) = &mut change.deployment else { return Ok(()) };
        known.pipeline = known.pipeline.take().or(new.pipeline);
        known.artefact = known.artefact.take().or(new.artefact);
        known.by = known.by.take().or(new.by);
        known.reference = known.reference.take().or(new.reference);
        let knows_more = known.commit_count.is_none() && new.commit_count.is_some()
            || known.commits.len() < new.commits.len() && known.from == new.from;
        if !knows_more || known.commit != new.commit {
            return Ok(());
        }
        known.range = new.range;
        known.from = new.from;
        known.commits = new.commits;
        known.commit_count = new.commit_count;
        known.files_changed = new.files_changed.or(known.files_changed);
        related::link(work, id, incoming, related, told)
    }

    /// What the change deploys.
    fn deployment(
        &self,
        incoming: &Incoming,
        rolls_back: Option<RecordId>,
    ) -> Result<Deployment, CommandError> {
        let (commit, artefact) = self.version();
        let options = self.options;
        let artefact = artefact.map(|text| word(text, "artefact")).transpose()?;
        let service = self.place.entry().and_then(|entry| entry.service.as_deref());
        let (repository, environment) = (&self.place.name, &self.target.environment);
        let version = artefact.as_deref().unwrap_or(&commit);
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let by = options.by.as_ref().map(|by| summary(&by.to_string(), 200));
        Ok(Deployment {
            key: key(repository, environment, service, version),
            repository: repository.clone(),
            environment: environment.clone(),
            reference: self.reference.as_ref().map(|name| summary(name, 250)),
            range: incoming.range,
            from: incoming.from.clone(),
            commit: Some(commit),
            artefact,
            commits: incoming.commits.clone(),
            commit_count: incoming.count.map(count),
            files_changed: incoming.paths.as_ref().map(|paths| count(paths.len())),
            rolls_back,
            by: by.filter(|by| !by.trim().is_empty()),
            pipeline: options.pipeline.as_ref().map(|url| word(url, "pipeline")).transpose()?,
        })
    }

    fn create(
        &self,
        work: &mut Work<'_>,
        incoming: &Incoming,
        standing: &Standing,
        related: &Related,
        told: &mut Vec<String>,
    ) -> Result<RecordId, CommandError> {
        let session = work.session;
        let id = RecordId::new(Kind::Change, session.fresh_id());
        let is_rollback = incoming.range == DeployRange::Rollback;
        let taken_back = standing.now().filter(|_| is_rollback).map(|now| now.change);
        let deployment = self.deployment(incoming, taken_back)?;
        let mut patches = vec![Patch::Set("channel".into(), "pipeline".into())];
        let mut set = |field: &str, value: Option<String>| {
            patches.extend(value.map(|value| Patch::Set(field.to_owned(), value)));
        };
        let (options, policy, now) = (self.options, work.policy, session.now());
        let way = way::by_model(policy, self.target.template.as_deref(), options.is_lenient, told)?;
        set("model", Some(way.name.to_owned()));
        set("service", self.place.entry().and_then(|entry| entry.service.clone()));
        set("requester", self.requester(policy, now).map(|who| who.to_string()));
        let (start, end) = way.window((options.start, options.end), now);
        set("planned_start", start.map(|at| at.to_string()));
        set("planned_end", end.map(|at| at.to_string()));
        let cis = self.cis(work, incoming, told);
        let (commit, _) = self.version();
        let about = About {
            name: &self.place.name,
            environment: &self.target.environment,
            commit: &commit,
            reference: self.reference.as_deref(),
            pushed: options.at,
        };
        set("cis", Some(cis.join(",")).filter(|cis| !cis.is_empty()));
        let new = NewRecord {
            kind: Kind::Change,
            title: way.title(words::title(&about, incoming)),
            description: Some(way.description(words::description(&about, incoming, now))),
            status: None,
            patches,
            links: Vec::new(),
        };
        create::create(work, id, &new)?;
        if let Record::Change(change) = work.record(id)? {
            change.deployment = Some(Box::new(deployment));
            let paths = incoming.paths.as_deref().filter(|_| incoming.is_all);
            if let Some(why) = way.leaves_bounds(policy, change, paths, now) {
                change.model = ChangeModel::Normal;
                told.push(format!("{} is treated as a normal change: {why}", id.short()));
            }
        }
        related::link(work, id, incoming, related, told)?;
        if let Some(taken_back) = taken_back {
            related::takes_back(work, id, taken_back, told);
        }
        if incoming.range == DeployRange::Unknown {
            told.push(format!(
                "what comes in cannot be told: {} does not have enough of its history; \
                 `git fetch --unshallow` fetches it",
                self.place.name
            ));
        }
        if incoming.is_rewritten {
            let what = self.reference.as_deref().unwrap_or("the branch");
            told.push(format!("{what} was rewritten: commits that it had are no part of it now"));
        }
        if incoming.range == DeployRange::Forced {
            told.push(format!(
                "what stands in {} is no part of what is to be deployed",
                self.target.environment
            ));
        }
        Ok(id)
    }

    /// Whoever pushed, if the desk knows them.
    fn requester(&self, policy: &Policy, now: Timestamp) -> Option<PersonId> {
        person(policy, self.options.by.as_ref()?, now)
    }

    /// The configuration items that the files concern.
    fn cis(&self, work: &Work<'_>, incoming: &Incoming, told: &mut Vec<String>) -> Vec<String> {
        let Some(entry) = self.place.entry() else { return Vec::new() };
        let paths = incoming.paths.iter().flatten().map(String::as_str);
        let mut found: Vec<String> = Vec::new();
        for item in entry.items_of(paths) {
            match work.find(item) {
                Ok(id) if id.kind() == Kind::Ci => {
                    if !found.contains(&id.to_string()) {
                        found.push(id.to_string());
                    }
                }
                Ok(id) => {
                    told.push(format!("`{item}` is {}, no configuration item", id.kind().one()));
                }
                Err(error) => told.push(error.message),
            }
        }
        found
    }

    /// The open changes whose commits come in again under other names, because
    /// somebody rewrote the branch.
    fn rewritten(&self, session: &Session, incoming: &Incoming) -> Result<Related, CommandError> {
        let mut related = Related::default();
        if !incoming.is_rewritten && incoming.range != DeployRange::Forced {
            return Ok(related);
        }
        let known: HashSet<String> = incoming.commits.iter().map(|each| each.id.clone()).collect();
        let mut own = None;
        for change in standing::open(session, &self.place.name, &self.target.environment)? {
            let Some(deployment) = &change.deployment else { continue };
            let theirs = incoming::patches(self.place, &deployment.commits, &known)?;
            if theirs.is_empty() {
                continue;
            }
            let own = match &mut own {
                Some(own) => own,
                None => {
                    own.insert(incoming::patches(self.place, &incoming.commits, &HashSet::new())?)
                }
            };
            if theirs.iter().any(|patch| own.contains(patch)) {
                related.rewritten.push(change.id);
            }
        }
        Ok(related)
    }
}

/// Whether a change stands for this deployment.
fn is_same(change: &Change, service: Option<&str>, commit: &str, artefact: Option<&str>) -> bool {
    let Some(deployment) = &change.deployment else { return false };
    let same_service = change.service.as_deref() == service || service.is_none();
    let same_version = match (artefact, deployment.artefact.as_deref()) {
        (Some(wanted), Some(artefact)) => wanted == artefact,
        _ => deployment.commit.as_deref() == Some(commit),
    };
    same_service && same_version
}

//! The facts that the gate decides by.

use serde_json::Value;

use super::witness;
use crate::app::Session;
use crate::app::approval::Approvals;
use crate::app::conflicts;
use crate::app::error::unreadable;
use crate::error::CommandError;
use crate::format;
use crate::model::{
    AcceptedConflict, Approval, Change, ChangeModel, Deployment, Kind, Record, RecordId,
    TemplateName, Timestamp, diff,
};
use crate::policy::approval::{ApprovalState, digest};
use crate::policy::conflict::Conflict;
use crate::policy::deployment::{Environment, went_well};
use crate::policy::gate::{Ask, Facts, Hindrance, Standing, Witness};
use crate::policy::interval::Interval;
use crate::policy::{Policy, template};
use crate::store::StoreError;

/// How many commits are looked back through for what has changed since a vote.
const LOOK_BACK: usize = 2_000;

/// What was found out about a change.
#[derive(Debug)]
pub(super) struct Gathered {
    last_commit: Timestamp,
    approval: Option<ApprovalState>,
    votes_are_about_it: bool,
    changed: Vec<String>,
    standing: Option<Standing>,
    witness: Witness,
    freezes: Vec<Hindrance>,
    conflicts: Vec<Hindrance>,
    accepted: Vec<AcceptedConflict>,
    staged: Option<bool>,
}

impl Gathered {
    /// What there is to know about `record`, in which `environment` it is to go.
    ///
    /// # Errors
    ///
    /// Something that must be known cannot be read.
    pub fn of(
        session: &Session,
        ask: &Ask,
        environment: &Environment,
        record: Option<&Record>,
    ) -> Result<Self, CommandError> {
        let commit = session.snapshot()?.commit().ok_or_else(|| {
            CommandError::invalid("the desk has no commit").hint("start one with `gitsm init`")
        })?;
        let last_commit = Timestamp::from_seconds(session.store.commit_info(commit)?.author.at);
        let mut gathered = Self {
            last_commit,
            approval: None,
            votes_are_about_it: false,
            changed: Vec::new(),
            standing: None,
            witness: Witness::default(),
            freezes: Vec::new(),
            conflicts: Vec::new(),
            accepted: Vec::new(),
            staged: None,
        };
        let Some(record @ Record::Change(change)) = record else { return Ok(gathered) };
        let policy = session.policy_to_judge(Kind::Change)?;
        let approvals = session.approvals()?;
        let state = approvals.state_for_sure(session, policy, record)?;
        gathered.votes_are_about_it = is_about_deployment(approvals);
        if state.voided().next().is_some() {
            gathered.changed = changed_since(session, approvals, record, &state)?;
        }
        gathered.standing = standing(policy, change, session.now())?;
        let model = match &gathered.standing {
            Some(Standing::Model(name, _)) => policy.models.get(name).and_then(Result::ok),
            _ => None,
        };
        let model = model.zip(policy.models.name_of(change));
        hindrances(session, change, &mut gathered)?;
        gathered.witness = witness::of(session, change, &state.digest, &gathered.accepted, model)?;
        if let (Some(Standing::Model(_, stands)), Some((file, _))) = (&mut gathered.standing, model)
        {
            *stands = gathered.witness.model(file);
        }
        gathered.approval = Some(state);
        if let (Some(after), Some(deployment)) = (&environment.after, &change.deployment) {
            gathered.staged = Some(is_staged(session, ask, after, deployment, change)?);
        }
        Ok(gathered)
    }

    /// The same, as the rules want it.
    pub fn facts<'a>(
        &'a self,
        now: Timestamp,
        ask: &'a Ask,
        environment: &'a Environment,
        policy: &'a Policy,
        record: Option<&'a Record>,
    ) -> Facts<'a> {
        Facts {
            now,
            last_commit: Some(self.last_commit),
            ask,
            tier: environment.tier,
            after: environment.after.as_deref(),
            policy,
            record,
            approval: self.approval.as_ref(),
            votes_are_about_it: self.votes_are_about_it,
            changed: &self.changed,
            standing: self.standing.as_ref(),
            witness: Some(&self.witness),
            freezes: Some(&self.freezes),
            conflicts: Some(&self.conflicts),
            accepted: &self.accepted,
            staged: self.staged,
        }
    }
}

/// The record `id`, every byte of which is what its name in git says.
///
/// # Errors
///
/// It is not there, no file, damaged, or says what this gitsm does not know.
pub(super) fn whole_record(session: &Session, id: RecordId) -> Result<Record, CommandError> {
    let snapshot = session.snapshot()?;
    let path = id.path();
    let (Some(bytes), Some(blob)) = (snapshot.record_bytes(id)?, snapshot.blob_of(&path)?) else {
        return Err(CommandError::not_found(format!("there is no record {id}"))
            .hint("`gitsm list type:change` lists the changes"));
    };
    if crate::store::BlobId::of(&bytes) != blob {
        let message = "its content is not what its name says".to_owned();
        return Err(StoreError::BadObject { id: blob.to_string(), message }.into());
    }
    format::read_record(id, &bytes).map_err(|error| unreadable(&path, &error))
}

/// Whether votes on changes are about what they deploy.
fn is_about_deployment(approvals: &Approvals) -> bool {
    let material = approvals.material(Kind::Change);
    let parts = ["repository", "environment", "commit", "artefact"];
    material.contains(&"deployment")
        || parts.iter().all(|part| material.contains(&&*format!("deployment.{part}")))
}

/// What has changed in `record` since the votes that no longer count were cast:
/// fields with what they were and are.
fn changed_since(
    session: &Session,
    approvals: &Approvals,
    record: &Record,
    state: &ApprovalState,
) -> Result<Vec<String>, CommandError> {
    let material = approvals.material(record.kind());
    let void: Vec<&Approval> = state.voided().collect();
    let wanted = void.last().and_then(|vote| vote.digest.as_deref());
    let Some(wanted) = wanted else { return Ok(Vec::new()) };
    let path = record.id().path();
    let (mut at, mut last) = (session.snapshot()?.commit(), None);
    for _ in 0..LOOK_BACK {
        let Some(commit) = at else { break };
        let snapshot = session.store.snapshot_at(commit)?;
        let blob = snapshot.blob_of(&path)?;
        let Some(blob) = blob else { break };
        if last != Some(blob) {
            last = Some(blob);
            let earlier = format::read_record(record.id(), &session.store.blob(blob)?);
            if let Ok(earlier) = earlier
                && digest(&earlier, material.iter().copied()) == wanted
            {
                return Ok(differences(&earlier, record, &material));
            }
        }
        at = session.store.commit_info(commit)?.parents.first().copied();
    }
    Ok(Vec::new())
}

fn differences(before: &Record, after: &Record, material: &[&str]) -> Vec<String> {
    let is_material = |field: &str| {
        material.iter().any(|name| {
            field == *name || field.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
        })
    };
    let short = |value: Option<Value>| -> String {
        let text = match value {
            None => "-".to_owned(),
            Some(Value::String(text)) => text,
            Some(other) => other.to_string(),
        };
        let text = text.trim_end().to_owned();
        let line = text.lines().next().unwrap_or_default();
        if line.len() < text.len() || line.chars().count() > 40 {
            line.chars().take(37).chain("...".chars()).collect()
        } else {
            text
        }
    };
    let changes = diff(Some(before), Some(after)).into_iter();
    changes
        .filter(|change| is_material(&change.field))
        .map(|change| format!("{} {} -> {}", change.field, short(change.from), short(change.to)))
        .collect()
}

/// Whether a standard change is authorised beforehand; nothing for others.
///
/// # Errors
///
/// The file of a change model that it may be held to cannot be read.
fn standing(
    policy: &Policy,
    change: &Change,
    now: Timestamp,
) -> Result<Option<Standing>, CommandError> {
    if change.model != ChangeModel::Standard {
        return Ok(None);
    }
    let models = &policy.models;
    let name = models.name_of(change);
    let is_meant = |each: &TemplateName| name.is_none_or(|name| each.as_str() == name);
    for each in models.names().filter(|each| is_meant(each)) {
        if let Some(Err(message)) = models.get(each.as_str()) {
            let path = crate::app::models::path_of(each.as_str());
            return Err(CommandError::invalid(format!("{path}: {message}"))
                .hint("mend the file and run `gitsm commit`; `gitsm check` lists all mistakes"));
        }
    }
    Ok(Some(match (template::stands(change, models, now), name) {
        (Ok(()), Some(name)) => Standing::Model(name.to_owned(), Err("nobody looked".to_owned())),
        (Ok(()), None) => Standing::NoModels,
        (Err(why), _) => Standing::Not(why.iter().map(ToString::to_string).collect()),
    }))
}

/// Finds the freezes that hold now, what else is in the way of its time, and by
/// which acceptances something is neither.
fn hindrances(
    session: &Session,
    change: &Change,
    gathered: &mut Gathered,
) -> Result<(), CommandError> {
    let mut found = conflicts::of(session, change)?;
    let now = session.now();
    // A freeze holds whenever the change is planned, and even if it is not.
    for freeze in conflicts::freezes_at(session, change, now)? {
        let is_same = |other: &Conflict| other.rule == freeze.rule && other.with == freeze.with;
        if !found.conflicts.iter().any(is_same) {
            found.conflicts.push(freeze);
        }
    }
    // The window may reach into a freeze that does not hold yet.
    found.conflicts.retain(|conflict| {
        !conflict.rule.is_freeze() || conflict.span.is_none_or(|span| span.holds(now))
    });
    let lines = conflicts::lines(session, change, &found.conflicts, &found.windows)?;
    for (conflict, line) in found.conflicts.into_iter().zip(lines) {
        if let Some(accepted) = conflict.accepted {
            gathered.accepted.push(accepted);
            continue;
        }
        let is_freeze = conflict.rule.is_freeze();
        let until = conflict.span.filter(|_| is_freeze).map(Interval::to);
        let hindrance = Hindrance { text: line.text, with: Some(line.with), until };
        match is_freeze {
            true => gathered.freezes.push(hindrance),
            false => gathered.conflicts.push(hindrance),
        }
    }
    Ok(())
}

/// Whether the same commit or artefact was deployed well to `after`, and not
/// taken back there.
fn is_staged(
    session: &Session,
    ask: &Ask,
    after: &str,
    deployment: &Deployment,
    change: &Change,
) -> Result<bool, CommandError> {
    let artefact = ask.artefact.as_ref().or(deployment.artefact.as_ref());
    let commit = ask.commit.as_ref().or(deployment.commit.as_ref());
    let mut deploys = change.deploys.clone();
    for version in [artefact, commit].into_iter().flatten() {
        for id in session.index()?.deployments(&deployment.repository, after, version)? {
            if id != change.id
                && let Record::Change(other) = whole_record(session, id)?
            {
                deploys.extend(other.deploys);
            }
        }
    }
    let version = (commit.map(String::as_str), artefact.map(String::as_str));
    Ok(went_well(&deploys, after, version))
}

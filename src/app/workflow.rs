//! The desk's workflows and roles: shown, and checked; what can be done with a
//! record.

use std::collections::HashSet;

use super::Session;
use super::error::bad_workflow;
use super::settings::{self, ROLES, ReadFile, WORKFLOWS};
use crate::error::CommandError;
use crate::format;
use crate::model::{Kind, Record, RecordId, StateName};
use crate::outcome::{
    ActionView, ActionsView, CheckView, ClosedAction, Finding, Severity, WorkflowState,
    WorkflowView, WorkflowWay, WorkflowsView,
};
use crate::policy::roles::RoleSettings;
use crate::policy::soundness::{self, Place};
use crate::policy::{self, Choice, Policy, Scene, Transition, Vote, Workflow, guard};

/// The workflows of the desk: of one type, if one is named, and as a domain has
/// it, if one is named. Without a type, the general ones and those of domains.
///
/// # Errors
///
/// The settings cannot be read, or there is no such domain.
pub fn workflows(
    session: &Session,
    kind: Option<Kind>,
    domain: Option<&StateName>,
) -> Result<WorkflowsView, CommandError> {
    let policy = session.policy()?;
    if let Some(domain) = domain
        && !policy.settings.domains.contains_key(domain)
    {
        let names: Vec<&str> = policy.settings.domains.keys().map(StateName::as_str).collect();
        let error = CommandError::not_found(format!("there is no domain `{domain}`"));
        return Err(if names.is_empty() {
            error.hint("domains are listed in .gitsm/desk.yaml")
        } else {
            error.hint(format!("the domains are {}", names.join(", ")))
        });
    }
    let snapshot = session.snapshot()?;
    let own = |path: String| Ok::<_, CommandError>(snapshot.blob_of(&path)?.map(|_| path));
    let mut found = Vec::new();
    let kinds = kind.map_or_else(|| Kind::ALL.to_vec(), |kind| vec![kind]);
    for kind in kinds {
        let of_domain = policy.workflows.of_domains().filter(|(_, flow)| flow.kind == kind);
        let mut of_domain: Vec<_> = of_domain.collect();
        if let Some(domain) = domain {
            of_domain.retain(|(name, _)| *name == domain);
        }
        if domain.is_none() || of_domain.is_empty() {
            let path = own(settings::workflow_path(kind))?;
            found.push(view(policy.workflow(kind), None, path));
        }
        if kind_alone(kind, domain, policy) {
            continue;
        }
        for (domain, flow) in of_domain {
            let path = own(settings::domain_path(domain, kind))?;
            found.push(view(flow, Some(domain.clone()), path));
        }
    }
    Ok(WorkflowsView { schema: WorkflowsView::SCHEMA, workflows: found })
}

/// Whether nothing but the general workflow is there to be shown.
fn kind_alone(kind: Kind, domain: Option<&StateName>, policy: &Policy) -> bool {
    domain.is_none() && !policy.workflows.of_domains().any(|(_, flow)| flow.kind == kind)
}

fn view(flow: &Workflow, domain: Option<StateName>, path: Option<String>) -> WorkflowView {
    let state = |(name, state): (&StateName, &policy::State)| WorkflowState {
        name: name.clone(),
        category: state.category,
        work: state.work,
    };
    let ways = flow
        .transitions
        .iter()
        .flat_map(|(action, ways)| ways.iter().map(move |way| one_way(action, way)));
    WorkflowView {
        kind: flow.kind,
        domain,
        path,
        entry: flow.entry.clone(),
        states: flow.states.iter().map(state).collect(),
        transitions: ways.collect(),
        hold_reasons: flow.hold_reasons.clone(),
        resolution_codes: flow.resolution_codes.clone(),
        only_in: flow.only_in.clone(),
        on_reply: flow.on_reply.as_ref().map(|reply| reply.action.clone()),
    }
}

fn one_way(action: &StateName, way: &Transition) -> WorkflowWay {
    WorkflowWay {
        action: action.clone(),
        from: way.from.clone(),
        to: way.to.clone(),
        models: way.models.iter().map(|model| model.name()).collect(),
        needs: way.needs.clone(),
        explain: way.explain.clone(),
        by: (!way.by.is_everybody()).then(|| guard::words(&way.by)),
        not_by: way.not_by.iter().map(|source| source.words()).collect(),
        set: way.set.clone(),
        clear: way.clear.clone(),
        vote: way.vote.map(|vote| match vote {
            Vote::Approve => "approve",
            Vote::Reject => "reject",
        }),
        approved: way.approved,
    }
}

/// What can be done with the record `id`, and why the rest cannot.
///
/// # Errors
///
/// The record or the settings cannot be read.
pub fn actions(session: &Session, id: RecordId) -> Result<ActionsView, CommandError> {
    let record = session.record(id)?;
    let policy = session.policy()?;
    let me = session.actor(policy)?;
    let approvals = session.approvals_of(&record)?;
    let state = |record: &Record| approvals.state(session, policy, record);
    let now = session.now();
    let scene = Scene { actor: &me, now, approvals: &state, policy: Some(policy) };
    let workflow = policy.workflow_of(&record);
    let choices = policy::choices(workflow, &record, &scene);
    let mut actions: Vec<ActionView> = choices.into_iter().map(one_action).collect();
    actions.sort_by_key(|action| (!action.open, !action.offered));
    Ok(ActionsView {
        schema: ActionsView::SCHEMA,
        id,
        short: session.index()?.shorten(&[id])?.pop().unwrap_or_else(|| id.short()),
        title: record.title().to_owned(),
        kind: id.kind(),
        status: record.status().clone(),
        actor: Some(me.clone()),
        actions,
    })
}

fn one_action(choice: Choice<'_>) -> ActionView {
    ActionView {
        action: choice.action.as_str().replace('_', "-"),
        open: choice.refusal.is_none(),
        offered: choice.is_offered,
        to: choice.to.cloned(),
        vote: choice.is_vote,
        needs: choice.needs.into_iter().map(str::to_owned).collect(),
        why: choice.refusal.as_ref().map(ToString::to_string),
        hint: choice.refusal.as_ref().and_then(policy::Refusal::hint),
    }
}

/// The actions open to whoever acts in `scene`, and those that the record's
/// state offers to others only.
pub(super) fn open_and_closed(
    workflow: &Workflow,
    record: &Record,
    scene: &Scene<'_>,
) -> (Vec<String>, Vec<ClosedAction>) {
    let (mut open, mut closed) = (Vec::new(), Vec::new());
    for choice in policy::choices(workflow, record, scene) {
        let action = choice.action.as_str().replace('_', "-");
        match choice.refusal {
            None => open.push(action),
            Some(refusal) if choice.is_offered => {
                closed.push(ClosedAction { action, why: refusal.to_string() });
            }
            Some(_) => {}
        }
    }
    (open, closed)
}

/// Checks the desk's own workflows and roles as they lie in the work tree, or
/// as they are committed where there is none.
///
/// # Errors
///
/// The other settings cannot be read.
pub fn check_workflows(session: &Session) -> Result<CheckView, CommandError> {
    let snapshot = session.snapshot()?;
    let in_tree = session.store.work_dir().is_some();
    let mut read = |path: &str| {
        Ok::<_, CommandError>(if in_tree {
            session.store.work_file(path)?
        } else {
            snapshot.file(path)?
        })
    };
    // A workflow that cannot be read is told below, with its place.
    let policy = settings::policy_from(&mut read, None).or_else(|_| {
        let mut others = |path: &str| if is_judged(path) { Ok(None) } else { read(path) };
        settings::policy_from(&mut others, None)
    })?;
    let policy = &policy;
    let mut findings = Vec::new();
    let mut paths = paths(policy);
    paths.extend(snapshot.entries(WORKFLOWS)?.into_iter().map(|entry| entry.path));
    let mut seen = HashSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    let mut checked = 0;
    for path in paths {
        if let Some(bytes) = read(&path)? {
            checked += 1;
            findings.append(&mut of_file(policy, &path, &bytes));
        }
    }
    findings.sort();
    let what = ("file of workflows and roles", "files of workflows and roles");
    Ok(CheckView { schema: CheckView::SCHEMA, checked, what, findings })
}

/// Where workflows and roles may lie.
fn paths(policy: &Policy) -> Vec<String> {
    let mut paths = vec![ROLES.to_owned()];
    for kind in Kind::ALL {
        paths.push(settings::workflow_path(kind));
        let domains = policy.settings.domains.keys();
        paths.extend(domains.map(|domain| settings::domain_path(domain, kind)));
    }
    paths
}

/// What is wrong with the workflows and roles that `read` gives.
pub(super) fn findings(
    policy: &Policy,
    listed: impl IntoIterator<Item = String>,
    read: &mut ReadFile<'_>,
) -> Result<Vec<Finding>, CommandError> {
    let mut findings = Vec::new();
    for path in listed.into_iter().chain([ROLES.to_owned()]) {
        if let Some(bytes) = read(&path)? {
            findings.append(&mut of_file(policy, &path, &bytes));
        }
    }
    Ok(findings)
}

/// Whether the file at `path` is one that [`of_file`] judges.
pub(super) fn is_judged(path: &str) -> bool {
    path == ROLES || path.starts_with(WORKFLOWS)
}

/// What is wrong with one file of workflows or roles.
pub(super) fn of_file(policy: &Policy, path: &str, bytes: &[u8]) -> Vec<Finding> {
    let finding = |line, is_error, rule, message| Finding {
        path: path.to_owned(),
        line,
        severity: if is_error { Severity::Error } else { Severity::Warning },
        rule,
        message,
    };
    if path == ROLES {
        return match format::read_settings::<RoleSettings>(path, bytes) {
            Err(error) => {
                vec![finding(error.line, true, "settings-unreadable", error.message.to_string())]
            }
            Ok(roles) => of_roles(policy, &roles, bytes)
                .into_iter()
                .map(|(line, is_error, rule, message)| finding(line, is_error, rule, message))
                .collect(),
        };
    }
    let Some(kind) = kind_of(policy, path) else {
        let message = "no records have this workflow: files are named after a record type, in a \
                       folder named after a domain of .gitsm/desk.yaml if they are for one";
        return vec![finding(None, false, "workflow-stray", message.to_owned())];
    };
    let flow = match format::read_settings::<Workflow>(path, bytes) {
        Ok(flow) => flow,
        Err(error) => {
            return vec![finding(
                error.line,
                true,
                "settings-unreadable",
                error.message.to_string(),
            )];
        }
    };
    if let Err(error) = flow.validate(kind) {
        let message = bad_workflow(path, &error).message;
        let message = message.strip_prefix(&format!("{path}: ")).unwrap_or(&message).to_owned();
        let quoted = message.split('`').nth(1).map(str::to_owned);
        let line = quoted.and_then(|mark| line_with(bytes, &mark));
        return vec![finding(line, true, "workflow-invalid", message)];
    }
    soundness::flaws(policy, &flow)
        .into_iter()
        .map(|flaw| finding(line_of(bytes, &flaw.place), flaw.is_error, flaw.rule, flaw.message))
        .collect()
}

type RoleFinding = (Option<usize>, bool, &'static str, String);

fn of_roles(policy: &Policy, roles: &RoleSettings, bytes: &[u8]) -> Vec<RoleFinding> {
    let has_domain = |domain: &StateName| policy.settings.domains.contains_key(domain);
    let has_action = |kind: Kind, action: &StateName| {
        policy.workflows.for_kind(kind).any(|flow| flow.transitions.contains_key(action))
    };
    let mistakes = roles.mistakes(&has_domain, &has_action).into_iter();
    mistakes
        .map(|mistake| (line_with(bytes, &mistake.mark), true, mistake.rule, mistake.message))
        .collect()
}

/// The record type whose workflow lies at `path`.
fn kind_of(policy: &Policy, path: &str) -> Option<Kind> {
    let rest = path.strip_prefix(WORKFLOWS)?.strip_prefix('/')?.strip_suffix(".yaml")?;
    let (domain, name) = rest.split_once('/').map_or((None, rest), |(d, n)| (Some(d), n));
    if let Some(domain) = domain
        && !policy.settings.domains.keys().any(|known| known.as_str() == domain)
    {
        return None;
    }
    Kind::ALL.into_iter().find(|kind| kind.name() == name)
}

/// The first line, counted from 1, that holds `mark` as a word.
fn line_with(bytes: &[u8], mark: &str) -> Option<usize> {
    let text = String::from_utf8_lossy(bytes);
    let is_word = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
    let holds = |line: &str| {
        let code = line.split(" #").next().unwrap_or(line);
        !line.trim_start().starts_with('#') && code.split(|c| !is_word(c)).any(|word| word == mark)
    };
    text.lines().position(holds).map(|line| line + 1)
}

/// The line, counted from 1, on which something in a workflow stands.
fn line_of(bytes: &[u8], place: &Place) -> Option<usize> {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.lines().collect();
    let after = |from: usize, wanted: &str| {
        let found = lines.iter().skip(from).position(|line| line.trim_start().starts_with(wanted));
        found.map(|line| from + line)
    };
    let found = match place {
        Place::Key(key) => after(0, &format!("{key}:")),
        Place::State(state) => {
            let section = after(0, "states:").unwrap_or(0);
            after(section, &format!("{state}:")).or_else(|| after(section, state.as_str()))
        }
        Place::Way(action, at) => {
            let section = after(0, "transitions:").unwrap_or(0);
            let heading = after(section, &format!("{action}:"));
            heading.map(|heading| {
                let items = lines.iter().enumerate().skip(heading + 1);
                let items = items.take_while(|(_, line)| {
                    let start = line.trim_start();
                    start.starts_with('-') || start.starts_with('#') || !start.ends_with(':')
                });
                let mut items = items.filter(|(_, line)| line.trim_start().starts_with('-'));
                items.nth(*at).map_or(heading, |(line, _)| line)
            })
        }
    };
    found.map(|line| line + 1)
}

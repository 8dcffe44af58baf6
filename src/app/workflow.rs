//! The desk's workflows and roles: shown, and checked; what can be done with a
//! record.

use std::collections::HashSet;

use super::approval::APPROVALS;
use super::nearest::nearest;
use super::settings::{self, ROLES, ReadFile, WORKFLOWS};
use super::{Session, resolve, stray};
use crate::error::CommandError;
use crate::format;
use crate::model::{Kind, Practice, Profile, Record, RecordId, StateName};
use crate::outcome::{
    ActionView, ActionsView, CheckView, ClosedAction, Finding, Severity, WorkflowState,
    WorkflowView, WorkflowWay, WorkflowsView,
};
use crate::policy::roles::{ACCEPT_CONFLICT, OVERRIDE, RoleSettings};
use crate::policy::soundness::{self, Place};
use crate::policy::{self, Choice, Policy, Scene, Transition, Vote, Workflow, guard};
use crate::query;

/// The workflows of the desk: of one type, if one is named, and as a domain has
/// it, if one is named. Without a type, the general ones and those of domains.
/// What was edited by hand is shown as it lies there, so that one sees what one
/// writes.
///
/// # Errors
///
/// The settings cannot be read, or there is no such domain.
pub fn workflows(
    session: &Session,
    kind: Option<Kind>,
    domain: Option<&StateName>,
) -> Result<WorkflowsView, CommandError> {
    let edited = edited_settings(session)?;
    let edited_policy;
    let policy = if edited.is_empty() {
        session.policy()?
    } else {
        let mut read = |path: &str| Ok(session.store.work_file(path)?);
        let (policy, broken) = settings::lenient_from(&mut read, None, &[])?;
        if let Some(broken) = broken.iter().find(|broken| edited.contains(&broken.path)) {
            return Err(broken.error().hint("`gitsm workflow check` lists all that is wrong"));
        }
        edited_policy = policy;
        &edited_policy
    };
    if let Some(domain) = domain {
        resolve::known_domain(policy, domain.as_str())?;
    }
    let snapshot = session.snapshot()?;
    let own = |path: String| {
        Ok::<_, CommandError>(if edited.contains(&path) {
            session.store.work_file(&path)?.map(|_| (path, true))
        } else {
            snapshot.blob_of(&path)?.map(|_| (path, false))
        })
    };
    let mut found = Vec::new();
    let used = |kind: &Kind| policy.settings.uses(Practice::of(*kind));
    let kinds =
        kind.map_or_else(|| Kind::ALL.into_iter().filter(used).collect(), |kind| vec![kind]);
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

/// The files that workflows are made of and that were edited by hand.
fn edited_settings(session: &Session) -> Result<HashSet<String>, CommandError> {
    if session.store.work_dir().is_none() {
        return Ok(HashSet::new());
    }
    let edits = session.store.hand_edits()?.into_iter().map(|edit| edit.path);
    Ok(edits.filter(|path| path.starts_with(WORKFLOWS) || path == settings::DESK).collect())
}

/// Whether nothing but the general workflow is there to be shown.
fn kind_alone(kind: Kind, domain: Option<&StateName>, policy: &Policy) -> bool {
    domain.is_none() && !policy.workflows.of_domains().any(|(_, flow)| flow.kind == kind)
}

fn view(flow: &Workflow, domain: Option<StateName>, path: Option<(String, bool)>) -> WorkflowView {
    let (path, edited) = path.map_or((None, false), |(path, edited)| (Some(path), edited));
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
        edited,
        entry: flow.entry.clone(),
        states: flow.states.iter().map(state).collect(),
        transitions: ways.collect(),
        hold_reasons: flow.hold_reasons.clone(),
        resolution_codes: flow.resolution_codes.clone(),
        only_in: flow.only_in.clone(),
        on_reply: flow.on_reply.as_ref().map(|reply| reply.action.clone()),
        follows_up: flow.follows_up(),
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
        overridden: way.overridden,
    }
}

/// Every record type, and those with work to be done.
const ALL: &[Kind] = &Kind::ALL;

/// What the command line calls something else than an action of a workflow, for
/// which types.
const TAKEN: [(&str, &[Kind]); 30] = [
    ("new", ALL),
    ("list", ALL),
    ("help", ALL),
    ("triage", &[Kind::Incident]),
    ("take", &[Kind::Incident, Kind::Request]),
    ("escalate", &[Kind::Incident]),
    ("propose", &[Kind::Incident]),
    ("promote", &[Kind::Incident]),
    ("decline", &[Kind::Incident]),
    ("communicate", &[Kind::Incident]),
    ("review", &[Kind::Incident, Kind::Change]),
    ("merge", &[Kind::Incident, Kind::Problem]),
    ("duplicate", &[Kind::Incident, Kind::Problem]),
    ("task", &[Kind::Request]),
    ("plan", &[Kind::Request]),
    ("why", &[Kind::Problem]),
    ("cause", &[Kind::Problem]),
    ("workaround", &[Kind::Problem]),
    ("schedule", &[Kind::Change]),
    ("gate", &[Kind::Change]),
    ("raise", &[Kind::Change]),
    ("deployed", &[Kind::Change]),
    ("conflicts", &[Kind::Change]),
    ("accept-conflict", &[Kind::Change]),
    ("evidence", &[Kind::Change]),
    ("slots", &[Kind::Change]),
    ("forward", &[Kind::Change]),
    ("calendar", &[Kind::Change]),
    ("risk", &[Kind::Change]),
    ("model", &[Kind::Change]),
];

/// Whether `gitsm TYPE NAME` is a command that carries out no action of a
/// workflow.
pub fn is_taken(kind: Kind, name: &str) -> bool {
    TAKEN.iter().any(|(taken, kinds)| *taken == name && kinds.contains(&kind))
}

/// Whether some records of type `kind` have the action by the desk's workflows.
/// `commands` could have been meant as well.
///
/// # Errors
///
/// None has; the hint tells what there is.
pub fn own_action(
    session: &Session,
    kind: Kind,
    action: &StateName,
    commands: &[String],
) -> Result<(), CommandError> {
    let flows = session.policy()?.workflows.for_kind(kind);
    let mut own: Vec<String> = flows.flat_map(|flow| flow.transitions.keys().map(typed)).collect();
    let action = typed(action);
    if own.contains(&action) {
        return Ok(());
    }
    own.sort_unstable();
    own.dedup();
    let names = own.iter().chain(commands).map(String::as_str);
    let hint = match nearest(&action, names) {
        Some(near) => format!("did you mean `gitsm {kind} {near}`?"),
        None => format!("its workflow has {}", own.join(", ")),
    };
    Err(CommandError::from(policy::Refusal::NoSuchAction { kind, action }).hint(hint))
}

/// An action as the command line has it.
fn typed(action: &StateName) -> String {
    action.as_str().replace('_', "-")
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
    let unasked = hides_votes(session, policy, &record)?;
    let mut choices = policy::choices(workflow, &record, &scene);
    choices.retain(|choice| !unasked || !workflow.is_about_votes(choice.action.as_str()));
    let mut actions: Vec<ActionView> = choices.into_iter().map(one_action).collect();
    actions.extend(policy::verbs(policy, &record, &me, now).into_iter().map(one_verb));
    actions.sort_by_key(|action| (!action.open, !action.offered));
    Ok(ActionsView {
        schema: ActionsView::SCHEMA,
        id,
        short: session.index()?.shorten(&[id])?.pop().unwrap_or_else(|| id.short()),
        title: record.title().to_owned(),
        kind: id.kind(),
        status: record.status().clone(),
        known: workflow.states.contains_key(record.status()),
        actor: Some(me.clone()),
        actions,
    })
}

fn one_action(choice: Choice<'_>) -> ActionView {
    ActionView {
        action: typed(choice.action),
        open: choice.refusal.is_none(),
        offered: choice.is_offered,
        to: choice.to.cloned(),
        vote: choice.is_vote,
        needs: choice.needs,
        why: choice.refusal.as_ref().map(ToString::to_string),
        hint: choice.refusal.as_ref().and_then(policy::Refusal::hint),
    }
}

fn one_verb(verb: policy::Verb) -> ActionView {
    let (why, hint) = verb.refusal.unzip();
    ActionView {
        action: verb.name.to_owned(),
        open: why.is_none(),
        offered: true,
        to: None,
        vote: false,
        needs: verb.needs.iter().map(|need| (*need).to_owned()).collect(),
        why,
        hint,
    }
}

/// Whether nobody has to be told of votes: a help desk that has not said who must
/// approve what, nor how its records live.
pub(super) fn hides_votes(
    session: &Session,
    policy: &Policy,
    record: &Record,
) -> Result<bool, CommandError> {
    let kind = record.kind();
    let profile = record.domain().and_then(|domain| policy.settings.domains.get(domain));
    let profile = profile.map_or(policy.settings.profile, |domain| domain.profile);
    if profile != Profile::HelpDesk || record.approvals().iter().next().is_some() {
        return Ok(false);
    }
    let is_demanded = match record {
        Record::Request(request) => !request.required_approvals.is_empty(),
        _ => false,
    };
    let snapshot = session.snapshot()?;
    let has_own = snapshot.blob_of(&settings::workflow_path(kind))?.is_some()
        || policy.workflows.of_domains().any(|(_, flow)| flow.kind == kind);
    Ok(!is_demanded
        && !has_own
        && !policy.workflow_of(record).is_at_votes(record)
        && snapshot.blob_of(APPROVALS)?.is_none())
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
        let action = typed(choice.action);
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
    // What cannot be read is told below, with its place.
    let (policy, _) = settings::lenient_from(&mut read, None, &[])?;
    let policy = &policy;
    let mut findings = Vec::new();
    let mut paths = paths(policy);
    paths.extend(snapshot.entries(WORKFLOWS)?.into_iter().map(|entry| entry.path));
    let edits = session.store.hand_edits()?.into_iter().map(|edit| edit.path);
    paths.extend(edits.filter(|path| path.starts_with(WORKFLOWS)));
    let mut seen = HashSet::new();
    paths.retain(|path| seen.insert(path.clone()));
    let mut checked = 0;
    for path in paths {
        if let Some(bytes) = read(&path)? {
            checked += 1;
            findings.append(&mut of_file(policy, &path, &bytes));
            findings.extend(stray::finding(policy, &path));
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
                vec![finding(error.line, true, "settings-unreadable", error.told())]
            }
            Ok(roles) => of_roles(policy, &roles, bytes)
                .into_iter()
                .map(|(line, is_error, rule, message)| finding(line, is_error, rule, message))
                .collect(),
        };
    }
    // Where it lies says why nothing reads it.
    let Some(kind) = kind_of(policy, path) else { return Vec::new() };
    let flow = match format::read_settings::<Workflow>(path, bytes) {
        Ok(flow) => flow,
        Err(error) => {
            return vec![finding(error.line, true, "settings-unreadable", error.told())];
        }
    };
    if let Err(error) = flow.validate(kind) {
        return vec![settings::misfit(path, bytes, &flow, &error).finding()];
    }
    let taken = flow.transitions.keys().filter(|name| is_taken(kind, &typed(name))).map(|name| {
        let place = Place::Way(name.clone(), 0);
        let message = format!(
            "`gitsm {kind} {}` is a command of its own, so that `{name}` can be carried out by \
             `gitsm apply` only; call it something else",
            typed(name)
        );
        finding(line_of(bytes, &place), false, "action-taken", message)
    });
    soundness::flaws(policy, &flow)
        .into_iter()
        .map(|flaw| finding(line_of(bytes, &flaw.place), flaw.is_error, flaw.rule, flaw.message))
        .chain(taken)
        .collect()
}

type RoleFinding = (Option<usize>, bool, &'static str, String);

fn of_roles(policy: &Policy, roles: &RoleSettings, bytes: &[u8]) -> Vec<RoleFinding> {
    let has_domain = |domain: &StateName| policy.settings.domains.contains_key(domain);
    let has_action = |kind: Kind, action: &StateName| {
        policy.workflows.for_kind(kind).any(|flow| flow.transitions.contains_key(action))
            || kind == Kind::Change && [ACCEPT_CONFLICT, OVERRIDE].contains(&action.as_str())
    };
    let mistakes = roles.mistakes(&has_domain, &has_action).into_iter();
    mistakes
        .map(|mistake| (line_with(bytes, &mistake.mark), true, mistake.rule, mistake.message))
        .collect()
}

/// Which records the workflow at `path`, as `policy` has it, leaves in states
/// that it does not know any more.
pub(super) fn left_behind(
    session: &Session,
    policy: &Policy,
    path: &str,
) -> Result<Vec<String>, CommandError> {
    let Some(kind) = kind_of(policy, path) else { return Ok(Vec::new()) };
    let domain =
        policy.settings.domains.keys().find(|domain| settings::domain_path(domain, kind) == path);
    // Records of domains that have a workflow of their own do not live by this one.
    let elsewhere = policy.workflows.of_domains().filter(|(_, flow)| flow.kind == kind);
    let whose = match domain {
        Some(domain) => format!(" domain:{domain}"),
        None => elsewhere.map(|(domain, _)| format!(" -domain:{domain}")).collect(),
    };
    let (was, is) = (session.policy()?, policy.workflows.in_domain(kind, domain));
    let gone = was.workflows.in_domain(kind, domain).states.keys();
    let mut told = Vec::new();
    for state in gone.filter(|state| !is.states.contains_key(*state)) {
        let query = query::parse(&format!("type:{kind} status:{state}{whose}"))?;
        let selection = super::read::checked(session, &query)?;
        let count = session.index()?.count(selection.filter.as_ref())?;
        if count > 0 {
            told.push(format!(
                "{count} of type {kind} in the state `{state}`, which the workflow has no more: nothing \
                 can be done with them until it has; see `gitsm list 'type:{kind} status:{state}{whose}'`"
            ));
        }
    }
    Ok(told)
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
pub(super) fn line_with(bytes: &[u8], mark: &str) -> Option<usize> {
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

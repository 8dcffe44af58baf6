//! Working on the tasks of tickets, and listing them.

use super::listed::Wanted;
use super::write::Work;
use super::{Session, approval, listed, resolve};
use crate::error::{CommandError, ErrorKind};
use crate::model::{
    PersonId, Record, RecordId, StateName, Task, TaskId, TaskState, TeamId, Verdict,
};
use crate::outcome::{PlanView, TaskLine, TasksView};
use crate::policy::plan::{
    self, Gate, NewTask, TaskAction, TaskInputs, TaskRefusal, TaskVote, VoteError,
};
use crate::policy::{Refusal, Scene, access, closure};
use crate::query;

/// Something to be done with tasks of a record, as a person typed it.
#[derive(Clone, Debug)]
pub enum TaskStep {
    /// Does something with tasks that are there, named as people name them.
    Act {
        tasks: Vec<String>,
        action: TaskAction,
        comment: Option<String>,
        checks: Vec<usize>,
        all_checks: bool,
        /// `me`, `none` or a person.
        person: Option<String>,
        /// `none` or a team.
        team: Option<TeamId>,
    },
    /// Adds a task.
    Add { new: NewTask, person: Option<String> },
    /// Votes on tasks that need approval of their own.
    Vote { tasks: Vec<String>, vote: TaskVote },
}

impl TaskStep {
    /// What it is called in commit messages.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            TaskStep::Add { .. } => "task_add",
            TaskStep::Vote { vote: TaskVote { verdict: Verdict::Approved, .. }, .. } => {
                "task_approve"
            }
            TaskStep::Vote { .. } => "task_reject",
            TaskStep::Act { action, .. } => match action {
                TaskAction::Start => "task_start",
                TaskAction::Done => "task_done",
                TaskAction::Skip => "task_skip",
                TaskAction::Pend => "task_pend",
                TaskAction::Reopen => "task_reopen",
                TaskAction::Assign => "task_assign",
                TaskAction::Check => "task_check",
            },
        }
    }

    /// Carries it out on the record `id`.
    ///
    /// # Errors
    ///
    /// A rule refuses it, or something that is named is not known.
    pub(super) fn carry_out(&self, work: &mut Work<'_>, id: RecordId) -> Result<(), CommandError> {
        let (session, policy, actor) = (work.session, work.policy, work.actor.clone());
        let was = work.peek(id)?;
        let workflow = policy.workflow_of(&was);
        let now = session.now();
        match self {
            TaskStep::Add { new, person } => {
                let mut new = new.clone();
                if let Some(team) = &new.team {
                    access::known_team(policy, team)?;
                }
                new.assignee = self::person(work, person.as_deref())?.flatten();
                let approvals = work.approvals_of(&was)?;
                let state = |record: &Record| approvals.state(session, policy, record);
                let scene = Scene { actor: &actor, now, approvals: &state, policy: None };
                let record = work.record(id)?;
                let needs: Result<Vec<TaskId>, TaskRefusal> =
                    new.needs.iter().map(|need| named(record, need.as_str())).collect();
                new.needs = needs?;
                plan::add(workflow, record, &new, &scene)?;
            }
            TaskStep::Act { tasks, action, comment, checks, all_checks, person, team } => {
                let person = self::person(work, person.as_deref())?;
                let team = match team {
                    None => None,
                    Some(team) if team.as_str() == "none" => Some(None),
                    Some(team) => {
                        access::known_team(policy, team)?;
                        Some(Some(team.clone()))
                    }
                };
                let inputs = TaskInputs {
                    comment: comment.clone(),
                    checks: checks.clone(),
                    all_checks: *all_checks,
                    assignee: person,
                    team,
                };
                let approvals = work.approvals_of(&was)?;
                let state = |record: &Record| approvals.state(session, policy, record);
                let scene = Scene { actor: &actor, now, approvals: &state, policy: Some(policy) };
                let record = work.record(id)?;
                for task in tasks {
                    let task = named(record, task)?;
                    plan::act(workflow, record, &task, *action, &inputs, &scene)?;
                }
                let mut fresh = || session.fresh_id();
                plan::advance(workflow, record, &scene, &mut fresh);
            }
            TaskStep::Vote { tasks, vote } => {
                let approvals = work.approvals()?;
                let mut told = Vec::new();
                let record = work.record(id)?;
                for text in tasks {
                    let name = named(record, text)?;
                    let task = record.tasks().iter().find(|task| task.id == name);
                    let state =
                        task.and_then(|task| approvals.of_task(session, policy, record, task));
                    let mut fresh = || session.fresh_id();
                    plan::vote(record, &name, state.as_ref(), vote, (&actor, now), &mut fresh)?;
                    let task = record.tasks().iter().find(|task| task.id == name);
                    let state =
                        task.and_then(|task| approvals.of_task(session, policy, record, task));
                    told.extend(state.and_then(|state| approval::after_vote(record, &state)));
                }
                work.notices.append(&mut told);
            }
        }
        Ok(())
    }
}

/// The person that `text` names: `Some(None)` for `none`.
fn person(work: &Work<'_>, text: Option<&str>) -> Result<Option<Option<PersonId>>, CommandError> {
    match text {
        None => Ok(None),
        Some("none") => Ok(Some(None)),
        Some(text) => {
            let person = resolve::person(work.policy, work.actor, text, false, work.session)?;
            Ok(Some(Some(person)))
        }
    }
}

/// The task that `text` means: its name, the end of one name only after a dot,
/// or its number in the plan.
fn named(record: &Record, text: &str) -> Result<TaskId, TaskRefusal> {
    let tasks = record.tasks();
    let lower = text.trim().to_lowercase();
    if let Some(task) = tasks.iter().find(|task| task.id.as_str() == lower) {
        return Ok(task.id.clone());
    }
    let end = format!(".{lower}");
    let alike: Vec<&Task> = tasks.iter().filter(|task| task.id.as_str().ends_with(&end)).collect();
    // Of several, the one that is not over is meant.
    let left: Vec<&Task> = alike.iter().copied().filter(|task| !task.state.is_over()).collect();
    match (&alike[..], &left[..]) {
        ([task], _) | (_, [task]) => return Ok(task.id.clone()),
        ([], _) => {}
        _ => {
            let alike = alike.into_iter().map(|task| task.id.clone()).collect();
            return Err(TaskRefusal::Several { id: record.id(), task: lower, alike });
        }
    }
    let number = lower.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    number.and_then(|at| tasks.get(at)).map(|task| task.id.clone()).ok_or_else(|| {
        TaskRefusal::NoTask {
            id: record.id(),
            task: text.chars().take(64).collect(),
            known: tasks.iter().map(|task| task.id.clone()).collect(),
        }
    })
}

impl From<TaskRefusal> for CommandError {
    fn from(error: TaskRefusal) -> Self {
        let kind = match &error {
            TaskRefusal::NoTask { .. } | TaskRefusal::Several { .. } => ErrorKind::NotFound,
            TaskRefusal::NoTasks { .. }
            | TaskRefusal::NoCheck { .. }
            | TaskRefusal::Text { .. }
            | TaskRefusal::Taken { .. } => ErrorKind::Usage,
            _ => ErrorKind::Refused,
        };
        let hint = error.hint();
        let error = CommandError::new(kind, &error);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

/// The plan of a record.
///
/// # Errors
///
/// The record cannot be read.
pub fn plan(session: &Session, id: RecordId) -> Result<PlanView, CommandError> {
    let record = session.record(id)?;
    let short = session.index()?.shorten(&[id])?.pop();
    Ok(PlanView {
        schema: PlanView::SCHEMA,
        id,
        short: short.unwrap_or_else(|| id.short()),
        title: record.title().to_owned(),
        status: record.status().clone(),
        now: session.now(),
        approved: approved(session, &record)?,
        tasks: record.tasks().to_vec(),
    })
}

/// The approvals of a record's waiting tasks that have been given. The desk's
/// approvals are read only where there are such tasks.
pub(super) fn approved(session: &Session, record: &Record) -> Result<Vec<StateName>, CommandError> {
    let asks = |task: &Task| task.state == TaskState::Waiting && !task.approvals.is_empty();
    if !record.tasks().iter().any(asks) {
        return Ok(Vec::new());
    }
    Ok(session.approvals()?.given(session, session.policy()?, record))
}

/// Which tasks are listed.
#[derive(Clone, Debug, Default)]
pub struct TaskFilter {
    /// The records they belong to, in the query language.
    pub query: String,
    /// Those of the acting person, and those of nobody in their teams.
    pub mine: bool,
    pub assignee: Option<String>,
    pub team: Option<TeamId>,
    /// Those in this state; those that can be worked on, if absent.
    pub state: Option<TaskState>,
    /// Those in any state.
    pub all: bool,
    /// Those that wait for the vote of the acting person.
    pub to_approve: bool,
}

/// Tasks of the records that match, in the order of work.
///
/// # Errors
///
/// The query is none, or a record cannot be read.
pub fn tasks(session: &Session, filter: &TaskFilter) -> Result<TasksView, CommandError> {
    let me = session.me();
    let nobody = || {
        CommandError::usage("nobody knows who you are, so nothing is yours")
            .hint("git config --global user.email you@example.com")
    };
    let wanted = match filter.assignee.as_deref() {
        Some("me") => Some(me.clone().ok_or_else(nobody)?),
        Some(person) => Some(PersonId::new(person)?),
        None => None,
    };
    if (filter.mine || filter.to_approve) && me.is_none() {
        return Err(nobody());
    }
    let mut condition = match (filter.all, filter.state) {
        _ if filter.to_approve => "task_state:waiting status:open".to_owned(),
        (true, _) => "tasks:>0".to_owned(),
        (_, Some(state)) => format!("task_state:{state}"),
        _ => "open_tasks:>0".to_owned(),
    };
    if !filter.query.trim().is_empty() {
        condition = format!("{condition} ({})", filter.query);
    }
    let selection = super::read::checked(session, &query::parse(&condition)?)?;
    let rows = listed::rows(session, selection, Vec::new(), Wanted::Whole, false)?;
    let mut found = Vec::new();
    rows.rows
        .each(|row| {
            found.push((row.row.id, row.short.clone()));
            Ok::<(), crate::outcome::PageError>(())
        })
        .map_err(|error| CommandError::new(ErrorKind::Internal, error))?;
    let policy = session.policy()?;
    let mut tasks = Vec::new();
    for (id, short) in found {
        let record = session.record(id)?;
        for task in record.tasks() {
            let with = task.assignee.as_ref().or_else(|| {
                // A task of no team is for whoever has the ticket.
                record.assignee().filter(|_| task.team.is_none())
            });
            let in_state = match (filter.all, filter.state) {
                _ if filter.to_approve => {
                    session.approvals()?.is_task_asked(session, policy, &record, task, me.as_ref())
                }
                (true, _) => true,
                (_, Some(state)) => task.state == state,
                _ => task.state.is_active(),
            };
            let is_mine = || {
                let my_team = |team: &TeamId| {
                    let me = me.as_ref().and_then(|me| policy.person(me));
                    me.is_some_and(|me| me.teams.contains(team))
                };
                with == me.as_ref() || (with.is_none() && task.team.as_ref().is_some_and(my_team))
            };
            let kept = in_state
                && wanted.as_ref().is_none_or(|wanted| with == Some(wanted))
                && filter.team.as_ref().is_none_or(|team| task.team.as_ref() == Some(team))
                && (!filter.mine || is_mine());
            if kept {
                tasks.push(TaskLine {
                    record: id,
                    short: short.clone(),
                    kind: id.kind(),
                    record_title: record.title().to_owned(),
                    waits_for: match task.state {
                        TaskState::Waiting => plan::waits_for(record.tasks(), task)
                            .into_iter()
                            .map(|task| task.id.clone())
                            .collect(),
                        _ => Vec::new(),
                    },
                    with: with.cloned(),
                    task: task.clone(),
                });
            }
        }
    }
    Ok(TasksView { schema: TasksView::SCHEMA, now: session.now(), tasks })
}

impl From<VoteError> for CommandError {
    fn from(error: VoteError) -> Self {
        match error {
            VoteError::Task(refusal) => refusal.into(),
            VoteError::Vote(refusal) => Refusal::Vote(Box::new(refusal)).into(),
        }
    }
}

/// Opens tasks of a record that may open, before it is written, and ends the one
/// to write the review of a change once that is written. Approvals are
/// read only where a task could open.
///
/// # Errors
///
/// The desk's approvals cannot be read.
///
/// Where that ends the last task, since it was refused, the request is fulfilled.
pub(super) fn settle(work: &Work<'_>, record: &mut Record) -> Result<(), CommandError> {
    closure::end_review(record, work.actor, work.session.now());
    let before = record.tasks().to_vec();
    open(work, record)?;
    if before != record.tasks() {
        let (session, policy) = (work.session, work.policy);
        let approvals = work.approvals_of(record)?;
        let state = |record: &Record| approvals.state(session, policy, record);
        let scene = Scene {
            actor: work.actor,
            now: session.now(),
            approvals: &state,
            policy: Some(policy),
        };
        let mut fresh = || session.fresh_id();
        plan::advance(policy.workflow_of(record), record, &scene, &mut fresh);
    }
    Ok(())
}

fn open(work: &Work<'_>, record: &mut Record) -> Result<(), CommandError> {
    let (session, policy) = (work.session, work.policy);
    let workflow = policy.workflow_of(record);
    // A task that is skipped may let others open, which have gates of their own.
    loop {
        let ready = |task: &&Task| {
            task.state == TaskState::Waiting && plan::needs_met(record.tasks(), task)
        };
        let waits: Vec<Task> = record.tasks().iter().filter(ready).cloned().collect();
        if waits.is_empty() {
            return Ok(());
        }
        let approvals = work.approvals_of(record)?;
        let state = |record: &Record| approvals.state(session, policy, record);
        let scene =
            Scene { actor: work.actor, now: session.now(), approvals: &state, policy: None };
        if plan::gate(workflow, record, &scene) != Gate::Open {
            return Ok(());
        }
        let gates: Vec<(TaskId, Gate)> = waits
            .iter()
            .map(|task| {
                let state = approvals.of_task(session, policy, record, task);
                (task.id.clone(), plan::gate_of(task, state.as_ref()))
            })
            .collect();
        let gate = |task: &Task| {
            let found = gates.iter().find(|(id, _)| *id == task.id);
            found.map_or(Gate::Closed, |(_, gate)| gate.clone())
        };
        let Some(tasks) = record.tasks_mut() else { return Ok(()) };
        if !plan::settle(tasks, &gate, session.now()) {
            return Ok(());
        }
    }
}

/// Tasks of any record that can be worked on, whose names begin with what was
/// typed.
pub fn complete_tasks(session: &Session, typed: &str) -> Vec<(String, String)> {
    let Ok(view) = tasks(session, &TaskFilter::default()) else { return Vec::new() };
    let mut names: Vec<(String, String)> = view
        .tasks
        .into_iter()
        .map(|line| (line.task.id.to_string(), line.task.title))
        .filter(|(name, _)| name.starts_with(typed))
        .collect();
    names.sort();
    names.dedup_by(|a, b| a.0 == b.0);
    names
}

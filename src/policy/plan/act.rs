//! What people do with tasks.

use std::fmt;

use ulid::Ulid;

use super::{Gate, gate, settle, waits_for};
use crate::model::{
    Check, Kind, PersonId, Record, RecordId, StateCategory, StateName, Task, TaskId, TaskState,
    TeamId, Timestamp, one_line, paragraph,
};
use crate::policy::{Inputs, Scene, Workflow, transition};

/// Something that is done with a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TaskAction {
    /// Begins or goes on with it.
    Start,
    Done,
    /// It is not wanted.
    Skip,
    /// It waits for somebody or something outside.
    Pend,
    /// Takes back that it was over.
    Reopen,
    /// Gives it to a person or a team.
    Assign,
    /// Ticks off lines of its check list.
    Check,
}

impl TaskAction {
    /// Every action.
    pub const ALL: [TaskAction; 7] = [
        TaskAction::Start,
        TaskAction::Done,
        TaskAction::Skip,
        TaskAction::Pend,
        TaskAction::Reopen,
        TaskAction::Assign,
        TaskAction::Check,
    ];

    /// The word that commands use.
    pub const fn name(self) -> &'static str {
        match self {
            TaskAction::Start => "start",
            TaskAction::Done => "done",
            TaskAction::Skip => "skip",
            TaskAction::Pend => "pend",
            TaskAction::Reopen => "reopen",
            TaskAction::Assign => "assign",
            TaskAction::Check => "check",
        }
    }

    /// The states of a task in which it is possible.
    pub const fn is_open_to(self, state: TaskState) -> bool {
        match self {
            TaskAction::Start => matches!(state, TaskState::Open | TaskState::Pending),
            TaskAction::Done | TaskAction::Check => state.is_active(),
            TaskAction::Pend => matches!(state, TaskState::Open | TaskState::InProgress),
            TaskAction::Skip | TaskAction::Assign => !state.is_over(),
            TaskAction::Reopen => state.is_over(),
        }
    }
}

impl fmt::Display for TaskAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a person gives with an action on a task.
#[derive(Clone, Debug, Default)]
pub struct TaskInputs {
    /// What is said: what was done, why it is skipped or waits.
    pub comment: Option<String>,
    /// Lines of the check list to tick off, counted from 1.
    pub checks: Vec<usize>,
    /// Whether to tick off the whole check list.
    pub all_checks: bool,
    /// Whom it is given to; `Some(None)` for nobody.
    pub assignee: Option<Option<PersonId>>,
    /// The team it is given to; `Some(None)` for none.
    pub team: Option<Option<TeamId>>,
}

/// A task to be added by hand.
#[derive(Clone, Debug, Default)]
pub struct NewTask {
    pub title: String,
    /// Made from the title, if absent.
    pub id: Option<TaskId>,
    pub needs: Vec<TaskId>,
    pub assignee: Option<PersonId>,
    pub team: Option<TeamId>,
    pub description: Option<String>,
    pub checks: Vec<String>,
    pub requires: Vec<String>,
    pub evidence: Option<String>,
}

/// Why nothing is done with a task.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TaskRefusal {
    /// The record has no such task.
    #[error("{} has no task `{task}`", id.short())]
    NoTask { id: RecordId, task: String, known: Vec<TaskId> },
    /// Parts of a bundle have tasks of the same name.
    #[error("{} has several tasks `{task}`", id.short())]
    Several { id: RecordId, task: String, alike: Vec<TaskId> },
    /// Records of this type have no tasks.
    #[error("{} cannot have tasks", kind.one())]
    NoTasks { kind: Kind },
    /// The record has ended.
    #[error("{} is {status}; its tasks stay as they are", id.short())]
    Ended { id: RecordId, status: StateName },
    /// The task's state does not offer the action.
    #[error("task `{task}` of {} is {state}; it cannot be `{action}`", id.short())]
    WrongState { id: RecordId, task: TaskId, state: TaskState, action: TaskAction },
    /// Something comes first.
    #[error("task `{task}` of {} waits for {}", id.short(), names(needs))]
    Waits { id: RecordId, task: TaskId, needs: Vec<TaskId> },
    /// Approval comes first.
    #[error("task `{task}` of {} waits for approval{}", id.short(), of(names))]
    NotApproved { id: RecordId, task: TaskId, names: Vec<StateName> },
    /// Nobody has to approve it.
    #[error("task `{task}` of {} needs no approval of its own", id.short())]
    NothingToApprove { id: RecordId, task: TaskId },
    /// The time for votes is over.
    #[error("task `{task}` of {} is {state}; nobody votes on it any more", id.short())]
    ApprovedAlready { id: RecordId, task: TaskId, state: TaskState },
    /// A vote against needs words.
    #[error("a vote against task `{task}` of {} needs a reason", id.short())]
    NoReason { id: RecordId, task: TaskId, names: Vec<StateName> },
    /// Lines of the check list are not ticked off.
    #[error("task `{task}` of {} is not done before its check list is: {}", id.short(), open.join("; "))]
    Unchecked { id: RecordId, task: TaskId, open: Vec<String> },
    /// The check list has no such line.
    #[error("task `{task}` of {} has {count} lines to tick off, not {line}", id.short())]
    NoCheck { id: RecordId, task: TaskId, line: usize, count: usize },
    /// A field of the record must have a value first.
    #[error("task `{task}` of {} is not done before `{field}` has a value", id.short())]
    NoField { id: RecordId, task: TaskId, field: String },
    /// Something must be said.
    #[error("`{action}` of task `{task}` of {} needs {what}", id.short())]
    Silent { id: RecordId, task: TaskId, action: TaskAction, what: String },
    /// What needs it is done already.
    #[error("task `{task}` of {} cannot be reopened: {} is done after it", id.short(), names(after))]
    Done { id: RecordId, task: TaskId, after: Vec<TaskId> },
    /// Another task has the name.
    #[error("{} has a task `{task}` already", id.short())]
    Taken { id: RecordId, task: TaskId },
    /// A text cannot stand in a task.
    #[error("the {what} cannot be used: {reason}")]
    Text { what: &'static str, reason: String },
    /// A ticket has too many tasks.
    #[error("{} has {count} tasks already, which is the limit", id.short())]
    TooMany { id: RecordId, count: usize },
}

fn names(tasks: &[TaskId]) -> String {
    tasks.iter().map(|task| format!("`{task}`")).collect::<Vec<_>>().join(", ")
}

fn of(names: &[StateName]) -> String {
    let names: Vec<&str> = names.iter().map(StateName::as_str).collect();
    if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) }
}

impl TaskRefusal {
    /// What to do instead.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            TaskRefusal::NoTask { id, known, .. } if known.is_empty() => {
                format!("add one with `gitsm task add {} \"TITLE\"`", id.short())
            }
            TaskRefusal::NoTask { known, .. } => format!("its tasks are {}", names(known)),
            TaskRefusal::Several { alike, .. } => format!("say which: {}", names(alike)),
            TaskRefusal::Ended { id, .. } => {
                format!("`gitsm {} --help` says how to reopen it", id.kind())
            }
            TaskRefusal::WrongState { state, .. } => {
                let possible =
                    TaskAction::ALL.into_iter().filter(|action| action.is_open_to(*state));
                let possible: Vec<&str> = possible.map(TaskAction::name).collect();
                format!("possible now: {}", possible.join(", "))
            }
            TaskRefusal::Unchecked { .. } => {
                "tick lines off with `--check N`, or all with `--check all`".to_owned()
            }
            TaskRefusal::NoField { id, field, .. } => {
                format!("set it with `gitsm edit {} --set {field}=VALUE`", id.short())
            }
            TaskRefusal::NothingToApprove { id, .. } => {
                format!("the whole is approved with `gitsm {} approve {}`", id.kind(), id.short())
            }
            TaskRefusal::Silent { .. } | TaskRefusal::NoReason { .. } => {
                "say it with `-m TEXT`".to_owned()
            }
            TaskRefusal::Done { id, after, .. } => {
                let first = after.first()?;
                format!("reopen that first: `gitsm task reopen {} {first}`", id.short())
            }
            TaskRefusal::Waits { id, .. } | TaskRefusal::NotApproved { id, .. } => {
                format!("see `gitsm task plan {}`", id.short())
            }
            TaskRefusal::Taken { .. } => "give it another name with `--id NAME`".to_owned(),
            _ => return None,
        })
    }
}

/// The tasks of `record` that are not over, in the order of the plan.
pub fn unfinished(record: &Record) -> impl Iterator<Item = &Task> {
    record.tasks().iter().filter(|task| !task.state.is_over())
}

/// Does `action` with the task `task` of `record`.
///
/// # Errors
///
/// The task's state does not offer it, or something is missing. The record is
/// then unchanged.
pub fn act(
    workflow: &Workflow,
    record: &mut Record,
    task: &TaskId,
    action: TaskAction,
    inputs: &TaskInputs,
    scene: &Scene<'_>,
) -> Result<(), TaskRefusal> {
    let (actor, now) = (scene.actor, scene.now);
    let id = record.id();
    may_change(workflow, record, action == TaskAction::Reopen)?;
    let tasks = record.tasks();
    let Some(at) = tasks.iter().position(|other| other.id == *task) else {
        let known = tasks.iter().map(|task| task.id.clone()).collect();
        return Err(TaskRefusal::NoTask { id, task: task.to_string(), known });
    };
    let mut next = tasks[at].clone();
    if !action.is_open_to(next.state) {
        let needs: Vec<TaskId> = waits_for(tasks, &next).iter().map(|t| t.id.clone()).collect();
        let task = task.clone();
        return Err(match next.state {
            TaskState::Waiting if !needs.is_empty() => TaskRefusal::Waits { id, task, needs },
            TaskState::Waiting if action != TaskAction::Reopen => {
                TaskRefusal::NotApproved { id, task, names: next.approvals }
            }
            state => TaskRefusal::WrongState { id, task, state, action },
        });
    }
    // A request whose approval is void, or missing again, is not worked on.
    let works = matches!(action, TaskAction::Start | TaskAction::Done);
    if works
        && workflow.category(record.status()).is_open()
        && gate(workflow, record, scene) != Gate::Open
    {
        return Err(TaskRefusal::NotApproved { id, task: task.clone(), names: Vec::new() });
    }
    tick(id, &mut next, inputs, actor, now)?;
    let comment = inputs.comment.as_deref().and_then(paragraph);
    let silent = |what: &str| {
        Err(TaskRefusal::Silent { id, task: task.clone(), action, what: what.to_owned() })
    };
    match action {
        TaskAction::Start => {
            next.state = TaskState::InProgress;
            next.started_at = next.started_at.or(Some(now));
            next.assignee = next.assignee.take().or_else(|| Some(actor.clone()));
            next.text = comment;
        }
        TaskAction::Done => {
            complete(record, &next, comment.as_deref())?;
            next.started_at = next.started_at.or(Some(now));
            end(&mut next, TaskState::Done, comment, actor, now);
        }
        TaskAction::Skip if comment.is_none() => return silent("a reason"),
        TaskAction::Skip => end(&mut next, TaskState::Skipped, comment, actor, now),
        TaskAction::Pend if comment.is_none() => return silent("what it waits for"),
        TaskAction::Pend => {
            next.state = TaskState::Pending;
            next.started_at = next.started_at.or(Some(now));
            next.text = comment;
        }
        TaskAction::Reopen => {
            let after = done_after(tasks, task);
            if !after.is_empty() {
                return Err(TaskRefusal::Done { id, task: task.clone(), after });
            }
            next.state = TaskState::Waiting;
            (next.opened_at, next.done_at, next.by) = (None, None, None);
            next.text = comment;
        }
        TaskAction::Assign => {
            next.assignee = inputs.assignee.clone().unwrap_or(next.assignee);
            next.team = inputs.team.clone().unwrap_or(next.team);
        }
        TaskAction::Check => {}
    }
    let Some(tasks) = record.tasks_mut() else {
        return Err(TaskRefusal::NoTasks { kind: id.kind() });
    };
    if action == TaskAction::Reopen {
        // What could begin because this one was over has to wait again.
        for other in tasks.iter_mut().filter(|t| t.needs.contains(task) && t.state.is_active()) {
            other.state = TaskState::Waiting;
            other.opened_at = None;
        }
    }
    tasks[at] = next;
    settle_open(workflow, record, scene);
    record.touch(now);
    Ok(())
}

/// Opens what can open by the record's own gate; approvals of single tasks are
/// looked at when the record is written.
fn settle_open(workflow: &Workflow, record: &mut Record, scene: &Scene<'_>) {
    let tasks = record.tasks();
    let ready = |task: &Task| task.state == TaskState::Waiting && super::needs_met(tasks, task);
    if !tasks.iter().any(ready) {
        return;
    }
    let open = gate(workflow, record, scene);
    let of = |task: &Task| if task.approvals.is_empty() { open.clone() } else { Gate::Closed };
    if let Some(tasks) = record.tasks_mut() {
        settle(tasks, &of, scene.now);
    }
}

fn end(
    task: &mut Task,
    state: TaskState,
    comment: Option<String>,
    actor: &PersonId,
    now: Timestamp,
) {
    task.state = state;
    task.done_at = Some(now);
    task.by = Some(actor.clone());
    task.text = comment;
}

/// The tasks that need `task` and are done.
fn done_after(tasks: &[Task], task: &TaskId) -> Vec<TaskId> {
    let is = |other: &&Task| other.needs.contains(task) && other.state == TaskState::Done;
    tasks.iter().filter(is).map(|other| other.id.clone()).collect()
}

/// Whether tasks of the record can be changed at all. What is resolved may finish
/// its tasks, but gets no more of them.
fn may_change(workflow: &Workflow, record: &Record, adds: bool) -> Result<(), TaskRefusal> {
    let (id, kind) = (record.id(), record.kind());
    if !kind.is_ticket() {
        return Err(TaskRefusal::NoTasks { kind });
    }
    let category = workflow.category(record.status());
    let ended = category == StateCategory::Closed || (category == StateCategory::Resolved && adds);
    if ended {
        return Err(TaskRefusal::Ended { id, status: record.status().clone() });
    }
    Ok(())
}

/// Ticks lines off.
fn tick(
    id: RecordId,
    task: &mut Task,
    inputs: &TaskInputs,
    actor: &PersonId,
    now: Timestamp,
) -> Result<(), TaskRefusal> {
    let count = task.checks.len();
    if let Some(line) = inputs.checks.iter().copied().find(|line| *line == 0 || *line > count) {
        return Err(TaskRefusal::NoCheck { id, task: task.id.clone(), line, count });
    }
    for (at, check) in task.checks.iter_mut().enumerate() {
        let wanted = inputs.all_checks || inputs.checks.contains(&(at + 1));
        if wanted && check.done_at.is_none() {
            check.done_at = Some(now);
            check.by = Some(actor.clone());
        }
    }
    Ok(())
}

/// Whether all is there that the task demands before it is done.
fn complete(record: &Record, task: &Task, comment: Option<&str>) -> Result<(), TaskRefusal> {
    let id = record.id();
    let open: Vec<String> = task
        .checks
        .iter()
        .enumerate()
        .filter(|(_, check)| check.done_at.is_none())
        .map(|(at, check)| format!("{} {}", at + 1, check.text))
        .collect();
    if !open.is_empty() {
        return Err(TaskRefusal::Unchecked { id, task: task.id.clone(), open });
    }
    let tree = record.to_value();
    let has = |field: &str| {
        let value = tree.pointer(&format!("/{}", field.replace('.', "/")));
        value.is_some_and(|value| !value.is_null())
    };
    if let Some(field) = task.requires.iter().find(|field| !has(field)) {
        return Err(TaskRefusal::NoField { id, task: task.id.clone(), field: field.clone() });
    }
    if let Some(evidence) = &task.evidence
        && comment.is_none()
    {
        let (task, action) = (task.id.clone(), TaskAction::Done);
        return Err(TaskRefusal::Silent { id, task, action, what: evidence.clone() });
    }
    Ok(())
}

/// How many tasks a ticket may have.
const MOST: usize = 500;

/// Adds a task to a ticket of any type, and says what it is called.
///
/// # Errors
///
/// The ticket has ended, or something given does not fit.
pub fn add(
    workflow: &Workflow,
    record: &mut Record,
    new: &NewTask,
    scene: &Scene<'_>,
) -> Result<TaskId, TaskRefusal> {
    let id = record.id();
    may_change(workflow, record, true)?;
    let line = |what, text: &str| {
        one_line(text).map_err(|error| TaskRefusal::Text { what, reason: error.to_string() })
    };
    let tasks = record.tasks();
    if tasks.len() >= MOST {
        return Err(TaskRefusal::TooMany { id, count: tasks.len() });
    }
    let title = line("title", &new.title)?;
    let name = match &new.id {
        Some(name) if tasks.iter().any(|task| task.id == *name) => {
            return Err(TaskRefusal::Taken { id, task: name.clone() });
        }
        Some(name) => name.clone(),
        None => named(tasks, &title)?,
    };
    let known = |need: &TaskId| tasks.iter().any(|task| task.id == *need);
    if let Some(missing) = new.needs.iter().find(|need| !known(need)) {
        let known = tasks.iter().map(|task| task.id.clone()).collect();
        return Err(TaskRefusal::NoTask { id, task: missing.to_string(), known });
    }
    let mut task = Task::new(name.clone(), title);
    task.needs.clone_from(&new.needs);
    task.assignee.clone_from(&new.assignee);
    task.team.clone_from(&new.team);
    task.description = new.description.as_deref().and_then(paragraph);
    for text in &new.checks {
        let text = line("line of the check list", text)?;
        task.checks.push(Check { text, done_at: None, by: None });
    }
    task.requires.clone_from(&new.requires);
    task.evidence = new.evidence.as_deref().map(|text| line("evidence", text)).transpose()?;
    let Some(tasks) = record.tasks_mut() else {
        return Err(TaskRefusal::NoTasks { kind: id.kind() });
    };
    tasks.push(task);
    settle_open(workflow, record, scene);
    record.touch(scene.now);
    Ok(name)
}

/// A free name from the words of the title: `Order a laptop` gives
/// `order-a-laptop`.
fn named(tasks: &[Task], title: &str) -> Result<TaskId, TaskRefusal> {
    let lower = title.to_ascii_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let mut slug = String::new();
    for word in words {
        if !slug.is_empty() && slug.len() + word.len() > 30 {
            break;
        }
        if !slug.is_empty() {
            slug.push('-');
        }
        slug.extend(word.chars().take(30));
    }
    if slug.is_empty() {
        slug.push_str("task");
    }
    let taken = |name: &str| tasks.iter().any(|task| task.id.as_str() == name);
    let numbered = (2..).map(|number| format!("{slug}-{number}"));
    let mut free = std::iter::once(slug.clone()).chain(numbered).filter(|name| !taken(name));
    let name = free.next().unwrap_or(slug);
    TaskId::new(name)
        .map_err(|error| TaskRefusal::Text { what: "title", reason: error.to_string() })
}

/// What follows for the record after something was done with its tasks: work on
/// a request begins with its first task, and it is fulfilled with its last.
pub fn advance(
    workflow: &Workflow,
    record: &mut Record,
    scene: &Scene<'_>,
    fresh: &mut dyn FnMut() -> Ulid,
) {
    let any = |test: fn(&Task) -> bool| record.tasks().iter().any(test);
    let begun = any(|task| matches!(task.state, TaskState::InProgress | TaskState::Done));
    let over = unfinished(record).next().is_none() && any(|task| task.state == TaskState::Done);
    let action = match () {
        () if record.kind() != Kind::Request => return,
        () if over => "fulfil",
        () if begun && record.started_at().is_none() => "start",
        () => return,
    };
    // Where the desk's workflow does not offer it, people decide.
    let _ = transition::apply(workflow, record, action, &Inputs::default(), scene, fresh);
}

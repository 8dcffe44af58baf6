//! `gitsm task`: the steps of carrying out a ticket.

use clap::{Args, Subcommand};
use clap_complete::ArgValueCompleter;

use super::{Context, args, complete};
use crate::app::{self, Action, Mode, TaskFilter, TaskStep};
use crate::error::CommandError;
use crate::model::{TaskId, TaskState, TeamId, Verdict};
use crate::outcome::Outcome;
use crate::policy::plan::{NewTask, TaskAction, TaskVote};

/// Work on the tasks of tickets
///
/// A task opens as soon as the tasks that it needs are over. Tasks come with an
/// offering of the catalogue, or are added to any ticket.
#[derive(Debug, Subcommand)]
pub enum TaskCommand {
    List(ListArgs),
    Plan(PlanArgs),
    Add(Box<AddArgs>),
    /// Begin tasks, or go on with them
    Start(StepArgs),
    Done(DoneArgs),
    Check(CheckArgs),
    /// Say that tasks wait for somebody or something outside
    Pend(StepArgs),
    /// Say that tasks are not wanted
    Skip(StepArgs),
    /// Take back that tasks are over
    Reopen(StepArgs),
    Assign(AssignArgs),
    /// Approve tasks that need approval of their own
    Approve(VoteArgs),
    /// Refuse tasks that need approval of their own, so that they are skipped
    Reject(VoteArgs),
}

/// A vote.
#[derive(Debug, Args)]
pub struct VoteArgs {
    #[command(flatten)]
    targets: Targets,
    #[command(flatten)]
    comment: args::Comment,
    /// The step to vote in; all that are open, unless given
    #[arg(long, value_name = "STEP")]
    step: Option<String>,
}

/// List tasks that can be worked on, of all tickets, in the order of work
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only tasks of records that match, in the query language
    #[arg(value_name = "QUERY", add = ArgValueCompleter::new(complete::query))]
    query: Vec<String>,
    /// Yours, and those of your teams that nobody has
    #[arg(short, long)]
    mine: bool,
    /// Whose: a person, or `me`
    #[arg(short, long, value_name = "PERSON", add = ArgValueCompleter::new(complete::people))]
    assignee: Option<String>,
    /// Of which team
    #[arg(short, long, value_name = "TEAM", add = ArgValueCompleter::new(complete::teams))]
    team: Option<TeamId>,
    /// In this state: waiting, open, in_progress, pending, done, incomplete or
    /// skipped
    #[arg(long, value_name = "STATE", value_parser = state)]
    state: Option<TaskState>,
    /// In any state
    #[arg(long, conflicts_with = "state")]
    all: bool,
    /// Those that wait for your vote
    #[arg(long, conflicts_with_all = ["state", "all"])]
    to_approve: bool,
}

/// Reads the state of a task.
fn state(text: &str) -> Result<TaskState, String> {
    let wanted = text.to_lowercase().replace('-', "_");
    TaskState::ALL.into_iter().find(|state| state.name() == wanted).ok_or_else(|| {
        let names = TaskState::ALL.map(TaskState::name).join(", ");
        format!("the states are {names}")
    })
}

/// Show the plan of a ticket as a tree
#[derive(Debug, Args)]
pub struct PlanArgs {
    /// The ticket
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
}

/// Add a task to a ticket
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The ticket
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
    /// What is to be done, in one line
    #[arg(value_name = "TITLE")]
    title: String,
    /// What to call the task; made from the title, unless given
    #[arg(long = "id", value_name = "NAME")]
    name: Option<TaskId>,
    /// A task that comes first; may be repeated
    #[arg(long = "needs", value_name = "TASK")]
    needs: Vec<TaskId>,
    /// Who is to do it; `me` for yourself
    #[arg(short, long, value_name = "PERSON", add = ArgValueCompleter::new(complete::people))]
    assignee: Option<String>,
    /// The team it is for
    #[arg(short, long, value_name = "TEAM", add = ArgValueCompleter::new(complete::teams))]
    team: Option<TeamId>,
    /// How it is to be done
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    /// A line to tick off before it is done; may be repeated
    #[arg(long = "check", value_name = "TEXT")]
    checks: Vec<String>,
    /// What must be said when it is done, such as "asset tag"
    #[arg(long, value_name = "WHAT")]
    evidence: Option<String>,
    #[command(flatten)]
    preview: args::Preview,
}

/// What a verb works on.
#[derive(Debug, Args)]
pub struct Targets {
    /// The ticket
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
    /// Its tasks: a name, the end of one after a dot, or a number in the plan
    #[arg(value_name = "TASK", required = true, add = ArgValueCompleter::new(complete::tasks))]
    tasks: Vec<String>,
    #[command(flatten)]
    preview: args::Preview,
}

/// A verb, with something said along.
#[derive(Debug, Args)]
pub struct StepArgs {
    #[command(flatten)]
    targets: Targets,
    #[command(flatten)]
    comment: args::Comment,
}

/// Say that tasks are done
#[derive(Debug, Args)]
pub struct DoneArgs {
    #[command(flatten)]
    targets: Targets,
    /// Tick off a line of the check list by its number, or `all`; may be repeated
    #[arg(short, long = "check", value_name = "N|all")]
    checks: Vec<String>,
    #[command(flatten)]
    comment: args::Comment,
}

/// Tick off lines of a task's check list
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// The ticket
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
    /// The task
    #[arg(value_name = "TASK", add = ArgValueCompleter::new(complete::tasks))]
    task: String,
    /// The lines by their numbers, or `all`
    #[arg(value_name = "N|all", required = true)]
    checks: Vec<String>,
    #[command(flatten)]
    preview: args::Preview,
}

/// Give tasks to a person or a team
#[derive(Debug, Args)]
pub struct AssignArgs {
    #[command(flatten)]
    targets: Targets,
    /// The person: `me`, `none` or a person id
    #[arg(long = "to", value_name = "PERSON", required_unless_present = "team",
          add = ArgValueCompleter::new(complete::people))]
    person: Option<String>,
    /// The team; `none` to take it from any
    #[arg(short, long, value_name = "TEAM", add = ArgValueCompleter::new(complete::teams))]
    team: Option<TeamId>,
}

pub fn run(context: &Context, command: &TaskCommand) -> Result<Outcome, CommandError> {
    match command {
        TaskCommand::List(args) => list(context, args),
        TaskCommand::Plan(args) => plan(context, args),
        TaskCommand::Add(args) => add(context, args),
        TaskCommand::Start(args) => step(context, args, TaskAction::Start),
        TaskCommand::Pend(args) => step(context, args, TaskAction::Pend),
        TaskCommand::Skip(args) => step(context, args, TaskAction::Skip),
        TaskCommand::Reopen(args) => step(context, args, TaskAction::Reopen),
        TaskCommand::Approve(args) => vote(context, args, Verdict::Approved),
        TaskCommand::Reject(args) => vote(context, args, Verdict::Rejected),
        TaskCommand::Done(args) => {
            let comment = args.comment.given(context)?;
            act(context, &args.targets, TaskAction::Done, comment, &args.checks)
        }
        TaskCommand::Check(args) => {
            let targets = Targets {
                id: args.id.clone(),
                tasks: vec![args.task.clone()],
                preview: args.preview,
            };
            act(context, &targets, TaskAction::Check, None, &args.checks)
        }
        TaskCommand::Assign(args) => {
            let step = TaskStep::Act {
                tasks: args.targets.tasks.clone(),
                action: TaskAction::Assign,
                comment: None,
                checks: Vec::new(),
                all_checks: false,
                person: args.person.clone(),
                team: args.team.clone(),
            };
            perform(context, &args.targets.id, step, args.targets.preview.dry_run)
        }
    }
}

fn list(context: &Context, args: &ListArgs) -> Result<Outcome, CommandError> {
    let filter = TaskFilter {
        query: args.query.join(" "),
        mine: args.mine,
        assignee: args.assignee.clone(),
        team: args.team.clone(),
        state: args.state,
        all: args.all,
        to_approve: args.to_approve,
    };
    Ok(Outcome::Tasks(app::tasks(context.session()?, &filter)?))
}

fn plan(context: &Context, args: &PlanArgs) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    Ok(Outcome::Plan(app::plan(session, session.find(&args.id)?)?))
}

/// Shows the plan of a ticket, for the noun's own verb.
pub fn run_plan(context: &Context, args: &PlanArgs) -> Result<Outcome, CommandError> {
    plan(context, args)
}

fn add(context: &Context, args: &AddArgs) -> Result<Outcome, CommandError> {
    let new = NewTask {
        title: args.title.clone(),
        id: args.name.clone(),
        needs: args.needs.clone(),
        assignee: None,
        team: args.team.clone(),
        description: args.message.clone(),
        checks: args.checks.clone(),
        requires: Vec::new(),
        evidence: args.evidence.clone(),
    };
    let step = TaskStep::Add { new, person: args.assignee.clone() };
    perform(context, &args.id, step, args.preview.dry_run)
}

fn vote(context: &Context, args: &VoteArgs, verdict: Verdict) -> Result<Outcome, CommandError> {
    let comment = args.comment.given(context)?;
    let vote = TaskVote { verdict, comment, step: args.step.clone() };
    let step = TaskStep::Vote { tasks: args.targets.tasks.clone(), vote };
    perform(context, &args.targets.id, step, args.targets.preview.dry_run)
}

fn step(context: &Context, args: &StepArgs, action: TaskAction) -> Result<Outcome, CommandError> {
    act(context, &args.targets, action, args.comment.given(context)?, &[])
}

fn act(
    context: &Context,
    targets: &Targets,
    action: TaskAction,
    comment: Option<String>,
    checks: &[String],
) -> Result<Outcome, CommandError> {
    let all_checks = checks.iter().any(|line| line == "all");
    let numbers = checks.iter().filter(|line| *line != "all").map(|line| {
        line.parse::<usize>().map_err(|_| {
            CommandError::usage(format!("`{line}` is no line of a check list"))
                .hint("give the number of the line, or `all`")
        })
    });
    let step = TaskStep::Act {
        tasks: targets.tasks.clone(),
        action,
        comment,
        checks: numbers.collect::<Result<_, _>>()?,
        all_checks,
        person: None,
        team: None,
    };
    perform(context, &targets.id, step, targets.preview.dry_run)
}

fn perform(
    context: &Context,
    id: &str,
    step: TaskStep,
    dry_run: bool,
) -> Result<Outcome, CommandError> {
    let mode = Mode { dry_run, keep_going: false };
    context.perform(None, &[id.to_owned()], &Action::Task(step), mode)
}

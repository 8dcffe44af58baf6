//! The command line: one file per verb, one folder or file per noun.
//!
//! A verb's file holds its arguments (the doc comments are the help texts) and
//! a `run` that calls a use case and returns an [`Outcome`]. Nothing here
//! prints.

mod actions;
mod apply;
mod approval;
mod args;
mod assign;
mod attach;
mod attachment;
mod blame;
mod calendar;
mod called;
mod catalog;
mod change;
mod change_model;
mod check;
mod ci;
mod commit;
mod complete;
mod completions;
mod context;
mod csat;
mod demo;
mod diff;
mod edit;
mod export;
mod help;
mod hook;
mod import;
mod incident;
mod init;
mod lazy;
mod link;
mod list;
mod log;
mod man;
mod new;
mod note;
mod own;
mod path;
mod problem;
mod report;
mod request;
mod schema;
mod search;
mod show;
mod sla;
mod status;
mod task;
mod tick;
mod triage;
mod turned_round;
mod unlink;
mod verb;
mod view;
mod workflow;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

pub use context::Context;
pub use own::parse;
pub use turned_round::in_brackets;

use crate::error::CommandError;
use crate::outcome::Outcome;
use crate::render::Format;
use lazy::Lazy;

/// IT service management whose database is a git repository
///
/// Every incident, request, problem, change and configuration item is one YAML
/// file; every action is one commit; the history is the audit trail.
#[derive(Debug, Parser)]
#[command(name = "gitsm", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    #[command(flatten)]
    pub global: GlobalArgs,
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Global options")]
pub struct GlobalArgs {
    /// The desk to work on: its folder, or its bare repository
    #[arg(long, global = true, value_name = "PATH")]
    pub desk: Option<PathBuf>,
    /// Answer in JSON; the same as --format json
    #[arg(long, global = true)]
    pub json: bool,
    /// How to answer: table, json, jsonl, yaml, csv or ids; drawings: svg, dot;
    /// schedules: ics
    #[arg(short, long, global = true, value_name = "FORMAT", conflicts_with = "json")]
    pub format: Option<Format>,
    /// Print each record through a template, such as "{{ short }} {{ title }}";
    /// `@FILE` takes it from a file
    #[arg(long, global = true, value_name = "TEMPLATE", value_parser = args::template,
          conflicts_with_all = ["json", "format"])]
    pub template: Option<String>,
    /// Leave out the line of headings
    #[arg(long, global = true)]
    pub no_header: bool,
    /// When to use colour: auto, always or never
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto",
          value_parser = ["auto", "always", "never"])]
    pub color: String,
    /// Do not use a pager
    #[arg(long, global = true)]
    pub no_pager: bool,
    /// Say nothing but data, warnings and errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a desk
    Init(Lazy<init::InitArgs>),
    /// Build a desk and play the CRM story on it, with the commands printed
    Demo(Lazy<demo::DemoArgs>),
    /// Show how the desk stands: what is open, what is yours, what was edited by hand
    Status(Lazy<status::StatusArgs>),
    /// Report, work on and resolve incidents
    #[command(subcommand, visible_alias = "inc")]
    Incident(Lazy<incident::IncidentCommand>),
    /// Ask for something, approve and fulfil it
    #[command(subcommand, visible_alias = "req")]
    Request(Lazy<request::RequestCommand>),
    /// Find and remove the causes of incidents
    #[command(subcommand, visible_alias = "prb")]
    Problem(Lazy<problem::ProblemCommand>),
    /// Plan, approve and carry out changes
    #[command(subcommand, visible_alias = "chg")]
    Change(Lazy<change::ChangeCommand>),
    /// Record what services are made of
    #[command(subcommand)]
    Ci(Lazy<ci::CiCommand>),
    /// See who must approve what, and what waits for votes
    #[command(subcommand)]
    Approval(Lazy<approval::ApprovalCommand>),
    /// Work on the tasks of tickets
    #[command(subcommand)]
    Task(Lazy<task::TaskCommand>),
    /// Record how satisfied the requester was, once per ticket
    Csat(Lazy<csat::CsatArgs>),
    /// See what can be asked for, and what a request for it takes
    #[command(subcommand)]
    Catalog(Lazy<catalog::CatalogCommand>),
    /// See the workflows that records live by, draw them, and check your own
    #[command(subcommand)]
    Workflow(Lazy<workflow::WorkflowCommand>),
    /// Show a record in full, with its relations and what can be done with it
    Show(Lazy<show::ShowArgs>),
    /// Show what you can do with a record now, and why the rest is not open to you
    Actions(Lazy<actions::ActionsArgs>),
    /// List records
    List(Lazy<list::ListArgs>),
    /// Say whether a ticket was seen before, needs a change, and what it concerns
    Triage(Lazy<triage::TriageArgs>),
    /// Save queries under a name, and use them as `@name`
    #[command(subcommand)]
    View(view::ViewCommand),
    /// Search titles, descriptions, notes and resolutions
    Search(Lazy<search::SearchArgs>),
    /// Show who did what and when, and what changed from what to what
    Log(Lazy<log::LogArgs>),
    /// Show what is different between two dates or commits
    Diff(Lazy<diff::DiffArgs>),
    /// Show who set each field of a record, when, and by which action
    Blame(Lazy<blame::BlameArgs>),
    /// Show what was promised, and how it stands
    #[command(subcommand)]
    Sla(Lazy<sla::SlaCommand>),
    /// Show when the desk is open
    #[command(subcommand)]
    Calendar(Lazy<calendar::CalendarCommand>),
    /// Change a record
    Edit(Lazy<edit::EditArgs>),
    /// Add a note
    Note(Lazy<note::NoteArgs>),
    /// Give records to a person or a team
    Assign(Lazy<assign::AssignArgs>),
    /// Assign it to yourself, and begin if nobody has
    Take(Lazy<verb::take::TakeArgs>),
    /// Begin to work on it
    Start(Lazy<verb::start::StartArgs>),
    /// Put it on hold; its clocks stop
    Hold(Lazy<verb::hold::HoldArgs>),
    /// Take it off hold and go on
    Resume(Lazy<verb::resume::ResumeArgs>),
    /// Say how it was solved
    Resolve(Lazy<verb::resolve::ResolveArgs>),
    /// End it for good
    Close(Lazy<verb::close::CloseArgs>),
    /// Take it up again
    Reopen(Lazy<verb::reopen::ReopenArgs>),
    /// End it without having done it
    Cancel(Lazy<verb::cancel::CancelArgs>),
    /// Vote for it
    Approve(Lazy<verb::approve::ApproveArgs>),
    /// Vote against it
    Reject(Lazy<verb::reject::RejectArgs>),
    /// Relate two records
    Link(Lazy<link::LinkArgs>),
    /// Take a relation between two records back
    Unlink(Lazy<unlink::UnlinkArgs>),
    /// Keep files with a record
    Attach(Lazy<attach::AttachArgs>),
    /// List the files that are kept with a record, and get them back
    #[command(subcommand)]
    Attachment(Lazy<attachment::AttachmentCommand>),
    /// Carry out many actions, one on each line of JSON, in one commit
    Apply(Lazy<apply::ApplyArgs>),
    /// Print the path of a record's file, relative to the desk's root
    Path(Lazy<path::PathArgs>),
    /// Do what is due by now: for cron
    Tick(Lazy<tick::TickArgs>),
    /// Check and commit files edited by hand
    Commit(Lazy<commit::CommitArgs>),
    /// Check every record, and files edited by hand, against the desk's rules
    Check(Lazy<check::CheckArgs>),
    /// Count what there is
    #[command(subcommand)]
    Report(Lazy<report::ReportCommand>),
    /// Write whole records, for other programs or another desk
    #[command(subcommand)]
    Export(Lazy<export::ExportCommand>),
    /// Take over tickets from another system
    Import(Lazy<import::ImportArgs>),
    /// Let git tell the desk what is pushed, and ask it before
    #[command(subcommand)]
    Hook(Lazy<hook::HookCommand>),
    /// Print the JSON Schema of a file type or of an answer, or list them
    Schema(Lazy<schema::SchemaArgs>),
    /// Print the shell's completion script
    Completions(Lazy<completions::CompletionsArgs>),
    /// Write the manual pages into a folder, one per command
    Man(Lazy<man::ManArgs>),
    /// An action of a desk's own workflow
    #[command(skip)]
    Own(Box<own::OwnAction>),
}

/// Whether the answer of the command can be drawn.
pub fn draws(command: &Command) -> bool {
    match command {
        Command::Workflow(command) => matches!(**command, workflow::WorkflowCommand::Graph(_)),
        _ => false,
    }
}

/// Whether the answer of the command is a schedule, which calendars can take.
pub fn schedules(command: &Command) -> bool {
    matches!(command, Command::Change(command) if command.is_schedule())
}

/// Runs the command.
pub fn run(context: &Context, command: &Command) -> Result<Outcome, CommandError> {
    match command {
        Command::Init(args) => init::run(context, args),
        Command::Demo(args) => demo::run(context, args),
        Command::Status(args) => status::run(context, args),
        Command::Incident(command) => incident::run(context, command),
        Command::Request(command) => request::run(context, command),
        Command::Problem(command) => problem::run(context, command),
        Command::Change(command) => change::run(context, command),
        Command::Ci(command) => ci::run(context, command),
        Command::Approval(command) => approval::run(context, command),
        Command::Task(command) => task::run(context, command),
        Command::Csat(args) => csat::run(context, args),
        Command::Catalog(command) => catalog::run(context, command),
        Command::Workflow(command) => workflow::run(context, command),
        Command::Actions(args) => actions::run(context, args),
        Command::Show(args) => show::run(context, args),
        Command::List(args) => list::run(context, None, args),
        Command::Triage(args) => triage::run(context, None, args),
        Command::View(command) => view::run(context, command),
        Command::Search(args) => search::run(context, args),
        Command::Log(args) => log::run(context, args),
        Command::Diff(args) => diff::run(context, args),
        Command::Blame(args) => blame::run(context, args),
        Command::Sla(command) => sla::run(context, command),
        Command::Calendar(command) => calendar::run(context, command),
        Command::Edit(args) => edit::run(context, args),
        Command::Note(args) => note::run(context, args),
        Command::Assign(args) => assign::run(context, args),
        Command::Take(args) => verb::take::run(context, None, args),
        Command::Start(args) => verb::start::run(context, None, args),
        Command::Hold(args) => verb::hold::run(context, None, args),
        Command::Resume(args) => verb::resume::run(context, None, args),
        Command::Resolve(args) => verb::resolve::run(context, None, args),
        Command::Close(args) => verb::close::run(context, None, args),
        Command::Reopen(args) => verb::reopen::run(context, None, args),
        Command::Cancel(args) => verb::cancel::run(context, None, args),
        Command::Approve(args) => verb::approve::run(context, None, args),
        Command::Reject(args) => verb::reject::run(context, None, args),
        Command::Link(args) => link::run(context, args),
        Command::Unlink(args) => unlink::run(context, args),
        Command::Attach(args) => attach::run(context, args),
        Command::Attachment(command) => attachment::run(context, command),
        Command::Apply(args) => apply::run(context, args),
        Command::Path(args) => path::run(context, args),
        Command::Tick(args) => tick::run(context, args),
        Command::Commit(args) => commit::run(context, args),
        Command::Check(args) => check::run(context, args),
        Command::Report(command) => report::run(context, command),
        Command::Export(command) => export::run(context, command),
        Command::Import(args) => import::run(context, args),
        Command::Hook(command) => hook::run(context, command),
        Command::Schema(args) => schema::run(args),
        Command::Completions(args) => completions::run(args),
        Command::Man(args) => man::run(args),
        Command::Own(action) => own::run(context, action),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn commands_are_described_alike_before_and_after_they_are_called() {
        let described = |command: &clap::Command| -> Vec<(String, String)> {
            let about = |each: &clap::Command| {
                each.get_about().map(ToString::to_string).unwrap_or_default()
            };
            let own = command.get_subcommands().filter(|each| each.get_name() != "help");
            own.map(|each| (each.get_name().to_owned(), about(each))).collect()
        };
        let mut command = Cli::command();
        let before = described(&command);
        command.build();
        assert_eq!(before, described(&command));
        assert!(before.iter().all(|(_, about)| !about.is_empty()), "{before:?}");
    }
}

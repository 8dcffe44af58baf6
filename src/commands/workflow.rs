//! `gitsm workflow`: the state machines that records live by.

use clap::{Args, Subcommand};

use super::Context;
use crate::app;
use crate::error::CommandError;
use crate::model::{Kind, StateName};
use crate::outcome::Outcome;

/// See the workflows that records live by, draw them, and check your own
///
/// Workflows are data: `.gitsm/workflows/TYPE.yaml`, or, for the records of one
/// domain, `.gitsm/workflows/DOMAIN/TYPE.yaml`. Types without a file have the
/// built-in one.
#[derive(Debug, Subcommand)]
pub enum WorkflowCommand {
    Show(ShowArgs),
    Graph(GraphArgs),
    Check(CheckArgs),
}

/// Show states and actions: where each leads, and who may carry it out when
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The record type: incident, request, problem, change or ci; all, if none
    #[arg(value_name = "TYPE")]
    kind: Option<Kind>,
    /// As the records of this domain have it
    #[arg(short, long, value_name = "DOMAIN", value_parser = domain)]
    domain: Option<StateName>,
}

/// Draw a workflow: in the terminal, or with --format as svg or dot
#[derive(Debug, Args)]
pub struct GraphArgs {
    /// The record type: incident, request, problem, change or ci
    #[arg(value_name = "TYPE")]
    kind: Kind,
    /// As the records of this domain have it
    #[arg(short, long, value_name = "DOMAIN", value_parser = domain)]
    domain: Option<StateName>,
}

/// Find states that cannot be reached or left, and guards that nobody can meet
#[derive(Debug, Args)]
pub struct CheckArgs {}

fn domain(text: &str) -> Result<StateName, String> {
    StateName::new(text).map_err(|_| {
        "name a domain of .gitsm/desk.yaml; lower-case letters, digits and _ make its name"
            .to_owned()
    })
}

pub fn run(context: &Context, command: &WorkflowCommand) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    match command {
        WorkflowCommand::Show(args) => {
            let view = app::workflows(session, args.kind, args.domain.as_ref())?;
            Ok(Outcome::Workflows(Box::new(view)))
        }
        WorkflowCommand::Graph(args) => {
            let mut view = app::workflows(session, Some(args.kind), args.domain.as_ref())?;
            // Without a domain the general one is meant.
            view.workflows.truncate(1);
            Ok(Outcome::Graph(Box::new(view)))
        }
        WorkflowCommand::Check(CheckArgs {}) => Ok(Outcome::Check(app::check_workflows(session)?)),
    }
}

//! `escalate`: an incident goes up a support level.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::app::Action;
use crate::commands::{Context, args, complete};
use crate::error::CommandError;
use crate::model::{Kind, TeamId};
use crate::outcome::Outcome;

/// Hand it to the next support level
#[derive(Debug, Args)]
pub struct EscalateArgs {
    #[command(flatten)]
    targets: args::Targets,
    /// The team that takes over; the present assignee lets go
    #[arg(short, long, value_name = "TEAM", add = ArgValueCompleter::new(complete::teams))]
    team: TeamId,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &EscalateArgs) -> Result<Outcome, CommandError> {
    let comment = args.comment.required(context, &args.targets, "why it is escalated")?;
    let action = Action::Escalate { team: args.team.clone(), comment };
    context.perform(Some(kind), &args.targets.ids, &action, args.targets.batch.mode())
}

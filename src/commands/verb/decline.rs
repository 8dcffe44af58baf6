//! `decline`: an incident is no major one, after all.

use clap::Args;

use crate::app::Action;
use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::{Kind, Major};
use crate::outcome::Outcome;

/// Decide that it is no major incident
#[derive(Debug, Args)]
pub struct DeclineArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &DeclineArgs) -> Result<Outcome, CommandError> {
    let comment =
        Some(args.comment.required(context, &args.targets, "why it is no major incident")?);
    let action = Action::Major { to: Major::Declined, comment };
    context.perform(Some(kind), &args.targets.ids, &action, args.targets.batch.mode())
}

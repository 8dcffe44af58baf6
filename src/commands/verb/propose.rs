//! `propose`: an incident may be a major one.

use clap::Args;

use crate::app::Action;
use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::{Kind, Major};
use crate::outcome::Outcome;

/// Propose it as a major incident
#[derive(Debug, Args)]
pub struct ProposeArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &ProposeArgs) -> Result<Outcome, CommandError> {
    let comment =
        Some(args.comment.required(context, &args.targets, "why it may be a major incident")?);
    let action = Action::Major { to: Major::Proposed, comment };
    context.perform(Some(kind), &args.targets.ids, &action, args.targets.batch.mode())
}

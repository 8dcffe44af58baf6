//! `take`: you work on it from now on.

use clap::Args;

use crate::app::Action;
use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// Assign it to yourself, and begin if nobody has
#[derive(Debug, Args)]
pub struct TakeArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(
    context: &Context,
    kind: impl Into<Option<Kind>>,
    args: &TakeArgs,
) -> Result<Outcome, CommandError> {
    let action = Action::Take { comment: args.comment.given(context)? };
    context.perform(kind.into(), &args.targets.ids, &action, args.targets.batch.mode())
}

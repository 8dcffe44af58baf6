//! `start`: work on a record begins.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Begin to work on it
#[derive(Debug, Args)]
pub struct StartArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(
    context: &Context,
    kind: impl Into<Option<Kind>>,
    args: &StartArgs,
) -> Result<Outcome, CommandError> {
    let inputs = Inputs { comment: args.comment.given(context)?, ..Inputs::default() };
    context.act(kind, &args.targets, "start", inputs)
}

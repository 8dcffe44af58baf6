//! `reopen`: what was thought solved is not.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Take it up again
#[derive(Debug, Args)]
pub struct ReopenArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(
    context: &Context,
    kind: impl Into<Option<Kind>>,
    args: &ReopenArgs,
) -> Result<Outcome, CommandError> {
    let inputs = Inputs {
        comment: Some(args.comment.required(context, &args.targets, "why it is taken up again")?),
        ..Inputs::default()
    };
    context.act(kind, &args.targets, "reopen", inputs)
}

//! `known-error`: the cause is known, the fix is still to come.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Mark it as a known error; its cause must be known
#[derive(Debug, Args)]
pub struct KnownErrorArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &KnownErrorArgs) -> Result<Outcome, CommandError> {
    let inputs = Inputs { comment: args.comment.given(context)?, ..Inputs::default() };
    context.act(kind, &args.targets, "known_error", inputs)
}

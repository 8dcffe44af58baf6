//! `complete`: a change went in as planned.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Say that it went in as planned
#[derive(Debug, Args)]
pub struct CompleteArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &CompleteArgs) -> Result<Outcome, CommandError> {
    let inputs = Inputs { comment: args.comment.given(context)?, ..Inputs::default() };
    context.act(kind, &args.targets, "complete", inputs)
}

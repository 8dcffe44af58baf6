//! `fulfil`: the requester has what was asked for.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Say that the request is carried out
#[derive(Debug, Args)]
pub struct FulfilArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &FulfilArgs) -> Result<Outcome, CommandError> {
    let inputs = Inputs { comment: args.comment.given(context)?, ..Inputs::default() };
    context.act(kind, &args.targets, "fulfil", inputs)
}

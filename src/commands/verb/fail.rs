//! `fail`: a change did not go in.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Say that it failed
#[derive(Debug, Args)]
pub struct FailArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &FailArgs) -> Result<Outcome, CommandError> {
    let inputs = Inputs {
        comment: Some(args.comment.required(context, &args.targets, "how it failed")?),
        ..Inputs::default()
    };
    context.act(kind, &args.targets, "fail", inputs)
}

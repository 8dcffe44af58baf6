//! `reject`: a vote against.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Vote against it
#[derive(Debug, Args)]
pub struct RejectArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &RejectArgs) -> Result<Outcome, CommandError> {
    let inputs = Inputs {
        comment: Some(args.comment.required(context, &args.targets, "why it is rejected")?),
        ..Inputs::default()
    };
    context.act(kind, &args.targets, "reject", inputs)
}

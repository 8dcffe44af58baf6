//! `regularise`: a change that was made without being asked for.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Record that it was made without approval; it goes straight to its review
#[derive(Debug, Args)]
pub struct RegulariseArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &RegulariseArgs) -> Result<Outcome, CommandError> {
    let inputs = Inputs {
        comment: Some(args.comment.required(
            context,
            &args.targets,
            "what was done, and why nobody was asked",
        )?),
        ..Inputs::default()
    };
    context.act(kind, &args.targets, "regularise", inputs)
}

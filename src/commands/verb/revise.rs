//! `revise`: back to the start, to be changed and approved anew.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Take it back to new, to change it; votes are asked for anew afterwards
#[derive(Debug, Args)]
pub struct ReviseArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &ReviseArgs) -> Result<Outcome, CommandError> {
    let inputs = Inputs {
        comment: Some(args.comment.required(context, &args.targets, "why it is taken back")?),
        ..Inputs::default()
    };
    context.act(kind, &args.targets, "revise", inputs)
}

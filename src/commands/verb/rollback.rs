//! `rollback`: a change was taken back.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Say that it was taken back
#[derive(Debug, Args)]
pub struct RollbackArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &RollbackArgs) -> Result<Outcome, CommandError> {
    let inputs = Inputs {
        comment: Some(args.comment.required(context, &args.targets, "why it was taken back")?),
        ..Inputs::default()
    };
    context.act(kind, &args.targets, "rollback", inputs)
}

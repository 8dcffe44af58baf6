//! `review`: what was learnt from a change.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::{Kind, Patch};
use crate::outcome::Outcome;

/// Record the review after it was carried out
#[derive(Debug, Args)]
pub struct ReviewArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &ReviewArgs) -> Result<Outcome, CommandError> {
    let text = args.comment.required(context, &args.targets, "the review")?;
    context.set(kind, &args.targets, "review", vec![Patch::Set("review".into(), text)])
}

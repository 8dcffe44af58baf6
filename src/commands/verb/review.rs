//! `review`: what was learnt from a change or a major incident.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::{Kind, Patch};
use crate::outcome::Outcome;

/// Record what was learnt from it afterwards
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

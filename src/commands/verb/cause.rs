//! `cause`: what analysis found.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::{Kind, Patch};
use crate::outcome::Outcome;

/// Record the root cause
#[derive(Debug, Args)]
pub struct CauseArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &CauseArgs) -> Result<Outcome, CommandError> {
    let text = args.comment.required(context, &args.targets, "the root cause")?;
    context.set(kind, &args.targets, "cause", vec![Patch::Set("cause".into(), text)])
}

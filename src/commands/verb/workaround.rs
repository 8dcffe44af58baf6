//! `workaround`: how to avoid the effects for now.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::{Kind, Patch};
use crate::outcome::Outcome;

/// Record how the effects can be avoided until the fix
#[derive(Debug, Args)]
pub struct WorkaroundArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &WorkaroundArgs) -> Result<Outcome, CommandError> {
    let text = args.comment.required(context, &args.targets, "the workaround")?;
    context.set(kind, &args.targets, "workaround", vec![Patch::Set("workaround".into(), text)])
}

//! `merge`: a ticket that reports the same thing as another one.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::app::Action;
use crate::commands::{Context, args, complete};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// End it as a duplicate of another one, which takes over its relations
#[derive(Debug, Args)]
pub struct MergeArgs {
    #[command(flatten)]
    targets: args::Targets,
    /// The ticket that stays
    #[arg(long, value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    into: String,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &MergeArgs) -> Result<Outcome, CommandError> {
    let comment = args.comment.given(context)?;
    let action = Action::Merge { into: args.into.clone(), comment };
    context.perform(Some(kind), &args.targets.ids, &action, args.targets.batch.mode())
}

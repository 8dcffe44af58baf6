//! `promote`: an incident is a major one.

use clap::Args;

use crate::app::Action;
use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::{Kind, Major};
use crate::outcome::Outcome;

/// Make it a major incident, which is closed with a review only
#[derive(Debug, Args)]
pub struct PromoteArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &PromoteArgs) -> Result<Outcome, CommandError> {
    let comment = args.comment.given(context)?;
    let action = Action::Major { to: Major::Promoted, comment };
    context.perform(Some(kind), &args.targets.ids, &action, args.targets.batch.mode())
}

//! `why`: one step of the cause analysis.

use clap::Args;

use crate::app::Action;
use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// Answer "why?" once more: the causes below the causes (5 whys)
#[derive(Debug, Args)]
pub struct WhyArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &WhyArgs) -> Result<Outcome, CommandError> {
    let text = args.comment.required(context, &args.targets, "the answer")?;
    let action = Action::Why { text };
    context.perform(Some(kind), &args.targets.ids, &action, args.targets.batch.mode())
}

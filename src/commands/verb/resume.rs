//! `resume`: what a record waited for is there.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Take it off hold and go on
#[derive(Debug, Args)]
pub struct ResumeArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(
    context: &Context,
    kind: impl Into<Option<Kind>>,
    args: &ResumeArgs,
) -> Result<Outcome, CommandError> {
    let inputs = Inputs { comment: args.comment.given(context)?, ..Inputs::default() };
    context.act(kind, &args.targets, "resume", inputs)
}

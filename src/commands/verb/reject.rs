//! `reject`: a vote against.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Vote against it
#[derive(Debug, Args)]
pub struct RejectArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
    /// Vote only in this step of the approval, such as cab/board; in all that
    /// are open, if absent
    #[arg(long, value_name = "STEP")]
    step: Option<String>,
}

pub fn run(
    context: &Context,
    kind: impl Into<Option<Kind>>,
    args: &RejectArgs,
) -> Result<Outcome, CommandError> {
    let inputs = Inputs {
        comment: Some(args.comment.required(context, &args.targets, "why it is rejected")?),
        step: args.step.clone(),
        ..Inputs::default()
    };
    context.act(kind, &args.targets, "reject", inputs)
}

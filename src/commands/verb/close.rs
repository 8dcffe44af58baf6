//! `close`: a record ends for good.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::commands::{Context, args, complete};
use crate::error::CommandError;
use crate::model::{Kind, StateName};
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// End it for good
#[derive(Debug, Args)]
pub struct CloseArgs {
    #[command(flatten)]
    targets: args::Targets,
    /// How it ended, if that differs from what was said before
    #[arg(short, long, value_name = "CODE", add = ArgValueCompleter::new(complete::resolution_codes))]
    code: Option<StateName>,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(
    context: &Context,
    kind: impl Into<Option<Kind>>,
    args: &CloseArgs,
) -> Result<Outcome, CommandError> {
    let inputs = Inputs {
        code: args.code.clone(),
        comment: args.comment.given(context)?,
        ..Inputs::default()
    };
    context.act(kind, &args.targets, "close", inputs)
}

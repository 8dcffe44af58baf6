//! `hold`: a record waits for somebody or something.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::commands::{Context, args, complete};
use crate::error::CommandError;
use crate::model::{Kind, StateName};
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Put it on hold; its clocks stop
#[derive(Debug, Args)]
pub struct HoldArgs {
    #[command(flatten)]
    targets: args::Targets,
    /// What it waits for, for example awaiting_requester
    #[arg(short, long, value_name = "REASON", add = ArgValueCompleter::new(complete::hold_reasons))]
    reason: StateName,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(
    context: &Context,
    kind: impl Into<Option<Kind>>,
    args: &HoldArgs,
) -> Result<Outcome, CommandError> {
    let inputs = Inputs {
        hold_reason: Some(args.reason.clone()),
        comment: args.comment.given(context)?,
        ..Inputs::default()
    };
    context.act(kind, &args.targets, "hold", inputs)
}

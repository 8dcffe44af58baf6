//! `cancel`: a record should not have been, or is no longer wanted.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::commands::{Context, args, complete};
use crate::error::CommandError;
use crate::model::{Kind, StateName};
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// End it without having done it
#[derive(Debug, Args)]
pub struct CancelArgs {
    #[command(flatten)]
    targets: args::Targets,
    /// The reason in one word, for example duplicate
    #[arg(short, long, value_name = "CODE", add = ArgValueCompleter::new(complete::resolution_codes))]
    code: Option<StateName>,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(
    context: &Context,
    kind: impl Into<Option<Kind>>,
    args: &CancelArgs,
) -> Result<Outcome, CommandError> {
    let inputs = Inputs {
        code: args.code.clone(),
        comment: Some(args.comment.required(context, &args.targets, "why it is cancelled")?),
        ..Inputs::default()
    };
    context.act(kind, &args.targets, "cancel", inputs)
}

//! `resolve`: service is restored, or the cause is gone.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::commands::{Context, args, complete};
use crate::error::CommandError;
use crate::model::{Kind, StateName};
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Say how it was solved
#[derive(Debug, Args)]
pub struct ResolveArgs {
    #[command(flatten)]
    targets: args::Targets,
    /// The way it was solved, for example fixed or workaround
    #[arg(short, long, value_name = "CODE", add = ArgValueCompleter::new(complete::resolution_codes))]
    code: Option<StateName>,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(
    context: &Context,
    kind: impl Into<Option<Kind>>,
    args: &ResolveArgs,
) -> Result<Outcome, CommandError> {
    let inputs = Inputs {
        code: args.code.clone(),
        comment: Some(args.comment.required(context, &args.targets, "how it was solved")?),
        ..Inputs::default()
    };
    context.act(kind, &args.targets, "resolve", inputs)
}

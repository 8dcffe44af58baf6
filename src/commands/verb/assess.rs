//! `assess`: how bad a problem is, or how risky a change.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::{Kind, Patch, Risk};
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Assess a problem
#[derive(Debug, Args)]
pub struct AssessProblemArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

/// Assess the risk of a change and pass it on for approval
#[derive(Debug, Args)]
pub struct AssessChangeArgs {
    #[command(flatten)]
    targets: args::Targets,
    /// low, moderate or high
    #[arg(short, long, value_name = "RISK")]
    risk: Option<Risk>,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn problem(context: &Context, args: &AssessProblemArgs) -> Result<Outcome, CommandError> {
    let inputs = Inputs { comment: args.comment.given(context)?, ..Inputs::default() };
    context.act(Kind::Problem, &args.targets, "assess", inputs)
}

pub fn change(context: &Context, args: &AssessChangeArgs) -> Result<Outcome, CommandError> {
    let risk = args.risk.map(|risk| Patch::Set("risk".into(), risk.to_string()));
    let inputs = Inputs {
        comment: args.comment.given(context)?,
        patches: risk.into_iter().collect(),
        ..Inputs::default()
    };
    context.act(Kind::Change, &args.targets, "assess", inputs)
}

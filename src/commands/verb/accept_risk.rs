//! `accept-risk`: living with the problem is cheaper than fixing it.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;
use crate::policy::Inputs;

/// Close it unfixed and accept the risk
#[derive(Debug, Args)]
pub struct AcceptRiskArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &AcceptRiskArgs) -> Result<Outcome, CommandError> {
    let inputs = Inputs {
        comment: Some(args.comment.required(context, &args.targets, "why the risk is accepted")?),
        ..Inputs::default()
    };
    context.act(kind, &args.targets, "accept_risk", inputs)
}

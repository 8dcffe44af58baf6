//! `take`: you work on it from now on.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// Assign it to yourself, and begin if nobody has
#[derive(Debug, Args)]
pub struct TakeArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &TakeArgs) -> Result<Outcome, CommandError> {
    let comment = args.comment.given(context)?;
    let session = context.session()?;
    let ids = context.find_all(session, Some(kind), &args.targets.ids)?;
    Ok(Outcome::Written(crate::app::take(session, &ids, comment.as_deref())?))
}

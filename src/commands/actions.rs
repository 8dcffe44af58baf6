//! `gitsm actions`: what can be done with a record.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, complete};
use crate::app;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Show what you can do with a record now, and why the rest is not open to you
#[derive(Debug, Args)]
pub struct ActionsArgs {
    /// The record
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
}

pub fn run(context: &Context, args: &ActionsArgs) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    let id = session.find(&args.id)?;
    Ok(Outcome::Actions(Box::new(app::actions(session, id)?)))
}

//! `gitsm show`: one record in full.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::args::At;
use super::{Context, complete};
use crate::app;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Show a record in full, with its relations and what can be done with it
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The record: a full id, any unambiguous ending of one, a CI's name, or a
    /// number from the system it was imported from
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
    #[command(flatten)]
    at: At,
}

pub fn run(context: &Context, args: &ShowArgs) -> Result<Outcome, CommandError> {
    let session = context.session_at(&args.at)?;
    let id = app::find_or_tell(session, &args.id)?;
    Ok(Outcome::Record(Box::new(app::show(session, id)?)))
}

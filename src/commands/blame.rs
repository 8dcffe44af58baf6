//! `gitsm blame`: who set each field of a record.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, complete};
use crate::app;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Show who set each field of a record, when, and by which action
///
/// Notes, links and other elements of lists stand one by one; a text whose lines
/// come from several events is taken apart.
#[derive(Debug, Args)]
pub struct BlameArgs {
    /// The record
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
    /// Only these fields; `resolution` stands for all its parts
    #[arg(value_name = "FIELD")]
    fields: Vec<String>,
}

pub fn run(context: &Context, args: &BlameArgs) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    let id = app::find_or_tell(session, &args.id)?;
    Ok(Outcome::Blame(app::blame(session, id, &args.fields)?))
}

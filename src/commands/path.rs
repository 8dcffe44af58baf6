//! `gitsm path`: where a record's file lies.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, complete};
use crate::error::CommandError;
use crate::outcome::{Outcome, PathView};

/// Print the path of a record's file, relative to the desk's root
#[derive(Debug, Args)]
pub struct PathArgs {
    /// The record
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
}

pub fn run(context: &Context, args: &PathArgs) -> Result<Outcome, CommandError> {
    let id = context.session()?.find(&args.id)?;
    Ok(Outcome::Path(PathView { schema: PathView::SCHEMA, id, path: id.path() }))
}

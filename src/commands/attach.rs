//! `gitsm attach`: keep files with a record.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clap_complete::ArgValueCompleter;

use super::{Context, complete};
use crate::app;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Keep files with a record
///
/// Files are stored by content: the same file is kept once.
#[derive(Debug, Args)]
pub struct AttachArgs {
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    files: Vec<PathBuf>,
}

pub fn run(context: &Context, args: &AttachArgs) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    let id = session.find(&args.id)?;
    let files: Vec<PathBuf> =
        args.files.iter().map(|file| context.environment.cwd.join(file)).collect();
    Ok(Outcome::Written(app::attach(session, id, &files)?))
}

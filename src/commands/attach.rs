//! `gitsm attach`: keep files with a record.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use clap_complete::ArgValueCompleter;

use super::{Context, args, complete};
use crate::app::{Action, Content};
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Keep files with a record
///
/// Files are stored by content: the same file is kept once.
#[derive(Debug, Args)]
pub struct AttachArgs {
    /// The record, or `-` for those that standard input names
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
    #[arg(required = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    batch: args::Batch,
}

pub fn run(context: &Context, args: &AttachArgs) -> Result<Outcome, CommandError> {
    let cwd = &context.environment.cwd;
    let contents = args.files.iter().map(|file| Content::read(&cwd.join(file)));
    let action = Action::Attach(contents.collect::<Result<_, _>>()?);
    context.perform(None, std::slice::from_ref(&args.id), &action, args.batch.mode())
}

//! `gitsm apply`: many actions of different sorts, one on each line.

use std::path::PathBuf;

use clap::{Args, ValueHint};

use super::{Context, args};
use crate::app::{self, ApplyOptions};
use crate::error::CommandError;
use crate::outcome::Outcome;
use crate::render::Items;

/// The most that is read, in bytes.
const MAX_LINES: u64 = 256 * 1024 * 1024;

/// Carry out many actions, one on each line of JSON, in one commit
///
/// A line says what to do, to which record, and what is given with it:
/// {"do": "resolve", "id": "INC-7K3F9Q", "code": "fixed", "message": "Restarted."}
/// {"do": "new", "type": "problem", "title": "Pool leaks", "ref": "p"}
/// {"do": "link", "id": "INC-7K3F9Q", "rel": "caused_by", "to": "@p"}
///
/// If one line is refused, nothing is done. `gitsm schema action` prints the
/// JSON Schema of a line.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct ApplyArgs {
    /// The file with the lines; standard input, if it is `-` or not given
    #[arg(value_name = "FILE", default_value = "-", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// Make a commit of each line, in place of one for all
    #[arg(long)]
    each: bool,
    #[command(flatten)]
    batch: args::Batch,
}

pub fn run(context: &Context, args: &ApplyArgs) -> Result<Outcome, CommandError> {
    let session = context.session_for(Items::Lines)?;
    let source = args::read_bytes(context, &args.file, "the lines", MAX_LINES)?;
    let options = ApplyOptions { mode: args.batch.mode(), each: args.each };
    Ok(Outcome::Applied(app::apply(session, &source, options)?))
}

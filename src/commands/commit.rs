//! `gitsm commit`: take over edits made by hand.

use clap::{Args, ValueHint};

use super::{Context, args};
use crate::app;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Check and commit files edited by hand
///
/// Records, settings below .gitsm/ and attachments that differ from the last
/// commit are checked as `gitsm check` does, brought into canonical form and
/// committed as one action.
#[derive(Debug, Args)]
pub struct CommitArgs {
    /// Only these files, or what lies below these folders of the desk
    #[arg(value_name = "PATH", value_hint = ValueHint::AnyPath)]
    paths: Vec<String>,
    #[command(flatten)]
    preview: args::Preview,
}

pub fn run(context: &Context, args: &CommitArgs) -> Result<Outcome, CommandError> {
    app::commit(context.session()?, &args.paths, args.preview.dry_run)
}

//! `gitsm tick`: what is due by now.

use clap::Args;

use super::{Context, args};
use crate::app;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Do what is due by now: for cron
///
/// Closes what was resolved a week ago or as `.gitsm/rules.yaml` says, notes
/// that a service level or the time to approve has run out, and follows the
/// desk's rules. All in one commit, and none where nothing is due; again and
/// again does no more than once. What a record refuses is told and stops nothing
/// else; settings that cannot be followed are told too, and end it with code 6.
#[derive(Debug, Args)]
pub struct TickArgs {
    #[command(flatten)]
    preview: args::Preview,
}

pub fn run(context: &Context, args: &TickArgs) -> Result<Outcome, CommandError> {
    Ok(Outcome::Written(app::tick(context.session()?, args.preview.dry_run)?))
}

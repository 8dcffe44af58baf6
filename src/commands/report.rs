//! `gitsm report`: figures over the desk.

use clap::{Args, Subcommand};

use super::Context;
use super::args::At;
use crate::app;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Count what there is
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    Summary(SummaryArgs),
}

/// Count records by type, status, priority, team and assignee, and the age of
/// what is open
#[derive(Debug, Args)]
pub struct SummaryArgs {
    #[command(flatten)]
    at: At,
}

pub fn run(context: &Context, command: &ReportCommand) -> Result<Outcome, CommandError> {
    match command {
        ReportCommand::Summary(args) => {
            let session = context.session_at(&args.at)?;
            let summary = app::summary(session)?;
            context.warn_of_unreadable(session);
            Ok(Outcome::Summary(summary))
        }
    }
}

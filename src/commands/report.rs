//! `gitsm report`: figures over the desk.

use clap::{Args, Subcommand};
use clap_complete::ArgValueCompleter;

use super::args::At;
use super::{Context, complete};
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
    /// Only records that match, in the query language; views as `@name`
    #[arg(value_name = "QUERY", add = ArgValueCompleter::new(complete::query))]
    query: Vec<String>,
    #[command(flatten)]
    at: At,
}

pub fn run(context: &Context, command: &ReportCommand) -> Result<Outcome, CommandError> {
    match command {
        ReportCommand::Summary(args) => {
            let query = app::parse_query(&args.query.join(" "))?;
            let session = context.session_at(&args.at)?;
            let summary = app::summary(session, &query)?;
            context.warn_of_unreadable(session);
            Ok(Outcome::Summary(summary))
        }
    }
}

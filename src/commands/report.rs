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
    Csat(CsatArgs),
    Sla(SlaArgs),
}

/// Sum up how satisfied requesters were (CSAT)
///
/// Satisfied are answers of 4 or 5 points. A period is a query:
/// `gitsm report csat "resolved:>=2026-11-01"`.
#[derive(Debug, Args)]
pub struct CsatArgs {
    /// Only tickets that match, in the query language; views as `@name`
    #[arg(value_name = "QUERY", add = ArgValueCompleter::new(complete::query))]
    query: Vec<String>,
    #[command(flatten)]
    at: At,
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

/// Count how many commitments were kept
///
/// The part that was met of those that were completed in the period; what is
/// still open and late is counted besides.
#[derive(Debug, Args)]
pub struct SlaArgs {
    /// Only those of records that match, in the query language; views as `@name`
    #[arg(value_name = "QUERY", add = ArgValueCompleter::new(complete::query))]
    query: Vec<String>,
    /// Completed from this day or time on, by the desk's clocks
    #[arg(long, value_name = "WHEN")]
    from: Option<String>,
    /// Completed until the end of this day, or before this time
    #[arg(long, value_name = "WHEN")]
    to: Option<String>,
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
        ReportCommand::Csat(args) => {
            let text = args.query.join(" ");
            let query = app::parse_query(&text)?;
            let session = context.session_at(&args.at)?;
            let csat = app::csat(session, &query, &text)?;
            context.warn_of_unreadable(session);
            Ok(Outcome::Csat(csat))
        }
        ReportCommand::Sla(args) => {
            let query = app::parse_query(&args.query.join(" "))?;
            let session = context.session_at(&args.at)?;
            let (from, to) = (args.from.as_deref(), args.to.as_deref());
            Ok(Outcome::Compliance(app::sla::compliance(session, &query, from, to)?))
        }
    }
}

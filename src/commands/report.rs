//! `gitsm report`: figures over the desk.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use clap_complete::ArgValueCompleter;

use super::args::At;
use super::{Context, complete};
use crate::app::{self, DeploysOptions, DoraBy, DoraOptions};
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Count what there is
#[derive(Debug, Subcommand)]
pub enum ReportCommand {
    Summary(SummaryArgs),
    Csat(CsatArgs),
    Sla(SlaArgs),
    Dora(DoraArgs),
    Deploys(DeploysArgs),
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
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    from: Option<String>,
    /// Completed until the end of this day, or before this time
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    to: Option<String>,
    #[command(flatten)]
    at: At,
}

/// How software delivery goes: DORA's four keys
///
/// Deployment frequency, lead time for changes, change fail rate and time to
/// restore, from the deployments that `gitsm change deployed` recorded. Without
/// a period the last 30 days count.
#[derive(Debug, Args)]
pub struct DoraArgs {
    /// Only changes that match, in the query language; views as `@name`
    #[arg(value_name = "QUERY", add = ArgValueCompleter::new(complete::query))]
    query: Vec<String>,
    /// Deployments to this environment; may be repeated. Those that are
    /// production, if none is named
    #[arg(long = "environment", value_name = "NAME")]
    environments: Vec<String>,
    /// Deployed from this day or time on, by the desk's clocks
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    from: Option<String>,
    /// Deployed until the end of this day, or before this time
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    to: Option<String>,
    /// A line for each
    #[arg(long, value_name = "WHAT", value_enum)]
    by: Option<By>,
    #[command(flatten)]
    at: At,
}

/// Compare what was deployed with the changes that allowed it
///
/// Tells deployments that nobody had authorised, changes that were raised after
/// the fact, changes that were carried out without a deployment and, with
/// `--compare`, what another system deployed and no change accounts for. Ends
/// with code 1 if there is any of these.
#[derive(Debug, Args)]
pub struct DeploysArgs {
    /// Only changes that match, in the query language; views as `@name`
    #[arg(value_name = "QUERY", add = ArgValueCompleter::new(complete::query))]
    query: Vec<String>,
    /// List only what nobody had authorised
    #[arg(long)]
    unauthorised: bool,
    /// What another system says was deployed: CSV with the columns environment,
    /// commit or artefact, time (in UTC unless it says otherwise), and repository
    /// and actor if they are known
    #[arg(long, value_name = "FILE", conflicts_with = "query")]
    compare: Option<PathBuf>,
    /// Deployments to this environment; may be repeated [default: all]
    #[arg(long = "environment", value_name = "NAME")]
    environments: Vec<String>,
    /// Deployed from this day or time on, by the desk's clocks [default: 30 days
    /// ago]
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    from: Option<String>,
    /// Deployed until the end of this day, or before this time
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    to: Option<String>,
    #[command(flatten)]
    at: At,
}

/// What the lines stand for.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum By {
    Week,
    Month,
    Team,
    Service,
    Repository,
    Environment,
}

impl From<By> for DoraBy {
    fn from(by: By) -> Self {
        match by {
            By::Week => DoraBy::Week,
            By::Month => DoraBy::Month,
            By::Team => DoraBy::Team,
            By::Service => DoraBy::Service,
            By::Repository => DoraBy::Repository,
            By::Environment => DoraBy::Environment,
        }
    }
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
        ReportCommand::Dora(args) => {
            let query = app::parse_query(&args.query.join(" "))?;
            let session = context.session_at(&args.at)?;
            let options = DoraOptions {
                environments: args.environments.clone(),
                from: args.from.clone(),
                to: args.to.clone(),
                by: args.by.map(DoraBy::from),
            };
            let view = app::dora(session, &query, &options)?;
            context.warn_of_unreadable(session);
            Ok(Outcome::Dora(view))
        }
        ReportCommand::Deploys(args) => {
            let query = app::parse_query(&args.query.join(" "))?;
            let session = context.session_at(&args.at)?;
            let options = DeploysOptions {
                environments: args.environments.clone(),
                from: args.from.clone(),
                to: args.to.clone(),
                is_unauthorised: args.unauthorised,
                compare: args.compare.as_ref().map(|path| context.environment.cwd.join(path)),
            };
            let view = app::deploys(session, &query, &options)?;
            context.warn_of_unreadable(session);
            Ok(Outcome::Deploys(Box::new(view)))
        }
    }
}

//! `gitsm sla`: what was promised, and how it stands.

use clap::{Args, Subcommand};
use clap_complete::ArgValueCompleter;

use super::args::At;
use super::{Context, complete};
use crate::app;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// How many commitments are listed for people unless told otherwise.
const SHOWN: usize = 100;

/// Show what was promised, and how it stands
#[derive(Debug, Subcommand)]
pub enum SlaCommand {
    Show(ShowArgs),
    List(ListArgs),
}

/// Explain every minute of the commitments on a record: when their clocks ran,
/// when they stood still and why, and when they are due
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The record
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
    #[command(flatten)]
    at: At,
}

/// List open commitments, what is due first at the top
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only those of records that match, in the query language; views as `@name`
    #[arg(value_name = "QUERY", add = ArgValueCompleter::new(complete::query))]
    query: Vec<String>,
    /// At most this many; 0 for all
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
    #[command(flatten)]
    at: At,
}

pub fn run(context: &Context, command: &SlaCommand) -> Result<Outcome, CommandError> {
    match command {
        SlaCommand::Show(args) => {
            let session = context.session_at(&args.at)?;
            let id = session.find(&args.id)?;
            Ok(Outcome::Sla(app::sla::show(session, id)?))
        }
        SlaCommand::List(args) => {
            let mut query = app::parse_query(&args.query.join(" "))?;
            let session = context.session_at(&args.at)?;
            query.limit = match args.limit {
                Some(0) => None,
                Some(limit) => Some(limit),
                None => query.limit.or_else(|| context.for_people.then_some(SHOWN)),
            };
            Ok(Outcome::SlaList(app::sla::list(session, &query)?))
        }
    }
}

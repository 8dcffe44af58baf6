//! `gitsm log`: what happened to a record or the desk.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, complete};
use crate::app::{self, LogFilter};
use crate::error::CommandError;
use crate::outcome::Outcome;

/// How many events a table shows of the whole desk unless told otherwise.
const SHOWN: usize = 50;

/// Show who did what and when, and what changed from what to what
#[derive(Debug, Args)]
pub struct LogArgs {
    /// The record; the whole desk, if none is given
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: Option<String>,
    /// Only what this person did; `me` for yourself
    #[arg(long, value_name = "PERSON", add = ArgValueCompleter::new(complete::people))]
    by: Option<String>,
    /// Only what was done since then: a date, "2 days ago", "last monday"
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// At most this many; 0 for all
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
}

pub fn run(context: &Context, args: &LogArgs) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    let record = args.id.as_ref().map(|id| session.find(id)).transpose()?;
    let limit = match args.limit {
        Some(0) => None,
        Some(limit) => Some(limit),
        None => (record.is_none() && context.for_people).then_some(SHOWN),
    };
    let since = args.since.as_deref().map(|text| app::parse_when(session, text)).transpose()?;
    let records = record.map(|id| vec![id]);
    let by = args.by.iter().cloned().collect();
    let filter = LogFilter { records, by, since, limit, ..LogFilter::default() };
    Ok(Outcome::Log(app::log(session, &filter)?))
}

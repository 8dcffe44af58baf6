//! `gitsm problem new`.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Patches, TicketArgs, ticket};
use crate::commands::{Context, complete};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// Open a problem
///
/// Prints the new record's id.
#[derive(Debug, Args)]
pub struct NewProblemArgs {
    #[command(flatten)]
    ticket: TicketArgs,
    /// An incident that it causes; may be repeated
    #[arg(long = "from", value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    incidents: Vec<String>,
}

pub fn run(context: &Context, args: &NewProblemArgs) -> Result<Outcome, CommandError> {
    let links = args.incidents.iter().map(|id| ("causes".to_owned(), id.clone())).collect();
    ticket(context, Kind::Problem, &args.ticket, None, Patches::default(), links)
}

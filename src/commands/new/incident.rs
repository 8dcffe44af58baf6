//! `gitsm incident new`.

use clap::Args;

use super::{Patches, TicketArgs, ticket};
use crate::commands::Context;
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// Report an incident
///
/// Prints the new record's id.
#[derive(Debug, Args)]
pub struct NewIncidentArgs {
    #[command(flatten)]
    ticket: TicketArgs,
}

pub fn run(context: &Context, args: &NewIncidentArgs) -> Result<Outcome, CommandError> {
    ticket(context, Kind::Incident, &args.ticket, None, Patches::default(), Vec::new())
}

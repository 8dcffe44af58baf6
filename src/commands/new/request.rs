//! `gitsm request new`.

use clap::Args;

use super::{Patches, TicketArgs, ticket};
use crate::commands::Context;
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// Ask for something
///
/// Prints the new record's id.
#[derive(Debug, Args)]
pub struct NewRequestArgs {
    #[command(flatten)]
    ticket: TicketArgs,
    /// What is ordered, in the words of the service catalogue
    #[arg(short, long, value_name = "OFFERING")]
    offering: Option<String>,
}

pub fn run(context: &Context, args: &NewRequestArgs) -> Result<Outcome, CommandError> {
    let mut patches = Patches::default();
    patches.set("offering", args.offering.as_ref());
    ticket(context, Kind::Request, &args.ticket, patches, Vec::new())
}

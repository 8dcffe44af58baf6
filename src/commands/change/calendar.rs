//! `change calendar`: the forward schedule as weeks.

use clap::Args;

use super::forward::Wanted;
use crate::commands::Context;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Draw the weeks with their changes, freezes and maintenance windows
///
/// `--format ics` gives the changes and freezes to other calendars.
#[derive(Debug, Args)]
pub struct CalendarArgs {
    #[command(flatten)]
    wanted: Wanted,
}

pub fn run(context: &Context, args: &CalendarArgs) -> Result<Outcome, CommandError> {
    Ok(Outcome::Weeks(Box::new(args.wanted.schedule(context, true)?)))
}

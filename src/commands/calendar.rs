//! `gitsm calendar`: when the desk is open.

use clap::{Args, Subcommand};

use super::Context;
use crate::app::sla::calendar;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Show when the desk is open
#[derive(Debug, Subcommand)]
pub enum CalendarCommand {
    List(ListArgs),
    Show(ShowArgs),
    Hours(HoursArgs),
}

/// List the calendars
#[derive(Debug, Args)]
pub struct ListArgs {}

/// Show the days of a calendar: the next two weeks, or a month
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The calendar; not needed where there is only one
    #[arg(value_name = "CALENDAR")]
    name: Option<String>,
    /// A whole month, such as 2026-12; this one, if none is named
    #[arg(long, value_name = "MONTH", num_args = 0..=1, default_missing_value = "")]
    month: Option<String>,
}

/// Count the open time between two points in time
///
/// Times are read on the calendar's clocks: `2026-11-20 16:00`.
#[derive(Debug, Args)]
pub struct HoursArgs {
    /// The earlier time
    #[arg(value_name = "FROM")]
    from: String,
    /// The later time
    #[arg(value_name = "TO", default_value = "now")]
    to: String,
    /// The calendar; not needed where there is only one
    #[arg(long, value_name = "CALENDAR")]
    calendar: Option<String>,
}

pub fn run(context: &Context, command: &CalendarCommand) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    match command {
        CalendarCommand::List(ListArgs {}) => Ok(Outcome::Calendars(calendar::list(session)?)),
        CalendarCommand::Show(args) => {
            let view = calendar::days(session, args.name.as_deref(), args.month.as_deref())?;
            Ok(Outcome::Calendar(view))
        }
        CalendarCommand::Hours(args) => {
            let name = args.calendar.as_deref();
            Ok(Outcome::Hours(calendar::hours(session, name, &args.from, &args.to)?))
        }
    }
}

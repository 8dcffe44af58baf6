//! `change slots`: when a change would have no conflict.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::app::conflicts::{self, SlotOptions};
use crate::commands::{Context, complete};
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Find the next times at which a change would have no conflict
///
/// Within the maintenance windows of its items, outside freezes, and out of the
/// way of other changes. Ends with 1 if there is none.
#[derive(Debug, Args)]
pub struct SlotsArgs {
    /// The change
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
    /// How long it takes, such as 90m or 1h30m; as long as it is planned for, or
    /// an hour, if absent
    #[arg(long, value_name = "TIME")]
    duration: Option<String>,
    /// From when on; from now, if absent
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Until when; for 90 days, if absent
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// How many
    #[arg(short = 'n', long, value_name = "N", default_value_t = 3,
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    limit: u16,
}

pub fn run(context: &Context, args: &SlotsArgs) -> Result<Outcome, CommandError> {
    let options = SlotOptions {
        duration: args.duration.clone(),
        from: args.from.clone(),
        to: args.to.clone(),
        most: args.limit.into(),
    };
    Ok(Outcome::Slots(conflicts::slots(context.session()?, &args.id, &options)?))
}

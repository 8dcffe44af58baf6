//! `change forward`: the forward schedule.

use clap::Args;

use crate::app;
use crate::app::conflicts::{self, ScheduleOptions};
use crate::commands::Context;
use crate::error::CommandError;
use crate::outcome::{Outcome, ScheduleView};

/// List the changes that are planned, by their start (the forward schedule)
#[derive(Debug, Args)]
pub struct ForwardArgs {
    #[command(flatten)]
    wanted: Wanted,
}

/// Which part of the schedule is wanted.
#[derive(Debug, Args)]
pub struct Wanted {
    /// Only changes that match, as `gitsm list` takes it: "team:apps risk:high"
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// From when on; from now, if absent
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    from: Option<String>,
    /// Until when; for four weeks, if absent
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    to: Option<String>,
    /// Those that were cancelled too
    #[arg(short, long)]
    all: bool,
}

impl Wanted {
    /// The schedule; in whole weeks, if they are wanted.
    pub fn schedule(&self, context: &Context, weeks: bool) -> Result<ScheduleView, CommandError> {
        let options = ScheduleOptions {
            query: app::parse_query(&self.query.join(" "))?,
            from: self.from.clone(),
            to: self.to.clone(),
            cancelled: self.all,
            weeks,
        };
        conflicts::schedule(context.session()?, &options)
    }
}

pub fn run(context: &Context, args: &ForwardArgs) -> Result<Outcome, CommandError> {
    Ok(Outcome::Schedule(Box::new(args.wanted.schedule(context, false)?)))
}

//! `schedule`: when a change is to be carried out.

use clap::Args;

use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::{Kind, Patch};
use crate::outcome::Outcome;

/// Set the planned window
#[derive(Debug, Args)]
pub struct ScheduleArgs {
    #[command(flatten)]
    targets: args::Targets,
    /// When it is to begin: 2026-11-22T22:00Z, "tomorrow 22:00", "in 2 hours"
    #[arg(long, value_name = "TIME")]
    start: Option<String>,
    /// When it is to be finished
    #[arg(long, value_name = "TIME")]
    end: Option<String>,
}

pub fn run(context: &Context, args: &ScheduleArgs) -> Result<Outcome, CommandError> {
    let mut patches = Vec::new();
    for (field, time) in [("planned_start", &args.start), ("planned_end", &args.end)] {
        if let Some(time) = time {
            patches.push(Patch::Set(field.into(), time.clone()));
        }
    }
    if patches.is_empty() {
        return Err(CommandError::usage("neither --start nor --end was given")
            .hint("gitsm change schedule ID --start \"tomorrow 22:00\" --end \"tomorrow 23:00\""));
    }
    context.set(Kind::Change, &args.targets, "schedule", patches)
}

//! `gitsm change new`.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Patches, TicketArgs, ticket};
use crate::app;
use crate::commands::{Context, complete};
use crate::error::CommandError;
use crate::model::{Kind, Risk};
use crate::outcome::Outcome;

/// Propose a change
///
/// Prints the new record's id.
#[derive(Debug, Args)]
pub struct NewChangeArgs {
    #[command(flatten)]
    ticket: TicketArgs,
    /// How it is authorised: normal, standard or emergency; or a change model of
    /// the desk, which also fills it in
    #[arg(long, value_name = "MODEL", default_value = "normal",
          add = ArgValueCompleter::new(complete::models))]
    model: String,
    /// low, moderate or high
    #[arg(long, value_name = "RISK")]
    risk: Option<Risk>,
    /// When it is to begin: 2026-11-22T22:00Z, "tomorrow 22:00", "in 2 hours"
    #[arg(long, value_name = "TIME")]
    start: Option<String>,
    /// When it is to be finished
    #[arg(long, value_name = "TIME")]
    end: Option<String>,
    /// How it is carried out
    #[arg(long, value_name = "TEXT")]
    plan: Option<String>,
    /// How its success is tested
    #[arg(long, value_name = "TEXT")]
    test_plan: Option<String>,
    /// How it is taken back
    #[arg(long, value_name = "TEXT")]
    backout_plan: Option<String>,
    /// An incident or problem that it mends; may be repeated
    #[arg(long = "fixes", value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    fixes: Vec<String>,
}

pub fn run(context: &Context, args: &NewChangeArgs) -> Result<Outcome, CommandError> {
    let mut patches = Patches::default();
    patches.set("model", Some(&args.model));
    patches.set("risk", args.risk);
    patches.set("planned_start", args.start.as_ref());
    patches.set("planned_end", args.end.as_ref());
    patches.set("implementation_plan", args.plan.as_ref());
    patches.set("test_plan", args.test_plan.as_ref());
    patches.set("backout_plan", args.backout_plan.as_ref());
    let links = args.fixes.iter().map(|id| ("fixes".to_owned(), id.clone())).collect();
    let title = match &args.ticket.title {
        None => app::model_title(context.session()?, &args.model)?,
        Some(_) => None,
    };
    ticket(context, Kind::Change, &args.ticket, title, patches, links)
}

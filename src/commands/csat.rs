//! `gitsm csat`: how satisfied the requester was.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, args, complete};
use crate::app::{Action, Mode};
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Record how satisfied the requester was, once per ticket
///
/// Only for tickets that are resolved, or were before they were closed; anew
/// after each time that one is reopened and resolved. `gitsm report csat` sums
/// up.
#[derive(Debug, Args)]
pub struct CsatArgs {
    /// The ticket
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
    /// 1 (very dissatisfied) to 5 (very satisfied)
    #[arg(value_name = "POINTS", value_parser = points, allow_negative_numbers = true)]
    points: u32,
    /// Who answered, if it is not you: the requester
    #[arg(long, value_name = "PERSON", add = ArgValueCompleter::new(complete::people))]
    from: Option<String>,
    #[command(flatten)]
    comment: args::Comment,
    #[command(flatten)]
    preview: args::Preview,
}

fn points(text: &str) -> Result<u32, String> {
    let points = text.parse().ok().filter(|points| (1..=5).contains(points));
    points.ok_or_else(|| {
        "give 1 (very dissatisfied) to 5 (very satisfied), a whole number".to_owned()
    })
}

pub fn run(context: &Context, args: &CsatArgs) -> Result<Outcome, CommandError> {
    let action = Action::Csat {
        points: args.points,
        comment: args.comment.given(context)?,
        from: args.from.clone(),
    };
    let mode = Mode { dry_run: args.preview.dry_run, keep_going: false };
    context.perform(None, std::slice::from_ref(&args.id), &action, mode)
}

//! `change accept-conflict`: living with a conflict.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::app::Action;
use crate::commands::{Context, args, complete};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// Say that a change can live with a conflict, as long as neither time moves
#[derive(Debug, Args)]
pub struct AcceptConflictArgs {
    /// The change
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
    /// The other change, or the name of the maintenance window or freeze
    #[arg(value_name = "WITH", add = ArgValueCompleter::new(complete::records))]
    with: String,
    /// Why one can live with it
    #[arg(long, value_name = "TEXT")]
    reason: String,
    #[command(flatten)]
    batch: args::Batch,
}

pub fn run(context: &Context, args: &AcceptConflictArgs) -> Result<Outcome, CommandError> {
    let (with, reason) = (args.with.clone(), args.reason.clone());
    let action = Action::AcceptConflict { with, reason };
    let ids = std::slice::from_ref(&args.id);
    context.perform(Some(Kind::Change), ids, &action, args.batch.mode())
}

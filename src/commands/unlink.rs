//! `gitsm unlink`: take a relation back.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, args, complete};
use crate::app::Action;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Take a relation between two records back
#[derive(Debug, Args)]
pub struct UnlinkArgs {
    /// The record, or `-` for those that standard input names
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    from: String,
    /// The relation, seen from either end
    #[arg(value_name = "RELATION", add = ArgValueCompleter::new(complete::relations))]
    relation: String,
    /// The other records
    #[arg(required = true, value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    to: Vec<String>,
    #[command(flatten)]
    batch: args::Batch,
}

pub fn run(context: &Context, args: &UnlinkArgs) -> Result<Outcome, CommandError> {
    let (relation, others) = (args.relation.clone(), args.to.clone());
    let action = Action::Unlink { relation, others };
    context.perform(None, std::slice::from_ref(&args.from), &action, args.batch.mode())
}

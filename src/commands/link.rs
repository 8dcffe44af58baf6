//! `gitsm link`: relate two records.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, args, complete};
use crate::app::Action;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Relate two records
///
/// The relation may be typed from either end: `gitsm link INC caused_by PRB`
/// is the same as `gitsm link PRB causes INC`.
#[derive(Debug, Args)]
pub struct LinkArgs {
    /// The record, or `-` for those that standard input names
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    from: String,
    /// duplicate_of, child_of, caused_by, fixed_by, implemented_by, blocked_by,
    /// follow_up_of, relates_to, depends_on, runs_on, part_of, connects_to, or
    /// one of these seen from the other end
    #[arg(value_name = "RELATION", add = ArgValueCompleter::new(complete::relations))]
    relation: String,
    /// The other records
    #[arg(required = true, value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    to: Vec<String>,
    #[command(flatten)]
    batch: args::Batch,
}

pub fn run(context: &Context, args: &LinkArgs) -> Result<Outcome, CommandError> {
    let (relation, others) = (args.relation.clone(), args.to.clone());
    let action = Action::Link { relation, others };
    context.perform(None, std::slice::from_ref(&args.from), &action, args.batch.mode())
}

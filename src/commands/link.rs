//! `gitsm link`: relate two records.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, complete};
use crate::app;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Relate two records
///
/// The relation may be typed from either end: `gitsm link INC caused_by PRB`
/// is the same as `gitsm link PRB causes INC`.
#[derive(Debug, Args)]
pub struct LinkArgs {
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
}

pub fn run(context: &Context, args: &LinkArgs) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    let from = session.find(&args.from)?;
    let to = context.find_all(session, None, &args.to)?;
    Ok(Outcome::Written(app::link(session, from, &args.relation, &to)?))
}

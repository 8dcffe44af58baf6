//! `gitsm unlink`: take a relation back.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, complete};
use crate::app;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Take a relation between two records back
#[derive(Debug, Args)]
pub struct UnlinkArgs {
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    from: String,
    /// The relation, seen from either end
    #[arg(value_name = "RELATION", add = ArgValueCompleter::new(complete::relations))]
    relation: String,
    /// The other records
    #[arg(required = true, value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    to: Vec<String>,
}

pub fn run(context: &Context, args: &UnlinkArgs) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    let from = session.find(&args.from)?;
    let to = context.find_all(session, None, &args.to)?;
    Ok(Outcome::Written(app::unlink(session, from, &args.relation, &to)?))
}

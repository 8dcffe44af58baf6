//! `gitsm check`: what is wrong in the desk.

use clap::Args;

use super::Context;
use crate::app;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Check every record, and files edited by hand, against the desk's rules
///
/// Ends with exit code 6 if something must be mended; warnings do not count.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Judge these commits instead, each by its author and the rules before it:
    /// A..B, or A for all since
    #[arg(long, value_name = "RANGE")]
    range: Option<String>,
}

pub fn run(context: &Context, args: &CheckArgs) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    Ok(Outcome::Check(match &args.range {
        Some(range) => app::check_range(session, range)?,
        None => app::check(session)?,
    }))
}

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
pub struct CheckArgs {}

pub fn run(context: &Context, _: &CheckArgs) -> Result<Outcome, CommandError> {
    Ok(Outcome::Check(app::check(context.session()?)?))
}

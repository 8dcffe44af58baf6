//! `gitsm status`: how the desk stands.

use clap::Args;

use super::Context;
use crate::app;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Show how the desk stands: what is open, what is yours, what was edited by hand
#[derive(Debug, Args)]
pub struct StatusArgs {}

pub fn run(context: &Context, _: &StatusArgs) -> Result<Outcome, CommandError> {
    Ok(Outcome::Status(Box::new(app::status(context.session()?)?)))
}

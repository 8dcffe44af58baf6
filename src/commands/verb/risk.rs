//! `risk`: how risky a change is, and why.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::app;
use crate::commands::{Context, complete};
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Explain how risky a change is: by the desk's questions, by what it is done
/// to, and by how changes like it went
///
/// The highest of these counts. It is worked out anew each time; where it is
/// other than when the change was assessed, that is said.
#[derive(Debug, Args)]
pub struct RiskArgs {
    /// The change
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
}

pub fn run(context: &Context, args: &RiskArgs) -> Result<Outcome, CommandError> {
    Ok(Outcome::Risk(Box::new(app::risk(context.session()?, &args.id)?)))
}

//! `change conflicts`: what is wrong with the time of a change.

use clap::Args;
use clap_complete::ArgValueCompleter;

use crate::app::conflicts;
use crate::commands::{Context, args, complete};
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Show what is in the way of a change when it is planned
///
/// Other changes of its items, or of what these stand on or carry; maintenance
/// windows and freezes; whoever carries it out. Ends with 1 if there is anything
/// that nobody has accepted.
#[derive(Debug, Args)]
pub struct ConflictsArgs {
    /// The change
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
    #[command(flatten)]
    at: args::At,
}

pub fn run(context: &Context, args: &ConflictsArgs) -> Result<Outcome, CommandError> {
    let session = context.session_at(&args.at)?;
    let view = conflicts::conflicts(session, &args.id)?;
    warn_of_unknown(context, &view.unknown);
    Ok(Outcome::Conflicts(Box::new(view)))
}

/// Warns of items that windows and freezes are for and that do not exist.
pub fn warn_of_unknown(context: &Context, unknown: &[String]) {
    for name in unknown {
        context.ui.warn(&format!(
            ".gitsm/change-windows.yaml names `{name}`, and no configuration item is called that"
        ));
    }
}

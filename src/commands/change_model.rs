//! `gitsm change model`: what changes are made from.

use clap::{Args, Subcommand};
use clap_complete::ArgValueCompleter;

use super::{Context, args, complete};
use crate::app;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// See what changes are made from, and approve what is authorised beforehand
///
/// A change model is a file in `.gitsm/models/`: what a change of a kind that is
/// made again and again begins with, what must be filled in, and, for a standard
/// model, within which bounds it is authorised beforehand. `gitsm change new
/// --model NAME` makes a change from it.
#[derive(Debug, Subcommand)]
pub enum ModelCommand {
    List(ListArgs),
    Show(ShowArgs),
    Approve(ApproveArgs),
}

/// List the change models of the desk
#[derive(Debug, Args)]
pub struct ListArgs {}

/// Show a change model: what it fills in, its bounds, and who approved it
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The change model
    #[arg(value_name = "MODEL", add = ArgValueCompleter::new(complete::models))]
    name: String,
}

/// Approve a standard model as its file reads now
///
/// Changes made from it are authorised beforehand once as many have approved it
/// as its `quorum` says. Whoever last changed what it says cannot, on a desk
/// that lists people; and a later change of what it says voids the votes.
#[derive(Debug, Args)]
pub struct ApproveArgs {
    /// The change model
    #[arg(value_name = "MODEL", add = ArgValueCompleter::new(complete::models))]
    name: String,
    #[command(flatten)]
    preview: args::Preview,
}

pub fn run(context: &Context, command: &ModelCommand) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    match command {
        ModelCommand::List(ListArgs {}) => Ok(Outcome::Models(app::models(session)?)),
        ModelCommand::Show(args) => Ok(Outcome::Model(Box::new(app::model(session, &args.name)?))),
        ModelCommand::Approve(args) => {
            let dry_run = args.preview.dry_run;
            Ok(Outcome::Written(app::approve_model(session, &args.name, dry_run)?))
        }
    }
}

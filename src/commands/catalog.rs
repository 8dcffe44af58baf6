//! `gitsm catalog`: what can be asked for.

use clap::{Args, Subcommand};
use clap_complete::ArgValueCompleter;

use super::{Context, args, complete};
use crate::app;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// See what can be asked for, and what a request for it takes
///
/// Offerings lie in `.gitsm/catalog/`, one file each: questions, approvals, and
/// the tasks of carrying it out. `gitsm request new --offering NAME` asks for one.
#[derive(Debug, Subcommand)]
pub enum CatalogCommand {
    List(ListArgs),
    Show(ShowArgs),
    Add(AddArgs),
    Check(CheckArgs),
    Schema(SchemaArgs),
}

/// List the offerings
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Those too that can no longer be asked for
    #[arg(short, long)]
    all: bool,
}

/// Show an offering: its questions, approvals and plan
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The offering
    #[arg(value_name = "OFFERING", add = ArgValueCompleter::new(complete::offerings))]
    name: String,
}

/// Add built-in examples to the catalogue, to begin with and to change
///
/// Comes as files in one commit: the offerings, those that they include, and the
/// approvals that they name. Nothing of the desk's own is replaced.
#[derive(Debug, Args)]
pub struct AddArgs {
    /// The examples; lists them, if none is named
    #[arg(value_name = "EXAMPLE", add = ArgValueCompleter::new(complete::example_offerings))]
    names: Vec<String>,
    /// List the examples
    #[arg(long, conflicts_with = "names")]
    list: bool,
    #[command(flatten)]
    preview: args::Preview,
}

/// Check the catalogue: names, conditions, and that no tasks wait for each other
/// in a circle
#[derive(Debug, Args)]
pub struct CheckArgs {}

/// Print the JSON Schema of an offering's file
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// The schema of a variable set instead
    #[arg(long)]
    set: bool,
}

pub fn run(context: &Context, command: &CatalogCommand) -> Result<Outcome, CommandError> {
    match command {
        CatalogCommand::List(args) => {
            Ok(Outcome::Catalog(app::catalog(context.session()?, args.all)?))
        }
        CatalogCommand::Show(args) => {
            Ok(Outcome::Offering(Box::new(app::offering(context.session()?, &args.name)?)))
        }
        CatalogCommand::Add(args) if args.list || args.names.is_empty() => {
            Ok(Outcome::Catalog(app::examples()))
        }
        CatalogCommand::Add(args) => {
            let session = context.session()?;
            Ok(Outcome::Written(app::add_examples(session, &args.names, args.preview.dry_run)?))
        }
        CatalogCommand::Check(CheckArgs {}) => {
            Ok(Outcome::Check(app::check_catalog(context.session()?)?))
        }
        CatalogCommand::Schema(args) => {
            super::schema::print(if args.set { "variable-set" } else { "offering" })
        }
    }
}

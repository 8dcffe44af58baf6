//! `gitsm import`: take over tickets from another system.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueHint};

use super::Context;
use crate::app;
use crate::app::import::Commits;
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Take over tickets from another system
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    Csv(CsvArgs),
}

/// Import tickets from a CSV file
///
/// A mapping file says which column fills which field. Tickets that were
/// imported before are left alone.
#[derive(Debug, Args)]
pub struct CsvArgs {
    /// The file, or `-` for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// The mapping file; see docs/import.md
    #[arg(short, long, value_name = "MAPPING.yaml", value_hint = ValueHint::FilePath)]
    map: PathBuf,
    /// How many events of an event log go into one commit, instead of what the
    /// mapping says: `event` (one), or all of the same hour, day, week or month
    #[arg(long, value_name = "PERIOD", value_parser = commits())]
    commits: Option<Commits>,
    /// Say what would be imported, and what cannot be read, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Import what can be read even if some rows cannot
    #[arg(long)]
    skip_bad: bool,
}

fn commits() -> impl TypedValueParser<Value = Commits> {
    PossibleValuesParser::new(Commits::ALL.map(|(name, _)| name)).try_map(|name| name.parse())
}

pub fn run(context: &Context, command: &ImportCommand) -> Result<Outcome, CommandError> {
    match command {
        ImportCommand::Csv(args) => {
            let cwd = &context.environment.cwd;
            let source = (args.file.as_os_str() != "-").then(|| cwd.join(&args.file));
            let options = app::import::Options {
                format: app::import::Format::Csv,
                source,
                commits: args.commits,
                map: cwd.join(&args.map),
                dry_run: args.dry_run,
                skip_bad: args.skip_bad,
            };
            Ok(Outcome::Import(app::import::import(context.session()?, &options)?))
        }
    }
}

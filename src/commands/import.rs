//! `gitsm import`: take over tickets from another system.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueHint};

use super::Context;
use crate::app;
use crate::app::import::{Commits, NativeFormat, NativeOptions};
use crate::error::CommandError;
use crate::outcome::Outcome;

/// Take over tickets from another system
#[derive(Debug, Subcommand)]
pub enum ImportCommand {
    Csv(CsvArgs),
    /// Import records from a JSON list
    Json(NativeArgs),
    /// Import records from JSON lines
    Jsonl(NativeArgs),
}

/// Where the records come from that need no mapping.
#[derive(Debug, Args)]
pub struct NativeArgs {
    /// The file, or `-` for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// What wrote it: `gitsm` for `gitsm export`
    #[arg(long, value_name = "NAME", value_parser = ["gitsm"])]
    from: String,
    /// Say what would be imported, and what cannot be, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Import what can be imported even if some records cannot
    #[arg(long)]
    skip_bad: bool,
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
    #[arg(short, long, value_name = "MAPPING.yaml", value_hint = ValueHint::FilePath,
          required_unless_present = "from")]
    map: Option<PathBuf>,
    /// What wrote it, instead of a mapping: `gitsm` for `gitsm export csv`
    #[arg(long, value_name = "NAME", value_parser = ["gitsm"], conflicts_with_all = ["map", "commits"])]
    from: Option<String>,
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
        ImportCommand::Json(args) => native(context, NativeFormat::Json, args),
        ImportCommand::Jsonl(args) => native(context, NativeFormat::Jsonl, args),
        ImportCommand::Csv(args) => {
            let Some(map) = &args.map else {
                let from = args.from.clone().unwrap_or_default();
                let (dry_run, skip_bad) = (args.dry_run, args.skip_bad);
                let args = NativeArgs { file: args.file.clone(), from, dry_run, skip_bad };
                return native(context, NativeFormat::Csv, &args);
            };
            let cwd = &context.environment.cwd;
            let source = (args.file.as_os_str() != "-").then(|| cwd.join(&args.file));
            let options = app::import::Options {
                format: app::import::Format::Csv,
                source,
                commits: args.commits,
                map: cwd.join(map),
                dry_run: args.dry_run,
                skip_bad: args.skip_bad,
            };
            Ok(Outcome::Import(app::import::import(context.session()?, &options)?))
        }
    }
}

/// Imports records as they are.
fn native(
    context: &Context,
    format: NativeFormat,
    args: &NativeArgs,
) -> Result<Outcome, CommandError> {
    let file = &args.file;
    let source = (file.as_os_str() != "-").then(|| context.environment.cwd.join(file));
    let (dry_run, skip_bad) = (args.dry_run, args.skip_bad);
    let options = NativeOptions { format, source, dry_run, skip_bad };
    let (view, warnings) = app::import::native(context.session()?, &options)?;
    warnings.iter().for_each(|warning| context.ui.warn(warning));
    Ok(Outcome::Import(view))
}

//! `gitsm import`: take over tickets from another system.

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueHint};

use super::Context;
use crate::app;
use crate::app::import::{Commits, Format, Map, NativeFormat, NativeOptions, READY, Ready};
use crate::error::CommandError;
use crate::outcome::{Document, ImportView, NamedThing, NamesView, Outcome};
use crate::render::Items;

/// Take over tickets from another system
///
/// The format follows from the ending of the file's name: .csv, .json or
/// .jsonl. `gitsm import csv FILE` and so on say it in words.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct ImportArgs {
    #[command(subcommand)]
    command: Option<ImportCommand>,
    #[command(flatten)]
    source: Option<SourceArgs>,
}

#[derive(Debug, Subcommand)]
enum ImportCommand {
    /// Import tickets from a CSV file
    ///
    /// A mapping says which column fills which field. Tickets that were
    /// imported before are left alone.
    Csv(SourceArgs),
    /// Import tickets from a JSON file: an array of objects, or objects one
    /// after another
    ///
    /// A mapping says which part of an object fills which field. Tickets that
    /// were imported before are left alone.
    Json(SourceArgs),
    /// Import tickets from a file with a JSON object on each line
    ///
    /// A mapping says which part of an object fills which field. Tickets that
    /// were imported before are left alone.
    Jsonl(SourceArgs),
    /// List the mappings that come with gitsm, or print one, to be adapted
    Mappings(MappingsArgs),
}

#[derive(Debug, Args)]
struct SourceArgs {
    /// The file, or `-` for standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    file: PathBuf,
    /// The mapping file; see docs/import.md
    #[arg(short, long, value_name = "MAPPING.yaml", value_hint = ValueHint::FilePath)]
    #[arg(conflicts_with = "from")]
    map: Option<PathBuf>,
    /// A mapping that comes with gitsm, or `gitsm` for what `gitsm export` wrote
    #[arg(long, value_name = "SYSTEM", value_parser = from())]
    from: Option<From>,
    /// How many events of an event log go into one commit, instead of what the
    /// mapping says: `event` (one), or all of the same hour, day, week or month
    #[arg(long, value_name = "PERIOD", value_parser = commits())]
    commits: Option<Commits>,
    /// Put before every number of the source, so that two systems that count
    /// alike keep apart; `key_prefix` in the mapping says the same
    #[arg(long, value_name = "TEXT")]
    key_prefix: Option<String>,
    /// Say what would be imported, and what cannot be read, and write nothing
    #[arg(short = 'n', long)]
    dry_run: bool,
    /// Import what can be read even if some rows cannot
    #[arg(long)]
    skip_bad: bool,
}

/// What the file comes from.
#[derive(Clone, Copy, Debug)]
enum From {
    /// Another system, with a mapping that comes with gitsm.
    Ready(&'static Ready),
    /// `gitsm export`: records as they are.
    Gitsm,
}

/// How many warnings are told to people.
const WARNINGS: usize = 20;

/// How records as they are are called.
const GITSM: &str = "gitsm";

#[derive(Debug, Args)]
struct MappingsArgs {
    /// The mapping to print
    #[arg(value_name = "SYSTEM", value_parser = ready())]
    name: Option<&'static Ready>,
}

/// What `--from` may name, between bars.
fn names() -> String {
    let names: Vec<&str> = READY.iter().map(|ready| ready.name).chain([GITSM]).collect();
    names.join("|")
}

fn commits() -> impl TypedValueParser<Value = Commits> {
    PossibleValuesParser::new(Commits::ALL.map(|(name, _)| name)).try_map(|name| name.parse())
}

fn ready() -> impl TypedValueParser<Value = &'static Ready> {
    let names = READY.iter().map(|ready| PossibleValue::new(ready.name).help(ready.about));
    PossibleValuesParser::new(names)
        .try_map(|name| Ready::named(&name).ok_or_else(|| format!("there is no mapping {name}")))
}

fn from() -> impl TypedValueParser<Value = From> {
    let own = PossibleValue::new(GITSM).help("what gitsm export wrote, as it is");
    let names = READY.iter().map(|ready| PossibleValue::new(ready.name).help(ready.about));
    PossibleValuesParser::new(names.chain([own])).try_map(|name| match name.as_str() {
        GITSM => Ok(From::Gitsm),
        name => {
            Ready::named(name).map(From::Ready).ok_or_else(|| format!("there is no mapping {name}"))
        }
    })
}

pub fn run(context: &Context, args: &ImportArgs) -> Result<Outcome, CommandError> {
    match (&args.command, &args.source) {
        (Some(ImportCommand::Csv(source)), _) => import(context, Format::Csv, source),
        (Some(ImportCommand::Json(source)), _) => import(context, Format::Json, source),
        (Some(ImportCommand::Jsonl(source)), _) => import(context, Format::Jsonl, source),
        (Some(ImportCommand::Mappings(args)), _) => mappings(args.name),
        (None, Some(source)) => import(context, guess(&source.file)?, source),
        (None, None) => Err(CommandError::usage("a file to import is missing")
            .hint("gitsm import FILE --map MAPPING.yaml")),
    }
}

fn import(context: &Context, format: Format, args: &SourceArgs) -> Result<Outcome, CommandError> {
    let cwd = &context.environment.cwd;
    let source = (args.file.as_os_str() != "-").then(|| cwd.join(&args.file));
    let map = match (args.from, &args.map) {
        (Some(From::Gitsm), _) => return native(context, format, source, args),
        (Some(From::Ready(ready)), _) => Map::Ready(ready),
        (None, Some(path)) => Map::File(cwd.join(path)),
        (None, None) => {
            return Err(CommandError::usage("nothing says which column fills which field").hint(
                format!(
                    "give your own with `--map MAPPING.yaml`, or one that comes with gitsm with \
                     `--from {}`",
                    names()
                ),
            ));
        }
    };
    let options = app::import::Options {
        format,
        source,
        map,
        commits: args.commits,
        key_prefix: args.key_prefix.clone(),
        dry_run: args.dry_run,
        skip_bad: args.skip_bad,
    };
    let view = app::import::import(context.session_for(Items::Rows)?, &options)?;
    Ok(told(context, view))
}

/// Imports records as they are.
fn native(
    context: &Context,
    format: Format,
    source: Option<PathBuf>,
    args: &SourceArgs,
) -> Result<Outcome, CommandError> {
    if args.commits.is_some() {
        return Err(CommandError::usage("records as they are come in one commit")
            .hint("leave out --commits; it is for event logs"));
    }
    if args.key_prefix.is_some() {
        return Err(CommandError::usage("records as they are keep their numbers")
            .hint("leave out --key-prefix; it is for tickets of other systems"));
    }
    let format = match format {
        Format::Csv => NativeFormat::Csv,
        Format::Json => NativeFormat::Json,
        Format::Jsonl => NativeFormat::Jsonl,
    };
    let (dry_run, skip_bad) = (args.dry_run, args.skip_bad);
    let options = NativeOptions { format, source, dry_run, skip_bad };
    let view = app::import::native(context.session_for(Items::Rows)?, &options)?;
    Ok(told(context, view))
}

/// Tells what may be a mistake; much of it only where a program reads.
fn told(context: &Context, view: ImportView) -> Outcome {
    view.warnings.iter().take(WARNINGS).for_each(|warning| context.ui.warn(warning));
    if let Some(more) = view.warnings.len().checked_sub(WARNINGS).filter(|more| *more > 0) {
        context.ui.warn(&format!("{more} more such warnings; `--json` has them all"));
    }
    Outcome::Import(view)
}

/// The format that a file's name tells.
fn guess(file: &Path) -> Result<Format, CommandError> {
    let ending = file.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    let is_yaml = ending.is_some_and(|ending| ending == "yaml" || ending == "yml");
    Format::of(file).ok_or_else(|| {
        if is_yaml {
            let message = format!("`{}` is YAML, which is not read back", file.display());
            return CommandError::usage(message)
                .hint("export as csv, json or jsonl to import it into another desk");
        }
        let message = format!("the name `{}` does not tell the format", file.display());
        CommandError::usage(message).hint("gitsm import csv FILE ..., or json, or jsonl")
    })
}

fn mappings(name: Option<&'static Ready>) -> Result<Outcome, CommandError> {
    let Some(ready) = name else {
        let named = |ready: &Ready| NamedThing { name: ready.name, about: Some(ready.about) };
        let names = READY.iter().map(named).collect();
        return Ok(Outcome::Names(NamesView { schema: NamesView::SCHEMA, names }));
    };
    let data = app::import::mapping_data(ready)?;
    Ok(Outcome::Document(Box::new(Document { text: ready.text.to_owned(), data })))
}

//! `gitsm export`: whole records, for other programs or another desk.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use super::Context;
use super::args::At;
use crate::app::{self, ExportFormat, Sink};
use crate::error::{CommandError, ErrorKind};
use crate::outcome::{ExportView, Outcome};
use crate::render;

/// Write whole records, for other programs or another desk
///
/// All records are written, whatever their state, unless a query says which.
#[derive(Debug, Subcommand)]
pub enum ExportCommand {
    Csv(CsvArgs),
    /// Write one JSON list of records
    Json(ExportArgs),
    /// Write records as JSON, one on each line
    Jsonl(ExportArgs),
    /// Write the records' files, one after the other, as YAML documents
    Yaml(ExportArgs),
}

#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Conditions in the query language; all must hold
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Write to this file, which is replaced when the new one is whole
    #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    output: Option<PathBuf>,
    #[command(flatten)]
    at: At,
}

/// Write a table with a line for each record and a column for each field
#[derive(Debug, Args)]
pub struct CsvArgs {
    #[command(flatten)]
    common: ExportArgs,
    /// These columns, such as id,title,opened_at,custom.site
    #[arg(long, value_name = "COLUMNS", value_delimiter = ',')]
    columns: Option<Vec<String>>,
    /// Leave cells as they are that a spreadsheet would take for formulas
    /// (otherwise they get an apostrophe in front)
    #[arg(long)]
    no_guard: bool,
}

pub fn run(context: &Context, command: &ExportCommand) -> Result<Outcome, CommandError> {
    let (args, format) = match command {
        ExportCommand::Csv(args) => {
            let names = args.columns.as_ref();
            let columns =
                names.map(|names| names.iter().map(|name| name.trim().to_owned()).collect());
            (
                &args.common,
                ExportFormat::Csv { columns, guard: !args.no_guard, header: context.header },
            )
        }
        ExportCommand::Json(args) => (args, ExportFormat::Json),
        ExportCommand::Jsonl(args) => (args, ExportFormat::Jsonl),
        ExportCommand::Yaml(args) => (args, ExportFormat::Yaml),
    };
    let output = args.output.as_ref().filter(|path| path.as_os_str() != "-");
    if output.is_none() && !context.for_people {
        return Err(CommandError::usage("the form of an export is what stands after `export`")
            .hint("`gitsm export json` writes JSON")
            .hint("with `--output FILE`, `--json` says what was written"));
    }
    let query = app::parse_query(&args.query.join(" "))?;
    let session = context.session_at(&args.at)?;
    let fill = |out: &mut Sink<'_>| app::export(session, &query, &format, out);
    let exported = match output {
        None => {
            // A bar would be drawn over the records.
            if context.environment.stdout_is_terminal {
                context.end_progress();
            }
            context.ui.stream(fill)?
        }
        Some(path) => {
            let mut exported = None;
            render::save(&context.environment.cwd.join(path), true, |file| {
                exported = Some(fill(&mut |text| {
                    file.write_all(text.as_bytes()).map_err(|error| {
                        let message = format!("cannot write {}: {error}", path.display());
                        CommandError::new(ErrorKind::CannotWrite, message)
                    })
                })?);
                Ok(())
            })?;
            exported
        }
    };
    // A reader who left has seen enough.
    let Some(exported) = exported else { return Ok(Outcome::Nothing) };
    exported.warnings.iter().for_each(|warning| context.ui.warn(warning));
    context.warn_of_unreadable(session);
    Ok(output.map_or(Outcome::Nothing, |path| {
        Outcome::Exported(ExportView {
            schema: ExportView::SCHEMA,
            format: format.name(),
            path: path.display().to_string(),
            records: exported.records,
        })
    }))
}

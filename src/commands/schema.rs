//! `gitsm schema`: the JSON Schemas of the desk's files.

use clap::Args;

use crate::app;
use crate::error::CommandError;
use crate::format;
use crate::outcome::Outcome;
use crate::render;

/// Print the JSON Schema of a file type or of an answer, or list them
///
/// For editors that read the YAML language server's modeline.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// incident, request, problem, change, ci, desk, people, teams, action (a
    /// line of `gitsm apply`), import-mapping; for answers record, rows, log, ...
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub fn run(args: &SchemaArgs) -> Result<Outcome, CommandError> {
    match &args.name {
        Some(name) => print(name),
        None => {
            let names: String = all().iter().map(|(name, _)| format!("{name}\n")).collect();
            Ok(Outcome::Text(names))
        }
    }
}

/// Every schema, by name.
fn all() -> Vec<(&'static str, serde_json::Value)> {
    let mut schemas = format::schemas();
    schemas.push(("action", app::action_schema()));
    schemas.push(("import-mapping", app::import::mapping_schema()));
    schemas.extend(render::schemas());
    schemas
}

/// The schema called `wanted`.
pub(super) fn print(wanted: &str) -> Result<Outcome, CommandError> {
    let schemas = all();
    let found = schemas.iter().find(|(name, _)| *name == wanted);
    let (_, schema) = found.ok_or_else(|| {
        let names: Vec<&str> = schemas.iter().map(|(name, _)| *name).collect();
        CommandError::not_found(format!("there is no schema `{wanted}`"))
            .hint(format!("there are {}", names.join(", ")))
    })?;
    Ok(Outcome::Text(format!("{schema:#}\n")))
}

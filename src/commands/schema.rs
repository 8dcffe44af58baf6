//! `gitsm schema`: the JSON Schemas of the desk's files.

use clap::Args;

use crate::app;
use crate::error::CommandError;
use crate::format;
use crate::outcome::{Document, NamedThing, NamesView, Outcome};
use crate::render;

/// Print the JSON Schema of a file type or of an answer, or list them
///
/// For editors that read the YAML language server's modeline.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Such as incident, desk, workflow, action (a line of `gitsm apply`),
    /// import-mapping; for answers record, rows, log, ...; without a name, all
    /// are listed
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

pub fn run(args: &SchemaArgs) -> Result<Outcome, CommandError> {
    match &args.name {
        Some(name) => print(name),
        None => {
            let named = |(name, _)| NamedThing { name, about: None };
            let names = all().into_iter().map(named).collect();
            Ok(Outcome::Names(NamesView { schema: NamesView::SCHEMA, names }))
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
    let (_, data) = found.cloned().ok_or_else(|| {
        let names: Vec<&str> = schemas.iter().map(|(name, _)| *name).collect();
        CommandError::not_found(format!("there is no schema `{wanted}`"))
            .hint(format!("there are {}", names.join(", ")))
    })?;
    Ok(Outcome::Document(Box::new(Document { text: format!("{data:#}\n"), data })))
}

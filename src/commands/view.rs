//! `gitsm view`: saved views.

use clap::{Args, Subcommand};
use clap_complete::ArgValueCompleter;

use super::{Context, complete, list};
use crate::app::{self, Place};
use crate::error::CommandError;
use crate::model::View;
use crate::outcome::Outcome;

/// Save queries under a name, and use them as `@name`
///
/// A view stands for its conditions in every query: `gitsm list @mine tag:vip`,
/// `gitsm search crash -@waiting`, and in other views.
#[derive(Debug, Subcommand)]
pub enum ViewCommand {
    List(ListArgs),
    Show(ShowArgs),
    Save(SaveArgs),
    Delete(DeleteArgs),
}

/// List the views: yours, the desk's, and those that every desk has
#[derive(Debug, Args)]
pub struct ListArgs {}

/// Show a view
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The view
    #[arg(value_name = "VIEW", add = ArgValueCompleter::new(complete::views))]
    name: String,
}

/// Save a query under a name, in place of what the name stood for
///
/// For the desk it is a commit; for yourself, it goes into git's configuration:
/// `gitsm.view.NAME.query`, `.description`, `.columns` and `.limit`.
#[derive(Debug, Args)]
pub struct SaveArgs {
    /// The name
    #[arg(value_name = "VIEW")]
    name: String,
    /// The query; order and limit are part of it
    #[arg(value_name = "QUERY", required = true, add = ArgValueCompleter::new(complete::views))]
    query: Vec<String>,
    /// What it is for, one line
    #[arg(short, long, value_name = "TEXT")]
    description: Option<String>,
    /// The columns of the list, such as id,priority,title,age
    #[arg(long, value_name = "COLUMNS")]
    columns: Option<String>,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Delete a view
///
/// Without an option, what `@VIEW` stands for: yours, if you have one, or else the
/// desk's, which is a commit.
#[derive(Debug, Args)]
pub struct DeleteArgs {
    /// The view
    #[arg(value_name = "VIEW", add = ArgValueCompleter::new(complete::views))]
    name: String,
    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Debug, Args)]
pub struct PlaceArgs {
    /// Only for yourself, in this clone
    #[arg(long)]
    mine: bool,
    /// Only for yourself, on all desks
    #[arg(long, conflicts_with = "mine")]
    global: bool,
}

impl PlaceArgs {
    /// Where it was said to be.
    const fn given(&self) -> Option<Place> {
        match (self.mine, self.global) {
            (_, true) => Some(Place::User),
            (true, _) => Some(Place::Clone),
            _ => None,
        }
    }
}

pub fn run(context: &Context, command: &ViewCommand) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    match command {
        ViewCommand::List(ListArgs {}) => Ok(Outcome::Views(app::views(session)?)),
        ViewCommand::Show(args) => Ok(Outcome::Views(app::view(session, &args.name)?)),
        ViewCommand::Save(args) => {
            let columns = args.columns.as_deref().map(list::columns).transpose()?;
            let columns = columns.unwrap_or_default();
            let view = View {
                query: app::parse_query(&args.query.join(" "))?.to_string(),
                description: args.description.clone(),
                columns: columns.iter().map(|column| column.name().into_owned()).collect(),
                limit: None,
            };
            app::save_view(session, &args.name, &view, args.place.given().unwrap_or(Place::Desk))
        }
        ViewCommand::Delete(args) => app::delete_view(session, &args.name, args.place.given()),
    }
}

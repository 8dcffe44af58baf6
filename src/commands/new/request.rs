//! `gitsm request new`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::order::{self, Given};
use super::{Patches, TicketArgs, ticket};
use crate::app;
use crate::commands::{Context, complete};
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::Outcome;

/// Ask for something
///
/// Prints the new record's id. With an offering of the catalogue, `--set` answers
/// the questions of its form; what is missing is asked for on a terminal.
#[derive(Debug, Args)]
pub struct NewRequestArgs {
    #[command(flatten)]
    ticket: TicketArgs,
    /// What is ordered, in the words of the service catalogue
    #[arg(short, long, value_name = "OFFERING", add = ArgValueCompleter::new(complete::offerings))]
    offering: Option<String>,
    /// Whom it is for; you, unless given
    #[arg(long, value_name = "PERSON", hide_short_help = true, conflicts_with = "requester",
          add = ArgValueCompleter::new(complete::people))]
    requested_for: Option<String>,
    /// Take answers from a file of YAML or JSON, or from standard input with `-`
    #[arg(long, value_name = "FILE", hide_short_help = true, requires = "offering")]
    form: Option<PathBuf>,
    /// On a terminal, ask every question, also those that need no answer
    #[arg(long, hide_short_help = true, requires = "offering")]
    ask_all: bool,
}

pub fn run(context: &Context, args: &NewRequestArgs) -> Result<Outcome, CommandError> {
    if let Some(offering) = &args.offering
        && app::has_catalog(context.session()?)?
    {
        let given = Given {
            offering,
            requested_for: args.requested_for.as_deref(),
            form: args.form.as_ref(),
            ask_all: args.ask_all,
        };
        return order::run(context, &args.ticket, &given);
    }
    if args.form.is_some() {
        return Err(CommandError::usage("this desk has no catalogue, and so no forms")
            .hint("`gitsm catalog add` brings examples"));
    }
    if let (Some(offering), None) = (&args.offering, &args.ticket.title) {
        let message = format!(
            "this desk has no catalogue, so that `{offering}` says too little: a title is needed"
        );
        return Err(CommandError::usage(message).hint(
            "gitsm request new TITLE --offering NAME; `gitsm catalog add` brings examples of a catalogue",
        ));
    }
    let mut patches = Patches::default();
    patches.set("offering", args.offering.as_ref());
    patches.set("requester", args.requested_for.as_ref());
    ticket(context, Kind::Request, &args.ticket, None, patches, Vec::new())
}

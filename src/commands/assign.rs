//! `gitsm assign`: give records to a person or a team.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, args, complete};
use crate::app::{Action, Session};
use crate::error::CommandError;
use crate::model::{Kind, TeamId};
use crate::outcome::Outcome;

/// Give records to a person or a team
#[derive(Debug, Args)]
pub struct AssignArgs {
    /// Records (`-`: from standard input), then the person: `me`, `none` or a
    /// person id; with --team the person may be left out
    #[arg(required = true, value_name = "ID... [WHO]", add = ArgValueCompleter::new(complete::records))]
    ids_and_person: Vec<String>,
    /// The team; `none` to take it from any
    #[arg(short, long, value_name = "TEAM", add = ArgValueCompleter::new(complete::teams))]
    team: Option<TeamId>,
    /// Something to say along with it
    #[arg(short, long, value_name = "TEXT")]
    message: Option<String>,
    #[command(flatten)]
    batch: args::Batch,
}

pub fn run(context: &Context, args: &AssignArgs) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    let (ids, person) = match args.ids_and_person.split_last() {
        Some((last, ids)) if !ids.is_empty() && is_person(session, last, args.team.is_some())? => {
            (ids, Some(last.as_str()))
        }
        _ => (args.ids_and_person.as_slice(), None),
    };
    if person.is_none() && args.team.is_none() {
        return Err(CommandError::usage("to whom?").hint("gitsm assign ID PERSON, or --team TEAM"));
    }
    let (team, comment) = (args.team.clone(), args.message.clone());
    let action = Action::Assign { person: person.map(str::to_owned), team, comment };
    context.perform(None, ids, &action, args.batch.mode())
}

/// Whether the last argument is the person rather than one more record. Where
/// a team is given too, it may be either.
fn is_person(session: &Session, last: &str, team: bool) -> Result<bool, CommandError> {
    if last == "-" {
        return Ok(false);
    }
    let policy = session.policy()?;
    if matches!(last, "me" | "none") || policy.people.iter().any(|each| each.id.as_str() == last) {
        return Ok(true);
    }
    let has_prefix = last.split_once('-').is_some_and(|(prefix, _)| {
        Kind::ALL.iter().any(|kind| kind.prefix().eq_ignore_ascii_case(prefix))
    });
    Ok(if team || has_prefix { session.find(last).is_err() } else { true })
}

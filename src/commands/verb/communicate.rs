//! `communicate`: what everybody who is affected is told.

use clap::Args;

use crate::app::Action;
use crate::commands::{Context, args};
use crate::error::CommandError;
use crate::model::{Kind, NoteKind};
use crate::outcome::Outcome;

/// Tell everybody who is affected, and keep it in the communication log
#[derive(Debug, Args)]
pub struct CommunicateArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
}

pub fn run(context: &Context, kind: Kind, args: &CommunicateArgs) -> Result<Outcome, CommandError> {
    let text = args.comment.required(context, &args.targets, "what everybody is told")?;
    let action = Action::Note { kind: NoteKind::Communication, text };
    context.perform(Some(kind), &args.targets.ids, &action, args.targets.batch.mode())
}

//! `gitsm note`: say something about a record.

use clap::Args;

use super::{Context, args};
use crate::app::Action;
use crate::error::CommandError;
use crate::model::NoteKind;
use crate::outcome::Outcome;

/// Add a note
///
/// Notes are for those who work on the record, unless they are public. Where the
/// desk has roles, what somebody says who only asks for something is public.
#[derive(Debug, Args)]
pub struct NoteArgs {
    #[command(flatten)]
    targets: args::Targets,
    #[command(flatten)]
    comment: args::Comment,
    /// Meant for the requester too
    #[arg(short, long)]
    public: bool,
}

pub fn run(context: &Context, args: &NoteArgs) -> Result<Outcome, CommandError> {
    let text = args.comment.required(context, &args.targets, "what to note")?;
    let kind = if args.public { NoteKind::Public } else { NoteKind::Work };
    let action = Action::Note { kind, text };
    context.perform(None, &args.targets.ids, &action, args.targets.batch.mode())
}

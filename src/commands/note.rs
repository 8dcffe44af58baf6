//! `gitsm note`: say something about a record.

use clap::Args;

use super::{Context, args};
use crate::app;
use crate::error::CommandError;
use crate::model::NoteKind;
use crate::outcome::Outcome;

/// Add a note
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
    let text = args.comment.required(context, "what to note")?;
    let session = context.session()?;
    let ids = context.find_all(session, None, &args.targets.ids)?;
    let kind = if args.public { NoteKind::Public } else { NoteKind::Work };
    Ok(Outcome::Written(app::note(session, &ids, kind, &text)?))
}

//! `gitsm triage`: the analyst's three questions about a ticket.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, args, complete, list};
use crate::app::{self, Mode, Session, TriageOptions};
use crate::error::CommandError;
use crate::model::{Kind, RecordId};
use crate::outcome::{Outcome, TriageView, Written};

/// How much is listed unless told otherwise.
const SHOWN: usize = 5;

/// Say whether a ticket was seen before, needs a change, and what it concerns
///
/// Compares it with what the desk knows and gives reasons for every answer: the
/// parts of each score, the way to each configuration item. Proposes team,
/// assignee and category from similar tickets. Changes nothing without --apply.
/// Without an ID, lists the new tickets that nobody has, the most urgent first.
#[derive(Debug, Args)]
pub struct TriageArgs {
    /// The ticket
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: Option<String>,
    /// List at most this many similar tickets, problems and open tickets nearby; 0
    /// lists all
    #[arg(long, value_name = "N", default_value_t = SHOWN, hide_default_value = false)]
    limit: usize,
    /// Carry out the proposals, in one commit, after a confirmation
    #[arg(long, requires = "id")]
    apply: bool,
    /// With --apply: only proposals that are at least this sure, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 70, requires = "apply",
          value_parser = clap::value_parser!(u8).range(0..=100))]
    above: u8,
    /// With --apply: do not ask
    #[arg(short, long, requires = "apply")]
    yes: bool,
    #[command(flatten)]
    preview: args::Preview,
}

pub fn run(
    context: &Context,
    kind: Option<Kind>,
    args: &TriageArgs,
) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    let Some(text) = &args.id else { return untouched(context, session, kind) };
    let id = session.find(text)?;
    if let Some(kind) = kind.filter(|kind| *kind != id.kind()) {
        let message = format!("{} is no {kind} but {}", id.short(), id.kind().one());
        return Err(CommandError::usage(message).hint(format!("gitsm triage {}", id.short())));
    }
    let view = app::triage(session, id, TriageOptions { most: args.limit })?;
    context.warn_of_unreadable(session);
    if args.apply {
        apply(context, session, id, &view, args)
    } else {
        Ok(Outcome::Triage(Box::new(view)))
    }
}

/// Carries out what is proposed.
fn apply(
    context: &Context,
    session: &Session,
    id: RecordId,
    view: &TriageView,
    args: &TriageArgs,
) -> Result<Outcome, CommandError> {
    let chosen = app::chosen(view, args.above);
    let fields = chosen.0.iter().map(|one| format!("{}={}", one.field, one.value));
    let items = chosen.1.iter().map(|one| {
        let name = one.ci.record.title.as_deref().unwrap_or(&one.ci.record.short);
        format!("cis+={name}")
    });
    let what: Vec<String> = fields.chain(items).collect();
    let short = &view.ticket.record.short;
    if what.is_empty() {
        let message = format!("nothing is proposed for {short} with {} % or more", args.above);
        return Ok(Outcome::Written(Written::nothing(message)));
    }
    if !args.yes && !args.preview.dry_run {
        let question = format!("Set {} of {short}?", what.join(", "));
        if !context.ui.confirm(&question, "--yes", false)? {
            return Ok(Outcome::Written(Written::nothing("nothing was changed")));
        }
    }
    let mode = Mode { dry_run: args.preview.dry_run, keep_going: false };
    Ok(Outcome::Written(app::apply_proposals(session, id, &chosen, mode)?))
}

/// The new tickets that nobody has.
fn untouched(
    context: &Context,
    session: &Session,
    kind: Option<Kind>,
) -> Result<Outcome, CommandError> {
    let query = app::untouched(session, kind)?;
    let names = if kind.is_some() {
        "id,priority,age,team,title"
    } else {
        "id,type,priority,age,team,title"
    };
    let rows = app::list(session, &query, list::columns(names)?, app::Wanted::Whole)?;
    context.warn_of_unreadable(session);
    Ok(Outcome::Rows(rows))
}

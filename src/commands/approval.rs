//! `gitsm approval`: where approvals stand, and whose vote is waited for.

use clap::{Args, Subcommand};
use clap_complete::ArgValueCompleter;

use super::args::At;
use super::{Context, complete, list};
use crate::app;
use crate::error::CommandError;
use crate::outcome::Outcome;
use crate::query::Expr;

/// See who must approve what, and what waits for votes
///
/// `gitsm change approve ID` and `gitsm request approve ID` vote.
#[derive(Debug, Subcommand)]
pub enum ApprovalCommand {
    Show(ShowArgs),
    List(ListArgs),
}

/// Show the steps of a record's approval, who has voted, who may still, and
/// which votes do not count
#[derive(Debug, Args)]
pub struct ShowArgs {
    /// The record
    #[arg(value_name = "ID", add = ArgValueCompleter::new(complete::records))]
    id: String,
    #[command(flatten)]
    at: At,
}

/// List what waits for votes; the same as `gitsm list approval:pending`
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Further conditions in the query language
    #[arg(value_name = "QUERY", add = ArgValueCompleter::new(complete::query))]
    query: Vec<String>,
    /// Only what waits for your vote; the same as `approver:me`
    #[arg(short, long)]
    mine: bool,
    /// At most this many; 0 for all
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
    /// These columns, such as id,priority,title,age
    #[arg(long, value_name = "COLUMNS")]
    columns: Option<String>,
}

pub fn run(context: &Context, command: &ApprovalCommand) -> Result<Outcome, CommandError> {
    match command {
        ApprovalCommand::Show(args) => {
            let session = context.session_at(&args.at)?;
            let id = session.find(&args.id)?;
            Ok(Outcome::Approval(Box::new(app::approval(session, id)?)))
        }
        ApprovalCommand::List(args) => waiting(context, args),
    }
}

fn waiting(context: &Context, args: &ListArgs) -> Result<Outcome, CommandError> {
    let mut query = app::parse_query(&args.query.join(" "))?;
    query = query.and(if args.mine {
        Expr::field("approver", "me").of_option("mine")
    } else {
        Expr::field("approval", "pending")
    });
    query.limit = match args.limit {
        Some(0) => None,
        limit => limit.or(query.limit),
    };
    let columns = match context.columns(args.columns.as_deref())? {
        Some(chosen) => chosen,
        None => list::columns("id,type,status,priority,requester,title")?,
    };
    let rows = app::list(context.session()?, &query, columns, app::Wanted::Whole)?;
    rows.warnings.iter().for_each(|warning| context.ui.warn(warning));
    Ok(Outcome::Rows(rows))
}

//! `gitsm diff`: what is different between two points in the history.

use clap::Args;

use super::Context;
use super::turned_round::out_of_brackets;
use crate::app::{self, DiffRange, Subject};
use crate::error::CommandError;
use crate::outcome::{DiffView, Outcome};

/// How many records are listed for people unless told otherwise.
const SHOWN: usize = 100;

/// Show what is different between two dates or commits
///
/// `gitsm diff yesterday` compares with now; `gitsm diff A B` and `gitsm diff
/// A..B` compare two points, each a date, a time in words, `-4h` or a commit. What
/// follows narrows: names of records or a query.
#[derive(Debug, Args)]
pub struct DiffArgs {
    /// Since when, until when, and of which records: `A [B] [ID|QUERY]...`
    #[arg(value_name = "SINCE [UNTIL] [ID|QUERY]", required = true)]
    words: Vec<String>,
    /// Only count
    #[arg(long)]
    stat: bool,
    /// List at most this many records; 0 for all
    #[arg(short = 'n', long, value_name = "N", conflicts_with = "stat")]
    limit: Option<usize>,
}

pub fn run(context: &Context, args: &DiffArgs) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    let words: Vec<String> =
        args.words.iter().map(|word| out_of_brackets(word).to_owned()).collect();
    let (range, taken) = DiffRange::parse(session, &words)?;
    let words = words.get(taken..).unwrap_or_default();
    let (subject, doubts) = Subject::doubted(session, words)?;
    doubts.iter().for_each(|doubt| context.ui.warn(doubt));
    let limit = match args.limit {
        _ if args.stat => Some(0),
        Some(0) => None,
        Some(limit) => Some(limit),
        None => context.for_people.then_some(SHOWN),
    };
    let view: DiffView = app::compare(session, &range, &subject, limit)?;
    if !context.for_people {
        // People find it above the table.
        let times = range.from.into_iter().chain([range.to]).filter(|at| at.time.is_some());
        times.for_each(|at| context.ui.message(&at.told()));
    }
    Ok(Outcome::Diff(view))
}

//! `gitsm search`: records that hold words.

use clap::Args;

use super::args::At;
use super::{Context, list};
use crate::app;
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::{Column, Outcome};
use crate::query::Expr;

/// How many records a table shows unless told otherwise.
const SHOWN: usize = 20;

/// Search titles, descriptions, notes and resolutions
///
/// All words must be there, if only as the beginning of a longer one; words in
/// quotation marks stand for themselves, together. Conditions of the query
/// language may be mixed in. Closed records are searched too.
#[derive(Debug, Args)]
pub struct SearchArgs {
    /// What to look for; after `--` also words that begin with a hyphen
    #[arg(required = true, value_name = "WORDS")]
    words: Vec<String>,
    /// Only this type: incident, request, problem, change or ci
    #[arg(short = 'T', long = "type", value_name = "TYPE")]
    kind: Option<Kind>,
    /// At most this many; 0 for all
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
    /// These columns, such as id,priority,title,age
    #[arg(long, value_name = "COLUMNS")]
    columns: Option<String>,
    #[command(flatten)]
    at: At,
    /// What `list` has; refused with what to do here
    #[arg(short = 'A', long, hide = true)]
    all: bool,
}

pub fn run(context: &Context, args: &SearchArgs) -> Result<Outcome, CommandError> {
    if args.words.iter().all(|word| word.trim().is_empty()) {
        return Err(CommandError::usage("nothing says what to look for")
            .hint("give words, or list everything with `gitsm list --all`"));
    }
    if args.all {
        return Err(CommandError::usage("closed records are searched anyway, without `--all`")
            .hint("leave it out; `status:open` beside the words leaves closed records out"));
    }
    let words: Vec<String> = args.words.iter().map(|word| as_one(word)).collect();
    let mut query = app::parse_query(&words.join(" "))?;
    if let Some(kind) = args.kind {
        query = query.and(Expr::field("type", kind.name()));
    }
    let session = context.session_at(&args.at)?;
    let manner = app::manner(session, &query)?;
    query.limit = match args.limit {
        Some(0) => None,
        Some(limit) => Some(limit),
        None => query.limit.or(manner.limit).or_else(|| context.for_people.then_some(SHOWN)),
    };
    let columns = match context.columns(args.columns.as_deref())? {
        Some(chosen) => chosen,
        None if context.ui.template_uses(&["sla", "due"]) => vec![Column::Sla],
        None if manner.columns.is_empty() => {
            vec![Column::Id, Column::Status, Column::Age, Column::Title]
        }
        None => list::of_view(&manner.columns)?,
    };
    let mut rows = app::search(session, &query, columns, context.wanted())?;
    if rows.total == 0 {
        rows.warnings.extend(app::of_quotes(session, &query));
    }
    rows.warnings.iter().for_each(|warning| context.ui.warn(warning));
    context.warn_of_unreadable(session);
    Ok(Outcome::Rows(rows))
}

/// Words that the shell's quotes kept together stay together, unless they are
/// more than words. A star behind the last one stays outside the quotes.
fn as_one(word: &str) -> String {
    let says_how = |part: &str| {
        part.starts_with(['-', '@']) || ["or", "not", "and"].contains(&part.to_lowercase().as_str())
    };
    let is_phrase = word.contains(' ')
        && !word.contains(['"', ':', '('])
        && !word.split_whitespace().any(says_how);
    match word.strip_suffix('*') {
        _ if !is_phrase => word.to_owned(),
        Some(start) => format!("\"{start}\"*"),
        None => format!("\"{word}\""),
    }
}

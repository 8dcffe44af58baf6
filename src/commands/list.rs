//! `gitsm list`: records that match a query.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::args::At;
use super::{Context, complete};
use crate::app;
use crate::error::CommandError;
use crate::model::Kind;
use crate::outcome::{Column, Outcome};
use crate::query::Expr;

/// How many records a table shows unless told otherwise.
const SHOWN: usize = 50;

/// List records
///
/// Without a condition on the state, only what is open is listed.
///
/// Conditions stand side by side, and all must hold: `type:incident status:open
/// assignee:me tag:a,b ci:web-01 age:>4h opened:>=2026-11-01 "report crashes"`.
/// `-` or `not` before one turns it round, `or` and parentheses join others:
/// `(team:apps or team:db) -tag:noise`. `none` and `any` ask whether there is a
/// value, `a..b` for a span, `x*` for what begins with x. `@mine` and other
/// views stand for queries (`gitsm view list`). `sort:-opened` and `limit:20`
/// belong to it too.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Conditions in the query language, and views as `@name`; all must hold
    #[arg(value_name = "QUERY", add = ArgValueCompleter::new(complete::query))]
    query: Vec<String>,
    /// Only this type: incident, request, problem, change or ci
    #[arg(short = 'T', long = "type", value_name = "TYPE")]
    kind: Option<Kind>,
    /// Only this state, or: open, hold, resolved, closed, any
    #[arg(short = 'S', long, value_name = "STATE")]
    status: Option<String>,
    /// Whatever the state
    #[arg(short = 'A', long, conflicts_with = "status")]
    all: bool,
    /// Only this priority; `<=P2` for P1 and P2
    #[arg(short, long, value_name = "PRIORITY")]
    priority: Option<String>,
    /// Only what this person works on; `me`, `none`
    #[arg(short, long, value_name = "PERSON", add = ArgValueCompleter::new(complete::people))]
    assignee: Option<String>,
    /// Only what you work on
    #[arg(short, long, conflicts_with = "assignee")]
    mine: bool,
    /// Only what nobody works on
    #[arg(short, long, conflicts_with_all = ["assignee", "mine"])]
    unassigned: bool,
    /// Only what is with this team
    #[arg(short, long, value_name = "TEAM", add = ArgValueCompleter::new(complete::teams))]
    team: Option<String>,
    /// Only what this person asked for
    #[arg(short, long, value_name = "PERSON", add = ArgValueCompleter::new(complete::people))]
    requester: Option<String>,
    /// Only what concerns this service
    #[arg(short, long, value_name = "SERVICE", add = ArgValueCompleter::new(complete::services))]
    service: Option<String>,
    /// Only what concerns this configuration item
    #[arg(long, value_name = "CI", add = ArgValueCompleter::new(complete::cis))]
    ci: Option<String>,
    /// Only this category; `network/*` for all below
    #[arg(short, long, value_name = "CATEGORY", add = ArgValueCompleter::new(complete::categories))]
    category: Option<String>,
    /// Only with this label; may be repeated
    #[arg(long = "tag", value_name = "TAG")]
    tags: Vec<String>,
    /// In this order; `-` before a field turns it round; may be repeated
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    sort: Vec<String>,
    /// At most this many; 0 for all
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
    /// These columns, such as id,priority,title,age
    #[arg(long, value_name = "COLUMNS")]
    columns: Option<String>,
    #[command(flatten)]
    at: At,
}

pub fn run(
    context: &Context,
    kind: Option<Kind>,
    args: &ListArgs,
) -> Result<Outcome, CommandError> {
    let mut query = app::parse_query(&args.query.join(" "))?;
    if let (Some(of), Some(other)) = (kind, args.kind)
        && of != other
    {
        return Err(CommandError::usage(format!("`gitsm {of} list` lists nothing but that"))
            .hint(format!("gitsm list --type {other}")));
    }
    let kind = kind.or(args.kind);
    let mut only = |field: &'static str, value: Option<&str>| {
        if let Some(value) = value {
            let narrowed = std::mem::take(&mut query);
            query = narrowed.and(app::condition(field, value));
        }
    };
    only("type", kind.map(Kind::name));
    only("status", args.status.as_deref());
    only("priority", args.priority.as_deref());
    only("assignee", args.assignee.as_deref());
    only("assignee", args.unassigned.then_some("none"));
    only("team", args.team.as_deref());
    only("requester", args.requester.as_deref());
    only("service", args.service.as_deref());
    only("ci", args.ci.as_deref());
    only("category", args.category.as_deref());
    for tag in &args.tags {
        only("tag", Some(tag));
    }
    if args.mine {
        query = query.and(Expr::field("assignee", "me").of_option("mine"));
    }
    let session = context.session_at(&args.at)?;
    let manner = app::manner(session, &query)?;
    if !args.all && !manner.about_the_state {
        query = query.and(Expr::field("status", "open"));
    }
    for key in &args.sort {
        query = query.sorted_by(key);
    }
    query.limit = match args.limit {
        Some(0) => None,
        Some(limit) => Some(limit),
        None => query.limit.or(manner.limit).or_else(|| context.for_people.then_some(SHOWN)),
    };
    let columns = match context.columns(args.columns.as_deref())? {
        Some(chosen) => chosen,
        None if context.ui.template_uses(&["sla", "due"]) => vec![Column::Sla],
        None if manner.columns.is_empty() => usual_columns(kind),
        None => of_view(&manner.columns)?,
    };
    let mut rows = app::list(session, &query, columns, context.wanted())?;
    if rows.total == 0 {
        rows.warnings.extend(app::of_quotes(session, &query));
        rows.warnings.extend(args.query.iter().filter_map(|word| columns_as_words(word)));
    }
    rows.warnings.iter().for_each(|warning| context.ui.warn(warning));
    context.warn_of_unreadable(session);
    Ok(Outcome::Rows(rows))
}

/// What to say of the names of columns among the words to look for: elsewhere
/// `--json` takes them.
fn columns_as_words(word: &str) -> Option<String> {
    let are_columns = word.contains(',') && !word.contains([':', ' ']);
    let columns = Column::list(word).ok().filter(|_| are_columns)?;
    (columns.len() > 1).then(|| {
        format!(
            "`{word}` is looked for in texts; `--columns {word}` chooses columns of tables and CSV"
        )
    })
}

/// The columns that an option or a view names.
pub fn columns(names: &str) -> Result<Vec<Column>, CommandError> {
    let columns = Column::list(names).map_err(|error| app::unknown_column(&error))?;
    if columns.is_empty() {
        return Err(CommandError::usage("no column is named")
            .hint("for example `--columns id,priority,title`"));
    }
    Ok(columns)
}

/// The columns that a view of the query names.
pub fn of_view(names: &[String]) -> Result<Vec<Column>, CommandError> {
    columns(&names.join(",")).map_err(|mut error| {
        error.message = format!("a view of the query cannot be shown: {}", error.message);
        error
    })
}

fn usual_columns(kind: Option<Kind>) -> Vec<Column> {
    match kind {
        Some(Kind::Ci) => vec![
            Column::Id,
            Column::Title,
            Column::Category,
            Column::Status,
            Column::Service,
            Column::Assignee,
            Column::Team,
        ],
        _ => vec![
            Column::Id,
            Column::Priority,
            Column::Status,
            Column::Age,
            Column::Assignee,
            Column::Title,
        ],
    }
}

//! `gitsm log`: what happened to a record, some records or the desk.

use clap::Args;
use clap_complete::ArgValueCompleter;

use super::{Context, complete};
use crate::app::{self, LogFilter, Session, Subject};
use crate::error::{CommandError, ErrorKind};
use crate::outcome::Outcome;

/// How many events a table shows of the whole desk unless told otherwise.
const SHOWN: usize = 50;

/// Show who did what and when, and what changed from what to what
///
/// Of one record, its life story: every event with its texts in full, and how
/// long after the event before it came. Of a query, what happened to the
/// records that match it now: `gitsm log 'team:apps status:open'`.
#[derive(Debug, Args)]
pub struct LogArgs {
    /// A record, or several, or a query; the whole desk, if nothing is given
    #[arg(value_name = "ID|QUERY", add = ArgValueCompleter::new(complete::records))]
    subject: Vec<String>,
    /// Only what these people did; `me` for yourself
    #[arg(long, value_name = "PERSON", value_delimiter = ',',
          add = ArgValueCompleter::new(complete::people))]
    by: Vec<String>,
    /// Only these actions, such as new, resolve, assign, note, edit
    #[arg(long = "action", value_name = "ACTION", value_delimiter = ',')]
    actions: Vec<String>,
    /// Only changes of these fields; `resolution` stands for all its parts
    #[arg(long = "field", value_name = "FIELD", value_delimiter = ',')]
    fields: Vec<String>,
    /// Only changes of the field from this value; `none` for no value
    #[arg(long, value_name = "VALUE", requires = "fields")]
    from: Option<String>,
    /// Only changes of the field to this value
    #[arg(long, value_name = "VALUE", requires = "fields")]
    to: Option<String>,
    /// Only what happened since then: a date, "2 days ago", "last monday"
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    since: Option<String>,
    /// Only what happened before then
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    until: Option<String>,
    /// At most this many, the newest, also as `-5`; 0 for all
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
    /// The oldest first
    #[arg(long)]
    reverse: bool,
    /// A line for each event
    #[arg(long)]
    oneline: bool,
    /// Of one record: also what happened to the problem, the change and the
    /// duplicates that it is linked to
    #[arg(long, requires = "subject")]
    follow: bool,
}

pub fn run(context: &Context, args: &LogArgs) -> Result<Outcome, CommandError> {
    let session = context.session()?;
    let (subject, doubts) = Subject::doubted(session, &args.subject).map_err(|error| {
        match (error.kind, &args.subject[..]) {
            (ErrorKind::NotFound, [only]) => app::told_otherwise(session, only, error),
            _ => error,
        }
    })?;
    let doubts = match &subject {
        Subject::Records(ids) if ids.is_empty() => unmatched(session, &args.subject, doubts),
        _ => doubts,
    };
    doubts.iter().for_each(|doubt| context.ui.warn(doubt));
    if args.follow && !matches!(subject, Subject::Record(_)) {
        return Err(CommandError::usage("`--follow` follows the links of one record")
            .hint("name the record, as in `gitsm log INC-7K3F9Q --follow`"));
    }
    let limit = match args.limit {
        Some(0) => None,
        Some(limit) => Some(limit),
        None => (!matches!(subject, Subject::Record(_)) && context.for_people).then_some(SHOWN),
    };
    let time = |text: &Option<String>| {
        text.as_deref().map(|text| app::parse_point(session, text)).transpose()
    };
    let since = time(&args.since)?;
    if let Some(text) = args.since.as_ref().filter(|_| since > Some(session.now())) {
        return Err(CommandError::usage(format!("`{text}` lies in the future"))
            .hint("`--since \"2 days ago\"` and `--since -2d` lie in the past"));
    }
    let until = time(&args.until)?;
    if let (Some(since), Some(until)) = (since, until)
        && since >= until
    {
        let message = format!("nothing lies between {since} and {until}");
        return Err(CommandError::usage(message)
            .hint("`--since` takes the earlier time, and `--until` the later one"));
    }
    let filter = LogFilter {
        subject,
        by: args.by.clone(),
        actions: args.actions.clone(),
        fields: app::recorded_fields(session, &args.fields)?,
        from: args.from.clone(),
        to: args.to.clone(),
        since,
        until,
        limit,
        reverse: args.reverse,
        brief: args.oneline,
        follow: args.follow,
    };
    let events = app::log(session, &filter)?;
    app::log_doubts(session, &filter)?.iter().for_each(|doubt| context.ui.warn(doubt));
    Ok(Outcome::Log(events))
}

/// What to say of a query that matches no record. Within one argument blanks make a
/// query of what may be meant as the names of records.
fn unmatched(session: &Session, words: &[String], doubts: Vec<String>) -> Vec<String> {
    let query = words.join(" ");
    let names: Vec<&str> = query.split_whitespace().collect();
    let told = format!("no record matches the query `{query}`");
    if names.len() > words.len() && names.iter().all(|name| session.find(name).is_ok()) {
        let names = names.join(" ");
        return vec![format!("{told}; for several records write `gitsm log {names}`")];
    }
    if doubts.is_empty() { vec![told] } else { doubts }
}

//! The state of the desk at another point of its history, as people name it.

use super::{Session, parse_point, settings};
use crate::error::CommandError;
use crate::model::Timestamp;
use crate::query::duration;
use crate::store::{CommitId, StoreError};

/// A point in the desk's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// The commit that has the state.
    pub commit: CommitId,
    /// When what it records happened.
    pub happened: Timestamp,
    /// The time that was typed; `None` where a commit was named.
    pub time: Option<Timestamp>,
}

impl At {
    /// Which commit was taken, for people who named a time.
    pub fn told(&self) -> String {
        let commit = self.commit.to_string();
        let short = commit.get(..7).unwrap_or(&commit);
        format!("as of commit {short}, {} UTC", self.happened.to_utc().format("%Y-%m-%d %H:%M"))
    }
}

/// Reads what a person types for a point in history: the full or abbreviated
/// name of a commit, a revision such as `HEAD~3` or a tag, or a date or time as
/// [`parse_point`] reads it.
///
/// A time means the last commit on the trunk whose event happened by then.
/// `HEAD` is the trunk's, whatever is checked out.
///
/// # Errors
///
/// The text is neither, or could be both; the commit holds no desk; the time
/// lies in the future or before the first event.
pub fn resolve(session: &Session, text: &str) -> Result<At, CommandError> {
    let text = text.trim();
    let time = parse_point(session, text);
    // Nobody who writes 2026 means the commit whose name begins so.
    let is_year = time.is_ok() && text.bytes().all(|byte| byte.is_ascii_digit());
    let named = if is_year { None } else { named_commit(session, text)? };
    match (named, time) {
        (Some(commit), Err(_)) => at_commit(session, text, commit),
        (None, Ok(time)) => at_time(session, text, time),
        (Some(_), Ok(time)) => {
            Err(CommandError::usage(format!("`{text}` is a time and names a commit as well"))
                .hint(format!("write the time as {time}, or the commit's full name")))
        }
        (None, Err(_)) => {
            let error = format!("`{text}` is neither a commit nor a time");
            let mut error = CommandError::not_found(error);
            if duration(text).is_some() {
                error = error.hint(format!("did you mean `-{text}`?"));
            }
            Err(error.hint("a commit's name from `gitsm log`, HEAD~3, a tag, 2026-11-22, \"2026-11-22 22:00\" and \"2 days ago\" are"))
        }
    }
}

fn at_commit(session: &Session, text: &str, commit: CommitId) -> Result<At, CommandError> {
    if session.store.snapshot_at(commit)?.blob_of(settings::DESK)?.is_none() {
        return Err(CommandError::not_found(format!("the commit `{text}` holds no desk"))
            .hint("`gitsm log` shows the commits of this desk"));
    }
    let happened = Timestamp::from_seconds(session.store.commit_info(commit)?.author.at);
    Ok(At { commit, happened, time: None })
}

fn at_time(session: &Session, text: &str, time: Timestamp) -> Result<At, CommandError> {
    if time > session.now() {
        return Err(CommandError::usage(format!("`{text}` lies in the future"))
            .hint("only what has happened can be looked at"));
    }
    let index = session.index()?;
    if let Some((commit, happened)) = index.commit_at(time)? {
        return Ok(At { commit, happened, time: Some(time) });
    }
    let error = CommandError::not_found(format!("nothing had happened yet at {time}"));
    Err(match index.first_event()? {
        Some(first) => error.hint(format!("the desk begins at {first}")),
        None => error,
    })
}

/// The commit that `text` names, if it names one.
fn named_commit(session: &Session, text: &str) -> Result<Option<CommitId>, CommandError> {
    let trunk = session.store.trunk().map(|name| format!("refs/heads/{name}"));
    let head = ["HEAD", "@"].into_iter().find_map(|head| {
        let rest = text.strip_prefix(head)?;
        (rest.is_empty() || rest.starts_with(['~', '^', '@'])).then_some(rest)
    });
    let revision = match (head, trunk) {
        (Some(rest), Some(trunk)) => format!("{trunk}{rest}"),
        _ => text.to_owned(),
    };
    match session.store.resolve_commit(&revision) {
        Ok(commit) => Ok(Some(commit)),
        Err(StoreError::AmbiguousCommit { .. }) => match session.index()?.commits_like(text)?[..] {
            [commit] => Ok(Some(commit)),
            ref several => {
                let error = CommandError::not_found(format!("`{text}` begins several names"));
                let names = several.iter().take(10).fold(error, CommandError::hint);
                Err(names.hint("give more of the commit's name"))
            }
        },
        Err(_) => Ok(None),
    }
}

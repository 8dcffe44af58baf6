//! What a raised change says: its title and description, and the names in it.

use super::Pusher;
use super::incoming::Incoming;
use crate::error::CommandError;
use crate::model::{DeployRange, PersonId, Timestamp, one_line, summary};
use crate::policy::{Policy, access};

/// How many commits a description names.
const NAMED: usize = 20;
/// How long a commit's name is where people read it.
const SHORT: usize = 8;
/// How long the subject in a title is.
const SUBJECT: usize = 100;
/// A push that was recorded so many seconds after it happened was late.
const LATE: i64 = 300;

/// What a change is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'a> {
    /// The code repository.
    pub name: &'a str,
    pub environment: &'a str,
    pub commit: &'a str,
    pub reference: Option<&'a str>,
    /// When it was pushed.
    pub pushed: Option<Timestamp>,
}

/// The title of the change that brings `incoming`.
pub(super) fn title(about: &About<'_>, incoming: &Incoming) -> String {
    let About { name, environment, .. } = about;
    let short = short(about.commit);
    let what = match about.reference.and_then(|name| name.strip_prefix("refs/tags/")) {
        Some(tag) => summary(tag, 60),
        None => short,
    };
    let subject = summary(&incoming.subject, SUBJECT);
    let title = match incoming.range {
        DeployRange::Rollback => {
            format!("Roll {name} back to {what} in {environment}: {subject}")
        }
        _ => format!("Deploy {name} {what} to {environment}: {subject}"),
    };
    summary(title.trim_end_matches([' ', ':']), 300)
}

/// What the change that brings `incoming` says of it.
pub(super) fn description(about: &About<'_>, incoming: &Incoming, now: Timestamp) -> String {
    let About { name, environment, .. } = about;
    let to = short(about.commit);
    let many = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    };
    let mut lines = Vec::new();
    let from = incoming.from.as_deref().map(short);
    lines.push(match (incoming.range, from) {
        (DeployRange::First, _) => {
            format!("The first deployment of {name} to {environment} that is recorded: {to}.")
        }
        (_, Some(from)) => format!("From {from} to {to} of {name} in {environment}."),
        (_, None) => format!("{to} of {name} to {environment}."),
    });
    let commits = incoming.count.map(|count| many(count, "commit"));
    let files = incoming.paths.as_ref().map(|paths| many(paths.len(), "file"));
    lines.push(match (commits, files) {
        (Some(commits), Some(files)) => format!("{commits}, {files} changed."),
        (Some(commits), None) => format!("{commits}."),
        (None, Some(files)) => format!("{files} changed; how many commits is not known."),
        (None, None) => "How many commits and files is not known.".to_owned(),
    });
    let is_late = |pushed: &Timestamp| pushed.seconds() + LATE < now.seconds();
    if let Some(pushed) = about.pushed.filter(is_late) {
        lines.push(format!("Pushed at {pushed}."));
    }
    if !incoming.commits.is_empty() {
        lines.push(String::new());
    }
    for commit in incoming.commits.iter().take(NAMED) {
        let author = commit.author.split(" <").next().unwrap_or_default();
        lines.push(format!("- {} {} ({author})", short(&commit.id), commit.subject));
    }
    let total = incoming.count.unwrap_or(incoming.commits.len());
    let more = total.saturating_sub(incoming.commits.len().min(NAMED));
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.join("\n")
}

/// A name that stands on one line and has no white space in it.
pub(super) fn word(text: &str, what: &str) -> Result<String, CommandError> {
    let line = one_line(text)
        .map_err(|error| CommandError::usage(format!("the {what} cannot be used: {error}")))
        .map_err(|error| error.hint("one word without white space"))?;
    if line.contains(char::is_whitespace) || line.chars().count() > 200 {
        return Err(CommandError::usage(format!("`{}` is no {what}", summary(&line, 60)))
            .hint("one word without white space"));
    }
    Ok(line)
}

/// Whoever has this address among the desk's people; on a desk that lists nobody,
/// whoever they say they are.
pub(super) fn person(policy: &Policy, by: &Pusher, now: Timestamp) -> Option<PersonId> {
    access::actor(policy, &by.name, &by.email, now).ok()
}

/// The beginning of a commit's name.
pub(super) fn short(commit: &str) -> String {
    commit.chars().take(SHORT).collect()
}

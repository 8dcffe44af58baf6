//! Approving a change model, and who wrote what is approved.

use std::ops::ControlFlow;

use super::load::{is_one, path_of};
use super::view::find;
use crate::app::Session;
use crate::app::write::Describe;
use crate::error::{CommandError, ErrorKind};
use crate::format;
use crate::model::PersonId;
use crate::outcome::Written;
use crate::policy::template::{self, ModelFile, ModelVoteRefusal};
use crate::policy::{Policy, access};
use crate::store::CommitId;

impl From<ModelVoteRefusal> for CommandError {
    fn from(refusal: ModelVoteRefusal) -> Self {
        let error = Self::refused(&refusal);
        match refusal.hint() {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

/// Adds the acting person's vote to the change model `name`.
///
/// # Errors
///
/// There is no such model, or the vote would not count.
pub fn approve_model(
    session: &Session,
    name: &str,
    dry_run: bool,
) -> Result<Written, CommandError> {
    let path = path_of(name);
    let what = format!("change model {name}");
    let describe =
        Describe { batch: Some("approve"), settings: Some(&what), dry_run, ..Describe::default() };
    session.write(describe, |work| {
        let policy = work.policy;
        let (_, file) = find(policy, name)?;
        let head = work.snapshot.commit();
        let author = match (policy.is_open_desk(), head) {
            (false, Some(head)) => author(session, policy, &path, head)?,
            _ => None,
        };
        let next = template::cast(policy, file, work.actor, author.as_ref(), session.now())?;
        let old = work.snapshot.file(&path)?.unwrap_or_default();
        let text = with_votes(&path, &String::from_utf8_lossy(&old), &next)?;
        let (votes, quorum) = (next.approved_by().len(), next.quorum());
        work.notices.push(match votes >= quorum {
            true => format!("{name} is approved: changes made from it are authorised beforehand"),
            false => format!("{name} has {votes} of {quorum} votes"),
        });
        work.file(path.clone(), Some(text.into_bytes()));
        Ok(())
    })
}

/// The text of a model's file with the votes of `next` in place of those that it
/// has. What else stands in it stays as it is, comments too.
fn with_votes(path: &str, text: &str, next: &ModelFile) -> Result<String, CommandError> {
    let mut kept = String::new();
    let mut skips = false;
    for line in text.lines() {
        if line.starts_with("approvals:") {
            skips = true;
        } else if skips && !(line.is_empty() || line.starts_with([' ', '-'])) {
            skips = false;
        }
        if !skips {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept.push_str("approvals:\n");
    for vote in &next.approvals {
        kept.push_str(&format!(
            "- by: {}\n  at: \"{}\"\n  digest: {}\n",
            quoted(vote.by.as_str()),
            vote.at,
            quoted(&vote.digest)
        ));
    }
    let reads = format::read_settings::<ModelFile>(path, kept.as_bytes());
    if reads.is_ok_and(|read| read == *next) {
        return Ok(kept);
    }
    // Written in a way that cannot be added to: then it is written anew.
    format::write_settings(next).map_err(|error| CommandError::new(ErrorKind::Internal, &error))
}

/// Text that no reader of YAML takes for a number or a date.
fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// Who last changed what the model at `path` says, votes aside, up to the commit
/// `head`.
///
/// # Errors
///
/// The history cannot be read, or that person acts no longer.
pub(in crate::app) fn author(
    session: &Session,
    policy: &Policy,
    path: &str,
    head: CommitId,
) -> Result<Option<PersonId>, CommandError> {
    let store = &session.store;
    if !is_one(path) {
        return Ok(None);
    }
    let digest = |commit: CommitId| -> Result<Option<String>, CommandError> {
        let Some(bytes) = store.snapshot_at(commit)?.file(path)? else { return Ok(None) };
        let file = format::read_settings::<ModelFile>(path, &bytes);
        Ok(Some(file.map_or_else(|_| "unreadable".to_owned(), |file| file.digest())))
    };
    let mut author = None;
    store.each_change_of(path, head, &|_| true, |commit| -> Result<_, CommandError> {
        let info = store.commit_info(commit)?;
        let now = digest(commit)?;
        let mut is_other = now.is_some();
        for parent in &info.parents {
            is_other &= digest(*parent)? != now;
        }
        if !is_other {
            return Ok(ControlFlow::Continue(()));
        }
        let at = crate::model::Timestamp::from_seconds(info.author.at);
        // Somebody unknown is nobody who votes.
        author = access::actor(policy, &info.author.name, &info.author.email, at).ok();
        Ok(ControlFlow::Break(()))
    })?;
    Ok(author)
}

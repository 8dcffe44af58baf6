//! What is wrong in the files of change models, with file and line.

use super::load::{FOLDER, is_one};
use crate::format;
use crate::model::{Kind, PersonId};
use crate::outcome::{Finding, Severity};
use crate::policy::Policy;
use crate::policy::template::{self, ModelFile, VotesChange, votes_change};

/// What is wrong in the file at `path`, if it lies where change models do.
pub(in crate::app) fn findings(policy: &Policy, path: &str, bytes: &[u8]) -> Vec<Finding> {
    let finding = |line, severity, rule, message| {
        vec![Finding { path: path.to_owned(), line, severity, rule, message }]
    };
    if !path.strip_prefix(FOLDER).is_some_and(|rest| rest.starts_with('/')) {
        return Vec::new();
    }
    if !is_one(path) {
        // Words about the models may lie beside them.
        if path.ends_with(".md") {
            return Vec::new();
        }
        let message = "this is no place for a change model; they are called NAME.yaml, of \
                       lower-case letters, digits, _ and -";
        return finding(None, Severity::Warning, "model-stray", message.to_owned());
    }
    let file: ModelFile = match format::read_settings(path, bytes) {
        Ok(file) => file,
        Err(error) => {
            let message = error.told();
            return finding(error.line, Severity::Error, "settings-unreadable", message);
        }
    };
    let knows = |name: &str| {
        let own = policy.settings.custom_fields.get(name);
        own.is_some_and(|own| own.on.is_empty() || own.on.contains(&Kind::Change))
    };
    let mut found = Vec::new();
    for mistake in file.mistakes(&knows) {
        let line = format::line_at(bytes, &mistake.place);
        let severity = if mistake.is_error { Severity::Error } else { Severity::Warning };
        found.extend(finding(line, severity, mistake.rule, mistake.message));
    }
    found
}

/// Whether nothing changed in the model at `path` but the vote of `by`.
pub(in crate::app) fn is_vote_of(path: &str, before: &[u8], after: &[u8], by: &PersonId) -> bool {
    let read = |bytes| format::read_settings::<ModelFile>(path, bytes).ok();
    let both = || Some((read(before)?, read(after)?));
    is_one(path) && both().is_some_and(|(before, after)| template::is_vote_of(&before, &after, by))
}

/// What became of the votes of the model at `path` in a commit: those who are
/// said to have cast one, and whether these are for what the file says and said.
pub(in crate::app) fn votes_in(
    path: &str,
    before: Option<&[u8]>,
    after: &[u8],
) -> Option<(Vec<PersonId>, bool)> {
    let read = |bytes| format::read_settings::<ModelFile>(path, bytes).ok();
    let (before, after) = (before.and_then(read), read(after)?);
    match votes_change(before.as_ref(), &after) {
        VotesChange::None => None,
        VotesChange::Cast(votes) => {
            Some((votes.into_iter().map(|vote| vote.by.clone()).collect(), true))
        }
        VotesChange::Forged => Some((Vec::new(), false)),
    }
}

/// What is wrong where the file was edited by hand and votes were written into
/// it.
pub(in crate::app) fn of_hand(path: &str, before: Option<&[u8]>, after: &[u8]) -> Option<Finding> {
    if !is_one(path) {
        return None;
    }
    let read = |bytes| format::read_settings::<ModelFile>(path, bytes).ok();
    let (before, after_file) = (before.and_then(read), read(after)?);
    if votes_change(before.as_ref(), &after_file) == VotesChange::None {
        return None;
    }
    let message = "votes are cast with `gitsm change model approve`, not written into the file";
    Some(Finding {
        path: path.to_owned(),
        line: format::line_at(after, "approvals"),
        severity: Severity::Error,
        rule: "model-vote-forged",
        message: message.to_owned(),
    })
}

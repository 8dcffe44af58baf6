//! Records whose file was removed, which gitsm itself never does.

use super::{Session, at};
use crate::error::{CommandError, ErrorKind};
use crate::model::RecordId;

/// How many words of a name are looked at one by one.
const WORDS: usize = 8;

/// As [`Session::find`], for commands that tell of one record: where there is none,
/// the error says whether there was, or what each word names.
///
/// # Errors
///
/// The text names no record, or several.
pub fn find_or_tell(session: &Session, text: &str) -> Result<RecordId, CommandError> {
    session.find(text).map_err(|error| told_otherwise(session, text, error))
}

/// In the place of `error`, that there is no record `text`, what else the text may
/// name.
pub fn told_otherwise(session: &Session, text: &str, error: CommandError) -> CommandError {
    if error.kind != ErrorKind::NotFound || session.past().is_some() {
        return error;
    }
    let meant = removed(session, text).or_else(|| several(session, text));
    meant.or_else(|| commit(session, text)).unwrap_or(error)
}

/// The error for a record that was removed.
fn removed(session: &Session, text: &str) -> Option<CommandError> {
    let id: RecordId = text.trim().parse().ok()?;
    let story = session.index().ok()?.story(id).ok()?;
    let gone = story.first().filter(|step| step.after.is_none())?;
    let commit = gone.commit.to_string();
    let commit = commit.get(..7).unwrap_or(&commit);
    let message = format!("{} is no longer there: commit {commit} took its file away", id.short());
    let hint =
        format!("`gitsm log {id}` tells its story, `gitsm show {id} --at {commit}~1` shows it");
    Some(CommandError::not_found(message).hint(hint))
}

/// The error for a commit, which git's own commands show.
fn commit(session: &Session, text: &str) -> Option<CommandError> {
    let text = text.trim();
    let begin = text.strip_suffix("..").unwrap_or(text);
    at::resolve(session, begin).ok().filter(|at| at.time.is_none())?;
    let message = format!("`{text}` is a commit, and no record");
    let hint = match begin == text {
        true => format!("`gitsm diff {text}~1 {text}` tells what it changed"),
        false => format!("`gitsm diff {begin}` tells what has changed since"),
    };
    Some(CommandError::not_found(message).hint(hint))
}

/// The error for several records in the place of one.
fn several(session: &Session, text: &str) -> Option<CommandError> {
    let parts = text.split([' ', '\t', '\n', ',', ';']);
    let words: Vec<&str> = parts.filter(|word| !word.is_empty()).collect();
    if words.len() < 2 || words.len() > WORDS {
        return None;
    }
    let named = words.into_iter().filter(|word| session.find(word).is_ok());
    let named: Vec<String> = named.map(|word| format!("`{word}`")).collect();
    let message = format!("there is no record `{text}`");
    let hint = match &named[..] {
        [] => return None,
        [only] => format!("{only} is one; name it alone"),
        _ => format!("{} are records; name each by itself", named.join(" and ")),
    };
    Some(CommandError::not_found(message).hint(hint))
}

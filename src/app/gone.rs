//! Records whose file was removed, which gitsm itself never does.

use super::Session;
use crate::error::CommandError;
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
    session.find(text).map_err(|error| {
        if session.past().is_some() {
            return error;
        }
        removed(session, text).or_else(|| several(session, text)).unwrap_or(error)
    })
}

/// The error for a record that was removed.
fn removed(session: &Session, text: &str) -> Option<CommandError> {
    let id: RecordId = text.trim().parse().ok()?;
    let story = session.index().ok()?.story(id).ok()?;
    let gone = story.first().filter(|step| step.after.is_none())?;
    let commit = gone.commit.to_string();
    let commit = commit.get(..7).unwrap_or(&commit);
    let message = format!("{} is no longer there: commit {commit} removed its file", id.short());
    let hint =
        format!("`gitsm log {id}` tells its story, `gitsm show {id} --at {commit}~1` shows it");
    Some(CommandError::not_found(message).hint(hint))
}

/// The error for several records in the place of one.
fn several(session: &Session, text: &str) -> Option<CommandError> {
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.len() < 2 || words.len() > WORDS {
        return None;
    }
    let named = words.into_iter().filter(|word| session.find(word).is_ok());
    let named: Vec<String> = named.map(|word| format!("`{word}`")).collect();
    let message = format!("there is no record `{text}`");
    let hint = format!("give one record: {}", named.join(" or "));
    (!named.is_empty()).then(|| CommandError::not_found(message).hint(hint))
}

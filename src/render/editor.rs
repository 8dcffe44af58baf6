//! Long text through the user's editor, as git does.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::{CommandError, ErrorKind};

/// The editor did not give a text.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// The file for the editor cannot be written or read.
    #[error("cannot edit a text: {0}")]
    Io(#[from] io::Error),
    /// The editor cannot be started, or ended with an error.
    #[error("the editor `{command}` failed ({reason})")]
    Editor {
        command: String,
        /// How it ended.
        reason: String,
        /// Where the text lies that was typed until then, if any was.
        kept: Option<PathBuf>,
    },
    /// What came back is no UTF-8 text.
    #[error("the edited text is not UTF-8")]
    Encoding {
        /// Where the text lies.
        kept: PathBuf,
    },
}

impl From<EditError> for CommandError {
    fn from(error: EditError) -> Self {
        let kind = match &error {
            EditError::Io(_) => ErrorKind::CannotWrite,
            EditError::Editor { .. } => ErrorKind::Usage,
            EditError::Encoding { .. } => ErrorKind::Invalid,
        };
        let command = CommandError::new(kind, &error);
        match error {
            EditError::Editor { kept: Some(path), .. } | EditError::Encoding { kept: path } => {
                command.hint(kept_hint(&path))
            }
            _ => command,
        }
    }
}

/// Where a kept text lies, as a hint.
pub fn kept_hint(path: &Path) -> String {
    format!("your text is kept in {}", path.display())
}

/// Lets the user edit `initial` with `editor`, a command for a shell. `suffix`
/// ends the file's name, so that the editor knows what it holds (`.md`).
///
/// `None` if the text came back unchanged or empty.
pub fn edit_text(editor: &str, initial: &str, suffix: &str) -> Result<Option<String>, EditError> {
    let mut file = tempfile::Builder::new().prefix("gitsm-").suffix(suffix).tempfile()?;
    file.write_all(initial.as_bytes())?;
    file.flush()?;
    // Some editors replace the file, so from here on the path counts.
    let path = file.into_temp_path();
    let status = Command::new("sh")
        .arg("-c")
        .arg(format!("{editor} \"$@\""))
        .arg(editor)
        .arg(&path)
        .status();
    let failure = match status {
        Ok(status) if status.success() => None,
        Ok(status) => Some(status.to_string()),
        Err(error) => Some(error.to_string()),
    };
    let bytes = fs::read(&path).unwrap_or_default();
    if let Some(reason) = failure {
        let typed = !bytes.is_empty() && bytes != initial.as_bytes();
        let kept = if typed { path.keep().ok() } else { None };
        return Err(EditError::Editor { command: editor.to_owned(), reason, kept });
    }
    match String::from_utf8(bytes) {
        Ok(text) if text.trim().is_empty() || text == initial => Ok(None),
        Ok(text) => Ok(Some(text)),
        Err(_) => Err(EditError::Encoding { kept: path.keep().map_err(|error| error.error)? }),
    }
}

/// Saves `text` to a file that stays, when what was to be done with it failed.
/// Nothing that somebody typed is ever lost.
pub fn keep(text: &str) -> io::Result<PathBuf> {
    let mut file = tempfile::Builder::new().prefix("gitsm-kept-").suffix(".txt").tempfile()?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    let (_, path) = file.keep().map_err(|error| error.error)?;
    Ok(path)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_comes_back() {
        let text = edit_text("printf 'two words\\n' >>", "one\n", ".md").expect("edited");
        assert_eq!(text.as_deref(), Some("one\ntwo words\n"));
        let replaced = "f() { printf new > \"$1.x\"; mv \"$1.x\" \"$1\"; }; f";
        assert_eq!(edit_text(replaced, "old", ".md").expect("edited").as_deref(), Some("new"));
    }

    #[test]
    fn unchanged_and_empty_are_nothing() {
        assert_eq!(edit_text("true", "one\n", ".md").expect("edited"), None);
        assert_eq!(edit_text(": >", "one\n", ".md").expect("edited"), None);
        assert_eq!(edit_text("rm", "one\n", ".md").expect("edited"), None);
    }

    #[test]
    fn a_failing_editor_loses_nothing() {
        let error = edit_text("f() { echo typed > \"$1\"; exit 3; }; f", "", ".md");
        let Err(EditError::Editor { kept: Some(path), .. }) = error else { panic!("{error:?}") };
        assert_eq!(fs::read_to_string(&path).expect("kept"), "typed\n");
        fs::remove_file(path).expect("removed");
        let error = edit_text("false", "one", ".md");
        assert!(matches!(error, Err(EditError::Editor { kept: None, .. })), "{error:?}");
        let error = edit_text("printf '\\377' >", "one", ".md");
        let Err(EditError::Encoding { kept }) = error else { panic!("{error:?}") };
        fs::remove_file(kept).expect("removed");
    }

    #[test]
    fn kept_text_stays() {
        let path = keep("precious\n").expect("kept");
        assert_eq!(fs::read_to_string(&path).expect("there"), "precious\n");
        fs::remove_file(path).expect("removed");
    }
}

//! Errors: how failed commands are told, and what can fail in telling.

use std::io;

use super::escape;
use super::style::{self, paint};
use super::{Format, TemplateError};
use crate::error::{CommandError, ErrorKind};
use crate::outcome::PageError;

/// An outcome could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum ShowError {
    /// Standard output cannot be written (a closed pipe is no error).
    #[error("cannot write to standard output: {0}")]
    Io(#[from] io::Error),
    /// The user's template does not fit.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// The answer has no such form.
    #[error("this answer cannot be shown as {0}")]
    Format(Format),
    /// The answer is text and nothing else.
    #[error("this answer is plain text and has no other form")]
    Text,
    /// The answer could not be turned into JSON.
    #[error("cannot write the answer as JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The answer could not be turned into YAML.
    #[error("cannot write the answer as YAML: {0}")]
    Yaml(String),
    /// Some rows could not be read.
    #[error(transparent)]
    Page(#[from] PageError),
    /// The answer could not be turned into CSV.
    #[error("cannot write the answer as CSV: {0}")]
    Csv(#[from] csv::Error),
}

impl From<TemplateError> for CommandError {
    fn from(error: TemplateError) -> Self {
        ShowError::from(error).into()
    }
}

impl From<ShowError> for CommandError {
    fn from(error: ShowError) -> Self {
        let kind = match &error {
            ShowError::Io(_) => ErrorKind::CannotWrite,
            ShowError::Template(_) | ShowError::Format(_) | ShowError::Text => ErrorKind::Usage,
            ShowError::Page(_) => ErrorKind::Invalid,
            // A full disk under a list that is written as it is read.
            ShowError::Json(error) if error.is_io() => ErrorKind::CannotWrite,
            ShowError::Csv(error) if error.is_io_error() => ErrorKind::CannotWrite,
            ShowError::Json(_) | ShowError::Yaml(_) | ShowError::Csv(_) => ErrorKind::Internal,
        };
        let command = CommandError::new(kind, &error);
        match error {
            ShowError::Template(error) => match error.hint() {
                Some(hint) => command.hint(hint),
                None => command,
            },
            ShowError::Text => command.hint("leave out --json, --format and --template"),
            ShowError::Format(_) => command.hint("`--format json` works for every answer"),
            _ => command,
        }
    }
}

/// `error: message`, then the hints after an empty line.
pub(crate) fn render(error: &CommandError) -> String {
    let mut text = labelled("error", style::ERROR, &error.message);
    if !error.hints.is_empty() {
        text.push('\n');
    }
    for hint in &error.hints {
        text.push_str(&labelled("hint", style::HINT, hint));
    }
    text
}

/// `label: text`; further lines are indented below.
pub(crate) fn labelled(label: &str, style: anstyle::Style, text: &str) -> String {
    let safe = escape::paragraph(text.trim());
    let mut lines = safe.lines();
    let mut shown = format!("{}: {}\n", paint(style, label), lines.next().unwrap_or_default());
    for line in lines {
        shown.push_str(format!("  {line}").trim_end());
        shown.push('\n');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_come_with_hints() {
        let error = CommandError::not_found("`7k3` is ambiguous:\nINC-7K3F9Q\n\u{1b}[2J")
            .hint("type more of the id")
            .hint("or the full id");
        let plain = anstream::adapter::strip_str(&render(&error)).to_string();
        assert_eq!(
            plain,
            "\
error: `7k3` is ambiguous:
  INC-7K3F9Q
  \\u{1b}[2J

hint: type more of the id
hint: or the full id
"
        );
    }
}

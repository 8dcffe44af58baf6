//! What is wrong with a text, and where.

use std::fmt;

/// Which rule the text breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FormatErrorKind {
    /// Larger than [`limits::MAX_BYTES`](super::limits::MAX_BYTES).
    TooLarge,
    /// Nested deeper than [`limits::MAX_DEPTH`](super::limits::MAX_DEPTH).
    TooDeep,
    /// Not UTF-8, or with control characters.
    NotText,
    /// Git's conflict markers are still in it.
    Conflict,
    /// An anchor, alias, tag, merge key or directive.
    Forbidden,
    /// Nothing in it.
    Empty,
    /// More than one YAML document.
    SeveralDocuments,
    /// Not YAML.
    Syntax,
    /// A key given twice.
    DuplicateKey,
    /// A key that means nothing there.
    UnknownField,
    /// A key that must be there and is not.
    MissingField,
    /// A value that its field does not take.
    Value,
    /// The id inside is not the one that the path says.
    WrongId,
    /// A value that cannot be written so that it reads back the same.
    Unwritable,
}

/// A text that is refused.
///
/// [`Display`](fmt::Display) gives file, line, column and reason on one line,
/// without control characters, whatever the text held.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct FormatError {
    /// Which rule is broken.
    pub kind: FormatErrorKind,
    /// The file, as a path in the desk, where it is known.
    pub path: Option<Box<str>>,
    /// The line, from 1.
    pub line: Option<usize>,
    /// The column in characters, from 1.
    pub column: Option<usize>,
    /// What is wrong.
    pub message: Box<str>,
    snippet: Option<Box<str>>,
    hint: Option<Box<str>>,
}

/// How much of a line a snippet shows, in characters.
const SNIPPET: usize = 120;

impl FormatError {
    pub(super) fn new(kind: FormatErrorKind, message: impl AsRef<str>) -> Self {
        Self {
            kind,
            path: None,
            line: None,
            column: None,
            message: printable(message.as_ref(), usize::MAX).into(),
            snippet: None,
            hint: None,
        }
    }

    /// Names the place and shows its line.
    pub(super) fn at(mut self, text: &str, line: usize, column: usize) -> Self {
        self.line = Some(line.max(1));
        self.column = Some(column.max(1));
        self.snippet = text
            .lines()
            .nth(line.saturating_sub(1))
            .filter(|shown| !shown.trim().is_empty())
            .map(|shown| printable(shown, SNIPPET).into());
        self
    }

    pub(super) fn on_line(mut self, text: &str, line: usize) -> Self {
        self = self.at(text, line, 1);
        self.column = None;
        self
    }

    pub(super) fn hinted(mut self, hint: impl AsRef<str>) -> Self {
        self.hint = Some(printable(hint.as_ref(), usize::MAX).into());
        self
    }

    pub(super) fn in_file(mut self, path: &str) -> Self {
        self.path = Some(printable(path, usize::MAX).into());
        self
    }

    /// The offending line, cut and with control characters escaped.
    pub fn snippet(&self) -> Option<&str> {
        self.snippet.as_deref()
    }

    /// What is wrong and what to do about it, on one line.
    pub fn told(&self) -> String {
        match &self.hint {
            Some(hint) => format!("{} ({hint})", self.message),
            None => self.message.to_string(),
        }
    }

    /// What to do about it, one sentence.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.path {
            write!(f, "{path}: ")?;
        }
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, "line {line}, column {column}: ")?,
            (Some(line), None) => write!(f, "line {line}: ")?,
            (None, _) => {}
        }
        f.write_str(&self.message)
    }
}

/// `text` cut to `limit` characters, with everything escaped that could move
/// the cursor, reorder the line or hide in it.
fn printable(text: &str, limit: usize) -> String {
    let mut out = String::with_capacity(text.len().min(256));
    for (count, c) in text.chars().enumerate() {
        if count == limit {
            out.push('…');
            break;
        }
        let hides = matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}');
        if c.is_control() || hides {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_the_line_without_its_escapes() {
        let error =
            FormatError::new(FormatErrorKind::Value, "bad \x1b[31m").at("a: 1\nb: \x1b[2J\n", 2, 4);
        assert_eq!(error.to_string(), "line 2, column 4: bad \\u{1b}[31m");
        assert_eq!(error.snippet(), Some("b: \\u{1b}[2J"));
        assert!(error.clone().in_file("x.yaml").to_string().starts_with("x.yaml: line 2"));
    }

    #[test]
    fn snippets_are_short() {
        let error = FormatError::new(FormatErrorKind::Value, "x").at(&"y".repeat(10_000), 1, 1);
        assert!(error.snippet().is_some_and(|shown| shown.chars().count() == SNIPPET + 1));
    }
}

//! What is wrong with a query, and where.

use std::fmt;

use textwrap::core::display_width;

use super::Span;

/// A query that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError {
    /// What is wrong; no full stop at the end.
    pub message: String,
    /// The bytes of the query that it is about.
    pub span: Span,
    /// What to write instead, one sentence.
    pub hint: Option<String>,
    /// The text of the query; none for what stems from an option.
    text: Option<String>,
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.span.option {
            Some(option) => write!(f, "--{option}: {}", self.message),
            None => write!(f, "{} (column {})", self.message, self.column()),
        }
    }
}

impl std::error::Error for QueryError {}

/// How many columns of a long query are shown around an error.
const SHOWN: usize = 72;

impl QueryError {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), span, hint: None, text: None }
    }

    #[must_use]
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same error, which has the text it is about with it.
    #[must_use]
    pub(super) fn in_text(mut self, text: &str) -> Self {
        if self.span.option.is_none() && self.text.is_none() && !text.is_empty() {
            self.text = Some(text.to_owned());
        }
        self
    }

    /// The same error, told as one in the view `name`.
    #[must_use]
    pub(super) fn in_view(mut self, name: &str, text: &str) -> Self {
        if !self.message.starts_with("in the view ") {
            self.message = format!("in the view `@{name}`: {}", self.message);
        }
        self.in_text(text)
    }

    /// The query with a line below that marks the place; `None` for what stems
    /// from an option.
    pub fn picture(&self) -> Option<String> {
        let text = self.text.as_deref()?;
        let part = |from: usize, to: usize| -> Vec<char> {
            // What breaks lines or moves the cursor would move the mark.
            let tame = |c: char| if c.is_control() { ' ' } else { c };
            text.get(from..to.max(from)).unwrap_or_default().chars().map(tame).collect()
        };
        let end = self.span.end.min(text.len());
        let start = self.span.start.min(end);
        let (before, marked, after) = (part(0, start), part(start, end), part(end, text.len()));
        let skipped = before.len().saturating_sub(SHOWN / 2);
        let length = marked.len().min(SHOWN);
        let rest: Vec<char> = marked.into_iter().chain(after).collect();
        let lead: String = before.iter().skip(skipped).collect();
        let lead = format!("{}{lead}", if skipped > 0 { "…" } else { "" });
        let shown: String = rest.iter().take(SHOWN).collect();
        let dots = if rest.len() > SHOWN { "…" } else { "" };
        let marked: String = rest.iter().take(length).collect();
        let blanks = " ".repeat(display_width(&lead));
        let carets = "^".repeat(display_width(&marked).max(1));
        let line = format!("{lead}{shown}{dots}");
        Some(format!("{}\n{blanks}{carets}", line.trim_end()))
    }

    /// Adds the nearest of `choices` as a hint, or `otherwise` if none is near.
    #[must_use]
    pub(super) fn suggest<'a>(
        self,
        wrong: &str,
        choices: impl IntoIterator<Item = &'a str>,
        otherwise: &str,
    ) -> Self {
        match nearest(wrong, choices) {
            Some(word) => self.with_hint(format!("did you mean `{word}`?")),
            None if otherwise.is_empty() => self,
            None => self.with_hint(otherwise),
        }
    }

    /// The character at which the trouble begins, counted from 1.
    pub fn column(&self) -> usize {
        let before = self.text.as_deref().and_then(|text| text.get(..self.span.start));
        before.map_or(self.span.start, |before| before.chars().count()) + 1
    }

    /// What to write instead.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

/// The word among `choices` that is most like `wrong`, if one is like it.
pub(crate) fn nearest<'a>(
    wrong: &str,
    choices: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let wrong = wrong.to_lowercase();
    choices
        .into_iter()
        .map(|choice| (strsim::jaro_winkler(&wrong, &choice.to_lowercase()), choice))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, choice)| choice)
}

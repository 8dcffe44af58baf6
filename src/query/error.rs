//! What is wrong with a query, and where.

use super::Span;

/// A query that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message} (column {})", self.column())]
pub struct QueryError {
    /// What is wrong; no full stop at the end.
    pub message: String,
    /// The bytes of the query that it is about.
    pub span: Span,
    /// What to write instead, one sentence.
    pub hint: Option<String>,
}

impl QueryError {
    pub(super) fn new(span: Span, message: impl Into<String>) -> Self {
        Self { message: message.into(), span, hint: None }
    }

    #[must_use]
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
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

    /// The byte column at which the trouble begins, counted from 1.
    pub const fn column(&self) -> usize {
        self.span.start + 1
    }

    /// What to write instead.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

/// The word among `choices` that is most like `wrong`, if one is like it.
pub(super) fn nearest<'a>(
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

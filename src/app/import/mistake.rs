//! What is wrong in a mapping, and what was probably meant.

/// What is wrong in a mapping: the reason, a hint, and the words to look for
/// in the file.
pub(super) struct Mistake {
    pub(super) reason: String,
    pub(super) hint: Option<String>,
    pub(super) words: Vec<String>,
}

impl Mistake {
    /// A mistake without a hint.
    pub(super) fn new(words: &[&str], reason: impl Into<String>) -> Self {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Self { reason: reason.into(), hint: None, words }
    }

    /// Proposes the name that `wanted` is most like, or lists them all.
    pub(super) fn nearest<'a>(
        mut self,
        wanted: &str,
        names: impl Iterator<Item = &'a str>,
    ) -> Self {
        let names: Vec<&str> = names.collect();
        let wanted = wanted.to_lowercase();
        let near = names
            .iter()
            .map(|name| {
                let lower = name.to_lowercase();
                // The first finds letters in the wrong order, the second endings.
                let score = strsim::normalized_damerau_levenshtein(&wanted, &lower);
                (score.max(strsim::jaro_winkler(&wanted, &lower)), name)
            })
            .filter(|(score, _)| *score > 0.65)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        self.hint = Some(match near {
            Some((_, name)) => format!("did you mean `{name}`?"),
            None => format!("there are {}", names.join(", ")),
        });
        self
    }
}

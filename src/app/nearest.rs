//! The word that somebody may have meant.

/// How alike words must be, from 0 (nothing in common) to 1 (the same).
const ALIKE: f64 = 0.75;

/// The one of `words` that is most like `wanted`, if any is like it at all.
pub fn nearest<'a>(wanted: &str, words: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = wanted.to_lowercase();
    words
        .into_iter()
        .map(|word| (strsim::jaro_winkler(&wanted, &word.to_lowercase()), word))
        .filter(|(likeness, _)| *likeness > ALIKE)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, word)| word)
}

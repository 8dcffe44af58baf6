//! Upper and lower case: when two values are the same but for it.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

/// The form that all spellings of a value have in common: lower case, accents
/// composed with their letters. What is all ASCII is never the same as what is
/// not, so that the index can compare either in its own way.
pub fn folded(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        let is_folded = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        return if is_folded { text.into() } else { text.to_ascii_lowercase().into() };
    }
    // The one letter with two lower cases, by its place in the word.
    let letter = |c: char| if c == 'ς' { 'σ' } else { c };
    let folded: String = text.chars().flat_map(char::to_lowercase).map(letter).nfc().collect();
    if folded.is_ascii() { text.into() } else { folded.into() }
}

/// Whether two values differ in upper and lower case only.
pub fn same_but_case(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || (!a.is_ascii() && folded(a) == folded(b))
}

/// Whether a value begins with `start`, upper and lower case aside.
pub fn starts_but_case(text: &str, start: &str) -> bool {
    if start.is_ascii() {
        let lead = text.as_bytes().get(..start.len());
        return lead.is_some_and(|lead| lead.eq_ignore_ascii_case(start.as_bytes()));
    }
    !text.is_ascii() && folded(text).starts_with(folded(start).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_the_making_of_accents_do_not_count() {
        for (a, b) in [
            ("Apps", "aPPS"),
            ("ÜMLAUT", "ümlaut"),
            ("U\u{308}mlaut", "ümlaut"),
            ("ПРИНТЕР", "Принтер"),
            ("ΟΔΟΣ", "οδος"),
            ("STRAẞE", "straße"),
        ] {
            assert!(same_but_case(a, b), "{a} {b}");
            assert!(starts_but_case(a, b), "{a} {b}");
        }
        // Accents do count, and `ss` is another spelling, not another case.
        for (a, b) in [("umlaut", "ümlaut"), ("STRASSE", "straße"), ("\u{212A}", "k"), ("a", "b")]
        {
            assert!(!same_but_case(a, b), "{a} {b}");
        }
    }

    #[test]
    fn beginnings_are_told() {
        assert!(starts_but_case("Über uns", "ÜBE"));
        assert!(starts_but_case("Aé", "a"));
        assert!(starts_but_case("é", ""));
        assert!(!starts_but_case("ab", "abc"));
        assert!(!starts_but_case("k", "\u{212A}"));
    }

    proptest::proptest! {
        #[test]
        fn what_is_folded_stays_so(text in "[a-cA-CäÄéÉσςΣßẞıİſ\u{301}\u{308}\u{212A}]{0,8}") {
            let once = folded(&text).into_owned();
            proptest::prop_assert_eq!(folded(&once), once.as_str());
        }
    }
}

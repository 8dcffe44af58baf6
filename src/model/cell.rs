//! Text in the cells of spreadsheets.

use std::borrow::Cow;

/// A cell that no spreadsheet takes for a formula (OWASP ASVS 1.2.10): one that
/// begins like a formula gets an apostrophe in front.
///
/// So does one that begins with apostrophes before such a beginning, so that
/// [`unguarded`] finds back to every text.
pub fn guarded(cell: &str) -> Cow<'_, str> {
    if is_formula(cell.trim_start_matches('\'')) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// The text that [`guarded`] made `cell` from.
pub fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(text) if is_formula(text.trim_start_matches('\'')) => text,
        _ => cell,
    }
}

fn is_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\0'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_disarmed() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", "'=1", "''-1"] {
            assert_eq!(guarded(text), format!("'{text}"));
        }
        for text in ["a=b", "", "'", "it's", "'tis", "1-1"] {
            assert_eq!(guarded(text), text);
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in "['=+@\t\r\0a-]{0,6}") {
            let cell = guarded(&text);
            prop_assert!(!is_formula(&cell), "{cell:?}");
            prop_assert_eq!(unguarded(&cell), text.as_str());
        }
    }
}

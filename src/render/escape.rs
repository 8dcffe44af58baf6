//! Makes data harmless before it reaches a terminal.
//!
//! A ticket's text comes from anybody. Escape codes could rewrite what is on
//! the screen, and marks that reorder or hide text could make one thing look
//! like another. Such characters are shown in the form `\u{1b}`.

use std::borrow::Cow;
use std::fmt::Write as _;

/// How far apart tab stops are, in columns.
const TAB: usize = 4;

/// Whether `c` could deceive a reader or steer a terminal: controls, marks
/// that reorder text, and characters without any width of their own.
///
/// The joiners U+200C and U+200D stay: Persian, Indic scripts and emoji need
/// them.
pub fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'
            | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}')
}

/// `text` for one line: a line break is shown as `\u{a}`, a tab as blanks.
pub fn line(text: &str) -> Cow<'_, str> {
    clean(text, |_| false, true)
}

/// `text` for several lines: line breaks stay (`\r\n` counts as one), tabs
/// become blanks.
pub fn paragraph(text: &str) -> Cow<'_, str> {
    if text.contains("\r\n") {
        Cow::Owned(clean(&text.replace("\r\n", "\n"), |c| c == '\n', true).into_owned())
    } else {
        clean(text, |c| c == '\n', true)
    }
}

/// Text that is laid out already: line breaks and tabs stay.
pub fn layout(text: &str) -> Cow<'_, str> {
    clean(text, |c| matches!(c, '\n' | '\t'), false)
}

/// JSON text in which harmful characters inside strings are written `\u202e`,
/// so that it reads back as the same data.
pub fn json(text: &str) -> Cow<'_, str> {
    let harmful = |c: char| c != '\n' && is_harmful(c);
    if !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if harmful(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

fn clean(text: &str, keep: fn(char) -> bool, expand: bool) -> Cow<'_, str> {
    let is_printable = |byte: u8| byte == b' ' || byte.is_ascii_graphic();
    if text.bytes().all(is_printable) || !text.contains(|c| is_harmful(c) && !keep(c)) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    let mut column = 0;
    for c in text.chars() {
        if keep(c) {
            safe.push(c);
            column = 0;
        } else if expand && c == '\t' {
            let blanks = TAB - column % TAB;
            safe.extend(std::iter::repeat_n(' ', blanks));
            column += blanks;
        } else if is_harmful(c) {
            let _ = write!(safe, "\\u{{{:x}}}", u32::from(c));
            column += 6;
        } else {
            safe.push(c);
            column += 1;
        }
    }
    Cow::Owned(safe)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn escape_codes_become_visible() {
        assert_eq!(line("\u{1b}[31mred\u{7}"), "\\u{1b}[31mred\\u{7}");
        assert_eq!(line("abc\u{202e}def\u{200b}"), "abc\\u{202e}def\\u{200b}");
        assert_eq!(line("a\nb"), "a\\u{a}b");
        assert_eq!(line("a\tb"), "a   b");
        assert_eq!(paragraph("a\r\nb\rc\n\td"), "a\nb\\u{d}c\n    d");
        assert_eq!(layout("a\tb\nc\u{9b}"), "a\tb\nc\\u{9b}");
        assert!(matches!(line("plain, naïve, 日本"), Cow::Borrowed(_)));
    }

    #[test]
    fn json_reads_back_as_the_same_data() {
        let value = serde_json::json!({"a": "x\u{9b}\u{202e}\u{e0041}\u{7f}y"});
        let text = serde_json::to_string(&value).expect("text");
        let safe = json(&text);
        assert!(safe.contains("\\u009b\\u202e\\udb40\\udc41\\u007f"), "{safe}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&safe).expect("json"), value);
    }

    proptest! {
        #[test]
        fn nothing_harmful_is_left(text in any::<String>()) {
            prop_assert!(!line(&text).contains(is_harmful));
            prop_assert!(!paragraph(&text).contains(|c| c != '\n' && is_harmful(c)));
            prop_assert!(!layout(&text).contains(|c| c != '\n' && c != '\t' && is_harmful(c)));
        }
    }
}

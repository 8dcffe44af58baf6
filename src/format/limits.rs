//! What is refused before anything is parsed.
//!
//! A first look over the bytes decides for ordinary records; it never lets
//! pass what the exact check refuses, but may doubt what is harmless (`&` in a
//! description, code with many brackets). Only in doubt the exact check runs.

use memchr::memchr_iter;

use super::{FormatError, FormatErrorKind as Kind, scan};

/// The largest text that is read, in bytes (1 MiB).
pub const MAX_BYTES: usize = 1 << 20;
/// The deepest nesting of maps and lists.
pub const MAX_DEPTH: usize = 16;

/// Takes `bytes` as YAML text that is safe to parse, or says why not:
/// [`TooLarge`](Kind::TooLarge), [`NotText`](Kind::NotText),
/// [`Conflict`](Kind::Conflict), [`TooDeep`](Kind::TooDeep),
/// [`Forbidden`](Kind::Forbidden), [`SeveralDocuments`](Kind::SeveralDocuments),
/// [`Empty`](Kind::Empty), or [`Syntax`](Kind::Syntax). A byte order mark is
/// taken off.
pub fn check(bytes: &[u8]) -> Result<&str, FormatError> {
    if bytes.len() > MAX_BYTES {
        let message = format!("{} bytes long; the limit is {MAX_BYTES} bytes (1 MiB)", bytes.len());
        return Err(FormatError::new(Kind::TooLarge, message));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| not_utf8(bytes, error.valid_up_to()))?;
    // Some editors put a byte order mark in front.
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(FormatError::new(Kind::Empty, "the file is empty")
            .on_line(text, 1)
            .hinted("fill it, or bring it back or delete it with git"));
    }
    if is_harmless(text) {
        return Ok(text);
    }
    match first_look(text) {
        Look::Plain => Ok(text),
        Look::Doubtful => scan::check(text).map(|()| text),
        Look::Control { line, code } => {
            let message = format!("holds the control character U+{code:04X}");
            Err(FormatError::new(Kind::NotText, message)
                .on_line(text, line)
                .hinted("take it out, or write it as an escape in double quotes"))
        }
        Look::Conflict { line } => Err(FormatError::new(
            Kind::Conflict,
            "a conflict marker of git; both versions are in the file",
        )
        .on_line(text, line)
        .hinted("keep the right lines and take the markers out")),
    }
}

fn not_utf8(bytes: &[u8], offset: usize) -> FormatError {
    let before = &bytes[..offset.min(bytes.len())];
    let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
    let shown = String::from_utf8_lossy(bytes);
    FormatError::new(Kind::NotText, format!("not UTF-8 at byte {offset}"))
        .on_line(&shown, line)
        .hinted("save the file as UTF-8")
}

/// Whether every byte is one that means nothing to the checks, wherever it
/// stands: true of nearly all text in English, and quick to find out.
fn is_harmless(text: &str) -> bool {
    let bytes = text.as_bytes();
    // Without a way out in the middle, this looks at many bytes at a time.
    let harmless = bytes.iter().fold(true, |all, byte| all & is_harmless_byte(*byte));
    let mut starts = std::iter::once(0).chain(memchr_iter(b'\n', bytes).map(|end| end + 1));
    harmless
        && starts.all(|start| {
            let line = &bytes[start..];
            let lead = line.iter().take_while(|byte| matches!(byte, b' ' | b'-' | b'?' | b':'));
            let begins = match line.first() {
                Some(b'-') => line.get(1) == Some(&b' '),
                Some(b'=' | b'>' | b'|' | b'.' | b'%') => false,
                _ => true,
            };
            begins && lead.count() + 2 <= MAX_DEPTH
        })
}

fn is_harmless_byte(byte: u8) -> bool {
    let means_something = b"[{&*!<".iter().fold(false, |any, known| any | (byte == *known));
    (byte == b'\n') | ((b' '..=b'~').contains(&byte) & !means_something)
}

enum Look {
    Plain,
    Doubtful,
    Control { line: usize, code: u32 },
    Conflict { line: usize },
}

fn first_look(text: &str) -> Look {
    let mut doubtful = false;
    let mut openers = 0_usize;
    let mut widest = 0_usize;
    for (number, line) in text.split('\n').enumerate() {
        let bytes = line.as_bytes();
        let mut previous = b' ';
        let mut lead = true;
        for (column, &byte) in bytes.iter().enumerate() {
            // Block collections open in the white space and the dashes before
            // the first word, two at most per two characters.
            if lead && !matches!(byte, b' ' | b'-' | b'?' | b':' | b'\t') {
                lead = false;
                widest = widest.max(column);
            }
            match byte {
                0..=0x08 | 0x0B | 0x0C | 0x0E..=0x1F | 0x7F => {
                    return Look::Control { line: number + 1, code: byte.into() };
                }
                0x80..=0x9F if previous == 0xC2 => {
                    return Look::Control { line: number + 1, code: byte.into() };
                }
                // Line and paragraph separator: readers disagree on whether
                // a line ends there, so one could see keys that another does not.
                0xA8 | 0xA9 if column >= 2 && bytes[column - 2..column] == [0xE2, 0x80] => {
                    let code = 0x2000 + u32::from(byte & 0x3F);
                    return Look::Control { line: number + 1, code };
                }
                b'[' | b'{' => openers += 1,
                // An indicator counts only where a value can begin.
                b'&' | b'*' | b'!' => {
                    let free = !previous.is_ascii_alphanumeric() && previous < 0x80;
                    let text_bullet = byte == b'*' && bytes.get(column + 1) == Some(&b' ');
                    doubtful |= free && !text_bullet;
                }
                b'<' => doubtful |= previous == b'<',
                // Some readers end a line here, and a value begins.
                b'\r' => doubtful |= column + 1 != bytes.len(),
                _ => {}
            }
            previous = byte;
        }
        match bytes.first() {
            Some(b'<' | b'=' | b'>' | b'|') if is_marker(line) => {
                return Look::Conflict { line: number + 1 };
            }
            Some(b'-' | b'.') => {
                doubtful |= line.starts_with("---") || line.starts_with("...");
            }
            Some(b'%') => doubtful = true,
            _ => {}
        }
    }
    if doubtful || widest + openers + 2 > MAX_DEPTH { Look::Doubtful } else { Look::Plain }
}

/// Whether git left `line` in an unmerged file.
fn is_marker(line: &str) -> bool {
    let line = line.trim_end_matches('\r');
    ["<<<<<<<", ">>>>>>>", "|||||||"].iter().any(|marker| {
        line.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    }) || line == "======="
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        /// What the first look lets pass, the exact check does not refuse; what
        /// is no YAML at all is left to the parser.
        #[test]
        fn the_first_look_misses_nothing(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "a: ", "b", ": ", "- ", "? ", "\n", "\n  ", "\n- ", "\r", "\r\n", "\t", " ", "&x ", "*x", "* ",
                    "!t ", "! ", "!!str ", "<<: ", "<<", "---", "...", "--- ", "%YAML 1.1", "[", "]", "{", "}", ",", "\"", "'",
                    "|", ">", "#", "é", "x&y", "[[[[[[[[", "- - - - - ", "\u{3000}", "\n                   ",
                ]),
                0..30,
            ),
        ) {
            let text: String = parts.concat();
            if is_harmless(&text) {
                prop_assert!(is_plain(&text), "{:?}", text);
            }
            if let (Look::Plain, Err(error)) = (first_look(&text), scan::check(&text)) {
                prop_assert_eq!(error.kind, Kind::Syntax, "{:?}", text);
            }
        }
    }

    fn kind(text: &str) -> Option<Kind> {
        check(text.as_bytes()).err().map(|error| error.kind)
    }

    fn is_plain(text: &str) -> bool {
        matches!(first_look(text), Look::Plain)
    }

    #[test]
    fn ordinary_text_needs_no_second_look() {
        assert!(is_plain(
            "title: R&D is down!\ntags:\n- a\nnotes:\n- text: |\n    It's 3*4 (see [1]).\n    * one\n"
        ));
    }

    #[test]
    fn ordinary_records_need_no_first_look() {
        assert!(is_harmless(
            "title: R and D\ntags:\n- a\nnotes:\n- text: |\n    It's 3 (see 1).\n"
        ));
        for text in ["---\n", "a: [b]\n", "a: é\n", "a:\tb\n", "=======\n", "                x\n"]
        {
            assert!(!is_harmless(text), "{text:?}");
        }
    }

    #[test]
    fn doubts_are_settled_exactly() {
        for harmless in [
            "a: 'x &y'\n",
            "a: |\n  *bold* and !important <<EOF\n",
            "a: |\n                      far in\n",
            "a: |\n  [[[[[[[[[[[[[[[[[[[[[[[[\n",
            "---\na: 1\n",
        ] {
            assert!(!is_plain(harmless), "{harmless:?}");
            assert_eq!(kind(harmless), None, "{harmless:?}");
        }
    }

    #[test]
    fn depth_counts_both_styles() {
        let flow = |depth: usize| format!("a: {}{}\n", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(kind(&flow(MAX_DEPTH - 1)), None);
        assert_eq!(kind(&flow(MAX_DEPTH)), Some(Kind::TooDeep));
        let mut block = String::new();
        for depth in 0..MAX_DEPTH {
            block.push_str(&format!("{}a:\n", " ".repeat(depth)));
        }
        assert_eq!(kind(&block), None);
        block.push_str(&format!("{}a: 1\n", " ".repeat(MAX_DEPTH)));
        assert_eq!(kind(&block), Some(Kind::TooDeep));
        assert_eq!(kind(&format!("{}a\n", "- ".repeat(MAX_DEPTH))), None);
        assert_eq!(kind(&format!("{}a\n", "- ".repeat(MAX_DEPTH + 1))), Some(Kind::TooDeep));
    }

    #[test]
    fn control_characters_are_refused_by_name() {
        for (c, name) in [
            ('\0', "U+0000"),
            ('\u{1b}', "U+001B"),
            ('\u{7f}', "U+007F"),
            ('\u{85}', "U+0085"),
            ('\u{2028}', "U+2028"),
            ('\u{2029}', "U+2029"),
        ] {
            let error = check(format!("a: 1\nb: x{c}\n").as_bytes()).expect_err(name);
            assert_eq!((error.kind, error.line), (Kind::NotText, Some(2)));
            assert!(error.to_string().contains(name), "{error}");
        }
        for c in ['\u{a0}', '\u{2027}', '\u{202a}', '\u{3028}', 'é', '😀'] {
            assert_eq!(kind(&format!("a: {c}x\n")), None, "{c:?}");
        }
    }
}

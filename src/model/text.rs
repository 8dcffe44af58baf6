//! Rules for free text: what may stand on one line, and how paragraphs are kept.

/// The text cannot stand on one line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadLine {
    /// Nothing but white space.
    #[error("it is empty")]
    Empty,
    /// A line break, an escape code or another control character.
    #[error("it holds a line break or control character (U+{0:04X}); one plain line is needed")]
    Control(u32),
    /// Too long for a line that people scan.
    #[error("it is {0} characters long; the limit is {max}", max = MAX_LINE)]
    TooLong(usize),
}

/// The longest title or other one-line value, in characters.
const MAX_LINE: usize = 500;

/// Takes `text` as one line: trimmed, not empty, without control characters.
pub fn one_line(text: &str) -> Result<String, BadLine> {
    let text = text.trim();
    if text.is_empty() {
        return Err(BadLine::Empty);
    }
    if let Some(bad) = text.chars().find(|c| is_unprintable(*c)) {
        return Err(BadLine::Control(bad.into()));
    }
    let length = text.chars().count();
    if length > MAX_LINE { Err(BadLine::TooLong(length)) } else { Ok(text.to_owned()) }
}

/// Brings free text into the form in which records keep it, or `None` if
/// nothing is left: Unix line ends, no trailing blanks, no blank lines around,
/// tabs as four spaces, one final line break, no control characters.
///
/// A block literal, which diffs line by line, can hold exactly such text.
pub fn paragraph(text: &str) -> Option<String> {
    let unix = text.replace("\r\n", "\n").replace(['\r', '\u{2028}', '\u{2029}', '\u{85}'], "\n");
    let mut lines: Vec<String> = unix
        .split('\n')
        .map(|line| {
            let line = line.replace('\t', "    ");
            let line: String = line.chars().filter(|c| !is_unprintable(*c)).collect();
            line.trim_end().to_owned()
        })
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let first = lines.iter().position(|line| !line.is_empty())?;
    let mut text = lines[first..].join("\n");
    text.push('\n');
    Some(text)
}

/// The first line of `text`, cut to `width` characters, fit for a table or a
/// commit message: control characters become spaces.
pub fn summary(text: &str, width: usize) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    let mut cut: String =
        line.chars().take(width).map(|c| if is_unprintable(c) { ' ' } else { c }).collect();
    let whole = text.trim().lines().count() <= 1 && line.chars().count() <= width;
    if !whole {
        while cut.chars().count() >= width.max(1) {
            cut.pop();
        }
        cut.push('…');
    }
    cut
}

/// Characters that must never reach a terminal or a one-line value: controls,
/// and the marks that reorder or hide text.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_refuses_what_could_deceive() {
        assert_eq!(one_line("  CRM crashes "), Ok("CRM crashes".into()));
        assert_eq!(one_line(" \n "), Err(BadLine::Empty));
        assert_eq!(one_line("a\nb"), Err(BadLine::Control(10)));
        assert_eq!(one_line("\u{1b}[31mred"), Err(BadLine::Control(0x1b)));
        assert_eq!(one_line("abc\u{202e}def"), Err(BadLine::Control(0x202e)));
        assert_eq!(one_line(&"x".repeat(501)), Err(BadLine::TooLong(501)));
    }

    #[test]
    fn paragraphs_are_normal() {
        assert_eq!(paragraph("\r\n\r\n a\t \r\n\r\nb\x07\r\n\r\n").as_deref(), Some(" a\n\nb\n"));
        assert_eq!(paragraph(" \n\t\n"), None);
        let once = paragraph("  x\n y  \n").expect("text");
        assert_eq!(paragraph(&once).as_deref(), Some(once.as_str()));
    }

    #[test]
    fn summaries_mark_what_they_cut() {
        assert_eq!(summary("short\n", 20), "short");
        assert_eq!(summary("one\ntwo", 20), "one…");
        assert_eq!(summary("abcdef", 4), "abc…");
    }
}

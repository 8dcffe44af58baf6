//! What some systems export as their pages show it, and not as they keep it.

use std::borrow::Cow;

/// The text with HTML entities read as what they stand for: those that stand in
/// for signs of HTML itself, a blank, and any character by its number. What is none
/// stays.
pub(super) fn decoded(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains('&') {
        return text;
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text.as_ref();
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        let entity = after.split_once(';').and_then(|(name, after)| Some((meant(name)?, after)));
        let (character, after) = entity.unwrap_or(('&', after));
        decoded.push(character);
        rest = after;
    }
    decoded.push_str(rest);
    decoded.into()
}

/// The character that an entity stands for, which is called `name` between `&` and
/// `;`.
fn meant(name: &str) -> Option<char> {
    let number = match name {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        "nbsp" => return Some('\u{a0}'),
        _ => name.strip_prefix('#')?,
    };
    let (digits, radix) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    let is_digit = |c: char| c.is_digit(radix);
    let number = u32::from_str_radix(digits, radix).ok().filter(|_| digits.chars().all(is_digit));
    // A text that was fit for a cell does not become unfit for a record.
    number.and_then(char::from_u32).filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
}

/// The number of a ticket without the blanks that part its digits into threes, as
/// pages show numbers; anything else as it is.
pub(super) fn ungrouped(number: &str) -> Cow<'_, str> {
    let mut groups = number.split(is_blank);
    let digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let leads = groups.next().is_some_and(|first| (1..=3).contains(&first.len()) && digits(first));
    if !leads || !number.contains(is_blank) || !groups.all(|g| g.len() == 3 && digits(g)) {
        return number.into();
    }
    number.chars().filter(|c| !is_blank(*c)).collect()
}

/// A blank as it stands within numbers: an ordinary one, or one that keeps lines
/// from breaking there.
const fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{2009}' | '\u{202f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_read_as_what_they_stand_for() {
        for (text, read) in [
            ("no entity", "no entity"),
            ("R&amp;D &lt;sales&gt;", "R&D <sales>"),
            ("Caf&#233; &#xE9;&#XE9;", "Café éé"),
            ("&quot;it&#039;s&quot;&apos;", "\"it's\"'"),
            ("2&nbsp;145", "2\u{a0}145"),
            // Once, whatever comes out.
            ("&amp;lt;", "&lt;"),
            // What is none.
            ("R&D; a & b &unknown; &", "R&D; a & b &unknown; &"),
            (
                "&#0;&#27;&#xD800;&#99999999;&#;&#x;&#+9;",
                "&#0;&#27;&#xD800;&#99999999;&#;&#x;&#+9;",
            ),
            ("&&amp;", "&&"),
            ("a &amp", "a &amp"),
        ] {
            assert_eq!(decoded(text.into()), read, "{text}");
        }
    }

    #[test]
    fn numbers_are_read_without_the_blanks_of_thousands() {
        for (text, read) in [
            ("2145", "2145"),
            ("2 145", "2145"),
            ("12\u{a0}345\u{202f}678", "12345678"),
            ("2 14", "2 14"),
            ("2145 678", "2145 678"),
            ("2  145", "2  145"),
            (" 145", " 145"),
            ("INC 145", "INC 145"),
            ("2 145 a", "2 145 a"),
            ("", ""),
        ] {
            assert_eq!(ungrouped(text), read, "{text:?}");
        }
    }
}

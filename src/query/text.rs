//! Full text: how text becomes words, for searching without and with the index.
//!
//! The index is fed with the words that [`tokens`] makes, not with the text,
//! so that a search finds the same with and without it.

use std::borrow::Cow;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::{Phrase, TextPart};
use crate::model::Record;

/// Stands between texts that do not touch, so that no phrase spans them. No
/// word holds it, since it is neither letter nor digit.
const GAP: &str = "\u{E000}";

/// The words of `text`: runs of letters and digits, in lower case, without
/// accents. Chinese, Japanese and Korean have no blanks between words, so each
/// of their characters counts as a word.
pub fn tokens(text: &str) -> Vec<String> {
    spans(text)
        .into_iter()
        .filter_map(|span| text.get(span).map(fold))
        .filter(|t| !t.is_empty())
        .map(Cow::into_owned)
        .collect()
}

fn fold(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        let is_folded = !word.bytes().any(|byte| byte.is_ascii_uppercase());
        return if is_folded { word.into() } else { word.to_ascii_lowercase().into() };
    }
    // Lower case first: it may itself add marks (`İ`).
    word.chars().flat_map(char::to_lowercase).nfkd().filter(|c| !is_combining_mark(*c)).collect()
}

/// Adds the [`tokens`] of `text` to `words`, with blanks between.
fn add_words(words: &mut String, text: &str) {
    if !text.is_ascii() {
        for word in tokens(text) {
            separate(words);
            words.push_str(&word);
        }
        return;
    }
    // The same without a list of words, of which an index takes in millions, and
    // without a branch for each byte, of which no processor can guess many.
    let mut folded = vec![b' '; text.len()];
    let (mut length, mut inside) = (0, false);
    for byte in text.bytes() {
        let letter = FOLDED[usize::from(byte)];
        folded[length] = letter;
        let is_word = letter != b' ';
        // Of several blanks one is kept, and of those at the beginning none.
        length += usize::from(is_word | inside);
        inside = is_word;
    }
    let folded = str::from_utf8(&folded[..length]).unwrap_or_default().trim_end();
    if !folded.is_empty() {
        separate(words);
        words.push_str(folded);
    }
}

/// What stands for each byte of ASCII text: a letter in lower case, a digit, or
/// a blank.
const FOLDED: [u8; 256] = {
    let mut folded = [b' '; 256];
    let mut byte = 0;
    while byte < 0x80_u8 {
        if byte.is_ascii_alphanumeric() {
            folded[byte as usize] = byte.to_ascii_lowercase();
        }
        byte += 1;
    }
    folded
};

fn separate(words: &mut String) {
    if !words.is_empty() {
        words.push(' ');
    }
}

/// The bytes that each word takes.
fn spans(text: &str) -> Vec<Range<usize>> {
    let mut words: Vec<Range<usize>> = Vec::new();
    let mut open: Option<usize> = None;
    for (at, character) in text.char_indices() {
        if character.is_ascii_alphanumeric() {
            open.get_or_insert(at);
            continue;
        }
        let is_mark = !character.is_ascii() && is_combining_mark(character);
        if is_ideograph(character) {
            words.extend(open.take().map(|start| start..at));
            words.push(at..at + character.len_utf8());
        } else if character.is_alphanumeric() || (is_mark && open.is_some()) {
            open.get_or_insert(at);
        } else {
            words.extend(open.take().map(|start| start..at));
        }
    }
    words.extend(open.map(|start| start..text.len()));
    words
}

const fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
}

/// The longer texts of a record with what they are, in the order of
/// [`TextPart::ALL`]. Of some there are several.
pub fn texts(record: &Record) -> impl Iterator<Item = (TextPart, &str)> {
    let problem = if let Record::Problem(problem) = record { Some(problem) } else { None };
    let review =
        if let Record::Incident(incident) = record { Some(&incident.review) } else { None };
    let change = if let Record::Change(change) = record { Some(change) } else { None };
    let plans = change.map(|change| {
        [&change.implementation_plan, &change.test_plan, &change.backout_plan, &change.review]
    });
    let notes = record.notes().iter().map(|note| (TextPart::Notes, note.text.as_str()));
    let plans = plans.into_iter().flatten().chain(review).flatten();
    let plans = plans.map(|plan| (TextPart::Plan, plan.as_str()));
    let tasks = record.tasks().iter().map(|task| (TextPart::Plan, task.title.as_str()));
    let names = record.attachments().iter();
    let names = names.map(|attachment| (TextPart::Attachments, attachment.name.as_str()));
    let resolution = record.resolution().and_then(|resolution| resolution.text.as_deref());
    let whys = problem.map(|problem| problem.whys.as_slice()).unwrap_or_default();
    let cause = problem.and_then(|problem| problem.cause.as_deref());
    let cause = whys.iter().map(String::as_str).chain(cause);
    let workaround = problem.and_then(|problem| problem.workaround.as_deref());
    std::iter::once((TextPart::Title, record.title()))
        .chain(record.description().map(|text| (TextPart::Description, text)))
        .chain(notes)
        .chain(record.priority_reason().map(|text| (TextPart::Notes, text)))
        .chain(resolution.map(|text| (TextPart::Resolution, text)))
        .chain(cause.map(|text| (TextPart::Cause, text)))
        .chain(workaround.map(|text| (TextPart::Workaround, text)))
        .chain(plans)
        .chain(tasks)
        .chain(names)
}

/// The searchable text of a record, as words with blanks between.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchText([String; TextPart::ALL.len()]);

impl SearchText {
    /// The searchable text of `record`.
    pub fn of(record: &Record) -> Self {
        let mut words: [String; TextPart::ALL.len()] = Default::default();
        for (part, text) in texts(record) {
            let words = &mut words[part as usize];
            if !words.is_empty() {
                separate(words);
                words.push_str(GAP);
            }
            add_words(words, text);
        }
        Self(words)
    }

    /// The same with other words for one part.
    #[must_use]
    pub fn with(mut self, part: TextPart, text: &str) -> Self {
        self.0[part as usize] = tokens(text).join(" ");
        self
    }

    /// The words of one part.
    pub fn part(&self, part: TextPart) -> &str {
        &self.0[part as usize]
    }

    /// A number that differs, but for an accident, where any word differs.
    pub fn fingerprint(&self) -> i64 {
        // Who made two texts agree in it would only keep a record of their own from
        // being found by its new words. Should a later compiler's hash differ, words
        // are put into full text once more.
        let mut hasher = DefaultHasher::new();
        for words in &self.0 {
            words.hash(&mut hasher);
        }
        hasher.finish().cast_signed()
    }

    /// Whether the phrase occurs.
    pub fn contains(&self, phrase: &Phrase) -> bool {
        match phrase.part {
            Some(part) => holds(self.part(part), phrase),
            None => self.0.iter().any(|text| holds(text, phrase)),
        }
    }
}

fn holds(text: &str, phrase: &Phrase) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    words.windows(phrase.tokens.len().max(1)).any(|window| matches_at(window, phrase))
}

fn matches_at<T: AsRef<str>>(window: &[T], phrase: &Phrase) -> bool {
    let last = phrase.tokens.len().saturating_sub(1);
    !phrase.tokens.is_empty()
        && window.len() == phrase.tokens.len()
        && window.iter().zip(&phrase.tokens).enumerate().all(|(at, (word, wanted))| {
            if phrase.prefix && at == last {
                word.as_ref().starts_with(wanted.as_str())
            } else {
                word.as_ref() == wanted
            }
        })
}

/// Where `text` holds one of `phrases`: spans of characters, in order, without
/// overlaps.
pub fn found_at(text: &str, phrases: &[&Phrase]) -> Vec<Range<usize>> {
    let mut words: Vec<(Range<usize>, Cow<'_, str>)> = Vec::new();
    let (mut bytes, mut characters) = (0, 0);
    for span in spans(text) {
        let word = text.get(span.clone()).unwrap_or_default();
        characters += text.get(bytes..span.start).unwrap_or_default().chars().count();
        let start = characters;
        characters += word.chars().count();
        bytes = span.end;
        let folded = fold(word);
        if !folded.is_empty() {
            words.push((start..characters, folded));
        }
    }
    let folded: Vec<&str> = words.iter().map(|(_, word)| word.as_ref()).collect();
    let mut found: Vec<Range<usize>> = Vec::new();
    for phrase in phrases {
        let length = phrase.tokens.len().max(1);
        let places = folded.windows(length).enumerate();
        for (at, _) in places.filter(|(_, window)| matches_at(window, phrase)) {
            if let (Some((first, _)), Some((last, _))) = (words.get(at), words.get(at + length - 1))
            {
                found.push(first.start..last.end);
            }
        }
    }
    found.sort_by_key(|span| (span.start, span.end));
    found.dedup_by(|next, before| {
        let meets = next.start < before.end;
        if meets {
            before.end = before.end.max(next.end);
        }
        meets
    });
    found
}

/// About `width` characters of `text` around the first of `phrases` that it
/// holds, on one line; `None` if it holds none of them.
pub fn excerpt(text: &str, phrases: &[&Phrase], width: usize) -> Option<String> {
    let places: Vec<(Range<usize>, Cow<'_, str>)> = spans(text)
        .into_iter()
        .filter_map(|span| text.get(span.clone()).map(|word| (span, fold(word))))
        .filter(|(_, word)| !word.is_empty())
        .collect();
    let words: Vec<&str> = places.iter().map(|(_, word)| word.as_ref()).collect();
    let first = phrases
        .iter()
        .filter_map(|phrase| {
            words.windows(phrase.tokens.len().max(1)).position(|window| matches_at(window, phrase))
        })
        .min()?;
    let (start, _) = places.get(first)?;
    let before: Vec<char> = text.get(..start.start)?.chars().rev().take(width / 3).collect();
    let mut lead: String = before.iter().rev().collect();
    // Begin with a whole word, unless the text itself begins there.
    let cut = lead.len() < start.start;
    if cut {
        lead =
            lead.split_once(char::is_whitespace).map_or(String::new(), |(_, rest)| rest.to_owned());
    }
    let tail: String = text.get(start.start..)?.chars().take(width - width / 3).collect();
    let rest = text.len() > start.start + tail.len();
    let line = format!("{lead}{tail}");
    let line: Vec<&str> = line
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
        .collect();
    let mark = |on: bool| if on { "…" } else { "" };
    Some(format!("{}{}{}", mark(cut), line.join(" "), mark(rest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phrase(text: &str, prefix: bool) -> Phrase {
        Phrase { tokens: tokens(text), prefix, part: None }
    }

    #[test]
    fn words_are_folded() {
        assert_eq!(
            tokens("CRM crashes: web-01, Ünïcode Straße!"),
            ["crm", "crashes", "web", "01", "unicode", "straße"]
        );
        assert_eq!(tokens("e\u{301}te\u{301}"), ["ete"]);
        assert_eq!(tokens("東京 server"), ["東", "京", "server"]);
        assert_eq!(tokens(" -- "), Vec::<String>::new());
        assert_eq!(tokens(GAP), Vec::<String>::new());
    }

    proptest::proptest! {
        #[test]
        fn words_in_a_row_are_the_same_words(text in "[ a-zA-Z0-9.,é東-]{0,40}") {
            let mut words = String::new();
            add_words(&mut words, &text);
            proptest::prop_assert_eq!(words, tokens(&text).join(" "));
        }
    }

    #[test]
    fn phrases_match_whole_words() {
        let text = SearchText::default().with(TextPart::Title, "crm crashes");
        let text = SearchText(text.0.map(|words| format!("{words} report {GAP} pool")));
        let text = text.with(TextPart::Title, "CRM crashes");
        assert!(text.contains(&phrase("CRM crashes", false)));
        assert!(!text.contains(&phrase("crash", false)));
        assert!(text.contains(&phrase("crash", true)));
        assert!(!text.contains(&phrase("report pool", false)));
        assert!(!text.contains(&phrase("crashes report", false)));
    }

    #[test]
    fn places_are_counted_in_characters() {
        let found = |text: &str, phrases: &[Phrase]| {
            let phrases: Vec<&Phrase> = phrases.iter().collect();
            let spans = found_at(text, &phrases);
            spans.into_iter().map(|span| (span.start, span.end)).collect::<Vec<_>>()
        };
        assert_eq!(found("Überall crasht CRM", &[phrase("crash", true)]), [(8, 14)]);
        assert_eq!(found("Überall crasht CRM", &[phrase("crash", false)]), []);
        let two = [phrase("report aborts", false), phrase("aborts often", false)];
        assert_eq!(found("A report aborts often, often", &two), [(2, 21)]);
        assert_eq!(found("crm crm", &[phrase("crm", true)]), [(0, 3), (4, 7)]);
        assert_eq!(found("", &two), []);
        assert_eq!(found("東京", &[phrase("京", false)]), [(1, 2)]);
    }

    #[test]
    fn excerpts_show_the_first_place() {
        let text = "Since this morning's update\nthe report aborts after a minute or two, always.";
        let found = excerpt(text, &[&phrase("report aborts", false)], 30).expect("found");
        assert_eq!(found, "…the report aborts after…");
        assert_eq!(excerpt(text, &[&phrase("nowhere", false)], 30), None);
        assert_eq!(excerpt("short", &[&phrase("short", false)], 30).as_deref(), Some("short"));
    }
}

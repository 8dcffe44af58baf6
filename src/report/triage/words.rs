//! The words of a ticket, and how much each of them tells.

use std::collections::HashSet;

use crate::model::Record;
use crate::outcome::TellingWord;
use crate::query::{TextPart, texts, tokens};

/// So many words of a ticket are looked for; what a ticket is about stands at
/// its beginning.
const MOST: usize = 48;
/// So many bytes of each text are read: a log pasted into a description says
/// little more.
const READ: usize = 4096;
/// In so many words of a text names are looked for.
const MENTIONED: usize = 300;
/// So many words a name may have.
const NAME_WORDS: usize = 4;

/// A word of a ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    /// Whether the title holds it, so that it counts twice.
    pub in_title: bool,
}

/// A word with its weight.
#[derive(Clone, Debug, PartialEq)]
pub struct Weighed {
    pub word: Word,
    /// How many records hold it; `None` if too many.
    pub records: Option<usize>,
    /// How much it tells.
    pub weight: f64,
}

impl Weighed {
    /// What a reader is told of it.
    pub fn told(&self) -> TellingWord {
        TellingWord { word: self.word.text.clone(), records: self.records }
    }
}

/// The texts in which likeness is looked for: what a record is about, but not
/// what was said and done about it.
fn compared(record: &Record) -> impl Iterator<Item = (TextPart, &str)> {
    let wanted = |part: TextPart| {
        matches!(
            part,
            TextPart::Title | TextPart::Description | TextPart::Cause | TextPart::Workaround
        )
    };
    texts(record).filter(move |(part, _)| wanted(*part)).map(|(part, text)| (part, head(text)))
}

/// The beginning of a text.
fn head(text: &str) -> &str {
    let cut = (0..=READ.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.get(..cut.unwrap_or(0)).unwrap_or_default()
}

/// The words of a ticket, each once, in their order.
pub fn words(record: &Record) -> Vec<Word> {
    let mut seen = HashSet::new();
    let mut words = Vec::new();
    for (part, text) in compared(record) {
        for text in tokens(text) {
            // One letter or digit is no word, but for scripts that write so.
            let is_short = text.is_ascii() && text.len() < 2;
            if !is_short && seen.insert(text.clone()) {
                words.push(Word { text, in_title: part == TextPart::Title });
            }
            if words.len() == MOST {
                return words;
            }
        }
    }
    words
}

/// Every different word of a record that could be compared.
pub fn distinct(record: &Record) -> HashSet<String> {
    compared(record).flat_map(|(_, text)| tokens(text)).collect()
}

/// What could be the name of a configuration item in a ticket's title or
/// description: up to four words in a row, as they are written, each once.
pub fn mentions(record: &Record) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut names = Vec::new();
    let texts = compared(record)
        .filter(|(part, _)| matches!(part, TextPart::Title | TextPart::Description));
    for (_, text) in texts {
        let words: Vec<&str> = text.split_whitespace().take(MENTIONED).collect();
        for start in 0..words.len() {
            for length in 1..=NAME_WORDS.min(words.len() - start) {
                let name = words.get(start..start + length).unwrap_or_default().join(" ");
                let name = name.trim_matches(|c: char| !c.is_alphanumeric());
                if !name.is_empty() && seen.insert(name.to_lowercase()) {
                    names.push(name.to_owned());
                }
            }
        }
    }
    names
}

/// How much each of `words` tells, the most telling first. `total` is the
/// number of records; `records` how many of them hold each word, or `None`
/// where they are too many to be counted.
///
/// The inverse document frequency of Okapi BM25 (Robertson and Zaragoza, 2009)
/// in the form that is never negative, `ln(1 + (N - n + 0.5) / (n + 0.5))`. A
/// word of the title counts twice. A word that only the ticket itself holds
/// counts half: nothing can match it, but it is a sign of something new. One that
/// too many records hold counts as if half of all did: little, but many such
/// words that are not shared say that two texts differ.
pub fn weigh(words: Vec<Word>, records: &[Option<usize>], total: usize) -> Vec<Weighed> {
    let mut weighed: Vec<Weighed> = words
        .into_iter()
        .zip(records)
        .map(|(word, records)| {
            let share = if records.is_some_and(|records| records <= 1) { 0.5 } else { 1.0 };
            let times = if word.in_title { 2.0 } else { 1.0 };
            let weight = rarity(records.unwrap_or(total / 2), total) * share * times;
            Weighed { word, records: *records, weight }
        })
        .collect();
    weighed
        .sort_by(|a, b| b.weight.total_cmp(&a.weight).then_with(|| a.word.text.cmp(&b.word.text)));
    weighed
}

fn rarity(records: usize, total: usize) -> f64 {
    let (n, all) = (records as f64, total.max(records) as f64);
    ((all - n + 0.5) / (n + 0.5)).ln_1p()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample;
    use super::*;

    #[test]
    fn words_come_once_and_know_whether_the_title_holds_them() {
        let fields = json!({"title": "The CRM crashes", "description": "crm pool at 9"});
        let words = words(&sample::incident(1, fields));
        let shown: Vec<(&str, bool)> =
            words.iter().map(|word| (word.text.as_str(), word.in_title)).collect();
        assert_eq!(
            shown,
            [("the", true), ("crm", true), ("crashes", true), ("pool", false), ("at", false)]
        );
    }

    #[test]
    fn rare_words_tell_more_and_those_of_the_title_twice() {
        let fields = json!({"title": "crm crashes", "description": "pool the new"});
        let words = words(&sample::incident(1, fields));
        let records = [Some(10), Some(2), Some(2), None, Some(1)];
        let weighed = weigh(words, &records, 100);
        let order: Vec<&str> = weighed.iter().map(|word| word.word.text.as_str()).collect();
        assert_eq!(order, ["crashes", "crm", "pool", "new", "the"]);
        // 2 ln(1 + 98.5 / 2.5), 2 ln(1 + 90.5 / 10.5), ln(1 + 98.5 / 2.5), half of
        // ln(1 + 99.5 / 1.5), and ln(1 + 50.5 / 50.5).
        for (word, wanted) in weighed.iter().zip([7.398, 4.527, 3.699, 2.105, 0.693]) {
            assert!((word.weight - wanted).abs() < 0.001, "{word:?}");
        }
    }

    #[test]
    fn of_a_huge_text_only_the_beginning_is_read() {
        let many: Vec<String> = (0..5000).map(|n| format!("w{n}")).collect();
        let fields = json!({"title": "T1", "description": many.join(" ")});
        let record = sample::incident(1, fields);
        assert_eq!(words(&record).len(), MOST);
        assert!(distinct(&record).len() < 1000);
        let fields = json!({"title": "T1", "description": "wörd".repeat(10_000)});
        assert_eq!(words(&sample::incident(1, fields)).len(), 2);
    }

    #[test]
    fn names_are_taken_as_they_are_written() {
        let fields =
            json!({"title": "(web-01) is down:", "description": "See CRM database, web-01."});
        let found = mentions(&sample::incident(1, fields));
        for name in ["web-01", "web-01) is down", "CRM database", "database, web-01"] {
            assert!(found.iter().any(|known| known == name), "{name} in {found:?}");
        }
        assert_eq!(found.iter().filter(|name| *name == "web-01").count(), 1);
    }

    #[test]
    fn no_words_are_no_error() {
        assert!(words(&sample::incident(1, json!({"title": "!"}))).is_empty());
        assert!(weigh(Vec::new(), &[], 0).is_empty());
    }
}

//! Phrases as expressions of full text, and the words that it is given.
//!
//! Full text stands there twice: of all records, and of those that are open, most
//! questions being about these, and these being few. To look for a word takes as
//! long as there are records with it.
//!
//! For the same reason each word of a title stands there once more, with a mark
//! that no word can begin with, a private character: to be looked for among
//! titles alone.

use rusqlite::{Connection, OptionalExtension};

use super::IndexError;
use crate::query::{Filter, Phrase, SearchText, Test, TextPart};

/// What the words of a title begin with that stand for the title's alone.
const IN_TITLE: char = '\u{E002}';

/// Up to so many words that begin alike are looked for one by one. SQLite
/// collects the places of all words with a common beginning before it gives
/// the first one, which takes far longer where there are only a few.
const FEW: usize = 12;

/// The FTS5 expression for one phrase.
pub(super) fn phrase(phrase: &Phrase) -> String {
    if phrase.part == Some(TextPart::Title) {
        return in_title(phrase);
    }
    let column = phrase.part.map(|part| format!("{} : ", part.name())).unwrap_or_default();
    format!("{column}{}", quoted(&phrase.tokens.join(" "), phrase.prefix))
}

fn quoted(words: &str, prefix: bool) -> String {
    format!("\"{}\"{}", words.replace('"', "\"\""), if prefix { " *" } else { "" })
}

/// As [`phrase`], among titles alone.
fn in_title(phrase: &Phrase) -> String {
    let words: Vec<String> =
        phrase.tokens.iter().map(|token| format!("{IN_TITLE}{token}")).collect();
    quoted(&words.join(" "), phrase.prefix)
}

/// The table with the full text of the records that are `open`, or of all.
pub(super) const fn table(open: bool) -> &'static str {
    if open { "fts_open" } else { "fts" }
}

/// What full text is given as the title of a record.
pub(super) fn title(text: &SearchText) -> String {
    let words = text.part(TextPart::Title);
    let mut title = words.to_owned();
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        title.push(' ');
        title.push(IN_TITLE);
        title.push_str(word);
    }
    title
}

/// The FTS5 expression for a filter that asks for nothing but words.
pub(super) fn expression(filter: &Filter) -> Option<String> {
    let joined = |parts: &[Filter], between: &str| -> Option<String> {
        let parts: Vec<String> = parts.iter().map(expression).collect::<Option<_>>()?;
        (!parts.is_empty()).then(|| format!("({})", parts.join(between)))
    };
    match filter {
        Filter::Test(Test::Phrase(found)) => Some(phrase(found)),
        Filter::And(parts) => joined(parts, " AND "),
        Filter::Or(parts) => joined(parts, " OR "),
        Filter::Test(_) | Filter::Not(_) => None,
    }
}

/// As [`expression`], where the words must stand in the title; `None` if they
/// cannot.
fn title_expression(filter: &Filter) -> Option<String> {
    match filter {
        Filter::Test(Test::Phrase(found)) => {
            let may_be = found.part.is_none_or(|part| part == TextPart::Title);
            may_be.then(|| in_title(found))
        }
        Filter::And(parts) => {
            let parts: Vec<String> = parts.iter().map(title_expression).collect::<Option<_>>()?;
            (!parts.is_empty()).then(|| format!("({})", parts.join(" AND ")))
        }
        Filter::Or(parts) => either_title(parts),
        Filter::Test(_) | Filter::Not(_) => None,
    }
}

fn either_title(parts: &[Filter]) -> Option<String> {
    let parts: Vec<String> = parts.iter().filter_map(title_expression).collect();
    (!parts.is_empty()).then(|| format!("({})", parts.join(" OR ")))
}

/// The expressions for titles that hold all words that `filter` asks for, and
/// for those that hold one of them; `None` where there can be no such title, or
/// where the second says the same as the first.
pub(super) fn titles(filter: &Filter) -> (Option<String>, Option<String>) {
    let parts = match filter {
        Filter::And(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    };
    let parts: Vec<Filter> =
        parts.iter().filter(|part| expression(part).is_some()).cloned().collect();
    let one = if parts.len() > 1 { either_title(&parts) } else { None };
    (title_expression(&Filter::And(parts)), one)
}

/// The expressions that every match must satisfy, and what else is asked for.
pub(super) fn split(filter: &Filter) -> (Vec<String>, Option<Filter>) {
    let parts = match filter {
        Filter::And(parts) => parts.as_slice(),
        other => std::slice::from_ref(other),
    };
    let mut words = Vec::new();
    let mut others = Vec::new();
    for part in parts {
        match expression(part) {
            Some(found) => words.push(found),
            None => others.push(part.clone()),
        }
    }
    let rest = if others.len() > 1 { Some(Filter::And(others)) } else { others.pop() };
    (words, rest)
}

/// The same filter with beginnings of words replaced by the words there are.
pub(super) fn expanded(db: &Connection, filter: &Filter) -> Result<Filter, IndexError> {
    let all = |parts: &[Filter]| -> Result<Vec<Filter>, IndexError> {
        parts.iter().map(|part| expanded(db, part)).collect()
    };
    Ok(match filter {
        Filter::And(parts) => Filter::And(all(parts)?),
        Filter::Or(parts) => Filter::Or(all(parts)?),
        Filter::Not(inner) => Filter::Not(Box::new(expanded(db, inner)?)),
        Filter::Test(Test::Phrase(found)) if found.prefix => match endings(db, found)? {
            Some(mut whole) if whole.len() == 1 => whole.swap_remove(0),
            Some(whole) if !whole.is_empty() => Filter::Or(whole),
            _ => filter.clone(),
        },
        Filter::Test(_) => filter.clone(),
    })
}

/// The phrases of whole words that `phrase`, which ends with the beginning of
/// a word, stands for; `None` where they are many.
fn endings(db: &Connection, phrase: &Phrase) -> Result<Option<Vec<Filter>>, IndexError> {
    let Some((start, before)) = phrase.tokens.split_last() else { return Ok(None) };
    let mut next = db.prepare_cached("SELECT term FROM term WHERE term >= ?1 LIMIT 1")?;
    let mut phrases = Vec::new();
    let mut from = start.clone();
    loop {
        let found: Option<String> = next.query_row([&from], |row| row.get(0)).optional()?;
        let Some(word) = found.filter(|word| word.starts_with(start.as_str())) else {
            return Ok(Some(phrases));
        };
        if phrases.len() == FEW {
            return Ok(None);
        }
        // The least text that comes after the word, and before all longer ones.
        from = format!("{word}\u{1}");
        let tokens = before.iter().cloned().chain([word]).collect();
        phrases.push(Filter::Test(Test::Phrase(Phrase {
            tokens,
            prefix: false,
            part: phrase.part,
        })));
    }
}

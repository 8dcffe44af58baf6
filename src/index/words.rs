//! Phrases as expressions of full text.

use rusqlite::{Connection, OptionalExtension};

use super::IndexError;
use crate::query::{Filter, Phrase, Test};

/// Up to so many words that begin alike are looked for one by one. SQLite
/// collects the places of all words with a common beginning before it gives
/// the first one, which takes far longer where there are only a few.
const FEW: usize = 12;

/// The FTS5 expression for one phrase.
pub(super) fn phrase(phrase: &Phrase) -> String {
    let words = phrase.tokens.join(" ").replace('"', "\"\"");
    let column = phrase.part.map(|part| format!("{} : ", part.name())).unwrap_or_default();
    format!("{column}\"{words}\"{}", if phrase.prefix { " *" } else { "" })
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

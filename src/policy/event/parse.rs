//! What a commit message says happened: the inverse of
//! [`message`](super::message).
//!
//! A message that is not word for word as `message` writes it, because a person
//! wrote it or changed it, tells nothing about records: then the files before
//! and after must be compared.

use std::borrow::Cow;

use memchr::memmem;

use super::{DETAILED, spoken};
use crate::model::{ARROW, RecordId};

/// The trailers of a commit message.
const ACTION: &str = "Gitsm-Action";
const RECORD: &str = "Gitsm-Record";
const ACTOR: &str = "Gitsm-Actor";
const IMPORT: &str = "Gitsm-Import";
const STEPS: &str = "Gitsm-Steps";
/// What stands between the values of a field's change.
const BETWEEN: &str = " -> ";
/// How many characters of an id's unique part the short form has.
const SHORT: usize = 6;

/// What a commit message says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told<'a> {
    /// What was done.
    pub action: Option<&'a str>,
    /// Who did it.
    pub actor: Option<&'a str>,
    /// For an event of another system's history: the source and the line in it.
    pub import: Option<&'a str>,
    /// Of a batch of several sorts: its actions, with commas between.
    pub steps: Option<&'a str>,
    /// Every record that the commit touched; `None` where the message does not
    /// say it in full.
    pub records: Option<Vec<ToldRecord<'a>>>,
}

/// What a message says about one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldRecord<'a> {
    pub id: RecordId,
    /// What changed; `None` where there are too many records to say it of each.
    pub fields: Option<Vec<ToldField<'a>>>,
}

/// One field's change, with the values as
/// [`brief_from`](crate::model::FieldChange::brief_from) gives them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldField<'a> {
    pub field: Cow<'a, str>,
    pub from: Option<Cow<'a, str>>,
    pub to: Option<Cow<'a, str>>,
}

/// Reads a commit message.
pub fn parse(message: &str) -> Told<'_> {
    let mut told = Told::default();
    let Some((head, trailers)) = message.trim_end().rsplit_once("\n\n") else { return told };
    let mut named = Vec::new();
    let mut is_ours = true;
    for (key, value) in trailers.lines().filter_map(|line| line.split_once(':')) {
        let value = value.trim();
        let slot = match key {
            RECORD => {
                named.push(value);
                continue;
            }
            ACTION => &mut told.action,
            ACTOR => &mut told.actor,
            IMPORT => &mut told.import,
            STEPS => &mut told.steps,
            _ => continue,
        };
        if !value.is_empty() {
            // Said twice is not said by `message`; the first counts.
            is_ours &= slot.is_none();
            slot.get_or_insert(value);
        }
    }
    if is_ours && let (Some(action), Some(_)) = (told.action, told.actor) {
        told.records = records(head, action, &named);
    }
    told
}

/// The records with their fields, if the text before the trailers is what
/// [`message`](super::message) writes about them.
fn records<'a>(head: &'a str, action: &str, named: &[&'a str]) -> Option<Vec<ToldRecord<'a>>> {
    let (subject, body) = head.split_once('\n')?;
    // Where no field changed, the empty line is all there is.
    let mut lines = body.strip_prefix('\n').or(body.is_empty().then_some(body))?.lines().peekable();
    let mut records: Vec<ToldRecord<'a>> = Vec::with_capacity(named.len());
    for name in named {
        let id = name.parse().ok()?;
        let mut fields = Vec::new();
        if named.len() == 1 {
            after_short(subject, name)?.strip_prefix(&*spoken(action))?.strip_prefix(": ")?;
            fields = lines.by_ref().map(field).collect::<Option<_>>()?;
        } else {
            after_short(lines.next()?, name)?;
            while let Some(line) = lines.next_if(|line| line.starts_with("  ")) {
                fields.push(field(line.strip_prefix("  ")?)?);
            }
        }
        if records.iter().any(|record| record.id == id) {
            return None;
        }
        records.push(ToldRecord { id, fields: (named.len() <= DETAILED).then_some(fields) });
    }
    // "and 4 more" is left where there are more than can be named.
    (!records.is_empty() && lines.next().is_none()).then_some(records)
}

/// What follows the short form of the id whose full text is `name`.
fn after_short<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (prefix, unique) = name.split_once('-')?;
    let tail = unique.get(unique.len().checked_sub(SHORT)?..)?;
    line.strip_prefix(prefix)?.strip_prefix('-')?.strip_prefix(tail)?.strip_prefix(' ')
}

/// Reads `status: new -> resolved`.
fn field(line: &str) -> Option<ToldField<'_>> {
    let (field, _, rest) = part(line, ": ")?;
    let (from, from_quoted, rest) = part(rest, BETWEEN)?;
    let (to, to_quoted, _) = part(rest, "")?;
    let value = |text, quoted: bool| (quoted || text != "-").then_some(text);
    Some(ToldField { field, from: value(from, from_quoted), to: value(to, to_quoted) })
}

/// Where `wanted` first stands in `text`. What the standard library has prepares
/// itself for long texts, which these are not.
fn find(text: &str, wanted: &str) -> Option<usize> {
    memmem::find(text.as_bytes(), wanted.as_bytes())
}

/// Reads a name or value that `end` follows, or nothing if that is empty: the
/// text, whether it stood in quotes, and the rest.
fn part<'a>(text: &'a str, end: &str) -> Option<(Cow<'a, str>, bool, &'a str)> {
    if text.starts_with('"') {
        let mut strings = serde_json::Deserializer::from_str(text).into_iter::<String>();
        let value = strings.next()?.ok()?;
        let rest = text.get(strings.byte_offset()..)?.strip_prefix(end)?;
        return (!end.is_empty() || rest.is_empty()).then_some((Cow::Owned(value), true, rest));
    }
    let (value, rest) = if end.is_empty() {
        (text, "")
    } else {
        let (value, rest) = text.split_at(find(text, end)?);
        (value, rest.strip_prefix(end)?)
    };
    let is_plain = !value.is_empty() && value.trim() == value && find(value, ARROW).is_none();
    is_plain.then_some((Cow::Borrowed(value), false, rest))
}

//! Comments of another system as notes.

use serde_json::{Map, Value, json};

use super::journal::{Entry, entries};
use super::path::Paths;
use super::plan::Filler;
use super::source::{Missing, Next, Row, Source, Unit, Wanted};
use super::ticket::Maker;
use crate::error::CommandError;
use crate::model::{Note, NoteKind, PersonId, Record, Timestamp};

/// Where notes come from, made ready for one source.
#[derive(Debug)]
pub(super) struct NotesPlan {
    /// The slot of the row with the list, as a JSON array.
    pub(super) list: usize,
    /// What separates the parts of a comment that is one text.
    pub(super) split: Option<String>,
    /// Whether such a text is a journal.
    pub(super) journal: bool,
    pub(super) comment: Comment,
    /// The columns of a comment in the order of the slots.
    pub(super) columns: Vec<usize>,
    pub(super) at: Filler,
    pub(super) by: Option<Filler>,
    pub(super) text: Filler,
    pub(super) kind: Option<Filler>,
}

/// One comment as a source of cells. It has no rows; [`cells`](Self::cells)
/// makes one of what it is given.
#[derive(Debug, Default)]
pub(super) struct Comment {
    columns: Vec<(String, Paths)>,
}

impl Comment {
    pub(super) fn cells(
        &self,
        comment: &Value,
        columns: &[usize],
        line: u64,
    ) -> Result<Row, String> {
        let mut row = Row::new(line);
        for at in columns {
            let Some((_, paths)) = self.columns.get(*at) else { continue };
            row.push(paths.text(comment)?.says.unwrap_or_default().trim())?;
        }
        Ok(row)
    }

    /// The highest number that stands for a part of a text.
    fn parts(&self) -> usize {
        let names = self.columns.iter().flat_map(|(name, _)| name.split('|'));
        names.filter_map(|name| name.trim().parse().ok()).max().unwrap_or(1)
    }
}

impl Source for Comment {
    fn column(&mut self, name: &str) -> Result<usize, Missing> {
        if let Some(at) = self.columns.iter().position(|(known, _)| known == name) {
            return Ok(at);
        }
        let paths = Paths::parse(name).map_err(Missing::Malformed)?;
        self.columns.push((name.to_owned(), paths));
        Ok(self.columns.len() - 1)
    }

    fn list(&mut self, name: &str) -> Result<usize, Missing> {
        self.column(name)
    }

    fn lacking(&mut self, name: &str) -> usize {
        self.column(name).unwrap_or(usize::MAX)
    }

    fn next(&mut self, _: Wanted<'_>) -> Result<Option<Next>, CommandError> {
        Ok(None)
    }

    fn position(&self) -> u64 {
        0
    }

    fn unit(&self) -> Unit {
        Unit::Element
    }

    fn absent(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Maker<'_> {
    /// The notes that a row carries. `opened` stands for the order of ids only;
    /// what does not say when it was said was said at `latest`.
    ///
    /// # Errors
    ///
    /// Why the row cannot be used, in words.
    pub(super) fn notes(
        &mut self,
        row: &Row,
        opened: Timestamp,
        latest: Timestamp,
    ) -> Result<Vec<Note>, String> {
        let mut notes = Vec::new();
        for plan in &self.plan.notes {
            let Some(list) = self.plan.says(row.cell(plan.list)) else { continue };
            let comments: Vec<Value> =
                serde_json::from_str(list).map_err(|error| format!("`notes`: {error}"))?;
            for (number, comment) in (1..).zip(comments) {
                let comments = match comment {
                    Value::Object(_) => vec![(comment, None)],
                    Value::String(text) if plan.journal => self.journal(&text, latest),
                    Value::String(text) => {
                        vec![(parts(&text, plan.split.as_deref(), plan.comment.parts()), None)]
                    }
                    Value::Null => continue,
                    _ => return Err(format!("`notes`: comment {number} is no text and no object")),
                };
                for (comment, at) in comments {
                    let note = self.note(plan, &comment, row.line, at);
                    let note = note.map_err(|why| format!("`notes`: comment {number}: {why}"))?;
                    notes.extend(note);
                }
            }
        }
        notes.sort_by_key(|note: &Note| note.at);
        for note in &mut notes {
            note.id = (self.fresh)(note.at.max(opened));
        }
        Ok(notes)
    }

    /// The entries of a journal; what is none stays one text, said at `latest`.
    fn journal(&self, text: &str, latest: Timestamp) -> Vec<(Value, Option<Timestamp>)> {
        let is_time = |text: &str| self.plan.dates.parse(text).is_ok();
        let Some(entries) = entries(text, &is_time) else {
            return vec![(json!({"4": text}), Some(latest))];
        };
        let value = |entry: Entry<'_>| json!({"1": entry.at, "2": entry.by, "3": entry.label, "4": entry.text});
        // A journal has its newest entry first.
        entries.into_iter().rev().map(|entry| (value(entry), None)).collect()
    }

    /// The note that a comment is; `at` if it does not say itself when it was
    /// made.
    fn note(
        &mut self,
        plan: &NotesPlan,
        comment: &Value,
        line: u64,
        at: Option<Timestamp>,
    ) -> Result<Option<Note>, String> {
        let cells = plan.comment.cells(comment, &plan.columns, line)?;
        let mut say = |filler: &Filler| -> Result<Option<String>, String> {
            let value = self.plan.value(filler, &cells, self.find)?;
            Ok(value.as_ref().and_then(Value::as_str).map(str::to_owned))
        };
        let Some(text) = say(&plan.text)? else { return Ok(None) };
        let at = match at {
            Some(at) => at,
            None => {
                let at = say(&plan.at)?.unwrap_or_default();
                at.parse().map_err(|_| format!("`{at}` is no time"))?
            }
        };
        let by = plan.by.as_ref().map(&mut say).transpose()?.flatten();
        let by = by.map(PersonId::new).transpose().map_err(|error| error.to_string())?;
        let kind = plan.kind.as_ref().map(&mut say).transpose()?.flatten();
        let kind = match kind.as_deref() {
            None => NoteKind::Public,
            Some(word) => [NoteKind::Public, NoteKind::Work]
                .into_iter()
                .find(|kind| kind.name() == word)
                .ok_or_else(|| format!("a note is `public` or `work`, not `{word}`"))?,
        };
        let by = by.unwrap_or_else(|| self.actor.clone());
        Ok(Some(Note { id: ulid::Ulid::nil(), at, by, kind, text }))
    }
}

/// The parts of a comment that is one text, by their numbers.
fn parts(text: &str, split: Option<&str>, count: usize) -> Value {
    let parts: Vec<&str> = match split {
        Some(split) => text.splitn(count.max(1), split).collect(),
        None => vec![text],
    };
    let named =
        (1..).zip(parts).map(|(number, part): (usize, &str)| (number.to_string(), part.into()));
    Value::Object(named.collect::<Map<String, Value>>())
}

/// Adds the notes that the record does not have.
pub(super) fn add(record: &mut Record, notes: &[Note]) {
    for note in notes {
        let same =
            |other: &Note| other.at == note.at && other.by == note.by && other.text == note.text;
        if !record.notes().iter().any(same) {
            record.notes_mut().push(note.clone());
        }
    }
}

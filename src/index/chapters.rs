//! The lives of many records at once, as their events tell them.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use rusqlite::Connection;

use super::history::from_key;
use super::{Index, IndexError, rows};
use crate::model::{RecordId, Timestamp};
use crate::store::{BlobId, CommitId};

/// What the history says about one record.
#[derive(Clone, Debug)]
pub struct Chapter {
    pub id: RecordId,
    /// What its file holds now.
    pub blob: BlobId,
    /// The newest first.
    pub events: Vec<Recounted>,
}

/// An event as it concerns one record.
#[derive(Clone, Debug)]
pub struct Recounted {
    pub commit: CommitId,
    /// When it happened.
    pub at: Timestamp,
    /// Who acted.
    pub actor: Rc<str>,
    /// Whether it is known what it changed.
    pub told: bool,
    /// Whether other lines of history ran beside it.
    pub forked: bool,
    pub changes: Vec<Recount>,
}

/// One field's change, the values on one line. Of notes the beginning is given,
/// and of fields that were not asked for nothing.
#[derive(Clone, Debug)]
pub struct Recount {
    pub field: Rc<str>,
    pub old: Option<String>,
    pub new: Option<String>,
}

/// So much of a note's line holds its kind.
const KIND: usize = 20;

impl Index {
    /// Gives what the history says about every ticket, or about those `wanted`,
    /// with the values of these `fields`. One pass over the history; the trees
    /// and files of the repository are not looked at, so that what messages
    /// keep quiet about is missing.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn chapters(
        &self,
        fields: &[&str],
        wanted: Option<&HashSet<RecordId>>,
        each: &dyn Fn(Chapter),
    ) -> Result<(), IndexError> {
        self.ask_history(false, |db| read(db, fields, wanted, each))
    }
}

fn read(
    db: &Connection,
    fields: &[&str],
    wanted: Option<&HashSet<RecordId>>,
    each: &dyn Fn(Chapter),
) -> Result<(), IndexError> {
    let words = words(db)?;
    let number =
        |name: &str| words.iter().find(|(_, text)| &***text == name).map(|(number, _)| *number);
    let notes = number("notes").unwrap_or(0);
    let asked: Vec<String> =
        fields.iter().filter_map(|name| number(name)).map(|number| number.to_string()).collect();
    let mut blobs = HashMap::new();
    let mut tickets = db.prepare("SELECT kind, ulid, blob FROM rec WHERE kind < 4")?;
    let mut found = tickets.query([])?;
    while let Some(sql) = found.next()? {
        let id = rows::id_at(sql, 0)?;
        if wanted.is_none_or(|wanted| wanted.contains(&id)) {
            blobs.insert(id, BlobId::from_bytes(sql.get(2)?));
        }
    }
    let mut subjects = db.prepare("SELECT num, id FROM subject")?;
    let mut found = subjects.query([])?;
    let mut ids: HashMap<i64, RecordId> = HashMap::with_capacity(blobs.len());
    while let Some(sql) = found.next()? {
        let id = from_key(sql.get(1)?)?;
        if blobs.contains_key(&id) {
            ids.insert(sql.get(0)?, id);
        }
    }
    // The index by record gives one in this order, sorting the other.
    let mut events = db.prepare(
        "SELECT t.subject, t.n, e.commit_id, e.at, e.actor, e.told, e.forked \
         FROM touched t CROSS JOIN event e ON e.n = t.n ORDER BY t.subject, t.n",
    )?;
    let asked = asked.join(",");
    let mut changes = db.prepare(&format!(
        "SELECT subject, n, field, \
         CASE WHEN field = {notes} THEN substr(old, 1, {KIND}) \
              WHEN field IN ({asked}) THEN old ELSE substr(old, 1, 0) END, \
         CASE WHEN field = {notes} THEN substr(new, 1, {KIND}) \
              WHEN field IN ({asked}) THEN new ELSE substr(new, 1, 0) END \
         FROM change ORDER BY subject, n, rowid DESC"
    ))?;
    let mut changes = changes.query([])?;
    let mut change = changes.next()?;
    let mut events = events.query([])?;
    let mut chapter: Option<(i64, Chapter)> = None;
    let mut last = None;
    while let Some(event) = events.next()? {
        let place: (i64, i64) = (event.get(0)?, event.get(1)?);
        // A message may name a record twice.
        if last.replace(place) == Some(place) {
            continue;
        }
        let (subject, _) = place;
        let Some(id) = ids.get(&subject) else { continue };
        if chapter.as_ref().is_none_or(|(open, _)| *open != subject) {
            if let Some((_, chapter)) = chapter.take() {
                each(chapter);
            }
            let Some(blob) = blobs.get(id) else { continue };
            chapter = Some((subject, Chapter { id: *id, blob: *blob, events: Vec::new() }));
        }
        let actor: i64 = event.get(4)?;
        let mut recounted = Recounted {
            commit: CommitId::from_bytes(event.get(2)?),
            at: Timestamp::from_seconds(event.get(3)?),
            actor: words.get(&actor).cloned().unwrap_or_default(),
            told: event.get(5)?,
            forked: event.get(6)?,
            changes: Vec::new(),
        };
        while let Some(row) = change {
            let at: (i64, i64) = (row.get(0)?, row.get(1)?);
            if at > place {
                break;
            }
            if at == place {
                let field: i64 = row.get(2)?;
                let field = words.get(&field).cloned().unwrap_or_default();
                recounted.changes.push(Recount { field, old: row.get(3)?, new: row.get(4)? });
            }
            change = changes.next()?;
        }
        if let Some((_, chapter)) = &mut chapter {
            chapter.events.push(recounted);
        }
    }
    if let Some((_, chapter)) = chapter {
        each(chapter);
    }
    Ok(())
}

/// Every word of the history by its number.
fn words(db: &Connection) -> Result<HashMap<i64, Rc<str>>, IndexError> {
    let mut statement = db.prepare("SELECT num, text FROM word")?;
    let mut found = statement.query([])?;
    let mut words = HashMap::new();
    while let Some(sql) = found.next()? {
        words.insert(sql.get(0)?, Rc::from(sql.get::<_, String>(1)?));
    }
    Ok(words)
}

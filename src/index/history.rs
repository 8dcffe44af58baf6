//! Reading the history into the tables: which commit did what to which record.
//!
//! A commit whose message says it all is not looked into, since messages cost
//! a tenth of what trees cost. Of the others the files that differ are listed;
//! what changed in them is read only when somebody asks about fields.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Statement, params};

use super::{IndexError, promise, schema};
use crate::format::read_record;
use crate::model::{FieldChange, Record, RecordId, diff};
use crate::policy::event::{self, RecordChange};
use crate::store::{BlobId, CommitId, CommitText, PathChange, Store};

/// The indexes of the history's tables.
pub(super) const INDEXES: &str = include_str!("history.sql");

/// Made when somebody first asks about fields, since it takes a tenth of the
/// time of all the rest.
const FIELDS: &str = "CREATE INDEX IF NOT EXISTS change_field ON change (field, n)";

const CLEAR: &str = "DROP INDEX IF EXISTS word_text; DROP INDEX IF EXISTS subject_id;
    DROP INDEX IF EXISTS touched_subject; DROP INDEX IF EXISTS change_field;
    DELETE FROM word; DELETE FROM subject; DELETE FROM event; DELETE FROM touched;
    DELETE FROM change;";

/// What is read later is older by its number than nothing that was read before:
/// each reading counts up from so far below.
const BLOCK: i64 = 1 << 32;
/// The action of a commit that brings lines of history together.
const MERGE: &str = "merge";
/// How the word for the action of a batch begins that names its actions: they
/// follow, with commas between.
const STEPPED: &str = "apply ";
/// After how many commits or records progress is reported.
const STEP: usize = 1_000;

/// Whether the tables cover the history up to `head`, with the changes of
/// fields where `fields` says so.
pub(super) fn is_current(
    db: &Connection,
    head: CommitId,
    fields: bool,
) -> Result<bool, IndexError> {
    if schema::meta(db)?.is_none_or(|meta| meta.events_head != Some(head)) {
        return Ok(false);
    }
    if !fields {
        return Ok(true);
    }
    let untold = "SELECT 1 FROM event WHERE told = 0 LIMIT 1";
    let index = "SELECT 1 FROM sqlite_schema WHERE name = 'change_field'";
    Ok(!db.prepare_cached(untold)?.exists([])? && db.prepare_cached(index)?.exists([])?)
}

/// Fills in the history up to `head`, and the changes of fields if `fields`
/// says so, within a transaction of the caller's.
pub(super) fn catch_up(
    db: &Connection,
    store: &Store,
    head: CommitId,
    fields: bool,
    progress: &dyn Fn(usize, usize),
) -> Result<(), IndexError> {
    let old = schema::meta(db)?.and_then(|meta| meta.events_head);
    // Another process may have read further.
    if !old.is_some_and(|old| store.is_ancestor(head, old).unwrap_or(false)) {
        // History that was rewritten, or another branch, starts from nothing.
        let since = old.filter(|old| store.is_ancestor(*old, head).unwrap_or(false));
        if since.is_none() {
            db.execute_batch(CLEAR)?;
        }
        let mut filler = Filler::new(db, store, since.is_none())?;
        filler.tips.insert(head);
        let mut done = 0;
        store.each_commit(since, head, |commit| {
            done += 1;
            if done % STEP == 0 {
                progress(done, 0);
            }
            filler.commit(commit)
        })?;
        if since.is_none() {
            db.execute_batch(INDEXES)?;
        }
        db.execute("UPDATE meta SET events_head = ?1", [head.as_bytes()])?;
    }
    if fields {
        tell(db, store, progress)?;
        db.execute_batch(FIELDS)?;
    }
    Ok(())
}

/// Takes the history over from the database at `old`, as far as that has it:
/// the past does not change when the records must be read anew.
///
/// # Errors
/// One of the databases cannot be read or written; the tables are then in no
/// order, and the caller begins again without the old ones.
pub(super) fn keep(db: &Connection, old: &Path) -> Result<(), IndexError> {
    let meta = schema::open_reader(old).and_then(|old| schema::meta(&old));
    // What is no index of this release has nothing to give.
    let Ok(Some(schema::Meta { events_head: Some(head), .. })) = meta else { return Ok(()) };
    db.execute("ATTACH DATABASE ?1 AS old", [old.to_string_lossy()])?;
    for table in ["word", "subject", "event", "touched", "change"] {
        db.execute_batch(&format!("INSERT INTO main.{table} SELECT * FROM old.{table}"))?;
    }
    db.execute_batch(promise::KEEP)?;
    db.execute_batch("DETACH DATABASE old")?;
    db.execute_batch(INDEXES)?;
    db.execute("UPDATE meta SET events_head = ?1", [head.as_bytes()])?;
    Ok(())
}

/// Fills in what changed in the records of commits whose messages do not say.
fn tell(db: &Connection, store: &Store, progress: &dyn Fn(usize, usize)) -> Result<(), IndexError> {
    let untold = "SELECT n, commit_id, count FROM event WHERE told = 0";
    let events: Vec<(i64, [u8; 20], usize)> = db
        .prepare(untold)?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get::<_, u32>(2)? as usize)))?
        .collect::<Result<_, _>>()?;
    let total = events.iter().map(|(_, _, count)| count).sum();
    let mut filler = Filler::new(db, store, false)?;
    let mut done = 0;
    for (n, commit, _) in events {
        for change in store.changes_of(CommitId::from_bytes(commit))? {
            let Some(id) = RecordId::from_path(&change.path) else { continue };
            let subject = filler.subject(id)?;
            for field in changed_fields(store, id, &change)? {
                let (from, to) = (field.brief_from(), field.brief_to());
                filler.change(subject, n, &field.field, from.as_deref(), to.as_deref())?;
            }
            done += 1;
            if done % STEP == 0 {
                progress(done, total);
            }
        }
    }
    db.execute("UPDATE event SET told = 1 WHERE told = 0", [])?;
    Ok(())
}

/// The field changes that a message about this change would name. A file that
/// is no record, or cannot be read, has no fields.
fn changed_fields(
    store: &Store,
    id: RecordId,
    change: &PathChange,
) -> Result<Vec<FieldChange>, IndexError> {
    let read =
        |blob: Option<BlobId>| -> Option<Record> { read_record(id, &store.blob(blob?).ok()?).ok() };
    let (before, after) = (read(change.before), read(change.after));
    Ok(match &after {
        Some(after) => RecordChange { before: before.as_ref(), after }.fields(),
        None => diff(before.as_ref(), None),
    })
}

/// Puts commits into the tables, one after another.
pub(super) struct Filler<'a> {
    db: &'a Connection,
    store: &'a Store,
    /// Whether the tables were empty, so that what is not here is nowhere.
    fresh: bool,
    words: HashMap<String, i64>,
    subjects: HashMap<RecordId, i64>,
    /// The commits that those read so far build on, and that come later: more
    /// than one where lines of history run beside each other.
    tips: HashSet<CommitId>,
    next_n: i64,
    next_touched: i64,
    next_word: i64,
    next_subject: i64,
    insert_event: Statement<'a>,
    insert_touched: Statement<'a>,
    insert_change: Statement<'a>,
    insert_subject: Statement<'a>,
}

impl<'a> Filler<'a> {
    pub(super) fn new(
        db: &'a Connection,
        store: &'a Store,
        fresh: bool,
    ) -> Result<Self, IndexError> {
        let one = |sql: &str| db.query_row(sql, [], |row| row.get::<_, Option<i64>>(0));
        let after = |sql: &str| -> Result<i64, IndexError> { Ok(one(sql)?.unwrap_or(0) + 1) };
        Ok(Self {
            db,
            store,
            fresh,
            words: HashMap::new(),
            subjects: HashMap::new(),
            tips: HashSet::new(),
            next_n: one("SELECT min(n) FROM event")?.map_or(0, |least| least - BLOCK),
            next_touched: after("SELECT max(num) FROM touched")?,
            next_word: after("SELECT max(num) FROM word")?,
            next_subject: after("SELECT max(num) FROM subject")?,
            insert_event: db.prepare(
                "INSERT INTO event (n, commit_id, at, recorded, actor, action, imported, first, \
                 count, told, forked) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?,
            insert_touched: db
                .prepare("INSERT INTO touched (num, subject, n) VALUES (?1, ?2, ?3)")?,
            insert_change: db.prepare(
                "INSERT INTO change (subject, n, field, old, new) VALUES (?1, ?2, ?3, ?4, ?5)",
            )?,
            insert_subject: db.prepare("INSERT INTO subject (num, id) VALUES (?1, ?2)")?,
        })
    }

    fn commit(&mut self, commit: &CommitText<'_>) -> Result<(), IndexError> {
        let told = event::parse(commit.message);
        let is_merge = commit.parents.len() > 1;
        let forked = is_merge || self.tips.len() > 1;
        self.tips.remove(&commit.id);
        self.tips.extend(commit.parents);
        let n = self.next_n;
        self.next_n += 1;
        let first = self.next_touched;
        let mut all_told = true;
        match told.records.filter(|_| !is_merge) {
            Some(records) => {
                for record in records {
                    let subject = self.touch(record.id, n)?;
                    all_told &= record.fields.is_some();
                    for field in record.fields.into_iter().flatten() {
                        let (from, to) = (field.from.as_deref(), field.to.as_deref());
                        self.change(subject, n, &field.field, from, to)?;
                    }
                }
            }
            None => {
                for change in self.store.changes_of(commit.id)? {
                    if let Some(id) = RecordId::from_path(&change.path) {
                        self.touch(id, n)?;
                        all_told = false;
                    }
                }
            }
        }
        let action = told.action.unwrap_or(if is_merge { MERGE } else { "commit" });
        let actor = self.word(told.actor.unwrap_or(commit.author))?;
        let action = match told.steps.filter(|_| action == event::APPLY) {
            Some(steps) => self.word(&format!("{STEPPED}{steps}"))?,
            None => self.word(action)?,
        };
        self.insert_event.execute(params![
            n,
            commit.id.as_bytes(),
            commit.happened,
            (commit.recorded != commit.happened).then_some(commit.recorded),
            actor,
            action,
            told.import.is_some(),
            first,
            self.next_touched - first,
            all_told,
            forked,
        ])?;
        Ok(())
    }

    /// The number of the next row in `touched`.
    pub(super) fn next_touched(&self) -> i64 {
        self.next_touched
    }

    /// Notes that the event `n` touched the record; gives the record's number.
    pub(super) fn touch(&mut self, id: RecordId, n: i64) -> Result<i64, IndexError> {
        let subject = self.subject(id)?;
        self.insert_touched.execute(params![self.next_touched, subject, n])?;
        self.next_touched += 1;
        Ok(subject)
    }

    fn change(
        &mut self,
        subject: i64,
        n: i64,
        field: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<(), IndexError> {
        let field = self.word(field)?;
        self.insert_change.execute(params![subject, n, field, from, to])?;
        Ok(())
    }

    /// The number of a word, which is new if it has none.
    fn word(&mut self, text: &str) -> Result<i64, IndexError> {
        if let Some(num) = self.words.get(text) {
            return Ok(*num);
        }
        let known = if self.fresh { None } else { word(self.db, text)? };
        let num = match known {
            Some(num) => num,
            None => {
                let num = self.next_word;
                self.next_word += 1;
                let insert = "INSERT INTO word (num, text) VALUES (?1, ?2)";
                self.db.prepare_cached(insert)?.execute(params![num, text])?;
                num
            }
        };
        self.words.insert(text.to_owned(), num);
        Ok(num)
    }

    /// The number of a record, which is new if it has none.
    fn subject(&mut self, id: RecordId) -> Result<i64, IndexError> {
        if let Some(num) = self.subjects.get(&id) {
            return Ok(*num);
        }
        let known = if self.fresh { None } else { subject(self.db, id)? };
        let num = match known {
            Some(num) => num,
            None => {
                let num = self.next_subject;
                self.next_subject += 1;
                self.insert_subject.execute(params![num, key(id)])?;
                num
            }
        };
        self.subjects.insert(id, num);
        Ok(num)
    }
}

/// The number of a word, if it has one.
pub(super) fn word(db: &Connection, text: &str) -> Result<Option<i64>, IndexError> {
    let mut find = db.prepare_cached("SELECT num FROM word WHERE text = ?1")?;
    Ok(find.query_row([text], |row| row.get(0)).optional()?)
}

/// The numbers of the words for these actions, and for batches of which one of them
/// is a part.
pub(super) fn actions(db: &Connection, actions: &[String]) -> Result<Vec<i64>, IndexError> {
    let found = actions.iter().filter_map(|action| word(db, action).transpose());
    let mut numbers = found.collect::<Result<Vec<_>, _>>()?;
    // What follows a blank is `!`.
    let mut batches =
        db.prepare_cached("SELECT num, text FROM word WHERE text > ?1 AND text < ?2")?;
    let mut batches = batches.query([STEPPED, "apply!"])?;
    while let Some(sql) = batches.next()? {
        let text: String = sql.get(1)?;
        let is_wanted = |name: &str| actions.iter().any(|action| action == name);
        let mut names = text.split(", ").flat_map(|name| name.split(' '));
        if names.any(is_wanted) {
            numbers.push(sql.get(0)?);
        }
    }
    Ok(numbers)
}

/// The action that a word stands for, without its parts.
pub(super) fn action(word: String) -> String {
    if word.starts_with(STEPPED) { event::APPLY.to_owned() } else { word }
}

/// The number of a record in the history, if it has one.
pub(super) fn subject(db: &Connection, id: RecordId) -> Result<Option<i64>, IndexError> {
    let mut find = db.prepare_cached("SELECT num FROM subject WHERE id = ?1")?;
    Ok(find.query_row([key(id)], |row| row.get(0)).optional()?)
}

/// A record's id as `subject` holds it: its type, and the 16 bytes of its ULID.
fn key(id: RecordId) -> [u8; 17] {
    let mut key = [id.kind() as u8; 17];
    key[1..].copy_from_slice(&u128::from(id.ulid()).to_be_bytes());
    key
}

/// The id that [`key`] made this of.
pub(super) fn from_key(key: [u8; 17]) -> Result<RecordId, IndexError> {
    let [kind, ulid @ ..] = key;
    Ok(RecordId::new(super::rows::kind(kind)?, u128::from_be_bytes(ulid).into()))
}

//! What was promised for records, as far as lists and queries need it.
//!
//! The index keeps it and does not work it out: whoever asks first says which
//! records must be looked at, by the commit and the settings that what is kept
//! stands for. Nothing kept depends on now.

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};

use super::rows::{self, reversed};
use super::sql::{self, Sql};
use super::{Index, IndexError, history, select};
use crate::model::{RecordId, Timestamp};
use crate::query::{Filter, Promise, PromiseStanding, Row, Selection, SlaTest, Test, TimeTest};
use crate::store::CommitId;

/// When the first open commitment of a record is due.
pub(super) const FIRST_DUE: &str =
    "(SELECT min(p.due) FROM promise AS p WHERE p.n = rec.n AND p.standing < 2)";
/// Up to the condition on one commitment of a record.
const EXISTS: &str = "EXISTS (SELECT 1 FROM promise AS p WHERE p.n = rec.n AND ";

/// The table, where it is kept for one command only.
const FLEETING: &str = "CREATE TEMP TABLE IF NOT EXISTS promise (n INTEGER NOT NULL, \
    place INTEGER NOT NULL, name TEXT NOT NULL COLLATE NOCASE, standing INTEGER NOT NULL, \
    due INTEGER, warn INTEGER, ended INTEGER, held INTEGER NOT NULL, \
    PRIMARY KEY (n, place)) WITHOUT ROWID; \
    DELETE FROM temp.promise;";

/// Takes the commitments over from the database `old`, where records may have
/// other numbers; where some are in doubt, all are worked out again.
pub(super) const KEEP: &str = "INSERT INTO main.promise \
    SELECT new.n, p.place, p.name, p.standing, p.due, p.warn, p.ended, new.open FROM main.rec AS new \
    CROSS JOIN old.rec AS was ON was.rid = new.rid AND was.kind = new.kind \
    CROSS JOIN old.promise AS p ON p.n = was.n ORDER BY new.n, p.place; \
    INSERT INTO main.promised SELECT * FROM old.promised \
    WHERE NOT EXISTS (SELECT 1 FROM old.doubted);";

/// What one commitment of a record must be for `test` to hold; for
/// [`SlaTest::None`], what none may be. Each alternative says first whether it is
/// about open or missed ones, of which there are few, and which have an index.
fn alternatives(test: &SlaTest) -> Vec<Sql> {
    let now = |now: &Timestamp| Value::from(now.seconds());
    let sql = |text: &str, params| Sql { text: text.to_owned(), params };
    match test {
        SlaTest::None => vec![sql("p.standing < 4", vec![])],
        SlaTest::Named(name) => {
            vec![sql("p.standing < 4 AND p.name = ?", vec![Value::from(name.clone())])]
        }
        SlaTest::Running => vec![sql("p.standing < 2 AND p.standing = 0", vec![])],
        SlaTest::Paused => vec![sql("p.standing < 2 AND p.standing = 1", vec![])],
        SlaTest::Met => vec![sql("p.standing = 2", vec![])],
        SlaTest::Breached(at) => {
            vec![sql("p.standing < 2 AND p.due <= ?", vec![now(at)]), sql("p.standing = 3", vec![])]
        }
        SlaTest::AtRisk(at) => vec![sql(
            "p.standing < 2 AND p.warn <= ? AND (p.due IS NULL OR p.due > ?)",
            vec![now(at), now(at)],
        )],
    }
}

/// Any of these.
fn either(alternatives: impl IntoIterator<Item = Sql>, (before, after): (&str, &str)) -> Sql {
    let mut sql = Sql::default();
    for (at, each) in alternatives.into_iter().enumerate() {
        let between = if at > 0 { " OR " } else { "" };
        sql.text.push_str(&format!("{between}{before}{}{after}", each.text));
        sql.params.extend(each.params);
    }
    sql
}

/// A condition on the commitments of a record, as
/// [`holds`](SlaTest::holds) means it.
pub(super) fn condition(test: &SlaTest) -> Sql {
    let Sql { text, params } = either(alternatives(test), (EXISTS, ")"));
    let not = if *test == SlaTest::None { "NOT " } else { "" };
    Sql { text: format!("{not}({text})"), params }
}

/// What `filter` asks about commitments, as conditions on one of them: whether a
/// record must have such a one, or must not. `None` if it asks for something else.
pub(super) fn asked(filter: &Filter) -> Option<Vec<(Sql, bool)>> {
    let due = |condition: &str, at: &Option<Timestamp>| {
        let params = at.iter().map(|at| Value::from(at.seconds())).collect();
        Sql { text: format!("p.standing < 2 AND p.due {condition}"), params }
    };
    Some(match filter {
        Filter::Test(Test::Sla(test)) => {
            vec![(either(alternatives(test), ("(", ")")), *test != SlaTest::None)]
        }
        Filter::Test(Test::Due(TimeTest::None)) => vec![(due("IS NOT NULL", &None), false)],
        // The first one is within where one is before the end, and none before that.
        Filter::Test(Test::Due(TimeTest::Within { from, before })) => {
            let end = if before.is_some() { "< ?" } else { "IS NOT NULL" };
            let mut asked = vec![(due(end, before), true)];
            asked.extend(from.map(|_| (due("< ?", from), false)));
            asked
        }
        Filter::Not(inner) => match <[_; 1]>::try_from(asked(inner)?).ok()? {
            [(condition, wanted)] => vec![(condition, !wanted)],
        },
        Filter::Or(parts) => {
            let mut all = Vec::new();
            for part in parts {
                match <[_; 1]>::try_from(asked(part)?).ok()? {
                    [(condition, true)] => all.push(condition),
                    [(_, false)] => return None,
                }
            }
            if all.is_empty() {
                return None;
            }
            vec![(either(all, ("(", ")")), true)]
        }
        Filter::And(_) | Filter::Test(_) => return None,
    })
}

/// Whether the first open commitment is due from `from` on and before `before`.
pub(super) fn due_within(from: Option<Timestamp>, before: Option<Timestamp>) -> Sql {
    let mut sql = Sql::default();
    if let Some(from) = from {
        sql.text = format!("NOT {EXISTS}p.standing < 2 AND p.due < ?) AND ");
        sql.params.push(from.seconds().into());
    }
    sql.text.push_str(&format!("{EXISTS}p.standing < 2 AND p.due IS NOT NULL"));
    if let Some(before) = before {
        sql.text.push_str(" AND p.due < ?");
        sql.params.push(before.seconds().into());
    }
    sql.text.push(')');
    sql
}

/// What is kept stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promised {
    pub head: CommitId,
    /// A digest of the settings by which it was worked out.
    pub terms: String,
    /// Whether it stands for all records, or for those that are open or on hold.
    pub whole: bool,
}

impl Index {
    /// What the kept commitments stand for; `None` if none are kept.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn promised(&self) -> Result<Option<Promised>, IndexError> {
        self.ask(|db| {
            let sql = "SELECT head, terms, whole FROM promised";
            let read = |row: &rusqlite::Row<'_>| {
                let head = CommitId::from_bytes(row.get(0)?);
                Ok(Promised { head, terms: row.get(1)?, whole: row.get(2)? })
            };
            Ok(db.query_row(sql, [], read).optional()?)
        })
    }

    /// The tickets of the desk: all records but configuration items; unless the
    /// `whole` desk is meant, those that are open or on hold.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn tickets(&self, whole: bool) -> Result<Vec<RecordId>, IndexError> {
        self.ask(|db| {
            let open = if whole { "" } else { "AND open = 1" };
            let sql = format!("SELECT kind, ulid FROM rec WHERE kind < 4 {open}");
            let mut statement = db.prepare(&sql)?;
            let mut found = statement.query([])?;
            let mut ids = Vec::new();
            while let Some(sql) = found.next()? {
                ids.push(rows::id_at(sql, 0)?);
            }
            Ok(ids)
        })
    }

    /// The records that events after the commit `since` touched, by their
    /// messages and by what differs.
    ///
    /// # Errors
    /// As [`events`](Self::events).
    pub fn touched_since(&self, since: CommitId) -> Result<Vec<RecordId>, IndexError> {
        let mut ids = self.ask_history(false, |db| {
            let mut statement = db.prepare(
                "SELECT DISTINCT s.id FROM event e \
                 CROSS JOIN touched t ON t.num >= e.first AND t.num < e.first + e.count \
                 CROSS JOIN subject s ON s.num = t.subject \
                 WHERE e.n < (SELECT n FROM event WHERE commit_id = ?1)",
            )?;
            let mut found = statement.query([since.as_bytes()])?;
            let mut ids = Vec::new();
            while let Some(row) = found.next()? {
                ids.push(history::from_key(row.get(0)?)?);
            }
            Ok(ids)
        })?;
        let changes = self.store.changes_between(Some(since), self.head())?;
        ids.extend(changes.iter().filter_map(|change| RecordId::from_path(&change.path)));
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// The records whose kept commitments are in doubt, as their history was put
    /// right since they were worked out.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn doubted(&self) -> Result<Vec<RecordId>, IndexError> {
        self.ask(|db| {
            let sql = "SELECT rec.kind, rec.ulid FROM doubted CROSS JOIN rec ON rec.n = doubted.n";
            let mut statement = db.prepare(sql)?;
            let mut found = statement.query([])?;
            let mut ids = Vec::new();
            while let Some(sql) = found.next()? {
                ids.push(rows::id_at(sql, 0)?);
            }
            Ok(ids)
        })
    }

    /// Keeps what was promised for `records`, in place of what was kept for
    /// them, or for all of them if `anew`.
    ///
    /// # Errors
    /// The index cannot be written, here or elsewhere.
    pub fn keep_promises(
        &self,
        records: &[(RecordId, Vec<Promise>)],
        stands_for: &Promised,
        anew: bool,
    ) -> Result<(), IndexError> {
        let write = |db: &Connection| {
            if anew {
                db.execute_batch("DELETE FROM promise; DELETE FROM doubted;")?;
            }
            put(db, records)?;
            for (id, _) in records.iter().filter(|_| !anew) {
                let certain = "DELETE FROM doubted WHERE n = ?1";
                db.prepare_cached(certain)?.execute([number(db, *id)?])?;
            }
            db.execute(
                "INSERT OR REPLACE INTO promised (one, head, terms, whole) VALUES (1, ?1, ?2, ?3)",
                params![stands_for.head.as_bytes(), stands_for.terms, stands_for.whole],
            )?;
            Ok(())
        };
        let written = self.opened.borrow_mut().write(write);
        match written {
            // As for the history: who may not write here keeps it elsewhere.
            Err(error) if error.is_unwritable() || error.is_busy() => {
                self.move_and_read_history(false)?;
                self.opened.borrow_mut().write(write)
            }
            other => other,
        }
    }

    /// Holds what was promised for the time of this command, in place of all
    /// that is kept: for an earlier state, which nobody writes again.
    ///
    /// # Errors
    /// The database engine fails.
    pub fn hold_promises(&self, records: &[(RecordId, Vec<Promise>)]) -> Result<(), IndexError> {
        self.ask(|db| {
            db.execute_batch(FLEETING)?;
            put(db, records)
        })
    }

    /// What was promised for each of `ids`, in the same order.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn promises(&self, ids: &[RecordId]) -> Result<Vec<Vec<Promise>>, IndexError> {
        self.ask(|db| ids.iter().map(|id| of(db, *id)).collect())
    }
}

/// An open commitment with the number of its record.
type Open = (i64, Promise);

impl Index {
    /// The open commitments of the matching records, what is due first at the
    /// top, and how many there are in all.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn open_promises(
        &self,
        selection: &Selection,
    ) -> Result<(Vec<(Row, Promise)>, usize), IndexError> {
        self.ask(|db| {
            let filter = select::expanded(db, selection.filter.as_ref())?;
            let condition = sql::condition(filter.as_ref());
            let joined = format!(
                "FROM promise AS o CROSS JOIN rec ON rec.n = o.n WHERE o.standing < 2 AND {}",
                condition.text
            );
            let text = format!(
                "SELECT o.name, o.standing, o.due, o.warn, o.ended, rec.n {joined} \
                 ORDER BY o.due IS NULL, o.due, rec.queue, rec.kind, rec.ulid, o.name LIMIT ?"
            );
            let mut params = condition.params.clone();
            params.push(select::limit(selection.limit));
            let mut statement = db.prepare(&text)?;
            let mut found = statement.query(rusqlite::params_from_iter(&params))?;
            let mut open: Vec<Open> = Vec::new();
            while let Some(sql) = found.next()? {
                open.push((sql.get(5)?, read(sql)?));
            }
            let total = match selection.limit {
                Some(limit) if open.len() >= limit => {
                    let (from, condition) = source(filter.as_ref());
                    let text = format!("SELECT count(*) FROM {from} WHERE o.standing < 2");
                    let text = format!("{text} AND {}", condition.text);
                    select::number(db, &Sql { text, params: condition.params })?
                }
                _ => open.len(),
            };
            let (numbers, promises): (Vec<i64>, Vec<Promise>) = open.into_iter().unzip();
            // The records are there: each came from the table that is read now.
            let rows = select::read(db, &numbers)?.into_iter().zip(promises).collect();
            Ok((rows, total))
        })
    }

    /// How many commitments of the matching records stand in which way, by
    /// name: those that are open, and those that ended from `from` on and
    /// before `to`. Of open ones it tells apart whether they are late at `now`.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn count_promises(
        &self,
        filter: Option<&Filter>,
        from: Option<Timestamp>,
        to: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(String, PromiseStanding, bool, usize)>, IndexError> {
        self.ask(|db| {
            let filter = select::expanded(db, filter)?;
            let (from_table, condition) = source(filter.as_ref());
            let text = format!(
                "SELECT o.name, o.standing, coalesce(o.due <= ?, 0) FROM {from_table} \
                 WHERE (o.standing < 2 OR (o.ended >= ? AND o.ended < ?)) AND {}",
                condition.text
            );
            let mut params: Vec<Value> = vec![
                now.seconds().into(),
                from.map_or(i64::MIN, Timestamp::seconds).into(),
                to.seconds().into(),
            ];
            params.extend(condition.params);
            let mut statement = db.prepare(&text)?;
            let mut found = statement.query(rusqlite::params_from_iter(&params))?;
            // There are few ways to stand: counted here, nothing is put in order.
            let mut counts: Vec<(String, PromiseStanding, bool, usize)> = Vec::new();
            while let Some(sql) = found.next()? {
                let name = sql.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
                let (standing, late) = (standing(sql.get(1)?)?, sql.get(2)?);
                let same = counts
                    .iter_mut()
                    .find(|known| known.1 == standing && known.2 == late && known.0 == name);
                match same {
                    Some((.., count)) => *count += 1,
                    None => counts.push((name.to_owned(), standing, late, 1)),
                }
            }
            counts.sort_by(|a, b| (&a.0, a.1 as u8, a.2).cmp(&(&b.0, b.1 as u8, b.2)));
            Ok(counts)
        })
    }
}

/// Where commitments (as `o`) of matching records come from, and the condition on
/// them. The records are not looked at where nothing is asked of them.
fn source(filter: Option<&Filter>) -> (&'static str, Sql) {
    let from = match filter {
        None => "promise AS o",
        Some(_) => "promise AS o CROSS JOIN rec ON rec.n = o.n",
    };
    (from, sql::condition(filter))
}

/// Puts in what was promised, in place of what was there for these records;
/// nothing for a record that is not there.
pub(super) fn put(db: &Connection, records: &[(RecordId, Vec<Promise>)]) -> Result<(), IndexError> {
    let empty = !db.prepare("SELECT 1 FROM promise LIMIT 1")?.exists([])?;
    let mut remove = db.prepare_cached("DELETE FROM promise WHERE n = ?1")?;
    let mut insert = db.prepare_cached(
        "INSERT INTO promise (n, place, name, standing, due, warn, ended, held) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, (SELECT open FROM rec WHERE rec.n = ?1))",
    )?;
    for (id, promises) in records {
        // Each record comes once.
        if empty && promises.is_empty() {
            continue;
        }
        let Some(n) = number(db, *id)? else { continue };
        if !empty {
            remove.execute([n])?;
        }
        for (place, promise) in promises.iter().enumerate() {
            insert.execute(params![
                n,
                i64::try_from(place).unwrap_or(i64::MAX),
                promise.name,
                promise.standing as u8,
                promise.due.map(Timestamp::seconds),
                promise.warn.map(Timestamp::seconds),
                promise.ended.map(Timestamp::seconds),
            ])?;
        }
    }
    Ok(())
}

/// The numbers of the records that are open or on hold and have a commitment that
/// meets `condition`; they rise.
pub(super) fn held(db: &Connection, condition: &Sql) -> Result<Vec<i64>, IndexError> {
    let mut numbers = select::numbers(db, &holding(condition))?;
    numbers.dedup();
    Ok(numbers)
}

/// Reads what [`held`] gives, each once for each of its commitments.
pub(super) fn holding(condition: &Sql) -> Sql {
    let Sql { text, params } = condition.clone();
    let from = "promise AS p WHERE p.held = 1";
    Sql { text: format!("SELECT p.n FROM {from} AND ({text}) ORDER BY p.n"), params }
}

/// Notes that what is kept for the record may be wrong.
pub(super) fn doubt(db: &Connection, id: RecordId) -> Result<(), IndexError> {
    if let Some(n) = number(db, id)? {
        db.prepare_cached("INSERT OR IGNORE INTO doubted (n) VALUES (?1)")?.execute([n])?;
    }
    Ok(())
}

fn number(db: &Connection, id: RecordId) -> Result<Option<i64>, IndexError> {
    let mut find = db.prepare_cached("SELECT n FROM rec WHERE rid = ?1 AND kind = ?2")?;
    let key = params![reversed(&id.ulid().to_string()), id.kind() as u8];
    Ok(find.query_row(key, |row| row.get(0)).optional()?)
}

fn of(db: &Connection, id: RecordId) -> Result<Vec<Promise>, IndexError> {
    let mut statement = db.prepare_cached(
        "SELECT name, standing, due, warn, ended FROM promise WHERE n = ?1 ORDER BY place",
    )?;
    let mut found = statement.query([number(db, id)?])?;
    let mut promises = Vec::new();
    while let Some(sql) = found.next()? {
        promises.push(read(sql)?);
    }
    Ok(promises)
}

/// Reads the columns name, standing, due, warn, ended, which come first.
fn read(sql: &rusqlite::Row<'_>) -> Result<Promise, IndexError> {
    let time = |at: Option<i64>| at.map(Timestamp::from_seconds);
    Ok(Promise {
        name: sql.get(0)?,
        standing: standing(sql.get(1)?)?,
        due: time(sql.get(2)?),
        warn: time(sql.get(3)?),
        ended: time(sql.get(4)?),
    })
}

fn standing(number: u8) -> Result<PromiseStanding, IndexError> {
    let standing = PromiseStanding::ALL.get(usize::from(number)).copied();
    standing.ok_or_else(|| IndexError::Damaged("a commitment stands nowhere".to_owned()))
}

//! Records into the tables, and out of them.

use std::borrow::Cow;
use std::sync::LazyLock;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, params, params_from_iter};

use super::counts::Counts;
use super::rows::{self, reversed};
use super::{IndexError, short, words};
use crate::model::{
    Kind, PersonId, Priority, Record, RecordId, StateCategory, StateName, TeamId, Timestamp,
};
use crate::query::{ANSWER, Number, OwnType, RankField, Row, SearchText, TextPart};
use crate::store::BlobId;

/// What stands for "no priority" in the order of work.
pub(super) const NO_PRIORITY: u8 = 99;

/// The roles in the table `involved`.
const APPROVER: u8 = 1;
const NOTED_BY: u8 = 2;
const TASK_ASSIGNEE: u8 = 3;
const TASK_TEAM: u8 = 4;
const TASK_STATE: u8 = 5;

/// The columns of `rec`, as [`values`] gives them.
const COLUMNS: [&str; 60] = [
    "n",
    "kind",
    "ulid",
    "rid",
    "title",
    "ci_name",
    "status",
    "state",
    "open",
    "domain",
    "impact",
    "urgency",
    "priority",
    "queue",
    "service",
    "requester",
    "assignee",
    "team",
    "category",
    "channel",
    "external",
    "opened",
    "updated",
    "started",
    "resolved",
    "closed",
    "opened_by",
    "resolution",
    "resolved_by",
    "hold",
    "hold_since",
    "held",
    "reopened",
    "notes",
    "attachments",
    "votes",
    "approval",
    "texts",
    "escalation",
    "offering",
    "known_error",
    "major",
    "model",
    "risk",
    "planned_start",
    "planned_end",
    "outcome",
    "criticality",
    "environment",
    "location",
    "version",
    "repository",
    "code",
    "deployed",
    "tasks",
    "open_tasks",
    "csat",
    "lists",
    "words",
    "blob",
];

static INSERT: LazyLock<String> = LazyLock::new(|| {
    let places = ["?"; COLUMNS.len()].join(", ");
    format!("INSERT INTO rec ({}) VALUES ({places})", COLUMNS.join(", "))
});

/// What the index keeps of a record.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) row: Row,
    pub(super) text: SearchText,
    /// The content of its file.
    pub(super) blob: BlobId,
}

impl Entry {
    pub(super) fn new(record: &Record, state: StateCategory, blob: BlobId) -> Self {
        Self::with_text(record, state, blob, SearchText::of(record))
    }

    /// As [`new`](Self::new), with the words of `record` made beforehand.
    pub(super) fn with_text(
        record: &Record,
        state: StateCategory,
        blob: BlobId,
        text: SearchText,
    ) -> Self {
        Self { row: Row::new(record, state), text, blob }
    }
}

/// Puts a record in, or brings what is there of it up to date: most edits change
/// few columns and no words, and each index and word costs.
pub(super) fn upsert(
    db: &Connection,
    entry: &Entry,
    counts: &mut Counts,
) -> Result<(), IndexError> {
    let row = &entry.row;
    counts.add(row, 1);
    let Some(Old { n, row: old, words, blob }) = find(db, row.id)? else {
        insert(db, entry)?;
        return short::note(db, row.id);
    };
    counts.add(&old, -1);
    let (texts, old_texts) = (Texts::of(row)?, Texts::of(&old)?);
    let new_words = entry.text.fingerprint();
    let new = values(n, row, &texts, new_words, &entry.blob);
    let old_values = values(n, &old, &old_texts, words, &blob);
    let changed = || new.iter().zip(&old_values).zip(COLUMNS).filter(|((new, old), _)| new != old);
    let columns: Vec<String> = changed().map(|(_, column)| format!("{column} = ?")).collect();
    if !columns.is_empty() {
        let sql = format!("UPDATE rec SET {} WHERE n = ?", columns.join(", "));
        let values = changed().map(|((new, _), _)| new).chain(new.first());
        db.prepare_cached(&sql)?.execute(params_from_iter(values))?;
    }
    for list in LISTS.iter().filter(|list| !(list.same)(&old, row)) {
        db.prepare_cached(list.delete)?.execute([n])?;
        (list.insert)(db, n, row)?;
    }
    for open in [false, true] {
        let (was, is) = (!open || old.state.is_open(), !open || row.state.is_open());
        let stays = was && is && words == new_words;
        if was && !stays {
            delete_text(db, n, open)?;
        }
        if is && !stays {
            put_text(db, n, entry, open)?;
        }
    }
    Ok(())
}

/// Puts in a record that is not there yet, and neither counts it nor looks whose
/// short id it makes longer.
pub(super) fn insert(db: &Connection, entry: &Entry) -> Result<(), IndexError> {
    let n = free_number(db, entry.row.id)?;
    insert_row(db, n, entry)?;
    insert_text(db, n, entry)
}

/// As [`insert`], at number `n`, and without its words.
pub(super) fn insert_row(db: &Connection, n: i64, entry: &Entry) -> Result<(), IndexError> {
    let row = &entry.row;
    let texts = Texts::of(row)?;
    let values = values(n, row, &texts, entry.text.fingerprint(), &entry.blob);
    db.prepare_cached(&INSERT)?.execute(params_from_iter(values))?;
    for list in &LISTS {
        (list.insert)(db, n, row)?;
    }
    Ok(())
}

/// Texts of a row that are made for the index.
struct Texts {
    ulid: String,
    rid: String,
    lists: Option<String>,
}

impl Texts {
    fn of(row: &Row) -> Result<Self, IndexError> {
        let ulid = row.id.ulid().to_string();
        let lists = rows::lists(row).map(|lists| serde_json::to_string(&lists)).transpose();
        let lists = lists.map_err(|error| IndexError::Damaged(error.to_string()))?;
        Ok(Self { rid: reversed(&ulid), ulid, lists })
    }
}

/// What the columns of `rec` hold for `row`.
fn values<'a>(
    n: i64,
    row: &'a Row,
    texts: &'a Texts,
    words: i64,
    blob: &'a BlobId,
) -> [ToSqlOutput<'a>; COLUMNS.len()] {
    let text = |text: &'a str| ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes()));
    let word = |word: Option<&'a str>| word.map_or(NULL, text);
    let line = |line: &'a Option<String>| line.as_deref().map_or(NULL, text);
    let name = |name: &'a Option<StateName>| name.as_ref().map_or(NULL, |name| text(name.as_str()));
    let person =
        |person: &'a Option<PersonId>| person.as_ref().map_or(NULL, |person| text(person.as_str()));
    let int = |number: i64| ToSqlOutput::Borrowed(ValueRef::Integer(number));
    let rank = |field: RankField| row.rank(field).map_or(NULL, |rank| int(rank.into()));
    let time = |time: Option<Timestamp>| time.map_or(NULL, |time| int(time.seconds()));
    let priority = row.priority.map(Priority::number);
    [
        int(n),
        int(row.kind as i64),
        text(&texts.ulid),
        text(&texts.rid),
        text(&row.title),
        text(if row.kind == Kind::Ci { &row.title } else { "" }),
        text(row.status.as_str()),
        int(row.state as i64),
        int(row.state.is_open().into()),
        name(&row.domain),
        rank(RankField::Impact),
        rank(RankField::Urgency),
        priority.map_or(NULL, |priority| int(priority.into())),
        int(priority.unwrap_or(NO_PRIORITY).into()),
        line(&row.service),
        person(&row.requester),
        person(&row.assignee),
        word(row.team.as_ref().map(TeamId::as_str)),
        line(&row.category),
        line(&row.channel),
        line(&row.external_id),
        int(row.opened_at.seconds()),
        int(row.updated_at.seconds()),
        time(row.started_at),
        time(row.resolved_at),
        time(row.closed_at),
        text(row.opened_by.as_str()),
        name(&row.resolution),
        person(&row.resolved_by),
        name(&row.hold),
        time(row.hold_since),
        int(i64::try_from(row.held).unwrap_or(i64::MAX)),
        int(row.reopen_count.into()),
        int(row.notes.into()),
        int(row.attachments.into()),
        int(row.votes.into()),
        rank(RankField::Approval),
        int(row.texts.into()),
        int(row.escalation.into()),
        line(if row.kind == Kind::Change { &row.template } else { &row.offering }),
        int(row.known_error.into()),
        rank(RankField::Major),
        rank(RankField::Model),
        rank(RankField::Risk),
        time(row.planned_start),
        time(row.planned_end),
        rank(RankField::Outcome),
        rank(RankField::Criticality),
        line(&row.environment),
        line(&row.location),
        line(&row.version),
        line(&row.repository),
        line(&row.commit),
        time(row.deployed_at),
        int(row.tasks.into()),
        int(row.open_tasks.into()),
        int(row.csat.into()),
        word(texts.lists.as_deref()),
        int(words),
        ToSqlOutput::Borrowed(ValueRef::Blob(blob.as_bytes())),
    ]
}

const NULL: ToSqlOutput<'static> = ToSqlOutput::Borrowed(ValueRef::Null);

/// A table with what a record has several of.
struct List {
    /// Whether two versions of a record have the same in it.
    same: fn(&Row, &Row) -> bool,
    delete: &'static str,
    insert: fn(&Connection, i64, &Row) -> Result<(), IndexError>,
}

const LISTS: [List; 5] = [
    List {
        same: |a, b| a.tags == b.tags,
        delete: "DELETE FROM tag WHERE n = ?1",
        insert: insert_tags,
    },
    List {
        same: |a, b| a.cis == b.cis,
        delete: "DELETE FROM concern WHERE n = ?1",
        insert: insert_cis,
    },
    List {
        same: |a, b| a.custom == b.custom && a.answers == b.answers,
        delete: "DELETE FROM custom WHERE n = ?1",
        insert: insert_custom,
    },
    List {
        same: |a, b| {
            a.approvers == b.approvers
                && a.noted_by == b.noted_by
                && a.task_assignees == b.task_assignees
                && a.task_teams == b.task_teams
                && a.task_states == b.task_states
        },
        delete: "DELETE FROM involved WHERE n = ?1",
        insert: insert_involved,
    },
    List {
        same: |a, b| a.links == b.links,
        delete: "DELETE FROM link WHERE src = ?1",
        insert: insert_links,
    },
];

fn insert_tags(db: &Connection, n: i64, row: &Row) -> Result<(), IndexError> {
    for tag in &row.tags {
        db.prepare_cached("INSERT OR IGNORE INTO tag (n, tag) VALUES (?1, ?2)")?
            .execute(params![n, tag])?;
    }
    Ok(())
}

fn insert_cis(db: &Connection, n: i64, row: &Row) -> Result<(), IndexError> {
    for ci in &row.cis {
        db.prepare_cached("INSERT OR IGNORE INTO concern (n, ci) VALUES (?1, ?2)")?
            .execute(params![n, ci.to_string()])?;
    }
    Ok(())
}

fn insert_custom(db: &Connection, n: i64, row: &Row) -> Result<(), IndexError> {
    let answers =
        row.answers.iter().map(|(name, value)| (Cow::Owned(format!("{ANSWER}{name}")), value));
    let custom = row.custom.iter().map(|(name, value)| (Cow::Borrowed(name.as_str()), value));
    for (name, value) in custom.chain(answers) {
        let number = OwnType::Number.read(value).map(Number::value);
        let time = OwnType::Time.read(value).map(|time| time.value() as i64);
        db.prepare_cached(
            "INSERT OR REPLACE INTO custom (n, name, value, number, time) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![n, name, value, number, time])?;
    }
    Ok(())
}

fn insert_involved(db: &Connection, n: i64, row: &Row) -> Result<(), IndexError> {
    let people = |role: u8, people: &[PersonId]| -> Vec<(u8, String)> {
        people.iter().map(|person| (role, person.to_string())).collect()
    };
    let teams = row.task_teams.iter().map(|team| (TASK_TEAM, team.to_string()));
    let states = row.task_states.iter().map(|state| (TASK_STATE, state.name().to_owned()));
    let involved = people(APPROVER, &row.approvers)
        .into_iter()
        .chain(people(NOTED_BY, &row.noted_by))
        .chain(people(TASK_ASSIGNEE, &row.task_assignees))
        .chain(teams)
        .chain(states);
    for (role, name) in involved {
        db.prepare_cached("INSERT OR IGNORE INTO involved (n, role, person) VALUES (?1, ?2, ?3)")?
            .execute(params![n, role, name])?;
    }
    Ok(())
}

fn insert_links(db: &Connection, n: i64, row: &Row) -> Result<(), IndexError> {
    for link in &row.links {
        let (rid, kind) = (reversed(&link.to.ulid().to_string()), link.to.kind() as u8);
        db.prepare_cached(
            "INSERT OR IGNORE INTO link (src, rel, dst, dkind) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![n, link.rel.name(), rid, kind])?;
    }
    Ok(())
}

/// Puts the words of the record at number `n` into full text.
pub(super) fn insert_text(db: &Connection, n: i64, entry: &Entry) -> Result<(), IndexError> {
    put_text(db, n, entry, false)?;
    if entry.row.state.is_open() { put_text(db, n, entry, true) } else { Ok(()) }
}

/// As [`insert_text`], into that of all records or that of `open` ones.
fn put_text(db: &Connection, n: i64, entry: &Entry, open: bool) -> Result<(), IndexError> {
    let text = &entry.text;
    let [_, description, note, resolution, cause, workaround, plan, attachment] =
        TextPart::ALL.map(|part| text.part(part));
    db.prepare_cached(&format!(
        "INSERT INTO {} (rowid, title, description, note, resolution_text, cause, workaround, \
         plan, attachment) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        words::table(open)
    ))?
    .execute(params![
        n,
        words::title(text),
        description,
        note,
        resolution,
        cause,
        workaround,
        plan,
        attachment
    ])?;
    Ok(())
}

fn delete_text(db: &Connection, n: i64, open: bool) -> Result<(), IndexError> {
    let sql = format!("DELETE FROM {} WHERE rowid = ?1", words::table(open));
    db.prepare_cached(&sql)?.execute([n])?;
    Ok(())
}

/// Takes a record out, if it is there.
pub(super) fn remove(db: &Connection, id: RecordId, counts: &mut Counts) -> Result<(), IndexError> {
    let Some(Old { n, row, .. }) = find(db, id)? else { return Ok(()) };
    counts.add(&row, -1);
    db.prepare_cached("DELETE FROM rec WHERE n = ?1")?.execute([n])?;
    for list in &LISTS {
        db.prepare_cached(list.delete)?.execute([n])?;
    }
    delete_text(db, n, false)?;
    if row.state.is_open() {
        delete_text(db, n, true)?;
    }
    // Another record may have its number next.
    db.prepare_cached("DELETE FROM promise WHERE n = ?1")?.execute([n])?;
    short::note(db, id)
}

/// What is there of a record.
struct Old {
    n: i64,
    row: Row,
    /// The fingerprint of its words.
    words: i64,
    blob: BlobId,
}

/// The row of `id`.
pub(super) fn row(db: &Connection, id: RecordId) -> Result<Option<Row>, IndexError> {
    Ok(find(db, id)?.map(|old| old.row))
}

fn find(db: &Connection, id: RecordId) -> Result<Option<Old>, IndexError> {
    let sql = format!(
        "SELECT {}, rec.n, rec.words, rec.blob FROM rec WHERE rid = ?1 AND kind = ?2",
        rows::COLUMNS
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut found = statement.query(params![reversed(&id.ulid().to_string()), id.kind() as u8])?;
    let Some(sql) = found.next()? else { return Ok(None) };
    Ok(Some(Old {
        n: sql.get(rows::COUNT)?,
        row: rows::read(sql)?,
        words: sql.get(rows::COUNT + 1)?,
        blob: BlobId::from_bytes(sql.get(rows::COUNT + 2)?),
    }))
}

/// The number of a record that is as old as can be. Greater ones are left for
/// those whose own number is taken.
const OLDEST: i64 = i64::MAX - (1 << 40);

/// The number that a record should have, from the time and the first 15 random
/// bits of its id. Numbers sort from the newest id to the oldest, whatever the
/// order in which records come in.
pub(super) fn number(id: RecordId) -> i64 {
    OLDEST - i64::try_from(u128::from(id.ulid()) >> 65).unwrap_or(i64::MAX)
}

/// The number of a new record: its own, or the next one that is free.
fn free_number(db: &Connection, id: RecordId) -> Result<i64, IndexError> {
    let mut n = number(id);
    let mut taken = db.prepare_cached("SELECT 1 FROM rec WHERE n = ?1")?;
    while taken.exists([n])? {
        n = n.checked_add(1).unwrap_or(0);
    }
    Ok(n)
}

/// Notes a file that is no record.
pub(super) fn put_bad(
    db: &Connection,
    path: &str,
    line: Option<usize>,
    reason: &str,
) -> Result<(), IndexError> {
    let line = line.and_then(|line| i64::try_from(line).ok());
    db.prepare_cached("INSERT OR REPLACE INTO bad (path, line, reason) VALUES (?1, ?2, ?3)")?
        .execute(params![path, line, reason])?;
    Ok(())
}

/// Forgets that a file is no record.
pub(super) fn clear_bad(db: &Connection, path: &str) -> Result<(), IndexError> {
    db.prepare_cached("DELETE FROM bad WHERE path = ?1")?.execute([path])?;
    Ok(())
}

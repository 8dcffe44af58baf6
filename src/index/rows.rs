//! Rows in and out of the `rec` table.

use indexmap::IndexMap;
use rusqlite::Row as SqlRow;
use ulid::Ulid;

use super::IndexError;
use crate::model::{
    ChangeModel, ChangeOutcome, Criticality, Kind, Level, Link, Major, PersonId, Priority,
    RecordId, Risk, StateCategory, StateName, TaskState, TeamId, Timestamp, Verdict,
};
use crate::query::Row;

/// The columns that every list shows.
macro_rules! brief {
    () => {
        "rec.kind, rec.ulid, rec.title, rec.status, rec.state, rec.priority, rec.service, \
         rec.requester, rec.assignee, rec.team, rec.category, rec.opened, rec.updated, \
         rec.opened_by"
    };
}

/// The columns that [`read_brief`] reads, in its order.
pub(super) const BRIEF: &str = brief!();
/// How many they are.
pub(super) const BRIEF_COUNT: usize = 14;

/// The columns that [`read`] wants, in order: those that every record may have,
/// then those of some types, which are read only for these.
pub(super) const COLUMNS: &str = concat!(
    brief!(),
    ", rec.domain, rec.impact, rec.urgency, rec.channel, rec.external, rec.started, \
     rec.resolved, rec.closed, rec.lists, rec.resolution, rec.resolved_by, rec.hold, \
     rec.hold_since, rec.held, rec.reopened, rec.notes, rec.attachments, rec.votes, \
     rec.approval, rec.texts, rec.escalation, rec.offering, rec.known_error, rec.model, \
     rec.risk, rec.planned_start, rec.planned_end, rec.outcome, rec.criticality, \
     rec.environment, rec.location, rec.version, rec.tasks, rec.open_tasks, rec.csat, \
     rec.major, rec.repository, rec.code, rec.deployed"
);
/// How many they are.
pub(super) const COUNT: usize = 53;

/// What `lists` holds: configuration items, tags, own fields, relations, who
/// voted and who wrote notes, and what tasks and forms say.
type People = Vec<PersonId>;
type Texts = IndexMap<String, String>;
type Work = (People, Vec<TeamId>, Vec<TaskState>, Texts);
type Lists = (Vec<RecordId>, Vec<String>, Texts, Vec<Link>, People, People, Option<Work>);

/// The lists of `row`, if there is anything in them.
pub(super) fn lists(row: &Row) -> Option<impl serde::Serialize> {
    let any = !row.cis.is_empty()
        || !row.tags.is_empty()
        || !row.custom.is_empty()
        || !row.links.is_empty()
        || !row.approvers.is_empty()
        || !row.noted_by.is_empty()
        || !row.task_states.is_empty()
        || !row.answers.is_empty();
    let work = (&row.task_assignees, &row.task_teams, &row.task_states, &row.answers);
    let work = (!row.task_states.is_empty() || !row.answers.is_empty()).then_some(work);
    let (approvers, noted_by) = (&row.approvers, &row.noted_by);
    any.then_some((&row.cis, &row.tags, &row.custom, &row.links, approvers, noted_by, work))
}

/// Reads one row of a `SELECT` of [`BRIEF`]; what else there is of the record
/// is left out.
pub(super) fn read_brief(sql: &SqlRow<'_>) -> Result<Row, IndexError> {
    let kind = kind(sql.get(0)?)?;
    let id = id(kind, sql.get_ref(1)?.as_str().map_err(damaged)?)?;
    let status = parsed(StateName::new(sql.get::<_, String>(3)?))?;
    let opened_by = parsed(PersonId::new(sql.get::<_, String>(13)?))?;
    let mut row = Row::bare(id, status, state(sql.get(4)?)?, opened_by);
    row.title = sql.get(2)?;
    row.priority = priority(sql.get(5)?);
    row.service = sql.get(6)?;
    row.requester = person(sql, 7)?;
    row.assignee = person(sql, 8)?;
    row.team = sql.get::<_, Option<String>>(9)?.map(|t| parsed(TeamId::new(t))).transpose()?;
    row.category = sql.get(10)?;
    row.opened_at = Timestamp::from_seconds(sql.get(11)?);
    row.updated_at = Timestamp::from_seconds(sql.get(12)?);
    Ok(row)
}

/// Reads one row of a `SELECT` of [`COLUMNS`].
pub(super) fn read(sql: &SqlRow<'_>) -> Result<Row, IndexError> {
    let mut row = read_brief(sql)?;
    let name = |at: usize| -> Result<Option<StateName>, IndexError> {
        sql.get::<_, Option<String>>(at)?.map(|text| parsed(StateName::new(text))).transpose()
    };
    let level = |at: usize| -> Result<Option<Level>, IndexError> {
        Ok(sql.get::<_, Option<u8>>(at)?.and_then(|rank| numbered(&Level::ALL, rank)))
    };
    let time = |at: usize| -> Result<Option<Timestamp>, IndexError> {
        Ok(sql.get::<_, Option<i64>>(at)?.map(Timestamp::from_seconds))
    };
    let number = |at: usize| -> Result<Option<u8>, IndexError> { Ok(sql.get(at)?) };
    let (cis, tags, custom, links, approvers, noted_by, work): Lists =
        match sql.get_ref(22)?.as_str_or_null() {
            Ok(Some(json)) => parsed(serde_json::from_str(json))?,
            Ok(None) => Lists::default(),
            Err(error) => return Err(IndexError::Damaged(error.to_string())),
        };
    let (task_assignees, task_teams, task_states, answers) = work.unwrap_or_default();
    row.domain = name(14)?;
    row.impact = level(15)?;
    row.urgency = level(16)?;
    row.cis = cis;
    row.tags = tags;
    row.channel = sql.get(17)?;
    row.external_id = sql.get(18)?;
    row.started_at = time(19)?;
    row.resolved_at = time(20)?;
    row.closed_at = time(21)?;
    row.resolution = name(23)?;
    row.resolved_by = person(sql, 24)?;
    row.hold = name(25)?;
    row.hold_since = time(26)?;
    row.held = sql.get::<_, i64>(27)?.unsigned_abs();
    row.reopen_count = sql.get(28)?;
    row.notes = sql.get(29)?;
    row.noted_by = noted_by;
    row.attachments = sql.get(30)?;
    row.votes = sql.get(31)?;
    row.approval = number(32)?.and_then(|number| numbered(&Verdict::VOTES, number));
    row.approvers = approvers;
    row.texts = sql.get(33)?;
    row.tasks = sql.get(46)?;
    row.open_tasks = sql.get(47)?;
    row.task_assignees = task_assignees;
    row.task_teams = task_teams;
    row.task_states = task_states;
    row.csat = sql.get(48)?;
    row.answers = answers;
    row.links = links;
    row.custom = custom;
    match row.kind {
        Kind::Incident => {
            row.escalation = sql.get(34)?;
            row.major = number(49)?.and_then(|number| numbered(Major::ALL, number));
        }
        Kind::Request => row.offering = sql.get(35)?,
        Kind::Problem => row.known_error = sql.get(36)?,
        Kind::Change => {
            row.template = sql.get(35)?;
            row.model = number(37)?.and_then(|number| numbered(ChangeModel::ALL, number));
            // The highest risk has the number 1.
            row.risk = number(38)?.and_then(|number| {
                let at = Risk::ALL.len().checked_sub(usize::from(number))?;
                Risk::ALL.get(at).copied()
            });
            row.planned_start = time(39)?;
            row.planned_end = time(40)?;
            row.outcome = number(41)?.and_then(|number| numbered(ChangeOutcome::ALL, number));
            row.environment = sql.get(43)?;
            row.version = sql.get(45)?;
            row.repository = sql.get(50)?;
            row.commit = sql.get(51)?;
            row.deployed_at = time(52)?;
        }
        Kind::Ci => {
            row.criticality = number(42)?.and_then(|number| numbered(&Criticality::ALL, number));
            row.environment = sql.get(43)?;
            row.location = sql.get(44)?;
            row.version = sql.get(45)?;
        }
    }
    Ok(row)
}

fn person(sql: &SqlRow<'_>, at: usize) -> Result<Option<PersonId>, IndexError> {
    sql.get::<_, Option<String>>(at)?.map(|text| parsed(PersonId::new(text))).transpose()
}

fn damaged(error: impl std::fmt::Display) -> IndexError {
    IndexError::Damaged(error.to_string())
}

fn parsed<T, E: std::fmt::Display>(result: Result<T, E>) -> Result<T, IndexError> {
    result.map_err(damaged)
}

fn numbered<T: Copy>(all: &[T], number: u8) -> Option<T> {
    all.get(usize::from(number).checked_sub(1)?).copied()
}

pub(super) fn kind(number: u8) -> Result<Kind, IndexError> {
    let kind = Kind::ALL.get(usize::from(number)).copied();
    kind.ok_or_else(|| IndexError::Damaged(format!("{number} is no record type")))
}

pub(super) fn state(number: u8) -> Result<StateCategory, IndexError> {
    let state = StateCategory::ALL.get(usize::from(number)).copied();
    state.ok_or_else(|| IndexError::Damaged(format!("{number} is no state category")))
}

pub(super) fn priority(number: Option<u8>) -> Option<Priority> {
    number.and_then(|number| numbered(&Priority::ALL, number))
}

pub(super) fn id(kind: Kind, ulid: &str) -> Result<RecordId, IndexError> {
    parsed(Ulid::from_string(ulid)).map(|ulid| RecordId::new(kind, ulid))
}

/// Reads an id from the columns `kind` and `ulid`, which stand at `at`.
pub(super) fn id_at(sql: &SqlRow<'_>, at: usize) -> Result<RecordId, IndexError> {
    id(kind(sql.get(at)?)?, sql.get_ref(at + 1)?.as_str().map_err(damaged)?)
}

/// `text` from its end to its beginning. For ASCII, as ULIDs are.
pub(super) fn reversed(text: &str) -> String {
    text.chars().rev().collect()
}

//! One row of the source as a record.

use serde_json::{Map, Value};
use ulid::Ulid;

use super::life::Said;
use super::notes;
use super::plan::{Filler, Plan};
use super::source::Row;
use crate::format;
use crate::model::{
    ChangeModel, Kind, Level, PersonId, Priority, Record, RecordId, StateName, Timestamp,
};
use crate::policy::{self, Policy, validate};

/// What a row's record depends on besides the row.
pub(super) struct Maker<'a> {
    pub(super) plan: &'a Plan,
    pub(super) policy: &'a Policy,
    /// The acting person.
    pub(super) actor: &'a PersonId,
    pub(super) now: Timestamp,
    /// A new unique id made at the given time.
    pub(super) fresh: &'a dyn Fn(Timestamp) -> Ulid,
    /// The full id of the record that a text names.
    pub(super) find: &'a mut dyn FnMut(&str) -> Result<String, String>,
}

/// The times in a ticket's life, by which missing ones are judged.
const LIFE: [&str; 4] = ["started_at", "resolved_at", "closed_at", "retired_at"];

impl Maker<'_> {
    /// What the row says, one value for each filler.
    ///
    /// # Errors
    ///
    /// Why the row cannot be used, in words.
    pub(super) fn values(&mut self, row: &Row) -> Result<Said, String> {
        let value = |filler| self.plan.value(filler, row, self.find);
        self.plan.fillers.iter().map(value).collect()
    }

    /// What was said, as the tree of a record.
    pub(super) fn tree(&self, said: &Said) -> Map<String, Value> {
        let mut tree = Map::new();
        for (filler, value) in self.plan.fillers.iter().zip(said) {
            if let Some(value) = value {
                put(&mut tree, filler, value.clone());
            }
        }
        tree
    }

    /// The record of the ticket `key` as `row` has it.
    ///
    /// # Errors
    ///
    /// Why it cannot be one, in words.
    pub(super) fn record(&mut self, key: &str, row: &Row) -> Result<Record, String> {
        let said = self.values(row)?;
        let mut tree = self.tree(&said);
        tree.insert("external_id".to_owned(), key.into());
        let (opened, updated) = self.times(&mut tree);
        let by = tree.get("assignee").and_then(Value::as_str).map(str::to_owned);
        self.resolution(&mut tree, by.as_deref().unwrap_or(self.actor.as_str()))?;
        self.defaults(&mut tree)?;
        let kind = self.plan.kind;
        let id = RecordId::new(kind, (self.fresh)(opened));
        tree.insert("id".to_owned(), id.to_string().into());
        let mut record = format::read_value(kind, &Value::Object(tree))?;
        record.normalise();
        // Nothing later is known of it than that it waits.
        let reason = self.hold_reason(self.plan.hold_reason.as_ref(), row)?;
        policy::waits(self.policy.workflow_of(&record), &mut record, reason.as_ref(), updated);
        notes::add(&mut record, &self.notes(row, opened, updated)?);
        fails(self.policy, &record)?;
        format::write_record(&record).map_err(|error| error.message.to_string())?;
        Ok(record)
    }

    /// Fills in the times that every record has, from what the row tells: it
    /// was opened at the earliest time known, and changed last at the latest.
    fn times(&self, tree: &mut Map<String, Value>) -> (Timestamp, Timestamp) {
        let known = |name: &str| {
            tree.get(name).and_then(Value::as_str).and_then(|text| text.parse::<Timestamp>().ok())
        };
        let life: Vec<Timestamp> = LIFE.iter().filter_map(|name| known(name)).collect();
        let (opened, updated) = (known("opened_at"), known("updated_at"));
        let earliest = || life.iter().copied().chain(updated).min();
        let opened = opened.or_else(earliest).unwrap_or(self.now);
        let latest = || life.iter().copied().fold(opened, Ord::max);
        let updated = updated.unwrap_or_else(latest);
        tree.insert("opened_at".to_owned(), opened.to_string().into());
        tree.insert("updated_at".to_owned(), updated.to_string().into());
        (opened, updated)
    }

    /// A resolution needs a code and a person. Without a code there is none;
    /// without a person it was `by`.
    pub(super) fn resolution(&self, tree: &mut Map<String, Value>, by: &str) -> Result<(), String> {
        let Some(Value::Object(resolution)) = tree.get_mut("resolution") else { return Ok(()) };
        if resolution.contains_key("code") {
            resolution.entry("by").or_insert_with(|| by.into());
        } else if resolution.contains_key("text") {
            let hint = "the mapping can give a `default`";
            return Err(format!("`resolution.text` comes without `resolution.code`; {hint}"));
        } else {
            tree.remove("resolution");
        }
        Ok(())
    }

    /// What a new record has where nothing is said.
    pub(super) fn defaults(&self, tree: &mut Map<String, Value>) -> Result<(), String> {
        let kind = self.plan.kind;
        if !tree.contains_key("status") {
            let entry = self.policy.workflow(kind).entry.first().map(StateName::as_str);
            let entry = entry.ok_or_else(|| format!("the workflow of type {kind} has no entry"))?;
            tree.insert("status".to_owned(), entry.into());
        }
        let mut or = |name: &str, value: &str| {
            tree.entry(name).or_insert_with(|| value.into());
        };
        or("opened_by", self.actor.as_str());
        if kind == Kind::Ci {
            or("class", "item");
            return Ok(());
        }
        or("impact", Level::Medium.name());
        or("urgency", Level::Medium.name());
        if kind == Kind::Change {
            or("model", ChangeModel::Normal.name());
        }
        if !tree.contains_key("priority") {
            let priority = self.priority(tree).unwrap_or(Priority::P3);
            tree.insert("priority".to_owned(), priority.name().into());
        }
        Ok(())
    }

    fn priority(&self, tree: &Map<String, Value>) -> Option<Priority> {
        let level = |name: &str| tree.get(name)?.as_str()?.parse::<Level>().ok();
        Some(self.policy.priorities.priority(level("impact")?, level("urgency")?))
    }
}

/// Whether a record breaks a rule of the desk.
///
/// # Errors
///
/// The first one, in words.
pub(super) fn fails(policy: &Policy, record: &Record) -> Result<(), String> {
    match validate::record(policy, record).into_iter().find(|breach| breach.is_error) {
        Some(broken) => Err(format!("`{}`: {} [{}]", broken.field, broken.message, broken.rule)),
        None => Ok(()),
    }
}

/// Puts a value into the filler's field.
pub(super) fn put(tree: &mut Map<String, Value>, filler: &Filler, value: Value) {
    let (part, name) = match filler.name.split_once('.') {
        _ if filler.custom => (Some("custom"), filler.name.as_str()),
        Some((part, name)) => (Some(part), name),
        None => (None, filler.name.as_str()),
    };
    match part {
        None => drop(tree.insert(name.to_owned(), value)),
        Some(part) => {
            let part = tree.entry(part).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(part) = part {
                part.insert(name.to_owned(), value);
            }
        }
    }
}

//! A ticket's life, told row by row.
//!
//! What a row says replaces what the row before said, field by field; what
//! people changed in between, and the source did not, stays. Logs often carry
//! the end of the story in every row: what tells of an end counts only once
//! that had come.

use serde_json::{Map, Value};

use super::notes;
use super::plan::{Filler, Mark};
use super::source::Row;
use super::ticket::{Maker, fails, put};
use crate::format;
use crate::model::{Note, PersonId, Record, RecordId, StateCategory, StateName, Timestamp};
use crate::policy;

/// What a row says, one value for each filler of the plan.
pub(super) type Said = Vec<Option<Value>>;

/// What a row tells besides fields.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) at: Timestamp,
    /// Who did it; `None` if the source does not say.
    pub(super) by: Option<PersonId>,
    pub(super) hold_reason: Option<StateName>,
    /// What was said of the ticket until then.
    pub(super) notes: Vec<Note>,
}

impl Maker<'_> {
    /// When the row's event happened, if it says so.
    ///
    /// # Errors
    ///
    /// Why the row cannot be used, in words.
    pub(super) fn time(&mut self, row: &Row) -> Result<Option<Timestamp>, String> {
        let Some(event) = &self.plan.event else { return Ok(None) };
        let value = self.plan.value(&event.time, row, self.find)?;
        Ok(value.as_ref().and_then(Value::as_str).and_then(|time| time.parse().ok()))
    }

    /// What the row tells besides fields; it happened at `at`.
    ///
    /// # Errors
    ///
    /// Why the row cannot be used, in words.
    pub(super) fn told(&mut self, row: &Row, at: Timestamp) -> Result<Told, String> {
        let mut notes = self.notes(row, at, at)?;
        notes.retain(|note| note.at <= at);
        let mut told = Told { at, by: None, hold_reason: None, notes };
        let Some(event) = &self.plan.event else { return Ok(told) };
        if let Some(by) = self.plan.text(event.by.as_ref(), row, self.find)? {
            told.by = Some(PersonId::new(by).map_err(|error| error.to_string())?);
        }
        told.hold_reason = self.hold_reason(event.hold_reason.as_ref(), row)?;
        Ok(told)
    }

    /// Why the ticket waits, if the row says so.
    ///
    /// # Errors
    ///
    /// Why the row cannot be used, in words.
    pub(super) fn hold_reason(
        &mut self,
        filler: Option<&Filler>,
        row: &Row,
    ) -> Result<Option<StateName>, String> {
        let reason = self.plan.text(filler, row, self.find)?;
        reason.map(StateName::new).transpose().map_err(|error| error.to_string())
    }

    /// What the row says, as of the moment of its event.
    ///
    /// `before` is the state that the ticket was in, for rows that name none.
    ///
    /// # Errors
    ///
    /// Why the row cannot be used, in words.
    pub(super) fn said(
        &mut self,
        row: &Row,
        at: Timestamp,
        before: Option<&StateName>,
    ) -> Result<Said, String> {
        let mut said = self.values(row)?;
        let status = self.status(&said).or_else(|| before.cloned());
        let workflow = self.policy.workflow(self.plan.kind);
        let category = status.map_or(StateCategory::Open, |status| workflow.category(&status));
        let ended = !category.is_open();
        for (filler, value) in self.plan.fillers.iter().zip(&mut said) {
            let time = || value.as_ref()?.as_str()?.parse::<Timestamp>().ok();
            let may = match filler.mark {
                Mark::None | Mark::Status => true,
                Mark::Derived => time().is_none_or(|time| time <= at),
                Mark::Resolved => ended && time().is_none_or(|time| time <= at),
                Mark::Closed => {
                    category == StateCategory::Closed && time().is_none_or(|time| time <= at)
                }
                Mark::Resolution => ended,
            };
            if !may {
                *value = None;
            }
        }
        Ok(said)
    }

    /// The state that a row names.
    fn status(&self, said: &Said) -> Option<StateName> {
        let at = self.plan.fillers.iter().position(|filler| filler.mark == Mark::Status)?;
        StateName::new(said.get(at)?.as_ref()?.as_str()?).ok()
    }

    /// The record that a ticket's first row makes.
    ///
    /// # Errors
    ///
    /// Why it cannot be one, in words.
    pub(super) fn first(&mut self, key: &str, said: &Said, told: &Told) -> Result<Record, String> {
        let mut tree = self.tree(said);
        tree.insert("external_id".to_owned(), key.into());
        let by = told.by.as_ref().unwrap_or(self.actor).as_str();
        tree.entry("opened_by").or_insert_with(|| by.into());
        let opened = told.at.to_string();
        tree.entry("opened_at").or_insert_with(|| opened.as_str().into());
        tree.entry("updated_at").or_insert_with(|| opened.as_str().into());
        self.resolution(&mut tree, by)?;
        self.defaults(&mut tree)?;
        let opened = tree.get("opened_at").and_then(Value::as_str);
        let opened = opened.and_then(|time| time.parse().ok()).unwrap_or(told.at);
        let id = RecordId::new(self.plan.kind, (self.fresh)(opened));
        tree.insert("id".to_owned(), id.to_string().into());
        let mut record = self.read(tree)?;
        let workflow = self.policy.workflow_of(&record);
        policy::begin(workflow, &mut record, told.hold_reason.as_ref(), told.at);
        notes::add(&mut record, &told.notes);
        self.derived(record, said)
    }

    /// Puts what the row says of the record's life over what follows from it.
    fn derived(&self, record: Record, said: &Said) -> Result<Record, String> {
        let derived = || {
            let fillers = self.plan.fillers.iter().zip(said);
            fillers.filter(|(filler, value)| filler.mark.is_derived() && value.is_some())
        };
        if derived().next().is_none() {
            return Ok(record);
        }
        let Value::Object(mut tree) = record.to_value() else { return Ok(record) };
        for (filler, value) in derived() {
            put(&mut tree, filler, value.clone().unwrap_or_default());
        }
        self.read(tree)
    }

    /// The record after a further row. `earlier` is what the row before said,
    /// if it is known.
    ///
    /// # Errors
    ///
    /// Why it cannot be one, in words.
    pub(super) fn next(
        &mut self,
        current: &Record,
        earlier: &Said,
        said: &Said,
        told: &Told,
    ) -> Result<Record, String> {
        let workflow = self.policy.workflow_of(current);
        let mut record = current.clone();
        let moved =
            self.status(said).filter(|status| Some(status) != self.status(earlier).as_ref());
        // A state that the source did not change stays as people have set it.
        let target = moved.unwrap_or_else(|| current.status().clone());
        policy::follow(workflow, &mut record, &target, told.hold_reason.as_ref(), told.at);
        let Value::Object(mut tree) = record.to_value() else { return Ok(record) };
        let mut updated = false;
        for ((filler, earlier), said) in self.plan.fillers.iter().zip(earlier).zip(said) {
            updated |= filler.name == "updated_at" && !filler.custom && said.is_some();
            let always = filler.mark.is_derived() || filler.mark == Mark::Status;
            match said {
                _ if filler.mark == Mark::Status => {}
                Some(value) if always || said != earlier => put(&mut tree, filler, value.clone()),
                None if !always && said != earlier && !filler.is_kept() => take(&mut tree, filler),
                _ => {}
            }
        }
        if !updated {
            tree.insert("updated_at".to_owned(), told.at.to_string().into());
        }
        self.resolution(&mut tree, told.by.as_ref().unwrap_or(self.actor).as_str())?;
        let mut record = self.read(tree)?;
        notes::add(&mut record, &told.notes);
        if !self.plan.fillers.iter().any(|filler| filler.name == "priority" && !filler.custom) {
            self.policy.priorities.follow_edit(current, &mut record);
        }
        Ok(record)
    }

    /// What a record would have been told by a row: what to compare the next
    /// row with, where the row itself is not in the source.
    pub(super) fn unsay(&self, record: &Record) -> Said {
        let tree = record.to_value();
        let value = |filler: &Filler| {
            let path = filler.name.replace('.', "/");
            let path = if filler.custom { format!("/custom/{path}") } else { format!("/{path}") };
            tree.pointer(&path).cloned()
        };
        self.plan.fillers.iter().map(value).collect()
    }

    /// Whether the row makes a record that the desk's rules accept.
    ///
    /// # Errors
    ///
    /// Why not, in words.
    pub(super) fn check(&mut self, key: &str, row: &Row, at: Timestamp) -> Result<(), String> {
        let told = self.told(row, at)?;
        let said = self.said(row, at, None)?;
        let record = self.first(key, &said, &told)?;
        fails(self.policy, &record)
    }

    fn read(&self, tree: Map<String, Value>) -> Result<Record, String> {
        let mut record = format::read_value(self.plan.kind, &Value::Object(tree))?;
        record.normalise();
        Ok(record)
    }
}

/// Empties the filler's field.
fn take(tree: &mut Map<String, Value>, filler: &Filler) {
    let (part, name) = match filler.name.split_once('.') {
        _ if filler.custom => (Some("custom"), filler.name.as_str()),
        Some((part, name)) => (Some(part), name),
        None => (None, filler.name.as_str()),
    };
    match part {
        None => drop(tree.shift_remove(name)),
        Some(part) => {
            if let Some(Value::Object(inner)) = tree.get_mut(part) {
                inner.shift_remove(name);
                if inner.is_empty() {
                    tree.shift_remove(part);
                }
            }
        }
    }
}

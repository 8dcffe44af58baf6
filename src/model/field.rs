//! The fields that people set, by name: one table for `--set`, import
//! mappings, the query language, columns and completions.

use serde::de::{Deserialize as _, Deserializer};
use serde_json::Value;

use super::{
    Change, ChangeModel, Ci, Criticality, Incident, Kind, Level, Priority, Problem, Record,
    Request, Risk, Timestamp, one_line, paragraph,
};

/// What a field holds and how text becomes its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// One line of text.
    Line,
    /// Paragraphs of text.
    Text,
    /// A word: a state, a code, a name of a fixed list.
    Word,
    /// `high`, `medium` or `low`.
    Level,
    /// `P1` to `P5`.
    Priority,
    /// A person id.
    Person,
    /// A team id.
    Team,
    /// A UTC timestamp.
    Time,
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Count,
    /// A set of words.
    Words,
    /// A list of full record ids.
    Records,
}

/// One settable field.
#[derive(Clone, Copy, Debug)]
pub struct FieldSpec {
    /// The name in files, queries and commands; a dot leads into a part.
    pub name: &'static str,
    pub kind: FieldKind,
    /// The record types that have it.
    pub on: &'static [Kind],
    /// Whether `edit --set` may change it. The rest is set by lifecycle verbs
    /// and imports only, because history must be able to explain it.
    pub editable: bool,
    /// Whether a record cannot be without it.
    pub required: bool,
}

const ANY: &[Kind] = &Kind::ALL;
const TICKET: &[Kind] = &[Kind::Incident, Kind::Request, Kind::Problem, Kind::Change];
const CI: &[Kind] = &[Kind::Ci];
const CHANGE: &[Kind] = &[Kind::Change];
const PROBLEM: &[Kind] = &[Kind::Problem];

const fn edit(name: &'static str, kind: FieldKind, on: &'static [Kind]) -> FieldSpec {
    FieldSpec { name, kind, on, editable: true, required: false }
}

const fn must(name: &'static str, kind: FieldKind, on: &'static [Kind]) -> FieldSpec {
    FieldSpec { name, kind, on, editable: true, required: true }
}

const fn kept(name: &'static str, kind: FieldKind, on: &'static [Kind]) -> FieldSpec {
    FieldSpec { name, kind, on, editable: false, required: false }
}

/// Every field that can be set by name, in the order of a record.
pub const FIELDS: &[FieldSpec] = &[
    must("title", FieldKind::Line, TICKET),
    must("name", FieldKind::Line, CI),
    must("class", FieldKind::Word, CI),
    kept("status", FieldKind::Word, ANY),
    edit("domain", FieldKind::Word, ANY),
    must("impact", FieldKind::Level, TICKET),
    must("urgency", FieldKind::Level, TICKET),
    must("priority", FieldKind::Priority, TICKET),
    edit("priority_reason", FieldKind::Line, TICKET),
    kept("escalation", FieldKind::Count, &[Kind::Incident]),
    kept("major", FieldKind::Word, &[Kind::Incident]),
    edit("offering", FieldKind::Line, &[Kind::Request]),
    kept("known_error", FieldKind::Flag, PROBLEM),
    edit("cause", FieldKind::Text, PROBLEM),
    edit("workaround", FieldKind::Text, PROBLEM),
    must("model", FieldKind::Word, CHANGE),
    edit("template", FieldKind::Line, CHANGE),
    edit("risk", FieldKind::Word, CHANGE),
    edit("planned_start", FieldKind::Time, CHANGE),
    edit("planned_end", FieldKind::Time, CHANGE),
    kept("outcome", FieldKind::Word, CHANGE),
    edit("implementation_plan", FieldKind::Text, CHANGE),
    edit("test_plan", FieldKind::Text, CHANGE),
    edit("backout_plan", FieldKind::Text, CHANGE),
    edit("review", FieldKind::Text, &[Kind::Incident, Kind::Change]),
    edit("criticality", FieldKind::Word, CI),
    edit("environment", FieldKind::Line, CI),
    edit("service", FieldKind::Line, ANY),
    edit("cis", FieldKind::Records, TICKET),
    edit("requester", FieldKind::Person, TICKET),
    edit("assignee", FieldKind::Person, TICKET),
    edit("owner", FieldKind::Person, CI),
    edit("team", FieldKind::Team, ANY),
    edit("category", FieldKind::Line, TICKET),
    edit("location", FieldKind::Line, CI),
    edit("version", FieldKind::Line, CI),
    edit("tags", FieldKind::Words, ANY),
    edit("channel", FieldKind::Line, TICKET),
    edit("external_id", FieldKind::Line, ANY),
    kept("opened_at", FieldKind::Time, ANY),
    kept("opened_by", FieldKind::Person, ANY),
    kept("updated_at", FieldKind::Time, ANY),
    kept("started_at", FieldKind::Time, TICKET),
    kept("resolved_at", FieldKind::Time, TICKET),
    kept("closed_at", FieldKind::Time, TICKET),
    kept("retired_at", FieldKind::Time, CI),
    kept("reopen_count", FieldKind::Count, TICKET),
    kept("resolution.code", FieldKind::Word, TICKET),
    kept("resolution.by", FieldKind::Person, TICKET),
    kept("resolution.text", FieldKind::Text, TICKET),
    edit("description", FieldKind::Text, ANY),
];

impl FieldSpec {
    /// What a record's tree holds for `text`; `None` if nothing is left of it.
    ///
    /// # Errors
    ///
    /// The field does not take the text.
    pub fn value_of(&self, text: &str) -> Result<Option<Value>, PatchError> {
        new_value(self, None, &Patch::Set(self.name.to_owned(), text.to_owned()))
    }
}

/// The field called `name`, if there is one.
pub fn field_named(name: &str) -> Option<&'static FieldSpec> {
    FIELDS.iter().find(|field| field.name == name)
}

/// The fields that records of type `kind` have.
pub fn fields_of(kind: Kind) -> impl Iterator<Item = &'static FieldSpec> {
    FIELDS.iter().filter(move |field| field.on.contains(&kind))
}

/// One wanted change of a field: `field=value`, `field+=value`,
/// `field-=value`, or `field=` to empty it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Patch {
    /// Replaces the value; a list takes the parts between commas.
    Set(String, String),
    /// Adds to a list.
    Add(String, String),
    /// Takes out of a list.
    Remove(String, String),
    /// Empties the field.
    Clear(String),
}

/// Why a patch cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// Not of the form `field=value`.
    #[error("`{0}` is not of the form field=value")]
    Form(String),
    /// No record has such a field.
    #[error("there is no field `{0}`")]
    UnknownField(String),
    /// Records of this type do not have the field.
    #[error("a record of type {kind} has no field `{field}`")]
    NotOn { field: String, kind: Kind },
    /// The field is set by lifecycle verbs only.
    #[error("`{0}` cannot be set by hand")]
    NotEditable(String),
    /// The field cannot be empty.
    #[error("`{0}` cannot be empty")]
    Required(String),
    /// `+=` and `-=` are for lists.
    #[error("`{0}` holds one value; use `{0}=...`")]
    NotAList(String),
    /// The text is no value for the field.
    #[error("`{field}`: {reason}")]
    Value { field: String, reason: String },
}

impl Patch {
    /// Reads `field=value`, `field+=value`, `field-=value` or `field=`.
    pub fn parse(text: &str) -> Result<Self, PatchError> {
        let (left, value) =
            text.split_once('=').ok_or_else(|| PatchError::Form(text.to_owned()))?;
        let value = value.trim().to_owned();
        let patch = if let Some(field) = left.strip_suffix('+') {
            Patch::Add(field.trim().to_owned(), value)
        } else if let Some(field) = left.strip_suffix('-') {
            Patch::Remove(field.trim().to_owned(), value)
        } else if value.is_empty() {
            Patch::Clear(left.trim().to_owned())
        } else {
            Patch::Set(left.trim().to_owned(), value)
        };
        if patch.field().is_empty() { Err(PatchError::Form(text.to_owned())) } else { Ok(patch) }
    }

    /// The name of the field that the patch is about.
    pub fn field(&self) -> &str {
        match self {
            Patch::Set(field, _)
            | Patch::Add(field, _)
            | Patch::Remove(field, _)
            | Patch::Clear(field) => field,
        }
    }

    /// The value, for all but [`Patch::Clear`].
    pub fn value(&self) -> Option<&str> {
        match self {
            Patch::Set(_, value) | Patch::Add(_, value) | Patch::Remove(_, value) => Some(value),
            Patch::Clear(_) => None,
        }
    }

    /// The same patch with another value.
    #[must_use]
    pub fn with_value(&self, value: String) -> Self {
        match self {
            Patch::Set(field, _) => Patch::Set(field.clone(), value),
            Patch::Add(field, _) => Patch::Add(field.clone(), value),
            Patch::Remove(field, _) => Patch::Remove(field.clone(), value),
            Patch::Clear(field) => Patch::Clear(field.clone()),
        }
    }
}

impl Record {
    /// Applies one patch to a field that people may edit.
    ///
    /// Values must be resolved: full ids, UTC timestamps, person ids.
    ///
    /// # Errors
    ///
    /// The field is unknown, not editable, cannot be empty, or does not take
    /// the value. The record is then unchanged.
    pub fn patch(&mut self, patch: &Patch) -> Result<(), PatchError> {
        self.apply_patch(patch, true)
    }

    /// As [`patch`](Self::patch), but also sets fields that only lifecycle
    /// verbs set. For verbs and imports.
    pub fn force(&mut self, patch: &Patch) -> Result<(), PatchError> {
        self.apply_patch(patch, false)
    }

    fn apply_patch(&mut self, patch: &Patch, by_hand: bool) -> Result<(), PatchError> {
        let name = patch.field();
        let bad = |reason: String| PatchError::Value { field: name.to_owned(), reason };
        let mut tree = self.to_value();
        if let Some(key) = name.strip_prefix("custom.") {
            let custom = child(&mut tree, "custom");
            match patch {
                Patch::Set(_, value) => {
                    let line = one_line(value).map_err(|error| bad(error.to_string()))?;
                    custom.insert(key.to_owned(), Value::String(line));
                }
                Patch::Clear(_) => {
                    custom.shift_remove(key);
                }
                Patch::Add(..) | Patch::Remove(..) => {
                    return Err(PatchError::NotAList(name.to_owned()));
                }
            }
        } else {
            let is_answer = self.kind() == Kind::Request && name.starts_with("answers.");
            let field = field_named(name).ok_or_else(|| match is_answer {
                true => PatchError::NotEditable(name.to_owned()),
                false => PatchError::UnknownField(name.to_owned()),
            })?;
            if !field.on.contains(&self.kind()) {
                return Err(PatchError::NotOn { field: name.to_owned(), kind: self.kind() });
            }
            if by_hand && !field.editable {
                return Err(PatchError::NotEditable(name.to_owned()));
            }
            let (object, key) = match name.split_once('.') {
                Some((part, key)) => (child(&mut tree, part), key),
                None => match tree.as_object_mut() {
                    Some(object) => (object, name),
                    None => return Err(bad("the record has no fields".into())),
                },
            };
            let old = object.get(key);
            match new_value(field, old, patch)? {
                Some(value) => {
                    object.insert(key.to_owned(), value);
                }
                None if field.required => return Err(PatchError::Required(name.to_owned())),
                None => {
                    object.shift_remove(key);
                }
            }
        }
        let mut record = Self::from_value(self.kind(), tree).map_err(|e| bad(e.to_string()))?;
        record.normalise();
        *self = record;
        Ok(())
    }

    /// The record as a tree of names and values, in the order of its fields.
    pub fn to_value(&self) -> Value {
        let value = match self {
            Record::Incident(record) => serde_json::to_value(record),
            Record::Request(record) => serde_json::to_value(record),
            Record::Problem(record) => serde_json::to_value(record),
            Record::Change(record) => serde_json::to_value(record),
            Record::Ci(record) => serde_json::to_value(record),
        };
        // Only maps with keys that are no strings can fail; records have none.
        value.unwrap_or_default()
    }

    /// The record of type `kind` that `tree` describes.
    ///
    /// # Errors
    ///
    /// A field is missing, unknown or of the wrong type.
    pub fn from_value(kind: Kind, tree: Value) -> Result<Self, serde_json::Error> {
        Self::deserialize_as(kind, tree)
    }

    /// The record of type `kind` that a deserialiser gives.
    ///
    /// # Errors
    ///
    /// As [`from_value`](Self::from_value).
    pub fn deserialize_as<'de, D: Deserializer<'de>>(
        kind: Kind,
        from: D,
    ) -> Result<Self, D::Error> {
        Ok(match kind {
            Kind::Incident => Record::Incident(Incident::deserialize(from)?),
            Kind::Request => Record::Request(Request::deserialize(from)?),
            Kind::Problem => Record::Problem(Problem::deserialize(from)?),
            Kind::Change => Record::Change(Change::deserialize(from)?),
            Kind::Ci => Record::Ci(Ci::deserialize(from)?),
        })
    }
}

/// The object under `key`, made if it is missing.
fn child<'a>(tree: &'a mut Value, key: &str) -> &'a mut serde_json::Map<String, Value> {
    if !tree.is_object() {
        *tree = Value::Object(serde_json::Map::new());
    }
    let slot = &mut tree[key];
    if !slot.is_object() {
        *slot = Value::Object(serde_json::Map::new());
    }
    match slot {
        Value::Object(object) => object,
        // infallible: made an object just above
        _ => unreachable!("the slot holds an object"),
    }
}

fn new_value(
    field: &FieldSpec,
    old: Option<&Value>,
    patch: &Patch,
) -> Result<Option<Value>, PatchError> {
    let bad = |reason: String| PatchError::Value { field: field.name.to_owned(), reason };
    let is_list = matches!(field.kind, FieldKind::Words | FieldKind::Records);
    let parts = |text: &str| -> Result<Vec<Value>, PatchError> {
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| one_line(part).map(Value::String).map_err(|e| bad(e.to_string())))
            .collect()
    };
    let listed = |values: Vec<Value>| (!values.is_empty()).then_some(Value::Array(values));
    let existing = || old.and_then(Value::as_array).cloned().unwrap_or_default();
    match patch {
        Patch::Clear(_) => Ok(None),
        Patch::Set(_, value) if is_list => Ok(listed(parts(value)?)),
        Patch::Add(_, value) if is_list => {
            let mut values = existing();
            for part in parts(value)? {
                if !values.contains(&part) {
                    values.push(part);
                }
            }
            Ok(listed(values))
        }
        Patch::Remove(_, value) if is_list => {
            let gone = parts(value)?;
            Ok(listed(existing().into_iter().filter(|value| !gone.contains(value)).collect()))
        }
        Patch::Add(field, _) | Patch::Remove(field, _) => Err(PatchError::NotAList(field.clone())),
        Patch::Set(_, value) => scalar(field, value).map_err(bad),
    }
}

fn scalar(field: &FieldSpec, text: &str) -> Result<Option<Value>, String> {
    let text = text.trim();
    let value = match field.kind {
        FieldKind::Text => return Ok(paragraph(text).map(Value::String)),
        FieldKind::Level => {
            text.parse::<Level>().map_err(|e| e.to_string())?.name().to_owned().into()
        }
        FieldKind::Priority => {
            text.parse::<Priority>().map_err(|e| e.to_string())?.name().to_owned().into()
        }
        FieldKind::Time => text.parse::<Timestamp>().map_err(|e| e.to_string())?.to_string().into(),
        FieldKind::Flag => {
            text.parse::<bool>().map_err(|_| format!("`{text}` is neither true nor false"))?.into()
        }
        FieldKind::Count => {
            text.parse::<u32>().map_err(|_| format!("`{text}` is no whole number"))?.into()
        }
        FieldKind::Word => {
            let line = one_line(text).map_err(|e| e.to_string())?;
            let name = line.to_ascii_lowercase();
            let known = match field.name {
                "model" => name.parse::<ChangeModel>().map(|_| ()),
                "risk" => name.parse::<Risk>().map(|_| ()),
                "criticality" => name.parse::<Criticality>().map(|_| ()),
                _ => Ok(()),
            };
            known.map_err(|error| error.to_string())?;
            line.to_ascii_lowercase().replace([' ', '-'], "_").into()
        }
        FieldKind::Line
        | FieldKind::Person
        | FieldKind::Team
        | FieldKind::Words
        | FieldKind::Records => one_line(text).map_err(|e| e.to_string())?.into(),
    };
    Ok(Some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_parse() {
        assert_eq!(Patch::parse("team=apps"), Ok(Patch::Set("team".into(), "apps".into())));
        assert_eq!(Patch::parse("tags+=a"), Ok(Patch::Add("tags".into(), "a".into())));
        assert_eq!(Patch::parse("tags-=a"), Ok(Patch::Remove("tags".into(), "a".into())));
        assert_eq!(Patch::parse("team="), Ok(Patch::Clear("team".into())));
        assert_eq!(Patch::parse("title=a=b"), Ok(Patch::Set("title".into(), "a=b".into())));
        assert!(Patch::parse("team").is_err());
        assert!(Patch::parse("=x").is_err());
    }
}

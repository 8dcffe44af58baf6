//! What changed between two states of a record, field by field.

use std::fmt;

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value;

use super::{Record, summary};

/// One field's change. A list yields one change for each element that came or
/// went, so that an added note reads as one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldChange {
    /// The field's name; a dot leads into a part (`resolution.code`).
    pub field: String,
    /// The value before, null if there was none.
    pub from: Option<Value>,
    /// The value after, null if there is none.
    pub to: Option<Value>,
}

/// Between the two values of a change that is written on a line.
pub const ARROW: &str = "->";

impl fmt::Display for FieldChange {
    /// `status: in_progress -> resolved`, on one line, fit for a commit message.
    ///
    /// What could be misread, such as a value with an arrow in it, stands in
    /// quotes as JSON writes them, so that the line can be read back.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = |value: &Option<Value>| match value {
            None | Some(Value::Null) => "-".to_owned(),
            Some(value) => unmistakable(brief(value)),
        };
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
        match self.field.chars().all(is_plain) {
            true => f.write_str(&self.field)?,
            false => write!(f, "{}", Value::from(self.field.as_str()))?,
        }
        write!(f, ": {} {ARROW} {}", side(&self.from), side(&self.to))
    }
}

impl FieldChange {
    /// The value before, on one line and cut where it is long, as messages and
    /// the history index hold it.
    pub fn brief_from(&self) -> Option<String> {
        self.from.as_ref().filter(|value| !value.is_null()).map(brief)
    }

    /// The value after, in the same way.
    pub fn brief_to(&self) -> Option<String> {
        self.to.as_ref().filter(|value| !value.is_null()).map(brief)
    }
}

/// The text, or the text in quotes where it could be taken for something else.
fn unmistakable(text: String) -> String {
    let odd = text.is_empty() || text == "-" || text.starts_with('"') || text.contains(ARROW);
    if odd || text.trim() != text { Value::String(text).to_string() } else { text }
}

/// The changes that lead from `before` (nothing, for a new record) to `after`
/// (nothing, for a removed one), in the order of the record's fields.
///
/// `id` never changes and `updated_at` changes always; neither is reported.
pub fn diff(before: Option<&Record>, after: Option<&Record>) -> Vec<FieldChange> {
    let tree = |record: Option<&Record>| record.map(Record::to_value).unwrap_or_default();
    let (before, after) = (tree(before), tree(after));
    let mut changes = Vec::new();
    objects("", &before, &after, &mut changes);
    changes.retain(|change| change.field != "id" && change.field != "updated_at");
    changes
}

fn objects(prefix: &str, before: &Value, after: &Value, changes: &mut Vec<FieldChange>) {
    let keys = |value: &Value| -> Vec<String> {
        value.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default()
    };
    let mut names = keys(after);
    for name in keys(before) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for name in names {
        let field = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        let (from, to) = (before.get(&name), after.get(&name));
        if from == to {
            continue;
        }
        let either = to.or(from);
        match either {
            Some(Value::Object(_)) => {
                objects(&field, from.unwrap_or(&Value::Null), to.unwrap_or(&Value::Null), changes);
            }
            Some(Value::Array(_)) => lists(&field, from, to, changes),
            _ => changes.push(FieldChange { field, from: from.cloned(), to: to.cloned() }),
        }
    }
}

fn lists(field: &str, from: Option<&Value>, to: Option<&Value>, changes: &mut Vec<FieldChange>) {
    let empty = Vec::new();
    let from = from.and_then(Value::as_array).unwrap_or(&empty);
    let to = to.and_then(Value::as_array).unwrap_or(&empty);
    let mut gone: Vec<&Value> = from.iter().filter(|item| !to.contains(item)).collect();
    for item in to.iter().filter(|item| !from.contains(item)) {
        let earlier = gone
            .iter()
            .position(|old| key(old).is_some() && key(old) == key(item))
            .map(|at| gone.remove(at).clone());
        changes.push(FieldChange {
            field: field.to_owned(),
            from: earlier,
            to: Some(item.clone()),
        });
    }
    for item in gone {
        changes.push(FieldChange { field: field.to_owned(), from: Some(item.clone()), to: None });
    }
}

/// What makes a list element the same element after an edit: a part's id, or
/// the start of a hold.
fn key(item: &Value) -> Option<&Value> {
    item.get("id").or_else(|| item.get("from"))
}

/// A task on one line: `account in_progress, bob, 1 of 2 checks`.
fn task(value: &Value) -> String {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let mut line = format!("{} {}", text("id").unwrap_or("-"), text("state").unwrap_or("-"));
    if let Some(with) = text("assignee").or_else(|| text("team")) {
        line.push_str(", ");
        line.push_str(with);
    }
    if let Some(checks) = value.get("checks").and_then(Value::as_array) {
        let ticked = checks.iter().filter(|check| check.get("done_at").is_some()).count();
        line.push_str(&format!(", {ticked} of {} checks", checks.len()));
    }
    line
}

/// An attempt at a deployment on one line: `ok in production`.
fn deploy(value: &Value) -> String {
    let text = |key: &str| value.get(key).and_then(Value::as_str);
    let mut line = text("result").unwrap_or("-").to_owned();
    if let Some(environment) = text("environment") {
        line.push_str(" in ");
        line.push_str(environment);
    }
    if let Some(version) = text("artefact").or_else(|| text("commit")) {
        line.push_str(" of ");
        line.push_str(&summary(version, 24));
    }
    line
}

/// A value on one line.
fn brief(value: &Value) -> String {
    const WIDTH: usize = 72;
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default();
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => summary(text, WIDTH),
        Value::Object(object) if object.contains_key("rel") => {
            format!("{} {}", text("rel"), text("to"))
        }
        Value::Object(object) if object.contains_key("sha256") && object.contains_key("result") => {
            let about = summary(text("text"), WIDTH);
            let about = if about.is_empty() { about } else { format!(": {about}") };
            let digest: String = text("sha256").chars().take(12).collect();
            format!("{} (report {digest}){about}", text("result"))
        }
        Value::Object(object) if object.contains_key("sha256") => {
            format!("{} (sha256 {})", summary(text("name"), WIDTH), text("sha256"))
        }
        Value::Object(object) if object.contains_key("state") => task(value),
        Value::Object(object) if object.contains_key("result") => deploy(value),
        Value::Object(object) if object.contains_key("subject") => {
            let id: String = text("id").chars().take(10).collect();
            format!("{id} {}", summary(text("subject"), WIDTH))
        }
        Value::Object(object) if object.contains_key("verdict") => {
            format!("{} by {}", text("verdict"), text("by"))
        }
        Value::Object(object) if object.contains_key("rule") => {
            format!("{} with {}: {}", text("rule"), text("with"), summary(text("reason"), WIDTH))
        }
        Value::Object(object) if object.contains_key("incident") => {
            let until = value.get("due").and_then(Value::as_str).unwrap_or("-");
            let reason = summary(text("reason"), WIDTH);
            let (to, incident) = (text("environment"), text("incident"));
            format!("to {to} for {incident}, to be approved until {until}: {reason}")
        }
        Value::Object(object) if object.contains_key("reason") => {
            let until = value.get("until").and_then(Value::as_str).unwrap_or("now");
            format!("{} from {} until {until}", text("reason"), text("from"))
        }
        Value::Object(object) if object.contains_key("why") => {
            format!("{} {}: {}", text("source"), text("risk"), summary(text("why"), WIDTH))
        }
        Value::Object(object) if object.contains_key("kind") => {
            format!("({}) {}", text("kind"), summary(text("text"), WIDTH))
        }
        other => summary(&other.to_string(), WIDTH),
    }
}

//! One line: an object with the action and what it needs.

use serde_json::{Map, Value};
use ulid::Ulid;

use super::json;
use crate::app::nearest::nearest;
use crate::error::CommandError;
use crate::model::field_named;

/// The largest line that is read, in bytes.
const MAX_LINE: usize = 1024 * 1024;

/// A line that could be read.
#[derive(Debug)]
pub(super) struct Line {
    /// The action, with `_` between its words.
    pub(super) action: String,
    pub(super) keys: Map<String, Value>,
    /// What the line calls the record that it makes.
    pub(super) reference: Option<String>,
    /// For the id of the record that it makes, the same however often it is
    /// carried out.
    pub(super) fresh: Ulid,
}

impl Line {
    /// Reads the line's object and what stands in every line.
    ///
    /// # Errors
    ///
    /// It is no JSON object, or does not say what to do.
    pub(super) fn read(bytes: &[u8], fresh: Ulid) -> Result<Self, CommandError> {
        if bytes.len() > MAX_LINE {
            return Err(CommandError::invalid("the line is longer than 1 MiB"));
        }
        let text = std::str::from_utf8(bytes).map_err(|error| {
            CommandError::invalid(format!("not UTF-8 (byte {})", error.valid_up_to() + 1))
        })?;
        let keys = json::object(text)?;
        let mut line = Self { action: String::new(), keys, reference: None, fresh };
        line.action = match line.text("do")? {
            Some(action) => action.to_ascii_lowercase().replace('-', "_"),
            None => {
                let error = CommandError::usage("it does not say what to do");
                let near = nearest("do", line.keys.keys().map(String::as_str));
                return Err(match near.or_else(|| line.keys.get("action").map(|_| "action")) {
                    Some(near) => error.hint(format!("put \"do\" in the place of \"{near}\"")),
                    None => error.hint("begin it as {\"do\": \"note\", ...}"),
                });
            }
        };
        line.reference = line.text("ref")?.map(str::to_owned);
        Ok(line)
    }

    /// Whether one such line may change more than one record.
    pub(super) fn spreads(&self) -> bool {
        matches!(self.action.as_str(), "new" | "link" | "unlink")
    }

    /// The text under `key`; nothing, if there is none or it is null.
    pub(super) fn text(&self, key: &str) -> Result<Option<&str>, CommandError> {
        match self.keys.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(other) => Err(wrong(key, "text", other)),
        }
    }

    /// The text under `key`, which must be there.
    pub(super) fn must(&self, key: &str) -> Result<&str, CommandError> {
        self.text(key)?
            .filter(|text| !text.trim().is_empty())
            .ok_or_else(|| CommandError::usage(format!("`{}` needs \"{key}\"", self.action)))
    }

    /// The text under `key`, or `none` where it is null.
    pub(super) fn text_or_none(&self, key: &str) -> Result<Option<&str>, CommandError> {
        match self.keys.get(key) {
            Some(Value::Null) => Ok(Some("none")),
            _ => self.text(key),
        }
    }

    /// The flag under `key`; off, if it is not there.
    pub(super) fn flag(&self, key: &str) -> Result<bool, CommandError> {
        match self.keys.get(key) {
            None | Some(Value::Null) => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(wrong(key, "true or false", other)),
        }
    }

    /// The texts under `key`: one, or a list of them.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<String>, CommandError> {
        self.keys.get(key).map_or_else(|| Ok(Vec::new()), |value| texts(key, value))
    }

    /// The object under `key`.
    pub(super) fn object(&self, key: &str) -> Result<Option<&Map<String, Value>>, CommandError> {
        match self.keys.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(object)) => Ok(Some(object)),
            Some(other) => Err(wrong(key, "an object", other)),
        }
    }

    /// Whether nothing is given that this action does not know.
    ///
    /// # Errors
    ///
    /// The first key that is not one of `known`.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), CommandError> {
        let mut unknown = self.keys.keys().filter(|key| !known.contains(&key.as_str()));
        let Some(key) = unknown.next() else { return Ok(()) };
        let error = CommandError::usage(format!("`{}` takes no \"{key}\"", self.action));
        let is_field = key.starts_with("custom") || field_named(key).is_some();
        Err(if is_field && known.contains(&"set") {
            error.hint(format!("fields go into \"set\": {{\"{key}\": ...}}"))
        } else if let Some(near) = nearest(key, known.iter().copied()) {
            error.hint(format!("did you mean \"{near}\"?"))
        } else {
            error.hint(format!("it takes {}", known.join(", ")))
        })
    }
}

/// One text, or a list of them.
pub(super) fn texts(key: &str, value: &Value) -> Result<Vec<String>, CommandError> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::String(text) => Ok(vec![text.clone()]),
        Value::Array(items) => items
            .iter()
            .map(|item| match item {
                Value::String(text) => Ok(text.clone()),
                other => Err(wrong(key, "a list of texts", other)),
            })
            .collect(),
        other => Err(wrong(key, "text or a list of texts", other)),
    }
}

/// A value of the wrong sort.
pub(super) fn wrong(key: &str, wanted: &str, found: &Value) -> CommandError {
    let found = match found {
        Value::Null => "null".to_owned(),
        Value::Bool(flag) => flag.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(_) => "text".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(_) => "an object".to_owned(),
    };
    CommandError::usage(format!("\"{key}\" must be {wanted}, not {found}"))
}

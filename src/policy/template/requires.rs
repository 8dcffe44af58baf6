//! Fields that must say something before a change is handed in.

use super::Models;
use crate::model::{FieldKind, Record, field_named, same_but_case};

/// The fewest characters of a text that says something.
const SHORTEST: usize = 15;

/// What people write where they have nothing to say.
const PLACEHOLDERS: &[&str] =
    &["n/a", "na", "n.a", "tbd", "tba", "todo", "none", "nil", "x", "xx", "xxx"];

/// A field that says nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unfilled {
    pub field: String,
    /// Why what stands there is not enough, in words.
    pub why: &'static str,
}

/// Whether a text only holds the place of one: nothing, a dash, `n/a`, `tbd`.
pub fn is_placeholder(text: &str) -> bool {
    let is_sign = |c: char| !c.is_alphanumeric();
    let bare = text.trim().trim_matches(is_sign);
    bare.is_empty() || PLACEHOLDERS.contains(&bare.to_lowercase().as_str())
}

/// The fields that the model of a change asks for and that say nothing.
///
/// Control C8 of ITGC audits: what was approved must have been there to be read.
/// A text says something if it is not on the list of placeholders, is not the
/// title again and has at least 15 characters.
pub fn unfilled(record: &Record, models: &Models) -> Vec<Unfilled> {
    let Record::Change(change) = record else { return Vec::new() };
    let required = models.required_of(change);
    let tree = record.to_value();
    let judge = |field: &&String| {
        let value = tree.pointer(&format!("/{}", field.replace('.', "/")));
        let why = match value {
            None | Some(serde_json::Value::Null) => Some("it is empty"),
            Some(serde_json::Value::Array(items)) => items.is_empty().then_some("it is empty"),
            Some(serde_json::Value::String(text)) => {
                let is_text = field_named(field).is_some_and(|spec| spec.kind == FieldKind::Text);
                let title = record.title().trim();
                match text.trim() {
                    text if is_placeholder(text) => Some("it holds a placeholder"),
                    text if *field != "title" && same_but_case(text, title) => {
                        Some("it says what the title says")
                    }
                    text if is_text && text.chars().count() < SHORTEST => {
                        Some("it has fewer than 15 characters")
                    }
                    _ => None,
                }
            }
            Some(_) => None,
        };
        why.map(|why| Unfilled { field: (*field).clone(), why })
    };
    required.iter().filter_map(judge).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_known_in_any_dress() {
        for text in ["", " ", "-", "--", "n/a", "N/A.", "(tbd)", "TBD!", "None", "?", "...", "xxx"]
        {
            assert!(is_placeholder(text), "{text:?}");
        }
        for text in ["restart it", "no", "nothing to do", "a"] {
            assert!(!is_placeholder(text), "{text:?}");
        }
    }
}

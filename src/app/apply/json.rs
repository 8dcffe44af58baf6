//! Reading one JSON object, with nothing lost in silence.
//!
//! A key given twice is an error: JSON readers would silently keep the last
//! value, and a reviewer may have read the first.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::error::CommandError;

/// Reads `text` as one JSON object.
///
/// # Errors
///
/// It is no JSON, something follows it, it is no object, or a key is given
/// twice, at any depth.
pub(in crate::app) fn object(text: &str) -> Result<Map<String, Value>, CommandError> {
    match serde_json::from_str::<Strict>(text) {
        Ok(Strict(Value::Object(object))) => Ok(object),
        Ok(_) => Err(CommandError::invalid("this is no JSON object")
            .hint("a line is of the form {\"do\": \"note\", \"id\": \"INC-7K3F9Q\", ...}")),
        Err(error) => {
            let said = error.to_string();
            let said = said.rsplit_once(" at line ").map_or(said.as_str(), |(said, _)| said);
            let place = match error.column() {
                0 => String::new(),
                column => format!(" (column {column})"),
            };
            Err(CommandError::invalid(format!("not JSON: {said}{place}")))
        }
    }
}

/// A JSON value that holds no key twice.
pub(in crate::app) struct Strict(pub(in crate::app) Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_unit<E: Error>(self) -> Result<Strict, E> {
        Ok(Strict(Value::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Strict, E> {
        let number = Number::from_f64(value);
        number.map(|number| Strict(number.into())).ok_or_else(|| E::custom("no finite number"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Strict, A::Error> {
        let mut items = Vec::new();
        while let Some(Strict(item)) = access.next_element()? {
            items.push(item);
        }
        Ok(Strict(items.into()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Strict, A::Error> {
        let mut object = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!("the key {key:?} is given twice")));
            }
            let Strict(value) = access.next_value()?;
            object.insert(key, value);
        }
        Ok(Strict(object.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_json_readers_let_pass_is_refused() {
        let read = |text: &str| object(text).map_err(|error| error.message);
        assert_eq!(read(r#" {"a": [1, {"b": null}]} "#).map(|found| found.len()), Ok(1));
        for (text, says) in [
            (r#"{"a": 1, "a": 2}"#, "the key \"a\" is given twice"),
            (r#"{"set": {"a": 1, "a": 2}}"#, "the key \"a\" is given twice"),
            (r#"{"a": 1} x"#, "trailing characters"),
            (r#"{"a": 1"#, "EOF"),
            (r#"["a"]"#, "no JSON object"),
            ("null", "no JSON object"),
            ("", "EOF"),
            (&"[".repeat(5000), "recursion limit"),
            (r#"{"a": 1e999}"#, "out of range"),
            ("{\"a\": \"\u{1}\"}", "control character"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.contains(says), "{text}: {error}");
        }
    }
}

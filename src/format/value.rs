//! Records from data that is no YAML, such as an object of JSON.

use serde_json::Value;
use serde_path_to_error::{Deserializer, Track};

use super::words;
use crate::model::{Kind, Record};

/// The record of type `kind` that `tree` describes.
///
/// # Errors
///
/// A field is missing, unknown or of the wrong type; in words that name it.
pub fn read_value(kind: Kind, tree: &Value) -> Result<Record, String> {
    Record::deserialize_as(kind, tree).map_err(|error| explain(kind, tree, &error.to_string()))
}

/// What was said, with the field that it is about: reading again finds it.
fn explain(kind: Kind, tree: &Value, said: &str) -> String {
    if let Some((_, rest)) = said.split_once("unknown field `")
        && let Some((field, _)) = rest.split_once('`')
    {
        let near = words::nearest(field, &words::expected(said));
        let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return format!("unknown field `{field}`{near}");
    }
    let mut track = Track::new();
    let again = Record::deserialize_as(kind, Deserializer::new(tree, &mut track));
    let path = track.path().to_string();
    let (message, hint) = words::plain(said);
    let message = match hint {
        Some(hint) => format!("{message}; {hint}"),
        None => message,
    };
    // What is missing has no path.
    if again.is_ok() || path == "." { message } else { format!("`{path}`: {message}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn errors_name_the_field() {
        let ci = json!({
            "id": "CI-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q", "name": "web", "class": "server",
            "status": "operational", "opened_at": "2026-11-22T09:12:04Z", "opened_by": "alice",
            "updated_at": "2026-11-22T09:12:04Z",
        });
        assert!(read_value(Kind::Ci, &ci).is_ok());
        let wrong = |field: &str, value: Value| {
            let mut ci = ci.clone();
            ci[field] = value;
            read_value(Kind::Ci, &ci).expect_err(field)
        };
        assert_eq!(
            wrong("criticality", json!("higg")),
            "`criticality`: `higg` is not possible here; did you mean `high`? possible are \
             high, medium and low"
        );
        assert_eq!(wrong("clas", json!("x")), "unknown field `clas`; did you mean `class`?");
        let said = wrong("links", json!([{"rel": "depends_on", "to": "web"}]));
        assert!(said.starts_with("`links[0].to`: "), "{said}");
        let said = wrong("name", json!(7));
        assert!(said.starts_with("`name`: here stands "), "{said}");
    }
}

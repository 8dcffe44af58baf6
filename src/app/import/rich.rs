//! Text out of a formatted document, as Jira's newer interface gives it.

use serde_json::{Map, Value};

/// The document's text, a line for each paragraph; `None` if the object is no
/// document.
pub(super) fn text(object: &Map<String, Value>) -> Option<String> {
    if word(object, "type") != Some("doc") || !object.get("content")?.is_array() {
        return None;
    }
    let mut text = String::new();
    inner(object, &mut text);
    Some(text.trim_end().to_owned())
}

fn word<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

fn inner(node: &Map<String, Value>, text: &mut String) {
    let parts = node.get("content").and_then(Value::as_array);
    for part in parts.into_iter().flatten().filter_map(Value::as_object) {
        let attribute = |name: &str| part.get("attrs")?.get(name)?.as_str();
        match word(part, "type").unwrap_or_default() {
            "text" => text.push_str(word(part, "text").unwrap_or_default()),
            "hardBreak" => text.push('\n'),
            "mention" | "emoji" | "status" => {
                text.push_str(attribute("text").or(attribute("shortName")).unwrap_or_default());
            }
            "inlineCard" | "blockCard" => text.push_str(attribute("url").unwrap_or_default()),
            kind => {
                if kind == "listItem" {
                    text.push_str("- ");
                }
                inner(part, text);
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paragraphs_become_lines() {
        let say = |text: &str| json!({"type": "text", "text": text});
        let paragraph = |parts: Vec<Value>| json!({"type": "paragraph", "content": parts});
        let document = json!({"type": "doc", "version": 1, "content": [
            paragraph(vec![say("It is "), say("broken"), json!({"type": "hardBreak"}), say("again.")]),
            {"type": "bulletList", "content": [
                {"type": "listItem", "content": [paragraph(vec![say("one")])]},
                {"type": "listItem", "content": [paragraph(vec![say("two")])]},
            ]},
            paragraph(vec![json!({"type": "mention", "attrs": {"id": "1", "text": "@Ann"}})]),
        ]});
        let read = |value: &Value| text(value.as_object().expect("an object"));
        assert_eq!(read(&document).as_deref(), Some("It is broken\nagain.\n- one\n- two\n@Ann"));
        assert_eq!(read(&json!({"type": "doc"})), None);
        assert_eq!(read(&json!({"name": "x"})), None);
    }
}

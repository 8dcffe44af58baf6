//! Where a value lies in a JSON object: `fields.status.name`, `labels[].name`,
//! `components[0].name`, or one of several: `user.login | author.login`.

use std::borrow::Cow;

use serde_json::{Number, Value};

use super::rich;

/// What the mapping calls a column, where the source is JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Paths(Vec<Path>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Path {
    text: String,
    steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    Key(String),
    Item(usize),
    /// Every item of a list.
    Each,
}

/// What an object holds where a column is looked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found<T> {
    /// What it says there, if anything.
    pub(super) says: Option<T>,
    /// Whether the place exists, even if it says nothing.
    pub(super) exists: bool,
}

impl Paths {
    /// Reads the places, of which the first that says something counts. A
    /// backslash before a dot, bracket, bar or backslash makes a letter of it.
    ///
    /// # Errors
    ///
    /// What is wrong, in words.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        alternatives(text).map(Path::parse).collect::<Result<_, _>>().map(Self)
    }

    /// The text there. A list becomes its parts with commas between them; a
    /// comma within a part becomes a blank.
    ///
    /// # Errors
    ///
    /// Something is there that is no text, in words.
    pub(super) fn text<'a>(&self, object: &'a Value) -> Result<Found<Cow<'a, str>>, String> {
        let mut exists = false;
        let mut wrong = None;
        for path in &self.0 {
            let mut found = Vec::new();
            let there = path.walk(object, &path.steps, &mut found);
            let text = match found.as_slice() {
                [one] if !path.is_list() => path.cell(one),
                found => path.joined(found.iter().copied()).map(Some),
            };
            match text {
                Ok(Some(text)) if !text.trim().is_empty() => {
                    return Ok(Found { says: Some(text), exists: true });
                }
                Ok(_) => exists |= there,
                Err(reason) => wrong = wrong.or(Some(reason)),
            }
        }
        // `caller.name | caller` is fine with a caller without a name.
        match wrong.filter(|_| !exists) {
            Some(reason) => Err(reason),
            None => Ok(Found { says: None, exists }),
        }
    }

    /// The items of the list there.
    pub(super) fn items<'a>(&self, object: &'a Value) -> Found<Vec<&'a Value>> {
        let mut exists = false;
        for path in &self.0 {
            let mut found = Vec::new();
            exists |= path.walk(object, &path.steps, &mut found);
            match found.as_slice() {
                [Value::Array(items)] if !path.is_list() => {
                    return Found { says: Some(items.iter().collect()), exists: true };
                }
                // A single text stands for a list of one.
                [Value::String(text)] if !path.is_list() && !text.trim().is_empty() => {
                    return Found { says: Some(found), exists: true };
                }
                [_, ..] if path.is_list() => return Found { says: Some(found), exists: true },
                _ => {}
            }
        }
        Found { says: None, exists }
    }

    /// The name of the list in `object` whose elements have what `object` itself
    /// lacks, if there is one.
    pub(super) fn around<'a>(&self, object: &'a Value) -> Option<&'a str> {
        let is_in = |object: &Value| self.text(object).map_or(true, |found| found.exists);
        if is_in(object) {
            return None;
        }
        let first = |list: &'a Value| list.as_array()?.first().filter(|one| one.is_object());
        let mut lists = object.as_object()?.iter();
        lists.find(|(_, list)| first(list).is_some_and(is_in)).map(|(name, _)| name.as_str())
    }
}

/// The parts of `text` between bars.
fn alternatives(text: &str) -> impl Iterator<Item = &str> {
    let mut escaped = false;
    text.split(move |c| {
        let bar = c == '|' && !escaped;
        escaped = c == '\\' && !escaped;
        bar
    })
    .map(str::trim)
}

impl Path {
    fn parse(text: &str) -> Result<Self, String> {
        let mut steps = Vec::new();
        let mut key: Option<String> = Some(String::new());
        let mut chars = text.chars();
        let wrong = |reason: &str| Err(format!("`{text}`: {reason}"));
        while let Some(character) = chars.next() {
            match character {
                '.' | '[' => {
                    match key.take().map(|key| key.trim().to_owned()) {
                        Some(name) if !name.is_empty() => steps.push(Step::Key(name)),
                        Some(_) if character == '[' && steps.is_empty() => {}
                        Some(_) => return wrong("a name is missing before `.` or `[`"),
                        None => {}
                    }
                    if character == '.' {
                        key = Some(String::new());
                        continue;
                    }
                    let mut item = String::new();
                    loop {
                        match chars.next() {
                            Some(']') => break,
                            Some(c) => item.push(c),
                            None => return wrong("a `[` is never closed; `\\[` writes one"),
                        }
                    }
                    match item.trim() {
                        "" => steps.push(Step::Each),
                        number => match number.parse() {
                            Ok(at) => steps.push(Step::Item(at)),
                            Err(_) => return wrong("`[]` or a number in brackets is needed"),
                        },
                    }
                }
                ']' => return wrong("a `]` has no `[`; `\\]` writes one"),
                letter => {
                    let letter = if letter == '\\' { chars.next() } else { Some(letter) };
                    match (key.as_mut(), letter) {
                        (Some(key), Some(letter)) => key.push(letter),
                        (_, None) => return wrong("nothing follows the last `\\`"),
                        (None, Some(_)) => return wrong("a `.` is missing after `]`"),
                    }
                }
            }
        }
        match key.map(|key| key.trim().to_owned()) {
            Some(name) if !name.is_empty() => steps.push(Step::Key(name)),
            Some(_) => return wrong("a name is missing at the end"),
            None => {}
        }
        Ok(Self { text: text.to_owned(), steps })
    }

    fn is_list(&self) -> bool {
        self.steps.contains(&Step::Each)
    }

    /// Collects what lies there; whether the place exists.
    fn walk<'a>(&self, value: &'a Value, steps: &[Step], found: &mut Vec<&'a Value>) -> bool {
        let Some((step, rest)) = steps.split_first() else {
            found.push(value);
            return true;
        };
        match (step, value) {
            (_, Value::Null) => true,
            (Step::Key(name), Value::Object(object)) => {
                object.get(name).is_some_and(|inner| self.walk(inner, rest, found))
            }
            (Step::Item(at), Value::Array(items)) => {
                items.get(*at).is_none_or(|inner| self.walk(inner, rest, found))
            }
            (Step::Each, Value::Array(items)) => {
                let walked = items.iter().filter(|inner| self.walk(inner, rest, found)).count();
                walked > 0 || items.is_empty()
            }
            _ => false,
        }
    }

    fn cell<'a>(&self, value: &'a Value) -> Result<Option<Cow<'a, str>>, String> {
        match value {
            Value::Null => Ok(None),
            Value::String(text) => Ok(Some(Cow::Borrowed(text))),
            Value::Bool(flag) => Ok(Some(Cow::Borrowed(if *flag { "true" } else { "false" }))),
            Value::Number(number) => self.number(number).map(|text| Some(Cow::Owned(text))),
            Value::Array(items) => self.joined(items.iter()).map(Some),
            Value::Object(object) => match rich::text(object) {
                Some(text) => Ok(Some(Cow::Owned(text))),
                None => {
                    let name = object.keys().next().map_or("name", String::as_str);
                    let path = &self.text;
                    Err(format!(
                        "`{path}` is an object; name a part of it, such as `{path}.{name}`"
                    ))
                }
            },
        }
    }

    /// Whole numbers stay exactly as they are.
    fn number(&self, number: &Number) -> Result<String, String> {
        // Beyond this, the digits of a whole number were lost in reading it.
        const EXACT: f64 = 9_007_199_254_740_992.0;
        if number.is_f64() && number.as_f64().is_some_and(|value| value.abs() >= EXACT) {
            let path = &self.text;
            return Err(format!("`{path}` is too large a number; it must stand in quotes"));
        }
        Ok(number.to_string())
    }

    fn joined<'a>(&self, items: impl Iterator<Item = &'a Value>) -> Result<Cow<'a, str>, String> {
        let mut parts = Vec::new();
        for item in items {
            if item.is_array() {
                return Err(format!("`{}` is a list of lists", self.text));
            }
            if let Some(text) = self.cell(item)? {
                parts.push(text.replace(',', " ").trim().to_owned());
            }
        }
        parts.retain(|part| !part.is_empty());
        Ok(Cow::Owned(parts.join(",")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn text(path: &str, object: &Value) -> Result<Option<String>, String> {
        let found = Paths::parse(path).expect(path).text(object)?;
        Ok(found.says.map(Cow::into_owned))
    }

    #[test]
    fn paths_lead_to_values() {
        let object = json!({
            "key": "A-1", "n": 12, "big": u64::MAX, "low": i64::MIN, "half": 0.5, "yes": true,
            "none": null, "a.b": "dotted", "x[0]|y\\": "odd", "blank": " ",
            "fields": {"status": {"name": "Open"}, "assignee": null},
            "labels": [{"name": "a, b"}, {"name": "c"}, {"other": 1}, {"name": null}],
            "plain": ["x", 1, null, false], "empty": [], "deep": [[1]],
        });
        for (path, says) in [
            ("key", Some("A-1")),
            ("n", Some("12")),
            ("big", Some("18446744073709551615")),
            ("low", Some("-9223372036854775808")),
            ("half", Some("0.5")),
            ("yes", Some("true")),
            ("none", None),
            ("missing", None),
            ("a\\.b", Some("dotted")),
            ("x\\[0\\]\\|y\\\\", Some("odd")),
            ("fields.status.name", Some("Open")),
            ("fields . status . name", Some("Open")),
            ("fields.assignee.name", None),
            ("labels[].name", Some("a  b,c")),
            ("labels[1].name", Some("c")),
            ("labels[9].name", None),
            ("plain", Some("x,1,false")),
            ("plain[]", Some("x,1,false")),
            ("plain[0]", Some("x")),
            ("empty[]", None),
            ("blank | missing | key", Some("A-1")),
            ("fields.status | key", Some("A-1")),
            ("labels[3].name | labels[3]", None),
        ] {
            assert_eq!(text(path, &object).as_ref().map(Option::as_deref), Ok(says), "{path}");
        }
        let why = text("fields.status", &object).expect_err("an object");
        assert!(why.contains("such as `fields.status.name`"), "{why}");
        assert!(text("deep", &object).is_err());
        assert!(text("n", &json!({"n": 1e300})).is_err(), "digits were lost");
        assert_eq!(text("[0].a", &json!([{"a": "x"}])), Ok(Some("x".to_owned())));
    }

    #[test]
    fn places_exist_even_if_they_say_nothing() {
        let object = json!({"a": null, "l": [], "m": [{"x": 1}], "s": "text"});
        for (path, exists) in [
            ("a", true),
            ("a.b", true),
            ("l[].x", true),
            ("m[].x", true),
            ("m[].y", false),
            ("b", false),
            ("s.x", false),
            ("b | a", true),
            ("m[3].x", true),
        ] {
            let found = Paths::parse(path).expect(path).text(&object).expect(path);
            assert_eq!(found.exists, exists, "{path}");
        }
        assert_eq!(
            Paths::parse("b | m").expect("paths").items(&object).says.map(|i| i.len()),
            Some(1)
        );
        let items = |path: &str| Paths::parse(path).expect(path).items(&object).says;
        assert_eq!(items("s"), Some(vec![&json!("text")]), "a text stands for a list of one");
        assert_eq!(items("a"), None);
    }

    #[test]
    fn mistakes_are_named() {
        for path in ["", "a.", ".a", "a[", "a]", "a[x]", "a..b", "a[]b", "a\\", "a | ", "[]."] {
            assert!(Paths::parse(path).is_err(), "{path}");
        }
    }
}

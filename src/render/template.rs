//! Templates that users give with `--template`.

use std::fmt::Write as _;

use dialoguer::console::measure_text_width;
use minijinja::value::Value;
use minijinja::{Environment, Error, ErrorKind, Template, UndefinedBehavior, escape_formatter};
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::Value as Json;

use super::time;
use crate::model::Timestamp;
use crate::query::nearest;

/// The widest that a text is padded to.
const WIDEST: usize = 1_000;

/// Where the names are to be seen.
const NAMES: &str = "`--format jsonl` shows the names that a template can use";

/// A template cannot be read, or cannot be applied to an item.
#[derive(Debug, thiserror::Error)]
#[error("the template cannot be used: {message}")]
pub struct TemplateError {
    message: String,
    /// What to do next, one sentence.
    hint: Option<String>,
}

impl TemplateError {
    /// What to do next, one sentence.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }

    /// The template uses a name that no item has.
    fn unknown<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let near = nearest(name, known).map(|near| format!("did you mean `{near}`?"));
        let hint = near.unwrap_or_else(|| NAMES.to_owned());
        Self { message: format!("there is no `{name}` in this answer"), hint: Some(hint) }
    }
}

impl From<Error> for TemplateError {
    fn from(error: Error) -> Self {
        let place = error.line().map(|line| format!(" (line {line})")).unwrap_or_default();
        let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
        let hint = (error.kind() != ErrorKind::SyntaxError).then(|| NAMES.to_owned());
        Self { message: format!("{}{detail}{place}", error.kind()), hint }
    }
}

/// Whether `source` is a template at all, to be asked before anything is done.
pub(crate) fn check(source: &str) -> Result<(), TemplateError> {
    environment(Timestamp::from_seconds(0)).template_from_str(source)?;
    Ok(())
}

/// Whether `source` uses one of `names`.
pub(crate) fn uses(source: &str, names: &[&str]) -> bool {
    let environment = environment(Timestamp::from_seconds(0));
    let used = environment.template_from_str(source).map(|t| t.undeclared_variables(false));
    used.is_ok_and(|used| names.iter().any(|name| used.contains(*name)))
}

/// Whether `source` is a template that uses names of `T` only.
pub(crate) fn check_for<T: JsonSchema>(source: &str) -> Result<(), TemplateError> {
    let environment = environment(Timestamp::from_seconds(0));
    let template = environment.template_from_str(source)?;
    let schema = SchemaGenerator::default().into_root_schema_for::<T>();
    let known = schema.get("properties").and_then(Json::as_object);
    let known: Vec<&str> = known.into_iter().flatten().map(|(name, _)| name.as_str()).collect();
    let mut used: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    used.sort();
    let is_global = |name: &str| environment.globals().any(|(global, _)| global == name);
    match used.iter().find(|name| !known.contains(&name.as_str()) && !is_global(name)) {
        Some(name) => Err(TemplateError::unknown(name, known)),
        None => Ok(()),
    }
}

/// Templates as gitsm reads them: a name that an item does not have is an
/// error, so that a slip shows, and there are filters for times.
pub(crate) fn environment(now: Timestamp) -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // A missing value prints as nothing; Jinja would write `none`.
    environment.set_formatter(|out, state, value| {
        if value.is_none() { Ok(()) } else { escape_formatter(out, state, value) }
    });
    environment.add_filter("date", date);
    environment.add_filter("age", move |value: &Value| -> Result<String, Error> {
        Ok(moment(value)?.map(|at| time::age(at, now)).unwrap_or_default())
    });
    environment.add_filter("pad", pad);
    environment
}

/// One item through a template, with a line break.
pub(crate) fn one(template: &Template<'_, '_>, item: &Json) -> Result<String, TemplateError> {
    let rendered = template.render(minijinja::value::Serde(item));
    Ok(rendered.map_err(|error| refusal(error, template, item))? + "\n")
}

/// Why the template cannot be applied to the item: which name it does not have,
/// if that is why.
fn refusal(error: Error, template: &Template<'_, '_>, item: &Json) -> TemplateError {
    if error.kind() != ErrorKind::UndefinedError {
        return error.into();
    }
    let mut used: Vec<String> = template.undeclared_variables(true).into_iter().collect();
    used.sort();
    let missing = used.iter().find_map(|path| {
        let mut within = Some(item);
        for (end, part) in ends(path) {
            let fields = within?.as_object();
            match fields.and_then(|fields| fields.get(part)) {
                Some(value) => within = Some(value),
                None => {
                    let known = fields.into_iter().flatten().map(|(name, _)| name.as_str());
                    let known: Vec<&str> = known.collect();
                    return Some(TemplateError::unknown(path.get(..end)?, known));
                }
            }
        }
        None
    });
    missing.unwrap_or_else(|| error.into())
}

/// The parts of a path, each with the place where it ends.
fn ends(path: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut end = 0;
    path.split('.').map(move |part| {
        let at = end + part.len();
        end = at + 1;
        (at, part)
    })
}

/// `source` applied to each item, a line break after each.
pub(crate) fn render(
    source: &str,
    items: &[Json],
    now: Timestamp,
) -> Result<String, TemplateError> {
    let environment = environment(now);
    let template = environment.template_from_str(source)?;
    items.iter().map(|item| one(&template, item)).collect()
}

/// The time that a value names; none for a missing one.
fn moment(value: &Value) -> Result<Option<Timestamp>, Error> {
    if value.is_none() {
        return Ok(None);
    }
    let read = value.as_str().and_then(|text| text.parse::<Timestamp>().ok());
    read.map(Some).ok_or_else(|| refused(format!("`{value}` is no time")))
}

/// The minute in UTC, or what `strftime` makes of the time.
fn date(value: &Value, format: Option<&str>) -> Result<String, Error> {
    let Some(at) = moment(value)? else { return Ok(String::new()) };
    let Some(format) = format else { return Ok(time::absolute(at)) };
    let mut text = String::new();
    write!(text, "{}", at.to_utc().format(format))
        .map_err(|_| refused(format!("`{format}` is no notation of times for strftime")))?;
    Ok(text)
}

/// At least so many columns of the screen: blanks go behind, for a negative
/// number before the text.
fn pad(value: &Value, columns: i64) -> String {
    let text = if value.is_none() { String::new() } else { value.to_string() };
    let wanted = usize::try_from(columns.unsigned_abs()).unwrap_or(WIDEST).min(WIDEST);
    let blanks = " ".repeat(wanted.saturating_sub(measure_text_width(&text)));
    if columns < 0 { blanks + &text } else { text + &blanks }
}

fn refused(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-22T12:00:00Z".parse().expect("a time")
    }

    #[test]
    fn applies_to_each_item() {
        let items =
            [json!({"short": "INC-1", "tags": ["a", "b"]}), json!({"short": "INC-2", "tags": []})];
        let text = render("{{ short|lower }} {{ tags|join('+') }}", &items, now()).expect("text");
        assert_eq!(text, "inc-1 a+b\ninc-2 \n");
    }

    #[test]
    fn times_and_widths() {
        let item = [json!({
            "at": "2026-11-22T09:12:04Z", "never": null, "title": "日本", "count": 7,
        })];
        for (source, expected) in [
            ("{{ at|date }}", "2026-11-22 09:12"),
            ("{{ at|date('%d.%m.%Y') }}", "22.11.2026"),
            ("{{ at|age }}", "2h"),
            ("[{{ never|date }}{{ never|age }}{{ never|pad(2) }}]", "[  ]"),
            ("{{ title|pad(6) }}|", "日本  |"),
            ("{{ count|pad(-3) }}", "  7"),
            ("{{ title|pad(1) }}|", "日本|"),
        ] {
            assert_eq!(render(source, &item, now()).expect(source), format!("{expected}\n"));
        }
        assert_eq!(render("{{ 1|pad(99999999999) }}", &item, now()).expect("text").len(), 1001);
    }

    #[test]
    fn slips_are_told() {
        let items = [json!({"short": "INC-1", "at": "2026-11-22T09:12:04Z"})];
        for source in [
            "{{ shot }}",
            "{{ short",
            "{% for %}",
            "{{ short.x.y }}",
            "{{ short|date }}",
            "{{ short|age }}",
            "{{ at|date('%Q') }}",
            "{{ at|pad }}",
        ] {
            let error = render(source, &items, now()).expect_err(source).to_string();
            assert!(error.starts_with("the template cannot be used: "), "{error}");
        }
    }
}

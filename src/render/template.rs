//! Templates that users give with `--template`.

use minijinja::{Environment, Error, UndefinedBehavior, escape_formatter};
use serde_json::Value;

/// A template cannot be read, or cannot be applied to an item.
#[derive(Debug, thiserror::Error)]
#[error("the template cannot be used: {0}")]
pub struct TemplateError(String);

impl From<Error> for TemplateError {
    fn from(error: Error) -> Self {
        let place = error.line().map(|line| format!(" (line {line})")).unwrap_or_default();
        let detail = error.detail().map(|detail| format!(": {detail}")).unwrap_or_default();
        Self(format!("{}{detail}{place}", error.kind()))
    }
}

/// Whether `source` is a template at all, to be asked before anything is done.
pub(crate) fn check(source: &str) -> Result<(), TemplateError> {
    Environment::new().template_from_str(source)?;
    Ok(())
}

/// `source` applied to each item, a line break after each.
///
/// A name that an item does not have is an error, so that a slip shows.
pub(crate) fn render(source: &str, items: &[Value]) -> Result<String, TemplateError> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // A missing value prints as nothing; Jinja would write `none`.
    environment.set_formatter(|out, state, value| {
        if value.is_none() { Ok(()) } else { escape_formatter(out, state, value) }
    });
    let template = environment.template_from_str(source)?;
    let mut text = String::new();
    for item in items {
        text.push_str(&template.render(minijinja::value::Serde(item))?);
        text.push('\n');
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn applies_to_each_item() {
        let items =
            [json!({"short": "INC-1", "tags": ["a", "b"]}), json!({"short": "INC-2", "tags": []})];
        let text = render("{{ short|lower }} {{ tags|join('+') }}", &items).expect("text");
        assert_eq!(text, "inc-1 a+b\ninc-2 \n");
    }

    #[test]
    fn slips_are_told() {
        let items = [json!({"short": "INC-1"})];
        for source in ["{{ shot }}", "{{ short", "{% for %}", "{{ short.x.y }}"] {
            let error = render(source, &items).expect_err(source).to_string();
            assert!(error.starts_with("the template cannot be used: "), "{error}");
        }
    }
}

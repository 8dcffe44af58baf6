//! Text composed of several columns: `{category} / {sub}[: {symptom}]`.

/// A template's parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template<C> {
    parts: Vec<Part<C>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part<C> {
    Text(String),
    Column(C),
    /// Left out where one of its columns says nothing.
    Optional(Vec<Part<C>>),
}

impl Template<String> {
    /// Reads a template. A brace or bracket that stands for itself is doubled.
    ///
    /// # Errors
    ///
    /// What is wrong, in words.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let mut outer = Vec::new();
        let mut inner: Option<Vec<Part<String>>> = None;
        let mut literal = String::new();
        let mut chars = text.chars().peekable();
        while let Some(character) = chars.next() {
            if matches!(character, '{' | '}' | '[' | ']') && chars.peek() == Some(&character) {
                chars.next();
                literal.push(character);
                continue;
            }
            if !matches!(character, '{' | '}' | '[' | ']') {
                literal.push(character);
                continue;
            }
            if !literal.is_empty() {
                let text = Part::Text(std::mem::take(&mut literal));
                inner.as_mut().unwrap_or(&mut outer).push(text);
            }
            match character {
                '{' => {
                    let mut name = String::new();
                    loop {
                        match chars.next() {
                            Some('}') => break,
                            Some(c) => name.push(c),
                            None => return Err("a `{` is never closed".to_owned()),
                        }
                    }
                    if name.trim().is_empty() {
                        return Err("`{}` names no column".to_owned());
                    }
                    let column = Part::Column(name.trim().to_owned());
                    inner.as_mut().unwrap_or(&mut outer).push(column);
                }
                '[' if inner.is_none() => inner = Some(Vec::new()),
                '[' => return Err("a `[` stands within another; `[[` writes one".to_owned()),
                ']' => match inner.take() {
                    Some(parts) if parts.iter().any(|part| matches!(part, Part::Column(_))) => {
                        outer.push(Part::Optional(parts));
                    }
                    Some(_) => return Err("no column stands between `[` and `]`".to_owned()),
                    None => return Err("a `]` has no `[`; `]]` writes one".to_owned()),
                },
                _ => return Err("a `}` has no `{`; `}}` writes one".to_owned()),
            }
        }
        if inner.is_some() {
            return Err("a `[` is never closed; `[[` writes one".to_owned());
        }
        if !literal.is_empty() {
            outer.push(Part::Text(literal));
        }
        if outer.iter().all(|part| matches!(part, Part::Text(_))) {
            return Err("it names no column; a fixed text is given with `value:`".to_owned());
        }
        Ok(Self { parts: outer })
    }

    /// The same template with each column's name looked up.
    ///
    /// # Errors
    ///
    /// The first error of `find`.
    pub(super) fn resolve<C, E>(
        &self,
        find: &mut impl FnMut(&str) -> Result<C, E>,
    ) -> Result<Template<C>, E> {
        Ok(Template { parts: resolved(&self.parts, find)? })
    }
}

fn resolved<C, E>(
    parts: &[Part<String>],
    find: &mut impl FnMut(&str) -> Result<C, E>,
) -> Result<Vec<Part<C>>, E> {
    parts
        .iter()
        .map(|part| {
            Ok(match part {
                Part::Text(text) => Part::Text(text.clone()),
                Part::Column(name) => Part::Column(find(name)?),
                Part::Optional(parts) => Part::Optional(resolved(parts, find)?),
            })
        })
        .collect()
}

impl<C: Copy> Template<C> {
    /// The text, with each column's value from `get`. `None` where a column
    /// outside brackets says nothing, or nothing is left.
    pub(super) fn expand<'a>(&self, get: &impl Fn(C) -> Option<&'a str>) -> Option<String> {
        let text = expanded(&self.parts, get)?;
        let text = text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }
}

fn expanded<'a, C: Copy>(parts: &[Part<C>], get: &impl Fn(C) -> Option<&'a str>) -> Option<String> {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Text(fixed) => text.push_str(fixed),
            Part::Column(column) => text.push_str(get(*column)?),
            Part::Optional(parts) => text.push_str(&expanded(parts, get).unwrap_or_default()),
        }
    }
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expand(template: &str) -> Option<String> {
        let template = Template::parse(template).expect(template);
        let template = template.resolve(&mut |name| Ok::<_, ()>(name.len())).expect("columns");
        template.expand(&|length| ["", "one", "two"].get(length).copied().filter(|t| !t.is_empty()))
    }

    #[test]
    fn columns_are_put_in() {
        assert_eq!(expand("{a} / {bb}").as_deref(), Some("one / two"));
        assert_eq!(expand("{ a }[: {bb}]").as_deref(), Some("one: two"));
        assert_eq!(expand("{a}[: {bbb}]").as_deref(), Some("one"));
        assert_eq!(expand("{bbb} {a}"), None);
        assert_eq!(expand("[{bbb}]"), None);
        assert_eq!(expand("{{{a}}} [[x]]").as_deref(), Some("{one} [x]"));
    }

    #[test]
    fn mistakes_are_named() {
        for text in ["plain", "{a", "{}", "a}", "[{a}", "{a}]", "[[{a} [x]", "[{a} [{b}]]", ""] {
            assert!(Template::parse(text).is_err(), "{text}");
        }
    }
}

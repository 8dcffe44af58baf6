//! Texts with answers in them: `Laptop for {employee}`.

/// A piece of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece<'a> {
    Text(&'a str),
    Name(&'a str),
}

fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((text, after)) = rest.split_once('{') {
        let is_name = |name: &str| {
            !name.is_empty()
                && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        };
        match after.split_once('}') {
            Some((name, end)) if is_name(name.trim()) => {
                pieces.push(Piece::Text(text));
                pieces.push(Piece::Name(name.trim()));
                rest = end;
            }
            // A brace that names nothing stands for itself.
            _ => {
                let upto = text.len() + 1;
                pieces.push(Piece::Text(rest.get(..upto).unwrap_or(rest)));
                rest = after;
            }
        }
    }
    pieces.push(Piece::Text(rest));
    pieces
}

/// The template with each name in braces replaced by what `value` gives; with
/// `-` where there is nothing.
pub fn fill(template: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    pieces(template)
        .into_iter()
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Name(name) => value(name).unwrap_or_else(|| "-".to_owned()),
        })
        .collect()
}

/// The names in braces.
pub fn names(template: &str) -> impl Iterator<Item = &str> {
    pieces(template).into_iter().filter_map(|piece| match piece {
        Piece::Name(name) => Some(name),
        Piece::Text(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_replaced() {
        let value = |name: &str| (name == "who").then(|| "Ann {x}".to_owned());
        for (template, text) in [
            ("For {who}", "For Ann {x}"),
            ("{ who }{what}", "Ann {x}-"),
            ("{", "{"),
            ("a {B} {who", "a {B} {who"),
            ("{}", "{}"),
            ("{{who}", "{Ann {x}"),
        ] {
            assert_eq!(fill(template, &value), text, "{template}");
        }
        assert_eq!(names("{a} b {c_1}").collect::<Vec<_>>(), ["a", "c_1"]);
    }
}

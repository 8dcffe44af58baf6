//! What the parser says, in the words of somebody who writes YAML by hand.

/// The nearest of `words` to what was written, if one is near.
pub(super) fn nearest<'a>(written: &str, words: &[&'a str]) -> Option<&'a str> {
    words
        .iter()
        .map(|word| (strsim::damerau_levenshtein(written, word), *word))
        .filter(|(distance, word)| *distance <= 1 + word.len() / 4)
        .min()
        .map(|(_, word)| word)
}

/// The words in back quotes after `expected`.
pub(super) fn expected(message: &str) -> Vec<&str> {
    message
        .split_once("expected ")
        .map(|(_, list)| list.split('`').skip(1).step_by(2).collect())
        .unwrap_or_default()
}

/// The message in plain words, and what to do about it. What the model's own
/// checks say is plain already.
pub(super) fn plain(message: &str) -> (String, Option<String>) {
    for (mark, told) in [
        ("unknown variant `", unknown_word as fn(&str) -> _),
        ("invalid type: ", wrong_type),
        ("invalid value: ", wrong_type),
    ] {
        // The path to the place comes first.
        if let Some((place, rest)) = message.split_once(mark)
            && (place.is_empty() || place.ends_with(": "))
            && let Some((said, hint)) = told(rest)
        {
            // A list at the top has no name.
            return (format!("{}{said}", place.trim_start_matches('.')), hint);
        }
    }
    (message.to_owned(), None)
}

fn unknown_word(rest: &str) -> Option<(String, Option<String>)> {
    let (written, _) = rest.split_once('`')?;
    let known = expected(rest);
    let possible = match &known[..] {
        [] => None,
        [only] => Some(format!("only `{only}` is")),
        [first @ .., last] => Some(format!("possible are {} and {last}", first.join(", "))),
    };
    let hint = match (nearest(written, &known), possible) {
        (Some(near), Some(possible)) => Some(format!("did you mean `{near}`? {possible}")),
        (_, possible) => possible,
    };
    Some((format!("`{written}` is not possible here"), hint))
}

fn wrong_type(rest: &str) -> Option<(String, Option<String>)> {
    let (found, wanted) = rest.split_once(", expected ")?;
    let wanted = match wanted {
        "a sequence" | "a list" => "a list, each item on a line that begins with `- `",
        "a map" => "a map, with lines such as `key: value`",
        "a string" | "string" | "str" => "text",
        "a boolean" | "bool" => "`true` or `false`",
        "unit" => "nothing",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "a map without duplicate keys" => "a map, with lines such as `key: value`",
        wanted if wanted.starts_with("struct ") || wanted.starts_with("tuple ") => {
            "a map, with lines such as `key: value`"
        }
        wanted => wanted,
    };
    Some((format!("here stands {}, but it must be {wanted}", something(found)), None))
}

/// What was found, as serde calls it.
fn something(found: &str) -> String {
    let value = |found: &str| {
        let (_, value) = found.split_once(' ')?;
        Some(value.trim_matches('`').to_owned())
    };
    match found {
        "map" => "a map".to_owned(),
        "sequence" => "a list".to_owned(),
        "null" | "unit value" | "Option value" => "nothing".to_owned(),
        _ if found.starts_with("string ") => found.replacen("string", "the text", 1),
        _ if found.starts_with("boolean ") => {
            value(found).map_or_else(|| found.to_owned(), |value| format!("`{value}`"))
        }
        _ if found.starts_with("integer ") || found.starts_with("floating point ") => {
            let number = found.rsplit('`').nth(1).unwrap_or(found);
            format!("the number {number}")
        }
        _ => found.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_plain_words() {
        for (said, plainly, hint) in [
            (
                "a.b[0]: unknown variant `creat`, expected one of `create`, `edit`",
                "a.b[0]: `creat` is not possible here",
                Some("did you mean `create`? possible are create and edit"),
            ),
            (
                "unknown variant `x`, expected one of `open`, `hold`, `closed`",
                "`x` is not possible here",
                Some("possible are open, hold and closed"),
            ),
            (
                "invalid type: map, expected a sequence",
                "here stands a map, but it must be a list, each item on a line that begins with `- `",
                None,
            ),
            (
                "includes[0]: invalid type: string \"b\", expected struct Include",
                "includes[0]: here stands the text \"b\", but it must be a map, with lines such as \
                 `key: value`",
                None,
            ),
            (
                "n: invalid value: integer `-1`, expected u32",
                "n: here stands the number -1, but it must be a whole number, 0 or more",
                None,
            ),
            (
                "b: invalid type: boolean `true`, expected a string",
                "b: here stands `true`, but it must be text",
                None,
            ),
            ("`9-17` are no hours", "`9-17` are no hours", None),
        ] {
            assert_eq!(plain(said), (plainly.to_owned(), hint.map(str::to_owned)));
        }
    }
}

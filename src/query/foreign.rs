//! Conditions as other query languages write them.

use super::{Field, Piece, QueryError};

/// What joins a field and its value in other languages.
const SIGNS: [char; 5] = ['=', '!', '<', '>', '~'];

/// Refuses a bare word that would be a condition elsewhere: looked for in texts
/// it would find nothing, or the opposite of what is meant.
///
/// # Errors
///
/// The word is such a condition; the hint says how it is written here.
pub(super) fn refuse(piece: &Piece) -> Result<(), QueryError> {
    // With a blank in it, it stood in quotation marks, before a star.
    let is_bare = !piece.quoted && !piece.text.contains(char::is_whitespace);
    let told = if is_bare { foreign(&piece.text) } else { None };
    told.map_or(Ok(()), |(message, hint)| {
        let hint = format!("{hint}; to search for the text itself, put it in quotation marks");
        Err(QueryError::new(piece.span, message).with_hint(hint))
    })
}

/// What is wrong with `text`, and what to write instead.
fn foreign(text: &str) -> Option<(String, String)> {
    if text == "&&" {
        return Some(("`&&` joins nothing".to_owned(), "leave it out, or write and".to_owned()));
    }
    if text == "||" {
        return Some(("`||` joins nothing".to_owned(), "write or".to_owned()));
    }
    if let Some(rest) =
        text.strip_prefix('!').filter(|rest| rest.starts_with(char::is_alphanumeric))
    {
        return Some(("`!` turns nothing round".to_owned(), format!("write not {rest}")));
    }
    if text.strip_prefix(':').is_some_and(|rest| rest.starts_with(char::is_alphanumeric)) {
        let message = format!("`{text}` stands without a field");
        return Some((message, format!("write for example status{text}, without blanks")));
    }
    let names = text.trim_start_matches('@');
    if names.len() < text.len() && names.starts_with(char::is_alphanumeric) {
        let message = format!("`{text}` is the name of no view");
        let names = names.split(['@', ',', ';', '+', '&', '|']);
        let names: Vec<&str> = names.filter(|name| !name.is_empty()).collect();
        let hint = match names.len() {
            0 | 1 => "`gitsm view list` shows them".to_owned(),
            _ => format!("write @{}, with blanks between", names.join(" @")),
        };
        return Some((message, hint));
    }
    let (name, rest) = text.split_at_checked(text.find(SIGNS)?)?;
    let value = rest.trim_start_matches(SIGNS);
    let sign = rest.strip_suffix(value)?;
    let message = format!("`{text}` is no condition: a colon stands behind a field");
    if matches!(text, "=" | "==" | "!=" | "<" | "<=" | ">" | ">=") {
        return Some((message, "write for example priority:<=P2, without blanks".to_owned()));
    }
    Field::named(&name.to_ascii_lowercase())?;
    let value = if value.is_empty() { "VALUE" } else { value };
    let (not, sign) = match sign {
        "<" | "<=" | ">" | ">=" => ("", sign),
        sign if sign.starts_with('!') => ("not ", ""),
        _ => ("", ""),
    };
    Some((message, format!("write {not}{name}:{sign}{value}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_of_other_languages_are_told_from_words() {
        for (text, instead) in [
            ("age>4h", Some("write age:>4h")),
            ("priority<=P2", Some("write priority:<=P2")),
            ("Priority=P1", Some("write Priority:P1")),
            ("status==new", Some("write status:new")),
            ("status!=new", Some("write not status:new")),
            ("title~crash", Some("write title:crash")),
            ("assignee=", Some("write assignee:VALUE")),
            ("custom.site=Oslo", Some("write custom.site:Oslo")),
            ("!crash", Some("write not crash")),
            ("!status:open", Some("write not status:open")),
            (":incident", Some("write for example status:incident, without blanks")),
            (">=", Some("write for example priority:<=P2, without blanks")),
            ("||", Some("write or")),
            ("&&", Some("leave it out, or write and")),
            ("@mine@team", Some("write @mine @team, with blanks between")),
            ("@mine,@team", Some("write @mine @team, with blanks between")),
            ("@angular/core", Some("`gitsm view list` shows them")),
            ("@@mine", Some("`gitsm view list` shows them")),
            ("@", None),
            ("bob@example.org", None),
            ("a=b", None),
            ("x->y", None),
            ("!", None),
            ("crash!", None),
            ("<script>", None),
            ("~/.profile", None),
            ("c++", None),
        ] {
            assert_eq!(foreign(text).map(|(_, hint)| hint).as_deref(), instead, "{text}");
        }
    }
}

//! From what somebody typed to what a record holds: one canonical text for each
//! answer, by the type of its question.

use std::str::FromStr;

use super::{Variable, VariableType};
use crate::model::{Timestamp, one_line, paragraph, same_but_case};

/// What stands for the answer to a masked question. The answer itself is not
/// kept: what is once in a repository is in every clone, for ever.
pub const WITHHELD: &str = "(withheld)";

/// What answers name, found by whoever knows the desk.
pub trait Lookup {
    /// The full id of the configuration item that `text` names.
    ///
    /// # Errors
    ///
    /// There is none, or several; the text says which.
    fn ci(&self, text: &str) -> Result<String, String>;

    /// The id of the person that `text` names.
    ///
    /// # Errors
    ///
    /// The desk knows nobody of that name.
    fn person(&self, text: &str) -> Result<String, String>;

    /// The day that `text` names, as `2026-11-22`; `today` is one.
    fn date(&self, text: &str) -> Option<String>;

    /// The time that `text` names.
    fn time(&self, text: &str) -> Option<Timestamp>;
}

/// Reads an answer to `variable`. Nothing, if nothing is left of it.
///
/// # Errors
///
/// Why it is no answer, in words that follow "`name`: ".
pub fn read(
    variable: &Variable,
    text: &str,
    lookup: &dyn Lookup,
) -> Result<Option<String>, String> {
    if variable.of == VariableType::MultiLine {
        return Ok(paragraph(text));
    }
    if text.trim().is_empty() {
        return Ok(None);
    }
    let text = &one_line(text).map_err(|error| error.to_string())?;
    let no = || format!("`{text}` is not {}", variable.wanted());
    let answer = match variable.of {
        VariableType::Text => text.clone(),
        VariableType::Select => chosen(variable, text).ok_or_else(no)?.to_owned(),
        VariableType::Multiple => several(variable, text)?,
        VariableType::Boolean => boolean(text).ok_or_else(no)?.to_owned(),
        VariableType::Number => number(text).ok_or_else(no)?,
        VariableType::Integer => {
            number(text).filter(|number| !number.contains('.')).ok_or_else(no)?
        }
        VariableType::Date => lookup.date(text).ok_or_else(no)?,
        VariableType::DateTime => lookup.time(text).ok_or_else(no)?.to_string(),
        VariableType::Duration => duration_text(seconds(text).ok_or_else(no)?),
        VariableType::Ci => lookup.ci(text)?,
        VariableType::Person | VariableType::RequestedFor => lookup.person(text)?,
        VariableType::Email => is_email(text).then(|| text.clone()).ok_or_else(no)?,
        VariableType::Url => is_url(text).then(|| text.clone()).ok_or_else(no)?,
        VariableType::Ip => core::net::IpAddr::from_str(text).map_err(|_| no())?.to_string(),
        VariableType::Masked => WITHHELD.to_owned(),
        VariableType::Label => return Err("it is a label and takes no answer".to_owned()),
        VariableType::MultiLine => return Ok(paragraph(text)),
    };
    within(variable, &answer, lookup)?;
    Ok(Some(answer))
}

/// Whether the answer keeps the bounds.
fn within(variable: &Variable, answer: &str, lookup: &dyn Lookup) -> Result<(), String> {
    let bound = |text: &Option<String>| -> Option<String> {
        let text = text.as_deref()?;
        match variable.of {
            VariableType::Number | VariableType::Integer => number(text),
            VariableType::Date => lookup.date(text),
            VariableType::DateTime => lookup.time(text).map(|time| time.to_string()),
            VariableType::Duration => seconds(text).map(duration_text),
            _ => None,
        }
    };
    let value = |text: &str| match variable.of {
        VariableType::Duration => seconds(text).map(|seconds| seconds as f64),
        _ => text.parse::<f64>().ok(),
    };
    let less = |a: &str, b: &str| match (value(a), value(b)) {
        (Some(a), Some(b)) => a < b,
        _ => a < b,
    };
    let too_small = bound(&variable.min).is_some_and(|min| less(answer, &min));
    if too_small || bound(&variable.max).is_some_and(|max| less(&max, answer)) {
        return Err(format!("`{answer}` is not {}", variable.wanted()));
    }
    Ok(())
}

fn chosen<'a>(variable: &'a Variable, text: &str) -> Option<&'a str> {
    let mut choices = variable.choices.iter().map(String::as_str);
    choices.find(|choice| same_but_case(choice, text))
}

/// The chosen ones in the order of the form, each once.
fn several(variable: &Variable, text: &str) -> Result<String, String> {
    let mut wanted = Vec::new();
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let choice = chosen(variable, part)
            .ok_or_else(|| format!("`{part}` is not {}", variable.wanted()))?;
        wanted.push(choice);
    }
    let choices = variable.choices.iter().map(String::as_str);
    let kept: Vec<&str> = choices.filter(|choice| wanted.contains(choice)).collect();
    if kept.is_empty() { Err("nothing is chosen".to_owned()) } else { Ok(kept.join(", ")) }
}

fn boolean(text: &str) -> Option<&'static str> {
    match text.to_ascii_lowercase().as_str() {
        "yes" | "y" | "true" | "on" | "1" => Some("yes"),
        "no" | "n" | "false" | "off" | "0" => Some("no"),
        _ => None,
    }
}

/// A decimal number in its plain form: `+07.50` becomes `7.50`.
fn number(text: &str) -> Option<String> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = match digits.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (digits, None),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_digits(whole) || !part.is_none_or(is_digits) || text.len() > 30 {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let plain = match part {
        Some(part) => format!("{whole}.{part}"),
        None => whole.to_owned(),
    };
    let is_nothing = plain.bytes().all(|b| matches!(b, b'0' | b'.'));
    Some(if is_nothing { plain } else { format!("{sign}{plain}") })
}

/// The seconds of `2h 30m`, `90m` or `1w`. Days and weeks are of 24 hours.
fn seconds(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut digits = String::new();
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let unit = match c.to_ascii_lowercase() {
            's' => 1,
            'm' => 60,
            'h' => 3_600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        let number: u64 = digits.parse().ok()?;
        total = total.checked_add(number.checked_mul(unit)?)?;
        digits.clear();
    }
    (digits.is_empty() && !text.trim().is_empty()).then_some(total)
}

/// Seconds as `1d 2h 30m`.
fn duration_text(mut seconds: u64) -> String {
    let mut parts = Vec::new();
    for (unit, length) in [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)] {
        if seconds >= length {
            parts.push(format!("{}{unit}", seconds / length));
            seconds %= length;
        }
    }
    if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") }
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |part: &str| {
        !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || "@<>,;\"()".contains(c))
    };
    let labels = || domain.split('.');
    plain(local) && plain(domain) && labels().count() > 1 && labels().all(|label| !label.is_empty())
}

fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    is_scheme
        && !host.is_empty()
        && !text.contains(|c: char| c.is_whitespace() || "<>\"".contains(c))
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::VariableName;

    /// Knows one CI, one person, and today.
    pub(in super::super) struct Desk;

    impl Lookup for Desk {
        fn ci(&self, text: &str) -> Result<String, String> {
            let known = text == "web-01";
            known.then(|| "CI-1".to_owned()).ok_or_else(|| format!("there is no CI `{text}`"))
        }

        fn person(&self, text: &str) -> Result<String, String> {
            Ok(if text == "me" { "alice".to_owned() } else { text.to_owned() })
        }

        fn date(&self, text: &str) -> Option<String> {
            let text = if text == "today" { "2026-11-22" } else { text };
            (text.len() == 10 && text.starts_with("20")).then(|| text.to_owned())
        }

        fn time(&self, text: &str) -> Option<Timestamp> {
            text.parse().ok()
        }
    }

    pub(in super::super) fn variable(of: VariableType) -> Variable {
        Variable {
            name: VariableName::new("v").expect("a name"),
            of,
            label: None,
            help: None,
            required: false,
            default: None,
            when: None,
            choices: Vec::new(),
            min: None,
            max: None,
        }
    }

    const TYPES: [VariableType; 18] = [
        VariableType::Text,
        VariableType::MultiLine,
        VariableType::Select,
        VariableType::Multiple,
        VariableType::Boolean,
        VariableType::Number,
        VariableType::Integer,
        VariableType::Date,
        VariableType::DateTime,
        VariableType::Duration,
        VariableType::Ci,
        VariableType::Person,
        VariableType::RequestedFor,
        VariableType::Email,
        VariableType::Url,
        VariableType::Ip,
        VariableType::Masked,
        VariableType::Label,
    ];

    #[test]
    fn answers_become_canonical() {
        let mut choice = variable(VariableType::Select);
        choice.choices = vec!["Mac".to_owned(), "ThinkPad".to_owned()];
        let many = Variable { of: VariableType::Multiple, ..choice.clone() };
        for (variable, text, answer) in [
            (variable(VariableType::Text), " a  b ", Some("a  b")),
            (variable(VariableType::Text), " ", None),
            (variable(VariableType::MultiLine), "a\n\n", Some("a\n")),
            (choice.clone(), "mac", Some("Mac")),
            (many, "thinkpad, MAC,mac", Some("Mac, ThinkPad")),
            (variable(VariableType::Boolean), "TRUE", Some("yes")),
            (variable(VariableType::Number), "+07.50", Some("7.50")),
            (variable(VariableType::Number), "-0", Some("0")),
            (variable(VariableType::Date), "today", Some("2026-11-22")),
            (variable(VariableType::Duration), "90m", Some("1h 30m")),
            (variable(VariableType::Duration), "1w", Some("7d")),
            (variable(VariableType::Ci), "web-01", Some("CI-1")),
            (variable(VariableType::Person), "me", Some("alice")),
            (variable(VariableType::Email), "a.b@example.com", Some("a.b@example.com")),
            (variable(VariableType::Url), "https://x.example/a", Some("https://x.example/a")),
            (variable(VariableType::Ip), "2001:DB8::1", Some("2001:db8::1")),
            (variable(VariableType::Masked), "s3cret", Some(WITHHELD)),
        ] {
            let read = read(&variable, text, &Desk);
            assert_eq!(read, Ok(answer.map(str::to_owned)), "{text}");
        }
        for (of, text) in [
            (VariableType::Boolean, "perhaps"),
            (VariableType::Number, "1e9"),
            (VariableType::Integer, "1.5"),
            (VariableType::Date, "soon"),
            (VariableType::Duration, "5"),
            (VariableType::Duration, "99999999999999999999d"),
            (VariableType::Ci, "web-99"),
            (VariableType::Email, "a@b"),
            (VariableType::Url, "example.com"),
            (VariableType::Ip, "1.2.3"),
            (VariableType::Label, "x"),
            (VariableType::Text, "a\nb"),
        ] {
            assert!(read(&variable(of), text, &Desk).is_err(), "{of:?} {text}");
        }
        let error = read(&choice, "amiga", &Desk);
        assert_eq!(error, Err("`amiga` is not one of Mac, ThinkPad".to_owned()));
    }

    #[test]
    fn bounds_are_kept() {
        let bounded = |of, min: &str, max: &str| Variable {
            min: Some(min.to_owned()),
            max: Some(max.to_owned()),
            ..variable(of)
        };
        let number = bounded(VariableType::Number, "2", "10");
        let date = bounded(VariableType::Date, "today", "2026-12-31");
        let span = bounded(VariableType::Duration, "30m", "8h");
        for (variable, text, good) in [
            (&number, "10", true),
            (&number, "9.5", true),
            (&number, "1", false),
            (&number, "11", false),
            (&date, "2026-11-22", true),
            (&date, "2026-11-21", false),
            (&span, "45m", true),
            (&span, "9h", false),
        ] {
            assert_eq!(read(variable, text, &Desk).is_ok(), good, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_canonical_answer_stays_as_it_is(at in 0..TYPES.len(), text in "[ -~]{0,12}") {
            let mut variable = variable(TYPES[at]);
            variable.choices = vec!["a".to_owned(), "b c".to_owned()];
            if let Ok(Some(answer)) = read(&variable, &text, &Desk)
                && variable.of != VariableType::Person
                && variable.of != VariableType::Ci
            {
                prop_assert_eq!(read(&variable, &answer, &Desk), Ok(Some(answer)));
            }
        }
    }
}

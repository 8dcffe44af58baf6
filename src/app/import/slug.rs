//! Words of another system as ids and codes.

use deunicode::deunicode_char;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::model::FieldKind;

/// Makes an id or code of `text`: lower case, accents off, other scripts in Latin
/// letters, everything else that cannot stand in it as one separator. `None` if a
/// letter has no counterpart, or nothing is left. Two names may so become one id;
/// [`Alike`](super::alike::Alike) tells.
pub(super) fn slug(text: &str, kind: FieldKind) -> Option<String> {
    let (separator, allowed): (char, &[char]) = match kind {
        FieldKind::Person => ('-', &['.', '_', '@', '+', '-']),
        FieldKind::Team => ('-', &['.', '_', '-']),
        _ => ('_', &['_']),
    };
    let mut slug = String::with_capacity(text.len());
    let mut letters = String::with_capacity(text.len());
    text.nfc().for_each(|character| letter(character, &mut letters));
    for character in letters.chars() {
        if character.is_ascii_alphanumeric() || allowed.contains(&character) {
            slug.push(character.to_ascii_lowercase());
        } else if character.is_alphanumeric() {
            return None;
        } else if !slug.ends_with(separator) {
            slug.push(separator);
        }
    }
    let slug = slug.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    (!slug.is_empty()).then(|| slug.to_owned())
}

/// Adds a letter as ids can hold it: without its accent, or in Latin letters.
fn letter(character: char, out: &mut String) {
    if character.is_ascii() {
        return out.push(character);
    }
    let plain: String = std::iter::once(character)
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(latin)
        .collect();
    let foreign = plain.chars().any(|c| !c.is_ascii() && c.is_alphanumeric());
    match deunicode_char(character).filter(|_| foreign) {
        Some(told) => out.push_str(told),
        None => out.push_str(&plain),
    }
}

/// Letters of the Latin alphabet that no accent makes, as those that are written
/// for them where there are none; anything else as it is.
fn latin(character: char) -> impl Iterator<Item = char> {
    let two = match character.to_lowercase().next().unwrap_or(character) {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'ı' => "i",
        'ŋ' => "ng",
        _ => "",
    };
    two.chars().chain(two.is_empty().then_some(character))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{PersonId, StateName, TeamId};

    #[test]
    fn words_become_ids() {
        let person = |text| slug(text, FieldKind::Person);
        assert_eq!(person("Opened by  8").as_deref(), Some("opened-by-8"));
        assert_eq!(person("Łukasz Żółć").as_deref(), Some("lukasz-zolc"));
        assert_eq!(person("Þór Øst Weiß").as_deref(), Some("thor-ost-weiss"));
        assert_eq!(person("Đorđe Ærø").as_deref(), Some("dorde-aero"));
        assert_eq!(person("Zoë Müller").as_deref(), Some("zoe-muller"));
        assert_eq!(person("Bob.Smith@Example.com").as_deref(), Some("bob.smith@example.com"));
        assert_eq!(slug("Group 56", FieldKind::Team).as_deref(), Some("group-56"));
        assert_eq!(slug("code 5", FieldKind::Word).as_deref(), Some("code_5"));
        assert_eq!(
            slug("Closed/Resolved by Caller", FieldKind::Word).as_deref(),
            Some("closed_resolved_by_caller")
        );
        assert_eq!(person("Иван Петров").as_deref(), Some("ivan-petrov"));
        assert_eq!(person("Γιώργος").as_deref(), Some("giorgos"));
        assert_eq!(person("北京 Smith").as_deref(), Some("bei-jing-smith"));
        assert_eq!(slug("技術", FieldKind::Team).as_deref(), Some("ji-shu"));
        for text in ["", "---", "🙂", "\u{10ffff}"] {
            assert_eq!(person(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_comes_out_is_a_name(text in "\\PC{1,80}") {
            if let Some(id) = slug(&text, FieldKind::Person) {
                proptest::prop_assert!(id.len() > 100 || PersonId::new(id).is_ok());
            }
            if let Some(id) = slug(&text, FieldKind::Team) {
                proptest::prop_assert!(id.len() > 100 || TeamId::new(id).is_ok());
            }
            if let Some(id) = slug(&text, FieldKind::Word) {
                proptest::prop_assert!(id.len() > 100 || StateName::new(id).is_ok());
            }
        }
    }
}

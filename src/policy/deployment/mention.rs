//! The tickets that messages of commits mention.

use crate::model::{IdPattern, Kind};

/// A ticket that a message mentions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// As it stands there: an id, its ending, or a number of another system.
    pub text: String,
    /// Whether the commit mends it, and does not just have to do with it.
    pub mends: bool,
    /// Whether a word says that it is a ticket, so that one that there is not
    /// is worth telling.
    pub is_named: bool,
}

/// Words before tickets that a commit mends, as GitHub and GitLab have them.
const MENDS: &[&str] = &[
    "fix",
    "fixes",
    "fixed",
    "fixing",
    "close",
    "closes",
    "closed",
    "closing",
    "resolve",
    "resolves",
    "resolved",
    "resolving",
    "implement",
    "implements",
    "implemented",
];
/// Words before tickets that it has to do with.
const REFERS: &[&str] =
    &["ref", "refs", "reference", "references", "see", "ticket", "tickets", "relates", "related"];
/// Words that may stand between the word and the ticket.
const BETWEEN: &[&str] = &["and", "to", "issue", "ticket", "incident", "problem", "change"];
/// The trailer that names tickets of whatever system.
const TRAILER: &str = "ticket";

/// How many tickets a message can mention.
const MOST: usize = 50;
/// The longest name of a ticket.
const LONGEST: usize = 64;

/// The tickets that `message` mentions, each once, in their order: after words
/// such as `Fixes` and `Refs`, in `Ticket:` trailers, and ids of this desk
/// wherever they stand, such as in the subject of a merge.
pub fn mentions(message: &str) -> Vec<Mention> {
    let mut found: Vec<Mention> = Vec::new();
    for line in message.lines() {
        let trailer = line.split_once(':').filter(|(key, _)| {
            let key = key.trim();
            key.eq_ignore_ascii_case(TRAILER) || key.eq_ignore_ascii_case("tickets")
        });
        if let Some((_, names)) = trailer {
            let names = names.split([',', ' ', '\t', ';']).map(bare);
            for name in names.filter(|name| is_name(name)) {
                add(&mut found, name, false, true);
            }
            continue;
        }
        of_line(line, &mut found);
    }
    found.truncate(MOST);
    found
}

fn of_line(line: &str, found: &mut Vec<Mention>) {
    // What the last word that says so makes of the tickets after it.
    let mut mends = None;
    for word in line.split(|c: char| c.is_whitespace() || c == ',') {
        let name = bare(word);
        if name.is_empty() {
            continue;
        }
        let lower = name.to_ascii_lowercase();
        if MENDS.contains(&lower.as_str()) {
            mends = Some(true);
        } else if REFERS.contains(&lower.as_str()) {
            mends = Some(false);
        } else if mends.is_some() && is_number(name) {
            add(found, name, mends == Some(true), true);
        } else if !ids(name).is_empty() {
            for id in ids(name) {
                add(found, id, mends == Some(true), mends.is_some() && id == name);
            }
        } else if !BETWEEN.contains(&lower.as_str()) {
            mends = None;
        }
    }
}

/// A word without the signs around it.
fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != '#')
}

/// Whether the word can be the name of a ticket somewhere.
fn is_name(word: &str) -> bool {
    (2..=LONGEST).contains(&word.len())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || "-_#/.".contains(c))
}

/// Whether the word is a ticket's number as other systems have them: capital
/// letters, perhaps a hyphen, and digits (`INC0000045`, `OPS-12`); or an id of
/// this desk.
fn is_number(word: &str) -> bool {
    let upper = word.to_ascii_uppercase();
    if id(&upper).is_some_and(|id| id == upper) {
        return true;
    }
    let digits = word.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let letters = word.len() - digits.len();
    let digits = digits.strip_prefix('-').unwrap_or(digits);
    letters >= 2
        && !digits.is_empty()
        && word.len() <= LONGEST
        && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// The ids of this desk in a word such as `team/INC-7K3F9Q-crash`.
fn ids(word: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in word.char_indices() {
        let is_start = word.get(..at).and_then(|before| before.chars().next_back());
        if is_start.is_none_or(|before| !before.is_alphanumeric())
            && let Some(id) = word.get(at..).and_then(id)
        {
            found.push(id);
        }
    }
    found
}

/// The id that `text` begins with.
fn id(text: &str) -> Option<&str> {
    let tickets = Kind::ALL.into_iter().filter(|kind| kind.is_ticket());
    let prefix = tickets
        .map(Kind::prefix)
        .find(|prefix| text.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('-')))?;
    let rest = text.get(prefix.len() + 1..)?;
    let length = rest.bytes().take_while(u8::is_ascii_alphanumeric).count();
    if rest.bytes().take(length).any(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let id = text.get(..prefix.len() + 1 + length)?;
    // `INC-LINE` could be an ending too; what people copy has six or more.
    (length >= 6 && IdPattern::parse(id).is_some()).then_some(id)
}

fn add(found: &mut Vec<Mention>, text: &str, mends: bool, is_named: bool) {
    match found.iter_mut().find(|mention| mention.text.eq_ignore_ascii_case(text)) {
        Some(mention) => {
            mention.mends |= mends;
            mention.is_named |= is_named;
        }
        None => found.push(Mention { text: text.to_owned(), mends, is_named }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn told(message: &str) -> Vec<String> {
        let one = |mention: Mention| {
            let sign = if mention.mends { "!" } else { "" };
            let doubt = if mention.is_named { "" } else { "?" };
            format!("{sign}{}{doubt}", mention.text)
        };
        mentions(message).into_iter().map(one).collect()
    }

    #[test]
    fn tickets_are_found_where_people_write_them() {
        for (message, wanted) in [
            ("Fixes INC-7K3F9Q", vec!["!INC-7K3F9Q"]),
            (
                "fixed: INC-7K3F9Q, INC-AAAAAA and PRB-BBBBBB.",
                vec!["!INC-7K3F9Q", "!INC-AAAAAA", "!PRB-BBBBBB"],
            ),
            ("Closes INC0000045 (refs OPS-12)", vec!["!INC0000045", "OPS-12"]),
            ("Tidy up\n\nTicket: OPS-12, #7\nSigned-off-by: A <a@b>", vec!["OPS-12", "#7"]),
            ("Merge branch 'INC-7K3F9Q-crash' into main", vec!["INC-7K3F9Q?"]),
            ("Merge pull request #5 from team/INC-7K3F9Q", vec!["INC-7K3F9Q?"]),
            ("Close the file when it is read", vec![]),
            ("Fix a bug in UTF-8", vec![]),
            ("Fixes the crash of INC-7K3F9Q", vec!["INC-7K3F9Q?"]),
            ("See CHG-7K3F9Q", vec!["CHG-7K3F9Q"]),
            ("INC-rement by one", vec![]),
            ("Refs INC-7K3F9Q\nFixes inc-7k3f9q INC-7K3F9Q", vec!["!INC-7K3F9Q"]),
            ("Resolves INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q", vec!["!INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q"]),
            ("", vec![]),
        ] {
            assert_eq!(told(message), wanted, "{message}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in ".{0,300}", at in 0usize..300) {
            let all = mentions(&text);
            prop_assert!(all.len() <= MOST);
            prop_assert!(all.iter().all(|mention| text.contains(&mention.text)));
            // A ticket on a line of its own is found whatever stands around it.
            let cut = text.char_indices().map(|(at, _)| at).nth(at).unwrap_or(0);
            let (before, after) = text.split_at(cut);
            let with = format!("{before}\nFixes INC-7K3F9Q\n{after}");
            if all.len() < MOST {
                let mut found = mentions(&with).into_iter();
                prop_assert!(found.any(|mention| mention.text == "INC-7K3F9Q" && mention.mends));
            }
        }
    }
}

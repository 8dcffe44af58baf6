//! The tickets that a commit message names.

use crate::app::Session;
use crate::error::{CommandError, ErrorKind};
use crate::model::{IdPattern, Kind};

/// More than these are not looked up.
const MOST: usize = 50;

/// What git cuts a message off at.
const SCISSORS: &str = " ------------------------ >8 ------------------------";
/// What git begins comments with where it may choose (`auto`).
const CHOICE: &str = "#;@!$%^&|:";

/// What comments of `message` begin with, where git's configuration says `setting`
/// (`core.commentString` or `core.commentChar`). What git has chosen itself stands
/// before the scissors, else at the beginning of the last line.
pub fn comment<'a>(setting: Option<&'a str>, message: &'a str) -> &'a str {
    match setting {
        None => "#",
        Some("auto") => {
            let cut = message.lines().find_map(|line| line.strip_suffix(SCISSORS));
            let last = || message.lines().rev().find(|line| !line.trim().is_empty());
            let chosen = || last()?.get(..1).filter(|first| CHOICE.contains(first));
            cut.or_else(chosen).unwrap_or("#")
        }
        Some(comment) => comment,
    }
}

/// The ids in the message, each once, as they are written. What git throws away
/// (lines that begin with `comment`, and what follows the scissors) does not count.
pub fn tickets<'a>(message: &'a str, comment: &str) -> Vec<&'a str> {
    let mut found: Vec<&str> = Vec::new();
    for line in message.lines() {
        if let Some(rest) = line.strip_prefix(comment) {
            if rest == SCISSORS {
                break;
            }
            continue;
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        for word in line.split(|c| !is_part(c)) {
            if is_ticket(word) && !found.contains(&word) && found.len() < MOST {
                found.push(word);
            }
        }
    }
    found
}

/// Whether a word looks like an id: `CI-build` is a word like any other.
fn is_ticket(word: &str) -> bool {
    let Some((prefix, tail)) = word.split_once('-') else { return false };
    Kind::ALL.into_iter().any(|kind| kind.prefix() == prefix)
        && tail.bytes().any(|byte| byte.is_ascii_digit())
        && IdPattern::parse(word).is_some()
}

/// What is wrong with the tickets that the message names, a line each.
///
/// # Errors
///
/// The desk cannot be asked.
pub fn doubts(
    session: &Session,
    message: &str,
    comment: &str,
) -> Result<Vec<String>, CommandError> {
    let mut doubts = Vec::new();
    for ticket in tickets(message, comment) {
        match session.find(ticket) {
            Ok(_) => {}
            Err(error) if error.kind == ErrorKind::NotFound => {
                let first = error.message.lines().next().unwrap_or_default().to_owned();
                doubts.push(first);
            }
            Err(error) => return Err(error),
        }
    }
    Ok(doubts)
}

#[cfg(test)]
mod tests {
    use super::{comment, tickets};

    #[test]
    fn only_what_looks_like_an_id_is_looked_up() {
        let message = "Mend INC-7K3F9Q and (CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q)\n\n\
                       CI-build, INC-, XINC-7K3F9Q, INC-7K3F9Q again, PRB-0001.\n\
                       # REQ-COMM3NT\n# ------------------------ >8 ------------------------\n\
                       INC-D1FF00\n";
        assert_eq!(
            tickets(message, "#"),
            ["INC-7K3F9Q", "CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q", "PRB-0001"]
        );
        assert_eq!(tickets(&"INC-0001 ".repeat(9), "#"), ["INC-0001"]);
    }

    #[test]
    fn comments_are_what_git_takes_for_comments() {
        let message = "#12 mends INC-0001\n// INC-0002\n\n; INC-0003\n";
        assert_eq!(comment(None, message), "#");
        assert_eq!(tickets(message, comment(Some("//"), message)), ["INC-0001", "INC-0003"]);
        assert_eq!(comment(Some("auto"), message), ";");
        assert_eq!(tickets(message, ";"), ["INC-0001", "INC-0002"]);
        let cut = "INC-0001\n@ Lines\n@ ------------------------ >8 ------------------------\n\
                   diff\n+INC-0002\n";
        assert_eq!(comment(Some("auto"), cut), "@");
        assert_eq!(tickets(cut, "@"), ["INC-0001"]);
        // Nothing was chosen where git has added nothing.
        assert_eq!(comment(Some("auto"), "Mend it\n"), "#");
        assert_eq!(comment(Some("auto"), ""), "#");
        assert_eq!(comment(Some("auto"), "\u{e9}t\u{e9}\n"), "#");
    }
}

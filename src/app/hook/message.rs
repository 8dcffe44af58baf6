//! The tickets that a commit message names.

use crate::app::Session;
use crate::error::{CommandError, ErrorKind};
use crate::model::{IdPattern, Kind};

/// More than these are not looked up.
const MOST: usize = 50;

/// The ids in the message, each once, as they are written. What git throws away
/// (comments, and what follows the scissors) does not count.
pub fn tickets(message: &str) -> Vec<&str> {
    let mut found: Vec<&str> = Vec::new();
    for line in message.lines() {
        if line.starts_with("# ---") && line.contains(">8") {
            break;
        }
        if line.starts_with('#') {
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
pub fn doubts(session: &Session, message: &str) -> Result<Vec<String>, CommandError> {
    let mut doubts = Vec::new();
    for ticket in tickets(message) {
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
    use super::tickets;

    #[test]
    fn only_what_looks_like_an_id_is_looked_up() {
        let message = "Mend INC-7K3F9Q and (CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q)\n\n\
                       CI-build, INC-, XINC-7K3F9Q, INC-7K3F9Q again, PRB-0001.\n\
                       # REQ-COMM3NT\n# ------------------------ >8 ------------------------\n\
                       INC-D1FF00\n";
        assert_eq!(tickets(message), ["INC-7K3F9Q", "CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q", "PRB-0001"]);
        assert_eq!(tickets(&"INC-0001 ".repeat(9)), ["INC-0001"]);
    }
}

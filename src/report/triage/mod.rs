//! The analyst's three questions about a ticket, answered from what the desk
//! knows: has it been seen before, does it need a change, what is concerned.
//!
//! Pure: the records to compare with, how often words occur, and the time come
//! from the caller. Every figure can be worked out by hand from what is shown.

mod change;
mod propose;
mod score;
mod seen;
mod words;

pub use change::{Around, ChangeSeen, ProblemSeen, need, window};
pub use propose::{Neighbour, propose, proposes};
pub use score::{Scored, Subject, contributing, score};
pub use seen::{answer, by_likeness, is_duplicate, is_earlier_case, recurring};
pub use words::{Weighed, Word, distinct, mentions, weigh, words};

/// How like a record must be to be listed, in percent.
pub const LISTED: u8 = 25;
/// How like a record must be to count as much like the ticket, in percent.
pub const ALIKE: u8 = 50;
/// How like an open ticket must be to be taken for a duplicate, in percent.
pub const SAME: u8 = 70;

/// How many of a past ticket's days make its nearness in time count half.
const HALF_LIFE: i64 = 30 * DAY;
const HOUR: i64 = 60 * 60;
const DAY: i64 = 24 * HOUR;

/// `part` of `whole` in percent, rounded to the nearest; 0 of nothing.
fn percent(part: f64, whole: f64) -> u8 {
    if whole <= 0.0 {
        return 0;
    }
    (part / whole * 100.0).round().clamp(0.0, 100.0) as u8
}

/// A command's argument as a shell takes it.
pub fn argument(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_./:@%+=,-".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod sample;

//! Whether a ticket has been seen before.

use std::cmp::Ordering;

use super::{ALIKE, DAY, SAME};
use crate::model::{Record, RecordId, StateCategory, Timestamp};
use crate::outcome::{PartName, Recurring, SeenAnswer, Similar};

use super::score::Scored;

/// Tickets opened further apart are no duplicates but a recurrence.
const DUPLICATE_WITHIN: i64 = 7 * DAY;
/// How much of the text duplicates must share, in percent.
const SAME_TEXT: u8 = 60;
/// So many tickets within so many days recur.
const RECURRING: usize = 3;
const RECURRING_DAYS: u32 = 30;

/// The order of similar records: the more alike first, then the younger.
pub fn by_likeness(a: (u8, RecordId), b: (u8, RecordId)) -> Ordering {
    b.0.cmp(&a.0).then_with(|| b.1.ulid().cmp(&a.1.ulid())).then_with(|| a.1.cmp(&b.1))
}

/// Whether one of two open tickets is likely to be a duplicate of the other.
/// The states are those of the ticket and of the other.
pub fn is_duplicate(
    (ours, our_state): (&Record, StateCategory),
    (theirs, their_state): (&Record, StateCategory),
    scored: &Scored,
) -> bool {
    let gap = ours.opened_at().seconds().saturating_sub(theirs.opened_at().seconds());
    ours.kind() == theirs.kind()
        && our_state.is_open()
        && their_state.is_open()
        && gap.saturating_abs() <= DUPLICATE_WITHIN
        && scored.score >= SAME
        && scored.share(PartName::Text) >= Some(SAME_TEXT)
}

/// Whether a ticket with this score, opened at `theirs`, is an earlier case of
/// the one that was opened at `ours`.
pub fn is_earlier_case(ours: Timestamp, score: u8, theirs: Timestamp) -> bool {
    let gap = ours.seconds().saturating_sub(theirs.seconds());
    score >= ALIKE && (0..=i64::from(RECURRING_DAYS) * DAY).contains(&gap)
}

/// Whether a ticket with so many earlier cases comes again and again: at least
/// three within 30 days, this one among them.
pub fn recurring(earlier: usize) -> Option<Recurring> {
    let tickets = earlier + 1;
    (tickets >= RECURRING).then_some(Recurring { tickets, days: RECURRING_DAYS, next: None })
}

/// The answer in one word.
pub fn answer(tickets: &[Similar], problems: &[Similar]) -> SeenAnswer {
    let alike = |similar: &Similar| similar.score >= ALIKE || similar.linked.is_some();
    let is_behind = |problem: &Similar| {
        matches!(problem.linked, Some("caused_by" | "relates_to")) || problem.score >= ALIKE
    };
    if tickets.iter().any(|similar| similar.duplicate || similar.linked == Some("duplicate_of")) {
        SeenAnswer::Duplicate
    } else if problems.iter().any(is_behind) {
        SeenAnswer::KnownProblem
    } else if tickets.iter().any(alike) {
        SeenAnswer::Similar
    } else if !tickets.is_empty() || !problems.is_empty() {
        SeenAnswer::Hardly
    } else {
        SeenAnswer::No
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sample;
    use super::*;
    use crate::outcome::Part;

    fn scored(score: u8, text: u8) -> Scored {
        let part = Part { part: PartName::Text, points: text, of: 100, why: String::new() };
        Scored { score, parts: vec![part] }
    }

    #[test]
    fn duplicates_are_open_near_in_time_and_say_the_same() {
        let open = StateCategory::Open;
        let ours = sample::incident(1, json!({}));
        let near = sample::incident(2, json!({"opened_at": "2026-11-16T09:00:00Z"}));
        let far = sample::incident(2, json!({"opened_at": "2026-11-14T09:00:00Z"}));
        let check = |other, state, score, text| {
            is_duplicate((&ours, open), (other, state), &scored(score, text))
        };
        assert!(check(&near, open, 70, 60));
        assert!(check(&near, StateCategory::Hold, 70, 60));
        assert!(!check(&near, open, 69, 60));
        assert!(!check(&near, open, 70, 59));
        assert!(!check(&near, StateCategory::Closed, 90, 90));
        assert!(!check(&far, open, 90, 90));
    }

    #[test]
    fn three_in_thirty_days_recur() {
        let now: Timestamp = "2026-11-22T09:00:00Z".parse().expect("a time");
        let ago = |days: i64| Timestamp::from_seconds(now.seconds() - days * DAY);
        let count = |similar: &[(u8, i64)]| {
            let is_case = |(score, days): &&(u8, i64)| is_earlier_case(now, *score, ago(*days));
            recurring(similar.iter().filter(is_case).count()).map(|found| found.tickets)
        };
        assert_eq!(count(&[(60, 1), (50, 30)]), Some(3));
        assert_eq!(count(&[(60, 1), (49, 2), (80, 31), (80, -1)]), None);
    }

    #[test]
    fn the_more_alike_and_then_the_younger_comes_first() {
        let id = |number| sample::id(crate::model::Kind::Incident, number);
        let mut found = [(50, id(1)), (60, id(2)), (50, id(3))];
        found.sort_by(|a, b| by_likeness(*a, *b));
        assert_eq!(found.map(|(_, id)| u128::from(id.ulid())), [2, 3, 1]);
    }
}

//! When a change could be carried out without any conflict.

use super::find::compared;
use super::{Around, Facts};
use crate::model::Timestamp;
use crate::policy::interval::{self, Interval};

/// How far ahead is looked for a free time (ServiceNow: 90 days).
pub const HORIZON_DAYS: i64 = 90;

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// How long it takes, in seconds, more than none.
    pub seconds: i64,
    /// Where to look.
    pub within: Interval,
    /// How many to find.
    pub most: usize,
}

/// The first times at which the change has no conflict, one after the other;
/// what it accepted does not matter. The time for which it is planned now is
/// as good as any.
pub fn slots(facts: &Facts<'_>, wanted: &Wanted) -> Vec<Interval> {
    let Wanted { seconds, within, most } = *wanted;
    let mut found = Vec::new();
    if seconds <= 0 {
        return found;
    }
    for time in free(facts, within) {
        let mut start = time.from();
        while found.len() < most {
            let end = start.seconds().checked_add(seconds).map(Timestamp::from_seconds);
            let slot = end.and_then(|end| Interval::new(start, end));
            let Some(slot) = slot.filter(|slot| time.covers(*slot)) else { break };
            found.push(slot);
            start = slot.to();
        }
    }
    found
}

/// The times in `within` at which nothing is in the way.
fn free(facts: &Facts<'_>, within: Interval) -> Vec<Interval> {
    let windows = facts.windows;
    let own = compared(windows.detection, &facts.change.cis);
    let around = Around::of(own, facts.ties);
    let items = || around.own.iter().chain(&around.parents).chain(&around.children).copied();
    let mut free = vec![within];
    for times in items().filter_map(|ci| windows.times(ci, within)) {
        free = interval::shared(&free, &times);
    }
    let all: Vec<_> = items().collect();
    let mut taken: Vec<Interval> = Vec::new();
    for freeze in windows.freezes().iter().filter(|freeze| freeze.is_for(&all)) {
        taken.push(freeze.span);
    }
    for other in super::find::others(facts, within) {
        let is_busy = facts.change.assignee.is_some() && facts.change.assignee == other.assignee;
        let theirs = compared(windows.detection, &other.cis);
        if is_busy || theirs.iter().any(|ci| all.contains(ci)) {
            taken.extend(other.span);
        }
    }
    interval::without(&free, &interval::merged(taken))
}

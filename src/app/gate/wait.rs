//! Asking the gate again and again.

use std::time::Duration;

use super::Asked;
use crate::clock::Stopwatch;
use crate::model::Timestamp;
use crate::outcome::GateView;

/// The first pause, and the longest.
const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(30);

/// Asks until it may go, until waiting cannot mend what is in the way, or until
/// the time is over; then the last answer stands, which is never "allow".
pub(super) fn until(at_most: Duration, mut ask: impl FnMut() -> Asked) -> GateView {
    let watch = Stopwatch::start();
    let mut pause = FIRST;
    loop {
        let Asked { view, answer } = ask();
        let left = at_most.saturating_sub(watch.elapsed());
        let seconds = i64::try_from(left.as_secs()).unwrap_or(i64::MAX);
        let deadline = Timestamp::from_seconds(view.at.seconds().saturating_add(seconds));
        if left.is_zero() || !answer.may_heal_by(deadline) {
            return view;
        }
        watch.pause(pause.min(left));
        pause = (pause * 2).min(LONGEST);
    }
}

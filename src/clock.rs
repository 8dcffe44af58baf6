//! The clock and the source of ids: the only place where the time is read and
//! randomness is drawn, so that everything else can be given both.

use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, FixedOffset, Local, Utc};
use ulid::{Generator, Ulid};

use crate::model::Timestamp;

/// The time, real or fixed for tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clock {
    fixed: Option<Timestamp>,
}

impl Clock {
    /// The machine's clock.
    pub const fn system() -> Self {
        Self { fixed: None }
    }

    /// A clock that stands still, for tests and replays.
    pub const fn fixed(at: Timestamp) -> Self {
        Self { fixed: Some(at) }
    }

    /// The present second.
    #[expect(clippy::disallowed_methods, reason = "this is the place where the clock is read")]
    pub fn now(self) -> Timestamp {
        self.fixed.unwrap_or_else(|| Timestamp::new(Utc::now()))
    }

    /// Whether the time was given, and is not that of this machine.
    pub const fn is_given(self) -> bool {
        self.fixed.is_some()
    }

    /// The machine's offset from UTC at `at`.
    pub fn local_offset(self, at: Timestamp) -> FixedOffset {
        *at.to_utc().with_timezone(&Local).offset()
    }

    /// `at` on the wall clock of this machine.
    pub fn local(self, at: Timestamp) -> DateTime<FixedOffset> {
        at.to_utc().with_timezone(&self.local_offset(at))
    }

    /// A new unique id whose time part is `at`.
    ///
    /// The rest is fresh randomness each time, never a count, so that records
    /// spread evenly over the folders however many are made at once.
    pub fn fresh_id(self, at: Timestamp) -> Ulid {
        let millis = u64::try_from(at.seconds()).unwrap_or_default().saturating_mul(1000);
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(millis + self.millis());
        loop {
            // A new generator draws all 80 bits anew; it fails only when its
            // draw leaves no room to count up, which it is never asked to.
            if let Ok(id) = Generator::new().generate_from_datetime(time) {
                return id;
            }
        }
    }

    /// The milliseconds of the present second, so that ids made by hand sort by
    /// the order in which they were made; none when the clock is fixed.
    #[expect(clippy::disallowed_methods, reason = "this is the place where the clock is read")]
    fn millis(self) -> u64 {
        if self.fixed.is_some() { 0 } else { u64::from(Utc::now().timestamp_subsec_millis()) }
    }
}

/// Real time that passes, whatever the clock says.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Begins now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// How long ago it was begun.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// Lets time pass.
    pub fn pause(&self, length: Duration) {
        std::thread::sleep(length);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_carry_the_given_time_and_differ() {
        let at = Timestamp::from_seconds(1_764_000_000);
        let clock = Clock::fixed(at);
        let (a, b) = (clock.fresh_id(at), clock.fresh_id(at));
        assert_ne!(a, b);
        assert_eq!(a.timestamp_ms(), 1_764_000_000_000);
        assert_eq!(a.timestamp_ms(), b.timestamp_ms());
    }
}

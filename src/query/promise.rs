//! What queries can ask about commitments: how they stand, and when they are
//! due.

use crate::model::Timestamp;

/// A commitment on a record, as far as queries see it. Nothing in it depends on
/// now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promise {
    /// The name of its definition.
    pub name: String,
    pub standing: PromiseStanding,
    /// When it is due if nothing happens; `None` while its clock stands still.
    pub due: Option<Timestamp>,
    /// When it passes its first warning.
    pub warn: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
}

/// How a commitment stands, whatever the time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromiseStanding {
    Running,
    Paused,
    Met,
    Missed,
    Cancelled,
}

impl PromiseStanding {
    /// All of them; a number is its place.
    pub const ALL: [PromiseStanding; 5] = [
        PromiseStanding::Running,
        PromiseStanding::Paused,
        PromiseStanding::Met,
        PromiseStanding::Missed,
        PromiseStanding::Cancelled,
    ];

    /// Whether it has not ended.
    pub const fn is_open(self) -> bool {
        matches!(self, PromiseStanding::Running | PromiseStanding::Paused)
    }
}

/// A condition on the commitments of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SlaTest {
    /// There are none but cancelled ones.
    None,
    /// There is one of this name, not cancelled.
    Named(String),
    /// One is open and runs.
    Running,
    /// One is open and stands still.
    Paused,
    /// One was fulfilled in time.
    Met,
    /// One is or was late, as of now.
    Breached(Timestamp),
    /// One is open, not late, and past its first warning now.
    AtRisk(Timestamp),
}

impl SlaTest {
    /// The words that stand for one, besides names.
    pub const WORDS: [&'static str; 6] =
        ["breached", "met", "running", "paused", "at_risk", "none"];

    /// The test that `word` stands for.
    pub fn of(word: &str, now: Timestamp) -> Option<Self> {
        match word.to_ascii_lowercase().replace('-', "_").as_str() {
            "breached" => Some(SlaTest::Breached(now)),
            "met" => Some(SlaTest::Met),
            "running" => Some(SlaTest::Running),
            "paused" => Some(SlaTest::Paused),
            "at_risk" => Some(SlaTest::AtRisk(now)),
            "none" => Some(SlaTest::None),
            _ => None,
        }
    }

    /// Whether it holds for a record with these commitments.
    pub fn holds(&self, promises: &[Promise]) -> bool {
        match self {
            SlaTest::None => {
                promises.iter().all(|each| each.standing == PromiseStanding::Cancelled)
            }
            _ => promises.iter().any(|each| self.holds_for(each)),
        }
    }

    fn holds_for(&self, promise: &Promise) -> bool {
        let standing = promise.standing;
        match self {
            SlaTest::None => false,
            SlaTest::Named(name) => {
                standing != PromiseStanding::Cancelled && promise.name.eq_ignore_ascii_case(name)
            }
            SlaTest::Running => standing == PromiseStanding::Running,
            SlaTest::Paused => standing == PromiseStanding::Paused,
            SlaTest::Met => standing == PromiseStanding::Met,
            SlaTest::Breached(now) => promise.is_breached(*now),
            SlaTest::AtRisk(now) => promise.is_at_risk(*now),
        }
    }
}

impl Promise {
    /// Whether it is or was late.
    pub fn is_breached(&self, now: Timestamp) -> bool {
        match self.standing {
            PromiseStanding::Missed => true,
            standing => standing.is_open() && self.due.is_some_and(|due| due <= now),
        }
    }

    /// Whether it is open, not late, and past its first warning.
    pub fn is_at_risk(&self, now: Timestamp) -> bool {
        self.standing.is_open()
            && !self.is_breached(now)
            && self.warn.is_some_and(|warn| warn <= now)
    }
}

/// When the first of the open commitments is due.
pub fn first_due(promises: &[Promise]) -> Option<Timestamp> {
    promises.iter().filter(|each| each.standing.is_open()).filter_map(|each| each.due).min()
}

/// How the commitments stand in one word, the worst first; `None` where there
/// are none.
pub fn in_a_word(promises: &[Promise], now: Timestamp) -> Option<&'static str> {
    ["breached", "at_risk", "running", "paused", "met"].into_iter().find(|word| {
        let of_open = |each: &&Promise| each.standing.is_open();
        match SlaTest::of(word, now) {
            // What is open counts before what is over.
            Some(test) if promises.iter().any(|each| each.standing.is_open()) => {
                promises.iter().filter(of_open).any(|each| test.holds_for(each))
            }
            Some(test) => test.holds(promises),
            None => false,
        }
    })
}

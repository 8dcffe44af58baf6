//! Spans between two points in time, the second of which no longer belongs to
//! them: what ends when another begins does not touch it.

use crate::model::Timestamp;

/// The time from one point up to, but without, another that lies after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Interval {
    from: Timestamp,
    to: Timestamp,
}

impl Interval {
    /// The time between the two; none if nothing lies between them.
    pub fn new(from: Timestamp, to: Timestamp) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// The first instant.
    pub const fn from(self) -> Timestamp {
        self.from
    }

    /// The first instant that no longer belongs to it.
    pub const fn to(self) -> Timestamp {
        self.to
    }

    /// How long it is, in seconds.
    pub const fn seconds(self) -> i64 {
        self.to.seconds().saturating_sub(self.from.seconds())
    }

    /// Whether the instant belongs to it.
    pub fn holds(self, at: Timestamp) -> bool {
        self.from <= at && at < self.to
    }

    /// Whether all of `other` belongs to it.
    pub fn covers(self, other: Self) -> bool {
        self.from <= other.from && other.to <= self.to
    }

    /// What belongs to both.
    pub fn shared(self, other: Self) -> Option<Self> {
        Self::new(self.from.max(other.from), self.to.min(other.to))
    }

    /// Whether anything belongs to both.
    pub fn overlaps(self, other: Self) -> bool {
        self.from < other.to && other.from < self.to
    }
}

/// The intervals in order, those that overlap or touch as one.
pub fn merged(mut spans: Vec<Interval>) -> Vec<Interval> {
    spans.sort();
    let mut whole: Vec<Interval> = Vec::with_capacity(spans.len());
    for span in spans {
        match whole.last_mut() {
            Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
            _ => whole.push(span),
        }
    }
    whole
}

/// What belongs to one of `some` and to one of `others`; both in order and
/// apart, and so is the answer.
pub fn shared(some: &[Interval], others: &[Interval]) -> Vec<Interval> {
    let mut found = Vec::new();
    let mut first = 0;
    for span in some {
        while others.get(first).is_some_and(|other| other.to <= span.from) {
            first += 1;
        }
        let near = others.iter().skip(first).take_while(|other| other.from < span.to);
        found.extend(near.filter_map(|other| span.shared(*other)));
    }
    found
}

/// What belongs to one of `some` and to none of `others`; both in order and
/// apart, and so is the answer.
pub fn without(some: &[Interval], others: &[Interval]) -> Vec<Interval> {
    let mut found = Vec::new();
    let mut first = 0;
    for span in some {
        while others.get(first).is_some_and(|other| other.to <= span.from) {
            first += 1;
        }
        let mut from = span.from;
        for other in others.iter().skip(first).take_while(|other| other.from < span.to) {
            found.extend(Interval::new(from, other.from));
            from = from.max(other.to);
        }
        found.extend(Interval::new(from, span.to));
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn span(from: i64, to: i64) -> Interval {
        let at = Timestamp::from_seconds;
        Interval::new(at(from), at(to)).expect("a span of time")
    }

    fn any_spans() -> impl Strategy<Value = Vec<Interval>> {
        prop::collection::vec((0i64..40, 1i64..9), 0..8).prop_map(|spans| {
            spans.into_iter().map(|(from, long)| span(from, from + long)).collect()
        })
    }

    fn hold(spans: &[Interval], at: i64) -> bool {
        spans.iter().any(|span| span.holds(Timestamp::from_seconds(at)))
    }

    #[test]
    fn the_end_no_longer_belongs_to_it() {
        assert!(!span(0, 10).overlaps(span(10, 20)));
        assert!(span(0, 10).overlaps(span(9, 20)));
        assert_eq!(span(0, 10).shared(span(10, 20)), None);
        assert!(span(0, 10).covers(span(0, 10)));
        assert!(!span(0, 10).covers(span(0, 11)));
        assert_eq!(Interval::new(Timestamp::from_seconds(3), Timestamp::from_seconds(3)), None);
        assert_eq!(merged(vec![span(5, 9), span(0, 5), span(11, 12)]), [span(0, 9), span(11, 12)]);
    }

    proptest! {
        #[test]
        fn sets_of_intervals_hold_what_they_should(some in any_spans(), others in any_spans()) {
            let (a, b) = (merged(some.clone()), merged(others.clone()));
            let (both, only) = (shared(&a, &b), without(&a, &b));
            for list in [&a, &b, &only] {
                prop_assert!(list.windows(2).all(|pair| pair[0].to < pair[1].from));
            }
            prop_assert!(both.windows(2).all(|pair| pair[0].to <= pair[1].from));
            for at in -1..60 {
                prop_assert_eq!(hold(&a, at), hold(&some, at));
                prop_assert_eq!(hold(&both, at), hold(&some, at) && hold(&others, at));
                prop_assert_eq!(hold(&only, at), hold(&some, at) && !hold(&others, at));
            }
        }
    }
}

//! Random lives against a clock that counts second by second.

use proptest::prelude::*;

use super::super::{Commitment, Phase, reckon};
use super::world::{Story, go, terms};
use crate::model::{Priority, Timestamp};
use crate::policy::calendar::Calendar;

const STEP: i64 = 60;

/// One thing that happens: so many minutes later.
#[derive(Clone, Debug)]
enum Step {
    Move(&'static str),
    Priority(Priority),
}

fn steps() -> impl Strategy<Value = Vec<(i64, Step)>> {
    let states = ["new", "in_progress", "on_hold", "resolved", "closed", "cancelled"];
    let step = prop_oneof![
        4 => proptest::sample::select(states.to_vec()).prop_map(Step::Move),
        1 => proptest::sample::select(Priority::ALL.to_vec()).prop_map(Step::Priority),
    ];
    proptest::collection::vec((0_i64..900, step), 0..8)
}

fn told(start: i64, steps: &[(i64, Step)]) -> (Story, i64) {
    let mut story = Story::begin_at(Timestamp::from_seconds(start));
    let mut now = start;
    for (later, step) in steps {
        now += later * STEP;
        let at = Timestamp::from_seconds(now);
        story.then_at(at, |record| match step {
            Step::Move(status) => go(record, status, at),
            Step::Priority(priority) => record.set_priority(*priority),
        });
    }
    (story, now)
}

const TEXT: &str = "\
commitments:
  fix:
    metric: resolution
    when: type:incident
    target: {P1: 3h, P2: 4h30m, P3: 8h, P4: 16h}
    calendar: lunch
    thresholds: [33, 75, 100, 150]
  near:
    metric: resolution
    when: type:incident priority:P2
    target: 4h
  answer:
    metric: response
    when: type:incident
    target: 30m
    calendar: nine-five
";

/// The open seconds of a minute, by a look at the wall.
fn is_open(calendar: &Calendar, at: i64) -> bool {
    calendar.is_open(Timestamp::from_seconds(at))
}

/// What a clock that ticks once a minute would have seen: used time, and the
/// minute in which the target is used up.
fn ticked(commitment: &Commitment, story: &Story, until: i64) -> (i64, Option<i64>) {
    let (mut used, mut due) = (0, None);
    let end = commitment.end.as_ref().map_or(until, |end| end.at.seconds());
    let mut now = commitment.start.seconds();
    while now < end {
        // Of several events in a minute the last one holds.
        let state = story.events.iter().rev().find(|event| event.at.seconds() <= now);
        let status = state.map_or("new", |event| event.record.status().as_str());
        let runs = matches!(status, "new" | "in_progress");
        if runs && is_open(&commitment.calendar, now) {
            used += STEP;
            if used >= commitment.goal.seconds && due.is_none() {
                due = Some(now + STEP - (used - commitment.goal.seconds));
            }
        }
        now += STEP;
    }
    (used, due)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn the_clock_agrees_with_one_that_ticks(
        start in (0_i64..20_000).prop_map(|minutes| 1_772_000_040 + minutes * STEP),
        steps in steps(),
        more in 0_i64..4_000,
    ) {
        let (story, last) = told(start, &steps);
        let now = last + more * STEP;
        let at = Timestamp::from_seconds(now);
        let terms = terms(TEXT);
        for commitment in reckon(&story.life(at), &terms) {
            let (used, due) = ticked(&commitment, &story, now);
            prop_assert_eq!(commitment.elapsed(at).business, used, "{:#?}", commitment);
            if let Some(due) = due {
                prop_assert_eq!(commitment.due.map(Timestamp::seconds), Some(due));
            }
            prop_assert_eq!(commitment.is_breached(at), due.is_some());
            let gaps = commitment.spans.windows(2).all(|pair| pair[0].to == Some(pair[1].from));
            prop_assert!(gaps, "spans without gaps: {:#?}", commitment.spans);
            let running = commitment.spans.iter().filter(|span| span.phase == Phase::Running);
            let actual: i64 = running
                .map(|span| span.to.unwrap_or(at).seconds().min(now) - span.from.seconds())
                .sum();
            prop_assert_eq!(commitment.elapsed(at).actual, actual);
        }
    }

    #[test]
    fn what_has_fired_stays_fired(
        start in (0_i64..20_000).prop_map(|minutes| 1_772_000_040 + minutes * STEP),
        steps in steps(),
        looks in proptest::collection::vec(0_i64..6_000, 2),
    ) {
        let (story, _) = told(start, &steps);
        let mut looks: Vec<i64> = looks.into_iter().map(|minutes| start + minutes * STEP).collect();
        looks.sort_unstable();
        let terms = terms(TEXT);
        let fired = |now: i64| -> Vec<(String, Timestamp, Timestamp, u16, Timestamp)> {
            let at = Timestamp::from_seconds(now);
            let mut fired = Vec::new();
            for each in reckon(&story.life(at), &terms) {
                for threshold in &each.thresholds {
                    if each.has_passed(threshold, at) {
                        let when = threshold.at.expect("a time");
                        let name = each.name.to_string();
                        fired.push((name, each.start, each.attached, threshold.percent, when));
                    }
                }
            }
            fired
        };
        let (early, late) = (fired(looks[0]), fired(looks[1]));
        for each in early {
            prop_assert!(late.contains(&each), "{each:?} is not among {late:?}");
        }
    }
}

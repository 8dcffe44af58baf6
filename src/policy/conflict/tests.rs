//! Each rule of conflict detection, and what holds for all of them.

use proptest::prelude::*;

use super::*;
use crate::format;
use crate::model::{Kind, Link, Relation, Timestamp};
use crate::policy::interval;
use crate::policy::windows::WindowsFile;

fn id(kind: Kind, n: u128) -> RecordId {
    RecordId::new(kind, ulid::Ulid::from(n))
}

fn ci(n: u128) -> RecordId {
    id(Kind::Ci, n)
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

fn span(from: i64, to: i64) -> Option<Interval> {
    Interval::new(at(from), at(to))
}

fn change(n: u128, from: i64, to: i64, cis: &[u128]) -> Planned {
    let cis = cis.iter().map(|n| ci(*n)).collect();
    Planned {
        id: id(Kind::Change, n),
        span: span(from, to),
        cis,
        assignee: None,
        is_emergency: false,
    }
}

fn tie(from: u128, rel: Relation, to: u128) -> Tie {
    Tie { from: ci(from), link: Link { rel, to: ci(to) } }
}

/// An application on a virtual machine on a host; it is part of a service.
fn ties() -> Vec<Tie> {
    vec![
        tie(1, Relation::RunsOn, 2),
        tie(2, Relation::RunsOn, 3),
        tie(1, Relation::PartOf, 4),
        tie(5, Relation::DependsOn, 1),
        tie(1, Relation::ConnectsTo, 6),
    ]
}

const HOUR: i64 = 3_600;

fn windows(text: &str) -> ChangeWindows {
    let file: WindowsFile = format::read_settings("test", text.as_bytes()).expect("settings");
    ChangeWindows::new(&file, "UTC", |name| Some(ci(name.parse().ok()?))).expect("windows")
}

fn found(change: &Planned, others: &[Planned], windows: &ChangeWindows) -> Vec<Conflict> {
    let ties = ties();
    find(&Facts { change, accepted: &[], ties: &ties, others, windows })
}

/// The rule, what it is with (a number, or names), the numbers of the items.
fn told(conflicts: &[Conflict]) -> Vec<String> {
    let number = |id: &RecordId| u128::from(id.ulid()).to_string();
    let line = |conflict: &Conflict| {
        let with = match &conflict.with {
            With::Change(id) => number(id),
            other => other.text(),
        };
        let cis: Vec<String> = conflict.cis.iter().map(number).collect();
        format!("{} {with} [{}]", conflict.rule.name(), cis.join(" "))
    };
    conflicts.iter().map(line).collect()
}

#[test]
fn one_to_three_items_their_parents_and_children_are_scheduled() {
    let ours = change(1, 0, 10, &[1]);
    let none = ChangeWindows::default();
    for (theirs, expected) in [
        (1, "scheduled 2 [1]"),
        (2, "parent_scheduled 2 [2]"),
        (4, "parent_scheduled 2 [4]"),
        (5, "child_scheduled 2 [5]"),
    ] {
        let conflicts = found(&ours, &[change(2, 9, 20, &[theirs])], &none);
        assert_eq!(told(&conflicts), [expected]);
        assert_eq!(conflicts[0].span, span(9, 20));
    }
    // Two steps away, or only connected.
    for theirs in [3, 6] {
        assert!(found(&ours, &[change(2, 0, 10, &[theirs])], &none).is_empty());
    }
    let all = found(&ours, &[change(2, 0, 10, &[7, 1, 2, 5])], &none);
    assert_eq!(told(&all), ["scheduled 2 [1]", "parent_scheduled 2 [2]", "child_scheduled 2 [5]"]);
}

#[test]
fn what_touches_does_not_overlap() {
    let ours = change(1, 10, 20, &[1]);
    let none = ChangeWindows::default();
    for (from, to, is_one) in
        [(0, 10, false), (20, 30, false), (0, 11, true), (19, 30, true), (12, 13, true)]
    {
        let conflicts = found(&ours, &[change(2, from, to, &[1])], &none);
        assert_eq!(!conflicts.is_empty(), is_one, "{from} {to}");
    }
    let mut without = ours.clone();
    without.span = None;
    let other = change(2, 0, 30, &[1]);
    assert!(found(&without, std::slice::from_ref(&other), &none).is_empty());
    assert!(found(&other, &[without], &none).is_empty());
    assert!(found(&ours, std::slice::from_ref(&ours), &none).is_empty(), "itself");
}

// 1970-01-01 was a Thursday.
const SET_APART: &str = "\
maintenance:
  one: {hours: {thu: [02:00-06:00]}, cis: [\"1\"]}
  more: {hours: {thu: [06:00-08:00]}, cis: [\"1\"]}
  host: {hours: {thu: [00:00-04:00]}, cis: [\"2\"]}
  user: {hours: {thu: [03:00-24:00]}, cis: [\"5\"]}
";

#[test]
fn four_to_six_outside_the_windows_that_there_are() {
    let windows = windows(SET_APART);
    let of = |from: i64, to: i64, cis: &[u128]| {
        told(&found(&change(1, from * HOUR, to * HOUR, cis), &[], &windows))
    };
    assert_eq!(of(3, 4, &[1]), [""; 0]);
    // From one window into the next.
    assert_eq!(of(5, 7, &[1]), ["parent_outside_window host [2]"]);
    assert_eq!(of(1, 3, &[1]), ["outside_window one,more [1]", "child_outside_window user [5]"]);
    assert_eq!(of(7, 9, &[1]), ["outside_window one,more [1]", "parent_outside_window host [2]"]);
    // Whatever has no windows can be changed at any time.
    assert_eq!(of(100, 200, &[3]), ["child_outside_window host [2]"]);
    assert_eq!(of(100, 200, &[6]), [""; 0]);
}

const FROZEN: &str = "\
freezes:
  all: {from: 1970-01-10, until: 1970-01-11}
  app: {from: 1970-01-20, until: 1970-01-20, cis: [\"1\"]}
  host: {from: 1970-01-20, until: 1970-01-20, cis: [\"2\", \"4\"]}
  user: {from: 1970-01-20, until: 1970-01-20, cis: [\"5\"]}
";
const DAY: i64 = 24 * HOUR;

#[test]
fn seven_to_nine_inside_a_freeze() {
    let windows = windows(FROZEN);
    let of = |from: i64, to: i64, cis: &[u128]| found(&change(1, from, to, cis), &[], &windows);
    let all = of(9 * DAY + HOUR, 9 * DAY + 2 * HOUR, &[]);
    assert_eq!(told(&all), ["in_freeze all []"]);
    assert_eq!(all[0].span, span(9 * DAY, 11 * DAY));
    assert!(of(8 * DAY, 9 * DAY, &[1]).is_empty());
    assert!(of(11 * DAY, 12 * DAY, &[1]).is_empty());
    assert_eq!(
        told(&of(19 * DAY, 19 * DAY + 1, &[1])),
        ["in_freeze app [1]", "parent_in_freeze host [2 4]", "child_in_freeze user [5]"]
    );
    assert!(of(19 * DAY, 19 * DAY + 1, &[]).is_empty());
}

#[test]
fn ten_the_assignee_is_busy() {
    let alice = PersonId::new("alice").ok();
    let ours = Planned { assignee: alice.clone(), ..change(1, 0, 10, &[1]) };
    let theirs = Planned { assignee: alice, ..change(2, 5, 15, &[9]) };
    let none = ChangeWindows::default();
    assert_eq!(told(&found(&ours, std::slice::from_ref(&theirs), &none)), ["assignee_busy 2 []"]);
    let bob = Planned { assignee: PersonId::new("bob").ok(), ..theirs.clone() };
    let nobody = Planned { assignee: None, ..theirs };
    assert!(found(&ours, &[bob, nobody.clone()], &none).is_empty());
    assert!(found(&Planned { assignee: None, ..ours }, &[nobody], &none).is_empty());
}

#[test]
fn basic_detection_compares_the_first_item() {
    let basic = windows("detection: basic\n");
    let ours = change(1, 0, 10, &[7, 1]);
    assert!(found(&ours, &[change(2, 0, 10, &[1])], &basic).is_empty());
    assert!(found(&ours, &[change(2, 0, 10, &[1, 7])], &basic).is_empty());
    assert_eq!(told(&found(&ours, &[change(2, 0, 10, &[7, 1])], &basic)), ["scheduled 2 [7]"]);
}

#[test]
fn an_emergency_in_a_freeze_is_warned() {
    let windows = windows(FROZEN);
    let emergency = Planned { is_emergency: true, ..change(1, 9 * DAY, 10 * DAY, &[1]) };
    let conflicts = found(&emergency, &[change(2, 9 * DAY, 10 * DAY, &[1])], &windows);
    let warned: Vec<bool> = conflicts.iter().map(|conflict| conflict.is_warning).collect();
    assert_eq!(told(&conflicts), ["scheduled 2 [1]", "in_freeze all []"]);
    assert_eq!(warned, [false, true]);
    assert!(conflicts.iter().all(Conflict::stands), "it needs a reason");
}

#[test]
fn what_is_accepted_counts_again_once_a_window_moves() {
    let ours = change(1, 0, 10, &[1]);
    let others = [change(2, 5, 15, &[1]), change(3, 5, 15, &[1])];
    let none = ChangeWindows::default();
    let accepted = [AcceptedConflict {
        id: ulid::Ulid::nil(),
        with: others[0].id.to_string(),
        rule: ConflictRule::Scheduled,
        reason: "They are the same people".to_owned(),
        at: at(0),
        by: PersonId::new("alice").expect("a person"),
        start: at(0),
        end: at(10),
        other_start: Some(at(5)),
        other_end: Some(at(15)),
    }];
    let stand = |change: &Planned, others: &[Planned]| -> Vec<u128> {
        let facts = Facts { change, accepted: &accepted, ties: &ties(), others, windows: &none };
        let stand = find(&facts).into_iter().filter(Conflict::stands);
        let other = |conflict: Conflict| match conflict.with {
            With::Change(id) => u128::from(id.ulid()),
            _ => 0,
        };
        stand.map(other).collect()
    };
    assert_eq!(stand(&ours, &others), [3]);
    assert_eq!(stand(&change(1, 0, 11, &[1]), &others), [2, 3]);
    assert_eq!(stand(&change(1, 1, 10, &[1]), &others), [2, 3]);
    assert_eq!(stand(&ours, &[change(2, 5, 16, &[1])]), [2]);
    // Accepted for one rule is not accepted for another.
    assert_eq!(stand(&change(1, 0, 10, &[5]), &others), [2, 3]);
}

#[test]
fn slots_lie_in_windows_and_out_of_everybodys_way() {
    let text = "\
maintenance:
  nightly: {hours: {mon-sun: [01:00-05:00]}, cis: [\"1\"]}
freezes:
  second: {from: 1970-01-02, until: 1970-01-02}
";
    let windows = windows(text);
    let ours = change(1, 0, 0, &[1]);
    let others = [change(2, HOUR, 2 * HOUR, &[2]), change(3, 4 * HOUR, 5 * HOUR, &[9])];
    let facts =
        Facts { change: &ours, accepted: &[], ties: &ties(), others: &others, windows: &windows };
    let within = span(0, 10 * DAY).expect("days");
    let hours = |seconds: i64, most: usize| -> Vec<(i64, i64)> {
        let wanted = Wanted { seconds, within, most };
        let found = slots(&facts, &wanted);
        found.iter().map(|s| (s.from().seconds() / HOUR, s.to().seconds() / HOUR)).collect()
    };
    assert_eq!(hours(2 * HOUR, 3), [(2, 4), (49, 51), (51, 53)]);
    assert_eq!(hours(HOUR, 4), [(2, 3), (3, 4), (4, 5), (49, 50)]);
    assert_eq!(hours(5 * HOUR, 3), []);
    assert_eq!(hours(0, 3), []);
}

fn any_change(n: u128) -> impl Strategy<Value = Planned> {
    let cis = prop::collection::vec(1u128..8, 0..4);
    let people = prop::option::of(prop_oneof![Just("alice"), Just("bob")]);
    (0i64..40, 0i64..20, cis, people).prop_map(move |(from, long, cis, who)| {
        let assignee = who.and_then(|who| PersonId::new(who).ok());
        Planned { assignee, ..change(n, from * HOUR, (from + long) * HOUR, &cis) }
    })
}

fn any_ties() -> impl Strategy<Value = Vec<Tie>> {
    let rel = prop_oneof![
        Just(Relation::DependsOn),
        Just(Relation::RunsOn),
        Just(Relation::PartOf),
        Just(Relation::ConnectsTo)
    ];
    prop::collection::vec((1u128..8, rel, 1u128..8), 0..8)
        .prop_map(|ties| ties.into_iter().map(|(a, rel, b)| tie(a, rel, b)).collect())
}

fn any_windows() -> impl Strategy<Value = ChangeWindows> {
    prop_oneof![
        Just(ChangeWindows::default()),
        Just(windows("detection: basic\n")),
        Just(windows(SET_APART)),
        Just(windows("freezes:\n  all: {from: 1970-01-02, until: 1970-01-02}\n")),
    ]
}

proptest! {
    /// Whoever is in somebody's way has them in their own.
    #[test]
    fn two_changes_are_in_each_others_way(
        one in any_change(1), two in any_change(2), ties in any_ties(), windows in any_windows()
    ) {
        let meet = |change: &Planned, other: &Planned| {
            let others = [other.clone()];
            let facts = Facts {
                change, accepted: &[], ties: &ties, others: &others, windows: &windows,
            };
            find(&facts).iter().any(|conflict| matches!(conflict.with, With::Change(_)))
        };
        prop_assert_eq!(meet(&one, &two), meet(&two, &one));
    }

    /// Two changes of the same items are in conflict if, and only if, some instant
    /// belongs to both; the last one of each does not.
    #[test]
    fn times_are_half_open(a in 0i64..30, x in 1i64..10, b in 0i64..30, y in 1i64..10) {
        let (one, two) = (change(1, a, a + x, &[1]), change(2, b, b + y, &[1]));
        let both = (a..a + x).any(|second| (b..b + y).contains(&second));
        let conflicts = found(&one, &[two], &ChangeWindows::default());
        prop_assert_eq!(!conflicts.is_empty(), both);
    }

    /// What counts is how times lie to each other, not when that is.
    #[test]
    fn times_can_be_moved_together(
        one in any_change(1), two in any_change(2), ties in any_ties(), by in -1000i64..1000
    ) {
        let none = ChangeWindows::default();
        let moved = |change: &Planned| Planned {
            span: change.span.and_then(|s| {
                span(s.from().seconds() + by * 60, s.to().seconds() + by * 60)
            }),
            ..change.clone()
        };
        let rules = |change: &Planned, other: Planned| {
            let others = [other];
            let facts =
                Facts { change, accepted: &[], ties: &ties, others: &others, windows: &none };
            told(&find(&facts))
        };
        prop_assert_eq!(rules(&one, two.clone()), rules(&moved(&one), moved(&two)));
    }

    /// A slot has no conflict, and before the first there is none that has none.
    #[test]
    fn slots_are_free_and_the_first_is_the_first(
        one in any_change(1),
        others in prop::collection::vec(any_change(2), 0..4),
        ties in any_ties(),
        windows in any_windows(),
        long in 1i64..6,
    ) {
        let facts = Facts {
            change: &one, accepted: &[], ties: &ties, others: &others, windows: &windows,
        };
        let seconds = long * HOUR;
        let within = span(0, 72 * HOUR).expect("days");
        let found = slots(&facts, &Wanted { seconds, within, most: 3 });
        let is_free = |slot: Interval| {
            let placed = Planned { span: Some(slot), ..one.clone() };
            find(&Facts { change: &placed, ..facts }).is_empty()
        };
        for slot in &found {
            prop_assert_eq!(slot.seconds(), seconds);
            prop_assert!(within.covers(*slot) && is_free(*slot));
        }
        prop_assert_eq!(interval::merged(found.clone()).iter().map(|s| s.seconds()).sum::<i64>(),
            found.len() as i64 * seconds);
        // Everything in these worlds begins and ends on the hour.
        let first = found.first().map_or(72 - long + 1, |slot| slot.from().seconds() / HOUR);
        for hour in 0..first {
            prop_assert!(!is_free(span(hour * HOUR, hour * HOUR + seconds).expect("a slot")));
        }
    }
}

//! The history in the index is what a walk through all commits finds, however
//! it came about and in however many pieces it was read.

#![allow(clippy::unwrap_used, clippy::panic, reason = "helpers of tests may fail")]

mod world;

use gitsm::index::{EventFilter, Index};
use gitsm::model::Timestamp;
use proptest::prelude::*;

use world::{Edit, START, Step, World, id};

fn filter() -> impl Strategy<Value = EventFilter> {
    use proptest::option::of;
    let words = |words: &'static [&'static str]| {
        of(proptest::sample::subsequence(words, 1..=2)
            .prop_map(|words| words.into_iter().map(str::to_owned).collect::<Vec<_>>()))
    };
    let value = of(of(prop_oneof![
        Just("Closed"),
        Just("new"),
        Just("-"),
        Just("\"Jam\""),
        Just("ÜBERlauf")
    ]
    .prop_map(str::to_owned)));
    let time = of((0..900i64).prop_map(|second| Timestamp::from_seconds(START + second)));
    let number = prop_oneof![0u64..6, Just(1_001)];
    (
        of(proptest::collection::vec(number.prop_map(id), 0..4)),
        words(&["bob", "Carol <carol@example.com>", "eve"]),
        words(&["edit", "new", "commit", "merge", "close", "move", "apply"]),
        words(&["status", "custom", "title", "custom.note", "impact"]),
        (value.clone(), value),
        (time.clone(), time),
        of(0..5usize),
        of(0..3usize),
    )
        .prop_map(
            |(records, actors, actions, fields, (from, to), (since, until), limit, listed)| {
                let fields = fields.unwrap_or_default();
                let (from, to) = if fields.is_empty() { (None, None) } else { (from, to) };
                EventFilter {
                    records,
                    actors,
                    actions,
                    fields,
                    from,
                    to,
                    since,
                    until,
                    limit,
                    listed,
                }
            },
        )
}

fn step() -> impl Strategy<Value = Step> {
    let edit = prop_oneof![
        any::<u8>().prop_map(Edit::Title),
        any::<bool>().prop_map(Edit::Status),
        any::<u8>().prop_map(Edit::Note),
    ];
    let edits = move || proptest::collection::vec((0u64..5, edit.clone()), 1..4);
    prop_oneof![
        6 => edits().prop_map(Step::Told),
        2 => edits().prop_map(Step::Applied),
        3 => edits().prop_map(Step::ByHand),
        2 => (0u64..5, 0u64..5).prop_map(|(done, said)| Step::Lie(done, said)),
        2 => (0u64..5, 0u64..5).prop_map(|(ours, theirs)| Step::Merge(ours, theirs)),
        2 => (0u64..5).prop_map(Step::Import),
        1 => prop_oneof![Just(21), Just(101)].prop_map(Step::Batch),
        1 => (0u64..5).prop_map(Step::Remove),
        1 => (0u64..5).prop_map(Step::Spoil),
        1 => Just(Step::Settings),
        3 => any::<bool>().prop_map(Step::Look),
        1 => Just(Step::Rebuild),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_index_knows_what_a_walk_finds(
        steps in proptest::collection::vec(step(), 1..14),
        filters in proptest::collection::vec(filter(), 40),
    ) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
        }
        let index = world.index();
        world.check(&index);
        for filter in &filters {
            world.check_filter(&index, filter);
        }
        index.rebuild().unwrap();
        world.check(&index);
        world.check_stories(&index);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    /// Also where old history was imported after what happened later.
    #[test]
    fn the_past_is_what_had_happened_by_then(
        steps in proptest::collection::vec(
            step().prop_filter("one line that says what it does", |step| {
                !matches!(step, Step::Lie(..) | Step::Merge(..))
            }),
            1..14,
        ),
        times in proptest::collection::vec(
            prop_oneof![-1_000_100..-999_000_i64, -60..1_000_i64],
            4,
        ),
    ) {
        let mut world = World::new();
        for step in &steps {
            world.step(step);
        }
        for second in times {
            world.check_past(Timestamp::from_seconds(START + second));
        }
    }
}

/// The past need not be read again because the records must be.
#[test]
fn the_history_outlives_the_records_around_it() {
    let mut world = World::new();
    for step in [Step::Batch(101), Step::Told(vec![(1, Edit::Title(1))]), Step::Lie(1, 2)] {
        world.step(&step);
    }
    let known = world.index().historic_changes().unwrap();
    assert!(known.len() > 1);
    // A mark that only the old index has.
    let path = world.store.state_dir().join("index.sqlite");
    let mark = "UPDATE event SET at = 7 WHERE n = (SELECT max(n) FROM event)";
    rusqlite::Connection::open(&path).unwrap().execute(mark, []).unwrap();
    // So much is different that the records are indexed anew.
    world.step(&Step::Batch(2_100));
    let index = world.index();
    let all = index.historic_changes().unwrap();
    assert_eq!(all[all.len() - known.len()..], known[..]);
    let oldest = |index: &Index| index.events(&EventFilter::default()).unwrap().pop().unwrap().at;
    assert_eq!(oldest(&index), Timestamp::from_seconds(7));
    // Asked to, it begins from nothing.
    index.rebuild().unwrap();
    assert_ne!(oldest(&index), Timestamp::from_seconds(7));
    world.check(&index);
}

/// A silent change beside a merge, which leaves a content that was there before.
#[test]
fn a_silent_change_after_a_merge_is_found() {
    for (look, after) in [(None, 0), (Some(true), 0), (None, 3), (Some(false), 3)] {
        let mut world = World::new();
        let by_hand = Step::ByHand(vec![(4, Edit::Title(0))]);
        let steps = [Step::Lie(4, 0), by_hand, Step::Merge(4, 0), Step::Lie(4, 0)];
        for step in steps.into_iter().chain((0..after).map(|turn| Step::Lie(4, turn))) {
            world.step(&step);
            if let Some(fields) = look {
                world.step(&Step::Look(fields));
            }
        }
        world.check_stories(&world.index());
    }
}

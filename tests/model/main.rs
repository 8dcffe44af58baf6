//! Random actions against a small reference model of the workflows.
//!
//! What a workflow means is written down here a second time, by hand and as
//! simply as can be: a table of who leads where for each record type, and a few
//! counters. A million random actions must end in the same state in both.
//! `cargo test` runs 20,000; `GITSM_ACTIONS=1000000 cargo test --release --test
//! model` runs as many as it says.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

mod dice;
mod shadow;
mod telling;
mod world;

use gitsm::model::PersonId;
use gitsm::policy::validate;

use dice::Dice;
use shadow::Shadow;
use world::{ACTORS, World};

#[test]
fn random_actions_end_in_the_same_state() {
    let wanted = std::env::var("GITSM_ACTIONS").ok();
    let wanted: usize = wanted.map_or(20_000, |text| text.parse().expect("a number"));
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut world = World::new();
    let mut done = 0;
    while done < wanted {
        // Worlds stay small, so that records live long and meet each other.
        if world.records.len() > 60 {
            world = World::new();
        }
        for _ in 0..1_000.min(wanted - done) {
            done += 1;
            world.now += 60;
            let actor = PersonId::new(*dice.pick(ACTORS)).expect("a name");
            if world.records.is_empty() || dice.roll(60) == 0 {
                world.create(&mut dice, &actor);
                continue;
            }
            let at = dice.roll(world.records.len());
            match dice.roll(12) {
                0 => world.note(&mut dice, &actor, at),
                1 => world.edit(&mut dice, &actor, at),
                2 => world.assign(&mut dice, &actor, at),
                3 => world.link(&mut dice, &actor, at),
                _ => world.step(&mut dice, &actor, at),
            }
        }
        for record in &world.records {
            assert_eq!(Shadow::of(record), world.shadows[&record.id()]);
            let breaches = validate::record(&world.policy, record);
            let errors: Vec<_> = breaches.iter().filter(|breach| breach.is_error).collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
    }
    assert_eq!(done, wanted);
}

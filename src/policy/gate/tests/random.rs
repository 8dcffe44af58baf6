//! What holds for every answer of the gate.

use proptest::prelude::*;

use super::*;

/// Something that is wrong or missing, which one of them alone must keep the
/// gate to production shut.
type Harm = (&'static str, fn(&mut World));

const HARMS: &[Harm] = &[
    ("no change", |w| w.record = None),
    ("environment", |w| w.ask.environment = "elsewhere".into()),
    ("repository", |w| w.ask.repository = Some("shop".into())),
    ("commit", |w| w.ask.commit = Some("4".repeat(40))),
    ("artefact", |w| w.ask.artefact = Some("sha256:5".into())),
    ("state", |w| status(w, "authorize")),
    ("over", |w| status(w, "review")),
    ("nowhere", |w| status(w, "limbo")),
    ("votes", |w| w.each(|change| change.approvals.clear())),
    ("a vote", |w| w.each(|change| drop(change.approvals.pop()))),
    ("digests", |w| w.each(|c| c.approvals.iter_mut().for_each(|vote| vote.digest = None))),
    ("title", |w| w.each(|change| change.title.push('!'))),
    ("plan", |w| w.each(|change| change.backout_plan = Some("None.".into()))),
    ("requester", |w| w.each(|change| change.requester = Some(person("dora")))),
    ("assignee", |w| w.each(|change| change.assignee = Some(person("erin")))),
    ("early", |w| w.now = time("09:30")),
    ("late", |w| w.now = time("23:59")),
    ("freeze", |w| w.freezes = hindrance("a freeze")),
    ("conflict", |w| w.conflicts = hindrance("a conflict")),
    ("not staged", |w| w.staged = Some(false)),
    ("clock", |w| w.last_commit = Some(time("23:59"))),
    ("no last commit", |w| w.last_commit = None),
    ("a forged vote", |w| w.forged = Some(vec!["erin"])),
    ("no witness", |w| w.forged = None),
    ("no approval", |w| w.knows_approval = false),
    ("no freezes", |w| w.freezes = None),
    ("no conflicts", |w| w.conflicts = None),
    ("no staging", |w| w.staged = None),
    ("material", |w| w.votes_are_about_it = false),
    ("nobody listed any more", |w| w.policy.people.retain(|person| person.id.as_str() == "ann")),
    ("standard", |w| w.each(|change| change.model = ChangeModel::Standard)),
];

impl World {
    fn each(&mut self, change: impl FnOnce(&mut Change)) {
        if let Some(Record::Change(record)) = &mut self.record {
            change(record);
        }
    }
}

fn status(world: &mut World, name: &str) {
    world.each(|change| change.status = StateName::new(name).expect("a state"));
}

/// Things that never make an answer better for whoever wants to go.
const NEVER_BETTER: &[Harm] = &[
    ("freeze", |w| w.freezes = hindrance("a freeze")),
    ("no freezes", |w| w.freezes = None),
    ("conflict", |w| w.conflicts = hindrance("a conflict")),
    ("not staged", |w| w.staged = Some(false)),
    ("no approval", |w| w.knows_approval = false),
    ("material", |w| w.votes_are_about_it = false),
    ("commit", |w| w.ask.commit = Some("4".repeat(40))),
];

#[test]
fn any_single_thing_keeps_production_shut() {
    for (what, harm) in HARMS {
        let mut world = World::new();
        harm(&mut world);
        let answer = world.decide();
        assert_ne!(answer.verdict(), Verdict::Allow, "{what}");
        assert!(answer.proof().is_none() && !answer.reasons().is_empty(), "{what}");
        assert!(answer.reasons().iter().all(|reason| !reason.text.is_empty()), "{what}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// However many things are wrong at once, none heals another.
    #[test]
    fn wrongs_do_not_make_a_right(
        chosen in proptest::collection::vec(0..HARMS.len(), 1..6),
        minute in 0i64..1440,
    ) {
        let mut world = World::new();
        world.now = Timestamp::from_seconds(time("00:00").seconds() + minute * 60);
        for at in &chosen {
            HARMS[*at].1(&mut world);
        }
        let answer = world.decide();
        prop_assert_ne!(answer.verdict(), Verdict::Allow);
        prop_assert!(answer.proof().is_none());
    }

    /// Only within the window, and then always: nothing else here changes.
    #[test]
    fn time_alone_opens_and_shuts(minute in 0i64..1440) {
        let mut world = World::new();
        world.last_commit = Some(time("00:00"));
        world.now = Timestamp::from_seconds(time("00:00").seconds() + minute * 60);
        let allowed = world.decide().verdict() == Verdict::Allow;
        prop_assert_eq!(allowed, (22 * 60..23 * 60).contains(&minute));
    }

    /// More that speaks against it never opens what was shut.
    #[test]
    fn more_against_it_is_never_better(
        first in 0..HARMS.len(),
        second in 0..NEVER_BETTER.len(),
        tier in proptest::sample::select(vec![Tier::Production, Tier::Staging, Tier::Development]),
    ) {
        let mut world = World::new();
        world.tier = tier;
        HARMS[first].1(&mut world);
        let before = world.decide();
        NEVER_BETTER[second].1(&mut world);
        let after = world.decide();
        if before.verdict() != Verdict::Allow {
            prop_assert_ne!(after.verdict(), Verdict::Allow);
        }
    }

    /// The same facts, the same answer.
    #[test]
    fn it_is_decided_the_same_again(chosen in proptest::collection::vec(0..HARMS.len(), 0..4)) {
        let mut world = World::new();
        for at in chosen {
            HARMS[at].1(&mut world);
        }
        let (one, two) = (world.decide(), world.decide());
        prop_assert_eq!(one.verdict(), two.verdict());
        prop_assert_eq!(one.reasons(), two.reasons());
    }
}

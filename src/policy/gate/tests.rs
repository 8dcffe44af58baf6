//! The gate on examples, and what holds for all of them.

mod random;

use ulid::Ulid;

use super::*;
use crate::format;
use crate::model::{
    AcceptedConflict, Approval, ConflictRule, DeployRange, Hold, Kind, Override, PersonId, Record,
    StateName, TestEvidence, Timestamp, Verdict as Said,
};
use crate::policy::approval::{self, ApprovalSettings, ApprovalState};
use crate::policy::deployment::{Environment, Tier, WhenUnknown};
use crate::policy::{Policy, fixture};

const PEOPLE: &str = "\
- {id: ann, name: Ann, emails: [ann@example.com, ann@home.example]}
- {id: bob, name: Bob, emails: [bob@example.com]}
- {id: dora, name: Dora, emails: [dora@example.com]}
- {id: erin, name: Erin, emails: [erin@example.com, e@home.example]}
- {id: finn, name: Finn, emails: [finn@example.com]}
";

const TWO: &str = "\
definitions:
  cab:
    when: type:change
    steps:
    - approvers: {people: [ann, bob, dora, erin, finn]}
      quorum: 2
";

const COMMIT: &str = "1111111111111111111111111111111111111111";
const ARTEFACT: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

fn policy() -> Policy {
    fixture::desk(PEOPLE)
}

fn change() -> Change {
    let text = format!(
        "\
id: CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q
title: Deploy crm
status: scheduled
impact: low
urgency: low
priority: P5
model: normal
planned_start: 2026-11-22T22:00:00Z
planned_end: 2026-11-22T23:00:00Z
deployment:
  key: 3333333333333333333333333333333333333333333333333333333333333333
  repository: crm
  environment: production
  range: forward
  commit: '{COMMIT}'
  artefact: {ARTEFACT}
  commits:
  - id: '{COMMIT}'
    at: 2026-11-22T08:00:00Z
    author: Ann <ann@home.example>
    subject: Mend it
  commit_count: 1
requester: bob
opened_at: 2026-11-22T09:00:00Z
opened_by: bob
updated_at: 2026-11-22T09:00:00Z
"
    );
    match format::read_record_any(Kind::Change, text.as_bytes()) {
        Ok(Record::Change(change)) => change,
        other => panic!("{other:?}"),
    }
}

use crate::model::Change;

fn time(text: &str) -> Timestamp {
    format!("2026-11-22T{text}:00Z").parse().expect("a time")
}

fn person(id: &str) -> PersonId {
    PersonId::new(id).expect("an id")
}

/// Everything that the gate is told; at first, nothing stands in the way.
#[derive(Clone)]
struct World {
    now: Timestamp,
    last_commit: Option<Timestamp>,
    ask: Ask,
    tier: Tier,
    after: Option<&'static str>,
    policy: Policy,
    record: Option<Record>,
    settings: ApprovalSettings,
    knows_approval: bool,
    votes_are_about_it: bool,
    changed: Vec<String>,
    standing: Option<Standing>,
    /// Whose words others committed; nothing, where nobody looked.
    forged: Option<Vec<&'static str>>,
    requesters: Vec<&'static str>,
    freezes: Option<Vec<Hindrance>>,
    conflicts: Option<Vec<Hindrance>>,
    accepted: Vec<AcceptedConflict>,
    staged: Option<bool>,
}

impl World {
    fn new() -> Self {
        let settings = format::read_settings("approvals", TWO.as_bytes()).expect("approvals");
        let mut world = Self {
            now: time("22:30"),
            last_commit: Some(time("21:00")),
            ask: Ask {
                change: None,
                environment: "production".into(),
                repository: Some("crm".into()),
                commit: Some(COMMIT.into()),
                artefact: Some(ARTEFACT.into()),
            },
            tier: Tier::Production,
            after: Some("staging"),
            policy: policy(),
            record: Some(Record::Change(change())),
            settings,
            knows_approval: true,
            votes_are_about_it: true,
            changed: Vec::new(),
            standing: None,
            forged: Some(Vec::new()),
            requesters: Vec::new(),
            freezes: Some(Vec::new()),
            conflicts: Some(Vec::new()),
            accepted: Vec::new(),
            staged: Some(true),
        };
        world.vote("dora", "10:00");
        world.vote("erin", "11:00");
        world
    }

    fn change(&mut self) -> &mut Change {
        match &mut self.record {
            Some(Record::Change(change)) => change,
            _ => panic!("there is a change"),
        }
    }

    fn state(&self) -> Option<ApprovalState> {
        let record = self.record.as_ref().filter(|_| self.knows_approval)?;
        let names: Vec<&StateName> = self.settings.definitions.keys().collect();
        Some(approval::state(record, &self.settings, &names, &self.policy, self.now))
    }

    fn vote(&mut self, who: &str, at: &str) {
        self.say(who, at, Said::Approved);
    }

    fn say(&mut self, who: &str, at: &str, verdict: Said) {
        let digest = self.state().map(|state| state.digest);
        let change = self.change();
        change.approvals.push(Approval {
            id: Ulid::from_parts(7, change.approvals.len() as u128),
            at: time(at),
            by: person(who),
            on_behalf_of: None,
            verdict,
            step: Some("cab/1".into()),
            digest,
            text: None,
        });
    }

    fn witness(&self) -> Option<Witness> {
        let forged = self.forged.as_ref()?;
        let Some(Record::Change(change)) = &self.record else { return Some(Witness::default()) };
        let against = |by: &PersonId| {
            forged.contains(&by.as_str()).then(|| "abc that brought it is by Robot".to_owned())
        };
        let vote = |of: &Approval| Testimony { of: of.clone(), against: against(&of.by) };
        let over = |of: &Override| Testimony { of: of.clone(), against: against(&of.by) };
        let test = |of: &TestEvidence| Testimony { of: of.clone(), against: against(&of.by) };
        let accepted =
            |of: &AcceptedConflict| Testimony { of: of.clone(), against: against(&of.by) };
        Some(Witness {
            votes: change.approvals.iter().map(vote).collect(),
            requesters: self.requesters.iter().map(|name| person(name)).collect(),
            overrides: change.overrides.iter().map(over).collect(),
            tests: change.test_evidence.iter().map(test).collect(),
            acceptances: self.accepted.iter().map(accepted).collect(),
            model: Vec::new(),
        })
    }

    fn decide(&self) -> Answer {
        let state = self.state();
        let witness = self.witness();
        decide(&Facts {
            now: self.now,
            last_commit: self.last_commit,
            ask: &self.ask,
            tier: self.tier,
            after: self.after,
            policy: &self.policy,
            record: self.record.as_ref(),
            approval: state.as_ref(),
            votes_are_about_it: self.votes_are_about_it,
            changed: &self.changed,
            standing: self.standing.as_ref(),
            witness: witness.as_ref(),
            freezes: self.freezes.as_deref(),
            conflicts: self.conflicts.as_deref(),
            accepted: &self.accepted,
            staged: self.staged,
        })
    }

    /// The verdict and the weightiest reason after `change` was made.
    fn after(change: impl FnOnce(&mut World)) -> (Verdict, Option<Rule>) {
        let mut world = World::new();
        change(&mut world);
        let answer = world.decide();
        (answer.verdict(), answer.reasons().first().map(|reason| reason.rule))
    }
}

fn acceptance(who: &str) -> AcceptedConflict {
    AcceptedConflict {
        id: Ulid::from_parts(7, 7),
        with: "december".into(),
        rule: ConflictRule::InFreeze,
        reason: "It leaks".into(),
        at: time("12:00"),
        by: person(who),
        start: time("22:00"),
        end: time("23:00"),
        other_start: None,
        other_end: None,
    }
}

fn hindrance(text: &str) -> Option<Vec<Hindrance>> {
    Some(vec![Hindrance { text: text.into(), with: Some("x".into()), until: None }])
}

#[test]
fn where_nothing_stands_in_the_way_it_may_go() {
    let answer = World::new().decide();
    assert_eq!(answer.verdict(), Verdict::Allow, "{:?}", answer.reasons());
    let state = World::new().state().expect("a state");
    let by = vec![person("dora"), person("erin")];
    let how = How::Votes { by, digest: state.digest };
    assert_eq!(answer.proof().map(Authorised::how), Some(&how));
    assert!(answer.warnings().is_empty());
}

/// ITGC control C13.
#[test]
fn each_rule_says_no() {
    use Verdict::{Deny, Pending, Unknown};
    let status = |name: &'static str| {
        move |world: &mut World| world.change().status = StateName::new(name).expect("a state")
    };
    type Case = (&'static str, Box<dyn FnOnce(&mut World)>, Verdict, Rule);
    let cases: Vec<Case> = vec![
        ("no change", Box::new(|w| w.record = None), Deny, Rule::NoChange),
        (
            "another environment",
            Box::new(|w| w.ask.environment = "staging".into()),
            Deny,
            Rule::OtherEnvironment,
        ),
        (
            "another repository",
            Box::new(|w| w.ask.repository = Some("shop".into())),
            Deny,
            Rule::OtherRepository,
        ),
        (
            "another commit",
            Box::new(|w| w.ask.commit = Some("4".repeat(40))),
            Deny,
            Rule::OtherVersion,
        ),
        (
            "another artefact",
            Box::new(|w| w.ask.artefact = Some("sha256:5".into())),
            Deny,
            Rule::OtherVersion,
        ),
        ("over", Box::new(status("review")), Deny, Rule::Over),
        ("closed", Box::new(status("closed")), Deny, Rule::Over),
        ("cancelled", Box::new(status("cancelled")), Deny, Rule::Over),
        ("new", Box::new(status("new")), Pending, Rule::NotSubmitted),
        ("assess", Box::new(status("assess")), Pending, Rule::NotAssessed),
        ("authorize", Box::new(status("authorize")), Pending, Rule::Approval),
        ("an unknown state", Box::new(status("limbo")), Unknown, Rule::Cannot),
        (
            "on hold",
            Box::new(|w| {
                let reason = StateName::new("awaiting_vendor").expect("a reason");
                let from = time("12:00");
                w.change().holds.push(Hold { reason, from, until: None });
            }),
            Pending,
            Rule::OnHold,
        ),
        (
            "one vote too few",
            Box::new(|w| drop(w.change().approvals.pop())),
            Pending,
            Rule::Approval,
        ),
        (
            "rejected",
            Box::new(|w| {
                w.change().approvals.clear();
                for who in ["dora", "erin", "finn"] {
                    w.say(who, "12:00", Said::Rejected);
                }
            }),
            Deny,
            Rule::Rejected,
        ),
        (
            "the time for voting over",
            Box::new(|w| {
                let text = TWO.replace("quorum: 2", "quorum: 3\n      expires: 4h");
                w.settings = format::read_settings("approvals", text.as_bytes()).expect("settings");
            }),
            Deny,
            Rule::Expired,
        ),
        (
            "changed since",
            Box::new(|w| w.change().title = "Deploy everything".into()),
            Deny,
            Rule::Changed,
        ),
        (
            "votes that name nothing",
            Box::new(|w| w.change().approvals.iter_mut().for_each(|vote| vote.digest = None)),
            Deny,
            Rule::Digest,
        ),
        (
            "votes from the future",
            Box::new(|w| {
                w.change().approvals.pop();
                w.vote("erin", "22:45");
            }),
            Deny,
            Rule::Digest,
        ),
        (
            "votes about something else",
            Box::new(|w| w.votes_are_about_it = false),
            Deny,
            Rule::Digest,
        ),
        (
            "no window",
            Box::new(|w| {
                w.change().approvals.clear();
                w.change().planned_start = None;
                w.change().planned_end = None;
                w.vote("dora", "10:00");
                w.vote("erin", "11:00");
            }),
            Deny,
            Rule::NoWindow,
        ),
        ("too early", Box::new(|w| w.now = time("21:59")), Deny, Rule::Early),
        ("too late", Box::new(|w| w.now = time("23:00")), Deny, Rule::Late),
        ("a freeze", Box::new(|w| w.freezes = hindrance("freeze of December")), Deny, Rule::Freeze),
        (
            "a conflict",
            Box::new(|w| w.conflicts = hindrance("CHG-1 at once")),
            Deny,
            Rule::Conflict,
        ),
        ("not staged", Box::new(|w| w.staged = Some(false)), Deny, Rule::Staged),
        ("a clock behind", Box::new(|w| w.last_commit = Some(time("22:36"))), Unknown, Rule::Clock),
        ("no history", Box::new(|w| w.last_commit = None), Unknown, Rule::Clock),
        ("no approval", Box::new(|w| w.knows_approval = false), Unknown, Rule::Approval),
        ("no freezes known", Box::new(|w| w.freezes = None), Unknown, Rule::Freeze),
        ("no conflicts known", Box::new(|w| w.conflicts = None), Unknown, Rule::Conflict),
        ("a forged vote", Box::new(|w| w.forged = Some(vec!["dora"])), Deny, Rule::Forged),
        ("a vote of who asked", Box::new(|w| w.requesters = vec!["dora"]), Deny, Rule::Forged),
        (
            "a forged acceptance",
            Box::new(|w| {
                w.accepted.push(acceptance("robot"));
                w.forged = Some(vec!["robot"]);
            }),
            Deny,
            Rule::Forged,
        ),
        ("nobody looked who voted", Box::new(|w| w.forged = None), Unknown, Rule::Forged),
        ("no staging known", Box::new(|w| w.staged = None), Unknown, Rule::Staged),
    ];
    let mut seen: Vec<Rule> = Vec::new();
    for (what, change, verdict, rule) in cases {
        assert_eq!(World::after(change), (verdict, Some(rule)), "{what}");
        seen.push(rule);
    }
    seen.extend([Rule::Model, Rule::Untested]); // below
    let missing: Vec<&str> =
        Rule::ALL.iter().filter(|rule| !seen.contains(rule)).map(|rule| rule.name()).collect();
    assert!(missing.is_empty(), "no example of {missing:?}");
}

#[test]
fn a_change_that_says_nothing_of_a_commit_is_none_for_it() {
    let without = |w: &mut World| {
        w.change().deployment = None;
        w.change().approvals.clear();
        w.vote("dora", "10:00");
        w.vote("erin", "11:00");
    };
    assert_eq!(World::after(without), (Verdict::Deny, Some(Rule::OtherVersion)));
    // Asked for itself, it is about what it says.
    let alone = |w: &mut World| {
        without(w);
        w.ask = Ask { environment: "production".into(), ..Ask::default() };
    };
    assert_eq!(World::after(alone), (Verdict::Allow, None));
}

/// ITGC control C4.
#[test]
fn whoever_made_it_has_no_vote_that_counts() {
    // Ann wrote a commit under another address, and Bob asked for it.
    for who in ["ann", "bob"] {
        let (verdict, rule) = World::after(|w| {
            w.change().approvals.pop();
            w.vote(who, "12:00");
        });
        assert_eq!((verdict, rule), (Verdict::Pending, Some(Rule::Approval)), "{who}");
    }
    let pusher = |w: &mut World| {
        let deployment = w.change().deployment.as_mut().expect("a deployment");
        deployment.by = Some("Erin at home <e@home.example>".into());
    };
    assert_eq!(World::after(pusher), (Verdict::Pending, Some(Rule::Approval)));
    let assignee = |w: &mut World| w.change().assignee = Some(person("dora"));
    assert_eq!(World::after(assignee), (Verdict::Pending, Some(Rule::Approval)));
}

#[test]
fn a_vote_counts_only_as_the_voters_own() {
    let forged = |who| move |w: &mut World| w.forged = Some(vec![who]);
    assert_eq!(World::after(forged("dora")), (Verdict::Deny, Some(Rule::Forged)));
    assert_eq!(World::after(forged("finn")), (Verdict::Allow, None));
    let nobody_looked = |w: &mut World| w.forged = None;
    assert_eq!(World::after(nobody_looked), (Verdict::Unknown, Some(Rule::Forged)));
    // One more than is needed, of which one is forged: told, and enough are left.
    let one_more = |w: &mut World| {
        w.settings.definitions.values_mut().for_each(|each| each.steps[0].quorum = None);
        w.forged = Some(vec!["erin"]);
    };
    let mut world = World::new();
    one_more(&mut world);
    let answer = world.decide();
    assert_eq!(answer.verdict(), Verdict::Allow, "{:?}", answer.reasons());
    // Somebody else's second vote with the same time stands for nothing.
    let twice = |w: &mut World| {
        w.change().approvals.truncate(1);
        w.vote("dora", "10:00");
    };
    assert_ne!(World::after(twice).0, Verdict::Allow);
}

#[test]
fn a_standard_change_stands_on_its_model() {
    let standard = |standing: Option<Standing>, tier| {
        move |w: &mut World| {
            w.change().model = ChangeModel::Standard;
            w.change().approvals.clear();
            w.standing = standing;
            w.tier = tier;
        }
    };
    let (prod, test) = (Tier::Production, Tier::Testing);
    let model = |stands| Some(Standing::Model("web-release".into(), stands));
    assert_eq!(World::after(standard(model(Ok(())), prod)), (Verdict::Allow, None));
    let not = Standing::Not(vec!["it has run out".into()]);
    let none = || Some(Standing::NoModels);
    let model_says = (Verdict::Deny, Some(Rule::Model));
    let forged = model(Err("the vote of dora does not count".into()));
    assert_eq!(World::after(standard(forged, prod)), model_says);
    assert_eq!(World::after(standard(Some(not.clone()), prod)), model_says);
    assert_eq!(World::after(standard(Some(not), test)), model_says);
    assert_eq!(World::after(standard(none(), prod)), model_says);
    assert_eq!(World::after(standard(none(), test)), (Verdict::Allow, None));
    assert_eq!(World::after(standard(None, prod)), (Verdict::Unknown, Some(Rule::Model)));
}

#[test]
fn an_emergency_needs_no_window_and_in_a_freeze_a_reason() {
    let emergency = |w: &mut World| {
        w.change().model = ChangeModel::Emergency;
        w.change().planned_start = None;
        w.change().planned_end = None;
        w.change().approvals.clear();
        w.vote("dora", "10:00");
        w.vote("erin", "11:00");
    };
    assert_eq!(World::after(emergency), (Verdict::Allow, None));
    let frozen = |w: &mut World| {
        emergency(w);
        w.freezes = hindrance("freeze of December");
    };
    assert_eq!(World::after(frozen), (Verdict::Deny, Some(Rule::Freeze)));
}

#[test]
fn outside_of_production_no_window_is_needed() {
    for (tier, verdict) in [(Tier::Production, Verdict::Deny), (Tier::Staging, Verdict::Allow)] {
        let (found, _) = World::after(|w| {
            w.tier = tier;
            w.change().planned_start = None;
            w.change().planned_end = None;
            w.change().approvals.clear();
            w.vote("dora", "10:00");
            w.vote("erin", "11:00");
        });
        assert_eq!(found, verdict, "{tier:?}");
    }
}

#[test]
fn what_people_have_still_to_do_comes_before_the_time_of_it() {
    let (verdict, rule) = World::after(|w| {
        w.change().approvals.clear();
        (w.now, w.last_commit) = (time("12:00"), Some(time("11:00")));
    });
    assert_eq!((verdict, rule), (Verdict::Pending, Some(Rule::Approval)));
    // But what can never be mended by waiting counts more.
    let (verdict, rule) = World::after(|w| {
        w.change().approvals.clear();
        w.ask.commit = Some("4".repeat(40));
    });
    assert_eq!((verdict, rule), (Verdict::Deny, Some(Rule::OtherVersion)));
}

#[test]
fn what_waiting_mends() {
    let heals = |change: &dyn Fn(&mut World), until: &str| {
        let mut world = World::new();
        change(&mut world);
        world.decide().may_heal_by(time(until))
    };
    assert!(!heals(&|_| {}, "23:59"), "there is nothing to mend");
    assert!(heals(&|w| w.change().approvals.clear(), "22:31"));
    assert!(heals(&|w| w.now = time("21:50"), "22:00"));
    assert!(!heals(&|w| w.now = time("21:50"), "21:59"));
    assert!(!heals(&|w| w.now = time("23:00"), "23:59"));
    assert!(!heals(&|w| w.staged = Some(false), "23:59"));
    assert!(!heals(&|w| w.freezes = None, "23:59"));
}

#[test]
fn what_goes_out_is_told() {
    let told = |change: &dyn Fn(&mut crate::model::Deployment)| {
        let mut world = World::new();
        change(world.change().deployment.as_mut().expect("a deployment"));
        let answer = world.decide();
        assert_eq!(answer.verdict(), Verdict::Allow);
        answer.warnings().join("; ")
    };
    assert!(told(&|d| d.range = DeployRange::Unknown).contains("shallow"));
    assert!(told(&|d| d.range = DeployRange::Forced).contains("rewritten"));
    assert!(told(&|d| d.range = DeployRange::Rollback).contains("earlier"));
    assert_eq!(told(&|d| d.commit_count = Some(300)), "", "all authors are among those kept");
    assert!(told(&|d| d.commit_count = Some(10_000)).contains("10000 commits or more"));
}

#[test]
fn production_cannot_be_left_open() {
    let open = |tier| Environment { tier, after: None, fails: WhenUnknown::Open };
    assert_eq!(Bypass::of(&open(Tier::Production)), None);
    let cannot = || Answer::cannot_tell("no desk".into(), None, Heals::Never);
    let leave = Bypass::of(&open(Tier::Development));
    assert!(leave.is_some() && cannot().or_bypass(leave).is_bypass());
    assert!(!cannot().or_bypass(None).is_bypass());
    // It is for what cannot be told, and for nothing else.
    let mut world = World::new();
    world.staged = Some(false);
    assert!(!world.decide().or_bypass(leave).is_bypass());
}

use crate::model::ChangeModel;

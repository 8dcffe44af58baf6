//! Properties of the default workflows: whatever is done, in whatever order,
//! a record stays whole, and its history can be named from its states alone.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeSet;

use gitsm::format;
use gitsm::model::{
    DeskSettings, FORMAT_VERSION, Kind, Patch, PersonId, Profile, Record, RecordId, StateCategory,
    StateName, Timestamp,
};
use gitsm::policy::approval::{self, ApprovalSettings, ApprovalState};
use gitsm::policy::event::{RecordChange, action, message};
use gitsm::policy::{
    Inputs, Policy, PriorityMatrix, Scene, Workflow, Workflows, apply, by_hand, defaults, open_to,
    validate,
};
use proptest::prelude::*;
use ulid::Ulid;

fn workflow(kind: Kind) -> Workflow {
    let text = defaults::workflow(kind);
    let workflow: Workflow =
        format::read_settings("workflow", text.as_bytes()).expect("the default workflow reads");
    workflow.validate(kind).expect("the default workflow fits together");
    workflow
}

fn policy() -> Policy {
    Policy {
        settings: DeskSettings {
            format: FORMAT_VERSION,
            id: Ulid::from(1u128),
            name: "test".into(),
            trunk: "main".into(),
            time_zone: "UTC".into(),
            profile: Profile::Itsm,
            practices: Profile::Itsm.practices(),
            domains: indexmap::IndexMap::new(),
            custom_fields: indexmap::IndexMap::new(),
        },
        people: Vec::new(),
        teams: Vec::new(),
        priorities: PriorityMatrix::default(),
        workflows: Workflows::new([], workflow),
        roles: gitsm::policy::roles::Roles::new(None, gitsm::policy::roles::RoleSettings::default),
        models: gitsm::policy::template::Models::default(),
    }
}

/// Where an approval stands on a desk that defines none.
fn standing(policy: &Policy, record: &Record, now: Timestamp) -> ApprovalState {
    approval::state(record, &ApprovalSettings::default(), &[], policy, now)
}

fn blank(kind: Kind, model: &str) -> Record {
    let id = RecordId::new(kind, Ulid::from_parts(1_764_000_000_000, 42));
    let at = Timestamp::from_seconds(1_764_000_000);
    let entry = workflow(kind).entry[0].clone();
    let mut tree = serde_json::json!({
        "id": id, "status": entry, "opened_at": at, "opened_by": "ann", "updated_at": at,
    });
    if kind == Kind::Ci {
        tree["name"] = "web-01".into();
        tree["class"] = "server".into();
    } else {
        tree["title"] = "It does not work".into();
        for (field, value) in [("impact", "low"), ("urgency", "high"), ("priority", "P3")] {
            tree[field] = value.into();
        }
    }
    if kind == Kind::Change {
        tree["model"] = model.into();
    }
    Record::from_value(kind, tree).expect("a whole record")
}

/// Everything that any transition could need.
fn generous(workflow: &Workflow, pick: usize, seconds: i64) -> Inputs {
    let any = |words: &[StateName]| (!words.is_empty()).then(|| words[pick % words.len()].clone());
    let fields: &[(&str, &str)] = match workflow.kind {
        Kind::Problem => &[("cause", "A bug.")],
        Kind::Change => &[
            ("risk", "low"),
            ("planned_start", "2026-11-22T22:00:00Z"),
            ("planned_end", "2026-11-22T23:00:00Z"),
        ],
        _ => &[],
    };
    Inputs {
        hold_reason: any(&workflow.hold_reasons),
        code: None,
        step: None,
        comment: Some(format!("Because of {pick} at {seconds}.")),
        public: pick.is_multiple_of(2),
        patches: fields.iter().map(|(f, v)| Patch::Set((*f).into(), (*v).into())).collect(),
    }
}

fn is_whole(policy: &Policy, record: &Record) -> Result<(), TestCaseError> {
    let workflow = policy.workflow(record.kind());
    prop_assert!(workflow.states.contains_key(record.status()), "undeclared {}", record.status());
    let breaches = validate::record(policy, record);
    prop_assert!(breaches.is_empty(), "{breaches:?}\n{record:?}");
    let category = workflow.category(record.status());
    prop_assert_eq!(category == StateCategory::Closed, record.closed_at().is_some());
    if record.kind().is_ticket() {
        if category.is_open() {
            prop_assert!(record.resolved_at().is_none() && record.resolution().is_none());
        }
        let spans = record.holds();
        prop_assert!(spans.windows(2).all(|pair| pair[0].until.is_some_and(|u| u <= pair[1].from)));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_walk_leaves_a_whole_record(
        kind in prop::sample::select(Kind::ALL.to_vec()),
        model in prop::sample::select(vec!["normal", "standard", "emergency"]),
        picks in prop::collection::vec(0usize..1000, 1..40),
    ) {
        let policy = policy();
        let workflow = policy.workflow(kind);
        let mut record = blank(kind, model);
        let actor = PersonId::new("ann").expect("a name");
        let mut seconds = 1_764_000_000;
        let mut parts = 0u128;
        for pick in picks {
            seconds += 60;
            let now = Timestamp::from_seconds(seconds);
            let standing = |record: &Record| standing(&policy, record, now);
            let scene = Scene { actor: &actor, now, approvals: &standing, policy: None };
            let offers: Vec<String> =
                open_to(workflow, &record, &scene).into_iter().map(str::to_owned).collect();
            if offers.is_empty() {
                prop_assert_eq!(workflow.category(record.status()), StateCategory::Closed);
                break;
            }
            let chosen = &offers[pick % offers.len()];
            let before = record.clone();
            let mut fresh = || { parts += 1; Ulid::from_parts(1, parts) };
            let inputs = generous(workflow, pick, seconds);
            apply(workflow, &mut record, chosen, &inputs, &scene, &mut fresh)
                .map_err(|refusal| TestCaseError::fail(format!("{chosen}: {refusal}")))?;
            is_whole(&policy, &record)?;
            let change = RecordChange { before: Some(&before), after: &record };
            if before.status() != record.status() {
                prop_assert_eq!(&action(&policy, &change), chosen);
            }
            let text = message(&policy, &[change], None, &actor);
            prop_assert!(text.starts_with(&record.id().short()));
            let mut breaches = by_hand::edit(&policy, &before, &record, &scene);
            breaches.retain(|breach| breach.rule != "vote-changed");
            prop_assert!(breaches.is_empty(), "{chosen}: {breaches:?}");
        }
    }

    #[test]
    fn a_refused_action_changes_nothing(
        kind in prop::sample::select(Kind::ALL.to_vec()),
        action in "[a-z_]{2,12}",
    ) {
        let workflow = workflow(kind);
        let mut record = blank(kind, "normal");
        let before = record.clone();
        let actor = PersonId::new("ann").expect("a name");
        let now = Timestamp::from_seconds(1_764_000_600);
        let mut fresh = || Ulid::from_parts(1, 1);
        let policy = policy();
        let standing = |record: &Record| standing(&policy, record, now);
        let scene = Scene { actor: &actor, now, approvals: &standing, policy: None };
        let done = apply(
            &workflow, &mut record, &action, &Inputs::default(), &scene, &mut fresh,
        );
        if done.is_err() {
            prop_assert_eq!(before, record);
        }
    }
}

#[test]
fn every_state_can_be_reached_and_left_or_is_an_end() {
    for kind in Kind::ALL {
        let workflow = workflow(kind);
        let mut reached: BTreeSet<&StateName> = workflow.entry.iter().collect();
        loop {
            let more: Vec<&StateName> = workflow
                .transitions
                .values()
                .flatten()
                .filter(|way| way.from.iter().any(|state| reached.contains(state)))
                .filter_map(|way| way.to.as_ref())
                .filter(|state| !reached.contains(state))
                .collect();
            if more.is_empty() {
                break;
            }
            reached.extend(more);
        }
        for (state, meaning) in &workflow.states {
            assert!(reached.contains(state), "{kind}: {state} cannot be reached");
            let left = workflow.transitions.values().flatten().any(|way| way.from.contains(state));
            assert!(
                left || meaning.category == StateCategory::Closed,
                "{kind}: {state} is a dead end"
            );
        }
    }
}

#[test]
fn what_is_said_at_a_reopening_is_kept() {
    let policy = policy();
    let workflow = policy.workflow(Kind::Incident);
    let mut record = blank(Kind::Incident, "");
    let actor = PersonId::new("ann").expect("a name");
    let now = Timestamp::from_seconds(1_764_000_600);
    let standing = |record: &Record| standing(&policy, record, now);
    let scene = Scene { actor: &actor, now, approvals: &standing, policy: None };
    let mut fresh = || Ulid::from_parts(1, 1);
    let inputs = Inputs { comment: Some("Again.".to_owned()), ..Inputs::default() };
    for action in ["resolve", "reopen"] {
        apply(workflow, &mut record, action, &inputs, &scene, &mut fresh).expect("open");
    }
    assert_eq!(record.notes().len(), 1, "the words of the resolution are said anew");
}

#[test]
fn votes_and_ends_say_who_and_how() {
    let workflow = workflow(Kind::Change);
    let mut record = blank(Kind::Change, "normal");
    let (ann, bob) = (PersonId::new("ann").expect("a name"), PersonId::new("bob").expect("a name"));
    let mut parts = 0u128;
    let mut step = |record: &mut Record, action: &str, who: &PersonId, inputs: &Inputs| {
        let mut fresh = || {
            parts += 1;
            Ulid::from_parts(1, parts)
        };
        let now = Timestamp::from_seconds(1_764_000_100);
        let policy = policy();
        let standing = |record: &Record| standing(&policy, record, now);
        let scene = Scene { actor: who, now, approvals: &standing, policy: None };
        apply(&workflow, record, action, inputs, &scene, &mut fresh)
    };
    let inputs = generous(&workflow, 1, 0);
    step(&mut record, "submit", &ann, &Inputs::default()).expect("new can be submitted");
    let refusal = step(&mut record, "assess", &ann, &Inputs::default()).expect_err("no risk yet");
    assert_eq!(refusal.to_string(), format!("`assess` of {} needs risk", record.id().short()));
    step(&mut record, "assess", &ann, &inputs).expect("with risk");
    step(&mut record, "approve", &bob, &Inputs::default()).expect("with a window");
    assert_eq!(record.approvals().len(), 1);
    assert_eq!(record.approvals()[0].by, bob);
    step(&mut record, "implement", &ann, &Inputs::default()).expect("scheduled");
    step(&mut record, "fail", &ann, &inputs).expect("with words");
    step(&mut record, "close", &ann, &Inputs::default()).expect_err("no review yet");
    let patch = gitsm::model::Patch::Set("review".into(), "Look at the disks first.".into());
    let reviewed = Inputs { patches: vec![patch], ..Inputs::default() };
    step(&mut record, "close", &ann, &reviewed).expect("reviewed");
    let resolution = record.resolution().expect("it ended");
    assert_eq!(resolution.code.as_str(), "unsuccessful");
    assert!(record.started_at().is_some() && record.closed_at().is_some());
}

//! Approvals on examples.

mod random;

use ulid::Ulid;

use super::*;
use crate::format;
use crate::model::{Approval, Kind, PersonId, Record, StateName, Timestamp, Verdict};
use crate::policy::{Policy, Workflow, Workflows, fixture};

const PEOPLE: &str = "\
- {id: ann, name: Ann, teams: [apps], manager: mia}
- {id: bob, name: Bob, roles: [cab], teams: [apps]}
- {id: cid, name: Cid, roles: [cab]}
- {id: dan, name: Dan, roles: [cab], active_until: 2026-11-22T12:00:00Z}
- {id: eve, name: Eve}
- {id: mia, name: Mia}
- {id: bot, name: Bot, kind: machine}
";

fn policy(people: &str) -> Policy {
    let teams = fixture::settings("- {id: apps, name: Apps, lead: mia}\n");
    let workflows = Workflows::new([], Workflow::empty);
    Policy { teams, workflows, ..fixture::desk(people) }
}

fn settings(text: &str) -> ApprovalSettings {
    format::read_settings("approvals", text.as_bytes()).unwrap_or_else(|error| panic!("{error}"))
}

fn change() -> Record {
    let text = "\
id: CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q
title: Patch
status: authorize
impact: low
urgency: low
priority: P5
model: normal
requester: ann
assignee: eve
team: apps
opened_at: 2026-11-22T09:00:00Z
opened_by: ann
updated_at: 2026-11-22T09:00:00Z
";
    format::read_record_any(Kind::Change, text.as_bytes()).expect("a change")
}

fn minute(minute: i64) -> Timestamp {
    let start: Timestamp = "2026-11-22T09:00:00Z".parse().expect("a time");
    Timestamp::from_seconds(start.seconds() + minute * 60)
}

fn person(id: &str) -> PersonId {
    PersonId::new(id).expect("an id")
}

/// A desk, a record, and a clock that moves on a minute with each vote.
struct Case {
    policy: Policy,
    settings: ApprovalSettings,
    record: Record,
    minute: i64,
}

impl Case {
    fn new(settings_: &str) -> Self {
        Self { policy: policy(PEOPLE), settings: settings(settings_), record: change(), minute: 0 }
    }

    fn state(&self) -> ApprovalState {
        let names: Vec<&StateName> = self.settings.definitions.keys().collect();
        state(&self.record, &self.settings, &names, &self.policy, minute(self.minute))
    }

    fn vote(&mut self, who: &str, verdict: Verdict) -> Result<(), VoteRefusal> {
        self.vote_in(who, verdict, None)
    }

    fn vote_in(
        &mut self,
        who: &str,
        verdict: Verdict,
        step: Option<&str>,
    ) -> Result<(), VoteRefusal> {
        self.minute += 1;
        let now = self.state();
        let who = person(who);
        let ballots = ballots(&now, self.record.id(), &who, verdict, step)?;
        for ballot in ballots {
            let count = self.record.approvals().len() as u128;
            let id = Ulid::from_parts(1, count);
            let vote = ballot.cast(&now, id, minute(self.minute), &who, verdict, None);
            self.record.approvals_mut().expect("a ticket").push(vote);
        }
        Ok(())
    }

    fn yes(&mut self, who: &str) {
        self.vote(who, Verdict::Approved).unwrap_or_else(|refusal| panic!("{who}: {refusal}"));
    }

    fn no(&mut self, who: &str) {
        self.vote(who, Verdict::Rejected).unwrap_or_else(|refusal| panic!("{who}: {refusal}"));
    }

    fn refused(&mut self, who: &str) -> String {
        self.vote(who, Verdict::Approved).expect_err("no vote").to_string()
    }

    fn decision(&self) -> Decision {
        self.state().decision
    }

    fn of_steps(&self) -> Vec<Decision> {
        self.state().steps.iter().map(|step| step.decision).collect()
    }

    fn edit(&mut self, field: &str, value: &str) {
        let patch = crate::model::Patch::Set(field.into(), value.into());
        self.record.patch(&patch).expect("a field");
    }
}

#[test]
fn without_definitions_one_vote_decides_either_way() {
    let mut case = Case::new("{}");
    assert!(case.state().is_satisfied(), "nothing was asked for");
    assert_eq!(case.decision(), Decision::Pending);
    assert_eq!(
        case.refused("ann"),
        "ann asked for CHG-7K3F9Q or carries it out, and so has no vote on it [segregation-of-duties]"
    );
    assert!(case.refused("eve").contains("segregation"));
    assert!(case.refused("bot").contains("has no vote"), "a machine votes where it is named");
    case.yes("bob");
    assert_eq!(case.decision(), Decision::Approved);
    assert_eq!(case.refused("cid"), "CHG-7K3F9Q is approved already [decided]");
    let mut case = Case::new("{}");
    case.no("bob");
    assert_eq!(case.decision(), Decision::Rejected);
    // On a desk that lists nobody everybody is who git says they are.
    let mut case = Case::new("{}");
    case.policy = policy("[]");
    case.yes("ann");
    assert_eq!(case.decision(), Decision::Approved);
    let mut case = Case::new("segregation: [change]\n");
    case.policy = policy("[]");
    assert!(case.refused("ann").contains("segregation"), "asked for");
}

const STEPS: &str = "\
definitions:
  cab:
    when: type:change
    steps:
    - name: lead
      approvers: {from: [team_lead]}
    - name: board
      approvers: {roles: [cab]}
      quorum: 2
";

/// GLPI #24399: a step was granted because the one before was; #25571: the
/// second step never came.
#[test]
fn each_step_is_decided_by_its_own_votes() {
    let mut case = Case::new(STEPS);
    assert_eq!(case.of_steps(), [Decision::Pending, Decision::Waiting]);
    let early = case.vote_in("bob", Verdict::Approved, Some("board")).expect_err("not open");
    assert_eq!(early.to_string(), "step cab/board of CHG-7K3F9Q is not open yet [step-order]");
    assert_eq!(early.hint().as_deref(), Some("cab/lead comes first"));
    assert_eq!(case.refused("bob"), "bob has no vote on CHG-7K3F9Q in step cab/lead [approver]");
    case.yes("mia");
    assert_eq!(case.of_steps(), [Decision::Approved, Decision::Pending]);
    assert!(!case.state().is_satisfied());
    case.yes("bob");
    assert_eq!(case.of_steps(), [Decision::Approved, Decision::Pending]);
    assert_eq!(
        case.refused("bob"),
        "bob has approved CHG-7K3F9Q in step cab/board already [one-vote]"
    );
    case.yes("cid");
    assert_eq!(case.of_steps(), [Decision::Approved, Decision::Approved]);
    assert!(case.state().is_satisfied());
    // GLPI #841: who was not needed is not waited for.
    assert!(!case.state().steps[1].awaits(&person("dan")));
    assert_eq!(case.record.approvals()[1].step.as_deref(), Some("cab/board"));
}

#[test]
fn rejected_as_soon_as_the_quorum_is_out_of_reach() {
    let mut case = Case::new(STEPS);
    case.yes("mia");
    case.no("bob");
    assert_eq!(case.decision(), Decision::Pending, "two others can still approve");
    case.no("cid");
    assert_eq!(case.decision(), Decision::Rejected);
    assert_eq!(case.refused("dan"), "CHG-7K3F9Q is rejected already [decided]");
    let veto = STEPS.replace("quorum: 2", "quorum: 2\n      veto: true");
    let mut case = Case::new(&veto);
    case.yes("mia");
    case.no("bob");
    assert_eq!(case.decision(), Decision::Rejected, "one veto is enough");
    let mut case = Case::new(STEPS);
    case.no("mia");
    assert_eq!(case.of_steps(), [Decision::Rejected, Decision::NotRequired]);
}

#[test]
fn where_nobody_is_named_one_refusal_decides_unless_a_quorum_is_said() {
    let steps = |step: &str| {
        let mut case =
            Case::new(&format!("definitions: {{d: {{when: 'type:change', steps: [{step}]}}}}\n"));
        case.no("bob");
        case.decision()
    };
    assert_eq!(steps("{name: any}"), Decision::Rejected);
    assert_eq!(steps("{quorum: any}"), Decision::Pending);
    assert_eq!(steps("{quorum: 2}"), Decision::Pending);
    assert_eq!(steps("{quorum: 2, veto: true}"), Decision::Rejected);
    assert_eq!(steps("{approvers: {people: [bob, cid]}}"), Decision::Pending);
}

#[test]
fn a_vote_can_be_changed_until_the_step_is_decided() {
    let mut case = Case::new(STEPS);
    case.yes("mia");
    case.no("bob");
    case.yes("bob");
    case.yes("cid");
    assert_eq!(case.decision(), Decision::Approved);
    assert_eq!(case.state().uncounted[0].why, Why::Superseded);
}

/// ITGC control C2: what was approved is what is carried out.
#[test]
fn a_material_edit_voids_votes() {
    let mut case = Case::new(STEPS);
    case.yes("mia");
    case.yes("bob");
    case.yes("cid");
    case.edit("category", "network");
    assert_eq!(case.decision(), Decision::Approved, "not material");
    case.edit("backout_plan", "None.");
    assert_eq!(case.of_steps(), [Decision::Pending, Decision::Waiting]);
    assert_eq!(case.state().voided().count(), 3);
    assert!(!case.state().is_satisfied());
    assert!(case.state().in_words().contains("has changed"), "{}", case.state().in_words());
    case.yes("mia");
    case.yes("cid");
    case.yes("bob");
    assert_eq!(case.decision(), Decision::Approved);
    assert_eq!(case.record.approvals().len(), 6, "history keeps them");
    let only = format!("material: {{change: [risk]}}\n{STEPS}");
    let mut case = Case::new(&only);
    case.yes("mia");
    case.edit("title", "Another title");
    assert_eq!(case.of_steps(), [Decision::Approved, Decision::Pending]);
    case.edit("risk", "high");
    assert_eq!(case.of_steps(), [Decision::Pending, Decision::Waiting]);
}

#[test]
fn votes_that_are_asked_for_anew_begin_anew() {
    let mut case = Case::new(STEPS);
    case.no("mia");
    let asked = Approval {
        id: Ulid::from_parts(1, 99),
        at: minute(5),
        by: person("ann"),
        on_behalf_of: None,
        verdict: Verdict::Asked,
        step: None,
        digest: None,
        text: None,
    };
    case.record.approvals_mut().expect("a ticket").push(asked);
    case.minute = 5;
    assert_eq!(case.of_steps(), [Decision::Pending, Decision::Waiting]);
    assert_eq!(case.state().uncounted[0].why, Why::EarlierRound);
    case.yes("mia");
    assert_eq!(case.of_steps(), [Decision::Approved, Decision::Pending]);
}

/// ITGC control C3.
#[test]
fn people_who_left_or_were_never_asked_do_not_count() {
    let mut case = Case::new(STEPS);
    case.yes("mia");
    case.minute = 180;
    assert!(case.refused("dan").contains("no vote"), "left at twelve");
    assert_eq!(case.state().steps[1].seats.len(), 2);
    case.yes("bob");
    // Somebody writes a vote of their own into the file, with the right digest.
    let digest = Some(case.state().digest);
    for (by, behalf) in [("eve", None), ("bot", None), ("bob", Some("cid"))] {
        let id = Ulid::from_parts(2, case.record.approvals().len() as u128);
        let (verdict, step) = (Verdict::Approved, Some("cab/board".to_owned()));
        let (by, on_behalf_of) = (person(by), behalf.map(person));
        let at = minute(case.minute);
        let digest = digest.clone();
        let vote = Approval { id, at, by, on_behalf_of, verdict, step, digest, text: None };
        case.record.approvals_mut().expect("a ticket").push(vote);
    }
    assert_eq!(case.decision(), Decision::Pending);
    let why: Vec<Why> = case.state().uncounted.into_iter().map(|each| each.why).collect();
    assert_eq!(why, [Why::OwnMatter, Why::NotEntitled, Why::NotEntitled]);
}

const DELEGATION: &str = "\
delegations:
- {from: bob, to: mia, since: 2026-11-22T09:00:00Z, until: 2026-11-22T10:00:00Z}
- {from: cid, to: eve}
definitions:
  cab:
    when: type:change
    steps:
    - approvers: {people: [bob, cid]}
      quorum: all
";

/// GLPI #19198: anyone could approve for others.
#[test]
fn delegates_vote_within_their_dates_and_once() {
    let mut case = Case::new(DELEGATION);
    assert!(case.refused("eve").contains("segregation"), "a delegate's own matter");
    case.yes("mia");
    assert_eq!(case.record.approvals()[0].on_behalf_of, Some(person("bob")));
    assert!(case.refused("mia").contains("already"));
    case.yes("bob");
    assert_eq!(case.state().uncounted[0].why, Why::Superseded, "bob is back");
    case.yes("cid");
    assert_eq!(case.decision(), Decision::Approved);
    let mut case = Case::new(DELEGATION);
    case.minute = 60;
    assert!(case.refused("mia").contains("no vote"), "the delegation ended at ten");
    // One person never fills two seats.
    let both = "\
delegations: [{from: bob, to: cid}]
definitions:
  cab: {when: 'type:change', steps: [{approvers: {people: [bob, cid]}, quorum: all}]}
";
    let mut case = Case::new(both);
    case.yes("cid");
    assert!(case.refused("cid").contains("already"));
    assert_eq!(case.decision(), Decision::Pending);
}

#[test]
fn time_runs_out() {
    let mut case = Case::new(&STEPS.replace("quorum: 2", "quorum: 2\n      expires: 1h"));
    case.minute = 300;
    case.yes("mia");
    let expires = case.state().steps[1].expires_at;
    assert_eq!(expires, Some(minute(361)), "from when the step opened");
    case.minute = 359;
    case.yes("bob");
    case.minute = 360;
    assert_eq!(case.refused("cid"), "CHG-7K3F9Q is expired already [decided]");
    assert_eq!(case.of_steps(), [Decision::Approved, Decision::Expired]);
}

#[test]
fn sources_lead_to_people() {
    let of = |from: &str| {
        let text = format!(
            "segregation: []\ndefinitions: {{d: {{when: 'type:change', steps: [{{approvers: {{from: [{from}]}}, quorum: all}}]}}}}\n"
        );
        let case = Case::new(&text);
        let state = case.state();
        let names: Vec<String> =
            state.steps[0].seats.iter().map(|seat| seat.person.to_string()).collect();
        names.join(" ")
    };
    assert_eq!(of("requester"), "ann");
    assert_eq!(of("requester_manager"), "mia");
    assert_eq!(of("assignee"), "eve");
    assert_eq!(of("team"), "ann bob");
    assert_eq!(of("team_lead"), "mia");
    assert_eq!(of("team, assignee, requester"), "ann bob eve");
}

#[test]
fn nobody_to_ask_approves_nothing() {
    let text = "definitions: {d: {when: 'type:change', steps: [{approvers: {from: [requester_manager]}, quorum: all}]}}\n";
    let mut case = Case::new(text);
    case.edit("requester", "eve");
    let state = case.state();
    assert_eq!(state.decision, Decision::Pending);
    assert!(state.steps[0].is_short());
    assert_eq!(state.steps[0].waits_for(), "1 vote, and nobody may give it (d/1)");
}

#[test]
fn mistakes_in_settings_are_found() {
    let text = "\
material: {change: [titel], incident: [risk]}
delegations: [{from: bob, to: bob}, {from: zed, to: bob, since: 2026-11-22T09:00:00Z, until: 2026-11-22T08:00:00Z}]
definitions:
  a: {when: x, steps: []}
  b: {when: x, steps: [{name: s, approvers: {roles: [nobody], teams: [dbs]}}, {name: s, approvers: {people: [zed, ann]}, quorum: 3}]}
";
    let found = settings(text).mistakes(&policy(PEOPLE));
    let found: Vec<&str> = found.iter().map(|mistake| mistake.rule).collect();
    assert_eq!(
        found,
        [
            "approval-field",
            "approval-field",
            "approval-delegation",
            "approval-person",
            "approval-delegation",
            "approval-steps",
            "approval-team",
            "approval-nobody",
            "approval-steps",
            "approval-person",
            "approval-quorum",
        ]
    );
    assert!(settings(STEPS).mistakes(&policy(PEOPLE)).is_empty());
}

//! Answers about workflows, actions and approvals.

use gitsm::model::{
    ChangeModel, CodeCommit, DeployRange, DeployResult, Deployment, Kind, PersonId, StateCategory,
    StateName,
};
use gitsm::outcome::{
    ActionView, ActionsView, ApprovalDefinition, ApprovalSeat, ApprovalStep, ApprovalView,
    DeployedView, GateOverride, GateReason, GateView, RaiseResult, RaiseView, RaisedChange,
    RaisedLink, UncountedVote, WorkflowState, WorkflowView, WorkflowWay, WorkflowsView,
};

use crate::common::{COMMIT, bare, now};

pub fn workflows() -> WorkflowsView {
    let name = |text: &str| StateName::new(text).unwrap();
    let way = WorkflowWay {
        action: name("close"),
        from: vec![name("review")],
        to: Some(name("closed")),
        models: vec!["normal"],
        needs: vec!["comment".to_owned()],
        explain: vec![name("awaiting_requester")],
        by: Some("the role manager".to_owned()),
        not_by: vec!["the assignee"],
        set: [("outcome".to_owned(), "failed".to_owned())].into_iter().collect(),
        clear: vec!["team".to_owned()],
        vote: Some("approve"),
        approved: true,
        overridden: false,
    };
    WorkflowsView {
        schema: WorkflowsView::SCHEMA,
        workflows: vec![WorkflowView {
            kind: Kind::Change,
            domain: Some(name("internal")),
            path: None,
            edited: true,
            entry: vec![name("review")],
            states: vec![WorkflowState {
                name: name("review"),
                category: StateCategory::Resolved,
                work: true,
            }],
            transitions: vec![way],
            hold_reasons: vec![name("awaiting_vendor")],
            resolution_codes: vec![name("successful")],
            only_in: [("cis".to_owned(), vec![name("review")])].into_iter().collect(),
            on_reply: Some(name("resume")),
            follows_up: true,
        }],
    }
}

pub fn actions() -> ActionsView {
    let action = |open| ActionView {
        action: "known-error".to_owned(),
        open,
        offered: true,
        to: None,
        vote: false,
        needs: vec!["cause".to_owned()],
        why: (!open).then(|| "it is for others".to_owned()),
        hint: None,
    };
    ActionsView {
        schema: ActionsView::SCHEMA,
        id: bare().id(),
        short: bare().id().short(),
        title: "Printer".to_owned(),
        kind: Kind::Incident,
        status: StateName::new("new").unwrap(),
        known: true,
        actor: PersonId::new("alice").ok(),
        actions: vec![action(true), action(false)],
    }
}

pub fn approval() -> ApprovalView {
    let carol = || PersonId::new("carol").unwrap();
    let seat = |standing| ApprovalSeat {
        person: carol(),
        standing,
        at: Some(now()),
        by: Some(carol()),
        delegates: vec![carol()],
    };
    let step = |decision| ApprovalStep {
        step: Some("cab/board".to_owned()),
        decision,
        decided_at: Some(now()),
        quorum: "50%".to_owned(),
        veto: false,
        needed: Some(2),
        approved: 1,
        rejected: 0,
        open_to_all: false,
        too_few: false,
        expires_at: None,
        voters: ["approved", "rejected", "pending", "expired", "not_required"].map(seat).to_vec(),
        excluded: vec![carol()],
    };
    ApprovalView {
        schema: ApprovalView::SCHEMA,
        id: bare().id(),
        short: bare().id().short(),
        title: "Printer".to_owned(),
        now: now(),
        decision: "pending",
        digest: "00".repeat(32),
        asked_at: Some(now()),
        definitions: vec![ApprovalDefinition {
            name: "cab".to_owned(),
            description: None,
            when: Some("type:change".to_owned()),
            tasks: Vec::new(),
        }],
        steps: ["waiting", "pending", "approved", "rejected", "expired", "not_required"]
            .map(step)
            .to_vec(),
        uncounted: vec![UncountedVote {
            by: carol(),
            at: now(),
            verdict: "approved",
            step: None,
            why: "what it approved has changed since",
        }],
        waits_for: vec!["1 vote of carol".to_owned()],
    }
}

pub fn gate() -> GateView {
    GateView {
        schema: GateView::SCHEMA,
        verdict: "deny",
        exit_code: 10,
        id: Some("CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q".parse().unwrap()),
        short: Some("CHG-7K3F9Q".to_owned()),
        title: Some("Deploy crm".to_owned()),
        environment: "production".to_owned(),
        tier: "production",
        repository: Some("crm".to_owned()),
        commit: Some(COMMIT.to_owned()),
        artefact: Some("sha256:12".to_owned()),
        reasons: vec![GateReason {
            rule: "window-early",
            verdict: "deny",
            text: "its window opens 2026-11-22 22:00 UTC".to_owned(),
            hint: Some("wait until then".to_owned()),
            until: Some(now()),
        }],
        warnings: vec!["it goes back to an earlier state".to_owned()],
        approved_by: vec![PersonId::new("dora").unwrap()],
        digest: Some("ab".repeat(32)),
        model: Some("web-release".to_owned()),
        bypass: false,
        overridden: Some(GateOverride {
            by: PersonId::new("dora").unwrap(),
            at: now(),
            reason: "Nobody can log in".to_owned(),
            incident: "INC-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q".parse().unwrap(),
            due: now(),
            commit: Some(COMMIT.to_owned()),
        }),
        desk: Some(COMMIT.to_owned()),
        remote: Some("origin".to_owned()),
        at: now(),
        replay: Some("gitsm change gate".to_owned()),
        clock_given: false,
        replayed: false,
    }
}

fn a_change() -> gitsm::model::RecordId {
    "CHG-01KAM2V0T8Q4ZJ6D3N0R7K3F9Q".parse().unwrap()
}

fn a_link() -> RaisedLink {
    RaisedLink {
        rel: "fixes".to_owned(),
        id: bare().id(),
        short: bare().id().short(),
        title: "Printer".to_owned(),
    }
}

pub fn raised() -> RaiseView {
    let deployment = Deployment {
        key: "0".repeat(64),
        repository: "crm".to_owned(),
        environment: "production".to_owned(),
        reference: Some("refs/heads/main".to_owned()),
        range: DeployRange::Forward,
        from: Some("1".repeat(40)),
        commit: Some("2".repeat(40)),
        artefact: Some("sha256:3".to_owned()),
        commits: vec![CodeCommit {
            id: "2".repeat(40),
            at: now(),
            author: "Alice <alice@example.com>".to_owned(),
            subject: "Mend it".to_owned(),
        }],
        commit_count: Some(1),
        files_changed: Some(2),
        rolls_back: Some(a_change()),
        by: Some("Alice <alice@example.com>".to_owned()),
        pipeline: Some("https://example.com/runs/1".to_owned()),
    };
    RaiseView {
        schema: RaiseView::SCHEMA,
        dry_run: false,
        repository: "crm".to_owned(),
        changes: vec![RaisedChange {
            id: a_change(),
            short: a_change().short(),
            title: "Deploy crm".to_owned(),
            status: StateName::new("assess").unwrap(),
            model: ChangeModel::Normal,
            planned_start: Some(now()),
            planned_end: None,
            result: RaiseResult::Raised,
            commit: Some(COMMIT.to_owned()),
            deployment,
            linked: vec![a_link()],
            next: vec!["assess it".to_owned()],
        }],
        notices: vec!["nobody has described it".to_owned()],
    }
}

pub fn deployed() -> DeployedView {
    DeployedView {
        schema: DeployedView::SCHEMA,
        dry_run: false,
        id: a_change(),
        short: a_change().short(),
        title: "Deploy crm".to_owned(),
        status: StateName::new("review").unwrap(),
        environment: "production".to_owned(),
        deployed_commit: Some("2".repeat(40)),
        artefact: None,
        result: DeployResult::RolledBack,
        authorised: true,
        recorded: true,
        commit: Some(COMMIT.to_owned()),
        taken_back: Some(a_link()),
        notices: vec!["it stays review".to_owned()],
    }
}

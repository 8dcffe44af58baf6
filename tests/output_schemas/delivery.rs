//! Answers about software delivery.

use gitsm::model::{ChangeOutcome, DeployRange, DeployResult, PersonId, StateName, Timestamp};
use gitsm::outcome::{
    DeployLine, DeployStanding, DeploysView, DoraView, TicketlessLine, UndeployedLine,
};
use gitsm::report::{Delivery, deployments, dora as figures};

use crate::common::now;

/// Figures of one deployment, or of none.
pub fn dora(any: bool) -> DoraView {
    let at = Timestamp::from_seconds(now().seconds() - 3600);
    let delivery = Delivery {
        range: DeployRange::Forward,
        commits: vec![Timestamp::from_seconds(at.seconds() - 60)],
        attempts: vec![(at, DeployResult::Ok)],
        incidents: vec![(at, None)],
        group: None,
    };
    let all = if any { deployments(&delivery) } else { Vec::new() };
    DoraView {
        schema: DoraView::SCHEMA,
        now: now(),
        from: Timestamp::from_seconds(now().seconds() - 86_400),
        to: now(),
        time_zone: "UTC".to_owned(),
        environments: vec!["production".to_owned()],
        by: any.then_some("team"),
        lines: if any { vec![figures(Some("apps".to_owned()), 1.0, &all)] } else { Vec::new() },
        total: figures(None, 1.0, &all),
    }
}

/// Deployments with everything that can be wrong with them.
pub fn deploys() -> DeploysView {
    let (at, change) = (now(), "CHG-01K3F9Q0000000000000000000".parse().unwrap());
    let line = |standing| DeployLine {
        at,
        change,
        short: "CHG-000000".to_owned(),
        title: "Deploy crm".to_owned(),
        repository: Some("crm".to_owned()),
        environment: "production".to_owned(),
        commit: Some("1".repeat(40)),
        artefact: None,
        result: DeployResult::RolledBack,
        by: PersonId::new("ann").unwrap(),
        standing,
    };
    DeploysView {
        schema: DeploysView::SCHEMA,
        now: now(),
        from: Timestamp::from_seconds(now().seconds() - 86_400),
        to: now(),
        environments: vec!["production".to_owned()],
        deploys: vec![line(DeployStanding::Unauthorised), line(DeployStanding::Late)],
        left_out: 1,
        compared: Some("listing.csv".to_owned()),
        compared_lines: 1,
        ticketless: vec![TicketlessLine {
            line: 2,
            at,
            repository: None,
            environment: "production".to_owned(),
            commit: None,
            artefact: Some("sha256:aa".to_owned()),
            by: Some("root".to_owned()),
            change: Some(change),
            why: "nobody knows".to_owned(),
        }],
        undeployed: vec![UndeployedLine {
            change,
            short: "CHG-000000".to_owned(),
            title: "Deploy crm".to_owned(),
            status: StateName::new("review").unwrap(),
            outcome: ChangeOutcome::Successful,
            environment: "production".to_owned(),
            at,
        }],
        exceptions: 4,
    }
}

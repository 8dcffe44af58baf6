//! Answers about software delivery.

use gitsm::model::{DeployRange, DeployResult, Timestamp};
use gitsm::outcome::DoraView;
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

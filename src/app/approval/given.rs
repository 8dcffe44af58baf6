//! Approvals of tasks that have been given.

use super::Approvals;
use crate::app::session::Session;
use crate::model::{Record, StateName, TaskState};
use crate::policy::{Policy, approval};

impl Approvals {
    /// The approvals of waiting tasks that have been given.
    pub(in crate::app) fn given(
        &self,
        session: &Session,
        policy: &Policy,
        record: &Record,
    ) -> Vec<StateName> {
        let waiting = record.tasks().iter().filter(|task| task.state == TaskState::Waiting);
        let mut names: Vec<&StateName> = waiting.flat_map(|task| &task.approvals).collect();
        names.sort();
        names.dedup();
        names.retain(|name| {
            self.settings.definitions.contains_key(*name)
                && approval::state(record, &self.settings, &[*name], policy, session.now())
                    .is_satisfied()
        });
        names.into_iter().cloned().collect()
    }
}

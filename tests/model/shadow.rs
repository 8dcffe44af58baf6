//! A record as the model knows it.

use std::collections::BTreeSet;

use gitsm::model::{Kind, Record, RecordId, Relation};

use crate::telling::meaning;

/// A record as the model knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shadow {
    pub state: String,
    pub reopened: u32,
    pub resolved: bool,
    pub closed: bool,
    /// How many spans on hold there were, and why the running one began.
    pub holds: usize,
    pub held_for: Option<String>,
    pub notes: usize,
    pub votes: usize,
    pub assignee: Option<String>,
    pub links: BTreeSet<(Relation, RecordId)>,
    pub impact: String,
}

impl Shadow {
    pub fn of(record: &Record) -> Self {
        let running = record.holds().last().filter(|hold| hold.until.is_none());
        Self {
            state: record.status().to_string(),
            reopened: record.reopen_count(),
            resolved: record.resolved_at().is_some(),
            closed: record.closed_at().is_some(),
            holds: record.holds().len(),
            held_for: running.map(|hold| hold.reason.to_string()),
            notes: record.notes().len(),
            votes: record.votes().count(),
            assignee: record.assignee().map(ToString::to_string),
            links: record.links().iter().map(|link| (link.rel, link.to)).collect(),
            impact: record.impact().map(|level| level.to_string()).unwrap_or_default(),
        }
    }

    /// Moves to `to`, with what that leaves behind.
    pub fn enter(&mut self, kind: Kind, to: &str, reason: Option<&str>) {
        if to.is_empty() || to == self.state {
            return;
        }
        let (was, is) = (meaning(kind, &self.state), meaning(kind, to));
        self.state = to.to_owned();
        if kind != Kind::Ci {
            self.held_for = None;
            if is == 'h' {
                self.holds += 1;
                self.held_for = Some(reason.unwrap_or(to).to_owned());
            }
        }
        let ended = |meaning| meaning == 'r' || meaning == 'c';
        if !ended(is) && ended(was) {
            self.reopened += u32::from(kind != Kind::Ci);
            self.resolved = false;
            self.closed = false;
        }
        match is {
            'r' => {
                self.resolved = kind != Kind::Ci;
                self.closed = false;
            }
            'c' => self.closed = true,
            _ => {}
        }
    }
}

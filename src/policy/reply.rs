//! What follows from an answer of the requester.

use ulid::Ulid;

use super::workflow::OnClosed;
use super::{Policy, Workflow, validate};
use crate::model::{
    Kind, Link, Note, NoteKind, PersonId, Record, RecordId, Relation, StateCategory, Timestamp,
};

/// The action that follows from `note`: an answer of the requester, for all to
/// read, ends a hold that waits for it (ServiceNow incident state model: an
/// update by the caller takes an incident on hold back to work).
pub fn after_note<'a>(workflow: &'a Workflow, record: &Record, note: &Note) -> Option<&'a str> {
    let reply = workflow.on_reply.as_ref()?;
    let hold = record.holds().last().filter(|hold| hold.until.is_none())?;
    let is_answer = note.kind == NoteKind::Public && record.requester() == Some(&note.by);
    let action = reply.action.as_str();
    (is_answer
        && reply.hold_reasons.contains(&hold.reason)
        && workflow.ways(action, record).next().is_some())
    .then_some(action)
}

impl Workflow {
    /// Whether answers to what is closed open new records. Where the workflow
    /// hears answers at all but does not say this, only incidents come back.
    pub fn follows_up(&self) -> bool {
        let usual = if self.kind == Kind::Incident { OnClosed::FollowUp } else { OnClosed::Note };
        let closed = self.on_reply.as_ref().map(|reply| reply.closed.unwrap_or(usual));
        closed == Some(OnClosed::FollowUp)
    }
}

/// Whether something that the requester says for all to read opens a new record
/// instead of being noted on `record` (ServiceNow incident state model: what is
/// closed stays closed, and a reply to it makes a new incident).
///
/// What was closed as the same as another one goes on there; then it is noted.
pub fn opens_follow_up(
    workflow: &Workflow,
    record: &Record,
    kind: NoteKind,
    by: &PersonId,
) -> bool {
    let is_duplicate = || record.links().iter().any(|link| link.rel == Relation::DuplicateOf);
    kind == NoteKind::Public
        && workflow.follows_up()
        && record.requester() == Some(by)
        && workflow.category(record.status()) == StateCategory::Closed
        && !is_duplicate()
}

/// What a follow-up takes over from the record that it continues.
const TAKEN_OVER: &[&str] = &[
    "title",
    "impact",
    "urgency",
    "service",
    "cis",
    "requester",
    "team",
    "category",
    "tags",
    "domain",
    "custom",
];

/// The record that continues `closed`, with `text` as what is wrong now, opened
/// by `by` at `now`; `None` where the workflow has no beginning.
///
/// It copies what the closed one was about, as far as the desk still knows it,
/// and nothing of its life.
pub fn follow_up(
    policy: &Policy,
    closed: &Record,
    id: Ulid,
    text: &str,
    (by, now): (&PersonId, Timestamp),
) -> Option<Record> {
    let id = RecordId::new(closed.kind(), id);
    let old = closed.to_value();
    let mut tree = serde_json::json!({
        "id": id,
        "status": policy.workflow_of(closed).entry.first()?,
        "priority": policy.priorities.priority(closed.impact()?, closed.urgency()?),
        "channel": "cli",
        "description": text,
        "links": [Link { rel: Relation::FollowUpOf, to: closed.id() }],
        "opened_at": now,
        "opened_by": by,
        "updated_at": now,
    });
    for name in TAKEN_OVER {
        if let Some(value) = old.get(name) {
            tree[*name] = value.clone();
        }
    }
    let made = |tree| Record::from_value(closed.kind(), tree).ok();
    let breaches = validate::record(policy, &made(tree.clone())?);
    // What the desk has given up since is left behind.
    for breach in breaches.iter().filter(|breach| breach.is_error) {
        let place = match breach.rule {
            "team-unknown" => Some(&mut tree),
            rule if rule.starts_with("custom-") => tree.get_mut("custom"),
            _ => None,
        };
        if let Some(map) = place.and_then(|place| place.as_object_mut()) {
            map.shift_remove(&breach.field);
        }
    }
    made(tree)
}

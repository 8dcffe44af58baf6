//! Carrying on to the records that hang on a changed one, in the same commit.

use std::collections::HashSet;

use super::write::Work;
use crate::error::CommandError;
use crate::model::{Note, NoteKind, Record, RecordId, paragraph};
use crate::policy::cascade::{self, Follow};
use crate::policy::{self, Scene};

/// Does to the records that hang on `id` what follows from its change since it
/// read `before`, and to those that hang on them in turn.
///
/// Where the workflow of such a record does not allow it, it stays as it is,
/// with a note that says why.
///
/// # Errors
///
/// The index or a record cannot be read.
pub(super) fn spread(
    work: &mut Work<'_>,
    id: RecordId,
    before: &Record,
) -> Result<(), CommandError> {
    let mut seen = HashSet::from([id]);
    let mut waiting = vec![(id, before.clone())];
    while let Some((id, before)) = waiting.pop() {
        let after = work.peek(id)?;
        if !may_spread(&before, &after) {
            continue;
        }
        for dependant in dependants(work, &after)? {
            if work.named.contains(&dependant) || !seen.insert(dependant) {
                continue;
            }
            let was = work.peek(dependant)?;
            let policy = work.policy;
            let (own, theirs) = (policy.workflow_of(&after), policy.workflow_of(&was));
            match cascade::follow(own, (&before, &after), (theirs, &was), work.actor) {
                Follow::Nothing => {}
                Follow::Note { kind, text } => {
                    let mut next = was;
                    next.notes_mut().extend(note(work, kind, &text));
                    work.follow(next)?;
                }
                Follow::Act { action, inputs } => {
                    if theirs.ways(action, &was).next().is_none() {
                        continue;
                    }
                    let (session, actor) = (work.session, work.actor);
                    let approvals = work.approvals_of(&was)?;
                    let state = |record: &Record| approvals.state(session, policy, record);
                    let scene =
                        Scene { actor, now: session.now(), approvals: &state, policy: None };
                    let mut fresh = || session.fresh_id();
                    let mut next = was.clone();
                    let done =
                        policy::apply(theirs, &mut next, action, &inputs, &scene, &mut fresh);
                    if let Err(refusal) = done {
                        let text = format!("It did not follow {}: {refusal}.", id.short());
                        next.notes_mut().extend(note(work, NoteKind::System, &text));
                    }
                    work.follow(next)?;
                    waiting.push((dependant, was));
                }
            }
        }
    }
    Ok(())
}

fn note(work: &Work<'_>, kind: NoteKind, text: &str) -> Option<Note> {
    let (id, at, by) = (work.session.fresh_id(), work.session.now(), work.actor.clone());
    paragraph(text).map(|text| Note { id, at, by, kind, text })
}

/// Whether anything could follow, so that the index need not be asked in vain.
fn may_spread(before: &Record, after: &Record) -> bool {
    before.status() != after.status()
        || before.resolution() != after.resolution()
        || matches!((before, after), (Record::Problem(was), Record::Problem(is))
            if was.workaround != is.workaround)
}

/// The records that hang on `record`, as the index and this action have them,
/// the oldest first.
fn dependants(work: &Work<'_>, record: &Record) -> Result<Vec<RecordId>, CommandError> {
    let Some(relation) = cascade::hangs_by(record) else { return Ok(Vec::new()) };
    let found = work.session.index()?.links_to(record.id())?;
    let mut ids: Vec<RecordId> = found
        .into_iter()
        .filter(|(_, rel)| *rel == relation)
        .map(|(id, _)| id)
        .chain(work.changed().map(Record::id))
        .collect();
    ids.sort();
    ids.dedup();
    // What this action unlinked or deleted hangs on it no more.
    ids.retain(|id| {
        work.peek(*id).is_ok_and(|other| {
            other.links().iter().any(|link| link.rel == relation && link.to == record.id())
        })
    });
    Ok(ids)
}

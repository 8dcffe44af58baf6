//! Use cases that change records that are there.

use super::write::{Describe, Work};
use super::{Session, resolve};
use crate::error::{CommandError, ErrorKind};
use crate::format;
use crate::model::{Note, NoteKind, Patch, PersonId, Record, RecordId, TeamId, paragraph};
use crate::outcome::Written;
use crate::policy::{self, Inputs, validate};

/// Carries out a lifecycle action on all of `ids`, or on none.
///
/// # Errors
///
/// The workflow refuses it for one of them, or something is missing.
pub fn act(
    session: &Session,
    ids: &[RecordId],
    action: &str,
    inputs: &Inputs,
) -> Result<Written, CommandError> {
    let batch = (ids.len() > 1).then_some(action);
    session.write(Describe { batch, ..Describe::default() }, |work| {
        for id in ids {
            step(work, *id, action, inputs)?;
        }
        Ok(())
    })
}

/// Carries out one action on one record, with its patches resolved.
fn step(
    work: &mut Work<'_>,
    id: RecordId,
    action: &str,
    inputs: &Inputs,
) -> Result<(), CommandError> {
    let mut inputs = inputs.clone();
    for patch in &mut inputs.patches {
        *patch = resolve::patch(work.session, work.policy, work.actor, patch)?;
    }
    let (session, policy, actor) = (work.session, work.policy, work.actor);
    let record = work.record(id)?;
    let workflow = policy.workflow(id.kind());
    let mut fresh = || session.fresh_id();
    policy::apply(workflow, record, action, &inputs, actor, session.now(), &mut fresh).map_err(
        |refusal| {
            let offered = policy::offered(workflow, record);
            let error = CommandError::from(refusal);
            if error.kind == ErrorKind::Refused && error.hints.is_empty() {
                error.hint(now_possible(id, &offered))
            } else {
                error
            }
        },
    )
}

fn now_possible(id: RecordId, offered: &[&str]) -> String {
    if offered.is_empty() {
        return format!("nothing can be done with it; open a new {} instead", id.kind());
    }
    let names: Vec<String> = offered.iter().map(|action| action.replace('_', "-")).collect();
    format!("possible now: {}", names.join(", "))
}

/// Assigns records to the acting person and begins work that nobody has begun.
pub fn take(
    session: &Session,
    ids: &[RecordId],
    comment: Option<&str>,
) -> Result<Written, CommandError> {
    let batch = (ids.len() > 1).then_some("take");
    session.write(Describe { batch, ..Describe::default() }, |work| {
        for id in ids {
            let (policy, actor) = (work.policy, work.actor.clone());
            let record = work.record(*id)?;
            record.set_assignee(Some(actor));
            let starts = policy.workflow(id.kind()).ways("start", record).next().is_some();
            if starts {
                step(work, *id, "start", &Inputs::default())?;
            }
            if let Some(text) = comment {
                add_note(work, *id, NoteKind::Work, text)?;
            }
        }
        Ok(())
    })
}

/// Hands incidents to the next support level: another team, nobody assigned yet.
pub fn escalate(
    session: &Session,
    ids: &[RecordId],
    team: &TeamId,
    comment: &str,
) -> Result<Written, CommandError> {
    let batch = (ids.len() > 1).then_some("escalate");
    session.write(Describe { batch, ..Describe::default() }, |work| {
        policy::access::known_team(work.policy, team)?;
        for id in ids {
            let workflow = work.policy.workflow(id.kind());
            policy::escalate(workflow, work.record(*id)?, team)?;
            add_note(work, *id, NoteKind::Work, comment)?;
        }
        Ok(())
    })
}

/// Sets fields of all of `ids`, or of none.
pub fn edit(
    session: &Session,
    ids: &[RecordId],
    patches: &[Patch],
) -> Result<Written, CommandError> {
    let batch = (ids.len() > 1).then_some("edit");
    session.write(Describe { batch, ..Describe::default() }, |work| {
        for id in ids {
            let mut record = work.peek(*id)?;
            resolve::apply(work, &mut record, patches)?;
            super::create::unique_name(work, &record)?;
            *work.record(*id)? = record;
        }
        Ok(())
    })
}

/// The text of a record's file, for an editor.
pub fn source(session: &Session, id: RecordId) -> Result<String, CommandError> {
    let bytes = session.snapshot()?.record_bytes(id)?.unwrap_or_default();
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Takes `text` as the new content of a record that read `before` when the
/// editor opened.
///
/// # Errors
///
/// The text is no such record, breaks a rule that commands keep, or the record
/// has changed meanwhile.
pub fn rewrite(
    session: &Session,
    id: RecordId,
    before: &str,
    text: &str,
) -> Result<Written, CommandError> {
    let path = id.path();
    let after = format::read_record(id, text.as_bytes()).map_err(|error| {
        let failed = CommandError::invalid(&error);
        match error.hint() {
            Some(hint) => failed.hint(hint),
            None => failed,
        }
    })?;
    if let Some(line) = format::comment_line(text.as_bytes()) {
        return Err(CommandError::invalid(format!("{path}:{line}: records hold no comments"))
            .hint("put it into the description or a note"));
    }
    session.write(Describe::default(), |work| {
        if work.snapshot.record_bytes(id)?.as_deref() != Some(before.as_bytes()) {
            let message = format!("{} was changed by somebody else meanwhile", id.short());
            return Err(CommandError::new(ErrorKind::Conflict, message)
                .hint(format!("gitsm edit {} again", id.short())));
        }
        let committed = work.peek(id)?;
        if let Some(breach) = validate::edit(work.policy, &committed, &after).first() {
            let message = format!("{}: {} [{}]", breach.field, breach.message, breach.rule);
            return Err(CommandError::refused(format!("{}: {message}", id.short())));
        }
        let mut next = after.clone();
        next.normalise();
        work.policy.priorities.follow_edit(&committed, &mut next);
        super::create::unique_name(work, &next)?;
        *work.record(id)? = next;
        Ok(())
    })
}

/// Adds a note to all of `ids`.
pub fn note(
    session: &Session,
    ids: &[RecordId],
    kind: NoteKind,
    text: &str,
) -> Result<Written, CommandError> {
    let batch = (ids.len() > 1).then_some("note");
    session.write(Describe { batch, ..Describe::default() }, |work| {
        ids.iter().try_for_each(|id| add_note(work, *id, kind, text))
    })
}

fn add_note(
    work: &mut Work<'_>,
    id: RecordId,
    kind: NoteKind,
    text: &str,
) -> Result<(), CommandError> {
    let text = paragraph(text).ok_or_else(|| {
        CommandError::usage("the note is empty").hint("say something with `-m TEXT`")
    })?;
    let (note_id, at, by) = (work.session.fresh_id(), work.session.now(), work.actor.clone());
    work.record(id)?.notes_mut().push(Note { id: note_id, at, by, kind, text });
    Ok(())
}

/// Gives all of `ids` to a person (`me`, `none` or an id), a team (`none` for
/// no team), or both.
pub fn assign(
    session: &Session,
    ids: &[RecordId],
    person: Option<&str>,
    team: Option<&TeamId>,
    comment: Option<&str>,
) -> Result<Written, CommandError> {
    let batch = (ids.len() > 1).then_some("assign");
    session.write(Describe { batch, ..Describe::default() }, |work| {
        let person = match person {
            None => None,
            Some("none") => Some(None),
            Some(text) => {
                Some(Some(resolve::person(work.policy, work.actor, text, false, work.session)?))
            }
        };
        let team = match team {
            None => None,
            Some(team) if team.as_str() == "none" => Some(None),
            Some(team) => {
                policy::access::known_team(work.policy, team)?;
                Some(Some(team.clone()))
            }
        };
        for id in ids {
            give(work.record(*id)?, person.as_ref(), team.as_ref());
            if let Some(text) = comment {
                add_note(work, *id, NoteKind::Work, text)?;
            }
        }
        Ok(())
    })
}

fn give(record: &mut Record, person: Option<&Option<PersonId>>, team: Option<&Option<TeamId>>) {
    if let Some(person) = person {
        record.set_assignee(person.clone());
    }
    if let Some(team) = team {
        record.set_team(team.clone());
    }
}

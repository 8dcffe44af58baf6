//! Changing records that are there.

use super::write::{Describe, Work};
use super::{Session, approval, cascade, models, resolve, risk};
use crate::error::{CommandError, ErrorKind};
use crate::format;
use crate::model::{
    Kind, Major, Note, NoteKind, Patch, Record, RecordId, Relation, StateCategory, TeamId,
    paragraph,
};
use crate::outcome::Written;
use crate::policy::{self, Inputs, Refusal, Scene, by_hand, roles};

/// Carries out a lifecycle action, with its patches resolved.
///
/// # Errors
///
/// The workflow refuses it, or something is missing.
pub(super) fn act(
    work: &mut Work<'_>,
    id: RecordId,
    action: &str,
    inputs: &Inputs,
) -> Result<(), CommandError> {
    let mut inputs = inputs.clone();
    inputs.public |= roles::only_asks(work.policy, work.actor, &work.peek(id)?);
    for patch in &mut inputs.patches {
        *patch = resolve::patch(work, patch)?;
    }
    risk::before_handing_in(work, id, action)?;
    let (session, policy, actor) = (work.session, work.policy, work.actor);
    let approvals = work.approvals_of(&work.peek(id)?)?;
    let state = |record: &Record| approvals.state(session, policy, record);
    let scene = Scene { actor, now: session.now(), approvals: &state, policy: Some(policy) };
    let record = work.record(id)?;
    let workflow = policy.workflow_of(record);
    let mut fresh = || session.fresh_id();
    let before = record.clone();
    policy::apply(workflow, record, action, &inputs, &scene, &mut fresh).map_err(|refusal| {
        let offered = policy::open_to(workflow, record, &scene);
        let is_none = matches!(refusal, Refusal::NoSuchAction { .. });
        let error = CommandError::from(refusal);
        if (is_none || error.kind == ErrorKind::Refused) && error.hints.is_empty() {
            let is_over = workflow.category(record.status()) == StateCategory::Closed;
            error.hint(now_possible(id, &offered, is_over))
        } else {
            error
        }
    })?;
    if !inputs.patches.is_empty() {
        policy.priorities.follow_edit(&before, record);
    }
    let mut told = models::demoted(policy, &before, record, session.now());
    if record.approvals().len() > before.approvals().len() {
        let notice = approval::after_vote(record, &state(record));
        told.extend(notice);
    }
    work.notices.append(&mut told);
    Ok(())
}

fn now_possible(id: RecordId, offered: &[&str], is_over: bool) -> String {
    if offered.is_empty() && is_over {
        return format!("nothing can be done with it; open a new {} instead", id.kind());
    }
    if offered.is_empty() {
        return format!("`gitsm actions {}` says what stands in the way", id.short());
    }
    let names: Vec<String> = offered.iter().map(|action| action.replace('_', "-")).collect();
    format!("possible now: {}", names.join(", "))
}

/// Assigns a record to the acting person and begins work that nobody has begun.
pub(super) fn take(
    work: &mut Work<'_>,
    id: RecordId,
    comment: Option<&str>,
) -> Result<(), CommandError> {
    let (policy, actor) = (work.policy, work.actor.clone());
    let record = work.record(id)?;
    record.set_assignee(Some(actor));
    let record = record.clone();
    let starts = policy.workflow_of(&record).ways("start", &record).next().is_some();
    if starts {
        match not_startable(work, &record)? {
            None => act(work, id, "start", &Inputs::default())?,
            // Who does it and whether it may begin are two questions.
            Some(reason) => work.notices.push(format!("it has not begun: {reason}")),
        }
    }
    comment.map_or(Ok(()), |text| note(work, id, NoteKind::Work, text))
}

/// Why work on the record cannot begin yet, if a rule is in the way.
fn not_startable(work: &Work<'_>, record: &Record) -> Result<Option<String>, CommandError> {
    let (session, policy, actor) = (work.session, work.policy, work.actor);
    let approvals = work.approvals_of(record)?;
    let state = |record: &Record| approvals.state(session, policy, record);
    let scene = Scene { actor, now: session.now(), approvals: &state, policy: Some(policy) };
    let choices = policy::choices(policy.workflow_of(record), record, &scene);
    let start = choices.into_iter().find(|choice| choice.action.as_str() == "start");
    Ok(start.and_then(|choice| choice.refusal).map(|refusal| refusal.to_string()))
}

/// Hands an incident to the next support level: another team, nobody assigned
/// yet.
pub(super) fn escalate(
    work: &mut Work<'_>,
    id: RecordId,
    team: &TeamId,
    comment: &str,
) -> Result<(), CommandError> {
    policy::access::known_team(work.policy, team)?;
    let policy = work.policy;
    let record = work.record(id)?;
    policy::escalate(policy.workflow_of(record), record, team)?;
    note(work, id, NoteKind::Work, comment)
}

/// Sets fields of a record.
pub(super) fn edit(
    work: &mut Work<'_>,
    id: RecordId,
    patches: &[Patch],
) -> Result<(), CommandError> {
    let mut record = work.peek(id)?;
    let named;
    let patches = if id.kind() == Kind::Ci {
        // What is a title elsewhere is a CI's name.
        named = patches.iter().map(title_to_name).collect::<Vec<_>>();
        &named
    } else {
        patches
    };
    resolve::apply(work, &mut record, patches)?;
    *work.record(id)? = record;
    Ok(())
}

fn title_to_name(patch: &Patch) -> Patch {
    match patch {
        Patch::Set(field, value) if field == "title" => Patch::Set("name".into(), value.clone()),
        Patch::Clear(field) if field == "title" => Patch::Clear("name".into()),
        other => other.clone(),
    }
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
    dry_run: bool,
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
    session.write(Describe { dry_run, ..Describe::default() }, |work| {
        if work.snapshot.record_bytes(id)?.as_deref() != Some(before.as_bytes()) {
            let message = format!("{} was changed by somebody else meanwhile", id.short());
            return Err(CommandError::new(ErrorKind::Conflict, message)
                .hint(format!("gitsm edit {} again", id.short())));
        }
        let committed = work.peek(id)?;
        let breaches = {
            let (policy, approvals) = (work.policy, work.approvals_of(&after)?);
            let state = |record: &Record| approvals.state(session, policy, record);
            let (actor, now) = (work.actor, session.now());
            let scene = Scene { actor, now, approvals: &state, policy: Some(policy) };
            by_hand::edit(policy, &committed, &after, &scene)
        };
        if let Some(breach) = breaches.first() {
            let message = format!("{}: {} [{}]", breach.field, breach.message, breach.rule);
            return Err(CommandError::refused(format!("{}: {message}", id.short())));
        }
        let mut next = after.clone();
        next.normalise();
        take_over(work, Some(&committed), &mut next)?;
        *work.record(id)? = next;
        cascade::spread(work, id, &committed)
    })
}

/// Gives a record that was written by hand what follows from it: the priority
/// that its impact and urgency make, and the marks of a move.
///
/// # Errors
///
/// The desk's approvals cannot be read.
pub(super) fn take_over(
    work: &Work<'_>,
    before: Option<&Record>,
    after: &mut Record,
) -> Result<(), CommandError> {
    let Some(before) = before else { return Ok(()) };
    let (session, policy) = (work.session, work.policy);
    policy.priorities.follow_edit(before, after);
    let approvals = work.approvals_of(after)?;
    let state = |record: &Record| approvals.state(session, policy, record);
    let (actor, now) = (work.actor, session.now());
    let scene = Scene { actor, now, approvals: &state, policy: Some(policy) };
    by_hand::finish(policy, before, after, &scene, &mut || session.fresh_id());
    Ok(())
}

/// Calls an incident a major one, or not.
pub(super) fn major(
    work: &mut Work<'_>,
    id: RecordId,
    to: Major,
    comment: Option<&str>,
) -> Result<(), CommandError> {
    let policy = work.policy;
    let record = work.record(id)?;
    policy::major::take_to(policy.workflow_of(record), record, to)?;
    comment.map_or(Ok(()), |text| note(work, id, NoteKind::Work, text))
}

/// Adds an answer to the "why?" of a problem.
pub(super) fn why(work: &mut Work<'_>, id: RecordId, text: &str) -> Result<(), CommandError> {
    let text = paragraph(text).ok_or_else(|| {
        CommandError::usage("the answer is empty").hint("say something with `-m TEXT`")
    })?;
    match work.record(id)? {
        Record::Problem(problem) => problem.whys.push(text),
        other => {
            let message =
                format!("{} is no problem but {}", other.id().short(), other.kind().one());
            return Err(CommandError::usage(message));
        }
    }
    Ok(())
}

/// Adds a note to a record, and does what the workflow says follows from it.
/// What somebody says who only asks for something is for all to read.
pub(super) fn note(
    work: &mut Work<'_>,
    id: RecordId,
    kind: NoteKind,
    text: &str,
) -> Result<(), CommandError> {
    let policy = work.policy;
    let before = work.peek(id)?;
    let kind = match kind {
        NoteKind::Work if roles::only_asks(policy, work.actor, &before) => NoteKind::Public,
        kind => kind,
    };
    let merged = before.links().iter().find(|link| link.rel == Relation::DuplicateOf);
    if let Some(original) = merged.filter(|_| !policy.category_of(&before).is_open()) {
        let (id, other) = (id.short(), original.to.short());
        work.notices.push(format!("{id} ended as a duplicate; work goes on with {other}"));
    } else if policy::opens_follow_up(policy.workflow_of(&before), &before, kind, work.actor) {
        return follow_up(work, &before, text);
    }
    say(work, id, kind, text)?;
    let record = work.peek(id)?;
    let workflow = policy.workflow_of(&record);
    let note = record.notes().last();
    let follows = note.and_then(|note| policy::after_note(workflow, &record, note));
    follows.map_or(Ok(()), |action| answered(work, id, action))
}

/// Opens a new record for what the requester says of one that is closed.
fn follow_up(work: &mut Work<'_>, closed: &Record, text: &str) -> Result<(), CommandError> {
    let text = paragraph(text).ok_or_else(empty_note)?;
    let (session, policy) = (work.session, work.policy);
    let who = (work.actor, session.now());
    let record = policy::follow_up(policy, closed, session.fresh_id(), &text, who);
    let record = record.ok_or_else(|| {
        CommandError::invalid(format!("the workflow of type {} has no entry", closed.kind()))
    })?;
    let (old, status, kind) = (closed.id().short(), closed.status(), closed.kind());
    work.notices.push(format!("{old} is {status}; the new {kind} follows it up"));
    work.add(record);
    Ok(())
}

fn empty_note() -> CommandError {
    CommandError::usage("the note is empty").hint("say something with `-m TEXT`")
}

/// Adds a note to a record, from which nothing follows.
pub(super) fn say(
    work: &mut Work<'_>,
    id: RecordId,
    kind: NoteKind,
    text: &str,
) -> Result<(), CommandError> {
    let text = paragraph(text).ok_or_else(empty_note)?;
    let (note_id, at, by) = (work.session.fresh_id(), work.session.now(), work.actor.clone());
    work.record(id)?.notes_mut().push(Note { id: note_id, at, by, kind, text });
    Ok(())
}

/// Carries out what the workflow says follows from the requester's answer. It
/// is the workflow that acts, so nobody's rights are asked for.
fn answered(work: &mut Work<'_>, id: RecordId, action: &str) -> Result<(), CommandError> {
    let (session, policy, actor) = (work.session, work.policy, work.actor);
    let approvals = work.approvals_of(&work.peek(id)?)?;
    let state = |record: &Record| approvals.state(session, policy, record);
    let scene = Scene { actor, now: session.now(), approvals: &state, policy: None };
    let record = work.record(id)?;
    let workflow = policy.workflow_of(record);
    let mut fresh = || session.fresh_id();
    let done = policy::apply(workflow, record, action, &Inputs::default(), &scene, &mut fresh);
    let is = record.status();
    // Whatever keeps the record where it is, the answer is not lost.
    let told = match done {
        Ok(()) => format!("{} is {is}: the requester has answered", id.short()),
        Err(refusal) => format!("{} stays {is} though answered: {refusal}", id.short()),
    };
    work.notices.push(told);
    Ok(())
}

/// Gives a record to a person (`me`, `none` or an id), a team (`none` for no
/// team), or both.
pub(super) fn assign(
    work: &mut Work<'_>,
    id: RecordId,
    person: Option<&str>,
    team: Option<&TeamId>,
    comment: Option<&str>,
) -> Result<(), CommandError> {
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
    let record = work.record(id)?;
    if let Some(person) = person {
        record.set_assignee(person);
    }
    if let Some(team) = team {
        record.set_team(team);
    }
    comment.map_or(Ok(()), |text| note(work, id, NoteKind::Work, text))
}

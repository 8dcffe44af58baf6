//! One action on many records: on all of them or on none, or on those that
//! allow it.

use std::collections::HashSet;

use super::write::Describe;
use super::{Action, NewRecord, Session};
use crate::error::CommandError;
use crate::model::{Kind, RecordId};
use crate::outcome::{Refused, Written};

/// How an action is carried out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Mode {
    /// Write nothing, and only say what would be written.
    pub dry_run: bool,
    /// Carry out what can be, even if other parts are refused.
    pub keep_going: bool,
}

/// The records that an action is about, as a person named them.
#[derive(Clone, Copy, Debug)]
pub struct Named<'a> {
    /// The type they must be of, if it matters.
    pub kind: Option<Kind>,
    pub texts: &'a [String],
}

/// Makes a record.
///
/// # Errors
///
/// A value does not fit its field, a rule is broken, or something named is not
/// known.
pub fn create(session: &Session, new: &NewRecord, dry_run: bool) -> Result<Written, CommandError> {
    let id = RecordId::new(new.kind, session.fresh_id());
    let action = Action::New(new.clone());
    let describe = Describe { batch: Some("new"), dry_run, ..Describe::default() };
    session.write(describe, |work| action.carry_out(work, id))
}

/// Carries out `action` on the records that are named, in one commit.
///
/// If one of several cannot be changed, none is, and the answer lists every
/// refusal; with `keep_going` the others are changed all the same.
///
/// # Errors
///
/// The only record that is named cannot be changed, or the store cannot write.
pub fn perform(
    session: &Session,
    named: Named<'_>,
    action: &Action,
    mode: Mode,
) -> Result<Written, CommandError> {
    let Mode { dry_run, keep_going } = mode;
    if let [text] = named.texts
        && !keep_going
    {
        let id = find(session, named.kind, text)?;
        let batch = action.spreads().then(|| action.name());
        let describe = Describe { batch, dry_run, ..Describe::default() };
        return session.write(describe, |work| action.carry_out(work, id));
    }
    let mut seen = HashSet::new();
    let mut parts = Vec::with_capacity(named.texts.len());
    for text in named.texts {
        match find(session, named.kind, text) {
            Ok(id) if seen.insert(id) => parts.push((text, Ok(id))),
            Ok(_) => {}
            Err(error) => parts.push((text, Err(refused(text, None, error)))),
        }
    }
    if parts.is_empty() {
        return Ok(nothing(dry_run, Vec::new()));
    }
    let batch = (seen.len() > 1 || action.spreads()).then(|| action.name());
    let describe = Describe { batch, dry_run, ..Describe::default() };
    let mut stopped = None;
    let mut refusals = Vec::new();
    let total = parts.len() as u64;
    let written = session.write(describe, |work| {
        refusals.clear();
        work.named.clone_from(&seen);
        for (done, (text, part)) in parts.iter().enumerate() {
            if done > 0 && done.is_multiple_of(256) {
                session.progress(action.name(), done as u64, total);
            }
            match part {
                Ok(id) => {
                    if let Err(error) = work.step(|work| action.carry_out(work, *id)) {
                        refusals.push(refused(text, Some(*id), error));
                    }
                }
                Err(unknown) => refusals.push(unknown.clone()),
            }
        }
        if refusals.is_empty() || keep_going {
            return Ok(());
        }
        stopped = Some(());
        Err(CommandError::refused("nothing was done"))
    });
    match (written, stopped) {
        (Err(_), Some(())) => Ok(nothing(dry_run, refusals)),
        (written, _) => written.map(|written| Written { refused: refusals, ..written }),
    }
}

/// The record that `text` names, if it is of the right type.
fn find(session: &Session, kind: Option<Kind>, text: &str) -> Result<RecordId, CommandError> {
    let id = session.find(text)?;
    match kind {
        Some(kind) if id.kind() != kind => {
            let message = format!("{} is no {kind} but {}", id.short(), id.kind().one());
            Err(CommandError::usage(message)
                .hint(format!("see `gitsm {} --help` for what can be done", id.kind())))
        }
        _ => Ok(id),
    }
}

fn refused(given: &str, id: Option<RecordId>, error: CommandError) -> Refused {
    let CommandError { kind, message, hints } = error;
    let short = id.map(RecordId::short);
    let given = given.to_owned();
    Refused { given, id, short, reason: message, hints, exit_code: kind.exit_code() }
}

/// The answer where nothing was written.
fn nothing(dry_run: bool, refused: Vec<Refused>) -> Written {
    let (records, files) = (Vec::new(), Vec::new());
    let (commit, subject) = (None, None);
    let notices = Vec::new();
    Written { schema: Written::SCHEMA, dry_run, commit, subject, records, files, refused, notices }
}

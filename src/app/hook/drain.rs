//! Telling the desks what the spool holds, in order.
//!
//! What fails because of the desk (locked, offline, read-only, its settings
//! broken) is kept, and what comes after it for the same desk waits behind it.
//! What fails by itself is set aside with the reason. An entry during which the
//! process has ended again and again is set aside as well: whatever is wrong
//! with it must not stop the others.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::Duration;

use ulid::Ulid;

use super::desk::Desk;
use super::later;
use super::spool::{Entry, Event, Name, Pusher, Spool, Unreadable};
use crate::app::{Session, SessionOptions, deploy, gate};
use crate::config::Environment;
use crate::error::{CommandError, ErrorKind};
use crate::outcome::{DrainedEntry, HookDrainView};
use crate::store::hooks::CodeRepository;

/// How often work on an entry may begin and not end.
const TRIALS: u32 = 5;
/// How long to wait for somebody else who works on the entries: what has come
/// since then may be left to us.
const WAIT: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests;

/// Why an entry is not in the desk.
#[derive(Debug)]
enum Failure {
    /// It may be later.
    Later(CommandError),
    /// It never will be.
    Never(String),
}

/// Tells the desks what the spool holds; with `retry` also what was set aside.
///
/// # Errors
///
/// The spool itself cannot be used.
pub fn drain(environment: &Environment, retry: bool) -> Result<HookDrainView, CommandError> {
    let mut view = nothing();
    let Some(spool) = later::spool(environment) else {
        return Err(
            CommandError::new(ErrorKind::CannotWrite, later::NOWHERE).hint(later::SOMEWHERE)
        );
    };
    if !spool.folder().exists() {
        return Ok(view);
    }
    empty(&spool, retry, &mut view, &|name, entry| carry_out(environment, entry, name.id()))?;
    Ok(view)
}

/// What has become of nothing yet.
fn nothing() -> HookDrainView {
    HookDrainView {
        schema: HookDrainView::SCHEMA,
        done: Vec::new(),
        kept: Vec::new(),
        set_aside: Vec::new(),
        busy: false,
    }
}

/// Tells an entry to its desk; gives what to say about it.
type Tell<'a> = dyn Fn(&Name, &Entry) -> Result<Vec<String>, Failure> + 'a;

/// Has every entry told that can be.
fn empty(
    spool: &Spool,
    retry: bool,
    view: &mut HookDrainView,
    tell: &Tell<'_>,
) -> Result<(), CommandError> {
    let Some(_draining) = spool.drain(WAIT)? else {
        view.busy = true;
        return Ok(());
    };
    if retry {
        spool.put_back()?;
    }
    let mut closed: HashSet<PathBuf> = HashSet::new();
    let mut seen: HashSet<Name> = HashSet::new();
    // What comes while we work is done as well: its worker waits for us.
    loop {
        let names = spool.names()?;
        let Some(name) = names.into_iter().find(|name| seen.insert(name.clone())) else { break };
        one(spool, (&name, retry), &mut closed, view, tell)?;
    }
    Ok(())
}

fn one(
    spool: &Spool,
    (name, retry): (&Name, bool),
    closed: &mut HashSet<PathBuf>,
    view: &mut HookDrainView,
    tell: &Tell<'_>,
) -> Result<(), CommandError> {
    let told = |lines: Vec<String>| DrainedEntry { name: name.as_str().to_owned(), lines };
    let set_aside = |view: &mut HookDrainView, reason: String| {
        spool.set_aside(name, &reason)?;
        view.set_aside.push(told(vec![reason]));
        Ok(())
    };
    let mut entry = match spool.read(name) {
        Ok(Some(entry)) => entry,
        Ok(None) => return Ok(()),
        Err(Unreadable::Newer) => {
            view.kept.push(told(vec!["a newer gitsm wrote it, and must read it".to_owned()]));
            return Ok(());
        }
        Err(Unreadable::Damaged(reason)) => {
            return set_aside(view, format!("it cannot be read: {reason}"));
        }
    };
    if entry.begun >= TRIALS && !retry {
        return set_aside(view, format!("gitsm has ended {TRIALS} times while it worked on it"));
    }
    if closed.contains(&entry.desk) {
        view.kept.push(told(vec!["it comes after another one that waits".to_owned()]));
        return Ok(());
    }
    spool.begin(name, &mut entry)?;
    let done = catch_unwind(AssertUnwindSafe(|| tell(name, &entry)));
    match done {
        Ok(Ok(lines)) => {
            spool.done(name)?;
            view.done.push(told(lines));
        }
        Ok(Err(Failure::Later(error))) => {
            spool.keep(name, &mut entry)?;
            closed.insert(entry.desk);
            view.kept.push(told(vec![error.message]));
        }
        Ok(Err(Failure::Never(reason))) => set_aside(view, reason)?,
        Err(_) => set_aside(view, "gitsm met a defect of its own".to_owned())?,
    }
    Ok(())
}

/// Does what the entry says; gives what to say about it.
pub fn carry_out_now(environment: &Environment, entry: &Entry) -> Result<Vec<String>, String> {
    carry_out(environment, entry, None).map_err(|failure| match failure {
        Failure::Later(error) => error.message,
        Failure::Never(reason) => reason,
    })
}

fn carry_out(
    environment: &Environment,
    entry: &Entry,
    id: Option<Ulid>,
) -> Result<Vec<String>, Failure> {
    let id = id.unwrap_or_else(|| environment.clock.fresh_id(entry.at));
    match &entry.event {
        Event::WentOn { what, author } => {
            let session = session(environment, entry, author.as_ref()).map_err(Failure::Later)?;
            let short = gate::went_on(&session, what, id, entry.at).map_err(failure)?;
            Ok(vec![format!("noted on {short}: it went on to {}", what.environment)])
        }
        Event::Deployed { options, author } => {
            let session = session(environment, entry, author.as_ref()).map_err(Failure::Later)?;
            let view = deploy::deployed(&session, &options.told(id)).map_err(failure)?;
            let (short, result) = (view.short, view.result.name());
            let mut lines = vec![format!("{short}: {result} in {}", view.environment)];
            lines.extend(view.notices);
            Ok(lines)
        }
        Event::Push { repository, updates, by } => {
            let code = CodeRepository::at(repository)
                .map_err(|error| Failure::Never(error.to_string()))?;
            let desk = Desk::open(environment, &entry.desk, &code, &[], by.as_ref())
                .map_err(Failure::Later)?;
            let policy = desk.session.policy().map_err(Failure::Later)?;
            desk.session.actor(policy).map_err(Failure::Later)?;
            let mut lines = Vec::new();
            let mut never = Vec::new();
            for update in updates {
                match desk.raise(&code, update, by.as_ref(), entry.at) {
                    Ok(more) => lines.extend(more),
                    Err(error) if is_passing(error.kind) => return Err(Failure::Later(error)),
                    Err(error) => {
                        let hints = error.hints.join("; ");
                        never.push(format!("{}: {}; {hints}", update.reference, error.message));
                    }
                }
            }
            if never.is_empty() { Ok(lines) } else { Err(Failure::Never(never.join("\n"))) }
        }
    }
}

/// The desk that the entry is for, as whoever noted it.
fn session(
    environment: &Environment,
    entry: &Entry,
    author: Option<&Pusher>,
) -> Result<Session, CommandError> {
    let author = author.map(|author| (Some(author.name.clone()), author.email.clone()));
    let environment = Environment {
        author: author.unwrap_or_default(),
        committer: (None, None),
        cwd: PathBuf::from("/"),
        ..environment.clone()
    };
    let session = Session::open(&environment, &SessionOptions { desk: Some(entry.desk.clone()) })?;
    session.actor(session.policy()?)?;
    Ok(session)
}

fn failure(error: CommandError) -> Failure {
    if is_passing(error.kind) {
        return Failure::Later(error);
    }
    let reasons: Vec<String> = [error.message].into_iter().chain(error.hints).collect();
    Failure::Never(reasons.join("; "))
}

/// Whether the reason may be gone tomorrow without anything being changed about
/// what is to be done.
pub fn is_passing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::Conflict | ErrorKind::CannotWrite | ErrorKind::Git)
}

//! What the desk cannot be told now, and is told later.

use std::path::{Path, PathBuf};

use super::desk;
use super::drain::is_passing;
use super::spool::{Entry, Event, Pusher, Spool};
use super::worker;
use crate::app::deploy::DeployedOptions;
use crate::app::gate::WentOn;
use crate::app::{Session, SessionOptions};
use crate::config::Environment;
use crate::error::{CommandError, ErrorKind};
use crate::store::hooks::CodeRepository;

/// What is wrong where there is no folder for the spool, and what mends it.
pub(super) const NOWHERE: &str = "there is no folder to note it in";
pub(super) const SOMEWHERE: &str = "set HOME or XDG_STATE_HOME";

/// Whoever notes something, and for which desk.
struct Noting {
    desk: PathBuf,
    author: Option<Pusher>,
}

/// Notes that something went on though nobody could tell whether it may.
///
/// # Errors
///
/// Nobody knows which desk is meant; the spool cannot be written.
pub fn note_went_on(
    environment: &Environment,
    named: Option<&Path>,
    what: WentOn,
) -> Result<(), CommandError> {
    let Noting { desk, author } = noting(environment, named, &environment.cwd)?;
    note(environment, desk, Event::WentOn { what, author })
}

/// What has become of recording a deployment: where the desk could not take it, it
/// is noted, and the error says so.
pub fn or_note<T>(
    environment: &Environment,
    named: Option<&Path>,
    options: &DeployedOptions,
    done: Result<T, CommandError>,
) -> Result<T, CommandError> {
    done.map_err(|error| {
        let noting = noting(environment, named, &options.repository);
        let is_away = || Session::open(environment, &opening(named)).is_err();
        if options.dry_run || !(is_passing(error.kind) || is_away()) {
            return error;
        }
        let noted = noting.and_then(|Noting { desk, author }| {
            let options = Box::new(options.fixed(environment.clock.now())?);
            note(environment, desk, Event::Deployed { options, author })
        });
        match noted {
            Ok(()) => error.hint(
                "it is noted, and told to the desk later: `gitsm hook drain` does it now, \
                 `gitsm hook status` tells what waits",
            ),
            Err(why) if why.kind == ErrorKind::CannotWrite => {
                let hints = why.hints.join("; ");
                error.hint(format!("nor could it be noted for later: {}; {hints}", why.message))
            }
            Err(_) => error,
        }
    })
}

/// Tells the desks first what has happened before.
pub fn catch_up(environment: &Environment) {
    if waits(environment) {
        // What cannot be told stays noted.
        let _ = super::drain::drain(environment, false);
    }
}

/// Has the desks told in the background what waits.
pub fn catch_up_quietly(environment: &Environment) {
    if waits(environment) {
        worker::start_quietly();
    }
}

fn waits(environment: &Environment) -> bool {
    spool(environment).is_some_and(|spool| !spool.is_empty())
}

/// The spool of whoever runs gitsm.
pub(super) fn spool(environment: &Environment) -> Option<Spool> {
    environment.state_dir.as_deref().map(Spool::new)
}

/// Notes an event; when this returns it is on the disk.
///
/// # Errors
///
/// There is no place for it, or it cannot be written.
pub(super) fn note(
    environment: &Environment,
    desk: PathBuf,
    event: Event,
) -> Result<(), CommandError> {
    let at = environment.clock.now();
    let spool = spool(environment)
        .ok_or_else(|| CommandError::new(ErrorKind::CannotWrite, NOWHERE).hint(SOMEWHERE))?;
    spool.add(&Entry::new(desk, at, event), environment.clock.fresh_id(at))?;
    Ok(())
}

fn opening(named: Option<&Path>) -> SessionOptions {
    SessionOptions { desk: named.map(Path::to_owned) }
}

/// The desk that is meant, also where it cannot be opened, and who acts.
fn noting(
    environment: &Environment,
    named: Option<&Path>,
    code: &Path,
) -> Result<Noting, CommandError> {
    let (name, email) = environment.author.clone();
    let given = name.map(|name| Pusher { name, email });
    match Session::open(environment, &opening(named)) {
        Ok(session) => {
            let known = session.identity().ok();
            let known = known.map(|who| Pusher { name: who.name, email: Some(who.email) });
            Ok(Noting { desk: session.folder(), author: known.or(given) })
        }
        Err(error) => {
            let configured = || {
                let repository = CodeRepository::around(&environment.cwd.join(code)).ok()?;
                desk::folder(&repository, None)
            };
            let desk = named.map(|path| environment.cwd.join(path)).or_else(configured);
            let desk = desk.ok_or(error)?;
            Ok(Noting { desk: desk.canonicalize().unwrap_or(desk), author: given })
        }
    }
}

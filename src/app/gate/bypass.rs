//! Recording that something went on though nobody could tell whether it may.

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::{GIVEN, GateRequest};
use crate::app::deploy::{self, Target};
use crate::app::{Session, write::Describe};
use crate::clock::Clock;
use crate::error::{CommandError, ErrorKind};
use crate::model::{Note, NoteKind, RecordId, Timestamp, paragraph};
use crate::outcome::GateView;
use crate::policy::gate::SKEW;

/// What is noted so many seconds after it happened was late.
const LATE: i64 = 60;

/// Something that went on by its environment's leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WentOn {
    /// The change, as it was named or found.
    pub change: Option<String>,
    pub repository: Option<String>,
    pub environment: String,
    pub commit: Option<String>,
    pub artefact: Option<String>,
    /// Why nobody could tell.
    pub why: String,
    /// Whether the time was given, and not that of the machine.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub clock_given: bool,
}

impl WentOn {
    /// What went on by this answer, if anything did; a replay lets nothing go on.
    pub(in crate::app) fn of(view: &GateView, request: &GateRequest) -> Option<Self> {
        let why: Vec<&str> = view.reasons.iter().map(|reason| reason.text.as_str()).collect();
        (view.bypass && request.at.is_none()).then(|| Self {
            change: view.id.map(|id| id.to_string()).or_else(|| request.id.clone()),
            repository: view.repository.clone(),
            environment: view.environment.clone(),
            commit: view.commit.clone(),
            artefact: view.artefact.clone(),
            why: why.join("; "),
            clock_given: view.clock_given,
        })
    }

    fn text(&self, late: Option<Timestamp>) -> String {
        let what = self.artefact.as_deref().or(self.commit.as_deref());
        let what = what.map(|what| format!(" with {what}")).unwrap_or_default();
        let late = late.map(|at| format!(" at {at}")).unwrap_or_default();
        let Self { environment, why, .. } = self;
        let given = if self.clock_given { format!(" And {GIVEN}.") } else { String::new() };
        format!(
            "Went on to {environment}{what}{late} though it could not be told whether it may: {why}.{given}"
        )
    }

    /// The change to note it on.
    fn change(&self, session: &Session) -> Result<RecordId, CommandError> {
        if let Some(text) = &self.change {
            return session.find(text);
        }
        let found = match &self.repository {
            Some(repository) => deploy::find(
                session,
                &Target::Version {
                    repository: repository.clone(),
                    environment: self.environment.clone(),
                    commit: self.commit.clone(),
                    artefact: self.artefact.clone(),
                },
            )?,
            None => None,
        };
        found.ok_or_else(|| {
            CommandError::not_found("no change was found to note it on")
                .hint("raise one with `gitsm change raise`")
        })
    }
}

/// Notes it, or has it kept; says what has become of it.
pub(super) fn record(
    what: WentOn,
    clock: Clock,
    open: impl FnOnce() -> Result<Session, CommandError>,
    keep: impl FnOnce(WentOn) -> Result<(), CommandError>,
) -> String {
    let at = clock.now();
    let noted = open().and_then(|session| went_on(&session, &what, clock.fresh_id(at), at));
    let first = |error: CommandError| error.message.lines().next().unwrap_or_default().to_owned();
    match noted {
        Ok(short) => format!("that it goes on is noted on {short}"),
        Err(error) => {
            let why = first(error);
            match keep(what) {
                Ok(()) => {
                    format!("that it goes on is kept, and noted on the change later: {why}")
                }
                Err(error) => {
                    let error = first(error);
                    format!("that it goes on could not be recorded: {why}; nor kept: {error}")
                }
            }
        }
    }
}

/// Notes on the change that something went on at `at`; `id` tells it from all that
/// is noted, so that the same again changes nothing. Gives the change's short id.
///
/// # Errors
///
/// There is no such change; the desk cannot be written; the clock cannot be right,
/// and a note at a wrong time would hide that.
pub(in crate::app) fn went_on(
    session: &Session,
    what: &WentOn,
    id: Ulid,
    at: Timestamp,
) -> Result<String, CommandError> {
    let now = session.now();
    if let Some(commit) = session.snapshot()?.commit() {
        let last = session.store.commit_info(commit)?.author.at;
        if last > now.seconds().saturating_add(SKEW) {
            let message = "the clock cannot be right";
            return Err(CommandError::new(ErrorKind::Conflict, message)
                .hint("set the clock of this machine"));
        }
    }
    let change = what.change(session)?;
    let late = Some(at).filter(|at| at.seconds() + LATE < now.seconds());
    let text = paragraph(&what.text(late))
        .ok_or_else(|| CommandError::new(ErrorKind::Internal, "there is nothing to note"))?;
    session.write(Describe::default(), |work| {
        let by = work.actor.clone();
        let record = work.record(change)?;
        if !record.notes().iter().any(|note| note.id == id) {
            let kind = NoteKind::System;
            record.notes_mut().push(Note { id, at: now, by, kind, text: text.clone() });
        }
        Ok(())
    })?;
    Ok(change.short())
}

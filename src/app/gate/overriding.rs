//! Going on without leave: recording that, and answering by it.

use super::{Asked, GateRequest, Known, cannot, dated, once, told};
use crate::app::Session;
use crate::app::link::add_link;
use crate::app::write::{Describe, Work};
use crate::clock::Clock;
use crate::error::{CommandError, ErrorKind};
use crate::model::{ChangeModel, Kind, Override, Record, RecordId, Relation, Timestamp, one_line};
use crate::outcome::GateView;
use crate::policy::gate::{Heals, Verdict};
use crate::policy::{roles, template};

/// Why something is to go on without leave.
#[derive(Clone, Debug)]
pub struct OverrideRequest {
    pub reason: String,
    /// The incident that makes it necessary, as it was named.
    pub incident: String,
}

/// What is recorded.
struct Wanted<'a> {
    change: RecordId,
    view: &'a GateView,
    reason: String,
    incident: &'a str,
    /// Whether the time of it was given.
    is_dated: bool,
}

/// Asks the gate, and where only approval or the time stands in the way records
/// that it goes on without leave. Where nothing stands in the way, or an override
/// counts already, nothing is recorded.
///
/// # Errors
///
/// There is no reason or no open incident, it is not for the acting person to
/// decide, or the desk cannot be written.
pub fn gate_override(
    request: &GateRequest,
    wanted: &OverrideRequest,
    clock: Clock,
    mut open: impl FnMut() -> Result<Session, CommandError>,
) -> Result<GateView, CommandError> {
    let reason = reason(&wanted.reason)?;
    let session = match open() {
        Ok(session) => session,
        Err(error) => {
            let answer = cannot(&error, Heals::Never);
            return Ok(dated(told(clock.now(), request, &Known::default(), answer).view, clock));
        }
    };
    let Asked { mut view, answer } = once(&session, request);
    let (Some(change), true) = (view.id, answer.can_be_overridden()) else {
        if answer.verdict() == Verdict::Allow {
            view.warnings.push("nothing had to be overridden".to_owned());
        }
        return Ok(dated(view, clock));
    };
    let wanted = Wanted {
        change,
        view: &view,
        reason,
        incident: &wanted.incident,
        is_dated: clock.is_given(),
    };
    let describe = Describe { batch: Some("override"), ..Describe::default() };
    let written = session.write(describe, |work| record(work, &wanted))?;
    let session = open()?;
    let Asked { mut view, .. } = once(&session, request);
    if let Some(overridden) = &mut view.overridden {
        overridden.commit = written.commit;
    }
    view.warnings.extend(written.notices);
    Ok(dated(view, clock))
}

/// The reason, if it says something.
fn reason(text: &str) -> Result<String, CommandError> {
    let refused =
        |message: String| CommandError::usage(message).hint("say in a sentence why it cannot wait");
    let reason = one_line(text).map_err(|error| refused(format!("--reason: {error}")))?;
    if template::is_placeholder(&reason) {
        return Err(refused(format!("`{reason}` is no reason")));
    }
    Ok(reason)
}

fn record(work: &mut Work<'_>, wanted: &Wanted<'_>) -> Result<(), CommandError> {
    let (session, id) = (work.session, wanted.change);
    let now = session.now();
    let before = work.peek(id)?;
    roles::may_override(work.policy, work.actor, now, &before)?;
    let incident = incident(work, wanted.incident)?;
    let by = Override {
        id: session.fresh_id(),
        at: now,
        by: work.actor.clone(),
        environment: wanted.view.environment.clone(),
        commit: wanted.view.commit.clone(),
        artefact: wanted.view.artefact.clone(),
        reason: wanted.reason.clone(),
        incident,
        due: Timestamp::from_seconds(now.seconds().saturating_add(Override::TERM)),
        clock_given: wanted.is_dated,
    };
    let Record::Change(change) = work.record(id)? else {
        return Err(CommandError::new(ErrorKind::Internal, "no change was asked about"));
    };
    change.model = ChangeModel::Emergency;
    change.overrides.push(by);
    let is_known = before.links().iter().any(|link| link.to == incident)
        || work.peek(incident)?.links().iter().any(|link| link.to == id);
    if is_known { Ok(()) } else { add_link(work, id, Relation::RelatesTo, false, incident) }
}

/// The incident that makes it necessary, which must still be one.
fn incident(work: &Work<'_>, text: &str) -> Result<RecordId, CommandError> {
    let id = work.find(text)?;
    let record = work.peek(id)?;
    if record.kind() != Kind::Incident {
        let message = format!("{} is no incident but {}", id.short(), record.kind().one());
        return Err(CommandError::usage(message).hint("name the incident that makes it necessary"));
    }
    if !work.policy.category_of(&record).is_open() {
        let message =
            format!("{} is {}, so nothing is urgent any more", id.short(), record.status());
        return Err(CommandError::refused(message).hint("reopen it, or have the change approved"));
    }
    Ok(id)
}

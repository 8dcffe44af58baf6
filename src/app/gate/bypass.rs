//! Recording that something went on though nobody could tell whether it may.

use crate::app::{Session, update, write::Describe};
use crate::error::{CommandError, ErrorKind};
use crate::model::NoteKind;
use crate::outcome::GateView;
use crate::policy::gate::Rule;

/// Notes on the change that it went on by the environment's leave. Where that is
/// not possible, the answer says so.
pub(super) fn record(view: &mut GateView, open: impl FnMut() -> Result<Session, CommandError>) {
    let told = match note(view, open) {
        Ok(short) => format!("that it goes on is noted on {short}"),
        Err(error) => {
            let why = error.message.lines().next().unwrap_or_default();
            format!("that it goes on could not be recorded: {why}")
        }
    };
    view.warnings.push(told);
}

fn note(
    view: &GateView,
    mut open: impl FnMut() -> Result<Session, CommandError>,
) -> Result<String, CommandError> {
    let id = view.id.ok_or_else(|| {
        CommandError::new(ErrorKind::NotFound, "no change was found to note it on")
    })?;
    // A note at a wrong time would hide that the time is wrong.
    if view.reasons.iter().any(|reason| reason.rule == Rule::Clock.name()) {
        return Err(CommandError::new(ErrorKind::Refused, "the clock cannot be right"));
    }
    let why: Vec<&str> = view.reasons.iter().map(|reason| reason.text.as_str()).collect();
    let what = view.artefact.as_deref().or(view.commit.as_deref());
    let what = what.map(|what| format!(" with {what}")).unwrap_or_default();
    let text = format!(
        "Went on to {}{what} though it could not be told whether it may: {}.",
        view.environment,
        why.join("; ")
    );
    let describe = Describe::default();
    open()?.write(describe, |work| update::note(work, id, NoteKind::System, &text))?;
    Ok(id.short())
}

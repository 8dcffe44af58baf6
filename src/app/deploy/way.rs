//! The way that a raised change takes: by which change model it is made, and how
//! far it goes by itself.

use super::super::write::Work;
use super::super::{models, risk, update};
use crate::error::CommandError;
use crate::model::{ChangeModel, Record, RecordId};
use crate::policy::deployment::{Way, planned_after};
use crate::policy::{Inputs, Policy};

/// The way by the change model `wanted`. Where `is_lenient`, one that cannot be
/// used is told, and the change is a normal one.
///
/// # Errors
///
/// There is no such model, or its file cannot be read.
pub(super) fn by_model<'a>(
    policy: &'a Policy,
    wanted: Option<&'a str>,
    is_lenient: bool,
    told: &mut Vec<String>,
) -> Result<Way<'a>, CommandError> {
    let usual = ChangeModel::Normal.name();
    match called(policy, wanted.unwrap_or(usual)) {
        Err(error) if is_lenient && wanted.is_some_and(|name| name != usual) => {
            told.push(format!("{}; it is a normal change", error.message));
            called(policy, usual)
        }
        found => found,
    }
}

fn called<'a>(policy: &'a Policy, name: &'a str) -> Result<Way<'a>, CommandError> {
    match name.parse::<ChangeModel>() {
        Ok(model) if policy.models.get(name).is_none() => Ok(Way { name, model, file: None }),
        _ => {
            let (_, file) = models::find(policy, name)?;
            Ok(Way { name, model: file.model, file: Some(file) })
        }
    }
}

/// Hands a new change in, as far as the desk's rules let it go by itself: it is
/// assessed where nobody must answer questions about it. `is_planned` says
/// whether somebody said when it is to be deployed.
///
/// # Errors
///
/// The change cannot be read.
pub(super) fn hand_in(
    work: &mut Work<'_>,
    id: RecordId,
    is_planned: bool,
    told: &mut Vec<String>,
) -> Result<(), CommandError> {
    if !goes_on(work, id, "submit", told)? {
        return Ok(());
    }
    if let Record::Change(change) = work.record(id)? {
        (change.planned_start, change.planned_end) = planned_after(change, is_planned);
    }
    let finding = work.step(|work| risk::by_itself(work, id));
    let before = work.peek(id)?;
    if work.policy.workflow_of(&before).ways("assess", &before).next().is_none() {
        return Ok(());
    }
    if let Err(error) = finding {
        told.push(format!("it stays {}: {}", before.status(), error.message));
        told.extend(error.hints);
        return Ok(());
    }
    // What nobody can tell by itself waits for somebody who can.
    if matches!(&before, Record::Change(change) if change.risk.is_some()) {
        goes_on(work, id, "assess", told)?;
    }
    Ok(())
}

/// Carries out `action` if the workflow offers it. Says whether the change may go
/// on: nothing refused it.
fn goes_on(
    work: &mut Work<'_>,
    id: RecordId,
    action: &str,
    told: &mut Vec<String>,
) -> Result<bool, CommandError> {
    let before = work.peek(id)?;
    if work.policy.workflow_of(&before).ways(action, &before).next().is_none() {
        return Ok(true);
    }
    let done = work.step(|work| update::act(work, id, action, &Inputs::default()));
    if let Err(error) = &done {
        told.push(format!("it stays {}: {}", before.status(), error.message));
    }
    Ok(done.is_ok())
}

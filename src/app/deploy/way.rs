//! The way that a raised change takes: by which change model it is made, and how
//! far it goes by itself.

use super::super::write::Work;
use super::super::{models, risk, update};
use crate::error::CommandError;
use crate::model::{Change, ChangeModel, Record, RecordId, Timestamp};
use crate::policy::template::{Extent, ModelFile, Paths, stands, stands_with};
use crate::policy::{Inputs, Policy};

/// How long a standard change takes, in seconds, where nobody says it.
const USUAL: i64 = 3_600;

/// When something is to begin and to end, as far as that is said.
type Window = (Option<Timestamp>, Option<Timestamp>);

/// What a change is made from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Way<'a> {
    /// The change model, as a new change names it.
    pub name: &'a str,
    pub model: ChangeModel,
    /// What the desk's file of it says; one that is built in has none.
    file: Option<&'a ModelFile>,
}

impl<'a> Way<'a> {
    /// The change model `wanted`. Where `is_lenient`, one that cannot be used is
    /// told, and the change is a normal one.
    ///
    /// # Errors
    ///
    /// There is no such model, or its file cannot be read.
    pub fn of(
        policy: &'a Policy,
        wanted: Option<&'a str>,
        is_lenient: bool,
        told: &mut Vec<String>,
    ) -> Result<Self, CommandError> {
        let usual = ChangeModel::Normal.name();
        match Self::called(policy, wanted.unwrap_or(usual)) {
            Err(error) if is_lenient && wanted.is_some_and(|name| name != usual) => {
                told.push(format!("{}; it is a normal change", error.message));
                Self::called(policy, usual)
            }
            found => found,
        }
    }

    fn called(policy: &'a Policy, name: &'a str) -> Result<Self, CommandError> {
        match name.parse::<ChangeModel>() {
            Ok(model) if policy.models.get(name).is_none() => Ok(Self { name, model, file: None }),
            _ => {
                let (_, file) = models::find(policy, name)?;
                Ok(Self { name, model: file.model, file: Some(file) })
            }
        }
    }

    /// When it is to be deployed. What is authorised beforehand goes out at once
    /// unless somebody says otherwise.
    pub fn window(&self, (start, end): Window, now: Timestamp) -> Window {
        if self.model != ChangeModel::Standard {
            return (start, end);
        }
        let start = start.unwrap_or(now);
        let usual = || match self.file.and_then(|file| file.duration) {
            Some(duration) => duration.after(start),
            None => Timestamp::from_seconds(start.seconds().saturating_add(USUAL)),
        };
        (Some(start), Some(end.unwrap_or_else(usual)))
    }

    /// The title: that of the model where it must not be another one.
    pub fn title(&self, own: String) -> String {
        self.fixed("title", |file| file.title.clone()).unwrap_or(own)
    }

    /// The description: that of the model, and after it what is deployed, unless
    /// nothing may be added.
    pub fn description(&self, own: String) -> String {
        let of_model = self.file.and_then(|file| file.description.as_deref());
        match (self.fixed("description", |file| file.description.clone()), of_model) {
            (Some(fixed), _) => fixed,
            (None, Some(text)) => format!("{}\n\n{own}", text.trim_end()),
            (None, None) => own,
        }
    }

    /// In what the paths that `change` touches go beyond the bounds of the model.
    /// Only here they are at hand: nobody can look at them later.
    pub fn leaves_bounds(
        &self,
        policy: &Policy,
        change: &Change,
        paths: Option<&[String]>,
        now: Timestamp,
    ) -> Option<String> {
        if self.model != ChangeModel::Standard {
            return None;
        }
        let paths = paths.map_or(Paths::Unknown, Paths::These);
        let extent = Extent { paths, ..Extent::of(change) };
        let found = stands_with(change, &extent, &policy.models, now).err()?;
        // The rest is looked at when it is handed in.
        let known = stands(change, &policy.models, now).err().unwrap_or_default();
        let more: Vec<String> =
            found.iter().filter(|each| !known.contains(each)).map(ToString::to_string).collect();
        (!more.is_empty()).then(|| more.join("; "))
    }

    fn fixed(&self, field: &str, value: fn(&ModelFile) -> Option<String>) -> Option<String> {
        let file = self.file.filter(|_| self.model == ChangeModel::Standard)?;
        value(file).filter(|_| !file.leaves_open(field))
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
    if let Record::Change(change) = work.record(id)?
        && change.model == ChangeModel::Normal
        && !is_planned
    {
        // What was to go out at once now waits for votes.
        (change.planned_start, change.planned_end) = (None, None);
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

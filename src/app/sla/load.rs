//! The desk's commitments and calendars, read when somebody asks about them.

use std::collections::BTreeMap;

use crate::app::error::unreadable;
use crate::error::CommandError;
use crate::format;
use crate::model::CalendarName;
use crate::policy::Policy;
use crate::policy::calendar::{CalendarError, CalendarFile, Calendars};
use crate::policy::sla::{SlaFile, Terms};
use crate::store::Snapshot;

/// Where the commitments lie.
pub(in crate::app) const SLA: &str = ".gitsm/sla.yaml";
/// Where the calendars lie.
pub(in crate::app) const CALENDARS: &str = ".gitsm/calendars";

/// What the desk promises; `None` where it promises nothing.
///
/// # Errors
///
/// The settings cannot be read, or contradict each other.
pub(in crate::app) fn terms(
    snapshot: &Snapshot<'_>,
    policy: &Policy,
) -> Result<Option<Terms>, CommandError> {
    let Some(bytes) = snapshot.file(SLA)? else { return Ok(None) };
    let file: SlaFile =
        format::read_settings(SLA, &bytes).map_err(|error| unreadable(SLA, &error))?;
    if file.commitments.is_empty() {
        return Ok(None);
    }
    match Terms::new(&file, calendars(snapshot, policy)?, policy) {
        Ok(terms) => Ok(Some(terms)),
        Err(errors) => {
            let first = errors.into_iter().next();
            let message = first.as_ref().map(ToString::to_string).unwrap_or_default();
            let failed = CommandError::invalid(format!("{SLA}: {message}"));
            let failed = match first.and_then(|error| error.hint) {
                Some(hint) => failed.hint(hint),
                None => failed,
            };
            Err(failed
                .hint("mend the file and run `gitsm commit`; `gitsm check` lists all mistakes"))
        }
    }
}

/// The names of what the desk promises; none where they cannot be read.
pub(in crate::app) fn names(snapshot: &Snapshot<'_>) -> Vec<String> {
    let bytes = snapshot.file(SLA).ok().flatten();
    let file = bytes.and_then(|bytes| format::read_settings::<SlaFile>(SLA, &bytes).ok());
    let names = file.iter().flat_map(|file| file.commitments.keys());
    names.map(ToString::to_string).collect()
}

/// The desk's calendars.
///
/// # Errors
///
/// One cannot be read, or the desk's time zone does not exist.
pub(in crate::app) fn calendars(
    snapshot: &Snapshot<'_>,
    policy: &Policy,
) -> Result<Calendars, CommandError> {
    let mut files = BTreeMap::new();
    for entry in snapshot.entries(CALENDARS)? {
        let Some(name) = name_of(&entry.path) else { continue };
        let Some(bytes) = snapshot.file(&entry.path)? else { continue };
        let file: CalendarFile = format::read_settings(&entry.path, &bytes)
            .map_err(|error| unreadable(&entry.path, &error))?;
        files.insert(name, file);
    }
    Calendars::new(files, &policy.settings.time_zone).map_err(|error| CommandError::from(&error))
}

/// The calendar that a file describes, by its path.
pub(super) fn name_of(path: &str) -> Option<CalendarName> {
    let name = path.strip_prefix(CALENDARS)?.strip_prefix('/')?.strip_suffix(".yaml")?;
    CalendarName::new(name).ok()
}

impl From<&CalendarError> for CommandError {
    fn from(error: &CalendarError) -> Self {
        let failed = match error {
            CalendarError::Unknown { .. } => CommandError::not_found(error),
            _ => CommandError::invalid(error),
        };
        match error.hint() {
            Some(hint) => failed.hint(hint),
            None => failed,
        }
    }
}

//! Maintenance windows and freezes: when what may be changed.
//!
//! A maintenance window is set apart for changes of the items that it names: a
//! change of such an item lies in one of its windows. A freeze (blackout) is a
//! time without changes of some items, or of anything (ServiceNow: a blackout
//! without a condition applies to all items). All times are half-open.

mod file;
mod lint;
#[cfg(test)]
mod tests;

use std::cell::OnceCell;

pub use file::{Detection, FreezeFile, MaintenanceFile, WindowsFile};
pub use lint::{Mistake, mistakes};

use super::calendar::{Calendar, CalendarError, CalendarFile};
use super::interval::{self, Interval};
use crate::model::{RecordId, WindowName, Zone};

/// Windows and freezes of a desk, with the items that they are for.
#[derive(Clone, Debug, Default)]
pub struct ChangeWindows {
    pub detection: Detection,
    maintenance: Vec<Maintenance>,
    freezes: Vec<Freeze>,
    /// Names of items that nothing is called by, which are for nothing.
    pub unknown: Vec<String>,
}

/// A time that is set apart, week by week, for changes of some items.
#[derive(Clone, Debug)]
pub struct Maintenance {
    pub name: WindowName,
    pub description: Option<String>,
    pub cis: Vec<RecordId>,
    hours: CalendarFile,
    zone: Zone,
    /// Worked out when somebody first asks.
    ready: OnceCell<Option<Calendar>>,
}

impl Maintenance {
    /// The zone whose clocks show its hours.
    pub const fn zone(&self) -> &Zone {
        &self.zone
    }

    /// Its times that lie in `span`, cut to it.
    pub fn times(&self, span: Interval) -> Vec<Interval> {
        let ready = || Calendar::new(&self.hours, self.zone.clone()).ok();
        let Some(calendar) = self.ready.get_or_init(ready) else { return Vec::new() };
        let open = calendar.spans(span.from(), span.to()).into_iter();
        // Calendars are cut at New Year.
        interval::merged(open.filter_map(|open| Interval::new(open.from, open.to)).collect())
    }
}

/// A time in which nothing, or some items, may not be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freeze {
    pub name: WindowName,
    pub description: Option<String>,
    pub span: Interval,
    /// What it is for; everything, if absent.
    pub cis: Option<Vec<RecordId>>,
}

impl Freeze {
    /// Whether it is for one of `cis`, or for everything.
    pub fn is_for(&self, cis: &[RecordId]) -> bool {
        self.cis.as_ref().is_none_or(|frozen| frozen.iter().any(|ci| cis.contains(ci)))
    }
}

/// Why windows cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WindowsError {
    #[error("the freeze {name} is over before it begins")]
    Backwards { name: WindowName },
    #[error("the maintenance window {name} has no hours")]
    NoHours { name: WindowName },
    #[error("the maintenance window {name}: {error}")]
    Hours { name: WindowName, error: CalendarError },
}

impl WindowsError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            WindowsError::Backwards { .. } => {
                Some("`until` is its last day, or the time at which it ends".to_owned())
            }
            WindowsError::NoHours { .. } => Some("for example `sun: [02:00-06:00]`".to_owned()),
            WindowsError::Hours { error, .. } => error.hint(),
        }
    }

    /// The window that is at fault.
    pub const fn name(&self) -> &WindowName {
        match self {
            WindowsError::Backwards { name }
            | WindowsError::NoHours { name }
            | WindowsError::Hours { name, .. } => name,
        }
    }

    /// The key of it that is at fault.
    pub const fn key(&self) -> &'static str {
        match self {
            WindowsError::Backwards { .. } => "until",
            WindowsError::NoHours { .. } => "hours",
            WindowsError::Hours { error, .. } => error.key(),
        }
    }
}

impl ChangeWindows {
    /// What `file` says on a desk whose time zone is `zone`. `named` gives the
    /// item that a name or id stands for.
    ///
    /// # Errors
    ///
    /// What the file says of some time contradicts itself.
    pub fn new(
        file: &WindowsFile,
        zone: &str,
        named: impl Fn(&str) -> Option<RecordId>,
    ) -> Result<Self, WindowsError> {
        let items = |names: &[String]| names.iter().filter_map(|name| named(name)).collect();
        let unknown = file.cis().into_iter().filter(|name| named(name).is_none());
        let mut windows = Self {
            detection: file.detection,
            unknown: unknown.map(str::to_owned).collect(),
            ..Self::default()
        };
        for (name, window) in &file.maintenance {
            windows.maintenance.push(Maintenance {
                name: name.clone(),
                description: window.description.clone(),
                cis: items(&window.cis),
                zone: of_window(name, window, zone)?,
                hours: window.calendar(),
                ready: OnceCell::new(),
            });
        }
        for (name, freeze) in &file.freezes {
            let span = of_freeze(name, freeze, zone)?;
            let (name, description) = (name.clone(), freeze.description.clone());
            let cis = freeze.cis.as_deref().map(items);
            windows.freezes.push(Freeze { name, description, span, cis });
        }
        Ok(windows)
    }

    /// Whether it says nothing about any time.
    pub fn is_empty(&self) -> bool {
        self.maintenance.is_empty() && self.freezes.is_empty()
    }

    /// Every maintenance window, in the order of the file.
    pub fn maintenance(&self) -> &[Maintenance] {
        &self.maintenance
    }

    /// Every freeze, in the order of the file.
    pub fn freezes(&self) -> &[Freeze] {
        &self.freezes
    }

    /// The maintenance windows that are set apart for `ci`.
    pub fn of(&self, ci: RecordId) -> impl Iterator<Item = &Maintenance> {
        self.maintenance.iter().filter(move |window| window.cis.contains(&ci))
    }

    /// The times in `span` at which `ci` may be changed as far as its maintenance
    /// windows go; none where it has no windows, so that any time is as good.
    pub fn times(&self, ci: RecordId, span: Interval) -> Option<Vec<Interval>> {
        let mut windows = self.of(ci).peekable();
        windows.peek()?;
        Some(interval::merged(windows.flat_map(|window| window.times(span)).collect()))
    }
}

/// The zone of a maintenance window whose hours can be used.
fn of_window(
    name: &WindowName,
    window: &MaintenanceFile,
    zone: &str,
) -> Result<Zone, WindowsError> {
    let name = || name.clone();
    window.calendar().check().map_err(|error| match error {
        CalendarError::NeverOpen => WindowsError::NoHours { name: name() },
        error => WindowsError::Hours { name: name(), error },
    })?;
    let zone = window.time_zone.as_deref().unwrap_or(zone);
    Zone::named(zone).ok_or_else(|| {
        let error = CalendarError::UnknownZone { zone: zone.chars().take(64).collect() };
        WindowsError::Hours { name: name(), error }
    })
}

/// The time of a freeze.
fn of_freeze(name: &WindowName, freeze: &FreezeFile, zone: &str) -> Result<Interval, WindowsError> {
    let span = Interval::new(freeze.from.start(zone), freeze.until.end(zone));
    span.ok_or_else(|| WindowsError::Backwards { name: name.clone() })
}

//! Calendars: when a desk is open, and how much open time lies between two
//! points in time.
//!
//! A calendar is data ([`CalendarFile`]): hours per weekday, holidays, and
//! exceptions on which the desk is open besides. [`Calendar`] answers questions
//! about it. Windows are times on the wall of the calendar's zone; durations
//! are real seconds, so a day from 00:00 to 24:00 has 23 or 25 hours where
//! clocks are changed.

mod days;
mod file;
mod kept;
mod open;
#[cfg(test)]
mod tests;

pub use days::easter;
pub use file::{CalendarFile, DayRange, Exception, Holiday, HolidayDate, Hours, Window};
pub use kept::Calendars;
pub use open::{Calendar, OpenSpan, YEARS};

use crate::model::CalendarName;

/// Why a calendar cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    #[error("there is no time zone `{zone}`")]
    UnknownZone { zone: String },
    #[error("there is no calendar `{name}`")]
    Unknown { name: CalendarName, nearest: Option<CalendarName> },
    #[error("the calendar is never open")]
    NeverOpen,
    #[error("{day} has hours twice, in `{first}` and in `{second}`")]
    DayTwice { day: &'static str, first: String, second: String },
    #[error("{place} has the hours {first} and {second}, which overlap")]
    Overlap { place: String, first: Window, second: Window },
}

impl CalendarError {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            CalendarError::UnknownZone { .. } => {
                Some("zones have names such as Europe/London, America/New_York and UTC".to_owned())
            }
            CalendarError::Unknown { name, nearest: None } => {
                Some(format!("describe it in .gitsm/calendars/{name}.yaml"))
            }
            CalendarError::Unknown { nearest: Some(nearest), .. } => {
                Some(format!("did you mean `{nearest}`?"))
            }
            CalendarError::NeverOpen => {
                Some("give it hours, for example `mon-fri: [09:00-17:00]`".to_owned())
            }
            CalendarError::DayTwice { .. } | CalendarError::Overlap { .. } => None,
        }
    }

    /// The key of the file that is at fault.
    pub const fn key(&self) -> &'static str {
        match self {
            CalendarError::UnknownZone { .. } => "time_zone",
            _ => "hours",
        }
    }
}

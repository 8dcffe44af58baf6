//! Service levels: what was promised, and how it stands.

mod bulk;
pub mod calendar;
mod ensure;
mod lint;
mod list;
mod load;
mod passed;
mod show;
mod story;

pub(super) use ensure::ensure_for;
pub(super) use lint::{broken_by, findings, line_of};
pub use list::{compliance, list};
pub(super) use load::{CALENDARS, SLA, calendars, names, terms};
pub(super) use passed::{Passed, passed};
pub use show::{lines, show};

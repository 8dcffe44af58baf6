//! Hooks in repositories of code: installing them, seeing that they run, and
//! what happens when git runs them.

mod desk;
mod drain;
mod event;
mod found;
mod gate;
mod input;
mod install;
mod later;
mod limit;
mod lines;
mod manager;
mod message;
mod plan;
mod run;
mod spool;
mod status;
mod stub;
mod worker;

pub use drain::drain;
pub use event::{Event, UnknownEvent};
pub use install::{InstallOptions, install, uninstall};
pub use later::{catch_up, catch_up_quietly, note_went_on, or_note};
pub use run::{RunOptions, run};
pub use status::status;

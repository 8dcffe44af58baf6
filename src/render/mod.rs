//! Everything that meets a person or a pipe: tables, JSON, colour, pager,
//! prompts, progress and the editor.
//!
//! Data goes to standard output, messages go to standard error. Each view of
//! [`crate::outcome`] has one file here that turns it into text; [`Ui`] alone
//! writes. Styled text is built always, and stripped where colour is off, so
//! that a view cannot forget to ask. Data passes [`escape`] before it is shown.
//!
//! Nothing here reads the environment or the clock: [`UiOptions`] says it all.

mod applied;
mod approval;
mod attachments;
mod blame;
mod calendar;
mod catalog;
mod change;
mod check;
mod columns;
mod compliance;
mod conflicts;
mod csat;
mod csv;
mod deployment;
mod deploys;
mod diff;
mod done;
mod dora;
pub mod editor;
mod error;
pub mod escape;
mod gate;
mod graph;
mod history;
mod hook;
mod ics;
mod import;
mod json;
mod log;
mod options;
mod pager;
mod plan;
mod progress;
mod prompt;
mod raise;
mod record;
mod risk;
mod rows;
mod save;
mod schedule;
mod schema;
mod sla;
mod sla_list;
mod status;
mod stream;
mod style;
mod summary;
mod table;
mod template;
mod time;
mod triage;
mod ui;
mod view;
mod views;
mod weeks;
mod workflow;
mod written;

pub use error::ShowError;
pub use options::{ColorChoice, Format, UiOptions, UnknownFormat, WriteYaml};
pub use progress::Progress;
pub use prompt::PromptError;
pub use save::save;
pub use schema::schemas;
pub use template::TemplateError;
pub use ui::{Items, Ui};

#[cfg(test)]
mod tests;

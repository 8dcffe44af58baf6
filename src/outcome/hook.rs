//! Answers about hooks: what is installed, whether it runs, what waits.

use schemars::JsonSchema;
use serde::Serialize;

use crate::model::Timestamp;

/// What was, or would be, installed into a code repository or taken away.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HookInstallView {
    /// The name and version of this form.
    #[schemars(extend("const" = HookInstallView::SCHEMA))]
    pub schema: &'static str,
    /// Whether nothing was written because only a preview was asked for.
    pub dry_run: bool,
    /// Whether it was for taking hooks away.
    pub uninstall: bool,
    /// The code repository: its work tree's root, else its git folder.
    pub repository: String,
    /// The desk that its hooks work for.
    pub desk: Option<String>,
    /// The git program's version.
    pub git: String,
    pub hooks: Vec<HookStep>,
    /// What changes in the repository's configuration.
    pub config: Vec<HookSetting>,
    /// Whether anything changed, or would change.
    pub changed: bool,
    /// Whether nothing was done, because something has to be done by hand.
    pub refused: bool,
    /// What else one should know, in words.
    pub notices: Vec<String>,
}

/// What happens to one hook.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HookStep {
    /// git's name of it.
    pub event: &'static str,
    pub state: HookStepState,
    /// How git comes to run it: `config`, `stub`, `chain`, or the name of what
    /// manages hooks here.
    pub method: Option<&'static str>,
    /// The file that runs, or that is to be changed by hand.
    pub path: Option<String>,
    /// Why it has to be done by hand.
    pub reason: Option<String>,
    /// What to add to the file.
    pub add: Option<String>,
}

/// What happens to a hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum HookStepState {
    /// It was not there.
    New,
    /// It is as it should be.
    Kept,
    /// An older one of ours is replaced.
    Renewed,
    /// It was taken away.
    Removed,
    /// Somebody has to do it by hand.
    Refused,
}

/// A key of git's configuration.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HookSetting {
    pub key: String,
    /// None where it is taken away.
    pub value: Option<String>,
}

/// Whether the hooks of a code repository run, and what waits for a desk.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HookStatusView {
    /// The name and version of this form.
    #[schemars(extend("const" = HookStatusView::SCHEMA))]
    pub schema: &'static str,
    /// For ages.
    pub now: Timestamp,
    pub repository: String,
    /// The name under which the desk knows it.
    pub name: String,
    pub desk: Option<String>,
    /// Why the desk cannot be used, if it cannot.
    pub desk_problem: Option<String>,
    /// The git program's version.
    pub git: String,
    /// The folder in which git looks for hooks.
    pub hooks_folder: String,
    pub hooks: Vec<HookHealth>,
    pub spool: SpoolView,
    /// What is so and perhaps should not be.
    pub warnings: Vec<String>,
    /// Whether everything runs.
    pub sound: bool,
}

/// Whether one hook runs.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HookHealth {
    pub event: &'static str,
    /// `config`, `stub`, `chain`, or the name of what manages hooks here.
    pub method: &'static str,
    pub path: Option<String>,
    /// Whether it was run, and has answered.
    pub runs: bool,
    /// What is wrong with it.
    pub problems: Vec<String>,
}

/// What waits to be told to desks.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct SpoolView {
    pub folder: Option<String>,
    pub waiting: usize,
    /// When the oldest entry was made.
    pub oldest: Option<Timestamp>,
    pub set_aside: Vec<SetAside>,
}

/// An entry that could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SetAside {
    /// Its file.
    pub name: String,
    pub at: Option<Timestamp>,
    pub reason: String,
}

/// What a hook says to whoever has run git.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HookRunView {
    /// The name and version of this form.
    #[schemars(extend("const" = HookRunView::SCHEMA))]
    pub schema: &'static str,
    pub event: &'static str,
    /// Whether git may go on.
    pub allowed: bool,
    /// The hook's exit code.
    pub code: u8,
    /// Plain ASCII, at most ten.
    pub lines: Vec<String>,
}

/// What has become of the entries of the spool.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct HookDrainView {
    /// The name and version of this form.
    #[schemars(extend("const" = HookDrainView::SCHEMA))]
    pub schema: &'static str,
    /// What is in the desk now.
    pub done: Vec<DrainedEntry>,
    /// What could not be done yet.
    pub kept: Vec<DrainedEntry>,
    /// What cannot be done.
    pub set_aside: Vec<DrainedEntry>,
    /// Whether another process works on the entries.
    pub busy: bool,
}

/// One entry.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct DrainedEntry {
    /// Its file.
    pub name: String,
    /// What was done, or why not.
    pub lines: Vec<String>,
}

//! What the environment says: the only place where it is read.
//!
//! Settings come in layers, the later one winning: built-in default, git
//! configuration (system, user, repository: `git config gitsm.*`), environment,
//! command line. Git's own layers are used as they are, so `git config
//! --show-origin` tells where a value comes from.

pub mod hook;
mod pipeline;

use std::env;
use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::PathBuf;

use crate::clock::Clock;
use crate::model::Timestamp;

pub use pipeline::Pipeline;

/// The environment of one run, read once at the start.
#[derive(Clone, Debug)]
pub struct Environment {
    pub clock: Clock,
    /// The folder in which the command was typed.
    pub cwd: PathBuf,
    /// `GITSM_DESK`: the desk to work on.
    pub desk: Option<PathBuf>,
    /// `GITSM_EDITOR`, `GIT_EDITOR`, `VISUAL` or `EDITOR`, in this order.
    pub editor: Option<String>,
    /// `GITSM_PAGER`, `GIT_PAGER` or `PAGER`, in this order.
    pub pager: Option<String>,
    /// `GIT_AUTHOR_NAME` and `GIT_AUTHOR_EMAIL`.
    pub author: (Option<String>, Option<String>),
    /// `GIT_COMMITTER_NAME` and `GIT_COMMITTER_EMAIL`.
    pub committer: (Option<String>, Option<String>),
    /// What `NO_COLOR`, `CLICOLOR_FORCE` and `TERM` ask for, if anything.
    pub color: Option<bool>,
    /// `COLUMNS`, for when the terminal does not tell.
    pub columns: Option<usize>,
    /// Where derived data may be kept when the desk cannot be written.
    pub cache_dir: Option<PathBuf>,
    /// What is known of the run of a pipeline.
    pub pipeline: Pipeline,
    /// Where what must not be lost is kept outside of any desk.
    pub state_dir: Option<PathBuf>,
    pub stdin_is_terminal: bool,
    pub stdout_is_terminal: bool,
    pub stderr_is_terminal: bool,
}

impl Environment {
    /// Reads the environment of this process.
    pub fn read() -> Self {
        let clock = text("GITSM_NOW")
            .and_then(|at| at.parse::<Timestamp>().ok())
            .map_or_else(Clock::system, Clock::fixed);
        let color = if text("NO_COLOR").is_some() {
            Some(false)
        } else if text("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
            Some(true)
        } else if text("TERM").as_deref() == Some("dumb") {
            Some(false)
        } else {
            None
        };
        let home = os("HOME").map(PathBuf::from);
        let cache = os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
        Self {
            clock,
            cwd: env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            desk: os("GITSM_DESK").map(PathBuf::from),
            editor: first(&["GITSM_EDITOR", "GIT_EDITOR", "VISUAL", "EDITOR"]),
            pager: first(&["GITSM_PAGER", "GIT_PAGER", "PAGER"]),
            author: (text("GIT_AUTHOR_NAME"), text("GIT_AUTHOR_EMAIL")),
            committer: (text("GIT_COMMITTER_NAME"), text("GIT_COMMITTER_EMAIL")),
            color,
            columns: text("COLUMNS").and_then(|columns| columns.parse().ok()),
            cache_dir: cache.or_else(|| home.map(|home| home.join(".cache"))),
            pipeline: Pipeline::read(),
            state_dir: hook::state_dir(),
            stdin_is_terminal: std::io::stdin().is_terminal(),
            stdout_is_terminal: std::io::stdout().is_terminal(),
            stderr_is_terminal: std::io::stderr().is_terminal(),
        }
    }

    /// Whether questions may be asked.
    pub const fn is_interactive(&self) -> bool {
        self.stdin_is_terminal && self.stderr_is_terminal
    }
}

/// Where this program lies.
pub fn program() -> Option<PathBuf> {
    env::current_exe().ok()
}

#[expect(clippy::disallowed_methods, reason = "this is the place where the environment is read")]
fn os(name: &str) -> Option<OsString> {
    env::var_os(name).filter(|value| !value.is_empty())
}

fn text(name: &str) -> Option<String> {
    os(name)?.into_string().ok()
}

fn first(names: &[&str]) -> Option<String> {
    names.iter().find_map(|name| text(name))
}

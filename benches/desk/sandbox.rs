//! Running git and gitsm without the user's own settings.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use super::Fallible;

const SETTINGS: &str = "[user]\n\tname = Alice Smith\n\temail = alice@example.com\n\
    [init]\n\tdefaultBranch = main\n[advice]\n\tdetachedHead = false\n";

/// What would lead git or gitsm elsewhere, or give away the machine's owner.
const FOREIGN: [&str; 12] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_COMMON_DIR",
    "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_PARAMETERS",
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GITSM_DESK",
    "GITSM_NOW",
    "GITSM_PAGER",
];

/// A home folder of its own; it goes when this goes.
#[derive(Debug)]
pub(crate) struct Sandbox {
    home: TempDir,
}

impl Sandbox {
    /// In the folder `parent`, or where the system keeps temporary files.
    pub(crate) fn new(parent: Option<&Path>) -> Fallible<Self> {
        let home = match parent {
            Some(parent) => TempDir::with_prefix_in("gitsm-bench-", parent)?,
            None => TempDir::with_prefix("gitsm-bench-")?,
        };
        fs::write(home.path().join(".gitconfig"), SETTINGS)?;
        Ok(Self { home })
    }

    /// The folder, for stores and other files.
    pub(crate) fn path(&self) -> &Path {
        self.home.path()
    }

    /// A command that reads nothing and says nothing.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        let home = self.path();
        command
            .env("HOME", home)
            .env("XDG_CONFIG_HOME", home)
            .env("XDG_CACHE_HOME", home.join("cache"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        for name in FOREIGN {
            command.env_remove(name);
        }
        command
    }

    /// Git, working on the repository at `dir`.
    pub(crate) fn git(&self, dir: &Path) -> Command {
        let mut command = self.command(Path::new("git"));
        command.arg("-C").arg(dir);
        command
    }

    /// What git says about the repository at `dir`.
    pub(crate) fn ask(&self, dir: &Path, args: &[&str]) -> Fallible<String> {
        let output = self.git(dir).args(args).stdout(Stdio::piped()).output()?;
        if !output.status.success() {
            return Err(format!("git {} failed", args.join(" ")).into());
        }
        Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
    }
}

/// Runs `command` and fails where it fails.
pub(crate) fn run(command: &mut Command) -> Fallible<()> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?}: {status}").into()) }
}

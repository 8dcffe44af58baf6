//! Running the git program and the signing programs.

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use super::error::StoreError;

/// What git sets for its hooks and aliases. None of it may reach a git that is
/// started for the desk: it would act on another repository or index.
const LEAKING: [&str; 15] = [
    "GIT_DIR",
    "GIT_COMMON_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_INDEX_VERSION",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_QUARANTINE_PATH",
    "GIT_NAMESPACE",
    "GIT_PREFIX",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_EXTERNAL_DIFF",
    "GIT_LITERAL_PATHSPECS",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
];

/// A git command on the repository whose git folder is `git_dir`.
pub(super) fn git(git_dir: &Path, work_tree: Option<&Path>) -> Command {
    let mut command = Command::new("git");
    for name in LEAKING {
        command.env_remove(name);
    }
    command.env("GIT_TERMINAL_PROMPT", "0").env("LC_ALL", "C").arg("--git-dir").arg(git_dir);
    if let Some(root) = work_tree {
        command.arg("--work-tree").arg(root).current_dir(root);
    }
    command
}

/// Runs a git command and returns what it printed.
pub(super) fn run(
    mut command: Command,
    arguments: &[&OsStr],
    input: &[u8],
) -> Result<Vec<u8>, StoreError> {
    command.args(arguments);
    let name = arguments.first().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    match feed(&mut command, input) {
        Ok(Finished { success: true, output, .. }) => Ok(output),
        Ok(Finished { message, .. }) => Err(StoreError::GitProgram { command: name, message }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(StoreError::NoGitProgram),
        Err(error) => Err(StoreError::GitProgram { command: name, message: error.to_string() }),
    }
}

/// What a program left.
pub(super) struct Finished {
    pub(super) success: bool,
    pub(super) output: Vec<u8>,
    /// Its error output, or its exit status if it said nothing.
    pub(super) message: String,
}

/// Runs a program with `input` on its standard input.
pub(super) fn feed(command: &mut Command, input: &[u8]) -> io::Result<Finished> {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let stdin = child.stdin.take();
    let output = thread::scope(|scope| {
        let feeder = scope.spawn(move || match stdin {
            Some(mut stdin) => stdin.write_all(input),
            None => Ok(()),
        });
        let output = child.wait_with_output();
        // A program that ends before it has read everything says why itself.
        let _ = feeder.join();
        output
    })?;
    let message = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    let message = if message.is_empty() { output.status.to_string() } else { message };
    Ok(Finished { success: output.status.success(), output: output.stdout, message })
}

//! Running the git program and the signing programs.

use std::ffi::{OsStr, OsString};
use std::io::{self, Read as _, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::thread::{self, JoinHandle};

use super::error::StoreError;

/// What git sets for its hooks and aliases. None of it may reach a git that is
/// started for the desk: it would act on another repository or index, or in
/// another person's name. What people set to say how git reaches a server
/// (`GIT_SSH_COMMAND`, `GIT_ASKPASS`, `GIT_CONFIG_GLOBAL`) is theirs to say.
const LEAKING: [&str; 27] = [
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
    "GIT_REPLACE_REF_BASE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_CONFIG",
    "GIT_CONFIG_PARAMETERS",
    "GIT_REFLOG_ACTION",
    "GIT_AUTHOR_NAME",
    "GIT_AUTHOR_EMAIL",
    "GIT_AUTHOR_DATE",
    "GIT_COMMITTER_NAME",
    "GIT_COMMITTER_EMAIL",
    "GIT_COMMITTER_DATE",
];

/// Says to hooks that gitsm itself has started what runs them.
const INSIDE: &str = "GITSM_INSIDE";

/// Further variables that reach no program from here on.
static FORGOTTEN: OnceLock<Vec<OsString>> = OnceLock::new();

/// Lets none of these variables reach a program that is started from here on.
/// In a hook that is everything of git's: what is there was set for the hooked
/// repository, by git or by whoever pushes.
pub fn forget_variables(names: Vec<OsString>) {
    let _ = FORGOTTEN.set(names);
}

/// Takes from a command what it must not be told.
pub(super) fn scrub(command: &mut Command) {
    for name in LEAKING {
        command.env_remove(name);
    }
    for name in FORGOTTEN.get().into_iter().flatten() {
        command.env_remove(name);
    }
    command.env(INSIDE, "1");
}

/// A git command on the repository whose git folder is `git_dir`.
pub(super) fn git(git_dir: &Path, work_tree: Option<&Path>) -> Command {
    let mut command = Command::new("git");
    scrub(&mut command);
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

/// A program that is fed as its input comes to be.
pub(super) struct Feeding {
    name: &'static str,
    child: Child,
    /// `None` once the input has ended.
    input: Option<ChildStdin>,
    errors: Option<JoinHandle<String>>,
}

impl Feeding {
    /// Starts `command`, called `name` in messages.
    ///
    /// # Errors
    /// [`StoreError::NoGitProgram`], [`StoreError::GitProgram`].
    pub(super) fn start(mut command: Command, name: &'static str) -> Result<Self, StoreError> {
        let started =
            command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = started.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => StoreError::NoGitProgram,
            _ => StoreError::GitProgram { command: name.to_owned(), message: error.to_string() },
        })?;
        let input = child.stdin.take();
        let errors = child.stderr.take().map(|mut stderr| {
            // Read at once, or the program would wait for somebody who does.
            thread::spawn(move || {
                let mut said = Vec::new();
                let _ = stderr.read_to_end(&mut said);
                String::from_utf8_lossy(&said).trim().to_owned()
            })
        });
        Ok(Self { name, child, input, errors })
    }

    /// Ends the input and waits for the program's success.
    ///
    /// # Errors
    /// [`StoreError::GitProgram`] with what it said.
    pub(super) fn finish(mut self) -> Result<(), StoreError> {
        drop(self.input.take());
        let failed =
            |message: String| StoreError::GitProgram { command: self.name.to_owned(), message };
        let status = self.child.wait().map_err(|error| failed(error.to_string()))?;
        let said = self.errors.take().and_then(|errors| errors.join().ok()).unwrap_or_default();
        match (status.success(), said.is_empty()) {
            (true, _) => Ok(()),
            (false, true) => Err(failed(status.to_string())),
            (false, false) => Err(failed(said)),
        }
    }

    /// What a program that ended too early said about it.
    pub(super) fn last_words(&mut self) -> Option<String> {
        drop(self.input.take());
        let _ = self.child.wait();
        let said = self.errors.take()?.join().ok()?;
        (!said.is_empty()).then_some(said)
    }
}

/// Nobody waits for what a program makes of half its input.
impl Drop for Feeding {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
    }
}

impl Write for Feeding {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.input {
            Some(input) => input.write(bytes),
            None => Err(io::Error::from(io::ErrorKind::BrokenPipe)),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.input.as_mut().map_or(Ok(()), ChildStdin::flush)
    }
}

//! The trunk of the desk's remote, fetched by the git program.

use std::io::Read as _;
use std::process::Stdio;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::error::StoreError;
use super::{CommitId, Store, program};

/// What the remote's trunk is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// The remote's name.
    pub remote: String,
    pub commit: CommitId,
}

/// Where the desk's trunk lies elsewhere.
struct Upstream {
    remote: String,
    /// The branch there, by its full name.
    branch: String,
    /// The reference that remembers here what it was at.
    kept: String,
}

impl Store {
    /// Fetches the trunk of the desk's remote, within `limit`, and gives what it is
    /// at. Neither branches here nor files move; what it was at is remembered, and
    /// a remote that no longer has that is refused.
    ///
    /// # Errors
    /// [`StoreError::NoRemote`], [`StoreError::Rewritten`],
    /// [`StoreError::GitTimeout`], [`StoreError::GitProgram`] with what git said.
    pub fn fetch_trunk(&self, limit: Duration) -> Result<Fetched, StoreError> {
        let upstream = self.upstream()?;
        let mut command = program::git(&self.git_dir, None);
        // Nothing that the repository's configuration names may run in between.
        command.args(["-c", "protocol.ext.allow=never", "-c", "core.hooksPath=/dev/null"]);
        command.args(["-c", "core.fsmonitor=false", "-c", "gc.auto=0", "fetch", "--no-progress"]);
        command.args(["--no-tags", "--no-prune", "--no-recurse-submodules", "--refmap="]);
        command.args(["--no-write-fetch-head", "--", &upstream.remote]);
        command.arg(format!("{}:{}", upstream.branch, upstream.kept));
        command.env("GIT_ASKPASS", "").env("SSH_ASKPASS", "");
        command.env("GIT_SSH_VARIANT", "auto").stdin(Stdio::null()).stdout(Stdio::null());
        let (success, message) = within(command, limit)?;
        if success {
            let id = self.repository.refname_to_id(&upstream.kept);
            let commit = id.map_err(StoreError::git("read what was fetched"))?.into();
            return Ok(Fetched { remote: upstream.remote, commit });
        }
        if message.contains("[rejected]") || message.contains("non-fast-forward") {
            let Upstream { remote, kept, .. } = upstream;
            return Err(StoreError::Rewritten { remote, kept });
        }
        Err(StoreError::GitProgram { command: "fetch".to_owned(), message })
    }

    /// What the remote's trunk was at when it was last fetched.
    pub fn last_fetched(&self) -> Option<CommitId> {
        let upstream = self.upstream().ok()?;
        self.repository.refname_to_id(&upstream.kept).ok().map(CommitId::from)
    }

    /// The remote that the trunk follows: the one that git's configuration names
    /// for the branch, else `origin`, else the only one.
    fn upstream(&self) -> Result<Upstream, StoreError> {
        let trunk = self.trunk().ok_or(StoreError::Detached { trunk: None })?;
        let configured = self.config(&format!("branch.{trunk}.remote"));
        let known = self.config_sections("remote.", "url");
        let remote = match configured.filter(|remote| remote != ".") {
            Some(remote) => Some(remote),
            None if known.iter().any(|name| name == "origin") => Some("origin".to_owned()),
            None if known.len() == 1 => known.first().cloned(),
            None => None,
        };
        // A name and nothing else: neither an option nor a place of its own.
        let remote = remote.filter(|remote| known.contains(remote) && !remote.starts_with('-'));
        let remote = remote.ok_or(StoreError::NoRemote)?;
        let branch = self.config(&format!("branch.{trunk}.merge"));
        let branch = branch.filter(|branch| branch.starts_with("refs/"));
        let branch = branch.unwrap_or_else(|| format!("refs/heads/{trunk}"));
        let kept = format!("refs/gitsm/fetched/{remote}/{trunk}");
        Ok(Upstream { remote, branch, kept })
    }
}

/// Runs a command that may hang; whether it succeeded, and what it said.
fn within(
    mut command: std::process::Command,
    limit: Duration,
) -> Result<(bool, String), StoreError> {
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::NotFound => StoreError::NoGitProgram,
        _ => StoreError::GitProgram { command: "fetch".to_owned(), message: error.to_string() },
    };
    let started = Instant::now();
    let mut child = command.stderr(Stdio::piped()).spawn().map_err(failed)?;
    let (sender, said) = mpsc::channel();
    if let Some(mut stderr) = child.stderr.take() {
        // Whoever git started may hold it open for longer than git lives.
        thread::spawn(move || {
            let mut text = Vec::new();
            let _ = stderr.read_to_end(&mut text);
            let _ = sender.send(String::from_utf8_lossy(&text).trim().to_owned());
        });
    }
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            let message = said.recv_timeout(Duration::from_secs(1)).unwrap_or_default();
            let message = if message.is_empty() { status.to_string() } else { message };
            return Ok((status.success(), message));
        }
        if started.elapsed() >= limit {
            let _ = child.kill();
            let _ = child.wait();
            return Err(StoreError::GitTimeout {
                command: "fetch".to_owned(),
                seconds: limit.as_secs(),
            });
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(50));
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_remote_that_never_answers_is_given_up() {
        // It takes the call and says nothing.
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let mut command = std::process::Command::new("git");
        command.args(["ls-remote", &format!("git://127.0.0.1:{port}/desk")]);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let started = Instant::now();
        let ended = within(command, Duration::from_millis(300));
        assert!(matches!(ended, Err(StoreError::GitTimeout { .. })), "{ended:?}");
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn what_a_command_says_is_told() {
        let mut command = std::process::Command::new("git");
        command.args(["rev-parse", "--verify", "refs/heads/no such branch"]);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let (success, message) = within(command, Duration::from_secs(30)).expect("it ends");
        assert!(!success && message.contains("fatal"), "{message}");
    }
}

//! Commits on their way into a repository through `git fast-import`.

use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Stdio};

use super::Fallible;
use super::sandbox::Sandbox;

/// Who commits, and when (seconds since 1970).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Author<'a> {
    pub(crate) id: &'a str,
    pub(crate) at: i64,
}

/// The text of one commit on `branch` that writes these files, as fast-import
/// reads it. `from` is what it continues, where that is not the commit before
/// it in the same stream.
pub(crate) fn commit(
    branch: &str,
    from: Option<&str>,
    author: Author<'_>,
    message: &str,
) -> String {
    let Author { id, at } = author;
    let who = format!("{id} <{id}@example.com> {at} +0000");
    let from = from.map(|from| format!("from {from}\n")).unwrap_or_default();
    let length = message.len();
    format!(
        "commit refs/heads/{branch}\nauthor {who}\ncommitter {who}\ndata {length}\n{message}\n{from}"
    )
}

/// One file of a commit, as fast-import reads it.
pub(crate) fn file(path: &str, content: &str) -> String {
    format!("M 100644 inline {path}\ndata {}\n{content}\n", content.len())
}

/// A running `git fast-import`.
#[derive(Debug)]
pub(crate) struct Stream {
    process: Child,
    input: BufWriter<ChildStdin>,
}

impl Stream {
    /// Begins to import into the repository at `dir`.
    ///
    /// Depth 0: without that, every blob lies at the end of a long chain of
    /// differences, which no desk that grew by itself has, and reads become
    /// twenty times slower.
    pub(crate) fn open(sandbox: &Sandbox, dir: &Path) -> Fallible<Self> {
        let mut process = sandbox
            .git(dir)
            .args(["fast-import", "--quiet", "--done", "--depth=0"])
            .stdin(Stdio::piped())
            .spawn()?;
        let input = process.stdin.take().ok_or("git fast-import takes no input")?;
        Ok(Self { process, input: BufWriter::with_capacity(1 << 20, input) })
    }

    pub(crate) fn write(&mut self, text: &str) -> Fallible<()> {
        Ok(self.input.write_all(text.as_bytes())?)
    }

    /// Waits until all is in the repository.
    pub(crate) fn finish(mut self) -> Fallible<()> {
        self.input.write_all(b"done\n")?;
        self.input.flush()?;
        drop(self.input);
        let status = self.process.wait()?;
        if status.success() { Ok(()) } else { Err(format!("git fast-import: {status}").into()) }
    }
}

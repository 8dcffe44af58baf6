//! Writing very many files at once through `git fast-import`, as one pack.

use std::io::{self, BufWriter, Write};
use std::path::Path;

use git2::{ErrorCode, Oid};

use super::error::StoreError;
use super::program::Feeding;
use super::snapshot::Snapshot;
use super::transact::Edit;
use super::{Store, program};

/// More changed files than this make a pack instead of loose objects.
pub(super) const MANY: usize = 500;

const COMMAND: &str = "fast-import";

/// How the names that keep an import's objects in use begin.
const IMPORT: &str = "import-";

impl Store {
    /// Writes blobs and trees of `edits` into a pack and returns the root tree.
    pub(super) fn import_tree(
        &self,
        snapshot: &Snapshot<'_>,
        edits: &[Edit<'_>],
    ) -> Result<Oid, StoreError> {
        let reference = reference();
        self.drop_name(&reference)?;
        let result = self.import(snapshot, edits, &reference);
        // It only kept the new objects in use meanwhile.
        self.drop_name(&reference)?;
        result
    }

    /// Drops the names that killed imports left. The caller holds the lock.
    pub(super) fn drop_imports(&self) -> Result<(), StoreError> {
        self.drop_crash_reports();
        let Ok(entries) = std::fs::read_dir(self.git_dir.join("refs/gitsm")) else { return Ok(()) };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let (locks, names): (Vec<_>, Vec<_>) =
            names.filter(|name| name.starts_with(IMPORT)).partition(|name| name.ends_with(".lock"));
        // Locks that a killed git left, which stand in the way of the names;
        // nobody else imports here.
        for lock in locks {
            let _ = std::fs::remove_file(self.git_dir.join("refs/gitsm").join(lock));
        }
        for name in names {
            self.drop_name(&format!("refs/gitsm/{name}"))?;
        }
        Ok(())
    }

    /// Removes what git wrote down when its import was cut off, and nobody
    /// else's reports.
    fn drop_crash_reports(&self) {
        for entry in std::fs::read_dir(&self.git_dir).into_iter().flatten().flatten() {
            let report = entry.file_name().to_string_lossy().starts_with("fast_import_crash_")
                && std::fs::read(entry.path()).is_ok_and(|text| {
                    String::from_utf8_lossy(&text).contains(&format!("refs/gitsm/{IMPORT}"))
                });
            if report {
                let _ = std::fs::remove_file(entry.path());
            }
        }
    }

    pub(super) fn drop_name(&self, reference: &str) -> Result<(), StoreError> {
        match self.repository.find_reference(reference) {
            Ok(mut found) => found.delete().map_err(StoreError::git("drop the import's name")),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(()),
            Err(error) => Err(StoreError::git("drop the import's name")(error)),
        }
    }

    fn import(
        &self,
        snapshot: &Snapshot<'_>,
        edits: &[Edit<'_>],
        reference: &str,
    ) -> Result<Oid, StoreError> {
        let mut stream = BufWriter::new(start(&self.git_dir)?);
        compose(&mut stream, snapshot, edits, reference).map_err(|error| broken(&error))?;
        finish(stream)?;
        self.odb()?.refresh().map_err(StoreError::git("see the imported objects"))?;
        let git = StoreError::git("read the import");
        let commit = self.repository.refname_to_id(reference).map_err(&git)?;
        Ok(self.repository.find_commit(commit).map_err(&git)?.tree_id())
    }
}

/// The stream to git broke off.
pub(super) fn broken(why: &impl ToString) -> StoreError {
    StoreError::GitProgram { command: COMMAND.to_owned(), message: why.to_string() }
}

/// The name that keeps an import's objects in use until the trunk has them.
pub(super) fn reference() -> String {
    format!("refs/gitsm/{IMPORT}{}", std::process::id())
}

/// Starts git on a stream of commits.
///
/// Blobs are stored whole: a chain of deltas makes every later read of a record
/// twenty times slower. Trees are read by walks only and gain much from short
/// chains, so every blob is declared too big for deltas. A pack is durable when
/// git says that it is done.
pub(super) fn start(git_dir: &Path) -> Result<Feeding, StoreError> {
    let mut command = program::git(git_dir, None);
    command.args(["-c", "core.fsync=all", "-c", "fastimport.unpackLimit=0"]);
    command.args(["-c", "core.bigFileThreshold=1"]);
    // Git sets up a compressor for each object. Left to itself, the GNU C
    // library returns its 256 KiB to the system each time, which costs more than
    // the compressing; other libraries do not know these names.
    command.env("MALLOC_TRIM_THRESHOLD_", "268435456");
    command.env("MALLOC_MMAP_THRESHOLD_", "33554432");
    command.args([COMMAND, "--quiet", "--done", "--force", "--depth=10"]);
    Feeding::start(command, COMMAND)
}

/// Ends the stream and waits until git has everything on the disk.
pub(super) fn finish(mut stream: BufWriter<Feeding>) -> Result<(), StoreError> {
    let ended = writeln!(stream, "done").and_then(|()| stream.flush());
    let (feeding, _) = stream.into_parts();
    // What git says about why it stopped reading comes first.
    feeding.finish()?;
    ended.map_err(|error| broken(&error))
}

/// Writes a file's change within a commit.
pub(super) fn file(
    out: &mut impl Write,
    path: &str,
    mode: u32,
    content: Option<&[u8]>,
) -> io::Result<()> {
    // A quoted path may hold anything; control characters were refused.
    let path = path.replace('"', "\\\"");
    match content {
        Some(content) => {
            writeln!(out, "M {mode:o} inline \"{path}\"\ndata {}", content.len())?;
            out.write_all(content)?;
            writeln!(out)
        }
        None => writeln!(out, "D \"{path}\""),
    }
}

fn compose(
    out: &mut impl Write,
    snapshot: &Snapshot<'_>,
    edits: &[Edit<'_>],
    reference: &str,
) -> io::Result<()> {
    writeln!(out, "commit {reference}\ncommitter gitsm <gitsm> 0 +0000\ndata 0")?;
    if let Some(commit) = snapshot.commit() {
        writeln!(out, "from {commit}")?;
    }
    for edit in edits {
        file(out, edit.path, edit.mode, edit.content)?;
    }
    writeln!(out)
}

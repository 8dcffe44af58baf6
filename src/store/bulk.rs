//! Writing very many files at once through `git fast-import`, as one pack.

use std::ffi::OsStr;
use std::io::{self, Write};

use git2::{ErrorCode, Oid};

use super::error::StoreError;
use super::snapshot::Snapshot;
use super::transact::Edit;
use super::{Store, program};

/// More changed files than this make a pack instead of loose objects.
pub(super) const MANY: usize = 500;

/// How the names that keep an import's objects in use begin.
const IMPORT: &str = "import-";

impl Store {
    /// Writes blobs and trees of `edits` into a pack and returns the root tree.
    pub(super) fn import_tree(
        &self,
        snapshot: &Snapshot<'_>,
        edits: &[Edit<'_>],
    ) -> Result<Oid, StoreError> {
        let reference = format!("refs/gitsm/{IMPORT}{}", std::process::id());
        self.drop_name(&reference)?;
        let result = self.import(snapshot, edits, &reference);
        // It only kept the new objects in use meanwhile.
        self.drop_name(&reference)?;
        result
    }

    /// Drops the names that killed imports left. The caller holds the lock.
    pub(super) fn drop_imports(&self) -> Result<(), StoreError> {
        let Ok(entries) = std::fs::read_dir(self.git_dir.join("refs/gitsm")) else { return Ok(()) };
        for entry in entries.flatten() {
            let name = entry.file_name();
            match name.to_str().filter(|name| name.starts_with(IMPORT)) {
                // A lock that a killed git left; nobody else imports here.
                Some(name) if name.ends_with(".lock") => {
                    let _ = std::fs::remove_file(entry.path());
                }
                Some(name) => self.drop_name(&format!("refs/gitsm/{name}"))?,
                None => {}
            }
        }
        Ok(())
    }

    fn drop_name(&self, reference: &str) -> Result<(), StoreError> {
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
        let size: usize = edits.iter().map(|edit| 96 + edit.content.map_or(0, <[u8]>::len)).sum();
        let mut stream = Vec::with_capacity(size);
        compose(&mut stream, snapshot, edits, reference).map_err(|error| {
            StoreError::GitProgram { command: "fast-import".to_owned(), message: error.to_string() }
        })?;
        // Delta chains would make every later read of a record twenty times
        // slower. A pack is durable when git says that it is done.
        let mut command = program::git(&self.git_dir, None);
        command.args(["-c", "core.fsync=all", "-c", "fastimport.unpackLimit=0"]);
        let arguments = ["fast-import", "--quiet", "--done", "--force", "--depth=0"];
        let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
        program::run(command, &arguments, &stream)?;
        self.odb()?.refresh().map_err(StoreError::git("see the imported objects"))?;
        let git = StoreError::git("read the import");
        let commit = self.repository.refname_to_id(reference).map_err(&git)?;
        Ok(self.repository.find_commit(commit).map_err(&git)?.tree_id())
    }
}

fn compose(
    out: &mut Vec<u8>,
    snapshot: &Snapshot<'_>,
    edits: &[Edit<'_>],
    reference: &str,
) -> io::Result<()> {
    writeln!(out, "commit {reference}\ncommitter gitsm <gitsm> 0 +0000\ndata 0")?;
    if let Some(commit) = snapshot.commit() {
        writeln!(out, "from {commit}")?;
    }
    for edit in edits {
        // A quoted path may hold anything; control characters were refused.
        let path = edit.path.replace('"', "\\\"");
        match edit.content {
            Some(content) => {
                writeln!(out, "M {:o} inline \"{path}\"\ndata {}", edit.mode, content.len())?;
                out.write_all(content)?;
                writeln!(out)?;
            }
            None => writeln!(out, "D \"{path}\"")?,
        }
    }
    writeln!(out, "\ndone")
}

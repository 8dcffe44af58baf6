//! The desks to measure on: for each size one made, and four clones of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use gitsm::format;

use crate::desk::sandbox::{Sandbox, run};
use crate::desk::{self, Fallible, Plan, Records};

/// Gitsm and git each have a store of their own for writing, so that neither
/// has to digest what the other did.
#[derive(Debug)]
pub(crate) struct Stores {
    dir: PathBuf,
    pub(crate) records: Records,
    pub(crate) seed: u64,
    /// The trunk's name.
    pub(crate) branch: String,
    pub(crate) ours: Pair,
    pub(crate) theirs: Pair,
    fresh: Records,
    next: AtomicU64,
}

/// The same desk with a work tree and without.
#[derive(Debug)]
pub(crate) struct Pair {
    pub(crate) tree: PathBuf,
    pub(crate) bare: PathBuf,
}

impl Stores {
    pub(crate) fn make(sandbox: &Sandbox, gitsm: &Path, size: u64, seed: u64) -> Fallible<Self> {
        let dir = sandbox.path().join(format!("desk-{size}"));
        let made = dir.join("made");
        fs::create_dir_all(&dir)?;
        // The last commit is an ordinary one, not the import with its long message.
        let plan = Plan { gitsm, dir: &made, records: size, history: 1, seed, bare: true };
        let desk::Made { records, bytes } = desk::generate(sandbox, &plan)?;
        eprintln!("desk of {size} records, {bytes} bytes of YAML ...");
        let pair = |name: &str| -> Fallible<Pair> {
            let tree = dir.join(name);
            let bare = dir.join(format!("{name}.git"));
            clone(sandbox, &made, &tree, false)?;
            clone(sandbox, &made, &bare, true)?;
            Ok(Pair { tree, bare })
        };
        Ok(Self {
            branch: sandbox.ask(&made, &["symbolic-ref", "--short", "HEAD"])?,
            ours: pair("ours")?,
            theirs: pair("theirs")?,
            fresh: Records::new(!seed, 100_000),
            next: AtomicU64::new(0),
            dir,
            records,
            seed,
        })
    }

    /// One more clone of the desk as it was made.
    pub(crate) fn another(&self, sandbox: &Sandbox, name: &str, bare: bool) -> Fallible<PathBuf> {
        let dir = self.dir.join(name);
        clone(sandbox, &self.dir.join("made"), &dir, bare)?;
        Ok(dir)
    }

    /// A folder for files of a measurement.
    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Path and text of a record that no store has yet.
    pub(crate) fn fresh(&self) -> Fallible<(String, String)> {
        let place = self.next.fetch_add(1, Ordering::Relaxed);
        let record = self.fresh.record(place)?;
        Ok((record.id().path(), format::write_record(&record)?))
    }

    /// Removes the desks.
    pub(crate) fn remove(&self) -> Fallible<()> {
        Ok(fs::remove_dir_all(&self.dir)?)
    }
}

fn clone(sandbox: &Sandbox, from: &Path, to: &Path, bare: bool) -> Fallible<()> {
    let mut command = sandbox.command(Path::new("git"));
    command.args(["clone", "--quiet"]).args(bare.then_some("--bare"));
    run(command.arg(from).arg(to))
}

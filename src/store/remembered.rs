//! The desk's settings and the tree of its commit as they were last read, beside
//! what else can be made again.
//!
//! Every command needs them before anything else, and many a command needs
//! nothing else of git's objects: the index answers it. To open the object
//! database, and to unpack a commit whose message may be as long as an import,
//! would then cost more than the answer. What is written is made from what git
//! itself holds.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;

use git2::Oid;

use super::Store;
use super::ids::{BlobId, CommitId};

const FILE: &str = "index.desk";

/// Larger settings are not kept, in bytes.
const LIMIT: usize = 64 * 1024;

/// What is kept of a commit.
pub(super) struct Remembered {
    pub(super) tree: Oid,
    pub(super) settings: Vec<u8>,
}

impl Store {
    /// What is kept of `commit`, if that is the last one of which anything is.
    pub(super) fn remembered(&self, commit: CommitId) -> Option<Remembered> {
        let mut kept = fs::read(self.memory()).ok()?;
        let line = kept.split(|byte| *byte == b'\n').next()?;
        let tree = std::str::from_utf8(line).ok()?.split(' ').nth(1)?;
        let tree = Oid::from_str(tree).ok()?;
        let start = line.len() + 1;
        let (line, settings) = kept.split_at_checked(start)?;
        if line != first_line(commit, tree, settings).as_bytes() {
            return None;
        }
        Some(Remembered { tree, settings: kept.split_off(start) })
    }

    /// Keeps for the next command what `commit` holds, where that can be done.
    /// Nothing depends on it.
    pub(super) fn remember(&self, commit: CommitId, tree: Oid, settings: &[u8]) {
        if settings.len() > LIMIT || !self.state_dir.is_dir() {
            return;
        }
        let mut kept = first_line(commit, tree, settings).into_bytes();
        kept.extend_from_slice(settings);
        // Made anew and moved into place: whoever shares the desk could have put a
        // link there, to a file of somebody else's.
        let draft = self.memory().with_extension("desk.new");
        let _ = fs::remove_file(&draft);
        let made = File::create_new(&draft).and_then(|mut file| file.write_all(&kept));
        if made.and_then(|()| fs::rename(&draft, self.memory())).is_err() {
            let _ = fs::remove_file(&draft);
        }
    }

    fn memory(&self) -> PathBuf {
        self.state_dir.join(FILE)
    }
}

/// The commit, its tree, and what tells that all of it is whole.
fn first_line(commit: CommitId, tree: Oid, settings: &[u8]) -> String {
    let mut all = commit.as_bytes().to_vec();
    all.extend_from_slice(tree.as_bytes());
    all.extend_from_slice(settings);
    format!("{commit} {tree} {}\n", BlobId::of(&all))
}

//! Git's index, the list of staged files, spliced as bytes.
//!
//! Rewriting it is what a commit in a large work tree costs, and libgit2 opens
//! neither split nor sparse indexes. So the usual versions 2 and 3 are read
//! and spliced here; every other kind goes through the git program.

mod cache_tree;
mod foreign;
mod parse;
mod splice;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;

use git2::Oid;
use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::files::{self, Stat};
use super::ids::BlobId;
use super::worktree::Checkout;
use super::{Store, tree};

pub(super) use parse::{Parsed, StagedEntry};

/// What git's index has at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Staged {
    /// Nothing.
    Nothing,
    /// A file; `absent` if it is meant not to be in the work tree (sparse).
    File { blob: BlobId, absent: bool },
    /// Something else: a conflict, a link, a file in the place of a folder.
    Other,
}

/// What to put at a path.
#[derive(Clone, Debug)]
pub(super) struct Update<'a> {
    pub(super) path: &'a str,
    pub(super) entry: Option<NewEntry>,
}

/// A new entry of the index.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewEntry {
    pub(super) mode: u32,
    pub(super) blob: BlobId,
    /// The file as it lies in the work tree; `None` if it is meant to be absent.
    pub(super) stat: Option<Stat>,
}

/// An index file that was read.
pub(super) struct GitIndex {
    form: Form,
    /// The file as it was read; `None` if there was none.
    stamp: Option<Stat>,
}

enum Form {
    Plain(Parsed),
    /// Only the git program can handle it.
    Foreign,
}

impl GitIndex {
    /// Reads the index of a checkout; a missing file is an empty index.
    pub(super) fn load(checkout: &Checkout) -> Result<Self, StoreError> {
        let path = checkout.index();
        let (data, stamp) = match fs::read(&path) {
            Ok(data) => (data, files::stat(&path)?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Vec::new(), None),
            Err(error) => return Err(StoreError::read(&path)(error)),
        };
        let form = if data.is_empty() {
            Form::Plain(Parsed::empty())
        } else {
            match parse::parse(data).map_err(|why| StoreError::BadIndex { path, why })? {
                Some(parsed) => Form::Plain(parsed),
                None => Form::Foreign,
            }
        };
        Ok(Self { form, stamp })
    }

    /// Whether the file is still the one that was read.
    pub(super) fn is_current(&self, checkout: &Checkout) -> Result<bool, StoreError> {
        Ok(files::stat(&checkout.index())? == self.stamp)
    }

    /// The parsed index, if it is of a kind that is read here.
    pub(super) fn parsed(&self) -> Option<&Parsed> {
        match &self.form {
            Form::Plain(parsed) => Some(parsed),
            Form::Foreign => None,
        }
    }

    /// The index file as it was read.
    pub(super) fn stamp(&self) -> Option<Stat> {
        self.stamp
    }

    /// What the index has at each of `paths`, which are sorted.
    pub(super) fn staged(
        &self,
        checkout: &Checkout,
        paths: &[&str],
    ) -> Result<Vec<Staged>, StoreError> {
        match &self.form {
            Form::Plain(parsed) => Ok(parsed.staged(paths)),
            Form::Foreign => foreign::staged(checkout, paths),
        }
    }

    /// A way to ask for one path after the other.
    pub(super) fn lookup(self, checkout: &Checkout) -> Result<Lookup, StoreError> {
        Ok(match self.form {
            Form::Plain(parsed) => Lookup::Plain { starts: parsed.starts(), parsed },
            Form::Foreign => Lookup::Foreign(foreign::all(checkout)?),
        })
    }

    /// Writes the index with `updates` (sorted by path) to `out`. `trees` are
    /// the roots before and after, for the trees that the index remembers.
    pub(super) fn write(
        self,
        store: &Store,
        checkout: &Checkout,
        updates: &[Update<'_>],
        trees: (Option<Oid>, Oid),
        out: &Path,
        file: &mut fs::File,
    ) -> Result<(), StoreError> {
        match self.form {
            Form::Plain(mut parsed) => {
                if let Some(stamp) = self.stamp {
                    parsed.smudge(stamp.mtime_seconds(), |entry| unchanged(checkout, entry));
                }
                let database = store.database()?;
                splice::write(&parsed, updates, &database, trees, file)
                    .map_err(StoreError::write(out))
            }
            Form::Foreign => {
                let bytes = foreign::updated(store, checkout, updates)?;
                io::Write::write_all(file, &bytes).map_err(StoreError::write(out))
            }
        }
    }
}

/// Finds what the index has at one path after the other.
pub(super) enum Lookup {
    Plain { starts: Vec<usize>, parsed: Parsed },
    Foreign(HashMap<String, Staged>),
}

impl Lookup {
    /// What the index has at `path`.
    pub(super) fn staged(&self, path: &str) -> Staged {
        match self {
            Lookup::Plain { starts, parsed } => parsed.staged_at(starts, path),
            Lookup::Foreign(found) => found.get(path).copied().unwrap_or(Staged::Nothing),
        }
    }
}

/// Whether the entry's file is certainly what the entry says, or shows by its
/// time stamp that it is not. Most builds of git look at whole seconds, and some
/// settings leave them nothing else but the size.
fn unchanged(checkout: &Checkout, entry: &StagedEntry<'_>) -> bool {
    let Ok(path) = std::str::from_utf8(entry.path) else { return false };
    match files::read(&checkout.root, path) {
        Ok(Some(found)) => {
            found.stat.shows(&entry.stat()) || BlobId::of(&found.content) == entry.blob()
        }
        _ => true,
    }
}

/// Whether a mode in the index is a regular file's.
fn is_file(mode: u32) -> bool {
    tree::is_file(mode)
}

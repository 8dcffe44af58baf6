//! Index kinds that only git itself can handle: version 4, split, sparse.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::process::Command;

use super::{BlobId, NewEntry, Staged, Update, is_file};
use crate::store::error::StoreError;
use crate::store::worktree::Checkout;
use crate::store::{Store, program};

/// More paths than this are not named on a command line.
const NAMED: usize = 500;

/// What the index has at each of `paths`.
pub(super) fn staged(checkout: &Checkout, paths: &[&str]) -> Result<Vec<Staged>, StoreError> {
    let mut arguments = vec!["ls-files", "--stage", "-t", "-z", "--"];
    if paths.len() <= NAMED {
        arguments.extend(paths);
        // A file in the place of a folder counts as well.
        arguments.extend(
            paths
                .iter()
                .flat_map(|path| path.match_indices('/').filter_map(|(at, _)| path.get(..at))),
        );
    }
    let found = list(checkout, &arguments)?;
    let folder = |path: &str| {
        let path = format!("{path}/");
        found.keys().any(|name| name.starts_with(&path))
    };
    Ok(paths
        .iter()
        .map(|path| {
            let above = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
            match found.get(*path) {
                _ if above.into_iter().any(|parent| found.contains_key(parent)) => Staged::Other,
                Some(staged) => *staged,
                None if paths.len() <= NAMED && folder(path) => Staged::Other,
                None => Staged::Nothing,
            }
        })
        .collect())
}

/// Everything in the index.
pub(super) fn all(checkout: &Checkout) -> Result<HashMap<String, Staged>, StoreError> {
    list(checkout, &["ls-files", "--stage", "-t", "-z"])
}

fn list(checkout: &Checkout, arguments: &[&str]) -> Result<HashMap<String, Staged>, StoreError> {
    let mut command = git(checkout);
    command.arg("--literal-pathspecs");
    let output = run(command, arguments, b"")?;
    let output = String::from_utf8_lossy(&output);
    let mut found: HashMap<String, Staged> = HashMap::new();
    for line in output.split_terminator('\0') {
        let Some((entry, path)) = parse(line) else {
            let message = format!("its output is not understood: {line}");
            return Err(StoreError::GitProgram { command: "ls-files".to_owned(), message });
        };
        let path = path.to_owned();
        found.entry(path).and_modify(|staged| *staged = Staged::Other).or_insert(entry);
    }
    Ok(found)
}

/// A line such as `H 100644 <blob> 0<tab>path`.
fn parse(line: &str) -> Option<(Staged, &str)> {
    let (head, path) = line.split_once('\t')?;
    let mut fields = head.split(' ');
    let absent = fields.next()? == "S";
    let mode = u32::from_str_radix(fields.next()?, 8).ok()?;
    let blob: BlobId = fields.next()?.parse().ok()?;
    let staged = if fields.next()? == "0" && is_file(mode) {
        Staged::File { blob, absent }
    } else {
        Staged::Other
    };
    Some((staged, path))
}

/// The bytes of the index after `updates`.
pub(super) fn updated(
    store: &Store,
    checkout: &Checkout,
    updates: &[Update<'_>],
) -> Result<Vec<u8>, StoreError> {
    let temporary = store.state_dir().join("index.git");
    let lock = store.state_dir().join("index.git.lock");
    // Left over from an interrupted command; we hold the desk's lock.
    let _ = fs::remove_file(&lock);
    fs::copy(checkout.index(), &temporary).map_err(StoreError::write(&temporary))?;
    let mut info = Vec::new();
    let mut present = Vec::new();
    for update in updates {
        // Always remove first: only that makes git unfold a folder that a
        // sparse index keeps as one entry.
        let nothing = BlobId::from_bytes([0; 20]);
        info.extend_from_slice(format!("0 {nothing}\t{}\0", update.path).as_bytes());
        if let Some(NewEntry { mode, blob, .. }) = update.entry {
            info.extend_from_slice(format!("{mode:o} {blob}\t{}\0", update.path).as_bytes());
        }
        if update.entry.is_some_and(|entry| entry.stat.is_some()) {
            present.extend_from_slice(update.path.as_bytes());
            present.push(0);
        }
    }
    let result = (|| {
        let arguments = ["update-index", "--add", "--remove", "-z", "--index-info"];
        run(with_index(checkout, &temporary), &arguments, &info)?;
        let absent: Vec<u8> = updates
            .iter()
            .filter(|update| update.entry.is_some_and(|entry| entry.stat.is_none()))
            .flat_map(|update| update.path.bytes().chain([0]))
            .collect();
        if !absent.is_empty() {
            let arguments = ["update-index", "--skip-worktree", "-z", "--stdin"];
            run(with_index(checkout, &temporary), &arguments, &absent)?;
        }
        if !present.is_empty() {
            // Learns the files' time stamps, which saves git from reading them.
            let arguments = ["update-index", "-z", "--stdin"];
            run(with_index(checkout, &temporary), &arguments, &present)?;
        }
        fs::read(&temporary).map_err(StoreError::read(&temporary))
    })();
    let _ = fs::remove_file(&temporary);
    result
}

fn with_index(checkout: &Checkout, index: &std::path::Path) -> Command {
    let mut command = git(checkout);
    // Together with a split index this setting loses every entry.
    command.env("GIT_INDEX_FILE", index).args(["-c", "index.skipHash=false"]);
    command
}

fn git(checkout: &Checkout) -> Command {
    program::git(&checkout.git_dir, Some(&checkout.root))
}

fn run(command: Command, arguments: &[&str], input: &[u8]) -> Result<Vec<u8>, StoreError> {
    let arguments: Vec<&OsStr> = arguments.iter().map(OsStr::new).collect();
    program::run(command, &arguments, input)
}

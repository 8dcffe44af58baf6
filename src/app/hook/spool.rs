//! The spool: what happened in a code repository and is not in the desk yet.
//!
//! One file for each event, named so that they sort by the order in which they
//! came. An entry is there, whole, from the moment in which [`Spool::add`] has
//! returned, until it is in the desk or somebody has taken it away by hand.
//! What cannot be done is set aside with the reason, so that it is in nobody's
//! way and can be tried again.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use ulid::Ulid;

use super::input::RefUpdate;
use crate::app::deploy::DeployedOptions;
use crate::app::gate::WentOn;
use crate::error::{CommandError, ErrorKind};
use crate::model::Timestamp;

/// The newest version of the entries that are written.
const VERSION: u32 = 2;

/// How many folders above the spool may be new.
const NEW: usize = 4;

/// A person as a server or a pipeline knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pusher {
    pub name: String,
    pub email: Option<String>,
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// References of a code repository were moved.
    Push {
        /// Its git folder.
        repository: PathBuf,
        updates: Vec<RefUpdate>,
        by: Option<Pusher>,
    },
    /// Something went on though nobody could tell whether it may.
    WentOn { what: WentOn, author: Option<Pusher> },
    /// A deployment ended.
    Deployed { options: Box<DeployedOptions>, author: Option<Pusher> },
}

impl Event {
    /// The version of entries that knows it.
    const fn version(&self) -> u32 {
        match self {
            Self::Push { .. } => 1,
            Self::WentOn { .. } | Self::Deployed { .. } => VERSION,
        }
    }
}

/// An event on its way into a desk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub version: u32,
    /// The desk, absolute.
    pub desk: PathBuf,
    pub at: Timestamp,
    /// How often somebody has begun to work on it and not come to an end.
    #[serde(default)]
    pub begun: u32,
    pub event: Event,
}

impl Entry {
    /// What happened at `at` and is to be told to the desk in the folder `desk`.
    pub fn new(desk: PathBuf, at: Timestamp, event: Event) -> Self {
        Self { version: event.version(), desk, at, begun: 0, event }
    }
}

/// What can be read of every entry.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// Why an entry cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// A newer gitsm has written it.
    Newer,
    /// It is damaged, in words.
    Damaged(String),
}

/// A file of the spool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// The number that gives the order.
    fn number(&self) -> u64 {
        self.0.split('-').next().and_then(|number| number.parse().ok()).unwrap_or(0)
    }

    /// What tells the entry from all others, wherever they are told.
    pub fn id(&self) -> Option<Ulid> {
        Ulid::from_string(self.0.strip_suffix(".json")?.split_once('-')?.1).ok()
    }

    /// When the entry was made.
    pub fn made_at(&self) -> Option<Timestamp> {
        let millis = self.id()?.timestamp_ms();
        Some(Timestamp::from_millis(i64::try_from(millis).ok()?))
    }

    /// The file's name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The folder of entries.
#[derive(Clone, Debug)]
pub struct Spool {
    folder: PathBuf,
}

/// Only one process works on the entries at a time.
#[derive(Debug)]
pub struct Draining {
    _lock: File,
}

impl Spool {
    /// The spool in the user's state folder.
    pub fn new(state_dir: &Path) -> Self {
        Self { folder: state_dir.join("gitsm/spool") }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn aside(&self) -> PathBuf {
        self.folder.join("aside")
    }

    fn failed(path: &Path) -> impl Fn(io::Error) -> CommandError {
        move |error| {
            let message = format!("cannot use the spool {}: {error}", path.display());
            CommandError::new(ErrorKind::CannotWrite, message)
                .hint("see whether the disk is full, and who may write there")
        }
    }

    /// Adds an entry; when this returns it is on the disk.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn add(&self, entry: &Entry, id: Ulid) -> Result<Name, CommandError> {
        let failed = Self::failed(&self.folder);
        if !self.folder.exists() {
            moment();
            let mut builder = fs::DirBuilder::new();
            builder.recursive(true).mode(0o700).create(&self.folder).map_err(&failed)?;
            moment();
            // A folder that is new is on the disk when those above it are.
            self.folder.ancestors().skip(1).take(NEW).for_each(sync);
        }
        moment();
        let last = self.names()?.last().map_or(0, Name::number);
        let name = Name(format!("{:012}-{id}.json", last + 1));
        self.write(&self.folder.join(&name.0), entry).map_err(&failed)?;
        Ok(name)
    }

    fn write(&self, path: &Path, entry: &Entry) -> io::Result<()> {
        let mut text = serde_json::to_vec_pretty(entry)?;
        text.push(b'\n');
        write_whole(path, &text)
    }

    /// The entries that wait, oldest first.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn names(&self) -> Result<Vec<Name>, CommandError> {
        names(&self.folder).map_err(Self::failed(&self.folder))
    }

    /// The entries that were set aside, oldest first.
    ///
    /// # Errors
    /// Where the folder cannot be read.
    pub fn set_aside_names(&self) -> Result<Vec<Name>, CommandError> {
        names(&self.aside()).map_err(Self::failed(&self.folder))
    }

    /// Whether nothing waits, quickly.
    pub fn is_empty(&self) -> bool {
        self.names().is_ok_and(|names| names.is_empty())
    }

    /// Reads an entry; none, if another process has taken it away by now.
    ///
    /// # Errors
    /// Why it cannot be read.
    pub fn read(&self, name: &Name) -> Result<Option<Entry>, Unreadable> {
        let damaged = |error: &dyn std::fmt::Display| Unreadable::Damaged(error.to_string());
        let bytes = match fs::read(self.folder.join(&name.0)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(damaged(&error)),
        };
        // What a newer gitsm tells need not be told in a way that we know.
        match serde_json::from_slice::<Versioned>(&bytes) {
            Ok(known) if known.version > VERSION => Err(Unreadable::Newer),
            _ => serde_json::from_slice(&bytes).map(Some).map_err(|error| damaged(&error)),
        }
    }

    /// Notes that work on the entry begins, for whoever comes after a crash.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn begin(&self, name: &Name, entry: &mut Entry) -> Result<(), CommandError> {
        entry.begun += 1;
        self.rewrite(name, entry)
    }

    /// Notes that work on the entry came to an end, though not to a good one.
    ///
    /// # Errors
    /// The disk is full or cannot be written.
    pub fn keep(&self, name: &Name, entry: &mut Entry) -> Result<(), CommandError> {
        entry.begun = 0;
        self.rewrite(name, entry)
    }

    fn rewrite(&self, name: &Name, entry: &Entry) -> Result<(), CommandError> {
        self.write(&self.folder.join(&name.0), entry).map_err(Self::failed(&self.folder))
    }

    /// Takes an entry away that is in the desk.
    ///
    /// # Errors
    /// The disk cannot be written.
    pub fn done(&self, name: &Name) -> Result<(), CommandError> {
        let failed = Self::failed(&self.folder);
        moment();
        match fs::remove_file(self.folder.join(&name.0)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed(error)),
            _ => {
                moment();
                sync(&self.folder);
                Ok(())
            }
        }
    }

    /// Sets an entry aside that cannot be done, with the reason.
    ///
    /// # Errors
    /// The disk is full or cannot be written; the entry is where it was then.
    pub fn set_aside(&self, name: &Name, reason: &str) -> Result<(), CommandError> {
        let aside = self.aside();
        let moved = || {
            fs::create_dir_all(&aside)?;
            write_whole(&aside.join(reason_file(name)), format!("{reason}\n").as_bytes())?;
            moment();
            fs::rename(self.folder.join(&name.0), aside.join(&name.0))
        };
        moved().map_err(Self::failed(&aside))?;
        moment();
        sync(&aside);
        sync(&self.folder);
        Ok(())
    }

    /// Why an entry was set aside.
    pub fn reason(&self, name: &Name) -> String {
        let text = fs::read_to_string(self.aside().join(reason_file(name)));
        text.map(|text| text.trim_end().to_owned()).unwrap_or_default()
    }

    /// Puts everything that was set aside back in its place; gives how many.
    ///
    /// # Errors
    /// The disk cannot be written.
    pub fn put_back(&self) -> Result<usize, CommandError> {
        let names = self.set_aside_names()?;
        let failed = Self::failed(&self.folder);
        for name in &names {
            // Its trials count anew.
            let path = self.aside().join(&name.0);
            let known = fs::read(&path).ok();
            let entry = known.and_then(|bytes| serde_json::from_slice::<Entry>(&bytes).ok());
            if let Some(mut entry) = entry.filter(|entry| entry.begun > 0) {
                entry.begun = 0;
                self.write(&path, &entry).map_err(&failed)?;
            }
            moment();
            fs::rename(&path, self.folder.join(&name.0)).map_err(&failed)?;
            moment();
            let _ = fs::remove_file(self.aside().join(reason_file(name)));
        }
        sync(&self.folder);
        Ok(names.len())
    }

    /// Waits at most `wait` until nobody else works on the entries; none if
    /// somebody still does.
    ///
    /// # Errors
    /// The disk cannot be written.
    pub fn drain(&self, wait: Duration) -> Result<Option<Draining>, CommandError> {
        let failed = Self::failed(&self.folder);
        fs::create_dir_all(&self.folder).map_err(&failed)?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let lock = options.open(self.folder.join("lock")).map_err(&failed)?;
        let start = Instant::now();
        loop {
            match lock.try_lock() {
                Ok(()) => return Ok(Some(Draining { _lock: lock })),
                Err(TryLockError::WouldBlock) if start.elapsed() < wait => {
                    thread::sleep(Duration::from_millis(10));
                }
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(failed(error)),
            }
        }
    }
}

fn reason_file(name: &Name) -> String {
    format!("{}.reason", name.0.trim_end_matches(".json"))
}

fn names(folder: &Path) -> io::Result<Vec<Name>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names = Vec::new();
    for entry in entries {
        let name = entry?.file_name().to_string_lossy().into_owned();
        // Drafts of processes that were killed begin with a dot.
        if name.ends_with(".json") && !name.starts_with('.') {
            names.push(Name(name));
        }
    }
    names.sort();
    Ok(names)
}

/// A file that is there whole or not at all, also after the power has failed.
fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let draft = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = (|| {
        let mut options = OpenOptions::new();
        moment();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(&draft)?;
        moment();
        file.write_all(bytes)?;
        moment();
        file.sync_all()?;
        moment();
        fs::rename(&draft, path)
    })();
    if written.is_err() {
        let _ = fs::remove_file(&draft);
    }
    written?;
    moment();
    if let Some(folder) = path.parent() {
        sync(folder);
    }
    Ok(())
}

fn sync(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// A moment at which a process may be ended; tests end it at each of them.
#[cfg(not(test))]
const fn moment() {}

#[cfg(test)]
fn moment() {
    moments::pass();
}

/// Ending a process, as far as its thread is concerned, at a moment.
#[cfg(test)]
pub(super) mod moments {
    use std::cell::Cell;

    /// What a thread ends with that was to end.
    pub struct Ended;

    thread_local! {
        static LEFT: Cell<Option<usize>> = const { Cell::new(None) };
    }

    /// Lets this many moments pass; none for all.
    pub fn end_after(moments: Option<usize>) {
        LEFT.set(moments);
    }

    pub(super) fn pass() {
        match LEFT.get() {
            Some(0) => {
                // It is dead: what runs while it is unwound does nothing more.
                std::panic::resume_unwind(Box::new(Ended));
            }
            Some(left) => LEFT.set(Some(left - 1)),
            None => {}
        }
    }
}

//! Many commits in a row, published as one step of the trunk.
//!
//! The commits are streamed through `git fast-import` as they are made, so that
//! only the newest content of each changed file is held. Nothing refers to
//! them until the last one goes the way of every other write (`transact`): a
//! kill leaves all of them or none.

use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::error::StoreError;
use super::identity::Identity;
use super::ids::{BlobId, CommitId};
use super::lock::Pause;
use super::pending::Guard;
use super::plan::{FileChange, Step, WriteOptions};
use super::program::Feeding;
use super::snapshot::Snapshot;
use super::transact::{ATTEMPTS, Draft, Edit, Landing, check_path};
use super::{Store, bulk, objects, tree};

/// A series that holds more bytes than this is full.
const HELD: usize = 64 << 20;

/// One commit of a series.
#[derive(Clone, Debug)]
pub struct SeriesCommit {
    /// The files. None, or none that differs, is allowed: something may have
    /// happened that changed nothing.
    pub changes: Vec<FileChange>,
    pub message: String,
    /// Who acted, and when.
    pub author: Identity,
    /// Who records it.
    pub committer: Identity,
}

/// A series that is done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended<T> {
    /// The commit the trunk is at; equal to `before` if there was no commit.
    pub commit: CommitId,
    /// The commit the series began from.
    pub before: CommitId,
    /// How many commits were made.
    pub commits: usize,
    /// What the caller wanted back.
    pub value: T,
}

/// The commits made so far, on top of one state of the trunk.
pub struct Series<'a> {
    snapshot: &'a Snapshot<'a>,
    git_dir: &'a Path,
    /// Started with the first commit.
    stream: Option<BufWriter<Feeding>>,
    reference: &'a str,
    files: BTreeMap<String, Held>,
    held: usize,
    commits: usize,
    last: Option<(String, Identity, Identity)>,
}

/// A file that the series changes.
struct Held {
    mode: u32,
    before: Option<BlobId>,
    /// As the newest commit has it.
    content: Option<Vec<u8>>,
}

impl fmt::Debug for Series<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Series").field("commits", &self.commits).finish_non_exhaustive()
    }
}

impl Series<'_> {
    /// Adds a commit.
    ///
    /// # Errors
    /// [`StoreError::BadPath`], [`StoreError::NotAFile`], or git fails.
    pub fn commit(&mut self, commit: SeriesCommit) -> Result<(), StoreError> {
        let SeriesCommit { changes, message, author, committer } = commit;
        let mut message = message.trim_end().to_owned();
        message.push('\n');
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => BufWriter::new(bulk::start(self.git_dir)?),
        };
        self.head(&mut stream, &message, &author, &committer)
            .map_err(|error| stopped(&mut stream, &error))?;
        for change in changes {
            let mode = self.hold(&change)?;
            bulk::file(&mut stream, &change.path, mode, change.content.as_deref())
                .map_err(|error| stopped(&mut stream, &error))?;
            if let Some(held) = self.files.get_mut(&change.path) {
                self.held -= held.content.as_ref().map_or(0, Vec::len);
                self.held += change.content.as_ref().map_or(0, Vec::len);
                held.content = change.content;
            }
        }
        writeln!(stream).map_err(|error| stopped(&mut stream, &error))?;
        self.stream = Some(stream);
        self.commits += 1;
        self.last = Some((message, author, committer));
        Ok(())
    }

    fn head(
        &self,
        out: &mut impl Write,
        message: &str,
        author: &Identity,
        committer: &Identity,
    ) -> io::Result<()> {
        writeln!(out, "commit {}", self.reference)?;
        writeln!(out, "author {}", ident(author)?)?;
        writeln!(out, "committer {}", ident(committer)?)?;
        writeln!(out, "data {}\n{message}", message.len())?;
        match self.snapshot.commit() {
            Some(before) if self.commits == 0 => writeln!(out, "from {before}"),
            _ => Ok(()),
        }
    }

    /// Sees to it that the path is known; its mode.
    fn hold(&mut self, change: &FileChange) -> Result<u32, StoreError> {
        if let Some(held) = self.files.get(&change.path) {
            return Ok(held.mode);
        }
        check_path(&change.path)?;
        let existing = self.snapshot.entry(&change.path)?;
        if let Some((mode, _)) = existing.filter(|(mode, _)| !tree::is_file(*mode)) {
            return Err(StoreError::NotAFile { path: change.path.clone(), what: tree::what(mode) });
        }
        let mode = match existing {
            Some((tree::EXECUTABLE, _)) => tree::EXECUTABLE,
            _ => tree::FILE,
        };
        let before = existing.map(|(_, id)| id.into());
        self.files.insert(change.path.clone(), Held { mode, before, content: None });
        Ok(mode)
    }

    /// The file as the newest commit has it.
    ///
    /// # Errors
    /// As [`Snapshot::file`].
    pub fn file(&self, path: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match self.files.get(path) {
            Some(held) => Ok(held.content.clone()),
            None => self.snapshot.file(path),
        }
    }

    /// Whether it is time to publish the series, so that memory stays bounded.
    pub fn is_full(&self) -> bool {
        self.held > HELD
    }

    /// How many commits there are.
    pub fn len(&self) -> usize {
        self.commits
    }

    /// Whether there is no commit yet.
    pub fn is_empty(&self) -> bool {
        self.commits == 0
    }
}

/// Why git takes no more.
fn stopped(stream: &mut BufWriter<Feeding>, error: &io::Error) -> StoreError {
    let broken = error.kind() == io::ErrorKind::BrokenPipe;
    let said = if broken { stream.get_mut().last_words() } else { None };
    bulk::broken(&said.unwrap_or_else(|| error.to_string()))
}

/// A person and a time, as fast-import wants them.
fn ident(identity: &Identity) -> io::Result<String> {
    // Refuses what git cannot hold, such as an empty name.
    let signature = identity.signature().map_err(io::Error::other)?;
    let (name, email) = (signature.name_bytes(), signature.email_bytes());
    let offset = identity.offset_minutes;
    let sign = if offset < 0 { '-' } else { '+' };
    let (hours, minutes) = (offset.abs() / 60, offset.abs() % 60);
    Ok(format!(
        "{} <{}> {} {sign}{hours:02}{minutes:02}",
        String::from_utf8_lossy(name),
        String::from_utf8_lossy(email),
        identity.at,
    ))
}

impl Store {
    /// Makes the commits that `fill` adds to a series, and moves the trunk to
    /// the last of them in one step. Where commits are signed, the last one is.
    ///
    /// `fill` runs under the desk's lock, and again if somebody who does not
    /// know the lock moves the trunk meanwhile.
    ///
    /// # Errors
    /// What `fill` returns, and as [`transact`](Self::transact). After an error
    /// nothing is changed.
    pub fn append<T, E: From<StoreError>>(
        &self,
        options: &WriteOptions,
        mut fill: impl FnMut(&Snapshot<'_>, &mut Series<'_>) -> Result<T, E>,
    ) -> Result<Appended<T>, E> {
        let _lock = self.begin(options)?;
        let mut pause = Pause::new();
        for _ in 0..ATTEMPTS {
            let before = self.head()?;
            let snapshot = self.snapshot_at(before)?;
            let reference = bulk::reference();
            self.drop_name(&reference)?;
            let mut series = Series {
                snapshot: &snapshot,
                git_dir: &self.git_dir,
                stream: None,
                reference: &reference,
                files: BTreeMap::new(),
                held: 0,
                commits: 0,
                last: None,
            };
            let value = match fill(&snapshot, &mut series) {
                Ok(value) => value,
                Err(error) => {
                    give_up(series.stream);
                    self.drop_imports()?;
                    return Err(error);
                }
            };
            let commits = series.commits;
            if commits == 0 {
                give_up(series.stream);
                self.drop_imports()?;
                return Ok(Appended { commit: before, before, commits, value });
            }
            let landed = self.publish(options, &snapshot, series);
            self.drop_name(&reference)?;
            match landed? {
                Some(commit) => {
                    self.maintain();
                    return Ok(Appended { commit, before, commits, value });
                }
                None => pause.sleep(),
            }
        }
        Err(StoreError::LostRace { attempts: ATTEMPTS }.into())
    }

    /// Ends the stream and moves the trunk; `None` if it moved meanwhile.
    fn publish(
        &self,
        options: &WriteOptions,
        snapshot: &Snapshot<'_>,
        series: Series<'_>,
    ) -> Result<Option<CommitId>, StoreError> {
        let objects = self.git_dir.join("objects");
        let Series { stream, reference, files, last, .. } = series;
        let (Some((message, author, committer)), Some(stream)) = (last, stream) else {
            return Ok(None);
        };
        let (trunk, checkout) = self.target()?;
        let edits: Vec<Edit<'_>> = files
            .iter()
            .map(|(path, held)| Edit {
                path,
                before: held.before,
                after: held.content.as_deref().map(BlobId::of),
                content: held.content.as_deref(),
                mode: held.mode,
                adopted: false,
            })
            .filter(|edit| edit.before != edit.after)
            .collect();
        let guarded = match checkout {
            Some(checkout) => Guard::check(&checkout, &edits).map(|guard| Some((checkout, guard))),
            None => Ok(None),
        };
        let checkout = match guarded {
            Ok(checkout) => checkout,
            Err(error) => {
                give_up(Some(stream));
                self.drop_imports()?;
                return Err(error);
            }
        };
        options.at(Step::Planned).map_err(StoreError::write(&objects))?;
        bulk::finish(stream)?;
        self.odb()?.refresh().map_err(StoreError::git("see the imported objects"))?;
        let git = StoreError::git("read the import");
        let tip = self.repository.refname_to_id(reference).map_err(&git)?;
        let tip = self.repository.find_commit(tip).map_err(&git)?;
        let parent = tip.parent_ids().next().map(CommitId::from);
        let draft = Draft {
            changes: &[],
            message: &message,
            author: &author,
            committer: &committer,
            adopt: &[],
        };
        // The same commit again, unless it is to be signed.
        let commit = self.write_commit(options, parent, tip.tree_id(), draft)?;
        objects::barrier(&objects, &[commit])?;
        let new = CommitId::from(commit);
        let landing = Landing {
            trunk,
            checkout,
            edits: &edits,
            span: (snapshot.commit(), new),
            trees: (snapshot.root(), tip.tree_id()),
            by: &committer,
            message: &message,
        };
        Ok(self.land(options, landing)?.then_some(new))
    }
}

/// Ends git's side without its work; what it wrote is garbage to be collected.
fn give_up(stream: Option<BufWriter<Feeding>>) {
    // Taken apart, so that nothing is flushed any more.
    drop(stream.map(BufWriter::into_parts));
}

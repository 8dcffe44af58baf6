//! Where the index lies, and how processes share it.
//!
//! A lock file beside the database is held shared by everybody who uses it,
//! and alone by whoever replaces it: a new database must never meet the
//! write-ahead log of the old one. Ordinary updates go by SQLite's own locks.
//!
//! Opening a log and what belongs to it takes as long as a question. Where the
//! log is empty, a reader reads the database alone; a second lock file, held
//! shared meanwhile, keeps others from emptying a log into it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::schema::Meta;
use super::update::{self, CaughtUp};
use super::{Index, IndexError, States, build, history, schema};
use crate::store::{CommitId, Store};

/// A log longer than this, in bytes, is emptied by whoever made it so.
const LONG_LOG: u64 = 256 * 1024;
const DATABASE: &str = "index.sqlite";
const NEW: &str = "index.sqlite.new";
const LOCK: &str = "index.lock";
const STILL: &str = "index.sqlite-still";

/// How long, and how often, to wait for other processes before the answer is
/// worked out without the shared files.
const PAUSE: Duration = Duration::from_millis(10);
const PATIENCE: usize = 1_000;
/// A statement that finds the database busy has already waited itself.
const BUSY_PATIENCE: usize = 60;

/// An open database, current for `head`.
pub(super) struct Opened {
    db: Connection,
    pub(super) head: CommitId,
    /// Whether the settings there can all be read.
    pub(super) sound: bool,
    /// The database's path, and the lock; nothing for one in memory.
    file: Option<(PathBuf, File)>,
    writable: bool,
    /// What keeps the database file as it is, if it is read without its log.
    still: Option<File>,
}

/// What everybody here needs to make or update an index.
#[derive(Clone, Copy)]
struct Source<'a> {
    store: &'a Store,
    head: CommitId,
    states: &'a States,
    progress: &'a dyn Fn(usize, usize),
}

/// Opens the index in the first of `folders` that can hold it, else in memory.
pub(super) fn open(
    folders: &[PathBuf],
    store: &Store,
    head: CommitId,
    states: &States,
    progress: &dyn Fn(usize, usize),
) -> Result<Opened, IndexError> {
    anywhere(folders, Source { store, head, states, progress }, false)
}

impl Index {
    /// Brings the index to `commit`, where it stands for an earlier one: somebody
    /// else may have written since it was opened.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn catch_up(&self, commit: CommitId) -> Result<(), IndexError> {
        if self.past.is_some() || self.head() == commit {
            return Ok(());
        }
        let mut opened = self.opened.borrow_mut();
        // Let go first, so that the files can be replaced.
        opened.close();
        *opened = open(&self.folders, &self.store, commit, &*self.states, &*self.progress)?;
        Ok(())
    }
}

/// As [`open`], but makes the index anew whatever is there.
pub(super) fn rebuild(
    folders: &[PathBuf],
    store: &Store,
    head: CommitId,
    states: &States,
    progress: &dyn Fn(usize, usize),
) -> Result<Opened, IndexError> {
    anywhere(folders, Source { store, head, states, progress }, true)
}

fn anywhere(folders: &[PathBuf], source: Source<'_>, anew: bool) -> Result<Opened, IndexError> {
    for folder in folders {
        match in_folder(folder, source, anew) {
            Err(error) if error.is_unwritable() || error.is_busy() || error.is_damage() => {}
            other => return other,
        }
    }
    let db = schema::open_new(None)?;
    build::build(&db, source.store, source.head, source.states, source.progress)?;
    db.execute_batch("PRAGMA journal_mode = MEMORY;")?;
    let sound = hold(&db)?.is_some_and(|meta| meta.sound);
    Ok(Opened { db, head: source.head, sound, file: None, writable: true, still: None })
}

fn in_folder(folder: &Path, source: Source<'_>, anew: bool) -> Result<Opened, IndexError> {
    let path = folder.join(DATABASE);
    let lock = lock_file(folder)?;
    wait_for(&lock, folder, File::try_lock_shared)?;
    if !anew && let Some(found) = current(&path, source)? {
        return Ok(found.into_opened(path, lock));
    }
    // Two that share cannot both become the only one: let go first.
    lock.unlock().map_err(IndexError::io(&folder.join(LOCK)))?;
    wait_for(&lock, folder, File::try_lock)?;
    // Another process may have made it while this one waited.
    let made = if anew { None } else { current(&path, source)? };
    let found = match made {
        Some(found) => found,
        None => {
            // What was damaged, or is not to be trusted, has no history to keep.
            let kept = replace(folder, &path, source, !anew);
            if !anew && matches!(&kept, Err(error) if !matches!(error, IndexError::Store(_))) {
                replace(folder, &path, source, false)?;
            } else {
                kept?;
            }
            current(&path, source)?.ok_or_else(|| {
                IndexError::Damaged("the index is not what was just written".to_owned())
            })?
        }
    };
    wait_for(&lock, folder, File::try_lock_shared)?;
    Ok(found.into_opened(path, lock))
}

fn lock_file(folder: &Path) -> Result<File, IndexError> {
    let path = folder.join(LOCK);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    let opened = options.open(&path).or_else(|_| {
        fs::create_dir_all(folder)?;
        options.open(&path)
    });
    // A reader without the right to write can still share what is there.
    opened.or_else(|error| File::open(&path).map_err(|_| error)).map_err(IndexError::io(&path))
}

fn wait_for(
    lock: &File,
    folder: &Path,
    attempt: fn(&File) -> Result<(), TryLockError>,
) -> Result<(), IndexError> {
    let path = folder.join(LOCK);
    let failed = IndexError::io(&path);
    for _ in 0..PATIENCE {
        match attempt(lock) {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => sleep(PAUSE),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
    Err(failed(std::io::ErrorKind::TimedOut.into()))
}

/// A database that is whole, current, and held at one commit.
struct Found {
    db: Connection,
    meta: Meta,
    writable: bool,
    still: Option<File>,
}

impl Found {
    fn into_opened(self, path: PathBuf, lock: File) -> Opened {
        let Self { db, meta: Meta { head, sound, .. }, writable, still } = self;
        Opened { db, head, sound, file: Some((path, lock)), writable, still }
    }
}

/// The database at `path`, brought to the trunk's commit. `None` if it must be
/// made anew.
fn current(path: &Path, source: Source<'_>) -> Result<Option<Found>, IndexError> {
    if !path.exists() {
        return Ok(None);
    }
    let mut tries = 0;
    loop {
        return match caught_up(path, source) {
            Err(error) if error.is_busy() && tries < BUSY_PATIENCE => {
                tries += 1;
                sleep(PAUSE);
                continue;
            }
            // Damaged, or so foreign that it lacks the tables.
            Err(IndexError::Sqlite(error)) if is_foreign(&error) => Ok(None),
            Err(error) if error.is_damage() => Ok(None),
            other => other,
        };
    }
}

fn caught_up(path: &Path, source: Source<'_>) -> Result<Option<Found>, IndexError> {
    let still = stand_still(path);
    let mut head = source.head;
    loop {
        if let Some(db) = schema::open_for(path, still.is_some(), head)? {
            let Some(meta) = hold(&db)? else { return Ok(None) };
            if meta.head == head {
                return Ok(Some(Found { db, meta, writable: false, still }));
            }
        }
        // Where others have moved trunk and index since, the index is right.
        let now = source.store.head()?;
        if now == head {
            break;
        }
        head = now;
    }
    drop(still);
    let db = schema::open_writer(path)?;
    let outcome = transact(&db, |db| update::catch_up(db, source.store, source.states))?;
    if outcome == CaughtUp::TooFar {
        return Ok(None);
    }
    Ok(hold(&db)?.map(|meta| Found { db, meta, writable: true, still: None }))
}

/// Begins to read, so that all answers stand for the same commit whatever
/// others write meanwhile; gives that commit.
fn hold(db: &Connection) -> Result<Option<Meta>, IndexError> {
    db.execute_batch("BEGIN")?;
    schema::meta(db)
}

/// Ends what [`hold`] began.
fn release(db: &Connection) -> Result<(), IndexError> {
    if !db.is_autocommit() {
        db.execute_batch("ROLLBACK")?;
    }
    Ok(())
}

fn is_foreign(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(rusqlite::ErrorCode::Unknown))
        || matches!(error, rusqlite::Error::InvalidColumnType(..))
        || matches!(error, rusqlite::Error::FromSqlConversionFailure(..))
}

/// Runs `work` in a transaction that begins with the right to write, and waits
/// for it if another process has it.
fn transact<T>(
    db: &Connection,
    work: impl Fn(&Connection) -> Result<T, IndexError>,
) -> Result<T, IndexError> {
    let mut tries = 0;
    let transaction = loop {
        match Transaction::new_unchecked(db, TransactionBehavior::Immediate) {
            Ok(transaction) => break transaction,
            Err(error) => {
                let error = IndexError::from(error);
                tries += 1;
                if !error.is_busy() || tries > BUSY_PATIENCE {
                    return Err(error);
                }
            }
        }
    };
    let result = work(&transaction)?;
    transaction.commit()?;
    shorten_log(db);
    Ok(result)
}

/// What keeps the database file at `path` as it is, while it is held. `None` if
/// there is more in the log, or this cannot be made sure of.
fn stand_still(path: &Path) -> Option<File> {
    if !cfg!(unix) {
        return None;
    }
    let still = File::open(path.with_file_name(STILL)).ok()?;
    still.try_lock_shared().ok()?;
    (log_length(path) == 0).then_some(still)
}

fn log_length(path: &Path) -> u64 {
    fs::metadata(beside(path, "-wal")).map_or(0, |log| log.len())
}

/// Empties the log after a large write. The next process reads all of it, even
/// what has been carried over, so a log as long as an import costs every reader.
/// If others are reading it stays, and a later writer tries again.
fn shorten_log(db: &Connection) {
    let Some(path) = db.path().map(Path::new) else { return };
    if log_length(path) <= LONG_LOG {
        return;
    }
    // As long as the log is not empty, nobody comes to read without it.
    let still = File::create(path.with_file_name(STILL));
    if let Ok(still) = still
        && still.try_lock().is_ok()
    {
        let _ = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
    }
}

/// The file beside the database whose name ends in `suffix`.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(suffix);
    path.into()
}

/// Builds a new database and puts it in the place of the old one, whose history
/// is taken over where `keep` says so. The caller holds the lock alone.
fn replace(folder: &Path, path: &Path, source: Source<'_>, keep: bool) -> Result<(), IndexError> {
    let new = folder.join(NEW);
    remove(&new)?;
    let db = schema::open_new(Some(&new))?;
    build::build(&db, source.store, source.head, source.states, source.progress)?;
    if keep && path.exists() {
        history::keep(&db, path)?;
    }
    db.execute_batch("PRAGMA journal_mode = WAL;")?;
    db.close().map_err(|(_, error)| error)?;
    // What a power cut leaves must be whole, since nobody checks every page.
    File::open(&new).and_then(|file| file.sync_all()).map_err(IndexError::io(&new))?;
    remove(path)?;
    for suffix in ["-wal", "-shm"] {
        remove(&beside(path, suffix))?;
    }
    // Readers do not make it: they leave no more behind than they must.
    let still = path.with_file_name(STILL);
    File::create(&still).map_err(IndexError::io(&still))?;
    fs::rename(&new, path).map_err(IndexError::io(path))
}

fn remove(path: &Path) -> Result<(), IndexError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(IndexError::io(path)(error))
        }
        _ => Ok(()),
    }
}

impl Opened {
    pub(super) fn db(&self) -> &Connection {
        &self.db
    }

    /// A database that nobody will write again.
    pub(super) fn fixed(db: Connection, head: CommitId) -> Self {
        Self { db, head, sound: false, file: None, writable: true, still: None }
    }

    pub(super) fn is_in_memory(&self) -> bool {
        self.file.is_none()
    }

    /// Lets the files go. What is left answers nothing.
    pub(super) fn close(&mut self) {
        if let Ok(empty) = Connection::open_in_memory() {
            self.db = empty;
        }
        self.file = None;
        self.still = None;
    }

    /// Runs `work` in a transaction that may write. Afterwards, answers stand
    /// for what is then there.
    pub(super) fn write<T>(
        &mut self,
        work: impl Fn(&Connection) -> Result<T, IndexError>,
    ) -> Result<T, IndexError> {
        if !self.writable
            && let Some((path, _)) = &self.file
        {
            self.db = schema::open_writer(path)?;
            self.writable = true;
            self.still = None;
        }
        release(&self.db)?;
        let result = transact(&self.db, work);
        let meta = hold(&self.db)?
            .ok_or_else(|| IndexError::Damaged("the index lost its head".to_owned()))?;
        (self.head, self.sound) = (meta.head, meta.sound);
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(db: &Connection) -> Option<CommitId> {
        schema::meta(db).expect("the index").map(|meta| meta.head)
    }

    /// Writes more than a log may hold.
    fn write(path: &Path, head: CommitId) {
        let db = schema::open_writer(path).expect("a writer");
        let written = transact(&db, |db| {
            db.execute(
                "INSERT INTO bad (path, reason) SELECT ?1, hex(zeroblob(300000))",
                [head.to_string()],
            )?;
            schema::set_head(db, head, true)
        });
        written.expect("a transaction");
    }

    #[test]
    fn what_is_read_without_its_log_stays_as_it_is() {
        if !cfg!(unix) {
            return;
        }
        let folder = tempfile::Builder::new().prefix("a ?#%ä ").tempdir().expect("a folder");
        let path = folder.path().join(DATABASE);
        let [first, second, third] = [1, 2, 3].map(|byte| CommitId::from_bytes([byte; 20]));
        let db = schema::open_new(Some(&path)).expect("a database");
        schema::create(&db).expect("tables");
        schema::finish(&db, first, true).expect("indexes");
        db.execute_batch("PRAGMA journal_mode = WAL;").expect("a log");
        db.close().expect("a file");
        File::create(path.with_file_name(STILL)).expect("a lock");

        let still = stand_still(&path).expect("there is no log");
        let open = |still, head| schema::open_for(&path, still, head).expect("a reader");
        let reader = open(true, first).expect("the first");
        assert_eq!(head(&reader), Some(first));
        write(&path, second);
        // The log keeps what was written, and later readers look there.
        assert!(log_length(&path) > LONG_LOG);
        assert_eq!(head(&reader), Some(first));
        assert!(stand_still(&path).is_none());
        let later = open(false, second).expect("the second");
        assert_eq!(head(&later), Some(second));
        // Whose header says that it stands for something else is not opened at all.
        assert!(open(false, first).is_none() && open(false, third).is_none());

        drop((reader, still, later));
        write(&path, third);
        assert_eq!(log_length(&path), 0);
        assert!(stand_still(&path).is_some());
        assert_eq!(head(&open(true, third).expect("the third")), Some(third));
    }
}

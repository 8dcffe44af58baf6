//! Making, opening and recognising the database.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use super::{IndexError, history, words};
use crate::store::CommitId;

/// The version of the tables: a digest of what makes them, so that nobody can
/// change them and forget to say so. An index of another version is made anew.
const VERSION: i64 =
    digest(TABLES, digest(INDEXES, digest(history::INDEXES, 0x811c_9dc5))) as i64 >> 1;
/// The release that fills the tables: another may read records differently.
const BUILDER: &str = env!("CARGO_PKG_VERSION");
/// How long a statement waits for another process's write.
const BUSY: Duration = Duration::from_millis(50);

/// How much text is collected before it is written, in bytes.
const FULL_TEXT_MEMORY: i64 = 24 << 20;

/// From how many pieces of like age on full text merges them, a little with each
/// write. The large ones of the build are among them: as few as usual (4) would
/// make every larger write rewrite some of those.
const PIECES: i64 = 8;

const TABLES: &str = include_str!("schema.sql");
const INDEXES: &str = include_str!("indexes.sql");

/// FNV-1a, which can be worked out at compile time.
const fn digest(text: &str, start: u32) -> u32 {
    let bytes = text.as_bytes();
    let (mut hash, mut at) = (start, 0);
    while at < bytes.len() {
        hash = (hash ^ bytes[at] as u32).wrapping_mul(0x0100_0193);
        at += 1;
    }
    hash
}

/// What `meta` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Meta {
    /// The commit that the tables stand for.
    pub(super) head: CommitId,
    /// Whether the settings there can all be read.
    pub(super) sound: bool,
    /// The commit up to which the history is filled in.
    pub(super) events_head: Option<CommitId>,
}

/// Makes the tables, without their indexes.
pub(super) fn create(db: &Connection) -> Result<(), IndexError> {
    db.execute_batch(TABLES)?;
    // The words of a whole desk are sorted in a few large pieces: each piece is
    // merged with others again and again, and read by every search.
    for table in [false, true].map(words::table) {
        let mut set =
            db.prepare(&format!("INSERT INTO {table} ({table}, rank) VALUES (?1, ?2)"))?;
        set.execute(("hashsize", FULL_TEXT_MEMORY))?;
        set.execute(("automerge", PIECES))?;
    }
    Ok(())
}

/// Makes the indexes and signs the database as whole.
pub(super) fn finish(db: &Connection, head: CommitId, sound: bool) -> Result<(), IndexError> {
    db.execute_batch(INDEXES)?;
    db.execute(
        "INSERT OR REPLACE INTO meta (one, head, builder, sound) VALUES (1, ?1, ?2, ?3)",
        (head.as_bytes(), BUILDER, sound),
    )?;
    db.pragma_update(None, "user_version", VERSION)?;
    db.pragma_update(None, MARK, mark(head))?;
    Ok(())
}

/// Where the file's header says which commit the tables stand for. To read that
/// from a table, SQLite would have to read all that it knows of tables first, which
/// is for nothing where somebody else must do so again to write.
const MARK: &str = "application_id";

/// What the header holds of a commit's name.
const fn mark(head: CommitId) -> i32 {
    let [a, b, c, d, ..] = *head.as_bytes();
    i32::from_be_bytes([a, b, c, d])
}

/// Whether the tables may stand for `head`.
fn may_stand_for(db: &Connection, head: CommitId) -> Result<bool, IndexError> {
    let found: i32 = db.pragma_query_value(None, MARK, |row| row.get(0))?;
    Ok(found == mark(head))
}

/// What the database stands for; `None` if it is not one of this release's.
pub(super) fn meta(db: &Connection) -> Result<Option<Meta>, IndexError> {
    let version: i64 = db.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version != VERSION {
        return Ok(None);
    }
    let sql = "SELECT head, events_head, builder, sound FROM meta";
    let found = db
        .query_row(sql, [], |row| {
            let head: [u8; 20] = row.get(0)?;
            let events: Option<[u8; 20]> = row.get(1)?;
            Ok((head, events, row.get::<_, String>(2)?, row.get(3)?))
        })
        .optional()?;
    let found = found.filter(|(_, _, builder, _)| builder == BUILDER);
    Ok(found.map(|(head, events, _, sound)| Meta {
        head: CommitId::from_bytes(head),
        sound,
        events_head: events.map(CommitId::from_bytes),
    }))
}

/// Notes the commit that the tables now stand for, and whether its settings can
/// all be read.
pub(super) fn set_head(db: &Connection, head: CommitId, sound: bool) -> Result<(), IndexError> {
    db.prepare_cached("UPDATE meta SET head = ?1, sound = ?2")?
        .execute((head.as_bytes(), sound))?;
    db.pragma_update(None, MARK, mark(head))?;
    Ok(())
}

/// Opens the database for reading.
pub(super) fn open_reader(path: &Path) -> Result<Connection, IndexError> {
    let db = connect(path, false)?;
    configure(&db)?;
    Ok(db)
}

/// Opens the database for reading, if its tables may stand for `head`. If it is
/// `still`, it is read as nobody changes the file meanwhile, and without its log.
pub(super) fn open_for(
    path: &Path,
    still: bool,
    head: CommitId,
) -> Result<Option<Connection>, IndexError> {
    let db = connect(path, still)?;
    if !may_stand_for(&db, head)? {
        return Ok(None);
    }
    configure(&db)?;
    Ok(Some(db))
}

fn connect(path: &Path, still: bool) -> Result<Connection, IndexError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = if still {
        let flags = flags | OpenFlags::SQLITE_OPEN_URI;
        Connection::open_with_flags(format!("{}?immutable=1", uri(path)), flags)?
    } else {
        Connection::open_with_flags(path, flags)?
    };
    db.busy_timeout(BUSY)?;
    Ok(db)
}

fn uri(path: &Path) -> String {
    let mut uri = "file:".to_owned();
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => {
                uri.push(char::from(*byte));
            }
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

/// Opens the database for reading and writing; it must exist.
pub(super) fn open_writer(path: &Path) -> Result<Connection, IndexError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let db = Connection::open_with_flags(path, flags)?;
    configure(&db)?;
    // What a hundred records touch fits into memory, and is written once. The log
    // is emptied when nobody reads the file alone, which SQLite does not know.
    db.execute_batch(
        "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 0;
         PRAGMA cache_size = -32768;",
    )?;
    Ok(db)
}

fn configure(db: &Connection) -> Result<(), IndexError> {
    db.busy_timeout(BUSY)?;
    // Emptying the log at each close would cost every command that writes.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // Else a statement is compiled anew for every value that is bound to it.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    // Reading a page is quicker than mapping it, as long as it is read into
    // memory that the process has already: few pages, which take turns.
    db.execute_batch("PRAGMA cache_size = 24; PRAGMA temp_store = MEMORY;")?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// A database to be filled from nothing, in a file or in memory.
pub(super) fn open_new(path: Option<&Path>) -> Result<Connection, IndexError> {
    let db = match path {
        Some(path) => Connection::open(path)?,
        None => Connection::open_in_memory()?,
    };
    // Nobody sees it before it is whole, so nothing needs to be undone.
    db.execute_batch(
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -65536;",
    )?;
    db.set_prepared_statement_cache_capacity(64);
    Ok(db)
}

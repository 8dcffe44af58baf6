//! The index of records at hand, without a repository: the same tables and the
//! same answers. For checking answers against brute force from outside.

use rusqlite::Connection;

use super::counts::Counts;
use super::write::{self, Entry};
use super::{IndexError, Selected, schema, search, select};
use crate::model::{Record, StateCategory};
use crate::query::{Filter, Selection};
use crate::store::{BlobId, CommitId};

/// An index in memory that stands for no commit.
#[derive(Debug)]
pub struct MemoryIndex {
    db: Connection,
}

impl MemoryIndex {
    /// The index of `records`, each with what its status means. Of several with
    /// the same id the last counts.
    ///
    /// # Errors
    /// The database engine fails.
    pub fn of<'a>(
        records: impl IntoIterator<Item = (&'a Record, StateCategory)>,
    ) -> Result<Self, IndexError> {
        let db = schema::open_new(None)?;
        schema::create(&db)?;
        schema::finish(&db, CommitId::from_bytes([0; 20]), false)?;
        let mut counts = Counts::default();
        for (record, state) in records {
            let entry = Entry::new(record, state, BlobId::from_bytes([0; 20]));
            write::upsert(&db, &entry, &mut counts)?;
        }
        counts.write(&db)?;
        Ok(Self { db })
    }

    /// As [`Index::select`](super::Index::select).
    ///
    /// # Errors
    /// The database engine fails.
    pub fn select(&self, selection: &Selection) -> Result<Selected, IndexError> {
        select::all(&self.db, select::find(&self.db, selection)?)
    }

    /// As [`Index::search`](super::Index::search).
    ///
    /// # Errors
    /// The database engine fails.
    pub fn search(&self, selection: &Selection) -> Result<Selected, IndexError> {
        select::all(&self.db, search::find(&self.db, selection)?)
    }

    /// As [`Index::count`](super::Index::count).
    ///
    /// # Errors
    /// The database engine fails.
    pub fn count(&self, filter: Option<&Filter>) -> Result<usize, IndexError> {
        select::count(&self.db, filter)
    }
}

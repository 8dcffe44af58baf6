//! Lists to be read a page at a time: which rows are found at once, and the
//! rows when they are wanted.

use std::ops::Range;
use std::rc::Rc;

use super::{Index, IndexError, search, select};
use crate::query::{Row, Selection};
use crate::store::BlobId;

/// As [`Selected`](super::Selected), with the numbers of the rows.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) rows: Vec<i64>,
    pub(super) total: usize,
    pub(super) more: bool,
    pub(super) order: String,
}

/// The rows of a list, to be read a page at a time.
#[derive(Debug)]
pub struct Listing {
    index: Rc<Index>,
    found: Found,
}

impl Listing {
    /// How many rows are listed.
    pub fn len(&self) -> usize {
        self.found.rows.len()
    }

    /// Whether nothing is.
    pub fn is_empty(&self) -> bool {
        self.found.rows.is_empty()
    }

    /// How many records match, and whether even more do, which nobody counted.
    pub const fn total(&self) -> (usize, bool) {
        (self.found.total, self.found.more)
    }

    /// The order in words, for example `priority` or `relevance`.
    pub fn order(&self) -> &str {
        &self.found.order
    }

    /// The index that the rows come from.
    pub const fn index(&self) -> &Rc<Index> {
        &self.index
    }

    /// What `make` makes of the rows in these places, their short ids and the
    /// contents of their files. The rows hold what is shown in
    /// [`Column::is_brief`](crate::outcome::Column::is_brief) columns, unless they
    /// are to be `whole`.
    ///
    /// # Errors
    /// The index cannot be read.
    pub fn page<T>(
        &self,
        places: Range<usize>,
        whole: bool,
        make: impl Fn(Row, String, BlobId) -> T,
    ) -> Result<Vec<T>, IndexError> {
        let end = places.end.min(self.len());
        let numbers = self.found.rows.get(places.start.min(end)..end).unwrap_or_default();
        // Made anew after damage, the index gives records their numbers again.
        self.index.ask(|db| select::read_each(db, numbers, whole, &make))
    }
}

impl Index {
    /// As [`select`](Self::select), or as [`search`](Self::search), to be read
    /// a page at a time.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn listing(
        self: &Rc<Self>,
        selection: &Selection,
        relevance: bool,
    ) -> Result<Listing, IndexError> {
        let found = self.ask(|db| {
            if relevance { search::find(db, selection) } else { select::find(db, selection) }
        })?;
        Ok(Listing { index: Rc::clone(self), found })
    }
}

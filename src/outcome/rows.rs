//! The rows of a list: at hand if they are few, else read a page at a time, so
//! that a list of a whole desk does not stand in memory.

use std::fmt;
use std::rc::Rc;

use schemars::JsonSchema;
use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Serialize, Serializer};

use super::Column;
use crate::model::Timestamp;
use crate::query::Row;

/// A list of records.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct RowsView {
    /// The name and version of this form.
    #[schemars(extend("const" = RowsView::SCHEMA))]
    pub schema: &'static str,
    /// How many records match, which may be more than are listed.
    pub total: usize,
    /// Whether still more match, which nobody counted.
    pub more: bool,
    /// The order in which they are listed, for example `priority` or `relevance`.
    pub order: String,
    /// The columns of the table.
    #[serde(skip)]
    pub columns: Vec<Column>,
    /// For ages.
    pub now: Timestamp,
    #[schemars(with = "Vec<ListedRow>")]
    pub rows: Rows,
    /// What is odd about the question, such as a person nobody knows.
    #[serde(skip)]
    pub warnings: Vec<String>,
}

/// One listed record: the row and its short id.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ListedRow {
    pub short: String,
    #[serde(flatten)]
    pub row: Row,
    /// Where the words of a search were found, one line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub excerpt: Option<String>,
    /// Where the words of a search stand in the title and in the excerpt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub highlights: Option<Highlights>,
}

/// Where the words of a search stand, as spans of characters: the first one,
/// counted from 0, and the one after the last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Highlights {
    pub title: Vec<(usize, usize)>,
    pub excerpt: Vec<(usize, usize)>,
}

/// How many rows are read at a time.
pub const PAGE: usize = 1_000;

/// Reads rows from where they are kept.
pub trait Pages {
    /// How many rows there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows in these places.
    ///
    /// # Errors
    ///
    /// They cannot be read.
    fn page(&self, places: std::ops::Range<usize>) -> Result<Vec<ListedRow>, PageError>;
}

/// Rows that were found could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PageError(pub String);

/// The rows of a list.
#[derive(Clone)]
pub enum Rows {
    Few(Vec<ListedRow>),
    Many(Rc<dyn Pages>),
}

impl Default for Rows {
    fn default() -> Self {
        Rows::Few(Vec::new())
    }
}

impl fmt::Debug for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows", self.len())
    }
}

impl Rows {
    /// How many there are.
    pub fn len(&self) -> usize {
        match self {
            Rows::Few(rows) => rows.len(),
            Rows::Many(pages) => pages.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Hands each row to `each`, in order.
    ///
    /// # Errors
    ///
    /// What `each` returns, or that a row cannot be read.
    pub fn each<E: From<PageError>>(
        &self,
        mut each: impl FnMut(&ListedRow) -> Result<(), E>,
    ) -> Result<(), E> {
        match self {
            Rows::Few(rows) => rows.iter().try_for_each(each),
            Rows::Many(pages) => {
                for start in (0..pages.len()).step_by(PAGE) {
                    pages.page(start..start + PAGE)?.iter().try_for_each(&mut each)?;
                }
                Ok(())
            }
        }
    }
}

impl From<Vec<ListedRow>> for Rows {
    fn from(rows: Vec<ListedRow>) -> Self {
        Rows::Few(rows)
    }
}

impl Serialize for Rows {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// The two things that can go wrong, told apart.
        enum Failed<E> {
            Page(PageError),
            Written(E),
        }
        impl<E> From<PageError> for Failed<E> {
            fn from(error: PageError) -> Self {
                Failed::Page(error)
            }
        }
        let mut list = serializer.serialize_seq(Some(self.len()))?;
        self.each(|row| list.serialize_element(row).map_err(Failed::Written)).map_err(|error| {
            match error {
                Failed::Page(error) => S::Error::custom(error),
                Failed::Written(error) => error,
            }
        })?;
        list.end()
    }
}

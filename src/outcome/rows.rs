//! The rows of a list: at hand if they are few, else read a page at a time, so
//! that a list of a whole desk does not stand in memory.

use std::fmt;
use std::rc::Rc;

use serde::ser::{Error as _, SerializeSeq as _};
use serde::{Serialize, Serializer};

use super::ListedRow;

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

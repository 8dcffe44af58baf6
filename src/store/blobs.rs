//! Reading very many files' contents.

use std::fmt;

use git2::Odb;

use super::Store;
use super::error::StoreError;
use super::ids::BlobId;
use super::objects::{Loose, LooseObjects};

/// A reader for many blobs: it looks once for what lies in files of its own.
pub struct Blobs<'store> {
    odb: Odb<'store>,
    loose: LooseObjects,
}

impl fmt::Debug for Blobs<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Blobs").finish_non_exhaustive()
    }
}

impl Blobs<'_> {
    /// Shows the bytes of a blob.
    ///
    /// # Errors
    /// It is missing or damaged.
    pub fn read<T>(&mut self, id: BlobId, show: impl FnOnce(&[u8]) -> T) -> Result<T, StoreError> {
        let oid = id.oid()?;
        if let Loose::Blob(content) = self.loose.read(oid, u64::MAX)? {
            return Ok(show(&content));
        }
        let object = self.odb.read(oid).map_err(|error| StoreError::BadObject {
            id: id.to_string(),
            message: error.message().to_owned(),
        })?;
        Ok(show(object.data()))
    }
}

impl Store {
    /// A reader for many blobs.
    ///
    /// # Errors
    /// The object database cannot be opened.
    pub fn blobs(&self) -> Result<Blobs<'_>, StoreError> {
        Ok(Blobs { odb: self.odb()?, loose: LooseObjects::new(self.objects()) })
    }

    /// Hands the bytes of many blobs to `each`, in the given order.
    ///
    /// A blob that is missing or damaged is handed over as the error that it is.
    ///
    /// # Errors
    /// What `each` returns.
    pub fn each_blob<E: From<StoreError>>(
        &self,
        ids: impl IntoIterator<Item = BlobId>,
        mut each: impl FnMut(BlobId, Result<&[u8], StoreError>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut blobs = self.blobs()?;
        for id in ids {
            match blobs.read(id, |bytes| each(id, Ok(bytes))) {
                Ok(shown) => shown?,
                Err(error) => each(id, Err(error))?,
            }
        }
        Ok(())
    }
}

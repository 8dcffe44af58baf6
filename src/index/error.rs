//! What can go wrong with the index.

use std::path::PathBuf;

use rusqlite::ErrorCode;

use crate::store::StoreError;

/// The index cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The database failed.
    #[error("the index cannot be used: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The database holds what gitsm never wrote.
    #[error("the index is damaged: {0}")]
    Damaged(String),
    /// The repository cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file of the index cannot be written or replaced.
    #[error("cannot write {}: {source}", .path.display())]
    Io { path: PathBuf, source: std::io::Error },
    /// What the states mean cannot be found out.
    #[error("{0}")]
    States(String),
}

impl IndexError {
    /// Whether making the index anew would help.
    pub fn is_damage(&self) -> bool {
        match self {
            IndexError::Damaged(_) => true,
            IndexError::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                // A table that is not there is reported as a plain error.
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown)
            ),
            _ => false,
        }
    }

    /// Whether the disk does not let the index be kept where it should be.
    pub(super) fn is_unwritable(&self) -> bool {
        match self {
            IndexError::Io { .. } => true,
            IndexError::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(
                    ErrorCode::CannotOpen
                        | ErrorCode::ReadOnly
                        | ErrorCode::PermissionDenied
                        | ErrorCode::DiskFull
                        | ErrorCode::SystemIoFailure
                )
            ),
            _ => false,
        }
    }

    /// Whether another process is writing.
    pub(super) fn is_busy(&self) -> bool {
        match self {
            IndexError::Sqlite(error) => matches!(
                error.sqlite_error_code(),
                Some(
                    ErrorCode::DatabaseBusy
                        | ErrorCode::DatabaseLocked
                        | ErrorCode::FileLockingProtocolFailed
                )
            ),
            _ => false,
        }
    }

    pub(super) fn io(path: &std::path::Path) -> impl Fn(std::io::Error) -> Self {
        move |source| IndexError::Io { path: path.to_owned(), source }
    }
}

//! From what is deployed to the changes that stand for it.

use rusqlite::{Connection, params};

use super::IndexError;
use super::rows::id_at;
use crate::model::RecordId;

/// The changes that bring `version` (a commit or the digest of an artefact) from
/// `repository` to `environment`: those that are not over first, and of these the
/// newest.
pub(super) fn deployments(
    db: &Connection,
    repository: &str,
    environment: &str,
    version: &str,
) -> Result<Vec<RecordId>, IndexError> {
    let mut statement = db.prepare_cached(
        "SELECT kind, ulid FROM rec WHERE repository IS NOT NULL AND version = ?1 \
         AND repository = ?2 AND environment = ?3 ORDER BY open DESC, n DESC",
    )?;
    let mut found = statement.query(params![version, repository, environment])?;
    let mut ids = Vec::new();
    while let Some(sql) = found.next()? {
        ids.push(id_at(sql, 0)?);
    }
    Ok(ids)
}

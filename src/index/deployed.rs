//! From what is deployed to the changes that stand for it.

use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::rows::id_at;
use super::{Index, IndexError};
use crate::model::RecordId;

impl Index {
    /// The changes that bring `version` (a commit or the digest of an artefact)
    /// from the code repository `repository` to `environment`, open ones first,
    /// the newest first.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn deployments(
        &self,
        repository: &str,
        environment: &str,
        version: &str,
    ) -> Result<Vec<RecordId>, IndexError> {
        self.ask(|db| deployments(db, repository, environment, version))
    }

    /// The changes from the code repository `repository` to `environment` that
    /// somebody tried to deploy, the last attempt first, at most `limit`.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn attempted(
        &self,
        repository: &str,
        environment: &str,
        limit: usize,
    ) -> Result<Vec<RecordId>, IndexError> {
        self.ask(|db| attempted(db, repository, environment, limit))
    }

    /// The changes from the code repository `repository` to `environment` that are
    /// not over, the newest first, at most `limit`.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn undeployed(
        &self,
        repository: &str,
        environment: &str,
        limit: usize,
    ) -> Result<Vec<RecordId>, IndexError> {
        self.ask(|db| open(db, repository, environment, limit))
    }
}

/// The changes that bring `version` (a commit or the digest of an artefact) from
/// `repository` to `environment`: those that are not over first, and of these the
/// newest.
fn deployments(
    db: &Connection,
    repository: &str,
    environment: &str,
    version: &str,
) -> Result<Vec<RecordId>, IndexError> {
    // Either column leads there by an index of its own.
    let condition = "repository IS NOT NULL AND repository = ?2 AND environment = ?3";
    let mut statement = db.prepare_cached(&format!(
        "SELECT kind, ulid FROM rec WHERE n IN (\
         SELECT n FROM rec WHERE version = ?1 AND {condition} \
         UNION SELECT n FROM rec WHERE code = ?1 AND {condition}) \
         ORDER BY open DESC, n"
    ))?;
    let mut found = statement.query(params![version, repository, environment])?;
    let mut ids = Vec::new();
    while let Some(sql) = found.next()? {
        ids.push(id_at(sql, 0)?);
    }
    Ok(ids)
}

/// The changes from `repository` to `environment` that somebody tried to deploy,
/// the last attempt first, at most `limit`.
fn attempted(
    db: &Connection,
    repository: &str,
    environment: &str,
    limit: usize,
) -> Result<Vec<RecordId>, IndexError> {
    let condition = "deployed IS NOT NULL";
    ids(db, condition, "deployed DESC, n", (repository, environment), limit)
}

/// The changes from `repository` to `environment` that are not over, the newest
/// first, at most `limit`.
fn open(
    db: &Connection,
    repository: &str,
    environment: &str,
    limit: usize,
) -> Result<Vec<RecordId>, IndexError> {
    ids(db, "open = 1", "n", (repository, environment), limit)
}

fn ids(
    db: &Connection,
    condition: &str,
    order: &str,
    (repository, environment): (&str, &str),
    limit: usize,
) -> Result<Vec<RecordId>, IndexError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT kind, ulid FROM rec WHERE repository IS NOT NULL AND repository = ?1 \
         AND environment = ?2 AND {condition} ORDER BY {order} LIMIT ?3"
    ))?;
    let text = |text: &str| Value::Text(text.to_owned());
    let limit = Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX));
    let mut found =
        statement.query(params_from_iter([text(repository), text(environment), limit]))?;
    let mut ids = Vec::new();
    while let Some(sql) = found.next()? {
        ids.push(id_at(sql, 0)?);
    }
    Ok(ids)
}

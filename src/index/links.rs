//! Relations seen from the record they lead to.

use rusqlite::Connection;

use super::IndexError;
use super::rows::{id_at, reversed};
use crate::model::{RecordId, Relation};

/// The relations that lead to `id`, with the record each starts from, sorted.
pub(super) fn links_to(
    db: &Connection,
    id: RecordId,
) -> Result<Vec<(RecordId, Relation)>, IndexError> {
    let mut statement = db.prepare_cached(
        "SELECT rec.kind, rec.ulid, link.rel FROM link JOIN rec ON rec.n = link.src \
         WHERE link.dst = ?1 AND link.dkind = ?2",
    )?;
    let rid = reversed(&id.ulid().to_string());
    let mut found = statement.query(rusqlite::params![rid, id.kind() as u8])?;
    let mut links = Vec::new();
    while let Some(sql) = found.next()? {
        let rel: String = sql.get(2)?;
        let rel =
            rel.parse().map_err(|_| IndexError::Damaged(format!("`{rel}` is no relation")))?;
        links.push((id_at(sql, 0)?, rel));
    }
    links.sort();
    Ok(links)
}

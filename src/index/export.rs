//! What an export asks: which records match, and which own fields they have.

use rusqlite::{Connection, params_from_iter};

use super::{IndexError, rows, select, sql};
use crate::model::RecordId;
use crate::query::{Filter, Selection};
use crate::store::BlobId;

/// The matching records and their files' contents, by type and age unless
/// another order is wanted.
pub(super) fn contents(
    db: &Connection,
    selection: &Selection,
) -> Result<Vec<(RecordId, BlobId)>, IndexError> {
    let filter = select::expanded(db, selection.filter.as_ref())?;
    let (from, condition) = select::source(filter.as_ref());
    let mut params = condition.params;
    let order = if selection.sort.is_empty() {
        "rec.kind, rec.ulid".to_owned()
    } else {
        let order = sql::order(&selection.sort);
        params.extend(order.params);
        order.text
    };
    params.push(select::limit(selection.limit));
    let text = format!(
        "SELECT rec.kind, rec.ulid, rec.blob FROM {from} WHERE {} ORDER BY {order} LIMIT ?",
        condition.text
    );
    let mut statement = db.prepare(&text)?;
    let mut found = statement.query(params_from_iter(&params))?;
    let mut contents = Vec::new();
    while let Some(sql) = found.next()? {
        let ulid: String = sql.get(1)?;
        let id = rows::id(rows::kind(sql.get(0)?)?, &ulid)?;
        contents.push((id, BlobId::from_bytes(sql.get(2)?)));
    }
    Ok(contents)
}

/// The names of the desk's own fields that matching records have.
pub(super) fn custom_names(
    db: &Connection,
    filter: Option<&Filter>,
) -> Result<Vec<String>, IndexError> {
    let filter = select::expanded(db, filter)?;
    let (from, condition) = select::source(filter.as_ref());
    let text = format!(
        "SELECT DISTINCT name FROM custom WHERE name NOT LIKE 'answer:%' AND n IN (SELECT rec.n FROM {from} WHERE {}) ORDER BY 1",
        condition.text
    );
    let mut statement = db.prepare(&text)?;
    let mut found = statement.query(params_from_iter(&condition.params))?;
    let mut names = Vec::new();
    while let Some(sql) = found.next()? {
        names.push(sql.get(0)?);
    }
    Ok(names)
}

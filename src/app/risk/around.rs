//! What is known of where a change is made: a few look-ups in the index.

use crate::error::CommandError;
use crate::index::Index;
use crate::model::{Change, Kind, RecordId, Relation};
use crate::policy::impact::{self, Way};
use crate::policy::risk::{self, CiSeen, Past, Surroundings};
use crate::query::Row;

/// How many items that depend on those of a change are counted.
const REACHED: usize = 200;
/// How many of the latest changes of an item are looked through for like ones.
const LOOKED_THROUGH: usize = 100;

/// What lies around the items of `change`, and how the latest changes like it
/// went, at most `last`.
///
/// # Errors
///
/// The index cannot be read.
pub(super) fn around(
    index: &Index,
    change: &Change,
    last: usize,
) -> Result<Surroundings, CommandError> {
    let mut found = Surroundings::default();
    if change.cis.is_empty() {
        return Ok(found);
    }
    let seen = |ci: RecordId| -> Result<CiSeen, CommandError> {
        let row = index.row(ci)?;
        let name = row.as_ref().map_or_else(|| ci.short(), |row| row.title.clone());
        Ok(CiSeen { name, criticality: row.and_then(|row| row.criticality) })
    };
    let way = Way::Downstream;
    let reach = impact::reach(&change.cis, way, REACHED, |cis| index.ties(cis, way))?;
    found.more = reach.cut;
    found.own = change.cis.iter().map(|ci| seen(*ci)).collect::<Result<_, _>>()?;
    found.dependants = reach.reached.iter().map(|one| seen(one.ci)).collect::<Result<_, _>>()?;
    found.past = past(index, change, last)?;
    Ok(found)
}

/// The latest changes that were made from the same model to one of the same
/// items and have ended; without a model, those that are authorised in the same
/// way and have none either.
fn past(index: &Index, change: &Change, last: usize) -> Result<Vec<Past>, CommandError> {
    let mut rows: Vec<Row> = Vec::new();
    for id in index.newest_on(&change.cis, &[Kind::Change], LOOKED_THROUGH)? {
        let Some(row) = index.row(id)? else { continue };
        let is_like = risk::is_like(change, row.template.as_deref(), row.model);
        let is_known = rows.iter().any(|known| known.id == row.id);
        if is_like && !is_known && row.id != change.id && !row.state.is_open() {
            rows.push(row);
        }
    }
    rows.sort_by_key(|row| (std::cmp::Reverse(row.resolved_at.or(row.closed_at)), row.id));
    rows.truncate(last);
    let ids: Vec<RecordId> = rows.iter().map(|row| row.id).collect();
    let shorts = index.shorten(&ids)?;
    let mut past = Vec::new();
    for (row, short) in rows.iter().zip(shorts) {
        let mut caused = Vec::new();
        for (id, relation) in index.links_to(row.id)? {
            if relation == Relation::CausedBy && id.kind() == Kind::Incident {
                caused.extend(index.row(id)?.and_then(|incident| incident.priority));
            }
        }
        let code = row.resolution.as_ref().map(ToString::to_string);
        past.push(Past { short, outcome: row.outcome, code, caused });
    }
    Ok(past)
}

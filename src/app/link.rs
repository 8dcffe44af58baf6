//! Relating records to each other.

use super::write::Work;
use crate::error::CommandError;
use crate::model::{Link, Record, RecordId, Relation};
use crate::policy::graph;

/// Relates `from` to each of `others`; the relation may be named from either end.
pub(super) fn link(
    work: &mut Work<'_>,
    from: RecordId,
    relation: &str,
    others: &[String],
) -> Result<(), CommandError> {
    let (rel, inverse) = directed(relation)?;
    for other in others {
        let other = work.find(other)?;
        add_link(work, from, rel, inverse, other)?;
    }
    Ok(())
}

/// Adds one link, where it is stored, if the rules let it be.
pub(super) fn add_link(
    work: &mut Work<'_>,
    from: RecordId,
    rel: Relation,
    inverse: bool,
    other: RecordId,
) -> Result<(), CommandError> {
    let (from, to) = graph::stored_direction(from, rel, other, inverse);
    graph::check(from, rel, to, |id| work.peek(id).map(|record| record.links().to_vec()))??;
    let record = work.record(from)?;
    record.links_mut().push(Link { rel, to });
    record.normalise();
    Ok(())
}

/// Whether the relations that a record has got, whichever way, may be, and lead
/// to records that are there.
///
/// # Errors
///
/// They may not, or do not.
pub(super) fn hold(
    work: &Work<'_>,
    before: Option<&Record>,
    after: &Record,
) -> Result<(), CommandError> {
    let known = before.map(Record::links).unwrap_or_default();
    for link in after.links().iter().filter(|link| !known.contains(link)) {
        let look = |id| work.peek(id).map(|record| record.links().to_vec());
        graph::check(after.id(), link.rel, link.to, look)??;
        work.peek(link.to)?;
    }
    let known = before.map(Record::cis).unwrap_or_default();
    for ci in after.cis().iter().filter(|ci| !known.contains(ci)) {
        work.peek(*ci)?;
    }
    Ok(())
}

/// Takes relations back.
///
/// # Errors
///
/// There is no such relation.
pub(super) fn unlink(
    work: &mut Work<'_>,
    from: RecordId,
    relation: &str,
    others: &[String],
) -> Result<(), CommandError> {
    let (rel, inverse) = directed(relation)?;
    for other in others {
        let other = work.find(other)?;
        let (from, to) = graph::stored_direction(from, rel, other, inverse);
        let links = work.record(from)?.links_mut();
        let before = links.len();
        links.retain(|link| *link != Link { rel, to });
        if links.len() == before {
            let message = format!("{} is not {rel} {}", from.short(), to.short());
            return Err(
                CommandError::not_found(message).hint(format!("gitsm show {}", from.short()))
            );
        }
    }
    Ok(())
}

/// Reads a relation typed from either end.
pub(super) fn directed(relation: &str) -> Result<(Relation, bool), CommandError> {
    Relation::parse_directed(relation).map_err(|error| {
        let names: Vec<&str> =
            Relation::ALL.into_iter().flat_map(|rel| [rel.name(), rel.inverse()]).collect();
        let near = names
            .iter()
            .map(|name| (strsim::jaro_winkler(relation, name), name))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(likeness, _)| *likeness > 0.75);
        match near {
            Some((_, name)) => CommandError::usage(&error).hint(format!("did you mean `{name}`?")),
            None => CommandError::usage(&error).hint(format!("there are {}", names.join(", "))),
        }
    })
}

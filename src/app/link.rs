//! Use cases that relate records to each other.

use super::Session;
use super::write::{Describe, Work};
use crate::error::CommandError;
use crate::model::{Link, RecordId, Relation};
use crate::outcome::Written;
use crate::policy::graph;

/// Relates `from` to each of `others`; the relation may be named from either end.
pub fn link(
    session: &Session,
    from: RecordId,
    relation: &str,
    others: &[RecordId],
) -> Result<Written, CommandError> {
    let (rel, inverse) = directed(relation)?;
    let batch = (others.len() > 1).then_some("link");
    session.write(Describe { batch, ..Describe::default() }, |work| {
        others.iter().try_for_each(|other| add_link(work, from, rel, inverse, *other))
    })
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
    work.peek(to)?;
    let record = work.record(from)?;
    record.links_mut().push(Link { rel, to });
    record.normalise();
    Ok(())
}

/// Takes relations back.
///
/// # Errors
///
/// There is no such relation.
pub fn unlink(
    session: &Session,
    from: RecordId,
    relation: &str,
    others: &[RecordId],
) -> Result<Written, CommandError> {
    let (rel, inverse) = directed(relation)?;
    let batch = (others.len() > 1).then_some("unlink");
    session.write(Describe { batch, ..Describe::default() }, |work| {
        for other in others {
            let (from, to) = graph::stored_direction(from, rel, *other, inverse);
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
    })
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

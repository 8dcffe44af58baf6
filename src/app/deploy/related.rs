//! What a raised change has to do with other records.

use super::super::link::add_link;
use super::super::write::Work;
use super::incoming::Incoming;
use crate::app::Session;
use crate::error::{CommandError, ErrorKind};
use crate::model::{Change, Kind, RecordId, Relation};
use crate::outcome::{RaisedLink, WrittenRecord};
use crate::policy::deployment::Mention;

/// The records that a deployment has to do with, besides those that its commits
/// mention.
#[derive(Clone, Debug, Default)]
pub(super) struct Related {
    /// Open changes of the same commits, before somebody rewrote them.
    pub rewritten: Vec<RecordId>,
}

/// Relates the change `id` to the tickets that its commits mention and to the
/// changes that it takes the place of. What cannot be linked is told.
///
/// # Errors
///
/// The desk cannot be read.
pub(super) fn link(
    work: &mut Work<'_>,
    id: RecordId,
    incoming: &Incoming,
    related: &Related,
    told: &mut Vec<String>,
) -> Result<(), CommandError> {
    for mention in &incoming.mentions {
        match work.find(&mention.text) {
            Ok(other) if other == id || other.kind() == Kind::Ci => {}
            Ok(other) => mentioned(work, id, other, mention, told),
            Err(error) if error.kind == ErrorKind::NotFound => {
                if mention.is_named {
                    told.push(format!("a commit mentions {}: {}", mention.text, error.message));
                }
            }
            Err(error) => return Err(error),
        }
    }
    for other in &related.rewritten {
        relate(work, id, *other, told);
        told.push(format!(
            "{} is about the same commits before they were rewritten; cancel it if it is not \
             to be deployed any more",
            other.short()
        ));
    }
    Ok(())
}

/// Relates the change to a ticket that a commit mentions. A ticket that it mends
/// is kept by the ticket, in the same commit.
fn mentioned(
    work: &mut Work<'_>,
    id: RecordId,
    other: RecordId,
    mention: &Mention,
    told: &mut Vec<String>,
) {
    let (rel, inverse) = match other.kind() {
        Kind::Incident | Kind::Problem if mention.mends => (Relation::FixedBy, true),
        Kind::Request if mention.mends => (Relation::ImplementedBy, true),
        _ => (Relation::RelatesTo, false),
    };
    step(work, id, rel, inverse, other, told);
}

/// Notes that the change has to do with another one.
pub(super) fn relate(work: &mut Work<'_>, id: RecordId, other: RecordId, told: &mut Vec<String>) {
    step(work, id, Relation::RelatesTo, false, other, told);
}

/// Notes that the change takes another one back.
pub(super) fn takes_back(
    work: &mut Work<'_>,
    id: RecordId,
    other: RecordId,
    told: &mut Vec<String>,
) {
    step(work, id, Relation::CausedBy, false, other, told);
}

/// Adds one relation, or tells why it cannot be added: the change counts more.
fn step(
    work: &mut Work<'_>,
    id: RecordId,
    rel: Relation,
    inverse: bool,
    other: RecordId,
    told: &mut Vec<String>,
) {
    if let Err(error) = work.step(|work| add_link(work, id, rel, inverse, other)) {
        told.push(format!("it is not linked to {}: {}", other.short(), error.message));
    }
}

/// What the change is related to, by its own links and by those that were written
/// along with it.
///
/// # Errors
///
/// The index cannot be read.
pub(super) fn linked(
    session: &Session,
    change: &Change,
    written: &[WrittenRecord],
) -> Result<Vec<RaisedLink>, CommandError> {
    let own = change.links.iter().map(|link| (link.rel.name(), link.to));
    let mut found: Vec<(String, RecordId)> = own.map(|(rel, id)| (rel.to_owned(), id)).collect();
    let index = session.index()?;
    let theirs = index.links_to(change.id)?;
    found.extend(theirs.into_iter().map(|(id, rel)| (rel.inverse().to_owned(), id)));
    // A dry run, or a write that the index has not seen.
    for record in written.iter().filter(|record| record.id != change.id) {
        for link in record.changes.iter().filter(|change| change.field == "links") {
            let text = |key| link.to.as_ref()?.get(key)?.as_str().map(str::to_owned);
            let rel = text("rel").and_then(|rel| rel.parse::<Relation>().ok());
            if let Some(rel) = rel
                && text("to") == Some(change.id.to_string())
            {
                found.push((rel.inverse().to_owned(), record.id));
            }
        }
    }
    found.sort();
    found.dedup();
    let ids: Vec<RecordId> = found.iter().map(|(_, id)| *id).collect();
    let (refs, shorts) = (index.refs(&ids)?, index.shorten(&ids)?);
    let all = found.into_iter().zip(refs).zip(shorts);
    Ok(all
        .map(|(((rel, id), known), short)| RaisedLink {
            rel,
            id,
            short,
            title: known.map(|known| known.title).unwrap_or_default(),
        })
        .collect())
}

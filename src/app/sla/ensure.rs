//! Commitments in the index: worked out when somebody first asks, caught up by
//! what is new.

use super::{story, terms};
use crate::app::Session;
use crate::error::CommandError;
use crate::index::Promised;
use crate::model::{Kind, RecordId};
use crate::policy::sla::{Commitment, Standing, Terms, reckon};
use crate::query::{Promise, PromiseStanding};
use crate::store::{BlobId, Snapshot};

/// The settings that commitments depend on, besides the commitments themselves.
const SETTINGS: &[&str] = &[
    ".gitsm/sla.yaml",
    ".gitsm/calendars/",
    ".gitsm/workflows/",
    ".gitsm/people.yaml",
    ".gitsm/teams.yaml",
    ".gitsm/desk.yaml",
];

/// Sees to it that the index knows the commitments of every record, as of the
/// state that is looked at.
///
/// # Errors
///
/// The settings or the history cannot be read.
pub(in crate::app) fn ensure(session: &Session) -> Result<(), CommandError> {
    let snapshot = session.snapshot()?;
    let policy = session.policy()?;
    let index = session.index()?;
    let terms = terms(&snapshot, policy)?;
    let terms = terms.as_ref();
    if session.past().is_some() {
        let tickets = if terms.is_some() { index.tickets()? } else { Vec::new() };
        return Ok(index.hold_promises(&reckoned(session, terms, &tickets)?)?);
    }
    let kept = index.promised()?;
    if kept.is_none() && terms.is_none() {
        return Ok(());
    }
    let now = Promised { head: index.head(), terms: digest(&snapshot)? };
    if kept.as_ref() == Some(&now) {
        return Ok(());
    }
    let since = kept.filter(|kept| {
        let is_older = || session.store.is_ancestor(kept.head, now.head).unwrap_or(false);
        kept.terms == now.terms && is_older()
    });
    let (ids, anew) = match &since {
        _ if terms.is_none() => (Vec::new(), true),
        Some(since) => (index.touched_since(since.head)?, false),
        None => (index.tickets()?, true),
    };
    let records = reckoned(session, terms, &ids)?;
    Ok(index.keep_promises(&records, &now, anew)?)
}

/// What was promised for each of `ids`.
fn reckoned(
    session: &Session,
    terms: Option<&Terms>,
    ids: &[RecordId],
) -> Result<Vec<(RecordId, Vec<Promise>)>, CommandError> {
    let policy = session.policy()?;
    let mut records = Vec::with_capacity(ids.len());
    for (done, id) in ids.iter().enumerate() {
        if done % 200 == 0 {
            session.progress("working out service levels", done as u64, ids.len() as u64);
        }
        let life = match terms {
            Some(_) if id.kind() != Kind::Ci => story::life(session, policy, *id)?,
            _ => None,
        };
        let promises = match (life, terms) {
            (Some(life), Some(terms)) => reckon(&life, terms).iter().map(promise).collect(),
            _ => Vec::new(),
        };
        records.push((*id, promises));
    }
    Ok(records)
}

/// What queries see of a commitment.
fn promise(commitment: &Commitment) -> Promise {
    // Of what is open only the phase counts, and that does not depend on now.
    let standing = match commitment.standing(commitment.start) {
        Standing::Running => PromiseStanding::Running,
        Standing::Paused => PromiseStanding::Paused,
        Standing::Met => PromiseStanding::Met,
        Standing::Missed => PromiseStanding::Missed,
        Standing::Cancelled => PromiseStanding::Cancelled,
    };
    Promise {
        name: commitment.name.to_string(),
        standing,
        due: commitment.due,
        warn: commitment.at_risk_from(),
        ended: commitment.end.as_ref().map(|end| end.at),
    }
}

/// A digest of the settings by which commitments are worked out.
fn digest(snapshot: &Snapshot<'_>) -> Result<String, CommandError> {
    let mut text = String::new();
    for entry in snapshot.entries(".gitsm")? {
        if SETTINGS.iter().any(|path| entry.path.starts_with(path)) {
            text.push_str(&format!("{} {}\n", entry.path, entry.blob));
        }
    }
    Ok(BlobId::of(text.as_bytes()).to_string())
}

//! Commitments in the index: worked out when somebody first asks, caught up by
//! what is new.

use super::{bulk, terms};
use crate::app::Session;
use crate::error::CommandError;
use crate::index::Promised;
use crate::model::{Kind, RecordId};
use crate::policy::sla::{Commitment, Life, Standing, Terms, reckon};
use crate::query::{Promise, PromiseStanding, Selection};
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

/// Sees to it that the index knows the commitments of every record that is open
/// or on hold, and of the others too for the `whole` desk, as of the state that
/// is looked at. Of what is open there is little, even on a desk of many years.
///
/// # Errors
///
/// The settings or the history cannot be read.
pub(in crate::app) fn ensure(session: &Session, whole: bool) -> Result<(), CommandError> {
    let snapshot = session.snapshot()?;
    let policy = session.policy()?;
    let index = session.index()?;
    if session.past().is_some() {
        let terms = terms(&snapshot, policy)?;
        let terms = terms.as_ref();
        let tickets = if terms.is_some() { index.tickets(whole)? } else { Vec::new() };
        return Ok(index.hold_promises(&reckoned(session, terms, &tickets, false)?)?);
    }
    let kept = index.promised()?;
    let (head, digest) = (index.head(), digest(&snapshot)?);
    // Whatever was kept for the whole desk stays so.
    let whole = whole || kept.as_ref().is_some_and(|kept| kept.whole && kept.terms == digest);
    let now = Promised { head, terms: digest, whole };
    let mut doubted = index.doubted()?;
    if kept.as_ref() == Some(&now) && doubted.is_empty() {
        return Ok(());
    }
    let terms = terms(&snapshot, policy)?;
    let terms = terms.as_ref();
    if kept.is_none() && terms.is_none() {
        return Ok(());
    }
    let since = kept.filter(|kept| {
        let is_older = || session.store.is_ancestor(kept.head, now.head).unwrap_or(false);
        kept.terms == now.terms && kept.whole == now.whole && is_older()
    });
    let (ids, anew) = match &since {
        _ if terms.is_none() => (Vec::new(), true),
        Some(since) => {
            doubted.extend(index.touched_since(since.head)?);
            doubted.sort_unstable();
            doubted.dedup();
            (doubted, false)
        }
        None => (index.tickets(whole)?, true),
    };
    let records = reckoned(session, terms, &ids, anew)?;
    Ok(index.keep_promises(&records, &now, anew)?)
}

/// As [`ensure`], for the records that `selection` lets pass.
///
/// # Errors
///
/// As [`ensure`].
pub(in crate::app) fn ensure_for(
    session: &Session,
    selection: &Selection,
) -> Result<(), CommandError> {
    ensure(session, !selection.wants_open())
}

/// What was promised for each of `ids`, which are `all` that there are or some.
fn reckoned(
    session: &Session,
    terms: Option<&Terms>,
    ids: &[RecordId],
    all: bool,
) -> Result<Vec<(RecordId, Vec<Promise>)>, CommandError> {
    let mut records = Vec::with_capacity(ids.len());
    let Some(terms) = terms else { return Ok(ids.iter().map(|id| (*id, Vec::new())).collect()) };
    let mut concerned = Vec::with_capacity(ids.len());
    for id in ids {
        match id.kind() != Kind::Ci && terms.concerns(id.kind()) {
            true => concerned.push(*id),
            false => records.push((*id, Vec::new())),
        }
    }
    let each = |id, life: Option<&Life>| {
        let commitments = life.map(|life| reckon(life, terms)).unwrap_or_default();
        records.push((id, commitments.iter().map(promise).collect()));
    };
    bulk::lives(session, terms, &concerned, all, each)?;
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

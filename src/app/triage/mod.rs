//! What there is to say about a ticket: the records worth a look come from the
//! index, the rules from [`report::triage`](crate::report::triage).

mod apply;
mod around;
mod compare;

use std::collections::{BTreeMap, HashMap};

use super::Session;
use super::read::{parse_query, references};
use crate::error::CommandError;
use crate::index::Index;
use crate::model::{Kind, PersonId, Practice, Record, RecordId, TeamId};
use crate::outcome::{Proposal, RecordRef, TriageView, TriagedTicket};
use crate::policy::{Policy, access};
use crate::query::Query;
use crate::report::triage::{self, Neighbour};

pub use apply::{apply_proposals, chosen};
use around::Surroundings;
use compare::Compared;

/// How much of the answer is listed.
#[derive(Clone, Copy, Debug)]
pub struct TriageOptions {
    /// So many similar tickets, problems, and open tickets on the way.
    pub most: usize,
}

/// The ticket and the desk around it.
struct Case<'a> {
    session: &'a Session,
    policy: &'a Policy,
    index: &'a Index,
    record: Record,
    short: String,
    most: usize,
}

/// Answers the analyst's three questions about the ticket `id`, and proposes
/// what past tickets say. Changes nothing.
///
/// # Errors
///
/// It is no ticket, or cannot be read.
pub fn triage(
    session: &Session,
    id: RecordId,
    options: TriageOptions,
) -> Result<TriageView, CommandError> {
    let record = session.record(id)?;
    if !id.kind().is_ticket() {
        let message = format!("{} is no ticket but a configuration item", record.title());
        return Err(CommandError::usage(message)
            .hint(format!("gitsm list 'ci:{}' lists the tickets about it", record.title())));
    }
    let index = session.index()?;
    let short = index.shorten(&[id])?.pop().unwrap_or_else(|| id.short());
    let policy = session.policy()?;
    // As with lists, 0 is all.
    let most = if options.most == 0 { usize::MAX } else { options.most };
    let case = Case { session, policy, index, record, short, most };
    let surroundings = Surroundings::of(&case)?;
    let compared = Compared::with(&case, &surroundings.near)?;
    let seen = compared.seen(&case)?;
    let change = surroundings.change_need(&case, &compared)?;
    let proposals = proposals(&case, &compared);
    let concern = surroundings.view(&case)?;
    let ticket = TriagedTicket {
        kind: id.kind(),
        priority: case.record.priority(),
        impact: case.record.impact(),
        urgency: case.record.urgency(),
        opened_at: case.record.opened_at(),
        record: case.refs(&[id])?.remove(&id).unwrap_or_else(|| unknown(id)),
    };
    Ok(TriageView {
        schema: TriageView::SCHEMA,
        now: session.now(),
        ticket,
        practices: Practice::ALL.into_iter().filter(|one| policy.settings.uses(*one)).collect(),
        seen,
        change,
        concern,
        proposals,
    })
}

/// The query for tickets that are new and that nobody has, of one type or all.
///
/// # Errors
///
/// The desk's workflows cannot be read.
pub fn untouched(session: &Session, kind: Option<Kind>) -> Result<Query, CommandError> {
    let policy = session.policy()?;
    let kinds = Kind::ALL.into_iter().filter(|one| one.is_ticket());
    let types: Vec<String> = kinds
        .filter(|one| kind.is_none_or(|wanted| wanted == *one))
        .map(|kind| {
            let entry = policy.workflows.for_kind(kind).flat_map(|flow| &flow.entry);
            let states: Vec<String> = entry.map(|state| format!("status:{state}")).collect();
            format!("(type:{kind} ({}))", states.join(" or "))
        })
        .collect();
    parse_query(&format!("status:open assignee:none ({})", types.join(" or ")))
}

/// What past tickets of the same type propose.
fn proposals(case: &Case<'_>, compared: &Compared) -> Vec<Proposal> {
    let kind = case.record.kind();
    let near: Vec<Neighbour<'_>> = compared
        .tickets
        .iter()
        .filter(|one| one.record.kind() == kind && triage::proposes(&one.scored))
        .map(|one| Neighbour { score: one.scored.score, record: &one.record })
        .collect();
    let may = |field: &str, value: &str| match field {
        "team" => TeamId::new(value).is_ok_and(|id| access::known_team(case.policy, &id).is_ok()),
        "assignee" => PersonId::new(value)
            .is_ok_and(|id| access::assignable(case.policy, &id, case.session.now()).is_ok()),
        _ => true,
    };
    triage::propose(&case.record, &case.short, &near, &may)
}

impl Case<'_> {
    /// Enough of each of `ids` to recognise it.
    fn refs(&self, ids: &[RecordId]) -> Result<HashMap<RecordId, RecordRef>, CommandError> {
        Ok(references(self.index, ids)?.into_iter().map(|one| (one.id, one)).collect())
    }

    /// What the record `other` is to the ticket, as the ticket sees it.
    fn linked(
        &self,
        incoming: &[(RecordId, crate::model::Relation)],
    ) -> BTreeMap<RecordId, &'static str> {
        let own = self.record.links().iter().map(|link| (link.to, link.rel.name()));
        let others = incoming.iter().map(|(from, rel)| (*from, rel.inverse()));
        own.chain(others).filter(|(id, _)| id.kind() != Kind::Ci).collect()
    }
}

/// A record of which nothing is known.
fn unknown(id: RecordId) -> RecordRef {
    RecordRef { id, short: id.short(), title: None, status: None, state: None }
}

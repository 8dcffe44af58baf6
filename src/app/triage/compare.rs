//! The records that a ticket is compared with.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Case, unknown};
use crate::error::CommandError;
use crate::format;
use crate::index::Familiar;
use crate::model::{Kind, PersonId, Record, RecordId, Relation, StateCategory};
use crate::outcome::{PartName, RecordRef, Recurring, SeenAnswer, SeenView, Similar};
use crate::report::triage::{self, ALIKE, LISTED, Scored, Subject, Weighed, Word, argument};

/// How many records of its own type a ticket is compared with by its words.
const SAME_TYPE: usize = 80;
/// How many of other types.
const OTHER_TYPES: usize = 30;
/// How many of the newest tickets on each of its items, and on items nearby.
const ON_ITEM: usize = 40;
const NEARBY: usize = 10;
/// How many items nearby are asked.
const ITEMS_NEARBY: usize = 20;
/// How many of the newest with the same service, requester or category.
const FAMILIAR: usize = 40;
/// So many similar tickets may lead to a problem.
const LEADING: usize = 30;
/// A word counts as common from so many records, or from a tenth of all if the
/// title holds it, or else from a hundredth of all.
const COMMON: usize = 1_000;
/// How many tickets a proposed problem is opened from.
const FROM: usize = 10;

/// A record with how like the ticket it is.
#[derive(Debug)]
pub(super) struct Rated {
    pub(super) record: Record,
    pub(super) scored: Scored,
}

/// What the ticket was compared with.
#[derive(Debug)]
pub(super) struct Compared {
    words: Vec<Weighed>,
    compared: usize,
    /// The most similar first.
    pub(super) tickets: Vec<Rated>,
    /// The most likely first.
    pub(super) problems: Vec<Rated>,
    /// What is linked to the ticket, as the ticket sees it.
    pub(super) linked: BTreeMap<RecordId, &'static str>,
}

/// The types that a ticket is compared with, and how many of each.
fn wanted(kind: Kind) -> Vec<(Kind, usize)> {
    let types: &[Kind] = match kind {
        Kind::Change => &[Kind::Change, Kind::Incident, Kind::Problem],
        _ => &[Kind::Incident, Kind::Request, Kind::Problem],
    };
    let number = |of: Kind| if of == kind { SAME_TYPE } else { OTHER_TYPES };
    types.iter().map(|of| (*of, number(*of))).collect()
}

impl Compared {
    /// Compares the ticket with what may be like it. `near` are the items
    /// around it.
    pub(super) fn with(
        case: &Case<'_>,
        near: &BTreeMap<RecordId, (usize, String)>,
    ) -> Result<Self, CommandError> {
        let Case { index, record, .. } = case;
        let id = record.id();
        let wanted = wanted(id.kind());
        let kinds: Vec<Kind> = wanted.iter().map(|(kind, _)| *kind).collect();
        let total = index.count(None)?;
        let words = triage::words(record);
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        // In the order in which the index asks, not in that of the weights.
        let weigh = |counts: &[Option<usize>]| {
            let weighed = triage::weigh(words.clone(), counts, total);
            let by_word: HashMap<&str, f64> =
                weighed.iter().map(|one| (one.word.text.as_str(), one.weight)).collect();
            texts.iter().map(|text| by_word.get(text).copied().unwrap_or_default()).collect()
        };
        let common = |word: &Word| COMMON.max(total / if word.in_title { 10 } else { 100 });
        let sought: Vec<(&str, usize)> =
            words.iter().map(|word| (word.text.as_str(), common(word))).collect();
        let alike = index.alike(&sought, &weigh, &wanted)?;
        let linked = case.linked(&index.links_to(id)?);

        let mut ids: BTreeSet<RecordId> = alike.records.into_iter().collect();
        let at = |steps: usize| {
            move |(id, (at, _)): (&RecordId, &(usize, String))| (*at == steps).then_some(*id)
        };
        let own: Vec<RecordId> = near.iter().filter_map(at(0)).collect();
        let nearby: Vec<RecordId> =
            near.iter().filter_map(at(1)).chain(near.iter().filter_map(at(2))).collect();
        ids.extend(index.newest_on(&own, &kinds, ON_ITEM)?);
        let nearby = nearby.get(..nearby.len().min(ITEMS_NEARBY)).unwrap_or_default();
        ids.extend(index.newest_on(nearby, &kinds, NEARBY)?);
        let familiar = Familiar {
            service: record.service(),
            requester: record.requester().map(PersonId::as_str),
            category: record.category(),
        };
        ids.extend(index.newest_like(&familiar, &kinds, FAMILIAR)?);
        ids.extend(linked.keys().filter(|id| kinds.contains(&id.kind())));
        ids.remove(&id);

        let words = triage::weigh(words, &alike.counts, total);
        let length = triage::distinct(record).len();
        let subject = Subject { record, words: &words, length, near };
        let ids: Vec<RecordId> = ids.into_iter().collect();
        let mut compared = ids.len();
        let (mut tickets, mut problems) = (Vec::new(), Vec::new());
        for other in load(case, &ids)? {
            if other.kind() == Kind::Problem {
                problems.push(other);
            } else {
                let scored = triage::score(&subject, &other, &[]);
                tickets.push(Rated { record: other, scored });
            }
        }
        sort(&mut tickets);
        // What is behind similar tickets may be behind this one.
        let behind = behind(case, &tickets)?;
        let known: BTreeSet<RecordId> = problems.iter().map(Record::id).collect();
        let more: Vec<RecordId> = behind
            .keys()
            .filter(|found| !known.contains(found) && **found != id)
            .copied()
            .collect();
        compared += more.len();
        problems.extend(load(case, &more)?);
        let rate = |record: Record| {
            let links = behind.get(&record.id()).map(Vec::as_slice).unwrap_or_default();
            let scored = triage::score(&subject, &record, links);
            Rated { record, scored }
        };
        let mut problems: Vec<Rated> = problems.into_iter().map(rate).collect();
        sort(&mut problems);
        Ok(Self { words, compared, tickets, problems, linked })
    }

    /// Whether the ticket has been seen before.
    pub(super) fn seen(&self, case: &Case<'_>) -> Result<SeenView, CommandError> {
        let listed = |rated: &&Rated| {
            let touches = [PartName::Text, PartName::Ci, PartName::Links]
                .into_iter()
                .any(|part| rated.scored.share(part) > Some(0));
            self.linked.contains_key(&rated.record.id())
                || (touches && rated.scored.score >= LISTED)
        };
        let tickets: Vec<&Rated> = self.tickets.iter().filter(listed).collect();
        let problems: Vec<&Rated> = self.problems.iter().filter(listed).collect();
        let mut told: Vec<RecordId> =
            tickets.iter().take(case.most).map(|one| one.record.id()).collect();
        told.extend(problems.iter().take(case.most).map(|one| one.record.id()));
        let refs = case.refs(&told)?;
        let similar = |rated: &&Rated| self.similar(case, rated, &refs);
        let more = tickets.len().saturating_sub(case.most);
        let recurring = self.recurring(case, &tickets, &problems)?;
        let tickets: Vec<Similar> = tickets.iter().take(case.most).map(similar).collect();
        let problems: Vec<Similar> = problems.iter().take(case.most).map(similar).collect();
        let answer: SeenAnswer = triage::answer(&tickets, &problems);
        let words = self.words.iter().map(Weighed::told).collect();
        Ok(SeenView { answer, compared: self.compared, words, tickets, more, problems, recurring })
    }

    fn similar(
        &self,
        case: &Case<'_>,
        rated: &Rated,
        refs: &HashMap<RecordId, RecordRef>,
    ) -> Similar {
        let Rated { record: other, scored } = rated;
        let id = other.id();
        let reference = refs.get(&id).cloned().unwrap_or_else(|| unknown(id));
        let linked = self.linked.get(&id).copied();
        let duplicate = linked.is_none() && is_duplicate(case, rated);
        let resolution = other.resolution();
        let workaround = match other {
            Record::Problem(problem) => problem.workaround.as_deref(),
            _ => None,
        };
        let remedy = workaround.or_else(|| resolution.and_then(|end| end.text.as_deref()));
        Similar {
            next: next(case, rated, &reference.short, linked.is_some(), duplicate),
            record: reference,
            score: scored.score,
            parts: scored.parts.clone(),
            opened_at: other.opened_at(),
            resolution: resolution.map(|end| end.code.clone()),
            remedy: remedy.map(|text| text.trim_end().to_owned()),
            known_error: matches!(other, Record::Problem(problem) if problem.known_error),
            linked,
            duplicate,
        }
    }

    /// Whether such tickets come again and again, and what to do about it.
    fn recurring(
        &self,
        case: &Case<'_>,
        tickets: &[&Rated],
        problems: &[&Rated],
    ) -> Result<Option<Recurring>, CommandError> {
        let ours = &case.record;
        let opened = ours.opened_at();
        let is_case = |one: &&&Rated| {
            one.record.kind() == ours.kind()
                && triage::is_earlier_case(opened, one.scored.score, one.record.opened_at())
                && !is_duplicate(case, one)
        };
        let cases: Vec<RecordId> =
            tickets.iter().filter(is_case).map(|one| one.record.id()).collect();
        let Some(mut found) = triage::recurring(cases.len()) else { return Ok(None) };
        let is_behind =
            |one: &&Rated| one.scored.score >= ALIKE || self.linked.contains_key(&one.record.id());
        if ours.kind() == Kind::Incident && !problems.iter().any(is_behind) {
            let from = cases.get(..cases.len().min(FROM - 1)).unwrap_or_default();
            let shorts = case.index.shorten(from)?;
            let from: Vec<String> = std::iter::once(&case.short)
                .chain(&shorts)
                .map(|short| format!("--from {short}"))
                .collect();
            let title = argument(ours.title());
            found.next = Some(format!("gitsm problem new {title} {}", from.join(" ")));
        }
        Ok(Some(found))
    }
}

/// Whether one of the two is likely to be a duplicate of the other.
fn is_duplicate(case: &Case<'_>, Rated { record, scored }: &Rated) -> bool {
    let state = |record: &Record| case.policy.category_of(record);
    let ours = &case.record;
    triage::is_duplicate((ours, state(ours)), (record, state(record)), scored)
}

/// The command that records what the other record is to the ticket.
fn next(
    case: &Case<'_>,
    rated: &Rated,
    other: &str,
    is_linked: bool,
    duplicate: bool,
) -> Option<String> {
    let ours = &case.record;
    let (short, kinds) = (&case.short, (ours.kind(), rated.record.kind()));
    if is_linked {
        return None;
    }
    if duplicate {
        // The younger one repeats the older one.
        let age = |record: &Record| (record.opened_at(), record.id().ulid());
        let (ours, theirs) = ((ours, short.as_str()), (&rated.record, other));
        let (younger, older) =
            if age(ours.0) >= age(theirs.0) { (ours, theirs) } else { (theirs, ours) };
        return Some(if can_merge(case, younger.0, older.0) {
            format!("gitsm {} merge {} --into {}", younger.0.kind(), younger.1, older.1)
        } else {
            format!("gitsm link {} duplicate_of {}", younger.1, older.1)
        });
    }
    if rated.scored.score < ALIKE {
        return None;
    }
    match kinds {
        (from, Kind::Problem)
            if Relation::CausedBy.allows(from, Kind::Problem) && from != Kind::Problem =>
        {
            Some(format!("gitsm link {short} caused_by {other}"))
        }
        (Kind::Problem, Kind::Incident) => Some(format!("gitsm link {other} caused_by {short}")),
        _ => None,
    }
}

/// Whether the one can end as a duplicate of the other, which takes over its
/// relations.
fn can_merge(case: &Case<'_>, younger: &Record, older: &Record) -> bool {
    let workflow = case.policy.workflow_of(younger);
    let ends = |action: &&str| workflow.ways(action, younger).next().is_some();
    matches!(younger.kind(), Kind::Incident | Kind::Problem)
        && younger.kind() == older.kind()
        && case.policy.category_of(older) != StateCategory::Closed
        && ["duplicate", "cancel"].iter().any(ends)
}

/// The most similar first.
fn sort(rated: &mut [Rated]) {
    rated.sort_by(|a, b| {
        triage::by_likeness((a.scored.score, a.record.id()), (b.scored.score, b.record.id()))
    });
}

/// The records `ids`, but for those that cannot be read.
pub(super) fn load(case: &Case<'_>, ids: &[RecordId]) -> Result<Vec<Record>, CommandError> {
    let mut records = Vec::with_capacity(ids.len());
    for (id, blob) in ids.iter().zip(case.index.blobs(ids)?) {
        let Some(blob) = blob else { continue };
        if let Ok(record) = format::read_record(*id, &case.session.store.blob(blob)?) {
            records.push(record);
        }
    }
    Ok(records)
}

/// The problems that similar tickets are linked to, and how like the ticket these
/// are.
fn behind(case: &Case<'_>, tickets: &[Rated]) -> Result<BTreeMap<RecordId, Vec<u8>>, CommandError> {
    let mut behind: BTreeMap<RecordId, Vec<u8>> = BTreeMap::new();
    for rated in tickets.iter().filter(|one| one.scored.score >= ALIKE).take(LEADING) {
        let id = rated.record.id();
        let is_tie = |rel: Relation| matches!(rel, Relation::CausedBy | Relation::RelatesTo);
        let own = rated.record.links().iter().filter(|link| is_tie(link.rel)).map(|link| link.to);
        let incoming = case.index.links_to(id)?;
        let incoming = incoming.into_iter().filter(|(_, rel)| is_tie(*rel)).map(|(from, _)| from);
        let is_problem = |other: &RecordId| other.kind() == Kind::Problem;
        let problems: BTreeSet<RecordId> = own.chain(incoming).filter(is_problem).collect();
        for problem in problems {
            behind.entry(problem).or_default().push(rated.scored.score);
        }
    }
    Ok(behind)
}

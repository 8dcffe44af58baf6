//! What lies around the configuration items of a ticket.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::compare::{Compared, load};
use super::{Case, unknown};
use crate::error::CommandError;
use crate::model::{Kind, Record, RecordId, Relation, StateCategory};
use crate::outcome::{ChangeNeed, CiNode, ConcernView, NamedCi, OnTheWay, Place, RecordRef};
use crate::policy::impact::{self, Reach, Reached, Way};
use crate::query::Row;
use crate::report::triage::{self, ALIKE, Around, ChangeSeen, ProblemSeen, argument};

/// How many items are reached in either way.
const REACHED: usize = 200;
/// How far items count as nearby.
const NEARBY: usize = 2;

/// The items of a ticket and what lies around them.
pub(super) struct Surroundings {
    own: Vec<RecordId>,
    /// Those that the text names and the ticket does not.
    named: Vec<RecordId>,
    /// Those of the causes that contribute to the ticket or to a problem linked
    /// to it, and what these depend on.
    behind: BTreeSet<RecordId>,
    affected: Reach,
    causes: Reach,
    /// The rows of all these items.
    rows: HashMap<RecordId, Row>,
    /// How far those up to two relations away are, with their names.
    pub(super) near: BTreeMap<RecordId, (usize, String)>,
    /// Open tickets and late changes, with the nearest item that each is about.
    found: Vec<Found>,
}

struct Found {
    row: Row,
    ci: RecordId,
    place: Place,
}

impl Surroundings {
    /// What lies around the items of the ticket and those that its text names.
    pub(super) fn of(case: &Case<'_>) -> Result<Self, CommandError> {
        let Case { index, record, .. } = case;
        let own = record.cis().to_vec();
        let mut named = index.items_named(&triage::mentions(record))?;
        named.retain(|ci| !own.contains(ci));
        let sources: Vec<RecordId> = own.iter().chain(&named).copied().collect();
        let walk =
            |from: &[RecordId], way| impact::reach(from, way, REACHED, |cis| index.ties(cis, way));
        let affected = walk(&sources, Way::Downstream)?;
        let mut causes = walk(&sources, Way::Upstream)?;
        let contributing = contributing(case)?;
        let mut behind = BTreeSet::new();
        if !contributing.is_empty() {
            let from: Vec<RecordId> = contributing.iter().map(|one| one.ci).collect();
            let beyond = walk(&from, Way::Upstream)?;
            let beyond = Reach { reached: contributing.clone(), cut: false }.then(beyond);
            let both = causes.clone().beside(&beyond, &sources, REACHED);
            let others = both.reached.iter().filter(|one| !causes.reached.contains(one));
            behind = others.map(|one| one.ci).collect();
            causes = both;
        }
        let reached = || affected.reached.iter().chain(&causes.reached);
        let mut rows = HashMap::new();
        for ci in sources.iter().copied().chain(reached().map(|one| one.ci)) {
            if let Some(row) = index.row(ci)? {
                rows.insert(ci, row);
            }
        }
        let name = |ci: &RecordId| rows.get(ci).map_or_else(|| ci.short(), |row| row.title.clone());
        let mut near: BTreeMap<RecordId, (usize, String)> = BTreeMap::new();
        let nearby = reached().filter(|one| one.depth <= NEARBY).map(|one| (one.ci, one.depth));
        // What contributes to a problem is as much its own as what it affects.
        let is_problem = record.kind() == Kind::Problem;
        let own_causes = contributing.iter().filter(|_| is_problem).map(|one| (one.ci, 0));
        for (ci, depth) in sources.iter().map(|ci| (*ci, 0)).chain(own_causes).chain(nearby) {
            let known = near.entry(ci).or_insert_with(|| (depth, name(&ci)));
            known.0 = known.0.min(depth);
        }
        let found = Vec::new();
        let mut all = Self { own, named, behind, affected, causes, rows, near, found };
        all.found = all.find(case)?;
        Ok(all)
    }

    /// The items with their places, the nearest first.
    fn places(&self) -> Vec<(RecordId, Place)> {
        let sources = self.own.iter().chain(&self.named).map(|ci| (*ci, Place::Own));
        let causes = self.causes.reached.iter().map(|one| {
            let place =
                if self.behind.contains(&one.ci) { Place::Contributing } else { Place::Cause };
            (one.ci, place)
        });
        let affected = self.affected.reached.iter().map(|one| (one.ci, Place::Affected));
        sources.chain(causes).chain(affected).collect()
    }

    fn find(&self, case: &Case<'_>) -> Result<Vec<Found>, CommandError> {
        let mut places: HashMap<RecordId, (usize, Place)> = HashMap::new();
        let mut cis = Vec::new();
        for (at, (ci, place)) in self.places().into_iter().enumerate() {
            places.entry(ci).or_insert_with(|| {
                cis.push(ci);
                (at, place)
            });
        }
        let since = triage::window(case.record.opened_at());
        // Of a ticket on several items, the nearest is told.
        let mut found: BTreeMap<RecordId, (usize, Found)> = BTreeMap::new();
        for (ci, row) in case.index.around(&cis, since)? {
            let Some((at, place)) = places.get(&ci).copied() else { continue };
            if row.id != case.record.id() && found.get(&row.id).is_none_or(|(known, _)| at < *known)
            {
                found.insert(row.id, (at, Found { row, ci, place }));
            }
        }
        Ok(found.into_values().map(|(_, found)| found).collect())
    }

    fn name(&self, ci: RecordId) -> String {
        self.rows.get(&ci).map_or_else(|| ci.short(), |row| row.title.clone())
    }

    /// Whether the ticket needs a change.
    pub(super) fn change_need(
        &self,
        case: &Case<'_>,
        compared: &Compared,
    ) -> Result<ChangeNeed, CommandError> {
        let (index, record) = (case.index, &case.record);
        let mends = |rel: Relation| matches!(rel, Relation::FixedBy | Relation::ImplementedBy);
        let fixes_of = |record: &Record| {
            let links = record.links().iter();
            links.filter(|link| mends(link.rel)).map(|link| link.to).collect::<Vec<_>>()
        };
        let tied: Vec<(Relation, RecordId)> = record
            .links()
            .iter()
            .filter(|link| link.to.kind() == Kind::Change)
            .filter(|link| mends(link.rel) || link.rel == Relation::CausedBy)
            .map(|link| (link.rel, link.to))
            .collect();
        let mut wanted: Vec<RecordId> = tied.iter().map(|(_, id)| *id).collect();
        for problem in &compared.problems {
            wanted.push(problem.record.id());
            wanted.extend(fixes_of(&problem.record));
        }
        let changes: Vec<&Found> = self
            .found
            .iter()
            .filter(|found| found.row.kind == Kind::Change && found.place != Place::Affected)
            .collect();
        wanted.extend(changes.iter().map(|found| found.row.id));
        let refs = case.refs(&wanted)?;
        let short = |id: RecordId| refs.get(&id).map_or("", |one: &RecordRef| one.short.as_str());
        let mut rows: HashMap<RecordId, Row> = HashMap::new();
        for id in wanted.iter().filter(|id| id.kind() == Kind::Change) {
            if let Some(row) = index.row(*id)? {
                rows.insert(*id, row);
            }
        }
        let problems = compared.problems.iter().map(|rated| {
            let id = rated.record.id();
            let fixes = fixes_of(&rated.record);
            ProblemSeen {
                id,
                short: short(id),
                score: rated.scored.score,
                linked: compared.linked.contains_key(&id),
                known_error: matches!(&rated.record, Record::Problem(one) if one.known_error),
                open: case.policy.category_of(&rated.record).is_open(),
                fixes: fixes.iter().filter_map(|fix| Some((rows.get(fix)?, short(*fix)))).collect(),
            }
        });
        let ended = || {
            compared.tickets.iter().filter(|one| {
                one.scored.score >= ALIKE
                    && one.record.kind() == record.kind()
                    && !case.policy.category_of(&one.record).is_open()
            })
        };
        let by_change = |record: &Record| {
            let code = record.resolution().map(|end| end.code.as_str());
            code == Some("resolved_by_change") || !fixes_of(record).is_empty()
        };
        let names: Vec<String> = changes.iter().map(|found| self.name(found.ci)).collect();
        let around = Around {
            linked: tied
                .iter()
                .filter_map(|(rel, id)| Some((*rel, rows.get(id)?, short(*id))))
                .collect(),
            problems: problems.collect(),
            changes: changes
                .iter()
                .zip(&names)
                .map(|(found, ci)| ChangeSeen {
                    row: &found.row,
                    short: short(found.row.id),
                    ci,
                    place: found.place,
                })
                .collect(),
            ended: ended().count(),
            ended_by_change: ended()
                .filter(|one| by_change(&one.record))
                .map(|one| one.record.id())
                .collect(),
        };
        Ok(triage::need(record.opened_at(), &case.short, &around))
    }

    /// What is concerned.
    pub(super) fn view(&self, case: &Case<'_>) -> Result<ConcernView, CommandError> {
        let mut ids: Vec<RecordId> = self.places().into_iter().map(|(ci, _)| ci).collect();
        let mut open: Vec<&Found> =
            self.found.iter().filter(|found| is_running(&found.row)).collect();
        open.sort_by_key(|found| {
            (found.place, found.row.priority, Reverse(found.row.opened_at), found.row.id)
        });
        let more_open = open.len().saturating_sub(case.most);
        open.truncate(case.most);
        ids.extend(open.iter().map(|found| found.row.id));
        let refs = case.refs(&ids)?;
        let reference = |id: RecordId| refs.get(&id).cloned().unwrap_or_else(|| unknown(id));
        let node = |ci: RecordId, depth, via, relation| {
            let row = self.rows.get(&ci);
            CiNode {
                record: reference(ci),
                class: row.and_then(|row| row.category.clone()),
                criticality: row.and_then(|row| row.criticality),
                environment: row.and_then(|row| row.environment.clone()),
                depth,
                via,
                relation,
            }
        };
        let reached = |reach: &Reach| {
            let nodes = reach.reached.iter();
            nodes.map(|one| node(one.ci, one.depth, Some(one.via), Some(one.rel))).collect()
        };
        let named = self.named.iter().map(|ci| NamedCi {
            ci: node(*ci, 0, None, None),
            next: format!(
                "gitsm edit {} --set {}",
                case.short,
                argument(&format!("cis+={}", self.name(*ci)))
            ),
        });
        Ok(ConcernView {
            cis: self.own.iter().map(|ci| node(*ci, 0, None, None)).collect(),
            named: named.collect(),
            affected: reached(&self.affected),
            more_affected: self.affected.cut,
            causes: reached(&self.causes),
            more_causes: self.causes.cut,
            open: open
                .into_iter()
                .map(|found| OnTheWay {
                    record: reference(found.row.id),
                    priority: found.row.priority,
                    opened_at: found.row.opened_at,
                    ci: reference(found.ci),
                    place: found.place,
                })
                .collect(),
            more_open,
        })
    }
}

/// The items that contribute to the ticket or to a problem that it is linked
/// to, each with that problem.
fn contributing(case: &Case<'_>) -> Result<Vec<Reached>, CommandError> {
    let id = case.record.id();
    let incoming = case.index.links_to(id)?;
    let mut problems: BTreeSet<RecordId> = case.linked(&incoming).into_keys().collect();
    problems.retain(|other| other.kind() == Kind::Problem && *other != id);
    let linked = load(case, &problems.into_iter().collect::<Vec<_>>())?;
    let mut found: BTreeMap<RecordId, Reached> = BTreeMap::new();
    for problem in std::iter::once(&case.record).chain(&linked) {
        for ci in triage::contributing(problem) {
            let via = problem.id();
            found.entry(ci).or_insert(Reached { ci, depth: 1, via, rel: Relation::CausedBy });
        }
    }
    // An item that no longer exists, or is out of use, causes nothing.
    let mut used = Vec::new();
    for one in found.into_values() {
        if case.index.row(one.ci)?.is_some_and(|row| row.state != StateCategory::Closed) {
            used.push(one);
        }
    }
    Ok(used)
}

/// Whether a ticket is open; a change counts only once it is carried out.
fn is_running(row: &Row) -> bool {
    row.state.is_open() && (row.kind != Kind::Change || row.started_at.is_some())
}

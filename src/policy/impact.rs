//! What fails with a configuration item, and what it fails with.
//!
//! After the relation graph of iTop: an impact runs from the supplier to the
//! consumer, a breadth-first walk ends ten steps away, and each item is reached
//! once, so that circles do no harm. What must not be reached (items out of
//! use) also stops the walk.

use std::collections::{BTreeMap, HashSet};

use crate::model::{Link, RecordId, Relation};

/// How many steps are followed, as in iTop's relation graph.
pub const DEPTH: usize = 10;

/// The way in which a walk follows impacts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To what fails with it.
    Downstream,
    /// To what it fails with: the possible causes.
    Upstream,
}

/// One end of a stored relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The record that holds the relation.
    From,
    /// The record that it leads to.
    To,
}

/// The end that fails if the other one does; `None` where a relation carries no
/// impact.
///
/// What depends on another item or runs on it fails with that item; what has
/// a component fails with it. Items that merely exchange data do not: iTop
/// follows a connection from the network device only, and ours does not say
/// which end that is.
pub const fn consumer(relation: Relation) -> Option<End> {
    match relation {
        Relation::DependsOn | Relation::RunsOn => Some(End::From),
        Relation::PartOf => Some(End::To),
        _ => None,
    }
}

/// The end at which a walk in this way finds an item whose relation it follows.
pub const fn near_end(relation: Relation, way: Way) -> Option<End> {
    match (consumer(relation), way) {
        (Some(End::From), Way::Downstream) | (Some(End::To), Way::Upstream) => Some(End::To),
        (Some(End::To), Way::Downstream) | (Some(End::From), Way::Upstream) => Some(End::From),
        (None, _) => None,
    }
}

/// A relation between two items as it is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tie {
    pub from: RecordId,
    pub link: Link,
}

impl Tie {
    /// The item from which a walk in this way comes, and the one to which it
    /// goes.
    fn step(&self, way: Way) -> Option<(RecordId, RecordId)> {
        Some(match near_end(self.link.rel, way)? {
            End::From => (self.from, self.link.to),
            End::To => (self.link.to, self.from),
        })
    }
}

/// An item that was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reached {
    pub ci: RecordId,
    /// How many steps away, at least 1.
    pub depth: usize,
    /// The item before it on a shortest way.
    pub via: RecordId,
    /// The relation that led to it.
    pub rel: Relation,
}

/// Where a walk led.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The items, the nearest first, then by id; the sources are not among them.
    pub reached: Vec<Reached>,
    /// Whether the walk ended before it was through.
    pub cut: bool,
}

impl Reach {
    /// The way through all of `self`, one step away, and on through what was
    /// reached from there.
    #[must_use]
    pub fn then(mut self, beyond: Self) -> Self {
        let further = beyond.reached.into_iter().map(|one| Reached { depth: one.depth + 1, ..one });
        self.reached.extend(further.filter(|one| one.depth <= DEPTH));
        self.cut |= beyond.cut;
        self
    }

    /// Both walks as one: each item by the shorter way, `sources` not among
    /// them, and not more than `most`.
    #[must_use]
    pub fn beside(self, other: &Self, sources: &[RecordId], most: usize) -> Self {
        let cut = self.cut || other.cut;
        let mut by_item: BTreeMap<RecordId, Reached> = BTreeMap::new();
        for one in self.reached.iter().chain(&other.reached) {
            let known = by_item.entry(one.ci).or_insert(*one);
            if one.depth < known.depth {
                *known = *one;
            }
        }
        by_item.retain(|ci, _| !sources.contains(ci));
        let mut reached: Vec<Reached> = by_item.into_values().collect();
        reached.sort_by_key(|one| (one.depth, one.ci));
        let cut = cut || reached.len() > most;
        reached.truncate(most);
        Self { reached, cut }
    }
}

/// Walks from `sources` and stops when `most` items were reached. `ties` gives
/// the relations of some items that lead in the wanted way; it may give others.
///
/// Which items are reached does not depend on the order of what it gives.
///
/// # Errors
///
/// Whatever `ties` fails with.
pub fn reach<E>(
    sources: &[RecordId],
    way: Way,
    most: usize,
    mut ties: impl FnMut(&[RecordId]) -> Result<Vec<Tie>, E>,
) -> Result<Reach, E> {
    let mut seen: HashSet<RecordId> = sources.iter().copied().collect();
    let mut frontier: Vec<RecordId> = seen.iter().copied().collect();
    frontier.sort();
    let mut reach = Reach::default();
    for depth in 1..=DEPTH {
        // By id, and of several ways to an item the least.
        let mut next: BTreeMap<RecordId, (RecordId, Relation)> = BTreeMap::new();
        for tie in ties(&frontier)? {
            let Some((via, ci)) = tie.step(way) else { continue };
            if seen.contains(&ci) || frontier.binary_search(&via).is_err() {
                continue;
            }
            let step = (via, tie.link.rel);
            next.entry(ci).and_modify(|known| *known = step.min(*known)).or_insert(step);
        }
        frontier.clear();
        for (ci, (via, rel)) in next {
            if reach.reached.len() == most {
                reach.cut = true;
                return Ok(reach);
            }
            seen.insert(ci);
            frontier.push(ci);
            reach.reached.push(Reached { ci, depth, via, rel });
        }
        if frontier.is_empty() {
            return Ok(reach);
        }
    }
    // Whether anything lies further away.
    let beyond = ties(&frontier)?;
    reach.cut = beyond.iter().filter_map(|tie| tie.step(way)).any(|(_, ci)| !seen.contains(&ci));
    Ok(reach)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use proptest::prelude::*;

    use super::*;
    use crate::model::Kind;

    fn ci(n: u128) -> RecordId {
        RecordId::new(Kind::Ci, ulid::Ulid::from(n))
    }

    fn tie(from: u128, rel: Relation, to: u128) -> Tie {
        Tie { from: ci(from), link: Link { rel, to: ci(to) } }
    }

    fn walk(ties: &[Tie], sources: &[u128], way: Way, most: usize) -> Reach {
        let sources: Vec<RecordId> = sources.iter().map(|n| ci(*n)).collect();
        match reach(&sources, way, most, |_| Ok::<_, Infallible>(ties.to_vec())) {
            Ok(reach) => reach,
            Err(never) => match never {},
        }
    }

    fn reached(ties: &[Tie], source: u128, way: Way) -> Vec<(u128, usize)> {
        let reach = walk(ties, &[source], way, 1000);
        reach.reached.iter().map(|one| (u128::from(one.ci.ulid()), one.depth)).collect()
    }

    #[test]
    fn impact_runs_from_supplier_to_consumer() {
        // An application on a virtual machine on a host, part of a service.
        let ties = [
            tie(1, Relation::RunsOn, 2),
            tie(2, Relation::RunsOn, 3),
            tie(1, Relation::PartOf, 4),
            tie(1, Relation::ConnectsTo, 5),
        ];
        assert_eq!(reached(&ties, 3, Way::Downstream), [(2, 1), (1, 2), (4, 3)]);
        assert_eq!(reached(&ties, 4, Way::Downstream), []);
        assert_eq!(reached(&ties, 4, Way::Upstream), [(1, 1), (2, 2), (3, 3)]);
        assert_eq!(reached(&ties, 5, Way::Downstream), []);
    }

    #[test]
    fn two_ways_reach_an_item_once_and_circles_end() {
        let ties = [
            tie(2, Relation::DependsOn, 1),
            tie(3, Relation::DependsOn, 1),
            tie(4, Relation::DependsOn, 2),
            tie(4, Relation::DependsOn, 3),
            tie(1, Relation::DependsOn, 4),
        ];
        assert_eq!(reached(&ties, 1, Way::Downstream), [(2, 1), (3, 1), (4, 2)]);
        assert_eq!(reached(&ties, 1, Way::Upstream), [(4, 1), (2, 2), (3, 2)]);
    }

    #[test]
    fn a_walk_ends_after_ten_steps_or_enough_items() {
        let chain: Vec<Tie> = (1..20).map(|n| tie(n + 1, Relation::DependsOn, n)).collect();
        let far = walk(&chain, &[1], Way::Downstream, 1000);
        assert_eq!((far.reached.len(), far.cut), (10, true));
        let near = walk(&chain, &[12], Way::Downstream, 1000);
        assert_eq!((near.reached.len(), near.cut), (8, false));
        let few = walk(&chain, &[1], Way::Downstream, 3);
        assert_eq!((few.reached.len(), few.cut), (3, true));
    }

    #[test]
    fn two_walks_are_one_by_the_shorter_ways() {
        let ties = [
            tie(1, Relation::DependsOn, 2),
            tie(2, Relation::DependsOn, 3),
            tie(7, Relation::DependsOn, 3),
            tie(3, Relation::DependsOn, 1),
            tie(3, Relation::DependsOn, 4),
        ];
        let first = Reached { ci: ci(7), depth: 1, via: ci(9), rel: Relation::CausedBy };
        let beyond = walk(&ties, &[7], Way::Upstream, 9);
        let beyond = Reach { reached: vec![first], cut: false }.then(beyond);
        let own = walk(&ties, &[1], Way::Upstream, 9);
        let shown = |reach: Reach| -> (Vec<(u128, usize, u128)>, bool) {
            let number = |id: RecordId| u128::from(id.ulid());
            let all = reach.reached.iter();
            (all.map(|one| (number(one.ci), one.depth, number(one.via))).collect(), reach.cut)
        };
        assert_eq!(
            shown(own.clone().beside(&beyond, &[ci(1)], 9)),
            (vec![(2, 1, 1), (7, 1, 9), (3, 2, 2), (4, 3, 3)], false)
        );
        assert_eq!(shown(own.beside(&beyond, &[ci(1)], 2)), (vec![(2, 1, 1), (7, 1, 9)], true));
    }

    fn any_ties() -> impl Strategy<Value = Vec<Tie>> {
        let rel = prop_oneof![
            Just(Relation::DependsOn),
            Just(Relation::RunsOn),
            Just(Relation::PartOf),
            Just(Relation::ConnectsTo)
        ];
        prop::collection::vec((0u128..12, rel, 0u128..12), 0..30)
            .prop_map(|ties| ties.into_iter().map(|(a, rel, b)| tie(a, rel, b)).collect())
    }

    proptest! {
        #[test]
        fn the_order_of_relations_does_not_matter(ties in any_ties(), source in 0u128..12) {
            let mut turned = ties.clone();
            turned.reverse();
            for way in [Way::Downstream, Way::Upstream] {
                prop_assert_eq!(
                    walk(&ties, &[source], way, 5), walk(&turned, &[source], way, 5)
                );
            }
        }

        #[test]
        fn one_is_downstream_of_what_is_upstream_of_it(ties in any_ties()) {
            for source in 0..12 {
                for (other, depth) in reached(&ties, source, Way::Downstream) {
                    prop_assert!(reached(&ties, other, Way::Upstream).contains(&(source, depth)));
                }
            }
        }
    }
}

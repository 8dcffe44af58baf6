//! What might be like a ticket, against brute force on random desks.

use std::collections::BTreeSet;

use proptest::prelude::*;

use super::filled;
use super::random::{desk, id, name, time, value, word};
use crate::index::likeness::{Familiar, alike, around, items_named, newest_like, newest_on, ties};
use crate::index::write::Entry;
use crate::model::{Kind, Link, PersonId, RecordId, Relation, StateCategory, same_but_case};
use crate::policy::impact::{Tie, Way, near_end};
use crate::query::{TextPart, tokens};

/// Whether the record holds the word where likeness is looked for.
fn holds(entry: &Entry, word: &str) -> bool {
    [TextPart::Title, TextPart::Description, TextPart::Cause, TextPart::Workaround]
        .into_iter()
        .any(|part| entry.text.part(part).split_whitespace().any(|held| held == word))
}

fn concerns(entry: &Entry, ci: RecordId) -> bool {
    let link = Link { rel: Relation::CausedBy, to: ci };
    entry.row.cis.contains(&ci) || entry.row.links.contains(&link)
}

fn same(ours: Option<&str>, theirs: Option<&str>) -> bool {
    matches!((ours, theirs), (Some(ours), Some(theirs)) if same_but_case(ours, theirs))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn words_lead_to_the_records_that_hold_them(
        entries in desk(),
        texts in proptest::collection::btree_set(word(), 0..5),
        common in 0usize..12,
    ) {
        let db = filled(&entries);
        let words: BTreeSet<String> = texts.iter().flat_map(|text| tokens(text)).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let count = |word: &str| entries.iter().filter(|entry| holds(entry, word)).count();
        let counts: Vec<Option<usize>> =
            words.iter().map(|word| Some(count(word)).filter(|count| *count <= common)).collect();
        let weigh = |counts: &[Option<usize>]| {
            counts.iter().map(|count| count.map_or(0.0, |count| 10.0 / (count as f64 + 1.0))).collect()
        };
        let wanted: Vec<(Kind, usize)> = Kind::ALL.into_iter().map(|kind| (kind, 100)).collect();
        let sought: Vec<(&str, usize)> = words.iter().map(|word| (*word, common)).collect();
        let found = alike(&db, &sought, &weigh, &wanted).expect("an answer");
        prop_assert_eq!(&found.counts, &counts);
        let sum = |entry: &Entry| -> f64 {
            let weights: Vec<f64> = weigh(&counts);
            let held = words.iter().zip(weights).zip(&counts);
            held.filter(|((word, _), count)| count.is_some() && holds(entry, word))
                .map(|((_, weight), _)| weight)
                .sum()
        };
        let any = |entry: &&Entry| {
            words.iter().zip(&counts).any(|(word, count)| count.is_some() && holds(entry, word))
        };
        let expected: BTreeSet<RecordId> =
            entries.iter().filter(any).map(|entry| entry.row.id).collect();
        prop_assert_eq!(found.records.iter().copied().collect::<BTreeSet<_>>(), expected);
        let sums: Vec<f64> = found
            .records
            .iter()
            .map(|id| entries.iter().find(|entry| entry.row.id == *id).map_or(0.0, sum))
            .collect();
        prop_assert!(sums.windows(2).all(|pair| pair[0] >= pair[1] - 1e-9), "{:?}", sums);
        // No more of a type than are wanted, and the best of it.
        let few: Vec<(Kind, usize)> = vec![(Kind::Incident, 2)];
        let first = alike(&db, &sought, &weigh, &few).expect("an answer");
        let best = found.records.iter().filter(|id| id.kind() == Kind::Incident).take(2);
        prop_assert_eq!(first.records, best.copied().collect::<Vec<_>>());
    }

    #[test]
    fn tickets_on_an_item_are_those_that_name_it(
        entries in desk(), ci in id(), since in time(),
    ) {
        let db = filled(&entries);
        let ci = RecordId::new(Kind::Ci, ci.ulid());
        let kinds = [Kind::Incident, Kind::Problem];
        let found = newest_on(&db, &[ci], &kinds, 100).expect("an answer");
        let on = |entry: &&Entry| concerns(entry, ci);
        let expected: BTreeSet<RecordId> = entries
            .iter()
            .filter(on)
            .map(|entry| entry.row.id)
            .filter(|id| kinds.contains(&id.kind()))
            .collect();
        prop_assert_eq!(found.len(), expected.len());
        prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
        let late = |entry: &&Entry| {
            let ended = entry.row.resolved_at.or(entry.row.closed_at);
            entry.row.state.is_open()
                || (entry.row.kind == Kind::Change && ended.is_some_and(|ended| ended >= since))
        };
        let found = around(&db, &[ci], since).expect("an answer");
        let expected: BTreeSet<RecordId> =
            entries.iter().filter(on).filter(late).map(|entry| entry.row.id).collect();
        prop_assert!(found.iter().all(|(on, _)| *on == ci));
        prop_assert_eq!(
            found.into_iter().map(|(_, row)| row.id).collect::<BTreeSet<_>>(), expected
        );
    }

    #[test]
    fn familiar_tickets_have_a_value_in_common(
        entries in desk(),
        service in proptest::option::of(value()),
        requester in proptest::option::of(name()),
        category in proptest::option::of(value()),
    ) {
        let db = filled(&entries);
        let familiar = Familiar {
            service: service.as_deref(),
            requester: requester.as_deref(),
            category: category.as_deref(),
        };
        let kinds = [Kind::Incident, Kind::Request, Kind::Problem];
        let found = newest_like(&db, &familiar, &kinds, 100).expect("an answer");
        let expected: BTreeSet<RecordId> = entries
            .iter()
            .map(|entry| &entry.row)
            .filter(|row| kinds.contains(&row.kind))
            .filter(|row| {
                let theirs = row.requester.as_ref().map(PersonId::as_str);
                same(familiar.service, row.service.as_deref())
                    || same(familiar.requester, theirs)
                    || same(familiar.category, row.category.as_deref())
            })
            .map(|row| row.id)
            .collect();
        prop_assert_eq!(found.into_iter().collect::<BTreeSet<_>>(), expected);
    }

    #[test]
    fn ties_are_the_relations_that_carry_an_impact_to_items_in_use(entries in desk(), ci in id()) {
        let db = filled(&entries);
        let ci = RecordId::new(Kind::Ci, ci.ulid());
        let in_use = |id: RecordId| {
            entries.iter().any(|entry| {
                entry.row.id == id && entry.row.state != StateCategory::Closed
            })
        };
        for way in [Way::Downstream, Way::Upstream] {
            let found: BTreeSet<Tie> =
                ties(&db, &[ci], way).expect("an answer").into_iter().collect();
            let mut expected = BTreeSet::new();
            for entry in entries.iter().filter(|entry| entry.row.kind == Kind::Ci) {
                for link in entry.row.links.iter().filter(|link| link.to.kind() == Kind::Ci) {
                    let tie = Tie { from: entry.row.id, link: *link };
                    let leads = near_end(link.rel, way).is_some_and(|end| {
                        use crate::policy::impact::End;
                        let (near, far) = match end {
                            End::From => (tie.from, link.to),
                            End::To => (link.to, tie.from),
                        };
                        near == ci && in_use(far)
                    });
                    if leads {
                        expected.insert(tie);
                    }
                }
            }
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn items_are_found_by_their_whole_names(entries in desk(), names in proptest::collection::vec("[a-c]{1}|crm crash", 0..4)) {
        let db = filled(&entries);
        let mut names = names;
        // Names that are there, in another case.
        names.extend(entries.iter().take(3).map(|entry| entry.row.title.to_uppercase()));
        let found = items_named(&db, &names).expect("an answer");
        for id in &found {
            let entry = entries.iter().find(|entry| entry.row.id == *id).expect("an item");
            prop_assert_eq!(entry.row.kind, Kind::Ci);
            prop_assert!(entry.row.state != StateCategory::Closed);
            prop_assert!(names.iter().any(|name| same_but_case(name, &entry.row.title)));
        }
        for entry in &entries {
            let is_named = names.iter().any(|name| same_but_case(name, &entry.row.title));
            let is_item = entry.row.kind == Kind::Ci && entry.row.state != StateCategory::Closed;
            if is_named && is_item {
                // Of several with one name, one is taken.
                let same = |id: &RecordId| {
                    entries.iter().any(|other| {
                        other.row.id == *id && same_but_case(&other.row.title, &entry.row.title)
                    })
                };
                prop_assert!(found.iter().any(same));
            }
        }
    }
}

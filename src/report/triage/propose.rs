//! What past tickets propose for a new one.

use std::collections::BTreeMap;

use super::score::Scored;
use super::{LISTED, argument, percent};
use crate::model::{PersonId, Record, TeamId};
use crate::outcome::{PartName, Proposal};

/// How many past tickets are asked about each field.
const ASKED: usize = 15;
/// How sure a proposal must be to be made, in percent.
const MADE: u8 = 30;
/// How sure it must be to go against what the ticket says already.
const AGAINST: u8 = 80;
/// An imaginary past ticket, all alike, that has yet another value: few tickets
/// make nobody sure.
const DOUBT: f64 = 100.0 * 100.0;

/// A similar past ticket.
#[derive(Clone, Copy, Debug)]
pub struct Neighbour<'a> {
    /// How like the ticket it is, in percent.
    pub score: u8,
    pub record: &'a Record,
}

/// Whether a past ticket is like enough to the new one to propose anything: what
/// it is about must be alike in some way. Who asked, and when, say nothing of
/// that, though they are all that can be compared where a ticket has no words.
pub fn proposes(scored: &Scored) -> bool {
    const ABOUT: [PartName; 5] =
        [PartName::Text, PartName::Ci, PartName::Service, PartName::Category, PartName::Links];
    scored.score >= LISTED && ABOUT.iter().any(|part| scored.share(*part) > Some(0))
}

/// A field that can be proposed.
struct Field {
    name: &'static str,
    of: fn(&Record) -> Option<String>,
    /// What similar tickets did, before the value.
    said: &'static str,
}

const FIELDS: &[Field] = &[
    Field { name: "team", of: |r| r.team().map(TeamId::to_string), said: "went to" },
    Field { name: "assignee", of: worked, said: "were worked on by" },
    Field { name: "category", of: |r| r.category().map(str::to_owned), said: "are about" },
    Field { name: "service", of: |r| r.service().map(str::to_owned), said: "concern" },
    Field { name: "impact", of: |r| r.impact().map(|l| l.to_string()), said: "had an impact of" },
    Field {
        name: "urgency",
        of: |r| r.urgency().map(|l| l.to_string()),
        said: "had an urgency of",
    },
];

/// Who worked on a ticket.
fn worked(record: &Record) -> Option<String> {
    let resolver = || record.resolution().map(|resolution| &resolution.by);
    record.assignee().or_else(resolver).map(PersonId::to_string)
}

/// What the fields of the ticket should be by the `neighbours`, the most
/// similar first; the surest proposal comes first. `may` says whether a field
/// may have the value today, for people leave. `short` names the ticket in
/// commands.
///
/// Each of the 15 most similar tickets that have a value votes for it with the
/// square of its score, so that few much alike outweigh many hardly alike: a
/// distance-weighted k-nearest-neighbour rule (Dudani, 1976). The confidence is
/// the share of these votes, with one full vote of doubt added, as in the
/// m-estimate of probability (Cestnik, 1990).
pub fn propose(
    ours: &Record,
    short: &str,
    neighbours: &[Neighbour<'_>],
    may: &dyn Fn(&str, &str) -> bool,
) -> Vec<Proposal> {
    let proposed = FIELDS.iter().filter_map(|field| one(field, ours, short, neighbours, may));
    let mut proposals: Vec<Proposal> = proposed.collect();
    proposals.sort_by_key(|proposal| std::cmp::Reverse(proposal.confidence));
    proposals
}

fn one(
    field: &Field,
    ours: &Record,
    short: &str,
    neighbours: &[Neighbour<'_>],
    may: &dyn Fn(&str, &str) -> bool,
) -> Option<Proposal> {
    let now = match field.name {
        "assignee" => ours.assignee().map(PersonId::to_string),
        _ => (field.of)(ours),
    };
    let valued = neighbours.iter().filter_map(|near| {
        let value = (field.of)(near.record)?;
        may(field.name, &value).then_some((near.score, value))
    });
    let mut votes: BTreeMap<String, (u32, usize)> = BTreeMap::new();
    for (score, value) in valued.take(ASKED) {
        let (weight, count) = votes.entry(value).or_default();
        *weight += u32::from(score).pow(2);
        *count += 1;
    }
    let asked = votes.values().map(|(_, count)| count).sum();
    let all: u32 = votes.values().map(|(weight, _)| weight).sum();
    // Of equal ones the first by name.
    let (value, (weight, agree)) =
        votes.into_iter().rev().max_by_key(|(_, (weight, count))| (*weight, *count))?;
    let confidence = percent(f64::from(weight), f64::from(all) + DOUBT);
    let least = if now.is_some() { AGAINST } else { MADE };
    if confidence < least || now.as_ref() == Some(&value) {
        return None;
    }
    let why = match (agree, asked) {
        (1, 1) => format!("the only similar ticket with this field says {value}"),
        _ => format!("{agree} of {asked} similar tickets {} {value}", field.said),
    };
    let next = match field.name {
        "assignee" => format!("gitsm assign {short} {}", argument(&value)),
        "team" => format!("gitsm assign {short} --team {}", argument(&value)),
        name => format!("gitsm edit {short} --set {}", argument(&format!("{name}={value}"))),
    };
    Some(Proposal { field: field.name.to_owned(), value, now, confidence, agree, asked, why, next })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::sample;
    use super::*;

    fn proposed(ours: Value, past: &[(u8, Value)]) -> Vec<String> {
        let ours = sample::incident(1, ours);
        let past: Vec<(u8, Record)> = past
            .iter()
            .enumerate()
            .map(|(at, (score, fields))| (*score, sample::incident(at as u128 + 2, fields.clone())))
            .collect();
        let near: Vec<Neighbour<'_>> =
            past.iter().map(|(score, record)| Neighbour { score: *score, record }).collect();
        propose(&ours, "INC-1", &near, &|_, value| value != "gone")
            .iter()
            .map(|made| format!("{} {}% {} | {}", made.field, made.confidence, made.why, made.next))
            .collect()
    }

    #[test]
    fn the_more_alike_have_more_to_say() {
        let apps = json!({"team": "apps"});
        let infra = json!({"team": "infra"});
        let past = [(90, apps), (40, infra.clone()), (40, infra)];
        // 81 of 81, 16, 16 and 100 of doubt.
        assert_eq!(
            proposed(json!({}), &past),
            ["team 38% 1 of 3 similar tickets went to apps | gitsm assign INC-1 --team apps"]
        );
    }

    #[test]
    fn many_make_sure_and_one_does_not() {
        let past = |count| vec![(80, json!({"category": "app/crm users"})); count];
        assert_eq!(
            proposed(json!({}), &past(1)),
            ["category 39% the only similar ticket with this field says app/crm users \
              | gitsm edit INC-1 --set 'category=app/crm users'"]
        );
        // Only 15 are asked.
        assert_eq!(
            proposed(json!({}), &past(40)),
            ["category 91% 15 of 15 similar tickets are about app/crm users \
              | gitsm edit INC-1 --set 'category=app/crm users'"]
        );
    }

    #[test]
    fn who_left_is_not_proposed_and_who_resolved_is() {
        let resolution = json!({"code": "fixed", "by": "bob"});
        let past = [
            (90, json!({"assignee": "gone"})),
            (90, json!({"resolution": resolution})),
            (90, json!({"assignee": "bob"})),
        ];
        assert_eq!(
            proposed(json!({}), &past),
            ["assignee 62% 2 of 2 similar tickets were worked on by bob | gitsm assign INC-1 bob"]
        );
    }

    #[test]
    fn what_is_set_is_only_doubted_for_good_reason() {
        let past = |count| vec![(60, json!({"impact": "high"})); count];
        assert!(proposed(json!({}), &past(5)).is_empty());
        assert_eq!(
            proposed(json!({}), &past(12)),
            ["impact 81% 12 of 12 similar tickets had an impact of high \
              | gitsm edit INC-1 --set impact=high"]
        );
        assert!(proposed(json!({"impact": "high"}), &past(12)).is_empty());
        assert!(proposed(json!({}), &[]).is_empty());
    }

    proptest! {
        #[test]
        fn the_order_of_equals_does_not_matter(
            mut past in prop::collection::vec((25u8..=100, "[abc]"), 0..15)
        ) {
            let fields = |past: &[(u8, String)]| -> Vec<(u8, Value)> {
                past.iter().map(|(score, team)| (*score, json!({"team": team}))).collect()
            };
            let one = proposed(json!({}), &fields(&past));
            past.reverse();
            prop_assert_eq!(one, proposed(json!({}), &fields(&past)));
        }
    }
}

//! How like a record is to the ticket, part by part.

use std::collections::{BTreeMap, HashSet};

use super::words::{Weighed, distinct};
use super::{DAY, HALF_LIFE, percent};
use crate::model::{Kind, Record, RecordId, Relation, Timestamp, same_but_case};
use crate::outcome::{Part, PartName};

/// The points that each part can have. A part is left out where the ticket has
/// nothing to compare, so that a ticket of a title alone can be matched too.
const TEXT: u8 = 50;
const CI: u8 = 20;
const SERVICE: u8 = 8;
const CATEGORY: u8 = 8;
const REQUESTER: u8 = 4;
const TIME: u8 = 10;
const LINKS: u8 = 30;
/// A problem is worded after its cause, so that its text tells less.
const PROBLEM_TEXT: u8 = 30;

/// Okapi BM25's usual saturation and length normalisation (Robertson and
/// Zaragoza, 2009).
const K1: f64 = 1.2;
const B: f64 = 0.75;
/// A record with up to so many different words is not held to be long.
const SHORT: usize = 40;
/// How many shared words a reader is told.
const TOLD: usize = 6;

/// The ticket that others are compared with.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    pub record: &'a Record,
    /// Its words with their weights.
    pub words: &'a [Weighed],
    /// How many different words it has, with those that are not looked for.
    pub length: usize,
    /// The configuration items around it: its own at 0, those one and two
    /// relations away. With the names.
    pub near: &'a BTreeMap<RecordId, (usize, String)>,
}

/// How like a record is to the ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scored {
    /// In percent.
    pub score: u8,
    pub parts: Vec<Part>,
}

impl Scored {
    /// The share of a part in its points, in percent; `None` if it was not
    /// compared.
    pub fn share(&self, name: PartName) -> Option<u8> {
        let part = self.parts.iter().find(|part| part.part == name)?;
        Some(percent(f64::from(part.points), f64::from(part.of)))
    }
}

/// How like `other` is to the ticket. If it is a problem, `links` says how like
/// the ticket, in percent, those are that are linked to it.
///
/// The score is the weighted mean of the parts' likenesses, as in Gower's
/// general coefficient of similarity (1971): a part that cannot be compared
/// counts neither for nor against.
pub fn score(subject: &Subject<'_>, other: &Record, links: &[u8]) -> Scored {
    let ours = subject.record;
    let mut sums = Sums::default();
    if let Some((likeness, shared)) = text(subject, other) {
        let told: Vec<&str> =
            shared.iter().take(TOLD).map(|word| word.word.text.as_str()).collect();
        let why = match shared.len().saturating_sub(TOLD) {
            0 if told.is_empty() => "no word in common".to_owned(),
            0 => told.join(", "),
            more => format!("{} and {more} more", told.join(", ")),
        };
        let of = if other.kind() == Kind::Problem { PROBLEM_TEXT } else { TEXT };
        sums.add(PartName::Text, of, likeness, why);
    }
    if !subject.near.is_empty() {
        let (likeness, why) = items(subject, other);
        sums.add(PartName::Ci, CI, likeness, why);
    }
    if let Some(service) = ours.service() {
        let same = other.service().is_some_and(|theirs| same_but_case(theirs, service));
        let why = other.service().unwrap_or("none");
        sums.add(PartName::Service, SERVICE, if same { 1.0 } else { 0.0 }, why.to_owned());
    }
    if let Some(category) = ours.category() {
        let likeness = other.category().map_or(0.0, |theirs| levels(category, theirs));
        let why = other.category().unwrap_or("none");
        sums.add(PartName::Category, CATEGORY, likeness, why.to_owned());
    }
    if let Some(requester) = ours.requester()
        && other.kind() != Kind::Problem
    {
        let same = other.requester() == Some(requester);
        let why = other.requester().map_or("none", |person| person.as_str());
        sums.add(PartName::Requester, REQUESTER, if same { 1.0 } else { 0.0 }, why.to_owned());
    }
    if other.kind() == Kind::Problem {
        let (likeness, why) = behind(links);
        sums.add(PartName::Links, LINKS, likeness, why);
    } else {
        let (likeness, why) = nearness(ours.opened_at(), other.opened_at());
        sums.add(PartName::Time, TIME, likeness, why);
    }
    Scored { score: percent(sums.points, sums.of), parts: sums.parts }
}

#[derive(Default)]
struct Sums {
    points: f64,
    of: f64,
    parts: Vec<Part>,
}

impl Sums {
    fn add(&mut self, part: PartName, of: u8, likeness: f64, why: String) {
        let points = f64::from(of) * likeness.clamp(0.0, 1.0);
        self.points += points;
        self.of += f64::from(of);
        self.parts.push(Part { part, points: points.round() as u8, of, why });
    }
}

/// How much of what the ticket's words tell the other record's words tell too,
/// and the words that both hold. `None` if the ticket has no telling word.
///
/// Okapi BM25 with each word counted once, put in relation to a record that
/// holds all the words, so that it is 1 for the same text. A record much longer
/// than the ticket counts less, as it would hold many words anyhow.
fn text<'a>(subject: &Subject<'a>, other: &Record) -> Option<(f64, Vec<&'a Weighed>)> {
    let Subject { words, length, .. } = *subject;
    let telling: Vec<&Weighed> = words.iter().filter(|word| word.weight > 0.0).collect();
    let whole: f64 = telling.iter().map(|word| word.weight).sum();
    if telling.is_empty() {
        return None;
    }
    let theirs: HashSet<String> = distinct(other);
    let shared: Vec<&Weighed> =
        telling.into_iter().filter(|word| theirs.contains(&word.word.text)).collect();
    let held: f64 = shared.iter().map(|word| word.weight).sum();
    let length = theirs.len() as f64 / length.max(SHORT) as f64;
    let factor = (K1 + 1.0) / (1.0 + K1 * (1.0 - B + B * length));
    Some((held / whole * factor.min(1.0), shared))
}

/// The configuration items that contribute to a problem; none for other types.
pub fn contributing(record: &Record) -> impl Iterator<Item = RecordId> {
    let links = record.links().iter();
    links
        .filter(|link| link.rel == Relation::CausedBy && link.to.kind() == Kind::Ci)
        .map(|link| link.to)
}

/// Whether the other record concerns the same configuration items, or such that
/// lie one or two relations away. Those that contribute to a problem count like
/// those that it affects.
fn items(subject: &Subject<'_>, other: &Record) -> (f64, String) {
    let near = |(ci, contributes): (RecordId, bool)| {
        let (steps, name) = subject.near.get(&ci)?;
        Some((*steps, contributes, name.as_str()))
    };
    let affected = other.cis().iter().map(|ci| (*ci, false));
    let nearest = affected.chain(contributing(other).map(|ci| (ci, true))).filter_map(near).min();
    let told = |name: &str, contributes| {
        if contributes { format!("{name}, which contributes to it") } else { name.to_owned() }
    };
    match nearest {
        Some((0, false, name)) => (1.0, format!("also {name}")),
        Some((0, true, name)) => (1.0, told(name, true)),
        Some((1, contributes, name)) => {
            (0.5, format!("{}, one relation away", told(name, contributes)))
        }
        Some((_, contributes, name)) => {
            (0.25, format!("{}, two relations away", told(name, contributes)))
        }
        None if other.cis().is_empty() && contributing(other).next().is_none() => {
            (0.0, "none".to_owned())
        }
        None => (0.0, "others".to_owned()),
    }
}

/// Whether the problem is behind tickets like this one: each of them tells with
/// its likeness, and any of them is enough (a noisy-or; Pearl, 1988).
fn behind(links: &[u8]) -> (f64, String) {
    let mut links = links.to_vec();
    links.sort_unstable();
    let doubt: f64 = links.iter().map(|score| 1.0 - f64::from(*score) / 100.0).product();
    let why = match links.as_slice() {
        [] => "none".to_owned(),
        [one] => format!("a ticket {one}% like it"),
        [.., most] => format!("{} tickets up to {most}% like it", links.len()),
    };
    (1.0 - doubt, why)
}

/// The share of the levels of a category, from the first, that are the same.
fn levels(ours: &str, theirs: &str) -> f64 {
    let count = ours.split('/').count().max(theirs.split('/').count());
    let same = ours
        .split('/')
        .zip(theirs.split('/'))
        .take_while(|(ours, theirs)| same_but_case(ours.trim(), theirs.trim()))
        .count();
    same as f64 / count as f64
}

/// 1 at the same time, a half 30 days away, a third 60 days away.
fn nearness(ours: Timestamp, theirs: Timestamp) -> (f64, String) {
    let gap = ours.seconds().saturating_sub(theirs.seconds());
    let likeness = 1.0 / (1.0 + gap.saturating_abs() as f64 / HALF_LIFE as f64);
    let days = gap.saturating_abs() / DAY;
    let when = if gap < 0 { "later" } else { "before" };
    let why = match days {
        0 => "within a day".to_owned(),
        1 => format!("1 day {when}"),
        days => format!("{days} days {when}"),
    };
    (likeness, why)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::super::sample;
    use super::super::words::{weigh, words};
    use super::*;

    fn compare(ours: &Value, theirs: &Value, near: &[(u128, usize)]) -> Scored {
        let (ours, theirs) =
            (sample::incident(1, ours.clone()), sample::incident(2, theirs.clone()));
        let records: Vec<Option<usize>> = words(&ours).iter().map(|_| Some(2)).collect();
        let weighed = weigh(words(&ours), &records, 100);
        let near = near.iter().map(|(number, steps)| {
            (sample::id(Kind::Ci, *number), (*steps, format!("ci-{number}")))
        });
        let near = near.collect();
        let length = distinct(&ours).len();
        score(&Subject { record: &ours, words: &weighed, length, near: &near }, &theirs, &[])
    }

    fn ci(number: u128) -> String {
        sample::id(Kind::Ci, number).to_string()
    }

    #[test]
    fn the_same_ticket_has_all_points() {
        let one = json!({
            "title": "CRM crashes", "description": "the report aborts", "service": "crm",
            "category": "app/crm", "requester": "bob", "cis": [ci(5)],
        });
        let scored = compare(&one, &one, &[(5, 0)]);
        assert_eq!(scored.score, 100);
        assert!(scored.parts.iter().all(|part| part.points == part.of), "{scored:?}");
        assert_eq!(scored.parts.len(), 6);
    }

    #[test]
    fn parts_say_what_they_are_made_of() {
        let ours = json!({
            "title": "CRM crashes", "category": "app/crm", "requester": "bob", "cis": [ci(5)],
        });
        let theirs = json!({
            "title": "CRM slow", "category": "app/erp", "cis": [ci(6)],
            "opened_at": "2026-10-23T09:00:00Z",
        });
        let scored = compare(&ours, &theirs, &[(5, 0), (6, 1)]);
        let parts: Vec<String> = scored
            .parts
            .iter()
            .map(|part| format!("{} {}/{} {}", part.part.name(), part.points, part.of, part.why))
            .collect();
        assert_eq!(
            parts,
            [
                "text 25/50 crm",
                "CI 10/20 ci-6, one relation away",
                "category 4/8 app/erp",
                "requester 0/4 none",
                "time 5/10 30 days before",
            ]
        );
        // 44 of 92.
        assert_eq!(scored.score, 48);
    }

    #[test]
    fn what_cannot_be_compared_does_not_count() {
        let scored = compare(&json!({"title": "?"}), &json!({"title": "CRM"}), &[]);
        assert_eq!(scored.share(PartName::Text), None);
        assert_eq!(scored.share(PartName::Time), Some(100));
        let scored = compare(&json!({"title": "CRM"}), &json!({"title": "?"}), &[]);
        assert_eq!(scored.share(PartName::Text), Some(0));
    }

    #[test]
    fn a_long_record_that_holds_the_words_among_others_counts_less() {
        let long: Vec<String> = (0..400).map(|n| format!("w{n}")).collect();
        let ours = json!({"title": "CRM crashes"});
        let long = json!({"title": "CRM crashes", "description": long.join(" ")});
        let (short, long) = (compare(&ours, &ours, &[]), compare(&ours, &long, &[]));
        assert_eq!(short.share(PartName::Text), Some(100));
        assert!(long.share(PartName::Text) < Some(40), "{long:?}");
    }

    #[test]
    fn a_problem_behind_similar_tickets_is_likely_to_be_behind_this_one() {
        let ours = sample::incident(1, json!({"title": "CRM crashes"}));
        let weighed = weigh(words(&ours), &[Some(2), Some(2)], 100);
        let near = BTreeMap::new();
        let subject = Subject { record: &ours, words: &weighed, length: 2, near: &near };
        let problem = sample::record(Kind::Problem, 9, json!({"title": "Pool leaks"}));
        let links = |links: &[u8]| {
            let scored = score(&subject, &problem, links);
            let part = scored.parts.last().cloned().expect("links");
            (scored.score, part.points, part.why)
        };
        assert_eq!(links(&[]), (0, 0, "none".to_owned()));
        assert_eq!(links(&[60]), (30, 18, "a ticket 60% like it".to_owned()));
        assert_eq!(links(&[60, 80]), (46, 28, "2 tickets up to 80% like it".to_owned()));
        assert_eq!(links(&[80, 60]), links(&[60, 80]));
    }

    proptest! {
        #[test]
        fn scores_keep_their_bounds_and_the_order_of_words_does_not_matter(
            ours in prop::collection::vec("[a-e]{2}", 0..8),
            theirs in prop::collection::vec("[a-e]{2}", 0..8),
            category in prop::option::of("[ab](/[ab]){0,2}"),
        ) {
            let with = |title: &[String]| json!({"title": title.join(" "), "category": category});
            let turned = |words: &[String]| words.iter().rev().cloned().collect::<Vec<_>>();
            let scored = compare(&with(&ours), &with(&theirs), &[]);
            prop_assert!(scored.score <= 100);
            prop_assert!(scored.parts.iter().all(|part| part.points <= part.of));
            prop_assert_eq!(&scored, &compare(&with(&turned(&ours)), &with(&turned(&theirs)), &[]));
            prop_assert_eq!(compare(&with(&ours), &with(&ours), &[]).score, 100);
        }
    }
}

//! Relations between tickets, by the numbers that they have elsewhere.
//!
//! Only at the end is it known which tickets there are: a row may name one that
//! comes later. What cannot be related is told; it rejects no row.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use indexmap::IndexSet;
use serde_json::Value;

use super::known::Known;
use super::notes::Comment;
use super::plan::Filler;
use super::source::Row;
use super::ticket::Maker;
use crate::app::Session;
use crate::app::link::add_link;
use crate::app::write::Work;
use crate::error::{CommandError, ErrorKind};
use crate::model::{Kind, Link, Record, RecordId, Relation};
use crate::policy::graph;

/// Where relations come from, made ready for one source.
#[derive(Debug)]
pub(super) struct LinkPlan {
    /// The list whose elements tell them; the row itself, if `None`.
    pub(super) list: Option<ListPlan>,
    pub(super) relation: Filler,
    pub(super) to: Filler,
    /// What must stand before a number.
    pub(super) marked: Option<String>,
}

/// A list within a row.
#[derive(Debug)]
pub(super) struct ListPlan {
    /// The slot of the row with the list, as a JSON array.
    pub(super) slot: usize,
    pub(super) element: Comment,
    /// The columns of an element in the order of the slots.
    pub(super) columns: Vec<usize>,
}

/// A relation that a row tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    /// The number of the row's ticket.
    key: String,
    relation: String,
    /// The number of the other one.
    number: String,
}

/// What came of wishes.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// In the direction in which they are kept.
    pub(super) found: IndexSet<(RecordId, Link)>,
    /// Why others cannot be, one sentence each.
    pub(super) told: Vec<String>,
}

impl Maker<'_> {
    /// The relations that a row of ticket `key` tells.
    ///
    /// # Errors
    ///
    /// Why they cannot be read, in words.
    pub(super) fn wishes(&mut self, key: &str, row: &Row) -> Result<Vec<Wish>, String> {
        let mut wishes = Vec::new();
        for plan in &self.plan.links {
            let Some(list) = &plan.list else {
                self.wish(plan, key, row, &mut wishes)?;
                continue;
            };
            let Some(text) = self.plan.says(row.cell(list.slot)) else { continue };
            let elements: Vec<Value> =
                serde_json::from_str(text).map_err(|error| format!("`links`: {error}"))?;
            for element in elements.iter().filter(|element| element.is_object()) {
                let cells = list.element.cells(element, &list.columns, row.line)?;
                self.wish(plan, key, &cells, &mut wishes)?;
            }
        }
        Ok(wishes)
    }

    fn wish(
        &mut self,
        plan: &LinkPlan,
        key: &str,
        row: &Row,
        wishes: &mut Vec<Wish>,
    ) -> Result<(), String> {
        let mut say = |filler: &Filler| -> Result<Option<String>, String> {
            let value = self.plan.value(filler, row, self.find)?;
            Ok(value.as_ref().and_then(Value::as_str).map(str::to_owned))
        };
        let Some(text) = say(&plan.to)? else { return Ok(()) };
        let Some(relation) = say(&plan.relation)? else { return Ok(()) };
        for number in numbers(&text, plan.marked.as_deref()) {
            let number = self.plan.numbered(&number);
            let (key, relation) = (key.to_owned(), relation.clone());
            let wish = Wish { key, relation, number };
            if !wishes.contains(&wish) {
                wishes.push(wish);
            }
        }
        Ok(())
    }
}

/// The numbers in a text: between commas, semicolons and line breaks; or the one
/// after the words `marked`, with which the text must begin.
fn numbers(text: &str, marked: Option<&str>) -> Vec<String> {
    if let Some(marked) = marked {
        let text = text.trim_start();
        let starts = text.get(..marked.len()).is_some_and(|s| s.eq_ignore_ascii_case(marked));
        let rest = text.get(marked.len()..).filter(|_| starts).unwrap_or_default().trim_start();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_');
        let number = rest.split(|c| !is_part(c)).next().unwrap_or_default();
        let number = Some(number.to_owned()).filter(|number| !number.is_empty());
        return number.into_iter().collect();
    }
    let text = text.replace("<br />", "\n").replace("<br>", "\n");
    let parts = text.split([',', ';', '\n']).map(str::trim).filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}

/// Finds the records that are meant. `own` knows those of the type that is
/// imported.
///
/// # Errors
///
/// The desk cannot be read.
pub(super) fn resolve(
    session: &Session,
    kind: Kind,
    wishes: Vec<Wish>,
    own: &dyn Fn(&str) -> Option<RecordId>,
) -> Result<Links, CommandError> {
    let mut links = Links::default();
    let mut others: HashMap<Kind, Known> = HashMap::new();
    for Wish { key, relation, number } in wishes {
        // Of a rejected row nothing more is told.
        let Some(from) = own(&key) else { continue };
        let Ok((rel, inverse)) = Relation::parse_directed(&relation) else { continue };
        let fits = |other: Kind| match inverse {
            false => rel.allows(kind, other),
            true => rel.allows(other, kind),
        };
        let mut to = own(&number).filter(|_| fits(kind));
        for other in Kind::ALL.into_iter().filter(|other| *other != kind && fits(*other)) {
            if to.is_some() {
                break;
            }
            let known = match others.entry(other) {
                Entry::Occupied(known) => known.into_mut(),
                Entry::Vacant(free) => {
                    let mut known = Known::new(session, other)?;
                    known.update(&session.snapshot()?)?;
                    free.insert(known)
                }
            };
            to = known.id(&number);
        }
        match to {
            Some(to) => {
                let (from, to) = graph::stored_direction(from, rel, to, inverse);
                links.found.insert((from, Link { rel, to }));
            }
            None if own(&number).is_some() => links.told.push(format!(
                "{key} is not related to {number}: {} cannot be {relation} {}",
                kind.one(),
                kind.one()
            )),
            None => links.told.push(format!(
                "{key} is not related to {number}: it would be {relation} it, and the desk has \
                 nothing of that number that can be so related"
            )),
        }
    }
    Ok(links)
}

impl Links {
    /// Leaves out what the desk has already; `new` are the records that it does
    /// not have yet.
    ///
    /// # Errors
    ///
    /// The desk cannot be read.
    pub(super) fn leave_out_known(
        &mut self,
        session: &Session,
        new: &[Record],
    ) -> Result<(), CommandError> {
        let new: HashSet<RecordId> = new.iter().map(Record::id).collect();
        for (from, link) in std::mem::take(&mut self.found) {
            if new.contains(&from) || !has(&session.record(from)?, link) {
                self.found.insert((from, link));
            }
        }
        Ok(())
    }

    /// Makes them; how many, and why others may not be.
    ///
    /// # Errors
    ///
    /// A record cannot be read.
    pub(super) fn make(&self, work: &mut Work<'_>) -> Result<(usize, Vec<String>), CommandError> {
        let (mut made, mut refused) = (0, Vec::new());
        for (from, link) in &self.found {
            if work.peek(*from).is_ok_and(|record| has(&record, *link)) {
                continue;
            }
            match add_link(work, *from, link.rel, false, link.to) {
                Ok(()) => made += 1,
                Err(error) if error.kind == ErrorKind::Internal => return Err(error),
                Err(error) => {
                    let (from, to) = (from.short(), link.to.short());
                    refused.push(format!("{from} is not {} {to}: {}", link.rel, error.message));
                }
            }
        }
        Ok((made, refused))
    }
}

fn has(record: &Record, link: Link) -> bool {
    record.links().contains(&link)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_in_texts() {
        for (text, marked, found) in [
            ("PRB1", None, vec!["PRB1"]),
            ("7, 8;9\n10<br>11", None, vec!["7", "8", "9", "10", "11"]),
            (" ", None, vec![]),
            ("Duplicate of #12.", Some("duplicate of #"), vec!["12"]),
            ("duplicate OF #12 and #13", Some("Duplicate of #"), vec!["12"]),
            ("No duplicate of #12", Some("Duplicate of #"), vec![]),
            ("Duplicate of #", Some("Duplicate of #"), vec![]),
            ("é", Some("Duplicate of #"), vec![]),
        ] {
            assert_eq!(numbers(text, marked), found, "{text}");
        }
    }
}

//! Questions about open records that words or commitments answer, in the default
//! order. What lists show is the first of the matches and how many there are, and
//! to be counted, all must be found: lists of numbers, each rising, that are gone
//! through side by side, take a fraction of what looking each record up takes.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::select::{self, Keys};
use super::sql::{self, DEFAULT_ORDER, Sql};
use super::{IndexError, promise, suffice, words};
use crate::query::Filter;

/// From one in so many open records on, all of them are read, in order, and not
/// each that may match looked up: where an index has all that is asked, and where
/// each record must be looked at.
const MANY: usize = 8;
const MANY_LOOKED_AT: usize = 2;

/// What is asked about open records.
pub(super) struct Question {
    /// The expressions of full text that every match satisfies.
    words: Vec<String>,
    /// What one commitment of each match must be, or none may be.
    commitments: Vec<(Sql, bool)>,
    /// All the rest, of which one part is that records are open.
    rest: Vec<Filter>,
}

/// Which records may match, by their numbers, which rise.
enum Candidates {
    These(Vec<i64>),
    AllBut(Vec<i64>),
}

impl Question {
    /// The parts of `filter`; `None` if it asks for more than open records, or for
    /// none that words or commitments tell quicker.
    pub(super) fn of(filter: &Filter) -> Option<Self> {
        let (words, rest) = words::split(filter);
        let parts = match rest? {
            Filter::And(parts) => parts,
            other => vec![other],
        };
        let (mut commitments, mut rest) = (Vec::new(), Vec::new());
        for part in parts {
            match promise::asked(&part) {
                Some(asked) => commitments.extend(asked),
                None => rest.push(part),
            }
        }
        // Where only some must not match, all others are read.
        let is_told = !words.is_empty() || commitments.iter().any(|(_, wanted)| *wanted);
        let is_quick = is_told || !commitments.is_empty() && is_narrow(&rest);
        let is_open = rest.iter().any(suffice::asks_for_open);
        (is_open && is_quick).then_some(Self { words, commitments, rest })
    }

    /// The numbers of the first matches in order, at most `limit`, and how many
    /// there are.
    pub(super) fn answer(
        &self,
        db: &Connection,
        limit: Option<usize>,
    ) -> Result<(Vec<i64>, usize), IndexError> {
        match self.candidates(db)? {
            Candidates::These(numbers) if !self.are_many(db, numbers.len())? => {
                self.looked_up(db, &numbers, limit)
            }
            Candidates::These(numbers) => {
                let is_candidate = |number| numbers.binary_search(&number).is_ok();
                let total = self.asks_no_more().then_some(numbers.len());
                self.walked(db, is_candidate, limit, total)
            }
            Candidates::AllBut(numbers) => {
                let is_candidate = |number| numbers.binary_search(&number).is_err();
                let total = match self.asks_no_more() {
                    true => Some(open(db)?.saturating_sub(numbers.len())),
                    false => None,
                };
                self.walked(db, is_candidate, limit, total)
            }
        }
    }

    /// Looks each candidate up.
    fn looked_up(
        &self,
        db: &Connection,
        numbers: &[i64],
        limit: Option<usize>,
    ) -> Result<(Vec<i64>, usize), IndexError> {
        let Sql { text, params } = self.condition();
        let mut statement = db.prepare_cached(&format!(
            "SELECT {DEFAULT_ORDER}, rec.n FROM rec INDEXED BY rec_held \
             WHERE rec.open = 1 AND rec.n = ? AND {text}"
        ))?;
        let mut keys = Keys::default();
        for number in numbers {
            let params = [Value::from(*number)].into_iter().chain(params.iter().cloned());
            let mut found = statement.query(params_from_iter(params))?;
            if let Some(row) = found.next()? {
                keys.add(row)?;
            }
        }
        let mut found = keys.sorted(limit);
        let total = found.len();
        found.truncate(limit.unwrap_or(usize::MAX));
        Ok((found, total))
    }

    /// Goes through what is open, in the default order; where the `total` is known,
    /// as far as the last one that is wanted.
    fn walked(
        &self,
        db: &Connection,
        is_candidate: impl Fn(i64) -> bool,
        limit: Option<usize>,
        total: Option<usize>,
    ) -> Result<(Vec<i64>, usize), IndexError> {
        let Sql { text, params } = self.in_order();
        let mut statement = db.prepare_cached(&text)?;
        let limit = limit.unwrap_or(usize::MAX);
        let (mut first, mut count) = (Vec::new(), 0);
        let mut found = statement.query(params_from_iter(params))?;
        while let Some(row) = found.next()? {
            let number = row.get(0)?;
            if !is_candidate(number) {
                continue;
            }
            count += 1;
            if first.len() < limit {
                first.push(number);
            } else if total.is_some() {
                break;
            }
        }
        Ok((first, total.unwrap_or(count)))
    }

    /// Reads the numbers of what is open and meets the rest, in the default order.
    pub(super) fn in_order(&self) -> Sql {
        let Sql { text, params } = self.condition();
        // Else another index may be in the same order, and narrower.
        let by = if is_narrow(&self.rest) { "INDEXED BY rec_open" } else { "" };
        let text = format!(
            "SELECT rec.n FROM rec {by} WHERE rec.open = 1 AND {text} ORDER BY {DEFAULT_ORDER}"
        );
        Sql { text, params }
    }

    fn condition(&self) -> Sql {
        sql::condition_of_queue(Some(&Filter::And(self.rest.clone())))
    }

    /// Whether so many are better found by reading all that is open.
    fn are_many(&self, db: &Connection, count: usize) -> Result<bool, IndexError> {
        let is_indexed = is_narrow(&self.rest) || self.rest.iter().any(suffice::is_queue);
        let many = if is_indexed { MANY } else { MANY_LOOKED_AT };
        Ok(count.saturating_mul(many) > open(db)?)
    }

    /// Whether all candidates match, so that they are counted already.
    fn asks_no_more(&self) -> bool {
        self.rest.iter().all(|part| matches!(part, Filter::Or(parts) if suffice::is_open(parts)))
    }

    fn candidates(&self, db: &Connection) -> Result<Candidates, IndexError> {
        let mut candidates = match &self.words[..] {
            [] => Candidates::AllBut(Vec::new()),
            words => Candidates::These(with(db, words)?),
        };
        for (condition, wanted) in &self.commitments {
            candidates = candidates.and(promise::held(db, condition)?, *wanted);
        }
        Ok(candidates)
    }
}

impl Candidates {
    /// Those that also are among `numbers`, or are not if these are not `wanted`.
    fn and(self, mut numbers: Vec<i64>, wanted: bool) -> Self {
        match (self, wanted) {
            (Candidates::These(mut these), _) => {
                these.retain(|number| numbers.binary_search(number).is_ok() == wanted);
                Candidates::These(these)
            }
            (Candidates::AllBut(others), true) => {
                numbers.retain(|number| others.binary_search(number).is_err());
                Candidates::These(numbers)
            }
            (Candidates::AllBut(others), false) => {
                numbers.extend(others);
                numbers.sort_unstable();
                numbers.dedup();
                Candidates::AllBut(numbers)
            }
        }
    }
}

/// How many records are open.
fn open(db: &Connection) -> Result<usize, IndexError> {
    let text = "SELECT coalesce(sum(c), 0) FROM totals WHERE open = 1".to_owned();
    select::number(db, &Sql { text, params: Vec::new() })
}

/// Whether what is open can be read in a narrow index.
fn is_narrow(rest: &[Filter]) -> bool {
    rest.iter().all(suffice::held_suffices)
}

/// The numbers of the open records that hold `words`; they rise.
fn with(db: &Connection, words: &[String]) -> Result<Vec<i64>, IndexError> {
    let text = "SELECT rowid FROM fts_open WHERE fts_open MATCH ? ORDER BY rowid".to_owned();
    let params = vec![Value::Text(words.join(" AND "))];
    select::numbers(db, &Sql { text, params })
}

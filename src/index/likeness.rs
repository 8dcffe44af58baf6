//! What might be like a ticket, and what lies around its configuration items:
//! the few records, of however many, that are worth a closer look.

use std::collections::HashMap;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params, params_from_iter};

use super::rows::{self, COLUMNS, id_at, reversed};
use super::{Index, IndexError, spelling};
use crate::model::{Kind, Link, RecordId, Relation, StateCategory, Timestamp};
use crate::policy::impact::{End, Tie, Way, near_end};
use crate::query::Row;

/// Where words are looked for: what a record is about, but not what was said
/// and done about it.
const ABOUT: &str = "{title description cause workaround}";
/// So many records are fetched by their words, beginning with those of the
/// rarest word.
const FETCHED: usize = 10_000;
/// So many of the best are looked at for the wanted types.
const LOOKED_AT: usize = 2_000;
/// So many of the newest records are looked through for a category.
const RECENT: i64 = 5_000;
/// So many of the newest tickets of a configuration item are looked at.
const ON_ITEM: i64 = 1_000;
/// The newest tickets of a configuration item, with the problems that it
/// contributes to.
const ON: &str = "SELECT n FROM concern WHERE ci = ?1 \
    UNION SELECT src FROM link WHERE dst = ?2 AND dkind = 4 AND rel = 'caused_by' \
    ORDER BY 1 LIMIT ?3";

/// Records that hold words of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alike {
    /// For each word, how many records hold it; `None` if more than were to be
    /// counted.
    pub counts: Vec<Option<usize>>,
    /// The records that hold the most telling words, the best first.
    pub records: Vec<RecordId>,
}

/// What a ticket says about itself besides its text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Familiar<'a> {
    pub service: Option<&'a str>,
    pub requester: Option<&'a str>,
    pub category: Option<&'a str>,
}

impl Index {
    /// The records that hold the most telling of `words`. Each word comes with
    /// the number of records from which it is too common to be counted further.
    /// `weigh` makes the counts into weights; `wanted` are the types with how
    /// many of each.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn alike(
        &self,
        words: &[(&str, usize)],
        weigh: &dyn Fn(&[Option<usize>]) -> Vec<f64>,
        wanted: &[(Kind, usize)],
    ) -> Result<Alike, IndexError> {
        self.ask(|db| alike(db, words, weigh, wanted))
    }

    /// The newest tickets of these types, at most `most` for each of the
    /// configuration items `cis`.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn newest_on(
        &self,
        cis: &[RecordId],
        kinds: &[Kind],
        most: usize,
    ) -> Result<Vec<RecordId>, IndexError> {
        self.ask(|db| newest_on(db, cis, kinds, most))
    }

    /// The newest records of these types that have one of the values in common,
    /// at most `most` for each.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn newest_like(
        &self,
        familiar: &Familiar<'_>,
        kinds: &[Kind],
        most: usize,
    ) -> Result<Vec<RecordId>, IndexError> {
        self.ask(|db| newest_like(db, familiar, kinds, most))
    }

    /// The relations that lead in this way from `cis` to configuration items
    /// that are in use.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn ties(&self, cis: &[RecordId], way: Way) -> Result<Vec<Tie>, IndexError> {
        self.ask(|db| ties(db, cis, way))
    }

    /// For each of `cis`, the open tickets that concern it, and the changes that
    /// ended at or after `since`.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn around(
        &self,
        cis: &[RecordId],
        since: Timestamp,
    ) -> Result<Vec<(RecordId, Row)>, IndexError> {
        self.ask(|db| around(db, cis, since))
    }

    /// The configuration items in use that are called by one of `names`, in
    /// that order.
    ///
    /// # Errors
    /// As [`select`](Self::select).
    pub fn items_named(&self, names: &[String]) -> Result<Vec<RecordId>, IndexError> {
        self.ask(|db| items_named(db, names))
    }
}

pub(super) fn alike(
    db: &Connection,
    words: &[(&str, usize)],
    weigh: &dyn Fn(&[Option<usize>]) -> Vec<f64>,
    wanted: &[(Kind, usize)],
) -> Result<Alike, IndexError> {
    // Counting is much quicker than fetching, and few words are worth the latter.
    let mut counting =
        db.prepare_cached("SELECT count(*) FROM (SELECT 1 FROM fts WHERE fts MATCH ?1 LIMIT ?2)")?;
    let mut counts: Vec<Option<usize>> = Vec::with_capacity(words.len());
    for (word, common) in words {
        let limit = sized(common.saturating_add(1));
        let count: i64 = counting.query_row(params![about(word), limit], |row| row.get(0))?;
        let count = usize::try_from(count).unwrap_or_default();
        counts.push((count <= *common).then_some(count));
    }
    let weights = weigh(&counts);
    // The rarest words lead to records.
    let mut rarest: Vec<(usize, &str, f64)> = words
        .iter()
        .zip(&counts)
        .zip(weights)
        .filter_map(|(((word, _), count), weight)| Some(((*count)?, *word, weight)))
        .collect();
    rarest.sort_by_key(|(count, ..)| *count);
    let mut holding = db.prepare_cached("SELECT rowid FROM fts WHERE fts MATCH ?1")?;
    let mut sums: HashMap<i64, f64> = HashMap::new();
    let mut fetched = 0;
    for (count, word, weight) in rarest {
        if fetched >= FETCHED {
            break;
        }
        fetched += count;
        let mut found = holding.query([about(word)])?;
        while let Some(sql) = found.next()? {
            *sums.entry(sql.get(0)?).or_default() += weight;
        }
    }
    let mut best: Vec<(i64, f64)> = sums.into_iter().collect();
    best.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
    let mut left = wanted.to_vec();
    let mut record = db.prepare_cached("SELECT kind, ulid FROM rec WHERE n = ?1")?;
    let mut records = Vec::new();
    for (n, _) in best.into_iter().take(LOOKED_AT) {
        let mut found = record.query([n])?;
        let Some(sql) = found.next()? else { continue };
        let kind = rows::kind(sql.get(0)?)?;
        if let Some((_, left)) = left.iter_mut().find(|(of, left)| *of == kind && *left > 0) {
            *left -= 1;
            records.push(id_at(sql, 0)?);
        }
        if left.iter().all(|(_, left)| *left == 0) {
            break;
        }
    }
    Ok(Alike { counts, records })
}

/// The question for records that are about a word.
fn about(word: &str) -> String {
    format!("{ABOUT} : \"{}\"", word.replace('"', "\"\""))
}

/// The condition that a record is of one of these types.
fn of_kinds(kinds: &[Kind]) -> String {
    let numbers: Vec<String> = kinds.iter().map(|kind| (*kind as u8).to_string()).collect();
    format!("rec.kind IN ({})", numbers.join(", "))
}

fn sized(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

pub(super) fn newest_on(
    db: &Connection,
    cis: &[RecordId],
    kinds: &[Kind],
    most: usize,
) -> Result<Vec<RecordId>, IndexError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT rec.kind, rec.ulid FROM ({ON}) AS item CROSS JOIN rec ON rec.n = item.n \
         WHERE {} LIMIT ?4",
        of_kinds(kinds)
    ))?;
    let mut ids = Vec::new();
    for ci in cis {
        let rid = reversed(&ci.ulid().to_string());
        let mut found = statement.query(params![ci.to_string(), rid, ON_ITEM, sized(most)])?;
        while let Some(sql) = found.next()? {
            ids.push(id_at(sql, 0)?);
        }
    }
    Ok(ids)
}

pub(super) fn newest_like(
    db: &Connection,
    familiar: &Familiar<'_>,
    kinds: &[Kind],
    most: usize,
) -> Result<Vec<RecordId>, IndexError> {
    let kinds = of_kinds(kinds);
    // No index leads to a category; the newest are looked through.
    let newest =
        format!("(SELECT n, kind, ulid, category FROM rec ORDER BY n LIMIT {RECENT}) AS rec");
    let questions = [
        ("service", "rec INDEXED BY rec_service", familiar.service),
        ("requester", "rec INDEXED BY rec_requester", familiar.requester),
        ("category", newest.as_str(), familiar.category),
    ];
    let mut ids = Vec::new();
    for (column, from, value) in questions {
        let Some(value) = value else { continue };
        let (is_same, value) = spelling::equal(column, "?1", value);
        let mut statement = db.prepare_cached(&format!(
            "SELECT rec.kind, rec.ulid FROM {from} WHERE {is_same} AND {kinds} \
             ORDER BY rec.n LIMIT ?2"
        ))?;
        let mut found = statement.query(params![value, sized(most)])?;
        while let Some(sql) = found.next()? {
            ids.push(id_at(sql, 0)?);
        }
    }
    Ok(ids)
}

pub(super) fn ties(db: &Connection, cis: &[RecordId], way: Way) -> Result<Vec<Tie>, IndexError> {
    let in_use = format!(
        "other.kind = {} AND other.state <> {}",
        Kind::Ci as u8,
        StateCategory::Closed as u8
    );
    let mut ties = Vec::new();
    for end in [End::From, End::To] {
        let relations: Vec<Value> = Relation::ALL
            .into_iter()
            .filter(|relation| near_end(*relation, way) == Some(end))
            .map(|relation| Value::Text(relation.name().to_owned()))
            .collect();
        let marks = vec!["?"; relations.len()].join(", ");
        let sql = match end {
            End::From => format!(
                "SELECT other.kind, other.ulid, link.rel FROM rec \
                 JOIN link ON link.src = rec.n \
                 JOIN rec AS other ON other.rid = link.dst AND other.kind = link.dkind \
                 WHERE rec.rid = ? AND rec.kind = ? AND link.rel IN ({marks}) AND {in_use}"
            ),
            End::To => format!(
                "SELECT other.kind, other.ulid, link.rel FROM link \
                 JOIN rec AS other ON other.n = link.src \
                 WHERE link.dst = ? AND link.dkind = ? AND link.rel IN ({marks}) AND {in_use}"
            ),
        };
        let mut statement = db.prepare_cached(&sql)?;
        for ci in cis {
            let mut params = vec![
                Value::Text(reversed(&ci.ulid().to_string())),
                Value::Integer(i64::from(ci.kind() as u8)),
            ];
            params.extend(relations.iter().cloned());
            let mut found = statement.query(params_from_iter(params))?;
            while let Some(sql) = found.next()? {
                let other = id_at(sql, 0)?;
                let rel: String = sql.get(2)?;
                let rel = rel
                    .parse()
                    .map_err(|_| IndexError::Damaged(format!("`{rel}` is no relation")))?;
                let (from, to) = match end {
                    End::From => (*ci, other),
                    End::To => (other, *ci),
                };
                ties.push(Tie { from, link: Link { rel, to } });
            }
        }
    }
    Ok(ties)
}

pub(super) fn around(
    db: &Connection,
    cis: &[RecordId],
    since: Timestamp,
) -> Result<Vec<(RecordId, Row)>, IndexError> {
    let mut statement = db.prepare_cached(&format!(
        "SELECT {COLUMNS} FROM ({ON}) AS item CROSS JOIN rec ON rec.n = item.n \
         WHERE rec.open = 1 OR (rec.kind = ?4 AND coalesce(rec.resolved, rec.closed) >= ?5)"
    ))?;
    let mut found = Vec::new();
    for ci in cis {
        let rid = reversed(&ci.ulid().to_string());
        let question = params![ci.to_string(), rid, ON_ITEM, Kind::Change as u8, since.seconds()];
        let mut rows = statement.query(question)?;
        while let Some(sql) = rows.next()? {
            found.push((*ci, rows::read(sql)?));
        }
    }
    Ok(found)
}

pub(super) fn items_named(db: &Connection, names: &[String]) -> Result<Vec<RecordId>, IndexError> {
    let mut ids = Vec::new();
    for name in names {
        let (is_name, name) = spelling::equal("ci_name", "?1", name);
        let mut statement = db.prepare_cached(&format!(
            "SELECT kind, ulid FROM rec WHERE kind = 4 AND {is_name} AND state <> ?2 LIMIT 1",
        ))?;
        let question = params![name, StateCategory::Closed as u8];
        let found = statement.query_row(question, |sql| Ok(id_at(sql, 0))).optional()?;
        if let Some(id) = found.transpose()?
            && !ids.contains(&id)
        {
            ids.push(id);
        }
    }
    Ok(ids)
}

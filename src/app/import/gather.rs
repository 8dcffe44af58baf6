//! Reading a source to its end: which rows there are, of which tickets, and
//! which of them cannot be used.

use indexmap::IndexMap;
use indexmap::map::Entry;

use super::mapping::Rows;
use super::plan::Plan;
use super::source::{Next, Row, Source, Unit};
use super::spool::{Spool, Stored};
use crate::error::CommandError;
use crate::model::Timestamp;
use crate::outcome::RejectedRow;

/// What was read.
#[derive(Debug)]
pub(super) struct Gathered {
    /// How many rows there are, blank ones aside.
    pub(super) rows: usize,
    /// How many of them the mapping leaves out.
    pub(super) skipped: usize,
    /// What the rows are counted in.
    pub(super) unit: Unit,
    /// The columns that no row had.
    pub(super) absent: Vec<String>,
    /// The tickets, in order of first appearance.
    pub(super) tickets: IndexMap<String, Ticket>,
    /// Every usable row of an event log, in order of time.
    pub(super) events: Vec<Event>,
    pub(super) rejected: Vec<RejectedRow>,
    pub(super) spool: Spool,
}

/// One ticket of the source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket {
    /// The row that counts, unless each counts; `None` where it cannot be used.
    pub(super) row: Option<Stored>,
    /// The line of the first row.
    line: u64,
}

/// One row of an event log.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    /// When it happened, in seconds since 1970.
    pub(super) at: i64,
    /// The ticket's place among the tickets.
    pub(super) ticket: u32,
    pub(super) row: Stored,
}

/// Looks at a row of an event log: when it happened, if it says so, or why it
/// cannot be used.
pub(super) type Inspect<'a> = &'a mut dyn FnMut(&str, &Row) -> Result<Option<Timestamp>, String>;

/// Reads all rows. `progress` is told how many bytes were read. Events without
/// any time to go by happened at `now`.
///
/// # Errors
///
/// The source cannot be read. Rows that make no sense are no error.
pub(super) fn gather(
    source: &mut dyn Source,
    plan: &Plan,
    now: Timestamp,
    inspect: Inspect<'_>,
    progress: &dyn Fn(u64),
) -> Result<Gathered, CommandError> {
    let mut found = Gathered {
        rows: 0,
        skipped: 0,
        unit: source.unit(),
        absent: Vec::new(),
        tickets: IndexMap::new(),
        events: Vec::new(),
        rejected: Vec::new(),
        spool: Spool::new(),
    };
    let mut times = Vec::new();
    while let Some(next) = source.next(plan.wanted())? {
        found.rows += 1;
        if found.rows.is_multiple_of(1024) {
            progress(source.position());
        }
        found.take(plan, next, inspect, &mut times)?;
    }
    progress(source.position());
    if found.rows > 0 {
        found.absent = source.absent();
    }
    found.order(&times, now);
    Ok(found)
}

impl Gathered {
    fn reject(&mut self, line: u64, key: Option<&str>, reason: String) {
        self.rejected.push(RejectedRow { line, external_id: key.map(str::to_owned), reason });
    }

    fn take(
        &mut self,
        plan: &Plan,
        next: Next,
        inspect: Inspect<'_>,
        times: &mut Vec<Option<i64>>,
    ) -> Result<(), CommandError> {
        let row = match next {
            Next::Row(row) => row,
            Next::Bad { line, key, reason } => {
                let key = key.as_deref().and_then(|key| plan.key_in(key));
                self.reject(line, key.as_deref(), reason);
                if let Some(key) = key {
                    self.bad(plan.rows, &key, line);
                }
                return Ok(());
            }
        };
        let line = row.line;
        match plan.skips(&row) {
            Ok(false) => {}
            Ok(true) => {
                self.skipped += 1;
                return Ok(());
            }
            Err(reason) => {
                self.reject(line, plan.key(&row).as_deref(), reason);
                return Ok(());
            }
        }
        let Some(key) = plan.key(&row) else {
            self.reject(line, None, format!("`{}` is missing", plan.number));
            return Ok(());
        };
        let time = match plan.rows {
            Rows::Events => match inspect(&key, &row) {
                Ok(time) => Some(time),
                Err(reason) => {
                    self.reject(line, Some(&key), reason);
                    return Ok(());
                }
            },
            Rows::One | Rows::Last => None,
        };
        match self.tickets.entry(key) {
            Entry::Occupied(kept) if plan.rows == Rows::One => {
                let (key, first) = (kept.key().clone(), kept.get().line);
                let hint = "`rows: last` takes the last of several rows";
                let place = match self.unit {
                    Unit::Line => format!("on line {first}"),
                    Unit::Element => format!("in element {first}"),
                };
                let reason = format!("the same number stands {place} already; {hint}");
                self.reject(line, Some(&key), reason);
            }
            entry => {
                let at = entry.index();
                let row = self.spool.push(&row)?;
                let first = entry.or_insert(Ticket { row: None, line });
                first.row = Some(row);
                if let Some(time) = time {
                    let ticket = u32::try_from(at).unwrap_or(u32::MAX);
                    self.events.push(Event { at: 0, ticket, row });
                    times.push(time.map(Timestamp::seconds));
                }
            }
        }
        Ok(())
    }

    /// A row of the ticket cannot be used.
    fn bad(&mut self, rows: Rows, key: &str, line: u64) {
        match rows {
            Rows::Events => {}
            // An earlier state must not pass for the last one.
            Rows::Last => {
                let first = self.tickets.entry(key.to_owned());
                first.or_insert(Ticket { row: None, line }).row = None;
            }
            Rows::One => {
                self.tickets.entry(key.to_owned()).or_insert(Ticket { row: None, line });
            }
        }
    }

    /// Gives every event its time and puts them in order of time, those of one
    /// moment in the order of the source.
    ///
    /// An event without a time goes with the row before of its ticket, else
    /// with the row after, else with the row before in the source.
    fn order(&mut self, times: &[Option<i64>], now: Timestamp) {
        let mut times = times.to_vec();
        let mut last: Vec<Option<i64>> = vec![None; self.tickets.len()];
        let mut inherit = |at: usize, times: &mut Vec<Option<i64>>| {
            let ticket = self.events.get(at).map_or(0, |event| event.ticket as usize);
            if let (Some(last), Some(time)) = (last.get_mut(ticket), times.get_mut(at)) {
                *time = time.or(*last);
                *last = *time;
            }
        };
        (0..times.len()).for_each(|at| inherit(at, &mut times));
        (0..times.len()).rev().for_each(|at| inherit(at, &mut times));
        let mut before = now.seconds();
        for (event, time) in self.events.iter_mut().zip(times) {
            before = time.unwrap_or(before);
            event.at = before;
        }
        self.events.sort_by_key(|event| event.at);
    }
}

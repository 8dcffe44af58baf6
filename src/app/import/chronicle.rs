//! An event log as history: one commit for each row, or for each period, by the
//! people of that time.
//!
//! The commits are published in chunks. An import that is killed leaves whole
//! chunks, and the next run finds in the history where it stopped.

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use indexmap::map::Entry;

use super::gather::{Event, Gathered};
use super::known::{Known, Others};
use super::ledger::{self, Ledger};
use super::life::Said;
use super::period::Periods;
use super::source::Row;
use super::ticket::Maker;
use crate::app::Session;
use crate::app::error::unreadable;
use crate::error::{CommandError, ErrorKind};
use crate::format;
use crate::model::{PersonId, Record, RecordId, Timestamp};
use crate::outcome::RejectedRow;
use crate::policy::event::{self, RecordChange};
use crate::store::{CommitId, FileChange, Identity, Series, SeriesCommit, Snapshot, WriteOptions};

/// How many rows are published together, unless `git config gitsm.importChunk`
/// says otherwise.
const CHUNK: usize = 10_000;
/// How many open tickets are kept at hand.
const OPEN: usize = 20_000;

/// What is to be written, and how far the writing is.
pub(super) struct Chronicle<'a, 'm> {
    session: &'a Session,
    maker: &'a mut Maker<'m>,
    gathered: &'a mut Gathered,
    periods: Periods,
    /// What the source is called in commits.
    source: String,
    known: Known,
    /// The record of each ticket, once there is one.
    ids: Vec<Option<RecordId>>,
    /// The event before of the same ticket, for each event.
    before: Vec<Option<u32>>,
    /// The events that are not in the history yet, in order.
    todo: Vec<u32>,
    /// How many of them are published.
    done: usize,
    /// How many rows are published together.
    chunk: usize,
    /// The trunk when the last chunk was published.
    head: Option<CommitId>,
    /// Tickets that are still open, as the newest commit has them.
    open: HashMap<u32, (Record, Said)>,
    /// Tickets that got their record in the chunk at work.
    fresh: Vec<u32>,
    /// Tickets that got a further event in it.
    further: BTreeSet<u32>,
    /// Tickets that got their record.
    made: BTreeSet<u32>,
    /// Rows that come too late, as of the last look at the history.
    late: Vec<RejectedRow>,
    people: HashMap<PersonId, (String, String)>,
    /// Tickets that are others than those of the desk with their numbers.
    pub(super) others: Others,
    pub(super) tally: Tally,
}

/// What was found and done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Tickets that are new.
    pub(super) created: usize,
    /// Tickets of the desk with new rows.
    pub(super) updated: usize,
    /// Tickets of the desk without.
    pub(super) present: usize,
    /// Rows that are not in the history yet.
    pub(super) events: usize,
    /// Commits that were made.
    pub(super) commits: usize,
}

impl<'a, 'm> Chronicle<'a, 'm> {
    /// Finds out what is new. Rows that come too late are rejected.
    ///
    /// # Errors
    ///
    /// The desk cannot be read.
    pub(super) fn new(
        session: &'a Session,
        maker: &'a mut Maker<'m>,
        gathered: &'a mut Gathered,
        known: Known,
        periods: Periods,
        source: &str,
    ) -> Result<Self, CommandError> {
        let chunk = session.store.config("gitsm.importChunk").and_then(|text| text.parse().ok());
        let mut chronicle = Self {
            session,
            maker,
            ids: vec![None; gathered.tickets.len()],
            before: Vec::new(),
            gathered,
            periods,
            source: label(source),
            known,
            todo: Vec::new(),
            done: 0,
            chunk: chunk.unwrap_or(CHUNK).max(1),
            head: None,
            open: HashMap::new(),
            fresh: Vec::new(),
            further: BTreeSet::new(),
            made: BTreeSet::new(),
            late: Vec::new(),
            people: HashMap::new(),
            others: Others::default(),
            tally: Tally::default(),
        };
        chronicle.chain();
        chronicle.sift(&session.snapshot()?)?;
        Ok(chronicle)
    }

    /// Links each event to the one before of its ticket.
    fn chain(&mut self) {
        let mut last = vec![None; self.gathered.tickets.len()];
        for (at, event) in (0..).zip(&self.gathered.events) {
            let last = last.get_mut(event.ticket as usize);
            self.before.push(last.and_then(|last| last.replace(at)));
        }
    }

    /// Finds the events that `snapshot`'s history does not have.
    fn sift(&mut self, snapshot: &Snapshot<'_>) -> Result<(), CommandError> {
        self.known.update(snapshot)?;
        for (id, number) in self.ids.iter_mut().zip(self.gathered.tickets.keys()) {
            *id = self.known.id(number);
        }
        self.find_others()?;
        let any = self.ids.iter().any(Option::is_some);
        let ledger = match snapshot.commit().filter(|_| any) {
            Some(head) => Ledger::read(&self.session.store, head)?,
            None => Ledger::default(),
        };
        let mut counters: Vec<_> =
            self.ids.iter().map(|id| id.and_then(|id| ledger.of(id))).collect();
        self.todo.clear();
        let mut late = Vec::new();
        for (number, event) in (0..).zip(&self.gathered.events) {
            let ticket = event.ticket as usize;
            let row = match (self.ids.get(ticket), counters.get_mut(ticket)) {
                (Some(None), _) => ledger::Row::New,
                _ if self.number(event.ticket).is_some_and(|number| self.others.has(number)) => {
                    ledger::Row::Known
                }
                (_, Some(Some(counter))) => counter.next(event.at),
                // Made by a person or by another kind of import: left alone.
                _ => ledger::Row::Known,
            };
            match row {
                ledger::Row::New => self.todo.push(number),
                ledger::Row::Known => {}
                ledger::Row::Late(until) => late.push((*event, until)),
            }
        }
        self.late.clear();
        for (event, until) in late {
            let row = self.gathered.spool.get(event.row)?;
            let (at, until) = (Timestamp::from_seconds(event.at), Timestamp::from_seconds(until));
            let reason = format!(
                "it happened at {at}, but the ticket's history was imported up to {until} already"
            );
            let external_id = self.number(event.ticket).map(str::to_owned);
            self.late.push(RejectedRow { line: row.line, external_id, reason });
        }
        self.count();
        Ok(())
    }

    /// Finds the tickets whose numbers the desk gave to others.
    fn find_others(&mut self) -> Result<(), CommandError> {
        for ((number, ticket), id) in self.gathered.tickets.iter().zip(&self.ids) {
            let Some(row) = ticket.row.filter(|_| id.is_some()) else { continue };
            let opened = self.maker.plan.opened(&self.gathered.spool.get(row)?);
            if let Some(id) = self.known.other(number, opened) {
                self.others.add(number, id);
            }
        }
        Ok(())
    }

    fn number(&self, ticket: u32) -> Option<&str> {
        self.gathered.tickets.get_index(ticket as usize).map(|(number, _)| number.as_str())
    }

    fn count(&mut self) {
        let mut with_rows = vec![false; self.ids.len()];
        for event in self.todo.iter().filter_map(|at| self.gathered.events.get(*at as usize)) {
            if let Some(flag) = with_rows.get_mut(event.ticket as usize) {
                *flag = true;
            }
        }
        let count = |known: bool, rows: bool| {
            let tickets = self.ids.iter().zip(&with_rows);
            tickets.filter(|(id, with)| id.is_some() == known && **with == rows).count()
        };
        self.tally.created = count(false, true);
        self.tally.updated = count(true, true);
        self.tally.present = count(true, false);
        self.tally.events = self.todo.len();
    }

    /// The rows that cannot be used.
    pub(super) fn rejected(&self) -> Vec<RejectedRow> {
        self.gathered.rejected.iter().chain(&self.late).cloned().collect()
    }

    /// The records that were made.
    pub(super) fn made(&self) -> Vec<RecordId> {
        self.made.iter().filter_map(|ticket| *self.ids.get(*ticket as usize)?).collect()
    }

    /// Writes everything that is new; the commit that the trunk is at then.
    ///
    /// # Errors
    ///
    /// The desk cannot be written. What was published stays.
    pub(super) fn write(&mut self) -> Result<Option<CommitId>, CommandError> {
        let committer = self.session.committer()?;
        let options =
            WriteOptions { command: "gitsm import".to_owned(), ..WriteOptions::default() };
        let store = std::rc::Rc::clone(&self.session.store);
        let mut further = BTreeSet::new();
        let mut tally = Tally::default();
        // Even with nothing to do, what an interrupted import left is finished.
        loop {
            self.session.progress("writing", self.done as u64, self.todo.len() as u64);
            let appended = store
                .append(&options, |snapshot, series| self.chunk(snapshot, series, &committer))?;
            let (done, rows) = appended.value;
            self.done = done;
            self.head = Some(appended.commit);
            self.made.extend(self.fresh.drain(..));
            further.append(&mut self.further);
            tally.events += rows;
            tally.commits += appended.commits;
            if self.done >= self.todo.len() {
                break;
            }
        }
        self.session.progress("writing", self.done as u64, self.todo.len() as u64);
        tally.created = self.made.len();
        tally.updated = further.difference(&self.made).count();
        let known = self.ids.iter().filter(|id| id.is_some()).count();
        tally.present = known.saturating_sub(tally.created + tally.updated);
        self.tally = tally;
        Ok(self.head.filter(|_| tally.commits > 0))
    }

    /// Adds the commits of one chunk; how many events of the list are done then,
    /// and how many rows the chunk has.
    fn chunk(
        &mut self,
        snapshot: &Snapshot<'_>,
        series: &mut Series<'_>,
        committer: &Identity,
    ) -> Result<(usize, usize), CommandError> {
        // An attempt that came to nothing leaves nothing.
        for ticket in self.fresh.drain(..) {
            if let Some(id) = self.ids.get_mut(ticket as usize) {
                *id = None;
            }
        }
        self.further.clear();
        let mut done = self.done;
        let head = self.head.take();
        if head.is_none() || head != snapshot.commit() {
            self.open.clear();
            if self.others_imported(head, snapshot)? {
                self.sift(snapshot)?;
                done = 0;
            }
        }
        let start = done;
        while done < self.todo.len() && done - start < self.chunk && !series.is_full() {
            let end = self.batch(done);
            let numbers: Vec<u32> = self.todo.get(done..end).unwrap_or_default().to_vec();
            self.commit(series, &numbers, committer)?;
            done = end;
        }
        Ok((done, done - start))
    }

    /// Whether somebody else imported events since we last looked.
    fn others_imported(
        &self,
        since: Option<CommitId>,
        snapshot: &Snapshot<'_>,
    ) -> Result<bool, CommandError> {
        let (Some(since), Some(head)) = (since, snapshot.commit()) else { return Ok(true) };
        if !self.session.store.is_ancestor(since, head)? {
            return Ok(true);
        }
        for info in self.session.store.history(Some(since), head)? {
            if ledger::is_import(&info?) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where the commit that begins with event `start` of the list ends.
    fn batch(&self, start: usize) -> usize {
        let period = |at: usize| {
            let event = self.gathered.events.get(*self.todo.get(at)? as usize)?;
            self.periods.of(Timestamp::from_seconds(event.at))
        };
        let Some(first) = period(start) else { return start + 1 };
        (start + 1..self.todo.len())
            .find(|at| period(*at) != Some(first))
            .unwrap_or(self.todo.len())
    }

    /// Adds one commit.
    fn commit(
        &mut self,
        series: &mut Series<'_>,
        numbers: &[u32],
        committer: &Identity,
    ) -> Result<(), CommandError> {
        let mut changed: IndexMap<u32, (Option<Record>, Record)> = IndexMap::new();
        let mut people = BTreeSet::new();
        let mut lines: Option<(u64, u64)> = None;
        let mut last = committer.at;
        for number in numbers {
            let Some(event) = self.gathered.events.get(*number as usize).copied() else { continue };
            let row = self.gathered.spool.get(event.row)?;
            let (first, end) = lines.unwrap_or((row.line, row.line));
            lines = Some((first.min(row.line), end.max(row.line)));
            last = event.at;
            let so_far = changed.get(&event.ticket).map(|(_, after)| after);
            let (before, after, by) = self.step(series, so_far, *number, event, &row)?;
            people.insert(by);
            match changed.entry(event.ticket) {
                Entry::Occupied(mut change) => change.get_mut().1 = after,
                Entry::Vacant(change) => drop(change.insert((before, after))),
            }
        }
        let actor = match people.pop_first() {
            Some(one) if people.is_empty() => one,
            _ => self.maker.actor.clone(),
        };
        let changes: Vec<RecordChange<'_>> = changed
            .values()
            .map(|(before, after)| RecordChange { before: before.as_ref(), after })
            .collect();
        let batch = (numbers.len() > 1).then_some("import");
        let mut message = event::message(self.maker.policy, &changes, batch, &actor);
        let (first, end) = lines.unwrap_or_default();
        message.push_str(&ledger::trailer(&self.source, first, end, numbers.len()));
        let mut files = Vec::with_capacity(changed.len());
        for (_, after) in changed.values() {
            let text = format::write_record(after)
                .map_err(|error| unreadable(&after.id().path(), &error))?;
            files.push(FileChange { path: after.id().path(), content: Some(text.into_bytes()) });
        }
        let author = self.identity(&actor, last)?;
        let committer = committer.clone();
        Ok(series.commit(SeriesCommit { changes: files, message, author, committer })?)
    }

    /// The record before and after an event, and who did it.
    fn step(
        &mut self,
        series: &Series<'_>,
        so_far: Option<&Record>,
        number: u32,
        event: Event,
        row: &Row,
    ) -> Result<(Option<Record>, Record, PersonId), CommandError> {
        let ticket = event.ticket;
        let at = Timestamp::from_seconds(event.at);
        let unit = self.gathered.unit;
        let wrong = |reason: String| {
            CommandError::invalid(format!("{unit} {}: {reason}", row.line))
                .hint("what was written so far stays; mend the row and import again")
        };
        let told = self.maker.told(row, at).map_err(wrong)?;
        let current = match self.open.remove(&ticket) {
            Some(current) => Some(current),
            None => self.current(series, so_far, number, ticket)?,
        };
        let before = current.as_ref().map(|(record, _)| record.status().clone());
        let said = self.maker.said(row, at, before.as_ref()).map_err(wrong)?;
        let after = match &current {
            Some((record, earlier)) => self.maker.next(record, earlier, &said, &told),
            None => {
                let key = self.number(ticket).unwrap_or_default().to_owned();
                self.maker.first(&key, &said, &told)
            }
        };
        let after = after.map_err(wrong)?;
        match self.ids.get_mut(ticket as usize) {
            Some(id) if current.is_none() => {
                *id = Some(after.id());
                self.fresh.push(ticket);
            }
            _ => drop(self.further.insert(ticket)),
        }
        // What has ended for good is seldom heard of again.
        if self.maker.policy.category_of(&after).is_open() || after.closed_at().is_none() {
            if self.open.len() >= OPEN {
                self.open.clear();
            }
            self.open.insert(ticket, (after.clone(), said));
        }
        let by = told.by.unwrap_or_else(|| self.maker.actor.clone());
        Ok((current.map(|(record, _)| record), after, by))
    }

    /// A ticket's record and what the row before said; `None` for a new one.
    /// `so_far` is the record as the commit at work leaves it.
    fn current(
        &mut self,
        series: &Series<'_>,
        so_far: Option<&Record>,
        number: u32,
        ticket: u32,
    ) -> Result<Option<(Record, Said)>, CommandError> {
        let Some(id) = self.ids.get(ticket as usize).copied().flatten() else { return Ok(None) };
        let record = match so_far {
            Some(record) => record.clone(),
            None => stored(series, id)?,
        };
        let earlier = self.before.get(number as usize).copied().flatten();
        let said = match earlier.and_then(|at| self.gathered.events.get(at as usize).copied()) {
            Some(earlier) => {
                let row = self.gathered.spool.get(earlier.row)?;
                let at = Timestamp::from_seconds(earlier.at);
                self.maker.said(&row, at, Some(record.status())).map_err(CommandError::invalid)?
            }
            None => self.maker.unsay(&record),
        };
        Ok(Some((record, said)))
    }

    /// Who `person` is to git.
    fn identity(&mut self, person: &PersonId, at: i64) -> Result<Identity, CommandError> {
        if person == self.maker.actor {
            return Ok(Identity { at, ..self.session.identity()? });
        }
        let listed = self.maker.policy.person(person);
        let source = &self.source;
        let known = self.people.entry(person.clone()).or_insert_with(|| {
            let listed = listed.and_then(|listed| {
                Some((listed.name.clone(), listed.emails.first()?.trim().to_owned()))
            });
            listed.unwrap_or_else(|| (person.to_string(), address(person, source)))
        });
        let (name, email) = known.clone();
        Ok(Identity { name, email, at, offset_minutes: 0 })
    }
}

/// A record as the newest commit has it.
fn stored(series: &Series<'_>, id: RecordId) -> Result<Record, CommandError> {
    let path = id.path();
    let bytes = series.file(&path)?.ok_or_else(|| {
        CommandError::new(ErrorKind::Conflict, format!("{path} was removed meanwhile"))
    })?;
    format::read_record(id, &bytes).map_err(|error| unreadable(&path, &error))
}

/// What a source is called: its file's name on one line, without folders.
fn label(source: &str) -> String {
    let name = source.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() { "-".to_owned() } else { name }
}

/// An address for a person of another system, which nobody can have.
fn address(person: &PersonId, source: &str) -> String {
    if person.as_str().contains('@') {
        return person.to_string();
    }
    let source: String = source
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '-' })
        .collect();
    format!("{person}@{source}.invalid")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_and_people_have_names_that_git_can_hold() {
        for (path, name) in
            [("/a/b c\n.csv", "b c .csv"), ("-", "-"), ("C:\\x\\y.csv", "y.csv"), ("/", "-")]
        {
            assert_eq!(label(path), name);
        }
        let person = |id| PersonId::new(id).expect("an id");
        assert_eq!(address(&person("bob"), "b c.csv"), "bob@b-c.csv.invalid");
        assert_eq!(address(&person("bob@example.com"), "x"), "bob@example.com");
    }
}

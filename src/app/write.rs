//! One action, one commit: load records, change them, check them, write them.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::mem;
use std::rc::Rc;

use indexmap::IndexMap;

use super::apply::Names;
use super::approval::{self, Approvals};
use super::error::unreadable;
use super::settings::Broken;
use super::written::describe_change;
use super::{Session, catalog, create, elevation, link, models, settings, tasks};
use crate::error::{CommandError, ErrorKind};
use crate::format;
use crate::model::{Kind, PersonId, Record, RecordId};
use crate::outcome::{Written, WrittenRecord};
use crate::policy::{Policy, event, roles, validate};
use crate::store::{Beside, FileChange, Plan, Snapshot, StoreError, WriteOptions};

/// A record before the action, if there was one, and as it is now.
type State = (Option<Record>, Record);

/// What a use case changes, on top of one committed state.
///
/// The closure given to [`Session::write`] fills it in. It may run again on a
/// newer state if somebody else's commit came first, so it must decide anew
/// each time from what it is given.
pub(super) struct Work<'a> {
    pub session: &'a Session,
    pub snapshot: &'a Snapshot<'a>,
    pub policy: &'a Policy,
    pub actor: &'a PersonId,
    /// New records of earlier parts, by the names that the parts gave them.
    pub names: Option<&'a Names>,
    /// The records that the action itself is about, which do not follow others
    /// of them.
    pub named: HashSet<RecordId>,
    /// The actions that a batch is made of.
    pub steps: BTreeSet<String>,
    records: IndexMap<RecordId, State>,
    files: Vec<FileChange>,
    adopted: Vec<String>,
    /// How the records that the step under way touches were before it.
    touched: Part,
    /// What lies in the work tree, once somebody asks.
    beside: OnceCell<Beside<'a>>,
    /// Who must approve what, once somebody asks.
    approvals: OnceCell<Rc<Approvals>>,
    /// What records became because others changed, which nobody's rights are
    /// asked for.
    followers: HashMap<RecordId, Vec<Following>>,
    /// What else follows from it that one should know, in words.
    pub notices: Vec<String>,
}

/// A record before and after it followed another one.
type Following = (Record, Record);

/// The records that one part of the work touched, as they were before it.
#[derive(Default)]
pub(super) struct Part(IndexMap<RecordId, Option<State>>);

impl<'a> Work<'a> {
    /// Carries out one of several parts of the work. Either it keeps the rules
    /// and changes no file that somebody is editing, or nothing of it is left.
    ///
    /// # Errors
    ///
    /// What `part` returns, or why its result cannot stay.
    pub fn step(
        &mut self,
        part: impl FnOnce(&mut Self) -> Result<(), CommandError>,
    ) -> Result<Part, CommandError> {
        let (files, adopted) = (self.files.len(), self.adopted.len());
        let (notices, followers) = (self.notices.len(), self.followers.clone());
        self.touched.0.clear();
        let done = part(self).and_then(|()| self.may_stay());
        let touched = mem::take(&mut self.touched);
        if let Err(error) = done {
            self.files.truncate(files);
            self.adopted.truncate(adopted);
            self.notices.truncate(notices);
            self.followers = followers;
            for (id, state) in touched.0 {
                match state {
                    Some(state) => drop(self.records.insert(id, state)),
                    None => drop(self.records.shift_remove(&id)),
                }
            }
            return Err(error);
        }
        Ok(touched)
    }

    /// What the step that gave `part` did to each record that it changed.
    pub fn written(&self, part: &Part) -> Vec<WrittenRecord> {
        let mut written = Vec::new();
        for (id, state) in &part.0 {
            let Some((committed, after)) = self.records.get(id) else { continue };
            let before = match state {
                Some((_, earlier)) => Some(earlier),
                None => committed.as_ref(),
            };
            if !is_same(before, after) {
                written.push(describe_change(self.policy, &event::RecordChange { before, after }));
            }
        }
        written
    }

    /// Whether what the step under way has changed can be committed.
    fn may_stay(&self) -> Result<(), CommandError> {
        for (before, after) in self.touched.0.keys().filter_map(|id| self.records.get(id)) {
            if is_same(before.as_ref(), after) {
                continue;
            }
            keeps_rules(self.policy, before.as_ref(), after)?;
            self.fits_in(before.as_ref(), after)?;
            self.may(before.as_ref(), after)?;
            let path = after.id().path();
            if before.is_some() && self.beside()?.is_edited(&path)? {
                return Err(StoreError::HandEdited { path }.into());
            }
        }
        Ok(())
    }

    /// Whether the acting person may make of `before` what it is now.
    /// What it became by following others is not theirs to answer for; what was
    /// done to it before and since is.
    fn may(&self, before: Option<&Record>, after: &Record) -> Result<(), CommandError> {
        let may = |before: Option<&Record>, after: &Record| {
            let change = event::RecordChange { before, after };
            roles::may_change(self.policy, self.actor, self.session.now(), &change)
        };
        let mut at = before;
        for (was, became) in self.followers.get(&after.id()).into_iter().flatten() {
            if !is_same(at, was) {
                may(at, was)?;
            }
            at = Some(became);
        }
        if !is_same(at, after) {
            may(at, after)?;
        }
        Ok(())
    }

    /// Whether a changed record fits in with the others: what it names is there,
    /// its relations close no circle, and a name that must be its own is.
    fn fits_in(&self, before: Option<&Record>, after: &Record) -> Result<(), CommandError> {
        link::hold(self, before, after)?;
        create::unique_name(self, before, after)?;
        catalog::keeps_order(self, before, after)
    }

    /// Whether the acting person may make everything that it has become.
    fn is_allowed(&self) -> Result<(), CommandError> {
        let is_settings = |file: &FileChange| {
            file.path.starts_with(".gitsm/")
                && file.path != super::views::VIEWS
                && !self.is_only_votes(file)
        };
        if self.files.iter().any(is_settings) {
            roles::may_change_settings(self.policy, self.actor, self.session.now())?;
        }
        let Work { session, snapshot, policy, actor, .. } = *self;
        let before = elevation::Before { session, snapshot, policy };
        elevation::by_files(before, &self.files, actor, session.now())?;
        if self.files.iter().any(|file| file.path == super::views::VIEWS) {
            roles::may_save_views(self.policy, self.actor, self.session.now())
                .map_err(|denied| CommandError::from(denied).hint("--mine keeps a view for you"))?;
        }
        for (before, after) in self.records.values() {
            if !is_same(before.as_ref(), after) {
                self.fits_in(before.as_ref(), after)?;
                self.may(before.as_ref(), after)?;
            }
        }
        Ok(())
    }

    /// Whether a file of settings is a change model, and nothing changes in it but
    /// the vote of the acting person.
    fn is_only_votes(&self, file: &FileChange) -> bool {
        let before = self.snapshot.file(&file.path).ok().flatten();
        let (Some(before), Some(after)) = (before, &file.content) else { return false };
        models::is_vote_of(&file.path, &before, after, self.actor)
    }

    /// Whether the records that are `meant` can be judged without what is in
    /// `broken` files.
    fn can_be_judged(
        &self,
        broken: &[Broken],
        meant: impl Fn(&State) -> bool,
    ) -> Result<(), CommandError> {
        if broken.is_empty() {
            return Ok(());
        }
        for (_, after) in self.records.values().filter(|state| meant(state)) {
            if let Some(broken) = broken.iter().find(|broken| broken.concerns(after.kind())) {
                return Err(broken.error());
            }
        }
        Ok(())
    }

    /// Takes `next` as what becomes of a record because another one changed.
    ///
    /// # Errors
    ///
    /// Its file cannot be read.
    pub fn follow(&mut self, next: Record) -> Result<(), CommandError> {
        let record = self.record(next.id())?;
        let was = std::mem::replace(record, next.clone());
        self.followers.entry(next.id()).or_default().push((was, next));
        Ok(())
    }

    /// Notes how the record `id` is halfway through: what led there and what leads
    /// on is then judged one after the other, each as an action of its own.
    ///
    /// # Errors
    ///
    /// It does not exist, or its file cannot be read.
    pub fn halfway(&mut self, id: RecordId) -> Result<(), CommandError> {
        let record = self.peek(id)?;
        self.followers.entry(id).or_default().push((record.clone(), record));
        Ok(())
    }

    /// Who must approve what, by the state that the work is on top of.
    pub fn approvals(&self) -> Result<Rc<Approvals>, CommandError> {
        if let Some(approvals) = self.approvals.get() {
            return Ok(Rc::clone(approvals));
        }
        let approvals = Rc::new(Approvals::load(self.session, self.snapshot, self.policy)?);
        Ok(Rc::clone(self.approvals.get_or_init(|| approvals)))
    }

    /// As [`approvals`](Self::approvals), for one record: where nothing about it
    /// is approved, the settings are not even looked at, and a mistake in them is
    /// in nobody's way.
    pub fn approvals_of(&self, record: &Record) -> Result<Rc<Approvals>, CommandError> {
        if approval::concerns(self.policy, record) { self.approvals() } else { Ok(Rc::default()) }
    }

    /// Opens the tasks of changed records that can open now.
    fn settle_tasks(&mut self) -> Result<(), CommandError> {
        let has_tasks =
            |(before, after): &State| !after.tasks().is_empty() && !is_same(before.as_ref(), after);
        let changed: Vec<Record> = self
            .records
            .values()
            .filter(|state| has_tasks(state))
            .map(|(_, after)| after.clone())
            .collect();
        for mut record in changed {
            tasks::settle(self, &mut record)?;
            if let Some((_, after)) = self.records.get_mut(&record.id()) {
                *after = record;
            }
        }
        Ok(())
    }

    /// Says which votes the work takes the ground from, by changing what they
    /// were about.
    fn tell_of_voided_votes(&mut self) -> Result<(), CommandError> {
        let mut told = Vec::new();
        for (before, after) in self.records.values() {
            let is_asked = |before: &&Record| {
                before.votes().next().is_some()
                    || self.policy.workflow_of(before).waits_for_votes(before)
                        && before.status() == after.status()
            };
            let Some(before) = before.as_ref().filter(is_asked) else { continue };
            let approvals = self.approvals()?;
            let state = |record| approvals.state(self.session, self.policy, record);
            let (was, is) = (state(before), state(after));
            told.extend(approval::other_demands(&was, &is, after));
            told.extend(approval::voided(self.policy, &was, &is, after));
        }
        self.notices.append(&mut told);
        Ok(())
    }

    /// Says which priorities stay as somebody set them while impact or urgency
    /// changed, and which follow them again.
    fn tell_of_priorities(&mut self) {
        let levels = |record: &Record| (record.impact(), record.urgency());
        for (before, after) in self.records.values() {
            let Some(before) = before.as_ref().filter(|before| levels(before) != levels(after))
            else {
                continue;
            };
            let (Some(reason), Some(priority)) = (before.priority_reason(), after.priority())
            else {
                continue;
            };
            let (id, usual) = (after.id().short(), self.policy.priorities.usual(after));
            self.notices.push(match usual.filter(|usual| *usual != priority) {
                Some(usual) if after.priority_reason().is_some() => format!(
                    "{id} stays {priority} instead of {usual}: {reason}; `gitsm edit {id} -p {usual}` takes that back"
                ),
                _ => format!("{id} is {priority} by impact and urgency again"),
            });
        }
    }

    fn beside(&self) -> Result<&Beside<'a>, StoreError> {
        if let Some(beside) = self.beside.get() {
            return Ok(beside);
        }
        let beside = self.session.store.beside(self.snapshot)?;
        Ok(self.beside.get_or_init(|| beside))
    }

    /// Remembers the record `id` as it is, in case the step is taken back.
    fn touch(&mut self, id: RecordId) {
        if !self.touched.0.contains_key(&id) {
            self.touched.0.insert(id, self.records.get(&id).cloned());
        }
    }

    /// The record `id`, to be changed.
    ///
    /// # Errors
    ///
    /// It does not exist, or its file cannot be read.
    pub fn record(&mut self, id: RecordId) -> Result<&mut Record, CommandError> {
        self.touch(id);
        if !self.records.contains_key(&id) {
            let record = load(self.snapshot, id)?;
            self.records.insert(id, (Some(record.clone()), record));
        }
        match self.records.get_mut(&id) {
            Some((_, record)) => Ok(record),
            None => Err(CommandError::new(ErrorKind::Internal, format!("{id} was lost"))),
        }
    }

    /// The record `id` as this action leaves it so far, without changing it.
    pub fn peek(&self, id: RecordId) -> Result<Record, CommandError> {
        match self.records.get(&id) {
            Some((_, record)) => Ok(record.clone()),
            None => load(self.snapshot, id),
        }
    }

    /// The record that `text` names.
    ///
    /// # Errors
    ///
    /// Nothing has that name, or several things have.
    pub fn find(&self, text: &str) -> Result<RecordId, CommandError> {
        let Some(names) = self.names else { return self.session.find(text) };
        if let Some(name) = text.trim().strip_prefix('@') {
            return names.get(name);
        }
        // What is new is not in the repository yet.
        let known = text.trim().parse().ok().filter(|id| self.records.contains_key(id));
        let named = || {
            let mut cis = self.added().filter(|record| record.kind() == Kind::Ci);
            cis.find(|ci| ci.title() == text.trim()).map(Record::id)
        };
        known.or_else(named).map_or_else(|| self.session.find(text), Ok)
    }

    /// Adds a new record.
    pub fn add(&mut self, record: Record) {
        self.touch(record.id());
        self.records.insert(record.id(), (None, record));
    }

    /// The new records of this action so far.
    pub fn added(&self) -> impl Iterator<Item = &Record> {
        self.records.values().filter(|(before, _)| before.is_none()).map(|(_, after)| after)
    }

    /// The records that this action has touched so far, as it leaves them.
    pub fn changed(&self) -> impl Iterator<Item = &Record> {
        self.records.values().map(|(_, after)| after)
    }

    /// Takes `after` as the new state of a record whose file was edited by hand.
    pub fn adopt(&mut self, before: Option<Record>, after: Record) {
        self.adopted.push(after.id().path());
        self.records.insert(after.id(), (before, after));
    }

    /// Writes another file along with the records.
    pub fn file(&mut self, path: String, content: Option<Vec<u8>>) {
        if !self.files.iter().any(|file| file.path == path) {
            self.files.push(FileChange { path, content });
        }
    }

    /// Lets the commit take over an edit by hand of `path`.
    pub fn adopt_path(&mut self, path: String) {
        self.adopted.push(path);
    }
}

/// Reads a record from a committed state.
pub(super) fn load(snapshot: &Snapshot<'_>, id: RecordId) -> Result<Record, CommandError> {
    let bytes = snapshot
        .record_bytes(id)?
        .ok_or_else(|| CommandError::not_found(format!("there is no record {id}")))?;
    format::read_record(id, &bytes).map_err(|error| unreadable(&id.path(), &error))
}

/// How the commit is described.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Describe<'a> {
    /// The name of an action on many records; else the record's own action.
    pub batch: Option<&'a str>,
    /// What a change of settings was about; records need no such words.
    pub settings: Option<&'a str>,
    /// Whether to write nothing, and only say what would be written.
    pub dry_run: bool,
    /// What the records are given by: see [`Work::names`].
    pub names: Option<&'a Names>,
    /// Whether the batch is of actions of several sorts, so that if only one
    /// record changes, its own action says more than the batch's name.
    pub mixed: bool,
}

impl Session {
    /// Runs `fill` and commits what it changed, as one action by the acting
    /// person. Nothing is committed if nothing changed.
    ///
    /// # Errors
    ///
    /// `fill` fails, a changed record breaks a rule, or the store cannot write.
    pub(super) fn write(
        &self,
        describe: Describe<'_>,
        mut fill: impl FnMut(&mut Work<'_>) -> Result<(), CommandError>,
    ) -> Result<Written, CommandError> {
        self.may_write()?;
        let author = self.identity()?;
        let committer = self.committer()?;
        let options = WriteOptions::default();
        let plan = |snapshot: &Snapshot<'_>| {
            let (policy, broken) = settings::for_writing(&self.store, snapshot)?;
            let actor = self.actor(&policy)?;
            let mut work = Work {
                session: self,
                snapshot,
                policy: &policy,
                actor: &actor,
                named: HashSet::new(),
                steps: BTreeSet::new(),
                records: IndexMap::new(),
                files: Vec::new(),
                adopted: Vec::new(),
                touched: Part::default(),
                beside: OnceCell::new(),
                approvals: OnceCell::new(),
                followers: HashMap::new(),
                notices: Vec::new(),
                names: describe.names,
            };
            if let Err(error) = fill(&mut work) {
                // What is built in may not even know the action.
                work.can_be_judged(&broken, |_| true)?;
                return Err(error);
            }
            work.can_be_judged(&broken, |(before, after)| !is_same(before.as_ref(), after))?;
            work.is_allowed()?;
            work.settle_tasks()?;
            work.tell_of_voided_votes()?;
            work.tell_of_priorities();
            let Work { mut records, mut files, adopted, notices, steps, .. } = work;
            // A file edited by hand is taken over even if only its form changed.
            records.retain(|id, (before, after)| {
                adopted.contains(&id.path()) || !is_same(before.as_ref(), after)
            });
            let paths: Vec<String> = files.iter().map(|file| file.path.clone()).collect();
            for (before, after) in records.values_mut() {
                if before.is_some() {
                    after.touch(self.now());
                }
                keeps_rules(&policy, before.as_ref(), after)?;
                let text = format::write_record(after)
                    .map_err(|error| unreadable(&after.id().path(), &error))?;
                files
                    .push(FileChange { path: after.id().path(), content: Some(text.into_bytes()) });
            }
            let changes: Vec<event::RecordChange<'_>> = records
                .values()
                .map(|(before, after)| event::RecordChange { before: before.as_ref(), after })
                .collect();
            let batch = match describe.batch {
                Some(name) if describe.mixed => event::batch(&policy, &changes, name, &steps),
                other => other,
            };
            let mut message = if changes.is_empty() {
                let what = describe.settings.unwrap_or("settings");
                event::settings_message(describe.batch.unwrap_or("settings"), what, &paths, &actor)
            } else {
                event::message(&policy, &changes, batch, &actor)
            };
            event::tell_steps(&mut message, batch, &steps);
            let any = !changes.is_empty() || !files.is_empty();
            let subject = any.then(|| message.lines().next().unwrap_or_default().to_owned());
            let written = changes.iter().map(|change| describe_change(&policy, change));
            let written = written.collect::<Vec<_>>();
            let after: Vec<Record> = records.into_values().map(|(_, after)| after).collect();
            Ok::<_, CommandError>(Plan {
                changes: files,
                message,
                author: author.clone(),
                committer: committer.clone(),
                adopt: adopted,
                value: Wrote { written, after, subject, paths, notices },
            })
        };
        let (value, commit) = if describe.dry_run {
            (self.store.rehearse(plan)?, None)
        } else {
            let committed = self.store.transact(&options, plan)?;
            let moved = committed.commit != committed.before;
            if moved {
                self.note(committed.before, committed.commit, &committed.value.after);
            }
            (committed.value, moved.then(|| committed.commit.to_string()))
        };
        let Wrote { written: mut records, subject, paths: files, notices, .. } = value;
        self.shorten(&mut records);
        Ok(Written {
            schema: Written::SCHEMA,
            dry_run: describe.dry_run,
            commit,
            subject,
            records,
            files,
            refused: Vec::new(),
            notices,
        })
    }
}

/// What a plan was made of.
struct Wrote {
    written: Vec<WrittenRecord>,
    after: Vec<Record>,
    subject: Option<String>,
    /// The other files.
    paths: Vec<String>,
    notices: Vec<String>,
}

/// Whether nothing has changed but the time of the last change.
fn is_same(before: Option<&Record>, after: &Record) -> bool {
    before.is_some_and(|before| {
        let mut after = after.clone();
        after.touch(before.updated_at());
        *before == after
    })
}

/// Whether a changed record keeps the rules that it kept before.
///
/// What was wrong already, such as a state that an import brought, does not
/// stand in the way of other changes.
fn keeps_rules(
    policy: &Policy,
    before: Option<&Record>,
    after: &Record,
) -> Result<(), CommandError> {
    let old = before.map(|before| validate::record(policy, before)).unwrap_or_default();
    let mut broken =
        validate::record(policy, after).into_iter().filter(|b| b.is_error && !old.contains(b));
    // A new record has no name yet that would tell anybody anything.
    let (id, kind) = match before {
        Some(_) => (after.id().short(), ErrorKind::Invalid),
        None => (format!("the new {}", after.kind()), ErrorKind::Usage),
    };
    if let Some(before) = before
        && let Some(first) = validate::change(policy, before, after).first()
    {
        let message = format!("{id}: {}: {} [{}]", first.field, first.message, first.rule);
        return Err(CommandError::refused(message));
    }
    let Some(first) = broken.next() else { return Ok(()) };
    let mut error = CommandError::new(
        kind,
        format!("{id}: {}: {} [{}]", first.field, first.message, first.rule),
    );
    for other in broken {
        error = error.hint(format!("also {}: {} [{}]", other.field, other.message, other.rule));
    }
    Err(error)
}

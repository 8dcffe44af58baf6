//! One run's hold on a desk: the repository, the index, who acts, and when.

use std::cell::{OnceCell, RefCell};
use std::fmt;
use std::path::PathBuf;
use std::rc::Rc;

use ulid::Ulid;

use super::approval::{self, Approvals};
use super::at::{self, At};
use super::error::unreadable;
use super::{settings, write};
use crate::clock::Clock;
use crate::config::Environment;
use crate::error::CommandError;
use crate::format;
use crate::index::{Index, IndexError, Meaning};
use crate::model::{Kind, PersonId, Record, RecordId, Timestamp};
use crate::policy::{Policy, access};
use crate::store::{CommitId, Identity, Locator, Snapshot, Store};

/// What states mean, by the workflows of `snapshot`.
fn states(snapshot: &Snapshot<'_>) -> Result<Meaning, IndexError> {
    let (policy, broken) =
        settings::lenient(snapshot).map_err(|error| IndexError::States(error.message))?;
    let state_of = Box::new(move |record: &Record| policy.category_of(record));
    Ok(Meaning { state_of, sound: broken.is_empty() })
}

/// Which desk to open.
#[derive(Clone, Debug, Default)]
pub struct SessionOptions {
    /// The desk that was named on the command line or by `GITSM_DESK`.
    pub desk: Option<PathBuf>,
}

type Progress = Box<dyn Fn(&str, u64, u64)>;
type Check = Box<dyn Fn() -> Result<(), CommandError>>;

/// One run's hold on a desk.
pub struct Session {
    pub store: Rc<Store>,
    desk_id: Ulid,
    clock: Clock,
    now: Timestamp,
    author: (Option<String>, Option<String>),
    committer: (Option<String>, Option<String>),
    cache_dir: Option<PathBuf>,
    policy: OnceCell<(Policy, Vec<settings::Broken>)>,
    approvals: OnceCell<Rc<Approvals>>,
    index: OnceCell<Rc<Index>>,
    /// The earlier state that is looked at, if it is one.
    past: Option<At>,
    /// The index of the present, if an earlier state is looked at.
    present: Option<Rc<Index>>,
    progress: Rc<RefCell<Option<Progress>>>,
    /// What must be so before anything is written.
    writing: RefCell<Option<Check>>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("git_dir", &self.store.git_dir()).finish_non_exhaustive()
    }
}

impl Session {
    /// Opens the desk that `options` name, or the one around the present folder.
    ///
    /// # Errors
    ///
    /// There is no desk, or it cannot be served.
    pub fn open(environment: &Environment, options: &SessionOptions) -> Result<Self, CommandError> {
        let desk = options.desk.clone();
        let locator = Locator { desk, cwd: environment.cwd.clone(), branch: None };
        let store = Store::discover(&locator)?;
        let desk = settings::desk(&store.settings_bytes()?)?;
        Ok(Self {
            store: Rc::new(store.with_trunk(&desk.trunk)?),
            desk_id: desk.id,
            clock: environment.clock,
            now: environment.clock.now(),
            author: environment.author.clone(),
            committer: environment.committer.clone(),
            cache_dir: environment.cache_dir.clone(),
            policy: OnceCell::new(),
            approvals: OnceCell::new(),
            index: OnceCell::new(),
            past: None,
            present: None,
            progress: Rc::default(),
            writing: RefCell::default(),
        })
    }

    /// The same desk as it was at the point in history that `text` names: then
    /// the time is then, and the rules are those of then. For reading only.
    ///
    /// # Errors
    ///
    /// As [`at::resolve`], and where that state cannot be read.
    pub fn as_of(&self, text: &str) -> Result<Self, CommandError> {
        let at = at::resolve(self, text)?;
        let present = Rc::clone(self.index()?);
        let index = present.as_of(present.past(at.commit, at.time)?)?;
        Ok(Self {
            store: Rc::clone(&self.store),
            desk_id: self.desk_id,
            clock: self.clock,
            now: at.time.unwrap_or(at.happened),
            author: self.author.clone(),
            committer: self.committer.clone(),
            cache_dir: self.cache_dir.clone(),
            policy: OnceCell::new(),
            approvals: OnceCell::new(),
            index: OnceCell::from(Rc::new(index)),
            past: Some(at),
            present: Some(present),
            progress: Rc::clone(&self.progress),
            writing: RefCell::default(),
        })
    }

    /// The same at another time; for reading only.
    #[must_use]
    pub(super) fn dated(self, now: Timestamp) -> Self {
        Self { now, ..self }
    }

    /// The point in history that is looked at, if it is not the present.
    pub const fn past(&self) -> Option<&At> {
        self.past.as_ref()
    }

    /// The record `id`, as it is or as it was.
    ///
    /// # Errors
    ///
    /// It does not exist, or its file cannot be read.
    pub fn record(&self, id: RecordId) -> Result<Record, CommandError> {
        if self.past.is_none() {
            return write::load(&self.snapshot()?, id);
        }
        let blob = self.index()?.blobs(&[id])?.pop().flatten();
        let blob = blob.ok_or_else(|| {
            CommandError::not_found(format!("there was no record {id} then"))
                .hint(format!("`gitsm log {id}` tells its life"))
        })?;
        let bytes = self.store.blob(blob)?;
        format::read_record(id, &bytes).map_err(|error| unreadable(&id.path(), &error))
    }

    /// The second in which the command began; the time that is looked at.
    pub const fn now(&self) -> Timestamp {
        self.now
    }

    /// The clock, for the machine's time zone.
    pub const fn clock(&self) -> Clock {
        self.clock
    }

    /// A new unique id made now.
    pub fn fresh_id(&self) -> Ulid {
        self.clock.fresh_id(self.now)
    }

    /// Calls `report` with what is being done, how much is done and how much
    /// there is, during work that takes long.
    pub fn on_progress(&self, report: impl Fn(&str, u64, u64) + 'static) {
        *self.progress.borrow_mut() = Some(Box::new(report));
    }

    /// Asks `check` before anything is written.
    pub fn before_writing(&self, check: impl Fn() -> Result<(), CommandError> + 'static) {
        *self.writing.borrow_mut() = Some(Box::new(check));
    }

    /// Whether there is nothing against writing.
    ///
    /// # Errors
    ///
    /// What the check returns that was given to
    /// [`before_writing`](Self::before_writing).
    pub(super) fn may_write(&self) -> Result<(), CommandError> {
        self.writing.borrow().as_ref().map_or(Ok(()), |check| check())
    }

    /// Ends the reports of progress.
    pub fn end_progress(&self) {
        self.progress.borrow_mut().take();
    }

    /// Reports progress to whoever wants to know.
    pub fn progress(&self, what: &str, done: u64, total: u64) {
        if let Some(report) = &*self.progress.borrow() {
            report(what, done, total);
        }
    }

    /// The committed state.
    pub fn snapshot(&self) -> Result<Snapshot<'_>, CommandError> {
        Ok(match &self.past {
            Some(at) => self.store.snapshot_at(at.commit)?,
            None => self.store.snapshot()?,
        })
    }

    /// The desk's rules as they stand at the start of the command; for reading,
    /// which goes on with what is built in where a file is broken.
    pub fn policy(&self) -> Result<&Policy, CommandError> {
        if let Some((policy, _)) = self.policy.get() {
            return Ok(policy);
        }
        let policy = settings::lenient(&self.snapshot()?)?;
        Ok(&self.policy.get_or_init(|| policy).0)
    }

    /// As [`policy`](Self::policy), for what must not go on without any of it.
    pub(super) fn whole_policy(&self) -> Result<&Policy, CommandError> {
        let policy = self.policy()?;
        let broken = self.policy.get().and_then(|(_, broken)| broken.first());
        broken.map_or(Ok(policy), |broken| Err(broken.error()))
    }

    /// As [`policy`](Self::policy), for what must not go on without any of it that
    /// records of type `kind` are judged by.
    pub(super) fn policy_to_judge(&self, kind: Kind) -> Result<&Policy, CommandError> {
        let policy = self.policy()?;
        let broken = self.policy.get().map(|(_, broken)| broken.iter());
        match broken.into_iter().flatten().find(|broken| broken.concerns(kind)) {
            Some(broken) => Err(broken.error()),
            None => Ok(policy),
        }
    }

    /// Makes sure that what is wrong with the settings is known. Where the index
    /// has seen that they can all be read, nobody need read them to say nothing.
    pub(super) fn look_at_settings(&self) -> Result<(), CommandError> {
        let is_known = self.past.is_none() && self.index().is_ok_and(|it| it.are_settings_sound());
        if is_known { Ok(()) } else { self.policy().map(|_| ()) }
    }

    /// The settings files that had to be done without, each with what there is
    /// to say about it.
    pub fn done_without(&self) -> Vec<(&str, String)> {
        let broken = self.policy.get().map(|(_, broken)| broken.iter());
        broken.into_iter().flatten().map(|each| (each.path.as_str(), each.warning())).collect()
    }

    /// Who must approve what, as it stands at the start of the command.
    pub(super) fn approvals(&self) -> Result<&Rc<Approvals>, CommandError> {
        if let Some(approvals) = self.approvals.get() {
            return Ok(approvals);
        }
        let approvals = Approvals::load(self, &self.snapshot()?, self.policy()?)?;
        Ok(self.approvals.get_or_init(|| Rc::new(approvals)))
    }

    /// As [`approvals`](Self::approvals), for one record: none, where nothing
    /// about it is approved.
    pub(super) fn approvals_of(&self, record: &Record) -> Result<Rc<Approvals>, CommandError> {
        if approval::concerns(self.policy()?, record) {
            self.approvals().cloned()
        } else {
            Ok(Rc::default())
        }
    }

    /// The derived index, brought up to the committed state.
    pub fn index(&self) -> Result<&Rc<Index>, CommandError> {
        if let Some(index) = self.index.get() {
            return Ok(index);
        }
        // A folder for this desk alone, wherever its clone lies.
        let desk = self.desk_id.to_string();
        let cache = self.cache_dir.as_ref().map(|dir| dir.join("gitsm").join(desk));
        let progress = Rc::clone(&self.progress);
        let index = Index::open(
            Rc::clone(&self.store),
            cache.as_deref(),
            Rc::new(states),
            Rc::new(move |done, total| {
                if let Some(report) = &*progress.borrow() {
                    report("indexing", done as u64, total as u64);
                }
            }),
        )?;
        Ok(self.index.get_or_init(|| Rc::new(index)))
    }

    /// The index that knows the history, which is that of the present.
    pub(super) fn history(&self) -> Result<&Rc<Index>, CommandError> {
        match &self.present {
            Some(present) => Ok(present),
            None => self.index(),
        }
    }

    /// Tells the index what a write changed, so that the next reader need not
    /// look. Only a help: whatever fails here, the next reader catches up.
    pub(super) fn note(&self, before: CommitId, after: CommitId, records: &[Record]) {
        if let Some(index) = self.index.get() {
            let records: Vec<_> = records.iter().map(|each| (each.id(), Some(each))).collect();
            let _ = index.note_commit(before, after, &records);
        }
    }

    /// The index if it has been opened already.
    pub fn opened_index(&self) -> Option<&Index> {
        self.index.get().map(Rc::as_ref)
    }

    /// The desk's folder, absolute: its work tree, else its git folder.
    pub fn folder(&self) -> PathBuf {
        let folder = self.store.work_dir().unwrap_or_else(|| self.store.git_dir());
        folder.canonicalize().unwrap_or_else(|_| folder.to_owned())
    }

    /// Who acts, as git's configuration and environment say.
    pub fn identity(&self) -> Result<Identity, CommandError> {
        self.principal(&self.author)
    }

    /// Who commits; the acting person, unless the environment says otherwise.
    pub fn committer(&self) -> Result<Identity, CommandError> {
        let (name, email) = &self.committer;
        let (author_name, author_email) = &self.author;
        self.principal(&(
            name.clone().or_else(|| author_name.clone()),
            email.clone().or_else(|| author_email.clone()),
        ))
    }

    fn principal(
        &self,
        given: &(Option<String>, Option<String>),
    ) -> Result<Identity, CommandError> {
        let value = |given: &Option<String>, key: &str| {
            given.clone().or_else(|| self.store.config(key)).filter(|text| !text.trim().is_empty())
        };
        let name = value(&given.0, "user.name");
        let email = value(&given.1, "user.email");
        let (Some(name), Some(email)) = (name, email) else {
            return Err(access::AccessError::NoIdentity.into());
        };
        let offset_minutes = self.clock.local_offset(self.now).local_minus_utc() / 60;
        Ok(Identity { name, email, at: self.now.seconds(), offset_minutes })
    }

    /// The id of the acting person under `policy`.
    pub fn actor(&self, policy: &Policy) -> Result<PersonId, CommandError> {
        let identity = self.identity()?;
        Ok(access::actor(policy, &identity.name, &identity.email, self.now)?)
    }

    /// The acting person, if they are known; for reading, which needs none.
    pub fn me(&self) -> Option<PersonId> {
        self.actor(self.policy().ok()?).ok()
    }
}

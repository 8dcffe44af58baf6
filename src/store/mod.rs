//! The desk as a git repository: finding it, reading it, writing it.
//!
//! The only user of git2 and of the git program. It moves bytes and paths and
//! does not know what a record says. A read answers from the trunk's commit; a
//! write is one commit on the trunk, made by [`Store::transact`], and survives
//! being killed at any moment. The trunk is the branch that HEAD names, or the
//! configured branch, or the one that the desk's settings name
//! ([`Store::with_trunk`]).

mod blobs;
mod bulk;
pub mod code;
mod database;
mod discover;
mod error;
mod fetch;
mod files;
mod git_index;
mod hand_edits;
pub mod hooks;
mod identity;
mod ids;
mod index_lock;
mod init;
mod journal;
mod lock;
mod maintenance;
mod objects;
mod open;
mod packs;
mod pending;
mod plan;
mod program;
mod recover;
mod remembered;
mod series;
mod sign;
mod snapshot;
mod transact;
mod tree;
mod trunk;
mod walk;
mod worktree;

use std::cell::{Cell, OnceCell};
use std::fmt;
use std::path::{Path, PathBuf};

use git2::{ErrorCode, ObjectType, Odb, Oid, Repository};

pub use blobs::Blobs;
pub use discover::Locator;
pub use error::{StoreError, UnsupportedFormat};
pub use fetch::Fetched;
pub use hand_edits::{Beside, EditState, HandEdit};
pub use identity::{Identity, global_config};
pub use ids::{BadObjectName, BlobId, CommitId};
pub use init::{InitPlan, init};
pub use plan::{Committed, FileChange, Observer, Plan, Signing, Step, WriteOptions};
pub use program::forget_variables;
pub use series::{Appended, Series, SeriesCommit};
pub use snapshot::{Entry, EntryKind, FILE_LIMIT, RecordList, Snapshot};
pub use walk::{CommitInfo, CommitText, History, PathChange};

use database::Database;
use packs::Packs;
use worktree::Checkout;

/// How the desk lies in its repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A checkout has the trunk: its files and git's index are kept in step.
    WorkTree,
    /// No checkout has the trunk.
    Bare,
    /// On a branch of its own in a code repository, in no checkout.
    Branch,
}

/// An open desk.
pub struct Store {
    repository: Repository,
    /// The branch that was named or configured to hold the desk.
    branch: Option<String>,
    /// The trunk's full reference name; `None` while HEAD is detached and
    /// nobody has said what the trunk is.
    trunk: Option<String>,
    checkout: Option<Checkout>,
    git_dir: PathBuf,
    state_dir: PathBuf,
    /// The tree of the commit that was last asked for: a command asks for the
    /// trunk's again and again.
    last_tree: Cell<Option<(CommitId, Oid)>>,
    /// What is read without libgit2.
    packs: OnceCell<Packs>,
    /// Whether every object is checked, which is left to libgit2.
    verifies: Cell<bool>,
    /// The settings that were found when the desk was, for whoever asks next.
    settings: Cell<Option<(CommitId, Vec<u8>)>>,
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store")
            .field("git_dir", &self.git_dir)
            .field("trunk", &self.trunk)
            .field("checkout", &self.checkout)
            .finish_non_exhaustive()
    }
}

impl Store {
    /// Finds the desk: the path that was given; `git config gitsm.desk` of the
    /// repository around the current folder (relative to its root); its branch
    /// `git config gitsm.branch`; that repository itself; the repositories
    /// around it.
    ///
    /// # Errors
    /// [`StoreError::NoDesk`] saying where it looked, or why a repository on
    /// the way cannot be served.
    pub fn discover(locator: &Locator) -> Result<Self, StoreError> {
        discover::discover(locator)
    }

    /// Opens the desk in the repository at `path`, on `branch` if one is given,
    /// else on the configured branch or the one that HEAD names.
    ///
    /// # Errors
    /// [`StoreError::NoDesk`] if it holds none, or why it cannot be served.
    pub fn open_at(path: &Path, branch: Option<&str>) -> Result<Self, StoreError> {
        let desk = Some(path.to_owned());
        let branch = branch.map(str::to_owned);
        discover::discover(&Locator { desk, cwd: PathBuf::new(), branch })
    }

    /// The store of a repository, whether or not it holds a desk.
    /// It is kept on `branch`, if that is given, and else where HEAD is.
    fn of(repository: Repository, branch: Option<String>) -> Result<Self, StoreError> {
        git2::opts::strict_hash_verification(false);
        let trunk = match &branch {
            Some(branch) => Some(format!("refs/heads/{branch}")),
            None => discover::head_reference(&repository)?,
        };
        let git_dir: PathBuf = repository.commondir().components().collect();
        let state_dir = git_dir.join("gitsm");
        let mut store = Self {
            repository,
            branch,
            trunk,
            checkout: None,
            git_dir,
            state_dir,
            last_tree: Cell::default(),
            packs: OnceCell::new(),
            verifies: Cell::default(),
            settings: Cell::default(),
        };
        store.checkout = store.find_checkout()?;
        Ok(store)
    }

    /// The same desk with the trunk that its settings name. A name without a
    /// branch changes nothing, nor does one for a desk on a configured branch.
    ///
    /// # Errors
    /// Where the repository cannot be read.
    pub fn with_trunk(mut self, name: &str) -> Result<Self, StoreError> {
        let reference = format!("refs/heads/{name}");
        let wanted = self.branch.is_none() && self.trunk.as_ref() != Some(&reference);
        if wanted && discover::exists(&self.repository, &reference)? {
            self.trunk = Some(reference);
            self.checkout = self.find_checkout()?;
        }
        Ok(self)
    }

    /// The bytes of the desk's settings (`.gitsm/desk.yaml`) on the trunk.
    ///
    /// # Errors
    /// Where they are missing or cannot be read.
    pub fn settings_bytes(&self) -> Result<Vec<u8>, StoreError> {
        let head = self.head()?;
        if let Some((commit, bytes)) = self.settings.take()
            && commit == head
        {
            return Ok(bytes);
        }
        let bytes = self.snapshot_at(head)?.file(discover::SETTINGS)?;
        let bytes = bytes.ok_or_else(|| StoreError::NoDesk {
            looked: vec![discover::root_of(&self.repository).display().to_string()],
        })?;
        self.remember(head, self.tree_of(head)?, &bytes);
        Ok(bytes)
    }

    /// The trunk's short name; `None` while HEAD is detached and nobody has
    /// said what the trunk is.
    pub fn trunk(&self) -> Option<&str> {
        self.trunk.as_deref().map(short)
    }

    /// How the desk lies in its repository.
    pub fn mode(&self) -> Mode {
        match (&self.checkout, &self.branch) {
            (Some(_), _) => Mode::WorkTree,
            (None, Some(_)) => Mode::Branch,
            (None, None) => Mode::Bare,
        }
    }

    /// The root of the checkout that has the trunk, if one has.
    pub fn work_dir(&self) -> Option<&Path> {
        self.checkout.as_ref().map(|checkout| checkout.root.as_path())
    }

    /// The repository's folder, common to all its work trees.
    pub fn git_dir(&self) -> &Path {
        &self.git_dir
    }

    /// Where gitsm keeps what it can rebuild. A reader must do without it: on
    /// a read-only disk it may not exist.
    pub fn state_dir(&self) -> &Path {
        &self.state_dir
    }

    /// Whether the history is cut off.
    pub fn is_shallow(&self) -> bool {
        self.repository.is_shallow()
    }

    /// A value of git's configuration for this repository, all levels.
    pub fn config(&self, key: &str) -> Option<String> {
        identity::value(self.repository.config().ok()?, key)
    }

    /// What stands between `prefix` and `variable` in the keys of git's
    /// configuration for this repository, all levels, each once.
    pub fn config_sections(&self, prefix: &str, variable: &str) -> Vec<String> {
        let config = self.repository.config().ok();
        config.map(|config| identity::sections(&config, prefix, variable)).unwrap_or_default()
    }

    /// The commit the trunk is at; HEAD's while the trunk is not known.
    ///
    /// # Errors
    /// [`StoreError::Unborn`] if there is none.
    pub fn head(&self) -> Result<CommitId, StoreError> {
        let reference = self.trunk.as_deref().unwrap_or("HEAD");
        match self.repository.refname_to_id(reference) {
            Ok(id) => Ok(id.into()),
            Err(error) if error.code() == ErrorCode::NotFound => {
                Err(StoreError::Unborn { branch: short(reference).to_owned() })
            }
            Err(error) => Err(StoreError::git("read the trunk")(error)),
        }
    }

    /// The desk as the trunk has it now.
    ///
    /// # Errors
    /// As [`head`](Self::head).
    pub fn snapshot(&self) -> Result<Snapshot<'_>, StoreError> {
        self.snapshot_at(self.head()?)
    }

    /// The desk as a commit has it.
    ///
    /// # Errors
    /// [`StoreError::BadObject`] if there is no such commit.
    pub fn snapshot_at(&self, commit: CommitId) -> Result<Snapshot<'_>, StoreError> {
        let root = self.tree_of(commit)?;
        Ok(Snapshot::new(self.database()?, self.objects(), Some(commit), Some(root)))
    }

    /// The commit that a revision (`HEAD~3`, a tag, an abbreviated name) names.
    ///
    /// # Errors
    /// [`StoreError::NoSuchCommit`]; [`StoreError::AmbiguousCommit`] for the
    /// beginning of several objects' names, one of which may be a commit's.
    pub fn resolve_commit(&self, text: &str) -> Result<CommitId, StoreError> {
        // To libgit2 a single letter abbreviates a name; to git four do.
        let name = text.split(['~', '^', ':', '@']).next().unwrap_or_default();
        if (1..4).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_hexdigit())
            && self.repository.resolve_reference_from_short_name(name).is_err()
        {
            return Err(StoreError::no_commit(text));
        }
        let object = self.repository.revparse_single(text);
        let commit = object.and_then(|object| object.peel(ObjectType::Commit));
        commit.map(|commit| commit.id().into()).map_err(|error| match error.code() {
            ErrorCode::Ambiguous => StoreError::AmbiguousCommit { text: text.to_owned() },
            _ => StoreError::no_commit(text),
        })
    }

    /// Whether `ancestor` is `descendant` or one of its ancestors.
    ///
    /// # Errors
    /// [`StoreError::BadObject`] if a commit is missing.
    pub fn is_ancestor(
        &self,
        ancestor: CommitId,
        descendant: CommitId,
    ) -> Result<bool, StoreError> {
        if ancestor == descendant {
            return Ok(true);
        }
        self.repository
            .graph_descendant_of(descendant.oid()?, ancestor.oid()?)
            .map_err(|error| StoreError::missing(ancestor, &error))
    }

    /// A blob's bytes, up to [`FILE_LIMIT`].
    ///
    /// # Errors
    /// [`StoreError::BadObject`] if there is no such blob.
    pub fn blob(&self, id: BlobId) -> Result<Vec<u8>, StoreError> {
        let (database, objects) = (self.database()?, self.objects());
        snapshot::read_blob((&database, &objects), id.oid()?, &id.to_string(), FILE_LIMIT)
    }

    /// Checks from now on that every object read is what its name says. Reads
    /// do not, unless somebody asks: it takes longer than all the rest of one.
    pub fn verify_objects(&self) {
        self.verifies.set(true);
        git2::opts::strict_hash_verification(true);
    }

    /// Reads objects from this folder as well: a pre-receive hook finds what is
    /// being pushed in git's quarantine and nowhere else.
    ///
    /// # Errors
    /// Where the folder cannot be used.
    pub fn read_also(&self, objects: &Path) -> Result<(), StoreError> {
        let git = StoreError::git("use the quarantine");
        let path = objects.to_str().ok_or_else(|| StoreError::Git {
            doing: "use the quarantine",
            message: format!("{} is not UTF-8", objects.display()),
        })?;
        self.odb()?.add_disk_alternate(path).map_err(git)
    }

    /// Runs a git command on the desk's repository and returns what it printed;
    /// for what goes over the network, and for what only git can do. It asks
    /// for nothing on the terminal, and the variables of a surrounding hook do
    /// not reach it.
    ///
    /// # Errors
    /// [`StoreError::NoGitProgram`], [`StoreError::GitProgram`] with what git
    /// said.
    pub fn run_git(&self, arguments: &[&str]) -> Result<String, StoreError> {
        let arguments: Vec<&std::ffi::OsStr> = arguments.iter().map(AsRef::as_ref).collect();
        let git = program::git(&self.git_dir, None);
        let output = program::run(git, &arguments, b"")?;
        Ok(String::from_utf8_lossy(&output).into_owned())
    }

    /// The folder of the loose objects.
    fn objects(&self) -> PathBuf {
        self.git_dir.join("objects")
    }

    fn odb(&self) -> Result<Odb<'_>, StoreError> {
        self.repository.odb().map_err(StoreError::git("open the object database"))
    }

    fn database(&self) -> Result<Database<'_>, StoreError> {
        let packs = || self.packs.get_or_init(|| Packs::of(&self.objects()));
        Ok(Database::new(self.odb()?, (!self.verifies.get()).then(packs)))
    }

    fn tree_of(&self, commit: CommitId) -> Result<Oid, StoreError> {
        if let Some((known, tree)) = self.last_tree.get()
            && known == commit
        {
            return Ok(tree);
        }
        let id = commit.oid()?;
        let tree = tree_in(&self.database()?, id);
        let tree = tree.map_err(|error| StoreError::missing(commit, &error))?;
        self.last_tree.set(Some((commit, tree)));
        Ok(tree)
    }
}

/// The tree of the commit `id`. It stands in the first line: the message, which
/// may be long, need not be looked at.
fn tree_in(database: &Database<'_>, id: Oid) -> Result<Oid, git2::Error> {
    let object = database.read(id)?;
    let line = object.data().strip_prefix(b"tree ").filter(|_| object.kind() == ObjectType::Commit);
    let name = line.and_then(|line| std::str::from_utf8(line.get(..40)?).ok());
    name.ok_or_else(|| git2::Error::from_str("it is not a commit")).and_then(Oid::from_str)
}

/// A branch's short name.
fn short(reference: &str) -> &str {
    reference.strip_prefix("refs/heads/").unwrap_or(reference)
}

//! Finding the desk: an explicit path, git's configuration, walking up.

use std::path::PathBuf;

use git2::{Config, ErrorCode, Repository};

use super::error::StoreError;
use super::remembered::Remembered;
use super::{Store, open, tree};

/// The file that makes a commit's tree a desk.
pub(super) const SETTINGS: &str = ".gitsm/desk.yaml";

/// Where to look for the desk.
#[derive(Clone, Debug, Default)]
pub struct Locator {
    /// The desk's repository, as the person named it; stops the search.
    pub desk: Option<PathBuf>,
    /// The folder the command was started in.
    pub cwd: PathBuf,
    /// The branch that holds the desk, instead of the configured one.
    pub branch: Option<String>,
}

/// Finds the desk in the order of [`Store::discover`].
pub(super) fn discover(locator: &Locator) -> Result<Store, StoreError> {
    let branch = locator.branch.as_deref();
    let mut looked = Vec::new();
    if let Some(path) = &locator.desk {
        let path = locator.cwd.join(path);
        return found(open::at(&path)?, branch, "the given repository", &mut looked);
    }
    let mut from = locator.cwd.clone();
    let mut first = true;
    loop {
        let Some(repository) = open::around(&from)? else {
            if first {
                if let Some(path) = global_desk() {
                    return found(open::at(&path)?, branch, "gitsm.desk", &mut looked);
                }
                looked.push(format!("{} and its parents", from.display()));
            }
            return Err(StoreError::NoDesk { looked });
        };
        let root = root_of(&repository);
        let configured = Configured::of(&repository);
        if let Some(path) = configured.desk.filter(|_| first) {
            return found(open::at(&root.join(path))?, branch, "gitsm.desk", &mut looked);
        }
        let branch_here = branch.map(str::to_owned).or(configured.branch);
        match found_on(repository, branch_here, "the repository", &mut looked) {
            Err(StoreError::NoDesk { .. }) => {}
            answer => return answer,
        }
        // A code repository may lie inside a desk's work tree.
        match root.parent() {
            Some(parent) => from = parent.to_owned(),
            None => return Err(StoreError::NoDesk { looked }),
        }
        first = false;
    }
}

/// The store of `repository` if it holds a desk.
fn found(
    repository: Repository,
    branch: Option<&str>,
    what: &str,
    looked: &mut Vec<String>,
) -> Result<Store, StoreError> {
    let branch = branch.map(str::to_owned).or_else(|| configured_branch(&repository));
    found_on(repository, branch, what, looked)
}

/// As [`found`], with the branch that holds the desk, if one is named.
fn found_on(
    repository: Repository,
    branch: Option<String>,
    what: &str,
    looked: &mut Vec<String>,
) -> Result<Store, StoreError> {
    let root = root_of(&repository);
    let store = Store::of(repository, branch)?;
    let place = match &store.branch {
        Some(branch) => format!("branch `{branch}` of {what} {}", root.display()),
        None => format!("{what} {}", root.display()),
    };
    looked.push(place);
    if is_desk(&store)? { Ok(store) } else { Err(StoreError::NoDesk { looked: looked.clone() }) }
}

/// Whether the trunk's tree (or, when HEAD is detached, its commit's) has the
/// desk's settings.
pub(super) fn is_desk(store: &Store) -> Result<bool, StoreError> {
    let head = match store.head() {
        Ok(head) => head,
        Err(StoreError::Unborn { .. }) => return Ok(false),
        Err(error) => return Err(error),
    };
    if let Some(Remembered { tree, settings }) = store.remembered(head) {
        store.last_tree.set(Some((head, tree)));
        store.settings.set(Some((head, settings)));
        return Ok(true);
    }
    let snapshot = store.snapshot_at(head)?;
    Ok(snapshot.entry(SETTINGS)?.is_some_and(|(mode, _)| tree::is_file(mode)))
}

/// Where the repository is, for people: the work tree's root, else the git folder.
pub(super) fn root_of(repository: &Repository) -> PathBuf {
    let root = repository.workdir().unwrap_or_else(|| repository.path());
    // libgit2 ends folders with a slash, which would show in messages.
    root.components().collect()
}

/// What a repository's configuration says of a desk. To ask git for each by
/// itself would read all its files each time.
#[derive(Default)]
struct Configured {
    /// Where the desk lies, from the repository's root.
    desk: Option<PathBuf>,
    branch: Option<String>,
}

impl Configured {
    fn of(repository: &Repository) -> Self {
        let config = repository.config().and_then(|mut config| config.snapshot());
        config.map_or_else(
            |_| Self::default(),
            |config| Self {
                desk: config.get_path("gitsm.desk").ok(),
                branch: config.get_string("gitsm.branch").ok(),
            },
        )
    }
}

fn global_desk() -> Option<PathBuf> {
    let path = Config::open_default().ok()?.snapshot().ok()?.get_path("gitsm.desk").ok()?;
    path.is_absolute().then_some(path)
}

/// The branch that `repository` is configured to keep a desk on.
pub(super) fn configured_branch(repository: &Repository) -> Option<String> {
    Configured::of(repository).branch
}

/// The branch that HEAD names, as a full reference name; `None` if detached.
pub(super) fn head_reference(repository: &Repository) -> Result<Option<String>, StoreError> {
    let head = repository.find_reference("HEAD").map_err(StoreError::git("read HEAD"))?;
    let target = head.symbolic_target().map_err(StoreError::git("read HEAD"))?;
    Ok(target.map(str::to_owned))
}

/// Whether the reference exists.
pub(super) fn exists(repository: &Repository, reference: &str) -> Result<bool, StoreError> {
    match repository.refname_to_id(reference) {
        Ok(_) => Ok(true),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(false),
        Err(error) if error.code() == ErrorCode::InvalidSpec => Ok(false),
        Err(error) => Err(StoreError::git("read a branch")(error)),
    }
}

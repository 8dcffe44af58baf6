//! Making a desk: in a new repository, an empty one, or on a branch of its own.

use std::path::{Path, PathBuf};

use git2::{Reference, Repository, RepositoryInitOptions};

use super::error::StoreError;
use super::identity::{self, Identity};
use super::plan::{FileChange, WriteOptions};
use super::snapshot::Snapshot;
use super::transact::{Attempt, Draft};
use super::{Store, discover, open};

/// What the new desk is made of.
#[derive(Clone, Debug)]
pub struct InitPlan {
    /// The folder of the repository, made if need be; with `branch`, a folder
    /// in the code repository.
    pub dir: PathBuf,
    /// Keep the desk on this new branch of an existing repository.
    pub branch: Option<String>,
    /// Make a repository without a work tree.
    pub bare: bool,
    /// The first branch of a new repository; else git's `init.defaultBranch`,
    /// else `main`.
    pub initial_branch: Option<String>,
    /// The first files, path and content. One must be `.gitsm/desk.yaml`.
    pub files: Vec<(String, Vec<u8>)>,
    /// The first commit's message.
    pub message: String,
    /// Who makes it.
    pub author: Identity,
}

/// Makes a desk and opens it. Git's own status is clean afterwards.
///
/// # Errors
/// [`StoreError::DeskExists`], [`StoreError::RepositoryInUse`] for a repository
/// with commits and no `branch`, [`StoreError::HandEdited`] where another file
/// is in the place of one of the desk's, or why nothing can be written.
pub fn init(plan: &InitPlan) -> Result<Store, StoreError> {
    let store = match &plan.branch {
        Some(branch) => on_branch(&plan.dir, branch)?,
        None => in_repository(plan)?,
    };
    let changes: Vec<FileChange> = plan
        .files
        .iter()
        .map(|(path, content)| FileChange { path: path.clone(), content: Some(content.clone()) })
        .collect();
    let draft = Draft {
        changes: &changes,
        message: &plan.message,
        author: &plan.author,
        committer: &plan.author,
        adopt: &[],
    };
    let options = WriteOptions { command: "gitsm init".to_owned(), ..WriteOptions::default() };
    let exists = || StoreError::DeskExists { path: discover::root_of(&store.repository) };
    {
        let _lock = store.begin(&options)?;
        let empty = Snapshot::new(store.database()?, store.objects(), None, None);
        match store.attempt(&options, &empty, draft)? {
            Attempt::Done(..) => {}
            Attempt::Lost | Attempt::Nothing => return Err(exists()),
        }
    }
    if let Some(branch) = &plan.branch {
        let git = StoreError::git("configure the desk's branch");
        let config = store.repository.config().map_err(&git)?;
        let mut config = config.open_level(git2::ConfigLevel::Local).map_err(&git)?;
        config.set_str("gitsm.branch", branch).map_err(&git)?;
    }
    // Opened anew: the branch now exists, and the checkout has its index.
    Store::open_at(store.repository.path(), plan.branch.as_deref())
}

/// A branch of its own in the code repository around `dir`.
fn on_branch(dir: &Path, branch: &str) -> Result<Store, StoreError> {
    let bad = |why| StoreError::BadBranch { name: branch.to_owned(), why };
    let reference = format!("refs/heads/{branch}");
    if !Reference::is_valid_name(&reference) {
        return Err(bad("it is no name for a branch"));
    }
    let repository =
        open::around(dir)?.ok_or_else(|| StoreError::NotARepository { path: dir.to_owned() })?;
    let path = discover::root_of(&repository);
    if let Some(configured) = discover::configured_branch(&repository)
        && discover::exists(&repository, &format!("refs/heads/{configured}"))?
    {
        return Err(StoreError::DeskExists { path });
    }
    let taken = discover::exists(&repository, &reference)?;
    if !taken && discover::head_reference(&repository)?.as_ref() == Some(&reference) {
        return Err(bad("it is the branch that is checked out"));
    }
    let store = Store::of(repository, Some(branch.to_owned()))?;
    if taken {
        return Err(match discover::is_desk(&store)? {
            true => StoreError::DeskExists { path },
            false => bad("there is such a branch, and it holds no desk"),
        });
    }
    Ok(store)
}

/// A new repository at the plan's folder, or the empty one that is there.
fn in_repository(plan: &InitPlan) -> Result<Store, StoreError> {
    let repository = match open::at(&plan.dir) {
        Ok(repository) => repository,
        Err(StoreError::NotARepository { .. }) => create(plan)?,
        Err(error) => return Err(error),
    };
    let path = discover::root_of(&repository);
    let has_branches = {
        let git = StoreError::git("list the branches");
        let mut branches = repository.branches(None).map_err(&git)?;
        branches.next().transpose().map_err(&git)?.is_some()
    };
    let branch = discover::configured_branch(&repository);
    let store = Store::of(repository, branch)?;
    if has_branches {
        return Err(match discover::is_desk(&store)? {
            true => StoreError::DeskExists { path },
            false => StoreError::RepositoryInUse { path },
        });
    }
    Ok(store)
}

fn create(plan: &InitPlan) -> Result<Repository, StoreError> {
    let branch = plan
        .initial_branch
        .clone()
        .or_else(|| identity::global_config("init.defaultbranch").filter(|name| !name.is_empty()))
        .unwrap_or_else(|| "main".to_owned());
    if !Reference::is_valid_name(&format!("refs/heads/{branch}")) {
        let why = "it is no name for a branch";
        return Err(StoreError::BadBranch { name: branch, why });
    }
    std::fs::create_dir_all(&plan.dir).map_err(StoreError::write(&plan.dir))?;
    let mut options = RepositoryInitOptions::new();
    options.bare(plan.bare).initial_head(&branch).external_template(false);
    Repository::init_opts(&plan.dir, &options).map_err(StoreError::git_write(&plan.dir))
}

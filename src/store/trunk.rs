//! Moving the trunk: compare and swap, durable, and provably ours after a
//! crash.
//!
//! libgit2 could do this, but a process killed while it holds the reference's
//! lock would leave that behind for a person to remove. Here the lock is a
//! hard link to a file of ours, so that the next writer knows whose it is.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use git2::ErrorCode;

use super::error::StoreError;
use super::identity::Identity;
use super::ids::CommitId;
use super::lock::Pause;
use super::worktree::Checkout;
use super::{Store, files, objects, open};

/// How long to wait for another git command.
const PATIENCE: Duration = Duration::from_secs(2);

/// One step of the trunk.
#[derive(Clone, Copy)]
pub(super) struct Move<'a> {
    /// The trunk's full reference name.
    pub(super) trunk: &'a str,
    pub(super) before: Option<CommitId>,
    pub(super) after: CommitId,
    pub(super) by: &'a Identity,
    /// The commit message, whose first line goes into git's reflog.
    pub(super) message: &'a str,
}

impl Store {
    fn trunk_lock(&self, trunk: &str) -> PathBuf {
        self.git_dir.join(format!("{trunk}.lock"))
    }

    /// Our own name for the file behind the lock.
    fn trunk_draft(&self, trunk: &str) -> PathBuf {
        self.state_dir.join(format!("{}.new", trunk.replace('/', "%")))
    }

    /// Removes the lock on the trunk that a killed writer left. The caller
    /// holds the desk's lock.
    pub(super) fn unlock_trunk(&self) -> Result<(), StoreError> {
        let Some(trunk) = &self.trunk else { return Ok(()) };
        let (draft, lock) = (self.trunk_draft(trunk), self.trunk_lock(trunk));
        let Some(ours) = files::stat(&draft)? else { return Ok(()) };
        if files::stat(&lock)?.is_some_and(|stat| stat.is_same_file(&ours)) {
            fs::remove_file(&lock).map_err(StoreError::write(&lock))?;
        }
        fs::remove_file(&draft).map_err(StoreError::write(&draft))
    }

    /// Moves the trunk; `false` if it is not where the move begins.
    pub(super) fn move_trunk(
        &self,
        step: Move<'_>,
        checkout: Option<&Checkout>,
    ) -> Result<bool, StoreError> {
        let lock = self.trunk_lock(step.trunk);
        let path = self.git_dir.join(step.trunk);
        let draft = self.trunk_draft(step.trunk);
        self.lock_trunk(&draft, &lock, step.after)?;
        let result = match self.trunk_is(step.trunk, step.before) {
            Ok(true) => fs::rename(&lock, &path).map(|()| true).map_err(StoreError::write(&path)),
            other => other,
        };
        if !matches!(result, Ok(true)) {
            // If it stays, the next writer removes it.
            let _ = fs::remove_file(&lock);
        }
        if matches!(result, Ok(true)) {
            // The write counts from here on; what the disk says now cannot
            // undo it.
            if let Some(folder) = path.parent() {
                let _ = objects::sync_folder(folder);
            }
            self.log_move(step, checkout);
        }
        let _ = fs::remove_file(&draft);
        result
    }

    /// Takes git's lock on the reference with the new value already in it.
    fn lock_trunk(&self, draft: &Path, lock: &Path, after: CommitId) -> Result<(), StoreError> {
        let _ = fs::remove_file(draft);
        let content = format!("{after}\n");
        let write = |path: &Path| {
            let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
            file.write_all(content.as_bytes())?;
            file.sync_data()
        };
        write(draft).map_err(StoreError::write(draft))?;
        let start = Instant::now();
        let mut pause = Pause::new();
        let mut linkable = true;
        loop {
            let taken = if linkable { fs::hard_link(draft, lock) } else { write(lock) };
            let Err(error) = taken else { return Ok(()) };
            match error.kind() {
                io::ErrorKind::AlreadyExists if start.elapsed() < PATIENCE => pause.sleep(),
                io::ErrorKind::AlreadyExists => {
                    return Err(StoreError::TrunkLocked { path: lock.to_owned() });
                }
                // Git removes the folder of a branch that it has packed.
                io::ErrorKind::NotFound if start.elapsed() < PATIENCE => {
                    if let Some(folder) = lock.parent() {
                        fs::create_dir_all(folder).map_err(StoreError::write(folder))?;
                    }
                }
                _ if linkable && files::cannot_link(&error) => linkable = false,
                _ => return Err(StoreError::write(lock)(error)),
            }
        }
    }

    fn trunk_is(&self, trunk: &str, expected: Option<CommitId>) -> Result<bool, StoreError> {
        match self.repository.find_reference(trunk) {
            Ok(reference) => match reference.target() {
                Some(target) => Ok(expected == Some(target.into())),
                None => Err(StoreError::Git {
                    doing: "move the trunk",
                    message: format!("{trunk} only points at another branch"),
                }),
            },
            Err(error) if error.code() == ErrorCode::NotFound => Ok(expected.is_none()),
            Err(error) => Err(StoreError::git("read the trunk")(error)),
        }
    }

    /// Notes the move in git's reflogs, as git would. Nothing depends on it.
    fn log_move(&self, step: Move<'_>, checkout: Option<&Checkout>) {
        let Ok(signature) = step.by.signature() else { return };
        let setting = self.config("core.logallrefupdates").map(|value| value.to_ascii_lowercase());
        let create = match setting.as_deref() {
            Some("false" | "no" | "off" | "0") => false,
            Some(_) => true,
            None => !self.repository.is_bare(),
        };
        let offset = step.by.offset_minutes;
        let zero = CommitId::from_bytes([0; 20]);
        let line = format!(
            "{} {} {} <{}> {} {}{:02}{:02}\tgitsm: {}\n",
            step.before.unwrap_or(zero),
            step.after,
            String::from_utf8_lossy(signature.name_bytes()),
            String::from_utf8_lossy(signature.email_bytes()),
            step.by.at,
            if offset < 0 { '-' } else { '+' },
            offset.abs() / 60,
            offset.abs() % 60,
            step.message.lines().next().unwrap_or_default()
        );
        let head = checkout.map_or(&self.git_dir, |checkout| &checkout.git_dir);
        let mut logs = vec![self.git_dir.join("logs").join(step.trunk)];
        if open::head_branch(head).is_ok_and(|branch| branch.as_deref() == Some(step.trunk)) {
            logs.push(head.join("logs/HEAD"));
        }
        for log in logs {
            if create && let Some(folder) = log.parent() {
                let _ = fs::create_dir_all(folder);
            }
            let file = OpenOptions::new().append(true).create(create).open(&log);
            let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
        }
    }
}

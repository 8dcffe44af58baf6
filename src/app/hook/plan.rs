//! How each hook would be put where git runs it, and why not where it cannot.
//!
//! In this order: git's own configuration, where git is new enough to take
//! hooks from there; a file in the hooks folder, where nothing is in its place;
//! a file that runs what was there before, where that is asked for. What other
//! people's files would have to say is only told: nothing of theirs is written.

use std::path::{Path, PathBuf};

use super::event::Event;
use super::manager::{Manager, Snippet, runs_legacy};
use super::stub::{self, BEFORE, LEGACY, MARKER};
use crate::error::CommandError;
use crate::store::hooks::{CodeRepository, GitVersion, HookFile, HooksPath, Manifest, Method};

/// What is known about the repository before anything is changed.
#[derive(Debug)]
pub struct Ground<'a> {
    pub repository: &'a CodeRepository,
    pub git: GitVersion,
    pub hooks_path: Option<HooksPath>,
    /// The folder in which git looks for the hooks of people who work here.
    pub folder: PathBuf,
    /// The folder in which it looks when it takes in what is pushed.
    pub push_folder: PathBuf,
    /// The program that manages hooks here, and its file.
    pub manager: Option<(Manager, &'static str)>,
    pub manifest: Manifest,
}

/// What is to be done about one hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Write this text to this file, in the place of nothing, or of ours.
    Write { method: Method, path: PathBuf, text: String, replaces: bool },
    /// It is as it should be.
    Kept { method: &'static str, path: PathBuf },
    /// Somebody has to add something to a file.
    ByHand { path: PathBuf, reason: String, add: String },
}

/// The name of a method, for people and programs.
pub const fn method_name(method: Method) -> &'static str {
    match method {
        Method::Config => "config",
        Method::Stub => "stub",
        Method::Chain => "chain",
    }
}

impl<'a> Ground<'a> {
    /// Looks at the repository.
    ///
    /// # Errors
    /// Git does not answer, or something cannot be read.
    pub fn survey(repository: &'a CodeRepository) -> Result<Self, CommandError> {
        let root = repository.work_tree();
        Ok(Self {
            repository,
            git: repository.git_version()?,
            hooks_path: repository.hooks_path()?,
            folder: repository.hooks_folder(&repository.root())?,
            push_folder: repository.hooks_folder(&repository.git_dir())?,
            manager: root.as_deref().and_then(Manager::of),
            manifest: Manifest::read(repository)?,
        })
    }

    /// The folder in which git looks for this hook.
    pub fn folder_of(&self, event: Event) -> &Path {
        if event.is_of_clients() { &self.folder } else { &self.push_folder }
    }

    /// The file of our hook: the one that git runs, or, where that is of a program
    /// which keeps and runs what was there before, the one that it keeps.
    ///
    /// # Errors
    /// A hook's file cannot be read.
    pub fn place(&self, event: Event) -> Result<PathBuf, CommandError> {
        let path = self.folder_of(event).join(event.name());
        Ok(match HookFile::read(&path, MARKER)? {
            HookFile::Foreign { text } if runs_legacy(&text) => legacy(&path),
            _ => path,
        })
    }

    /// What is to be done so that git runs `program` on `event`.
    ///
    /// # Errors
    /// A hook's file cannot be read.
    pub fn step(&self, event: Event, program: &Path, chain: bool) -> Result<Step, CommandError> {
        let path = self.place(event)?;
        let file = HookFile::read(&path, MARKER)?;
        let is_ours = matches!(file, HookFile::Ours { .. });
        if self.git >= GitVersion::CONFIG_HOOKS && !is_ours {
            return self.by_config(event, program);
        }
        if let Some(step) = self.astray(event) {
            return Ok(step);
        }
        if !is_ours && let Some(step) = self.by_others(event) {
            return Ok(step);
        }
        if let Some(step) = self.elsewhere(event, &path) {
            return Ok(step);
        }
        let before = before(&path);
        let has_before = std::fs::symlink_metadata(&before).is_ok();
        Ok(match file {
            HookFile::Absent => self.write(Method::Stub, path, event, program, false),
            HookFile::Ours { text, executable } => {
                let method = if has_before { Method::Chain } else { Method::Stub };
                match self.write(method, path, event, program, true) {
                    Step::Write { text: wanted, path, .. } if wanted == text && executable => {
                        Step::Kept { method: method_name(method), path }
                    }
                    step => step,
                }
            }
            HookFile::Foreign { text } if text.contains(&call(event)) => {
                Step::Kept { method: "by hand", path }
            }
            HookFile::Foreign { .. } if chain && has_before => Step::ByHand {
                reason: format!("{} is in the way", before.display()),
                add: line(event),
                path,
            },
            HookFile::Foreign { .. } if chain => {
                self.write(Method::Chain, path, event, program, true)
            }
            HookFile::Foreign { .. } => Step::ByHand {
                reason: "there is a hook already; `gitsm hook install --chain` runs it first \
                         and then gitsm"
                    .to_owned(),
                add: line(event),
                path,
            },
        })
    }

    fn write(
        &self,
        method: Method,
        path: PathBuf,
        event: Event,
        program: &Path,
        replaces: bool,
    ) -> Step {
        let text = match method {
            Method::Chain => stub::chain(event, program),
            Method::Config | Method::Stub => stub::plain(event, program),
        };
        Step::Write { method, path, text, replaces }
    }

    fn by_config(&self, event: Event, program: &Path) -> Result<Step, CommandError> {
        let path = self.repository.state_dir().join(event.name());
        let text = stub::plain(event, program);
        Ok(match HookFile::read(&path, MARKER)? {
            HookFile::Ours { text: old, executable: true } if old == text => {
                Step::Kept { method: method_name(Method::Config), path }
            }
            old => {
                let replaces = old != HookFile::Absent;
                Step::Write { method: Method::Config, path, text, replaces }
            }
        })
    }

    /// A relative `core.hooksPath` that leads a push to where no hooks are.
    fn astray(&self, event: Event) -> Option<Step> {
        let set = self.hooks_path.as_ref()?;
        if event.is_of_clients() || self.folder == self.push_folder {
            return None;
        }
        let reason = format!(
            "core.hooksPath ({}) is relative: when somebody pushes into this repository, git \
             looks for hooks in {}",
            set.scope,
            self.push_folder.display()
        );
        let add = format!("git config core.hooksPath {}", stub::quoted(&self.folder));
        Some(Step::ByHand { path: self.repository.common_dir().join("config"), reason, add })
    }

    /// A program that manages hooks in people's clones would throw ours out.
    fn by_others(&self, event: Event) -> Option<Step> {
        let (manager, file) = self.manager.filter(|(manager, _)| manager.knows(event))?;
        let root = self.repository.work_tree()?;
        let Snippet { file: place, text } = manager.snippet(event, file);
        let path = root.join(place);
        if manager.mentions(&root, event, file) {
            return Some(Step::Kept { method: manager.name(), path });
        }
        let reason = format!("{} manages the hooks of this repository", manager.name());
        Some(Step::ByHand { path, reason, add: text })
    }

    /// A hooks folder that is not this repository's alone.
    fn elsewhere(&self, event: Event, path: &Path) -> Option<Step> {
        let is_inside = self.folder_of(event).starts_with(self.repository.common_dir());
        let (is_own, leads) = match &self.hooks_path {
            Some(set) => {
                (set.is_own(), format!("core.hooksPath ({}) leads to {}", set.scope, set.value))
            }
            None => {
                let folder = self.folder_of(event).display();
                (true, format!("the hooks folder is a link to {folder}"))
            }
        };
        if is_own && is_inside {
            return None;
        }
        let text = std::fs::read_to_string(path).unwrap_or_default();
        if text.contains(&call(event)) {
            return Some(Step::Kept { method: "by hand", path: path.to_owned() });
        }
        let whose = if is_own {
            "which others may share by way of the repository"
        } else {
            "which other repositories use as well"
        };
        let reason = format!("{leads}, {whose}");
        Some(Step::ByHand { path: path.to_owned(), reason, add: line(event) })
    }
}

/// Where a hook is kept that was there before; it stays where it is when ours
/// becomes a legacy one.
pub fn before(path: &Path) -> PathBuf {
    with(&plain(path), BEFORE)
}

/// Where pre-commit and prek keep a hook that was there before theirs.
pub fn legacy(path: &Path) -> PathBuf {
    with(path, LEGACY)
}

/// Whether it is a hook that pre-commit or prek keeps.
pub fn is_legacy(path: &Path) -> bool {
    plain(path) != path
}

/// The same hook, where git looks for it.
pub fn plain(path: &Path) -> PathBuf {
    let name = path.to_string_lossy();
    name.strip_suffix(LEGACY).map_or_else(|| path.to_owned(), PathBuf::from)
}

fn with(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// What a file says that runs our hook.
fn call(event: Event) -> String {
    format!("gitsm hook run {event}")
}

fn line(event: Event) -> String {
    format!("{} -- \"$@\" || exit $?", call(event))
}

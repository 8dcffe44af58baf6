//! Other programs that manage the hooks of a repository, and what to add to
//! their files so that they run ours.
//!
//! Nothing of theirs is written: their files are kept in the repository and
//! shared by everybody who works on it.

use std::path::Path;

use super::event::Event;

/// A program that manages hooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manager {
    Husky,
    Lefthook,
    PreCommit,
    Prek,
}

/// Where each of them keeps what it is to do.
const FILES: [(Manager, &[&str]); 4] = [
    (Manager::Husky, &[".husky"]),
    (
        Manager::Lefthook,
        &[
            "lefthook.yml",
            "lefthook.yaml",
            "lefthook.toml",
            "lefthook.json",
            ".lefthook.yml",
            ".lefthook.yaml",
            ".lefthook.toml",
            ".lefthook.json",
            ".config/lefthook.yml",
        ],
    ),
    (Manager::Prek, &["prek.toml"]),
    (Manager::PreCommit, &[".pre-commit-config.yaml", ".pre-commit-config.yml"]),
];

/// What to add, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snippet {
    /// The file, from the root of the work tree.
    pub file: String,
    pub text: String,
}

impl Manager {
    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Husky => "husky",
            Self::Lefthook => "lefthook",
            Self::PreCommit => "pre-commit",
            Self::Prek => "prek",
        }
    }

    /// The program that manages the hooks of the work tree at `root`, and the
    /// file or folder that says so.
    pub fn of(root: &Path) -> Option<(Self, &'static str)> {
        FILES.iter().find_map(|(manager, files)| {
            let file = files.iter().find(|file| root.join(file).exists())?;
            Some((*manager, *file))
        })
    }

    /// What makes it run our hook.
    pub fn snippet(self, event: Event, file: &str) -> Snippet {
        let call = format!("gitsm hook run {event}");
        let (file, text) = match self {
            Self::Husky => (format!("{file}/{event}"), format!("{call} -- \"$@\"")),
            Self::Lefthook => {
                let input = if event.reads_input() { "\n      use_stdin: true" } else { "" };
                let text =
                    format!("{event}:\n  commands:\n    gitsm:\n      run: {call} -- {{0}}{input}");
                (file.to_owned(), text)
            }
            Self::PreCommit => {
                let passes = passes_files(event);
                let text = format!(
                    "- repo: local\n  hooks:\n  - id: gitsm-{event}\n    name: gitsm {event}\n    \
                     entry: {call} --\n    language: system\n    stages: [{event}]\n    \
                     always_run: true\n    pass_filenames: {passes}"
                );
                (file.to_owned(), text)
            }
            Self::Prek => {
                let passes = passes_files(event);
                let text = format!(
                    "[[repos]]\nrepo = \"local\"\nhooks = [{{ id = \"gitsm-{event}\", \
                     name = \"gitsm {event}\", entry = \"{call} --\", language = \"system\", \
                     stages = [\"{event}\"], always_run = true, pass_filenames = {passes} }}]"
                );
                (file.to_owned(), text)
            }
        };
        Snippet { file, text }
    }

    /// Whether its file mentions our hook already.
    pub fn mentions(self, root: &Path, event: Event, file: &str) -> bool {
        let text = std::fs::read_to_string(root.join(self.snippet(event, file).file));
        text.is_ok_and(|text| text.contains(&format!("gitsm hook run {event}")))
    }
}

/// pre-commit gives only these what git gives them, and else the files of the
/// commit.
fn passes_files(event: Event) -> bool {
    matches!(event, Event::CommitMsg | Event::PrepareCommitMsg)
}

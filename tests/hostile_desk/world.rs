//! A desk in a temporary folder, with a home of its own, and the programs run
//! on it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// How the desk lies in its repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    WorkTree,
    Bare,
    Branch,
}

pub(crate) const EVERYWHERE: [Kept; 3] = [Kept::WorkTree, Kept::Bare, Kept::Branch];

/// What a program answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Answer {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// The standard output of a command that must succeed.
    #[track_caller]
    pub(crate) fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// As [`fails`](Self::fails), where there is nothing that one could do next.
    #[track_caller]
    pub(crate) fn fails_plainly(self, code: i32, says: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.err.starts_with("error: "), "{self:?}");
        assert!(says.iter().all(|text| self.err.contains(text)), "{self:?}");
        self
    }

    /// Checks that the command failed with `code`, said what happened (each of
    /// `says`), and what to do next.
    #[track_caller]
    pub(crate) fn fails(self, code: i32, says: &[&str]) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.err.starts_with("error: "), "{self:?}");
        for text in says {
            assert!(self.err.contains(text), "`{text}` is not in {self:?}");
        }
        // The parser of the command line speaks of usage instead.
        let next = self.err.contains("\nhint: ") || self.err.contains("\nUsage: ");
        assert!(next, "there is no hint in {self:?}");
        assert!(!self.err.contains("panicked"), "{self:?}");
        self
    }
}

/// A desk, and the home of the person who works on it.
pub(crate) struct World {
    /// Removed with the world; holds what lies next to the desk.
    pub(crate) folder: TempDir,
    pub(crate) root: PathBuf,
    pub(crate) kept: Kept,
}

const BINARY: &str = env!("CARGO_BIN_EXE_gitsm");

impl World {
    /// A desk as `gitsm init` makes it.
    pub(crate) fn new(kept: Kept) -> Self {
        Self::below(None, kept)
    }

    /// A desk in a temporary folder below `place`.
    pub(crate) fn below(place: Option<&Path>, kept: Kept) -> Self {
        let folder = match place {
            Some(place) => TempDir::new_in(place),
            None => TempDir::new(),
        }
        .expect("a folder");
        let root = folder.path().join("desk");
        let home = folder.path().join("home");
        fs::create_dir(&home).expect("a home");
        fs::write(home.join(".gitconfig"), CONFIG).expect("written");
        let world = Self { folder, root, kept };
        match kept {
            Kept::WorkTree => world.at(world.folder.path(), &["init", "desk"]).ok(),
            Kept::Bare => world.at(world.folder.path(), &["init", "--bare", "desk"]).ok(),
            Kept::Branch => {
                world.git_at(world.folder.path(), &["init", "-q", "desk"]);
                fs::write(world.root.join("code.rs"), "fn main() {}\n").expect("written");
                world.git(&["add", "."]);
                world.git(&["commit", "-qm", "Code"]);
                world.gitsm(&["init", "--branch", "desk"]).ok()
            }
        };
        world
    }

    /// The branch that holds the desk.
    pub(crate) fn trunk(&self) -> &'static str {
        if self.kept == Kept::Branch { "desk" } else { "main" }
    }

    /// The repository's own folder.
    pub(crate) fn git_dir(&self) -> PathBuf {
        if self.kept == Kept::Bare { self.root.clone() } else { self.root.join(".git") }
    }

    pub(crate) fn state_dir(&self) -> PathBuf {
        self.git_dir().join("gitsm")
    }

    /// Gives a command this world's environment and nothing of the tester's.
    pub(crate) fn dress(&self, command: &mut Command) {
        let path = std::env::var_os("PATH").unwrap_or_default();
        command
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.folder.path().join("home"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
    }

    /// A gitsm command on the desk, not yet started.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(BINARY);
        self.dress(&mut command);
        command.current_dir(&self.root).args(arguments);
        command
    }

    pub(crate) fn gitsm(&self, arguments: &[&str]) -> Answer {
        Answer::of(&self.command(arguments).output().expect("gitsm runs"))
    }

    pub(crate) fn at(&self, folder: &Path, arguments: &[&str]) -> Answer {
        let mut command = self.command(arguments);
        Answer::of(&command.current_dir(folder).output().expect("gitsm runs"))
    }

    /// A shell command in the desk's folder; `$GITSM` is the program.
    pub(crate) fn shell(&self, script: &str) -> Command {
        let mut command = Command::new("sh");
        self.dress(&mut command);
        command.current_dir(&self.root).env("GITSM", BINARY).args(["-c", script]);
        command
    }

    pub(crate) fn try_git(&self, arguments: &[&str]) -> Answer {
        self.try_git_at(&self.root, arguments)
    }

    fn try_git_at(&self, folder: &Path, arguments: &[&str]) -> Answer {
        let mut command = Command::new("git");
        self.dress(&mut command);
        let output = command.current_dir(folder).args(arguments).output();
        Answer::of(&output.expect("git runs"))
    }

    /// Runs git and returns what it printed.
    #[track_caller]
    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        self.git_at(&self.root, arguments)
    }

    #[track_caller]
    pub(crate) fn git_at(&self, folder: &Path, arguments: &[&str]) -> String {
        self.try_git_at(folder, arguments).ok().trim_end().to_owned()
    }

    /// Reports an incident and returns its full id.
    #[track_caller]
    pub(crate) fn incident(&self, title: &str) -> String {
        let short = self.gitsm(&["incident", "new", title]).ok();
        self.full(short.trim())
    }

    /// The full id of a record that can be read.
    #[track_caller]
    pub(crate) fn full(&self, short: &str) -> String {
        let path = self.gitsm(&["path", short]).ok();
        let name = path.trim().rsplit('/').next().unwrap_or_default();
        name.trim_end_matches(".yaml").to_owned()
    }

    /// The path of a record's file below the root, from its full id.
    pub(crate) fn path(id: &str) -> String {
        let mut last = id.chars().rev();
        let (one, two) = (last.next().expect("an id"), last.next().expect("an id"));
        format!("incidents/{two}/{one}/{id}.yaml")
    }

    /// Everything below a folder, and the folder itself; links are left out.
    pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
        let mut all = vec![folder.to_owned()];
        let mut next = 0;
        while let Some(path) = all.get(next).cloned() {
            next += 1;
            if path.is_dir() {
                let entries = fs::read_dir(&path).expect("read");
                let paths = entries.map(|entry| entry.expect("an entry").path());
                all.extend(paths.filter(|path| !path.is_symlink()));
            }
        }
        all
    }

    /// Commits whatever lies in the work tree, by plain git.
    #[track_caller]
    pub(crate) fn commit_by_hand(&self) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-qm", "By hand"]);
    }

    /// Writes a record's file and commits it by plain git.
    #[track_caller]
    pub(crate) fn spoil(&self, id: &str, content: impl AsRef<[u8]>) {
        fs::write(self.root.join(Self::path(id)), content).expect("written");
        self.commit_by_hand();
    }

    /// All ids, closed or not.
    #[track_caller]
    pub(crate) fn ids(&self) -> Vec<String> {
        let out = self.gitsm(&["list", "--all", "-n", "0", "--format", "ids"]).ok();
        out.lines().map(str::to_owned).collect()
    }

    /// How many commits the desk has.
    #[track_caller]
    pub(crate) fn commits(&self) -> usize {
        self.git(&["rev-list", "--count", self.trunk()]).parse().expect("a number")
    }

    /// The paths of all records on the trunk.
    #[track_caller]
    pub(crate) fn record_paths(&self) -> Vec<String> {
        let out = self.git(&["ls-tree", "-r", "--name-only", self.trunk(), "incidents/"]);
        out.lines().map(str::to_owned).collect()
    }

    /// Checks that git and gitsm find nothing wrong.
    #[track_caller]
    pub(crate) fn check(&self) {
        if self.kept != Kept::Bare {
            assert_eq!(self.git(&["status", "--porcelain"]), "");
        }
        let fsck = self.try_git(&["fsck", "--strict", "--no-dangling"]);
        let said = format!("{}{}", fsck.out, fsck.err);
        assert!(fsck.code == Some(0) && !said.contains("error"), "{said}");
        let check = self.gitsm(&["check"]);
        assert_eq!((check.code, check.out.as_str()), (Some(0), ""), "{}", check.err);
    }
}

const CONFIG: &str = "\
[user]
\tname = Alice Example
\temail = alice@example.org
[init]
\tdefaultBranch = main
[gc]
\tauto = 0
[protocol \"file\"]
\tallow = always
";

/// Whether the tests run as the system's administrator, who may mount, and
/// whom permissions do not stop.
pub(crate) fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output();
    output.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Small numbers that look random and are the same in each run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

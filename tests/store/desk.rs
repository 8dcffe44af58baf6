//! Desks to test on, in all three modes, and the git program to check them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use gitsm::model::{Kind, RecordId};
use gitsm::store::{
    Committed, FileChange, Identity, InitPlan, Plan, Snapshot, Store, StoreError, WriteOptions,
    init,
};
use tempfile::TempDir;

/// How the desk under test lies in its repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kept {
    WorkTree,
    Bare,
    Branch,
}

pub(crate) const EVERYWHERE: [Kept; 3] = [Kept::WorkTree, Kept::Bare, Kept::Branch];

/// A desk in a temporary folder.
pub(crate) struct Desk {
    pub(crate) store: Store,
    pub(crate) root: PathBuf,
    pub(crate) kept: Kept,
    /// Removed with the desk; holds what lies next to it.
    pub(crate) folder: TempDir,
}

pub(crate) fn alice() -> Identity {
    Identity {
        name: "Alice Example".into(),
        email: "alice@example.org".into(),
        at: 1_795_000_000,
        offset_minutes: 60,
    }
}

pub(crate) fn settings() -> Vec<(String, Vec<u8>)> {
    vec![
        (".gitattributes".into(), b"* -text\n".to_vec()),
        (".gitsm/desk.yaml".into(), b"version: 1\nname: Test\n".to_vec()),
    ]
}

/// The `n`th record: its tail differs from its neighbours'.
pub(crate) fn record(n: u128) -> RecordId {
    let spread = n.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ n;
    RecordId::new(Kind::Incident, ulid::Ulid::from_parts(1_795_000_000_000, spread))
}

/// A git command with an empty configuration of the user's.
pub(crate) fn git_command(at: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("git");
    command
        .current_dir(at)
        .env_remove("GIT_DIR")
        .env_remove("GIT_INDEX_FILE")
        .env_remove("GIT_WORK_TREE")
        .env("HOME", "/nonexistent")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("LC_ALL", "C")
        .args(["-c", "user.name=Bob", "-c", "user.email=bob@example.org"])
        .args(["-c", "init.defaultBranch=main", "-c", "commit.gpgsign=false"])
        .args(arguments);
    command
}

pub(crate) fn try_git(at: &Path, arguments: &[&str]) -> Output {
    git_command(at, arguments).output().expect("git runs")
}

/// Runs git and returns what it printed.
pub(crate) fn git(at: &Path, arguments: &[&str]) -> String {
    let output = try_git(at, arguments);
    assert!(
        output.status.success(),
        "git {arguments:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("text").trim_end().to_owned()
}

pub(crate) fn init_plan(dir: &Path) -> InitPlan {
    InitPlan {
        dir: dir.to_owned(),
        branch: None,
        bare: false,
        initial_branch: Some("main".into()),
        files: settings(),
        message: "Start the desk".into(),
        author: alice(),
    }
}

/// Settings that keep the user's own configuration out of the test.
pub(crate) fn isolate(root: &Path) {
    for (key, value) in [
        ("user.name", "Bob"),
        ("user.email", "bob@example.org"),
        ("commit.gpgsign", "false"),
        ("gitsm.maintenance", "false"),
        ("core.autocrlf", "false"),
    ] {
        git(root, &["config", key, value]);
    }
}

impl Desk {
    pub(crate) fn new(kept: Kept) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().join("desk");
        let mut plan = init_plan(&root);
        match kept {
            Kept::WorkTree => {}
            Kept::Bare => plan.bare = true,
            Kept::Branch => {
                std::fs::create_dir(&root).expect("a folder");
                git(&root, &["init", "-q"]);
                std::fs::write(root.join("code.rs"), "fn main() {}\n").expect("a file");
                git(&root, &["add", "."]);
                git(&root, &["commit", "-qm", "Code"]);
                plan.branch = Some("desk".into());
            }
        }
        let store = init(&plan).expect("a desk");
        isolate(&root);
        Self { store, root, kept, folder }
    }

    pub(crate) fn trunk(&self) -> &'static str {
        if self.kept == Kept::Branch { "desk" } else { "main" }
    }

    /// Writes `content` (`None` deletes) at each path, in one commit.
    pub(crate) fn write(
        &self,
        files: &[(&str, Option<&str>)],
    ) -> Result<Committed<()>, StoreError> {
        self.write_with(&WriteOptions::default(), files)
    }

    pub(crate) fn write_with(
        &self,
        options: &WriteOptions,
        files: &[(&str, Option<&str>)],
    ) -> Result<Committed<()>, StoreError> {
        write(&self.store, options, files)
    }

    pub(crate) fn read(&self, path: &str) -> Option<String> {
        let snapshot = self.store.snapshot().expect("a snapshot");
        let bytes = snapshot.file(path).expect("a file");
        bytes.map(|bytes| String::from_utf8(bytes).expect("text"))
    }

    /// Asserts what must hold after every command: the repository is sound,
    /// nothing is left behind, and git sees `status`.
    pub(crate) fn check_status(&self, status: &str) {
        let fsck = git(&self.root, &["fsck", "--strict", "--no-dangling"]);
        assert!(fsck.is_empty(), "{fsck}");
        let state = self.store.state_dir();
        for name in ["journal", "index.new"] {
            assert!(!state.join(name).exists(), "{name} is left over");
        }
        if self.kept != Kept::Bare {
            let seen = git(&self.root, &["status", "--porcelain", "--untracked-files=all"]);
            assert_eq!(seen, status, "git status");
        }
        if self.kept == Kept::WorkTree && status.is_empty() {
            let tree = git(&self.root, &["rev-parse", "main^{tree}"]);
            self.check_index();
            assert_eq!(git(&self.root, &["write-tree"]), tree, "the index holds the trunk");
            assert!(!self.root.join(".git/index.lock").exists(), "index.lock is left over");
        }
    }

    /// Has git compare the trees that the index remembers with its entries.
    pub(crate) fn check_index(&self) {
        let copy = self.folder.path().join("index");
        std::fs::copy(self.root.join(".git/index"), &copy).expect("copied");
        let output = git_command(&self.root, &["update-index", "--force-write-index"])
            .env("GIT_INDEX_FILE", &copy)
            .env("GIT_TEST_CHECK_CACHE_TREE", "1")
            .output()
            .expect("git runs");
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && !message.contains("BUG"), "{message}");
    }

    pub(crate) fn check(&self) {
        self.check_status("");
    }
}

pub(crate) fn write(
    store: &Store,
    options: &WriteOptions,
    files: &[(&str, Option<&str>)],
) -> Result<Committed<()>, StoreError> {
    store.transact(options, |_: &Snapshot<'_>| Ok(plan(files)))
}

pub(crate) fn plan(files: &[(&str, Option<&str>)]) -> Plan<()> {
    Plan {
        changes: files
            .iter()
            .map(|(path, content)| FileChange {
                path: (*path).to_owned(),
                content: content.map(|content| content.as_bytes().to_vec()),
            })
            .collect(),
        message: "INC-7K3F9Q edit: a test\n\nGitsm-Action: edit".into(),
        author: alice(),
        committer: alice(),
        adopt: Vec::new(),
        value: (),
    }
}

//! A place with a desk and repositories of code that nothing outside can
//! disturb. Whoever runs git has an identity in the environment that must never
//! reach the desk.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;

/// The hooks that can be had.
pub const EVENTS: [&str; 12] = [
    "pre-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "post-merge",
    "post-checkout",
    "post-rewrite",
    "pre-push",
    "pre-receive",
    "update",
    "post-receive",
    "reference-transaction",
];

/// Who works in repositories of code.
pub const CODER: (&str, &str) = ("Cora Coder", "cora@example.com");
/// Who the desk's own configuration says acts for it.
pub const DESK: (&str, &str) = ("Desk", "desk@example.com");

/// What a command has answered.
#[derive(Clone, Debug)]
pub struct Out {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl fmt::Display for Out {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}]\n{}{}", self.code, self.out, self.err)
    }
}

impl Out {
    /// Fails the test unless the command has ended with this code.
    #[track_caller]
    pub fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self}");
        self
    }

    /// The standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self}"))
    }
}

/// Every file below a folder, with its mode and content.
pub type Files = BTreeMap<PathBuf, (u32, Vec<u8>)>;

pub struct World {
    home: Rc<tempfile::TempDir>,
    /// Further variables.
    pub vars: Vec<(String, String)>,
}

impl World {
    /// A home, and a desk in `desk` that knows the repository `crm`.
    pub fn new() -> Self {
        let home = tempfile::tempdir().expect("a folder");
        let world = Self { home: Rc::new(home), vars: Vec::new() };
        fs::create_dir(world.path("bin")).expect("a folder");
        world.gitsm(".", &["init", "desk", "--profile", "itsm"]).ends(0);
        for (key, value) in [("user.name", DESK.0), ("user.email", DESK.1)] {
            world.git("desk", &["config", key, value]).ends(0);
        }
        world
    }

    /// The same, with a desk that deploys what is pushed.
    pub fn deploying() -> Self {
        let world = Self::new();
        let home = world.path("");
        world.settings(&format!(
            "repositories:\n  crm:\n    remotes: [{0}/crm.git, {0}/code]\n    deploys:\n    \
             - {{ref: refs/heads/main, to: production}}\n",
            home.display()
        ));
        world
    }

    /// Gives the desk this deployments.yaml.
    pub fn settings(&self, text: &str) {
        self.write("desk/.gitsm/deployments.yaml", text);
        self.gitsm("desk", &["commit"]).ends(0);
    }

    pub fn path(&self, path: &str) -> PathBuf {
        let home = self.home.path().canonicalize().expect("a folder");
        if path.is_empty() { home } else { home.join(path) }
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    /// Writes a script that can be run.
    pub fn script(&self, path: &str, text: &str) {
        self.write(path, format!("#!/bin/sh\n{text}\n"));
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(0o755)).expect("a mode");
    }

    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    /// A command in the folder `cwd`.
    pub fn command(&self, program: &str, cwd: &str) -> Command {
        let path = std::env::var("PATH").expect("a PATH");
        let gitsm = Path::new(env!("CARGO_BIN_EXE_gitsm")).parent().expect("a folder");
        let mut command = Command::new(program);
        command
            .current_dir(self.path(cwd))
            .env_clear()
            .env("PATH", format!("{}:{}:{path}", self.path("bin").display(), gitsm.display()))
            .env("HOME", self.path(""))
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("NO_COLOR", "1")
            .env("COLUMNS", "200")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", CODER.0)
            .env("GIT_AUTHOR_EMAIL", CODER.1)
            .env("GIT_AUTHOR_DATE", "2001-01-01T00:00:00Z")
            .env("GIT_COMMITTER_NAME", CODER.0)
            .env("GIT_COMMITTER_EMAIL", CODER.1)
            .envs(self.vars.iter().map(|(name, value)| (name, value)));
        command
    }

    pub fn run(&self, mut command: Command, input: &[u8]) -> Out {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("started");
        let mut stdin = child.stdin.take().expect("its input");
        let output = std::thread::scope(|scope| {
            scope.spawn(move || {
                let _ = stdin.write_all(input);
            });
            child.wait_with_output().expect("ended")
        });
        Out {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    pub fn gitsm(&self, cwd: &str, args: &[&str]) -> Out {
        self.gitsm_with(cwd, args, b"")
    }

    pub fn gitsm_with(&self, cwd: &str, args: &[&str], input: &[u8]) -> Out {
        let mut command = self.command(env!("CARGO_BIN_EXE_gitsm"), cwd);
        command.args(args);
        self.run(command, input)
    }

    pub fn git(&self, cwd: &str, args: &[&str]) -> Out {
        let mut command = self.command("git", cwd);
        command.args(args);
        self.run(command, b"")
    }

    /// The same place with one more variable.
    pub fn with(&self, name: &str, value: &str) -> World {
        let mut vars = self.vars.clone();
        vars.push((name.to_owned(), value.to_owned()));
        World { home: Rc::clone(&self.home), vars }
    }

    /// A bare repository `crm.git`, a clone of it in `code` with one commit that
    /// is pushed, and a linked work tree of that in `tree`.
    pub fn code(&self) {
        self.git(".", &["init", "-q", "--bare", "-b", "main", "crm.git"]).ends(0);
        self.git(".", &["init", "-q", "-b", "main", "code"]).ends(0);
        let origin = self.path("crm.git");
        self.git("code", &["remote", "add", "origin", &origin.to_string_lossy()]).ends(0);
        self.commit("code", "first");
        self.git("code", &["push", "-q", "origin", "main"]).ends(0);
        self.git("code", &["worktree", "add", "-q", "-b", "side", "../tree"]).ends(0);
    }

    /// Commits a file named after the message.
    pub fn commit(&self, cwd: &str, message: &str) -> Out {
        let path = format!("{cwd}/{}.txt", message.replace([' ', '/'], "-"));
        let before = fs::read_to_string(self.path(&path)).unwrap_or_default();
        self.write(&path, before + message + "\n");
        self.git(cwd, &["add", "."]).ends(0);
        self.git(cwd, &["commit", "-q", "-m", message])
    }

    /// Everything below a folder but objects and what git notes for itself.
    pub fn files(&self, folder: &str) -> Files {
        fn walk(folder: &Path, root: &Path, found: &mut Files) {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                let data = fs::symlink_metadata(&path).expect("known");
                let name = path.strip_prefix(root).expect("inside").to_owned();
                if data.is_dir() {
                    walk(&path, root, found);
                    found.insert(name, (data.permissions().mode(), Vec::new()));
                } else if data.is_symlink() {
                    let target = fs::read_link(&path).expect("a link");
                    let target = target.to_string_lossy().into_owned().into_bytes();
                    found.insert(name, (data.permissions().mode(), target));
                } else {
                    let content = fs::read(&path).expect("a file");
                    found.insert(name, (data.permissions().mode(), content));
                }
            }
        }
        let (root, mut found) = (self.path(folder), Files::new());
        walk(&root, &root, &mut found);
        found
    }

    /// How many commits a repository has, on all of its branches.
    pub fn commits(&self, cwd: &str) -> usize {
        let out = self.git(cwd, &["rev-list", "--all", "--count"]).ends(0);
        out.out.trim().parse().expect("a number")
    }

    /// The authors and committers of the desk's commits but the first two, which
    /// the test itself has made.
    pub fn desk_people(&self) -> Vec<String> {
        let out = self.git("desk", &["log", "--reverse", "--format=%an <%ae> %cn <%ce> %as"]);
        out.ends(0).out.lines().skip(2).map(str::to_owned).collect()
    }

    /// A git on the PATH that says that it is of this version.
    pub fn pretend(&self, version: &str) {
        let real = std::env::split_paths(&std::env::var_os("PATH").expect("a PATH"))
            .map(|folder| folder.join("git"))
            .find(|path| path.is_file())
            .expect("a git");
        // What precedes the subcommand is passed over, as git itself does.
        self.script(
            "bin/git",
            &format!(
                "for word; do case $word in version) echo 'git version {version}'; exit 0;; \
                 --git-dir|-C|-c) ;; -*) ;; *) [ -e \"$word\" ] || break;; esac; done\n\
                 exec {} \"$@\"",
                real.display()
            ),
        );
    }
}

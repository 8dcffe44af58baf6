//! A place to run gitsm in that nothing outside can disturb: own home, no git
//! configuration, UTC, fixed width, and a clock that moves on a minute with
//! each command.

use std::cell::{Cell, RefCell};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;

use super::Output;
use super::output::Names;

/// Where and as whom commands run. Cheap to copy: `as_person`, `at` and the like
/// give a copy that differs in one thing and shares the clock and the names.
#[derive(Clone)]
pub struct Env {
    home: Rc<tempfile::TempDir>,
    minute: Rc<Cell<u32>>,
    names: Rc<RefCell<Names>>,
    cwd: PathBuf,
    person: String,
    vars: Vec<(String, String)>,
    stdin: String,
}

impl Env {
    /// An empty folder, no desk.
    pub fn empty() -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let root = home.path().canonicalize().expect("a folder");
        for folder in ["src", "tmp"] {
            fs::create_dir(root.join(folder)).expect("a new folder");
        }
        Self {
            names: Rc::new(RefCell::new(Names::new(&root))),
            cwd: root.join("src"),
            home: Rc::new(home),
            minute: Rc::default(),
            person: "alice".to_owned(),
            vars: Vec::new(),
            stdin: String::new(),
        }
    }

    /// A new desk of profile itsm; commands run in it.
    pub fn desk() -> Self {
        Self::desk_with(&["--profile", "itsm"])
    }

    /// A new desk, started with these options; commands run in it.
    pub fn desk_with(options: &[&str]) -> Self {
        let env = Self::empty();
        let mut args = vec!["init", "desk"];
        args.extend(options);
        env.ok(&args);
        env.at("desk")
    }

    /// The same place, used by somebody else.
    pub fn as_person(&self, person: &str) -> Self {
        Self { person: person.to_owned(), ..self.clone() }
    }

    /// Another folder, seen from the present one.
    pub fn at(&self, folder: &str) -> Self {
        Self { cwd: self.cwd.join(folder), ..self.clone() }
    }

    /// With one more environment variable.
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut env = self.clone();
        env.vars.push((name.to_owned(), value.to_owned()));
        env
    }

    /// With this text on standard input.
    pub fn typing(&self, text: &str) -> Self {
        Self { stdin: text.to_owned(), ..self.clone() }
    }

    /// With an editor that runs this shell script on the file `$1`.
    pub fn editing(&self, script: &str) -> Self {
        let path = self.home().join("tmp/editor.sh");
        fs::write(&path, format!("set -e\n{script}\n")).expect("a script");
        self.with("GITSM_EDITOR", &format!("sh {}", path.display()))
    }

    /// The folder in which commands run.
    pub fn cwd(&self) -> &Path {
        &self.cwd
    }

    /// The home folder, which holds everything.
    pub fn home(&self) -> PathBuf {
        self.home.path().canonicalize().expect("a folder")
    }

    /// Runs gitsm.
    pub fn run(&self, args: &[&str]) -> Output {
        self.program(env!("CARGO_BIN_EXE_gitsm"), args)
    }

    /// Runs gitsm, which must succeed.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> Output {
        let output = self.run(args);
        assert_eq!(output.code, 0, "gitsm {args:?}\n{output}");
        output
    }

    /// Runs a command that makes a record; gives the record's short id.
    #[track_caller]
    pub fn new_record(&self, args: &[&str]) -> String {
        self.ok(args).raw_stdout().trim_end().to_owned()
    }

    /// A new incident.
    #[track_caller]
    pub fn incident(&self, title: &str) -> String {
        self.new_record(&["incident", "new", title])
    }

    /// The full id of a record.
    #[track_caller]
    pub fn full_id(&self, id: &str) -> String {
        let path = self.path(id);
        let name = path.rsplit('/').next().expect("a name");
        name.trim_end_matches(".yaml").to_owned()
    }

    /// The path of a record's file.
    #[track_caller]
    pub fn path(&self, id: &str) -> String {
        self.ok(&["path", id]).raw_stdout().trim_end().to_owned()
    }

    /// Runs git, which must succeed.
    #[track_caller]
    pub fn git(&self, args: &[&str]) -> Output {
        let output = self.program("git", args);
        assert_eq!(output.code, 0, "git {args:?}\n{output}");
        output
    }

    /// How many commits the branch has.
    #[track_caller]
    pub fn commits(&self) -> usize {
        let output = self.git(&["rev-list", "--count", "HEAD"]);
        output.raw_stdout().trim().parse().expect("a number")
    }

    /// Writes a file.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.cwd.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).expect("a folder");
        }
        fs::write(path, content).expect("a file");
    }

    /// Reads a file.
    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.cwd.join(path)).expect("a readable file")
    }

    /// Changes a file by putting one text in place of another, which must be there.
    #[track_caller]
    pub fn replace(&self, path: &str, from: &str, to: &str) {
        let text = self.read(path);
        assert!(text.contains(from), "no `{from}` in\n{text}");
        self.write(path, text.replace(from, to));
    }

    fn program(&self, program: &str, args: &[&str]) -> Output {
        let minute = self.minute.get();
        self.minute.set(minute + 1);
        let (hour, minute) = (9 + minute / 60, minute % 60);
        let email = format!("{}@example.com", self.person);
        let mut name = self.person.clone();
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        let mut child = Command::new(program)
            .args(args)
            .current_dir(&self.cwd)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.home())
            .env("TMPDIR", self.home().join("tmp"))
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("COLUMNS", "100")
            .env("NO_COLOR", "1")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_NAME", &name)
            .env("GIT_AUTHOR_EMAIL", &email)
            .env("GIT_COMMITTER_NAME", &name)
            .env("GIT_COMMITTER_EMAIL", &email)
            .env("GITSM_NOW", format!("2026-11-22T{hour:02}:{minute:02}:04Z"))
            .envs(self.vars.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        if let Some(mut stdin) = child.stdin.take() {
            // A program that does not read what it is given is no failure.
            let _ = stdin.write_all(self.stdin.as_bytes());
        }
        let output = child.wait_with_output().expect("the program ends");
        Output::new(&output, &mut self.names.borrow_mut())
    }
}

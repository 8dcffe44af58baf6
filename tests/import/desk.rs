//! A desk to import into, and what git says about it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A new desk in a folder of its own.
pub(crate) struct Desk {
    pub(crate) folder: TempDir,
}

/// What a command answered.
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) json: Value,
    pub(crate) err: String,
}

/// One commit of an event log.
pub(crate) struct Happening {
    pub(crate) author: String,
    pub(crate) at: i64,
    pub(crate) committer: String,
    pub(crate) subject: String,
    pub(crate) actor: String,
    pub(crate) import: String,
    pub(crate) action: String,
    /// The record as the commit has it.
    pub(crate) record: gitsm::model::Record,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let desk = Self { folder: TempDir::new().expect("a folder") };
        let made = desk.gitsm(&["init", "desk"]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        desk
    }

    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(assert_cmd::cargo::cargo_bin!("gitsm"));
        command
            .current_dir(self.folder.path())
            .env("GIT_CONFIG_GLOBAL", self.folder.path().join("gitconfig"))
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_NAME", "Alice")
            .env("GIT_AUTHOR_EMAIL", "alice@example.com")
            .env("GIT_COMMITTER_NAME", "Alice")
            .env("GIT_COMMITTER_EMAIL", "alice@example.com")
            .env_remove("GITSM_DESK")
            .env_remove("GIT_DIR");
        command
    }

    pub(crate) fn gitsm(&self, args: &[&str]) -> Output {
        self.command().args(args).output().expect("gitsm runs")
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn import(&self, source: &Path, map: &Path, options: &[&str]) -> Answer {
        let mut command = self.command();
        command.args(["--json", "--desk", "desk", "import", "csv"]);
        command.arg(source).arg("--map").arg(map).args(options);
        answer(&command.output().expect("gitsm runs"))
    }

    /// Imports a file by a mapping that comes with gitsm.
    pub(crate) fn from(&self, system: &str, source: &Path, options: &[&str]) -> Answer {
        let mut command = self.command();
        command.args(["--json", "--desk", "desk", "import", "--from", system]);
        command.args(options).arg(source);
        answer(&command.output().expect("gitsm runs"))
    }

    /// Imports `source` in `format` by `map`, both given as text.
    pub(crate) fn given(&self, format: &str, source: &str, map: &str) -> Answer {
        fs::write(self.path("in.txt"), source).expect("a source");
        fs::write(self.path("map.yaml"), map).expect("a mapping");
        let args = ["--json", "--desk", "desk", "import", format, "in.txt", "--map", "map.yaml"];
        answer(&self.gitsm(&args))
    }

    /// Imports `csv` by `map`, both given as text.
    pub(crate) fn texts(&self, csv: impl AsRef<[u8]>, map: &str, options: &[&str]) -> Answer {
        fs::write(self.path("in.csv"), csv).expect("a source");
        fs::write(self.path("map.yaml"), map).expect("a mapping");
        self.import(&self.path("in.csv"), &self.path("map.yaml"), options)
    }

    /// All incidents, by their number elsewhere.
    pub(crate) fn incidents(&self) -> BTreeMap<String, Value> {
        let listed = self.gitsm(&["--json", "--desk", "desk", "list", "--all"]);
        let listed: Value = serde_json::from_slice(&listed.stdout).expect("JSON");
        let rows = listed["rows"].as_array().cloned().unwrap_or_default();
        rows.into_iter()
            .map(|row| {
                let shown = self.gitsm(&["--json", "--desk", "desk", "show", text(&row["id"])]);
                let shown: Value = serde_json::from_slice(&shown.stdout).expect("JSON");
                let record = shown["record"].clone();
                (text(&record["external_id"]).to_owned(), record)
            })
            .collect()
    }

    pub(crate) fn commits(&self) -> usize {
        let git = self.command_git(&["rev-list", "--count", "HEAD"]);
        git.trim().parse().expect("a number")
    }

    /// What happened to a record, oldest first, as git tells it.
    pub(crate) fn story(&self, id: &str) -> Vec<Happening> {
        let grep = format!("--grep=^Gitsm-Record: {id}$");
        let format = "--format=%H%x00%an <%ae>%x00%at%x00%cn%x00%s%x00\
             %(trailers:key=Gitsm-Actor,valueonly,separator=)%x00\
             %(trailers:key=Gitsm-Import,valueonly,separator=)%x00\
             %(trailers:key=Gitsm-Action,valueonly,separator=)";
        let log = self.command_git(&["log", "--reverse", "--topo-order", &grep, format]);
        let id: gitsm::model::RecordId = id.parse().expect("an id");
        log.lines()
            .map(|line| {
                let parts: Vec<&str> = line.split('\0').collect();
                let file = self.command_git(&["show", &format!("{}:{}", parts[0], id.path())]);
                let record = gitsm::format::read_record(id, file.as_bytes()).expect("a record");
                Happening {
                    author: parts[1].to_owned(),
                    at: parts[2].parse().expect("seconds"),
                    committer: parts[3].to_owned(),
                    subject: parts[4].to_owned(),
                    actor: parts[5].to_owned(),
                    import: parts[6].to_owned(),
                    action: parts[7].to_owned(),
                    record,
                }
            })
            .collect()
    }

    /// What must hold after every import.
    pub(crate) fn sound(&self) {
        assert_eq!(self.command_git(&["status", "--porcelain"]), "");
        assert_eq!(self.command_git(&["fsck", "--strict", "--no-dangling"]), "");
        let state = self.path("desk/.git/gitsm");
        for name in ["journal", "index.new"] {
            assert!(!state.join(name).exists(), "{name} is left over");
        }
        assert_eq!(self.command_git(&["for-each-ref", "refs/gitsm"]), "");
    }

    pub(crate) fn command_git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .arg("-C")
            .arg(self.path("desk"))
            .args(args)
            .env("GIT_CONFIG_GLOBAL", self.path("gitconfig"))
            .output()
            .expect("git runs");
        String::from_utf8(output.stdout).expect("text")
    }
}

pub(crate) fn answer(output: &Output) -> Answer {
    Answer {
        code: output.status.code().unwrap_or(-1),
        json: serde_json::from_slice(&output.stdout).unwrap_or(Value::Null),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(crate) fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/import").join(name)
}

impl Answer {
    /// Created, updated, present, events, commits.
    pub(crate) fn events(&self) -> [u64; 5] {
        ["created", "updated", "present", "events", "commits"]
            .map(|name| self.json[name].as_u64().unwrap_or(u64::MAX))
    }

    /// Rows, tickets, created, present, rejected.
    pub(crate) fn counts(&self) -> [u64; 5] {
        let count = |name: &str| self.json[name].as_u64().unwrap_or(u64::MAX);
        let rejected = self.json["rejected"].as_array().map_or(u64::MAX, |rows| rows.len() as u64);
        assert_eq!(self.json["schema"], "gitsm.import/1", "{}", self.err);
        [count("rows"), count("tickets"), count("created"), count("present"), rejected]
    }

    pub(crate) fn rejected(&self) -> Vec<(u64, &str, &str)> {
        let rows = self.json["rejected"].as_array().expect("rows");
        let row = |row| {
            let row: &Value = row;
            (row["line"].as_u64().unwrap_or(0), text(&row["external_id"]), text(&row["reason"]))
        };
        rows.iter().map(row).collect()
    }
}

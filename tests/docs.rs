//! Plays the console blocks of the README and of docs/, so that they are true.
//!
//! Each file is one session: a fresh folder, one user, a clock that moves on a
//! minute with each command. Ids and commit names differ from run to run; those
//! in the text stand for those that come. `UPDATE_DOCS=1 cargo test --test docs`
//! writes what was printed into the files.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test fails by panicking"
)]

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;

struct Session {
    home: tempfile::TempDir,
    folder: PathBuf,
    minute: u32,
    /// What stands in the text, and what it stands for in this run.
    names: HashMap<String, String>,
    ids: Regex,
    commits: Regex,
}

impl Session {
    fn new() -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let folder = home.path().join("src");
        fs::create_dir(&folder).expect("a folder to work in");
        Self {
            folder,
            home,
            minute: 0,
            names: HashMap::new(),
            ids: Regex::new(r"\b(INC|REQ|PRB|CHG|CI)-[0-9A-Z]{6}([0-9A-Z]{20})?\b")
                .expect("a pattern"),
            commits: Regex::new(r"\b[0-9a-f]{7,40}\b").expect("a pattern"),
        }
    }

    /// The text with this run's ids.
    fn translated(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (there, here) in &self.names {
            text = text.replace(there.as_str(), here);
            let (there, here) = (tail(there).to_lowercase(), tail(here).to_lowercase());
            text = text.replace(&there, &here);
        }
        text
    }

    fn run(&mut self, line: &str) -> String {
        self.minute += 1;
        let program = Path::new(env!("CARGO_BIN_EXE_gitsm"));
        let bin = program.parent().expect("a folder").display().to_string();
        let path = format!("{bin}:{}", std::env::var("PATH").expect("a PATH"));
        // The folder that a `cd` leads to is where the next command runs.
        let script = format!("{line}\nstatus=$?\npwd > \"$HOME/pwd\"\nexit $status");
        let now = format!("2026-11-22T{:02}:{:02}:04Z", 9 + self.minute / 60, self.minute % 60);
        let output = Command::new("sh")
            .args(["-c", &format!("exec 2>&1\n{script}")])
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", path)
            .env("HOME", self.home.path())
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .env("COLUMNS", "80")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_NAME", "Alice Example")
            .env("GIT_AUTHOR_EMAIL", "alice@example.com")
            .env("GIT_COMMITTER_NAME", "Alice Example")
            .env("GIT_COMMITTER_EMAIL", "alice@example.com")
            .env("GITSM_NOW", now)
            .output()
            .expect("sh runs");
        if let Ok(folder) = fs::read_to_string(self.home.path().join("pwd")) {
            self.folder = PathBuf::from(folder.trim_end());
        }
        let printed = String::from_utf8(output.stdout).expect("the output is UTF-8");
        // The folder has another name each time.
        let home = self.home.path().canonicalize().expect("a folder");
        let printed = printed.replace(&home.display().to_string(), "/home/alice");
        // Nor is the time given where people read this.
        let given = "note: the time is the one that GITSM_NOW gives, not that of this \
                     machine's clock\n";
        printed.replace(given, "")
    }

    /// Learns which of this run's ids those in the text stand for.
    fn learn(&mut self, expected: &str, actual: &str) {
        let there = self.ids.find_iter(expected).map(|id| id.as_str().to_owned());
        let here = self.ids.find_iter(actual).map(|id| id.as_str().to_owned());
        for (there, here) in there.zip(here).collect::<Vec<_>>() {
            self.names.entry(there).or_insert(here);
        }
    }
}

fn tail(id: &str) -> &str {
    id.split_once('-').map_or(id, |(_, tail)| tail)
}

fn play(file: &Path) {
    let text = fs::read_to_string(file).expect("a readable page");
    let mut session = Session::new();
    let mut page = String::new();
    let mut lines = text.lines().peekable();
    let mut in_block = false;
    let mut commands = 0;
    let mut wrong = Vec::new();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            in_block = line == "```console";
            page.push_str(&format!("{line}\n"));
            continue;
        }
        let Some(command) = line.strip_prefix("$ ").filter(|_| in_block) else {
            page.push_str(&format!("{line}\n"));
            continue;
        };
        // Lines after a `> ` go on with the command, as a shell shows it.
        let mut command = command.to_owned();
        while let Some(next) = lines.next_if(|next| next.starts_with("> ")) {
            command.push('\n');
            command.push_str(&next[2..]);
        }
        let mut expected = String::new();
        while let Some(next) =
            lines.next_if(|next| !next.starts_with("$ ") && !next.starts_with("```"))
        {
            expected.push_str(next.trim_end());
            expected.push('\n');
        }
        commands += 1;
        let command = session.translated(&command);
        let printed = session.run(&command);
        let actual: String = printed.lines().map(|line| format!("{}\n", line.trim_end())).collect();
        session.learn(&expected, &actual);
        let masked = |text: &str| session.commits.replace_all(text, "<commit>").into_owned();
        if masked(&session.translated(&expected)) != masked(&actual) {
            wrong.push(format!(
                "$ {command}\n--- the page says\n{expected}--- gitsm says\n{actual}"
            ));
        }
        let command = command.replace('\n', "\n> ");
        page.push_str(&format!("$ {command}\n{actual}"));
    }
    assert!(commands > 0, "{} has no commands", file.display());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(file, page).expect("a writable page");
    } else {
        assert!(wrong.is_empty(), "{}:\n{}", file.display(), wrong.join("\n"));
    }
}

#[test]
fn the_readme_is_true() {
    play(&Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md"));
}

#[test]
fn the_pages_of_docs_are_true() {
    // First, so that what it writes is played too.
    the_fields_of_queries_are_all_there();
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    for entry in fs::read_dir(docs).expect("a docs folder") {
        let file = entry.expect("a readable entry").path();
        let text = fs::read_to_string(&file).expect("a readable page");
        if text.contains("```console") {
            play(&file);
        }
    }
}

/// `text` between two marks of a page, in place of what stands there.
fn between(page: &str, start: &str, end: &str, text: &str) -> String {
    let (before, rest) = page.split_once(start).expect("a mark");
    let (note, rest) = rest.split_once("-->\n").expect("the end of a mark");
    let (_, after) = rest.split_once(end).expect("a second mark");
    format!("{before}{start}{note}-->\n{text}{end}{after}")
}

/// docs/query.md has every field of the query language, as the code has it.
fn the_fields_of_queries_are_all_there() {
    use gitsm::query::Field;
    let mut table =
        "\n| field | also | value | meaning | `sort:` |\n|---|---|---|---|---|\n".to_owned();
    for info in Field::all() {
        let also: Vec<String> = info.aliases.iter().map(|alias| format!("`{alias}`")).collect();
        table.push_str(&format!(
            "| `{}` | {} | {} | {} | {} |\n",
            info.name,
            also.join(", "),
            info.values,
            info.about,
            if info.sorts() { "yes" } else { "" },
        ));
    }
    let names: Vec<String> = Field::relations().map(|name| format!("`{name}`")).collect();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/query.md");
    let page = fs::read_to_string(&path).expect("docs/query.md");
    let wanted = between(&page, "<!-- fields", "<!-- end of fields", &(table + "\n"));
    let relations = format!("\n{}.\n\n", names.join(", "));
    let wanted = between(&wanted, "<!-- relations ", "<!-- end of relations", &relations);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &wanted).expect("docs/query.md can be written");
        return;
    }
    assert!(
        page == wanted,
        "docs/query.md is out of date; run UPDATE_DOCS=1 cargo test --test docs"
    );
}

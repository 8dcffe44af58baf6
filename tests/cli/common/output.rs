//! What a command said, as one value that is the same in every run.

use std::fmt;
use std::path::Path;

use regex::{Captures, Regex};

/// Stable names for what differs from run to run, given in the order in which
/// it is first seen: `INC-AAAAAA`, `INC-BBBBBB`, and so on. They are as wide as
/// what they stand for, so that tables keep their shape.
pub struct Names {
    home: String,
    ids: Vec<(String, String)>,
    commits: Vec<String>,
    ids_pattern: Regex,
    commit: Regex,
    abbreviated: Regex,
    shards: Regex,
    ulid: Regex,
    kept: Regex,
}

impl Names {
    pub fn new(home: &Path) -> Self {
        let pattern = |text: &str| Regex::new(text).expect("a pattern");
        Self {
            home: home.display().to_string(),
            ids: Vec::new(),
            commits: Vec::new(),
            ids_pattern: pattern(
                r"\b(INC|REQ|PRB|CHG|CI)-([0-9A-HJKMNP-TV-Z]{20})?([0-9A-HJKMNP-TV-Z]{6})\b",
            ),
            commit: pattern(r"\b[0-9a-f]{40}\b"),
            abbreviated: pattern(
                r"(?m)(^|trunk \S+ at |commit |\]: |decided on |digest )([0-9a-f]{7}(?:[0-9a-f]{5})?)\b",
            ),
            shards: pattern(r"\b(incidents|requests|problems|changes|cis)/[0-9A-Z]/[0-9A-Z]/"),
            ulid: pattern(r"\b01[0-9A-HJKMNP-TV-Z]{24}\b"),
            kept: pattern(r"gitsm-(kept-)?[0-9A-Za-z]{6}\b"),
        }
    }

    /// The letter of a record: A for the first of its type, and so on.
    fn letter(&mut self, prefix: &str, tail: &str) -> char {
        let of_type = self.ids.iter().filter(|(known, _)| known == prefix);
        let (mut at, mut count) = (None, 0);
        for (_, known) in of_type {
            if known == tail {
                at = Some(count);
            }
            count += 1;
        }
        let at = at.unwrap_or_else(|| {
            self.ids.push((prefix.to_owned(), tail.to_owned()));
            count
        });
        char::from(b'A' + u8::try_from(at % 26).expect("a letter"))
    }

    fn commit_name(&mut self, commit: &str) -> String {
        let start = commit.get(..7).unwrap_or(commit);
        let at = self.commits.iter().position(|known| known == start).unwrap_or_else(|| {
            self.commits.push(start.to_owned());
            self.commits.len() - 1
        });
        format!("{:-<1$}", format!("c{}", at + 1), commit.len())
    }

    pub fn mask(&mut self, text: &str) -> String {
        let mut text = text.replace(&self.home, "$HOME");
        text = self.shards.replace_all(&text, "$1/-/-/").into_owned();
        let ids = self.ids_pattern.clone();
        text = ids
            .replace_all(&text, |found: &Captures<'_>| {
                let time = found.get(2).map_or("", |part| part.as_str());
                let letter = self.letter(&found[1], &found[3]).to_string();
                format!("{}-{}", &found[1], letter.repeat(time.len() + 6))
            })
            .into_owned();
        text = self.ulid.replace_all(&text, "<ulid>").into_owned();
        text = self.kept.replace_all(&text, "gitsm-${1}######").into_owned();
        let (commit, abbreviated) = (self.commit.clone(), self.abbreviated.clone());
        text = abbreviated
            .replace_all(&text, |found: &Captures<'_>| {
                format!("{}{}", &found[1], self.commit_name(&found[2]))
            })
            .into_owned();
        commit.replace_all(&text, |found: &Captures<'_>| self.commit_name(&found[0])).into_owned()
    }
}

/// What the gate says of a time that was given.
const GIVEN: &str =
    "note: the time is the one that GITSM_NOW gives, not that of this machine's clock\n";

/// Standard output, standard error and exit code of one command.
#[derive(Clone, Debug)]
pub struct Output {
    raw_stdout: String,
    raw_stderr: String,
    pub stdout: String,
    pub stderr: String,
    pub code: i32,
}

impl Output {
    pub fn new(output: &std::process::Output, names: &mut Names) -> Self {
        let raw_stdout = String::from_utf8(output.stdout.clone()).expect("the output is UTF-8");
        let stderr = String::from_utf8(output.stderr.clone()).expect("the errors are UTF-8");
        Self {
            stdout: names.mask(&raw_stdout),
            // Every test gives the time, which is none of what it is about.
            stderr: names.mask(&stderr.replace(GIVEN, "")),
            raw_stdout,
            raw_stderr: stderr,
            code: output.status.code().unwrap_or(-1),
        }
    }

    /// Standard output as it was.
    pub fn raw_stdout(&self) -> &str {
        &self.raw_stdout
    }

    /// Standard error as it was, and not as it is shown.
    pub fn raw_stderr(&self) -> &str {
        &self.raw_stderr
    }

    /// Standard output as a JSON value.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.raw_stdout).unwrap_or_else(|error| panic!("{error}\n{self}"))
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tidy = |text: &str| -> String {
            text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
        };
        f.write_str(&tidy(&self.stdout))?;
        if !self.stderr.is_empty() {
            write!(f, "[stderr]\n{}", tidy(&self.stderr))?;
        }
        if self.code != 0 {
            writeln!(f, "[exit {}]", self.code)?;
        }
        Ok(())
    }
}

//! Three ways to know how commitments stand give the same: what the index keeps
//! and catches up with, what it finds in one pass over the history when it is
//! made anew, and what `sla show` reads from the files of one record. Over
//! random lives, with edits by hand, messages that lie, and lines of history
//! beside each other.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "helpers of tests may fail"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

const CALENDAR: &str = "time_zone: Europe/Berlin\nhours:\n  mon-fri: [08:00-12:00, 13:00-17:00]\n";

/// Looks at nothing but what changes in the course of work.
const NEAR: &str = "\
commitments:
  answer:
    metric: response
    when: type:incident
    target: 1h
    calendar: office
  answer-in-words:
    metric: response
    kind: ola
    first_response: answer
    when: type:incident team:any
    target: 2h
  repair:
    metric: resolution
    when: type:incident
    target: { P1: 2h, P2: 4h, P3: 1bd, P4: 2bd end, P5: 1bd 16:00 }
    calendar: office
  team:
    kind: ola
    metric: resolution
    when: type:incident team:apps
    target: 3h
    pause: state:hold
  vendor:
    kind: contract
    metric: resolution
    when: hold:awaiting_vendor
    target: 90m
    cancel_on: never
  word:
    metric: update
    when: type:incident status:in_progress
    target: 2h
    cancel_on: cancel_met
";

/// Looks at a field that seldom changes, too.
const FAR: &str = "\
commitments:
  vip:
    metric: resolution
    when: type:incident tag:vip
    target: 1h30m
    reopen: restart
  usual:
    metric: resolution
    when: type:incident
    target: 4h
    calendar: office
";

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % sides as u64).unwrap()
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.roll(of.len())]
    }
}

struct Desk {
    home: TempDir,
    /// Minutes since the beginning.
    minute: i64,
    dice: Dice,
    ids: Vec<String>,
}

impl Desk {
    fn new(seed: u64, promises: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let desk = Self { home, minute: 0, dice: Dice(seed), ids: Vec::new() };
        let folder = desk.home.path().to_path_buf();
        let init = desk.command(env!("CARGO_BIN_EXE_gitsm"), "alice", &["init", "desk"], &folder);
        assert!(init.status.success(), "{init:?}");
        fs::create_dir(folder.join("desk/.gitsm/calendars")).unwrap();
        fs::write(folder.join("desk/.gitsm/calendars/office.yaml"), CALENDAR).unwrap();
        fs::write(folder.join("desk/.gitsm/sla.yaml"), promises).unwrap();
        desk.ok("alice", &["commit"]);
        desk
    }

    fn now(&self) -> String {
        let start = 1_795_165_200 + self.minute * 60; // Friday, 2026-11-20 09:00 UTC
        gitsm::model::Timestamp::from_seconds(start).to_string()
    }

    fn command(&self, program: &str, person: &str, args: &[&str], folder: &Path) -> Output {
        let email = format!("{person}@example.com");
        Command::new(program)
            .args(args)
            .current_dir(folder)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", self.home.path())
            .env("TZ", "UTC")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_AUTHOR_NAME", person)
            .env("GIT_AUTHOR_EMAIL", &email)
            .env("GIT_COMMITTER_NAME", person)
            .env("GIT_COMMITTER_EMAIL", &email)
            .env("GIT_AUTHOR_DATE", self.now())
            .env("GIT_COMMITTER_DATE", self.now())
            .env("GITSM_NOW", self.now())
            .output()
            .unwrap()
    }

    /// Runs gitsm, which may refuse and never breaks.
    fn gitsm(&self, person: &str, args: &[&str]) -> Output {
        let folder = self.home.path().join("desk");
        let output = self.command(env!("CARGO_BIN_EXE_gitsm"), person, args, &folder);
        assert!(matches!(output.status.code(), Some(0..=9)), "gitsm {args:?}: {output:?}");
        output
    }

    fn ok(&self, person: &str, args: &[&str]) -> String {
        let output = self.gitsm(person, args);
        assert!(output.status.success(), "gitsm {args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn git(&self, args: &[&str]) -> String {
        let output = self.command("git", "carol", args, &self.home.path().join("desk"));
        assert!(output.status.success(), "git {args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// Makes two incidents of low priority; gives the paths of their files.
    fn two(&mut self, options: &[&str]) -> [PathBuf; 2] {
        [(); 2].map(|()| {
            let args = [&["incident", "new", "It", "-i", "low", "-u", "low"], options].concat();
            let id = self.ok("alice", &args).trim().to_owned();
            let path = self.ok("alice", &["path", &id]);
            self.ids.push(id);
            self.home.path().join("desk").join(path.trim())
        })
    }

    /// Commits all edits as if they had touched the record in the file `path`.
    fn lie(&self, path: &Path) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let short = format!("INC-{}", &name[name.len() - 6..]);
        let trailers = format!("Gitsm-Action: edit\nGitsm-Record: {name}\nGitsm-Actor: bob");
        let told = "category: - -> x";
        self.git(&["commit", "-qam", &format!("{short} edit: It\n\n{told}\n\n{trailers}")]);
    }

    /// Sets a field in a record's file, past gitsm; says whether that changed it.
    fn by_hand(&mut self, id: &str) -> bool {
        let path = self.home.path().join("desk").join(self.ok("alice", &["path", id]).trim());
        let text = fs::read_to_string(&path).unwrap();
        let dice = self.dice.roll(4);
        if dice == 3 {
            // A field that work does not change.
            let edited = match text.contains("tags:\n- vip\n") {
                true => text.replace("tags:\n- vip\n", ""),
                false => text.replace("opened_at: ", "tags:\n- vip\nopened_at: "),
            };
            fs::write(&path, &edited).unwrap();
            return true;
        }
        let (field, value) = match dice {
            0 => ("priority", self.dice.pick(&["P1", "P3", "P5"])),
            1 => ("assignee", self.dice.pick(&["bob", "dave"])),
            _ => ("team", self.dice.pick(&["apps", "network"])),
        };
        let prefix = format!("{field}: ");
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        match lines.iter().position(|line| line.starts_with(&prefix)) {
            Some(at) => lines[at] = format!("{prefix}{value}"),
            None => {
                let at = lines.iter().position(|line| line.starts_with("opened_at: ")).unwrap();
                lines.insert(at, format!("{prefix}{value}"));
            }
        }
        let edited = lines.join("\n") + "\n";
        fs::write(&path, &edited).unwrap();
        edited != text
    }

    fn step(&mut self) {
        self.minute += [1, 7, 40, 200, 900][self.dice.roll(5)];
        let person = self.dice.pick(&["alice", "bob", "carol"]);
        if self.ids.len() < 2 || self.dice.roll(8) == 0 {
            let (impact, urgency) = (self.dice.roll(3), self.dice.roll(3));
            let levels = ["high", "medium", "low"];
            let mut args =
                vec!["incident", "new", "It", "-i", levels[impact], "-u", levels[urgency]];
            let options: [&[&str]; 4] =
                [&[], &["-r", "ben"], &["-t", "apps"], &["--tag", "vip", "-r", "carol"]];
            args.extend(options[self.dice.roll(4)]);
            let id = self.ok(person, &args).trim().to_owned();
            self.ids.push(id);
            return;
        }
        let id = self.ids[self.dice.roll(self.ids.len())].clone();
        let id = id.as_str();
        let hold = self.dice.pick(&["awaiting_requester", "awaiting_vendor"]);
        match self.dice.roll(16) {
            0 | 1 => drop(self.gitsm(person, &["incident", "take", id])),
            2 | 3 => drop(
                self.gitsm(person, &["incident", "hold", id, "--reason", hold, "-m", "Waits."]),
            ),
            4 | 5 => drop(self.gitsm(person, &["incident", "resume", id])),
            6 => drop(self.gitsm(person, &["incident", "resolve", id, "-m", "Done."])),
            7 => drop(self.gitsm(person, &["incident", "reopen", id, "-m", "Again."])),
            8 => {
                let (impact, urgency) =
                    (self.dice.pick(&["high", "low"]), self.dice.pick(&["high", "low"]));
                let (impact, urgency) = (format!("impact={impact}"), format!("urgency={urgency}"));
                self.gitsm(person, &["edit", id, "--set", &impact, "--set", &urgency]);
            }
            9 => {
                let team = self.dice.pick(&["apps", "network"]);
                self.gitsm(person, &["assign", id, "--team", team]);
            }
            10 => drop(self.gitsm(person, &["note", id, "--public", "-m", "Soon."])),
            11 => drop(self.gitsm(person, &["note", id, "-m", "(public) not at all"])),
            12 => drop(self.gitsm(person, &["edit", id, "--set", "tags+=vip"])),
            13 => {
                if self.by_hand(id) {
                    self.git(&["commit", "-qam", "By hand"]);
                }
            }
            14 => {
                // Says another record, and another thing, than it does.
                let other = self.ids[self.dice.roll(self.ids.len())].clone();
                let path = self.ok("alice", &["path", &other]);
                let name = path.trim().rsplit('/').next().unwrap().trim_end_matches(".yaml");
                if self.by_hand(id) {
                    let message = format!(
                        "{other} edit: It\n\nstatus: new -> resolved\n\nGitsm-Action: edit\n\
                         Gitsm-Record: {name}\nGitsm-Actor: bob"
                    );
                    self.git(&["commit", "-qam", &message]);
                }
            }
            _ => {
                let other = self.ids.iter().find(|other| *other != id).unwrap().clone();
                self.git(&["checkout", "-q", "-b", "side"]);
                if self.by_hand(id) {
                    self.git(&["commit", "-qam", "Beside"]);
                }
                self.git(&["checkout", "-q", "main"]);
                self.minute += 5;
                self.gitsm(person, &["incident", "take", &other]);
                self.git(&["merge", "-q", "-m", "Together", "side"]);
                self.git(&["branch", "-q", "-D", "side"]);
            }
        }
    }

    fn matching(&self, all: &[&str], query: &str) -> BTreeSet<String> {
        let args = [&["list", "-n", "0", "--json", query], all].concat();
        let found = self.ok("alice", &args);
        let view: Value = serde_json::from_str(&found).unwrap();
        let rows = view["rows"].as_array().unwrap();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
    }

    /// What queries find among open records, or with `-A` among all, by the index
    /// as it is.
    fn found(&self, all: &[&str], now: &str) -> Found {
        let due = format!("due:<={now}");
        let queries = [
            "sla:running",
            "sla:paused",
            "sla:met",
            "sla:breached",
            "sla:at_risk",
            "sla:none",
            &due,
        ];
        queries.iter().map(|query| ((*query).to_owned(), self.matching(all, query))).collect()
    }

    /// The same, from the files of each record.
    fn expected(&self, now: &str) -> Found {
        let mut found = Found::new();
        let due_query = format!("due:<={now}");
        for query in [
            "sla:running",
            "sla:paused",
            "sla:met",
            "sla:breached",
            "sla:at_risk",
            "sla:none",
            due_query.as_str(),
        ] {
            found.insert(query.to_owned(), BTreeSet::new());
        }
        for short in &self.ids {
            let view = self.ok("alice", &["sla", "show", short, "--json"]);
            let view: Value = serde_json::from_str(&view).unwrap();
            let id = view["record"]["id"].as_str().unwrap();
            let mut none = true;
            let mut first: Option<&str> = None;
            let mut put = |query: &str| {
                found.get_mut(query).unwrap().insert(id.to_owned());
            };
            for each in view["commitments"].as_array().unwrap() {
                let standing = each["standing"].as_str().unwrap();
                let open = matches!(standing, "running" | "paused");
                none &= standing == "cancelled";
                match standing {
                    "running" | "paused" | "met" => put(&format!("sla:{standing}")),
                    "missed" => put("sla:breached"),
                    _ => {}
                }
                if open && each["breached"] == true {
                    put("sla:breached");
                }
                if open && each["at_risk"] == true {
                    put("sla:at_risk");
                }
                if let Some(due) = each["due"].as_str().filter(|_| open) {
                    first = Some(first.map_or(due, |first| first.min(due)));
                }
            }
            if none {
                put("sla:none");
            }
            if first.is_some_and(|due| due <= now) {
                put(&due_query);
            }
        }
        found
    }

    fn compare(&self) {
        let now = self.now();
        let expected = self.expected(&now);
        let open = self.matching(&[], "");
        let of_open = |found: &Found| -> Found {
            let open = |ids: &BTreeSet<String>| ids.intersection(&open).cloned().collect();
            found.iter().map(|(query, ids)| (query.clone(), open(ids))).collect()
        };
        // First as it was kept, for open records or for all, then anew.
        for way in ["kept", "anew"] {
            let found = self.found(&[], &now);
            assert_eq!(found, of_open(&expected), "{way}, of open records, at {now}");
            let found = self.found(&["-A"], &now);
            assert_eq!(found, expected, "{way}, of all records, at {now}");
            self.forget();
        }
    }

    /// Removes the index.
    fn forget(&self) {
        for entry in fs::read_dir(self.home.path().join("desk/.git/gitsm")).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() && path.to_string_lossy().contains("index") {
                fs::remove_file(path).unwrap();
            }
        }
    }
}

/// The records that each query finds.
type Found = BTreeMap<String, BTreeSet<String>>;

fn play(seed: u64, promises: &str) {
    let mut desk = Desk::new(seed, promises);
    for round in 0..4 {
        for _ in 0..9 {
            desk.step();
        }
        desk.compare();
        // What is kept is found in one pass; go on from there.
        let all: &[&str] = if round % 2 == 0 { &[] } else { &["-A"] };
        desk.found(all, &desk.now());
    }
}

#[test]
fn three_ways_agree_on_what_work_changes() {
    for seed in [0x9E37_79B9_7F4A_7C15, 0xD1B5_4A32_D192_ED03, 0x94D0_49BB_1331_11EB] {
        play(seed, NEAR);
    }
}

/// A commit takes a tag away, too late, and says that it did something else.
#[test]
fn what_is_kept_quiet_about_a_tag_is_seen() {
    let mut desk = Desk::new(1, FAR);
    let [own, other] = desk.two(&["--tag", "vip"]);
    let text = fs::read_to_string(&own).unwrap();
    fs::write(&own, text.replace("tags:\n- vip\n", "")).unwrap();
    desk.minute += 100;
    desk.lie(&other);
    desk.minute += 5;
    desk.ok("bob", &["assign", &desk.ids[0], "--team", "apps"]);
    desk.compare();
}

/// Two commits keep quiet, of which the second takes back what the first did.
#[test]
fn what_show_finds_out_counts_for_lists() {
    let mut desk = Desk::new(1, FAR);
    let [own, other] = desk.two(&["-m", "Some words."]);
    let text = fs::read_to_string(&own).unwrap();
    let vip = text.replace("opened_at: ", "tags:\n- vip\nopened_at: ");
    for text in [vip, text.replace("Some words.", "Other words.")] {
        fs::write(&own, text).unwrap();
        desk.lie(&other);
        desk.minute += 100;
    }
    desk.ok("alice", &["incident", "resolve", &desk.ids[0], "-m", "Done."]);
    let kept = desk.found(&["-A"], &desk.now());
    let shown = desk.expected(&desk.now());
    assert_ne!(kept, shown);
    assert_eq!(desk.found(&["-A"], &desk.now()), shown);
}

#[test]
fn three_ways_agree_on_what_seldom_changes() {
    for seed in [0xBF58_476D_1CE4_E5B9, 0x2545_F491_4F6C_DD1D] {
        play(seed, FAR);
    }
}

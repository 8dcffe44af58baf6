//! Programs that manage hooks: the real ones where they are found on the PATH or
//! in the folders of `GITSM_TEST_HOOK_MANAGERS` (a list like PATH), else stand-ins
//! that do what those do. Which of them it was stands on standard error.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Mutex;

use crate::world::{Out, World};

/// What lefthook's file says beside hooks.
pub const YAML: &str = "output: false\n";

/// A program that manages hooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Program {
    Husky,
    Lefthook,
    PreCommit,
    Prek,
}

impl Program {
    const fn name(self) -> &'static str {
        match self {
            Self::Husky => "husky",
            Self::Lefthook => "lefthook",
            Self::PreCommit => "pre-commit",
            Self::Prek => "prek",
        }
    }

    /// Where the real one lies.
    fn found(self) -> Option<PathBuf> {
        static TOLD: Mutex<BTreeSet<Program>> = Mutex::new(BTreeSet::new());
        let folders = ["GITSM_TEST_HOOK_MANAGERS", "PATH"].map(std::env::var_os);
        let folders: Vec<PathBuf> =
            folders.iter().flatten().flat_map(std::env::split_paths).collect();
        let found = folders.iter().map(|folder| folder.join(self.name())).find(|at| at.is_file());
        if TOLD.lock().expect("sound").insert(self) {
            let what = found.as_ref().map_or_else(
                || "is not installed; a stand-in of the tests plays it".to_owned(),
                |at| format!("is the real one: {}", at.display()),
            );
            // Not by `eprintln!`, which the harness keeps to itself.
            let _ = writeln!(std::io::stderr(), "hook managers: {} {what}", self.name());
        }
        found
    }

    /// Has it install its hook for `event` in `code`, if it has one of that name.
    pub fn install(self, world: &World, event: &str) {
        if matches!(self, Self::PreCommit | Self::Prek) {
            world.write(
                "code/.pre-commit-config.yaml",
                format!(
                    "repos:\n- repo: local\n  hooks:\n  - id: theirs\n    name: theirs\n    \
                     entry: 'true'\n    language: system\n    stages: [{event}]\n    \
                     always_run: true\n    pass_filenames: false\n"
                ),
            );
            // Neither knows more of what git runs than this.
            if ["pre-receive", "update", "post-receive", "reference-transaction"].contains(&event) {
                return;
            }
        }
        let Some(program) = self.found() else { return self.stand_in(world, event) };
        let mut command = world.command(&program.to_string_lossy(), "code");
        match self {
            Self::Husky => &mut command,
            Self::Lefthook => command.arg("install"),
            Self::PreCommit | Self::Prek => command.args(["install", "-t", event]),
        };
        // Its own settings come from the home of the test alone.
        world.run(command, b"").ends(0);
    }

    /// Has it take its hook away again.
    pub fn uninstall(self, world: &World, event: &str) {
        if let Some(program) = self.found() {
            let mut command = world.command(&program.to_string_lossy(), "code");
            command.args(["uninstall", "-t", event]);
            world.run(command, b"").ends(0);
        } else {
            let (hook, legacy) = (hook(event), format!("{}.legacy", hook(event)));
            std::fs::rename(world.path(&legacy), world.path(&hook)).expect("put back");
        }
    }

    fn stand_in(self, world: &World, event: &str) {
        let path = hook(event);
        match self {
            Self::Husky => {
                world.git("code", &["config", "core.hooksPath", ".husky/_"]).ends(0);
                // It runs the file beside its folder, if there is one.
                let script = format!(
                    "s=\"$(dirname \"$(dirname \"$0\")\")/{event}\"\n\
                     [ ! -f \"$s\" ] || sh -e \"$s\" \"$@\""
                );
                world.script(&format!("code/.husky/_/{event}"), &script);
            }
            Self::Lefthook => {
                let text = world.read("code/lefthook.yml");
                let lines: Vec<&str> = text.lines().map(str::trim).collect();
                let run = lines.iter().find_map(|line| line.strip_prefix("run: "));
                let run = run.expect("a command").replace("{1}", "$1");
                // The text of the command is filled in first, and then read by a shell.
                let run = run.replace('\'', "'\"'\"'").replace("$1", "'\"$1\"'");
                let input = if lines.contains(&"use_stdin: true") { "" } else { " </dev/null" };
                world.script(&path, &format!("# lefthook\nsh -c '{run}'{input}"));
            }
            Self::PreCommit | Self::Prek => {
                let name = self.name();
                if world.path(&path).exists() {
                    let legacy = world.path(&format!("{path}.legacy"));
                    std::fs::rename(world.path(&path), legacy).expect("kept");
                }
                let script = format!(
                    "# File generated by {name}: a stand-in\n\
                     [ ! -x \"$0.legacy\" ] || exec \"$0.legacy\" \"$@\""
                );
                world.script(&path, &script);
            }
        }
    }
}

fn hook(event: &str) -> String {
    format!("code/.git/hooks/{event}")
}

/// A desk whose gate is asked about pushes to `main`.
fn gated() -> World {
    let world = World::new();
    let home = world.path("");
    world.settings(&format!(
        "repositories:\n  crm:\n    remotes: [{}/crm.git]\n    deploys:\n    \
         - {{ref: refs/heads/main, to: production, gate: push}}\n",
        home.display()
    ));
    world.code();
    world
}

fn install(world: &World, code: i32) -> Out {
    let desk = world.path("desk").to_string_lossy().into_owned();
    let args = ["--desk", &desk, "hook", "install", "--json"];
    world.gitsm("code", &args).ends(code)
}

fn state(world: &World, event: &str) -> (bool, String) {
    let view = world.gitsm("code", &["hook", "status", "--json"]).json();
    let hooks = view["hooks"].as_array().expect("hooks").clone();
    let hook = hooks.iter().find(|hook| hook["event"] == event).expect("the hook");
    (hook["runs"].as_bool().expect("known"), hook["path"].as_str().unwrap_or_default().to_owned())
}

/// A push of one more commit, to `main` only as the second of two references.
fn push_two(world: &World) -> Out {
    world.commit("code", "another one");
    world.git("code", &["push", "origin", "HEAD:refs/heads/aside", "HEAD:refs/heads/main"])
}

fn legacy(program: Program) {
    let world = gated();
    install(&world, 0);
    // What comes later keeps our hook and runs it, with all that is pushed.
    program.install(&world, "pre-push");
    let (runs, path) = state(&world, "pre-push");
    assert!(runs && path.ends_with("pre-push.legacy"), "{path}");
    let out = push_two(&world);
    assert!(out.code != 0 && out.err.contains("gitsm: deny: refs/heads/main"), "{out}");
    assert!(!install(&world, 0).json()["changed"].as_bool().expect("known"));
    // And puts it back.
    program.uninstall(&world, "pre-push");
    let (runs, path) = state(&world, "pre-push");
    assert!(runs && path.ends_with("hooks/pre-push"), "{path}");
    assert_ne!(push_two(&world).code, 0);
    // What was there already gets ours beside it, and keeps what it is.
    world.gitsm("code", &["hook", "uninstall"]).ends(0);
    program.install(&world, "pre-push");
    let before = world.files("code/.git/hooks");
    install(&world, 0);
    assert!(state(&world, "pre-push").0);
    assert_ne!(push_two(&world).code, 0);
    world.gitsm("code", &["hook", "uninstall"]).ends(0);
    assert_eq!(world.files("code/.git/hooks"), before);
    // A hook of ours that nothing runs any more is found out.
    install(&world, 0);
    std::fs::remove_file(world.path("code/.git/hooks/pre-push")).expect("taken away");
    assert!(!state(&world, "pre-push").0);
    install(&world, 0);
    assert!(state(&world, "pre-push").0);
}

#[test]
fn pre_commit_runs_what_it_found() {
    legacy(Program::PreCommit);
}

#[test]
fn prek_runs_what_it_found() {
    legacy(Program::Prek);
}

#[test]
fn what_pre_commit_keeps_to_itself_closes_the_gate() {
    let world = gated();
    install(&world, 0);
    let under = world.with("PRE_COMMIT_REMOTE_NAME", "origin");
    let run = |world: &World| world.gitsm("code", &["hook", "run", "pre-push", "--"]);
    let out = run(&under).ends(4);
    assert!(out.err.contains("pre-commit tells no hook"), "{out}");
    // With nothing that is pushed, there is nothing to ask.
    run(&world).ends(0);
    world.settings("repositories: {crm: {}}\n");
    run(&under).ends(0);
}

/// Hooks that were ours until another program took over.
#[test]
fn taken_over_by_husky_or_lefthook() {
    for program in [Program::Husky, Program::Lefthook] {
        let world = gated();
        install(&world, 0);
        match program {
            Program::Husky => {
                for event in ["commit-msg", "pre-push"] {
                    let line = format!("gitsm hook run {event} -- \"$@\"\n");
                    world.write(&format!("code/.husky/{event}"), line);
                    program.install(&world, event);
                }
            }
            _ => {
                world.write(
                    "code/lefthook.yml",
                    "pre-push:\n  commands:\n    gitsm:\n      run: gitsm hook run pre-push\n      \
                     use_stdin: true\n",
                );
                program.install(&world, "pre-push");
            }
        }
        let (runs, path) = state(&world, "pre-push");
        let theirs = [".husky/pre-push", "lefthook.yml"];
        assert!(runs && theirs.iter().any(|end| path.ends_with(end)), "{program:?}: {path}");
        let out = push_two(&world);
        assert!(out.code != 0 && out.err.contains("gitsm: deny"), "{program:?}: {out}");
    }
}

/// The hook that git finds may be of something else than the file that names ours.
#[test]
fn a_hook_of_something_else_is_not_one_of_the_manager() {
    let world = gated();
    install(&world, 0);
    world.gitsm("code", &["hook", "uninstall"]).ends(0);
    world.script("code/.git/hooks/pre-push", "exit 0");
    world.write("code/.husky/pre-push", "gitsm hook run pre-push -- \"$@\"\n");
    let (runs, path) = state(&world, "pre-push");
    assert!(!runs && path.ends_with(".husky/pre-push"), "{path}");
}

/// lefthook puts what git gives into the text of a command: the place of a push,
/// which could be anything, is not in it.
#[test]
fn no_place_of_a_push_reaches_a_shell() {
    let world = gated();
    for (file, part) in [
        ("lefthook.yml", "      run: gitsm hook run pre-push\n      use_stdin: true"),
        ("lefthook.toml", "run = \"gitsm hook run pre-push\"\nuse_stdin = true"),
        (".lefthook.json", "\"run\": \"gitsm hook run pre-push\", \"use_stdin\": true"),
    ] {
        world.write(&format!("code/{file}"), "");
        let view = install(&world, 4).json();
        let hooks = view["hooks"].as_array().expect("hooks");
        let texts: Vec<&str> = hooks.iter().filter_map(|hook| hook["add"].as_str()).collect();
        assert!(texts[0].contains("commit-msg -- '{1}'"), "{texts:?}");
        assert!(texts[1].contains(part) && !texts[1].contains("--"), "{texts:?}");
        std::fs::remove_file(world.path(&format!("code/{file}"))).expect("removed");
    }
    world.write(
        "code/lefthook.yml",
        "pre-push:\n  commands:\n    gitsm:\n      run: gitsm hook run pre-push\n      \
         use_stdin: true\n",
    );
    Program::Lefthook.install(&world, "pre-push");
    install_config(&world);
    let place = world.path("o'clock $(touch pwned);x.git");
    world.git(".", &["init", "-q", "--bare", &place.to_string_lossy()]).ends(0);
    let out = world.git("code", &["push", &place.to_string_lossy(), "HEAD:refs/heads/aside"]);
    assert_eq!(out.code, 0, "{out}");
    assert!(!world.path("code/pwned").exists() && !world.path("pwned").exists());
}

fn install_config(world: &World) {
    let desk = world.path("desk").to_string_lossy().into_owned();
    let mut git: Command = world.command("git", "code");
    git.args(["config", "gitsm.desk", &desk]);
    world.run(git, b"").ends(0);
}

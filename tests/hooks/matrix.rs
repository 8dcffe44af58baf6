//! Every hook in every kind of repository: git runs it, nothing is committed
//! where it does not belong, and nobody is given out as somebody else.

use crate::managers::{Program, YAML};
use crate::world::{EVENTS, Out, World};

/// How a repository's hooks are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kept {
    Normal,
    Bare,
    LinkedTree,
    /// `core.hooksPath` to a folder inside the repository.
    OwnFolder,
    /// `core.hooksPath` to a folder of the work tree.
    SharedFolder,
    /// `core.hooksPath` of the user.
    Global,
    Husky,
    Lefthook,
    PreCommit,
    Prek,
}

impl Kept {
    const ALL: [Self; 10] = [
        Self::Normal,
        Self::Bare,
        Self::LinkedTree,
        Self::OwnFolder,
        Self::SharedFolder,
        Self::Global,
        Self::Husky,
        Self::Lefthook,
        Self::PreCommit,
        Self::Prek,
    ];

    const fn cwd(self) -> &'static str {
        match self {
            Self::Bare => "crm.git",
            Self::LinkedTree => "tree",
            _ => "code",
        }
    }

    /// Whether somebody has to add something by hand for this hook.
    fn is_by_hand(self, event: &str) -> bool {
        let server = ["pre-receive", "update", "post-receive"].contains(&event);
        match self {
            Self::Normal | Self::Bare | Self::LinkedTree | Self::OwnFolder => false,
            // These keep what they find, and run it.
            Self::PreCommit | Self::Prek => false,
            // husky takes the whole folder, lefthook what clients run.
            Self::SharedFolder | Self::Global | Self::Husky => true,
            Self::Lefthook => !server,
        }
    }

    fn prepare(self, world: &World, event: &str) {
        let hooks_path = |args: &[&str]| {
            let mut all = vec!["config"];
            all.extend(args);
            world.git("code", &all).ends(0);
        };
        match self {
            Self::Normal | Self::Bare | Self::LinkedTree => {}
            Self::OwnFolder => hooks_path(&["core.hooksPath", ".git/own-hooks"]),
            Self::SharedFolder => hooks_path(&["core.hooksPath", ".githooks"]),
            Self::Global => {
                let folder = world.path("global").to_string_lossy().into_owned();
                hooks_path(&["--global", "core.hooksPath", &folder]);
            }
            Self::Husky => Program::Husky.install(world, event),
            Self::Lefthook => world.write("code/lefthook.yml", YAML),
            Self::PreCommit => Program::PreCommit.install(world, event),
            Self::Prek => Program::Prek.install(world, event),
        }
    }

    /// Does by hand what the answer says.
    fn add(self, world: &World, event: &str, step: &serde_json::Value) {
        let text = step["add"].as_str().expect("what to add");
        let path = step["path"].as_str().expect("where");
        if self == Self::Lefthook {
            world.write("code/lefthook.yml", format!("{YAML}{text}\n"));
            let reads = ["post-rewrite", "pre-push", "reference-transaction"];
            assert_eq!(text.contains("use_stdin: true"), reads.contains(&event), "{text}");
            return Program::Lefthook.install(world, event);
        }
        let home = world.path("");
        let inside = path.strip_prefix(&format!("{}/", home.display())).expect("inside");
        world.script(inside, text);
    }
}

/// Does what makes git run the hook in this repository.
fn provoke(world: &World, kept: Kept, event: &str) -> Out {
    let cwd = kept.cwd();
    // Into a bare repository everything comes by a push.
    let server = ["pre-receive", "update", "post-receive"].contains(&event);
    if server || (kept == Kept::Bare && event == "reference-transaction") {
        let target = world.path(cwd).to_string_lossy().into_owned();
        return world.git("source", &["push", &target, "HEAD:refs/heads/pushed"]);
    }
    match event {
        "post-merge" => world.git(cwd, &["merge", "-q", "other"]),
        "post-checkout" => world.git(cwd, &["checkout", "-q", "-B", "elsewhere"]),
        "post-rewrite" => world.git(cwd, &["commit", "-q", "--amend", "-m", "again"]),
        "pre-push" => world.git(cwd, &["push", "origin", "HEAD:refs/heads/pushed"]),
        _ => world.commit(cwd, "another one"),
    }
}

fn case(kept: Kept, event: &str) {
    let world = World::deploying();
    world.code();
    world.git("code", &["branch", "other"]).ends(0);
    world.git("code", &["checkout", "-q", "other"]).ends(0);
    world.commit("code", "on other").ends(0);
    world.git("code", &["checkout", "-q", "main"]).ends(0);
    world.git(".", &["clone", "-q", "code", "source"]).ends(0);
    kept.prepare(&world, event);
    let desk = world.path("desk").to_string_lossy().into_owned();
    let args = ["--desk", &desk, "hook", "install", "--event", event, "--json"];
    let what = format!("{event} in {kept:?}");
    let is_relative = matches!(kept, Kept::OwnFolder | Kept::SharedFolder | Kept::Husky);
    let is_astray = is_relative && ["pre-receive", "update", "post-receive"].contains(&event);
    let mut by_hand = usize::from(is_astray) + usize::from(kept.is_by_hand(event));
    while by_hand > 0 {
        let folder = if kept == Kept::Bare { "crm.git" } else { "code" };
        let before = world.files(folder);
        let out = world.gitsm(kept.cwd(), &args).ends(4);
        assert_eq!(world.files(folder), before, "{what}: {out}");
        let step = &out.json()["hooks"][0];
        let add = step["add"].as_str().expect("what to add");
        if add.starts_with("git config") {
            // From where pushes are taken in, a relative path leads elsewhere.
            let mut shell = world.command("sh", "code");
            shell.args(["-c", add]);
            world.run(shell, b"").ends(0);
        } else {
            kept.add(&world, event, step);
        }
        by_hand -= 1;
    }
    let out = world.gitsm(kept.cwd(), &args).ends(0);
    let view = out.json();
    let state = if kept.is_by_hand(event) { "kept" } else { "new" };
    assert_eq!(view["hooks"][0]["state"], state, "{what}: {out}");
    // Asked who it is, it answers: git really runs it.
    let asked = world.with("GITSM_HOOK_PROBE", "QUESTION");
    let answer = provoke(&asked, kept, event);
    let wanted = format!("gitsm-hook-probe QUESTION {event} ");
    let runs = !(kept == Kept::Bare && is_of_trees(event));
    assert_eq!(answer.err.contains(&wanted), runs, "{what}: {answer}");
    if !runs {
        return;
    }
    // And now for good, in somebody's name that must not get about.
    let (desk_before, status) = (world.commits("desk"), world.git("desk", &["status", "-s"]).out);
    let worked = provoke(&world, kept, event);
    assert_eq!(worked.code, 0, "{what}: {worked}");
    assert!(!worked.err.contains("Ticket"), "{what}: {worked}");
    // Nothing that was pushed deploys anything, so that the desk is as it was.
    assert_eq!(world.commits("desk"), desk_before, "{what}");
    assert_eq!(world.git("desk", &["status", "-s"]).out, status, "{what}");
    for repository in ["code", "crm.git"] {
        let log = world.git(repository, &["log", "--all", "--format=%an %s"]).ends(0).out;
        assert!(log.lines().all(|line| line.starts_with("Cora Coder ")), "{what}: {log}");
    }
}

/// Whether git runs the hook only where there is a work tree.
fn is_of_trees(event: &str) -> bool {
    !["pre-receive", "update", "post-receive", "reference-transaction"].contains(&event)
}

#[test]
fn normal() {
    EVENTS.iter().for_each(|event| case(Kept::Normal, event));
}

#[test]
fn bare() {
    EVENTS.iter().filter(|event| !is_of_trees(event)).for_each(|event| case(Kept::Bare, event));
}

#[test]
fn linked_tree() {
    EVENTS.iter().for_each(|event| case(Kept::LinkedTree, event));
}

#[test]
fn own_folder() {
    EVENTS.iter().for_each(|event| case(Kept::OwnFolder, event));
}

#[test]
fn shared_folder() {
    EVENTS.iter().for_each(|event| case(Kept::SharedFolder, event));
}

#[test]
fn global() {
    EVENTS.iter().for_each(|event| case(Kept::Global, event));
}

#[test]
fn husky() {
    EVENTS.iter().for_each(|event| case(Kept::Husky, event));
}

#[test]
fn lefthook() {
    EVENTS.iter().for_each(|event| case(Kept::Lefthook, event));
}

#[test]
fn pre_commit() {
    EVENTS.iter().for_each(|event| case(Kept::PreCommit, event));
}

#[test]
fn prek() {
    EVENTS.iter().for_each(|event| case(Kept::Prek, event));
}

#[test]
fn every_kind_is_tested() {
    assert_eq!(Kept::ALL.len(), 10);
}

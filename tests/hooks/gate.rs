//! Pushes that are themselves the deployment: the gate is asked before they are
//! let in.

use crate::spool::changes;
use crate::world::{Out, World};

#[test]
fn a_push_without_an_approved_change_is_denied_with_the_reason() {
    let world = World::new();
    world.code();
    world.settings(&format!(
        "repositories:\n  crm:\n    remotes: [{0}/crm.git, {0}/code]\n    deploys:\n    \
         - {{ref: refs/heads/main, to: staging}}\n    \
         - {{ref: \"refs/tags/v*\", to: production, gate: push}}\n",
        world.path("").display()
    ));
    let desk = world.path("desk").to_string_lossy().into_owned();
    world.gitsm("crm.git", &["--desk", &desk, "hook", "install"]).ends(0);
    world.commit("code", "second").ends(0);
    world.git("code", &["tag", "-a", "-m", "one", "v1"]).ends(0);
    let commits = world.commits("desk");
    // What is pushed lies in git's quarantine, and the tag is none of its commits.
    let denied = world.git("code", &["push", "origin", "v1"]).ends(1);
    assert!(denied.err.contains("refs/tags/v1 to production"), "{denied}");
    assert!(denied.err.lines().filter(|line| line.contains("gitsm:")).count() <= 10, "{denied}");
    assert_eq!(world.commits("desk"), commits, "nothing is written in quarantine");
    assert_eq!(world.git("crm.git", &["tag"]).out, "");
    // A branch that is deployed later by something else, or not at all, passes.
    world.git("code", &["push", "-q", "origin", "main", "main:topic"]).ends(0);
    // Seen from the clone it is the same.
    world.gitsm("code", &["--desk", &desk, "hook", "install"]).ends(0);
    let denied = world.git("code", &["push", "origin", "v1"]).ends(1);
    assert!(denied.err.contains("refs/tags/v1 to production"), "{denied}");
    assert!(!denied.err.contains("remote:"), "it is not even sent: {denied}");
}

const PEOPLE: &str = "\
- {id: cora, name: Cora Coder, emails: [cora@example.com]}
- {id: dora, name: Dora, emails: [dora@example.com]}
- {id: erin, name: Erin, emails: [erin@example.com]}
- {id: robot, name: Desk, kind: machine, emails: [desk@example.com], roles: [machine]}
";

const APPROVALS: &str = "\
definitions:
  cab:
    when: type:change
    steps:
    - approvers: {people: [cora, dora, erin]}
      quorum: 2
";

/// What a person does on the desk.
fn on_desk(world: &World, name: &str, args: &[&str]) -> Out {
    let email = format!("{}@example.com", name.to_lowercase());
    let world = world.with("GIT_AUTHOR_NAME", name).with("GIT_AUTHOR_EMAIL", &email);
    let mut command = world.command(env!("CARGO_BIN_EXE_gitsm"), "desk");
    command.args(args).env_remove("GIT_COMMITTER_NAME").env_remove("GIT_COMMITTER_EMAIL");
    command.env_remove("GIT_AUTHOR_DATE");
    world.run(command, b"")
}

#[test]
fn a_push_goes_the_whole_way_from_denied_to_deployed() {
    let world = World::new();
    world.code();
    world.write("desk/.gitsm/people.yaml", PEOPLE);
    world.write("desk/.gitsm/approvals.yaml", APPROVALS);
    world.settings(&format!(
        "repositories:\n  crm:\n    remotes: [{0}/crm.git, {0}/code]\n    deploys:\n    \
         - {{ref: \"refs/tags/v*\", to: production, gate: push}}\n",
        world.path("").display()
    ));
    let desk = world.path("desk").to_string_lossy().into_owned();
    world.gitsm("crm.git", &["--desk", &desk, "hook", "install"]).ends(0);
    world.commit("code", "second").ends(0);
    world.git("code", &["tag", "-a", "-m", "one", "v1"]).ends(0);
    let push = || world.git("code", &["push", "origin", "v1"]);
    let denied = push().ends(1);
    assert!(denied.err.contains("deny: refs/tags/v1 to production (no change)"), "{denied}");
    assert!(changes(&world).is_empty(), "a push that is denied raises nothing");

    // It says what to do.
    let args = ["--desk", &desk, "change", "raise", "--ref", "v1", "--environment", "production"];
    let id = world.gitsm("code", &[&args[..], &["--name", "crm"]].concat()).ends(0).out;
    let id = id.trim();
    let (start, end) = ("2020-01-01T00:00Z", "2099-01-01T00:00Z");
    on_desk(&world, "Cora", &["change", "schedule", id, "--start", start, "--end", end]).ends(0);
    on_desk(&world, "Cora", &["change", "assess", id, "--risk", "low"]).ends(0);
    let waits = push().ends(1);
    assert!(waits.err.contains("pending: refs/tags/v1"), "{waits}");
    // Whoever wrote it has no vote that counts, and one other is too few.
    on_desk(&world, "Dora", &["change", "approve", id]).ends(0);
    on_desk(&world, "Cora", &["change", "approve", id]);
    assert!(push().ends(1).err.contains("pending: refs/tags/v1"));
    on_desk(&world, "Erin", &["change", "approve", id]).ends(0);
    // What was agreed on is changed: it is denied again until they have agreed anew.
    on_desk(&world, "Cora", &["edit", id, "--set", "backout_plan=Take the old tag."]).ends(0);
    let void = push().ends(1);
    assert!(void.err.contains("no longer count"), "{void}");
    for person in ["Dora", "Erin"] {
        on_desk(&world, person, &["change", "approve", id]).ends(0);
    }
    let pushed = push().ends(0);
    assert!(pushed.err.contains("allow: refs/tags/v1 to production"), "{pushed}");
    assert!(pushed.err.contains("known already: CHG-"), "{pushed}");
    assert_eq!(world.git("crm.git", &["tag"]).out, "v1\n");
    assert_eq!(changes(&world).len(), 1, "it stands once");

    let args = ["change", "deployed", "--result", "ok", "--environment", "production"];
    let record = || {
        let mut command = world.command(env!("CARGO_BIN_EXE_gitsm"), "crm.git");
        let version = ["--commit", "v1", "--desk", &desk];
        let robot = ["--name", "crm"];
        command.args(args).args(version).args(robot);
        command.env("GIT_AUTHOR_NAME", "Desk").env("GIT_AUTHOR_EMAIL", "desk@example.com");
        world.run(command, b"").ends(0)
    };
    record();
    record();
    assert_eq!(changes(&world).len(), 1);
    let shown = world.gitsm("desk", &["show", id, "--json"]).ends(0).json();
    assert_eq!(shown["record"]["deploys"].as_array().map(Vec::len), Some(1), "{shown}");
    let log = world.git("desk", &["log", "--reverse", "--format=%an: %s"]).ends(0).out;
    let steps = ["raise", "approve", "approve", "deployed"];
    let mut rest = log.as_str();
    for step in steps {
        let at = rest.find(step).unwrap_or_else(|| panic!("{step} in order: {log}"));
        rest = &rest[at + step.len()..];
    }
}

#[test]
fn a_hundred_pushes_of_the_same_are_one_change() {
    let world = World::deploying();
    world.code();
    let desk = world.path("desk").to_string_lossy().into_owned();
    world.gitsm("crm.git", &["--desk", &desk, "hook", "install"]).ends(0);
    world.commit("code", "second").ends(0);
    let old = world.git("code", &["rev-parse", "HEAD~1"]).out;
    world.git("code", &["push", "-q", "origin", "main"]).ends(0);
    let new = world.git("code", &["rev-parse", "HEAD"]).out;
    let commits = world.commits("desk");
    let line = format!("{} {} refs/heads/main\n", old.trim(), new.trim());
    let args = ["hook", "run", "post-receive"];
    for _ in 0..50 {
        world.gitsm_with("crm.git", &args, line.as_bytes()).ends(0);
    }
    for _ in 0..50 {
        let more = ["--desk", &desk, "change", "raise", "--environment", "production"];
        world.gitsm("code", &[&more[..], &["--name", "crm"]].concat()).ends(0);
    }
    world.gitsm("crm.git", &["hook", "drain"]).ends(0);
    assert_eq!(changes(&world).len(), 1);
    assert_eq!(world.commits("desk"), commits, "nothing new is nothing written");
}
